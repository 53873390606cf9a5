// Package mutate breaks the code in one place after another and has the tests
// look, for `make mutate`. It imports internal/command, internal/markdown and
// internal/process.
package mutate
