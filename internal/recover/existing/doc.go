// Package existing finds what of the platform exists in AWS, and how Terraform
// recognises it. Its table has every type of resource that the stacks use:
// either how objects of the type are listed, what makes one the resource that a
// plan wants to create, and the id that Terraform imports it by; or why
// creating one again neither fails nor makes a second.
package existing
