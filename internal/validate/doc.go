// Package validate runs Terraform's own validation, with the real AWS provider, over synthesised stacks.
// Only programs import it.
package validate
