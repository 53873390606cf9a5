package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// errNotConfirmed is what ends a recovery that the person did not want.
var errNotConfirmed = errors.New(`not confirmed: "yes" was not typed; nothing more was done`)

// conversation is with the person at the terminal.
type conversation struct {
	in  *bufio.Reader
	out io.Writer
}

func (c *conversation) say(format string, args ...any) {
	fmt.Fprintf(c.out, format+"\n", args...)
}

// confirm asks for the whole word; anything else, and the end of input, is a no.
func (c *conversation) confirm(question string) error {
	fmt.Fprintf(c.out, "%s Type yes: ", question)
	line, err := c.in.ReadString('\n')
	fmt.Fprintln(c.out)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(line) != "yes" {
		return errNotConfirmed
	}
	return nil
}
