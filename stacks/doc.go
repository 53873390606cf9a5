// Package stacks composes the constructs into Terraform stacks, one shared and
// one for each environment, and synthesises them. It imports constructs,
// compliance and config.
package stacks
