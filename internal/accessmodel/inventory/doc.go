// Package inventory reads who may do what out of synthesised stacks: the
// Terraform JSON that would be deployed, not the Go values that made it. It
// follows references between resources and between stacks, and gives a value of
// the right form to what AWS would only know later, such as a key's ARN. It
// imports config, internal/iamsim and internal/synthesised only.
package inventory
