// Package pipelines checks the workflows in .github against what the access
// model assumes of them: who takes which role from where, and that nothing
// they run can be changed or read by others. WithSettings writes into them what
// follows from the settings, and ReadReusable reads what they take of the backend; the
// rest is tests.
package pipelines
