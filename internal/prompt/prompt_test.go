package prompt

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestYes(t *testing.T) {
	for _, c := range []struct{ answers, fault string }{
		{"yes\n", ""},
		{" yes \n", ""},
		{"yes", ""},
		{"y\n", `"y" is not "yes"`},
		{"Yes\n", `"Yes" is not "yes"`},
		{"\n", `"" is not "yes"`},
		{"", "no answer"},
	} {
		var out strings.Builder
		err := New(strings.NewReader(c.answers), &out).Yes(t.Context(), "Release the lock?")
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%q: %v, want %q", c.answers, err, c.fault)
		}
		if out.String() != "Release the lock? Only \"yes\" is accepted: \n" {
			t.Errorf("asked %q", out.String())
		}
	}
}

func TestLine(t *testing.T) {
	var out strings.Builder
	p := New(strings.NewReader("one\n two \n"), &out)
	for _, want := range []string{"one", "two"} {
		if got, err := p.Line(t.Context(), "Which?"); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	if got, err := p.Line(t.Context(), "Which?"); got != "" || !errors.Is(err, ErrNoAnswer) {
		t.Errorf("%q, %v", got, err)
	}
	if out.String() != strings.Repeat("Which? \n", 3) {
		t.Errorf("asked %q", out.String())
	}
}

// ^C and SIGTERM cancel the context, while nobody answers.
func TestCancelledQuestionEnds(t *testing.T) {
	in, unused := io.Pipe()
	defer unused.Close()
	ctx, cancel := context.WithCancel(t.Context())
	p := New(in, io.Discard)
	cancel()
	if _, err := p.Line(ctx, "?"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
