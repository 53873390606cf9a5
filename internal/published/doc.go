// Package published compares what the platform published in SSM with the outputs of its stacks.
// Only programs import it.
package published
