// Package architecture writes docs/architecture.md and its pictures from synthesised stacks.
// Only programs import it.
package architecture
