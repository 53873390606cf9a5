// Package eject writes synthesised stacks as the plain Terraform repository that an engineer would have written by
// hand: HCL, a folder for each stack, a file for each construct, and every resource under the address that it has.
// Only programs and tests import it.
package eject
