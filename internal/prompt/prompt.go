// Package prompt asks the person at the terminal, or a file of answers, one
// line each. It imports nothing of ours.
package prompt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Prompt asks for answers.
type Prompt struct {
	out   io.Writer
	lines chan string
}

// New reads answers from in and writes questions to out. The reading goes on in
// the background, so that a question ends when its context is cancelled, as ^C
// and SIGTERM do.
func New(in io.Reader, out io.Writer) *Prompt {
	p := &Prompt{out, make(chan string)}
	go func() {
		defer close(p.lines)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			p.lines <- strings.TrimSpace(scanner.Text())
		}
	}()
	return p
}

// ErrNoAnswer is the end of the input, which is a refusal.
var ErrNoAnswer = errors.New("no answer: nothing more was done")

// Line asks for a line.
func (p *Prompt) Line(ctx context.Context, question string) (string, error) {
	fmt.Fprint(p.out, question+" ")
	defer fmt.Fprintln(p.out)
	select {
	case answer, ok := <-p.lines:
		if !ok {
			return "", ErrNoAnswer
		}
		return answer, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Yes asks for the whole word "yes"; any other answer is an error.
func (p *Prompt) Yes(ctx context.Context, question string) error {
	answer, err := p.Line(ctx, question+` Only "yes" is accepted:`)
	if err != nil {
		return err
	}
	if answer != "yes" {
		return fmt.Errorf("%q is not \"yes\": nothing more was done", answer)
	}
	return nil
}
