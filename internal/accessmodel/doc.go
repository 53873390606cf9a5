// Package accessmodel simulates what every role of the synthesised stacks may do, and writes docs/access.md.
// Only programs import it.
package accessmodel
