// Package command is the one mechanism of sub-commands and their flags, and of
// what a program does at ^C and at its end. It imports nothing of this repository.
package command
