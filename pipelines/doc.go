// Package pipelines checks the workflows in .github against what the access
// model assumes of them: who takes which role from where, and that nothing
// they run can be changed or read by others. All of it is tests.
package pipelines
