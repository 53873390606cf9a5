// Package adopt finds what of a stack exists in AWS and is not in the stack's
// state, and brings it under Terraform. Kinds has every type of resource that
// the stacks use: how its objects are listed, what makes one the resource that
// a plan would create, and the id that Terraform imports it by; or why creating
// it again neither fails nor makes a second.
//
// A Finder looks; a Workspace also imports, on a copy of the stack that changes
// the state and nothing else. It imports internal/awsapi, review, synthesised
// and terraform.
package adopt
