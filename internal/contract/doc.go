// Package contract has what others depend on, as lines that can be compared: the
// backend's reusable workflows, the SSM paths, the variables of a task and the
// rules for the image. Each version of it is a file in docs/interface and an
// entry of CHANGELOG.md (docs/adr/0005-what-others-depend-on.md).
package contract
