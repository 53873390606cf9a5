// Package synthesised reads the stacks that the app wrote, as Terraform reads them: blocks, providers, the backend,
// and what an expression refers to. It imports nothing of this repository.
package synthesised
