package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// questions asks a person, or a file of answers, one line each.
type questions struct {
	out   io.Writer
	lines chan string
}

// ask reads the answers to come. The reading goes on in the background, so
// that ^C is heard while a question waits.
func ask(in io.Reader, out io.Writer) *questions {
	q := &questions{out, make(chan string)}
	go func() {
		defer close(q.lines)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			q.lines <- strings.TrimSpace(scanner.Text())
		}
	}()
	return q
}

var errNoAnswer = errors.New("no answer: nothing more was done")

// line asks for a line. The end of the input is a refusal.
func (q *questions) line(ctx context.Context, question string) (string, error) {
	fmt.Fprint(q.out, question+" ")
	select {
	case answer, more := <-q.lines:
		fmt.Fprintln(q.out)
		if !more {
			return "", errNoAnswer
		}
		return answer, nil
	case <-ctx.Done():
		fmt.Fprintln(q.out)
		return "", ctx.Err()
	}
}

// yes asks for a "yes"; every other answer is a refusal.
func (q *questions) yes(ctx context.Context, question string) error {
	answer, err := q.line(ctx, question+` Only "yes" is taken:`)
	if err != nil {
		return err
	}
	if answer != "yes" {
		return fmt.Errorf("%q is not \"yes\": nothing more was done", answer)
	}
	return nil
}
