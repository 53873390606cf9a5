// Package process starts the programs that this repository runs, and ends them properly: each is asked to end,
// waited for, and killed only when it does not. It imports nothing of this repository.
package process
