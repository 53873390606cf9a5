// Package constructs holds the typed constructs that the stacks are composed
// of. SharedSetup and Environment are what a stack holds; the others are their
// parts, one file each.
//
// Contract: New…(scope, id, props) takes typed props and gives back a value
// whose fields are what others may use, or an error. A construct never reads a
// setting that is not in its props. Construct ids are a contract: Terraform
// addresses are made of them, and a changed one destroys and recreates.
package constructs
