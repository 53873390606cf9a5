// Package inventory reads who may do what out of synthesised stacks: the
// Terraform JSON that would be deployed, not the Go values that made it. It
// follows references between resources and between stacks, and gives what AWS
// would only know later, such as a key's ARN, a value of the right form.
package inventory
