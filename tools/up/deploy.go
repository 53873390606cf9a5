package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// deploy runs `cdktf deploy` for every stack: shared first, then the
// environments side by side. The whole output goes to a log; a line of
// progress is printed now and then.
func (p *platform) deploy(ctx context.Context) error {
	if err := os.MkdirAll(p.path("log"), 0o755); err != nil {
		return err
	}
	logFile := p.path("log", "deploy.log")
	log, err := os.Create(logFile)
	if err != nil {
		return err
	}
	defer log.Close()

	app := fmt.Sprintf("%q -local %s -local-state %q", p.path("bin", "infra"), p.endpoint, p.path("state"))
	command := exec.CommandContext(ctx, "npx", slices.Concat(
		[]string{"cdktf", "deploy"}, p.stacks(),
		[]string{
			"--auto-approve", "--no-color", "--app", app, "--output", p.path("cdktf.out"),
			// Terraform's lock file would need the registry; the plugin cache
			// is not safe for inits side by side, and the mirror makes it
			// needless.
			"--skip-provider-lock", "--disable-plugin-cache-env",
			// Most of the time is spent waiting for what the provider polls.
			"--terraform-parallelism", "20",
		})...)
	command.Env = append(p.provider.Environment(os.Environ()), "CI=1", "FORCE_COLOR=0")
	// On ^C the CLI ends Terraform properly, which releases its lock.
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.WaitDelay = 30 * time.Second
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	command.Stderr = log
	if err := command.Start(); err != nil {
		return fmt.Errorf("run cdktf (`make tools` installs it): %w", err)
	}
	progress := newProgress(p.stacks(), os.Stdout, time.Now)
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	tail := progress.follow(io.TeeReader(output, log), ticker.C)
	if err := command.Wait(); err != nil {
		return errors.Join(fmt.Errorf("cdktf deploy: %w; all of it is in %s; it ended with", err, logFile), errors.New(tail))
	}
	p.seconds = progress.finish()
	return nil
}

// progress counts what Terraform says of each stack.
type progress struct {
	order  []string
	out    io.Writer
	now    func() time.Time
	begin  time.Time
	stacks map[string]*stackProgress
	// last lines, for an error.
	last []string
}

type stackProgress struct {
	planned, done int
	begin, end    time.Time
}

const (
	progressEvery = 5 * time.Second
	lastLines     = 25
)

func newProgress(stacks []string, out io.Writer, now func() time.Time) *progress {
	p := &progress{order: stacks, out: out, now: now, begin: now(), stacks: map[string]*stackProgress{}}
	for _, s := range stacks {
		p.stacks[s] = &stackProgress{}
	}
	return p
}

// The lines of Terraform that are counted, each after the name of its stack.
var (
	planLine     = regexp.MustCompile(`Plan: (\d+) to add, (\d+) to change, (\d+) to destroy`)
	doneLine     = regexp.MustCompile(`(Creation|Modifications|Destruction) complete after`)
	completeLine = regexp.MustCompile(`(Apply complete!|No changes\.)`)
)

// follow reads until the end, prints where things stand at every tick, and
// returns the last lines, for an error.
func (p *progress) follow(in io.Reader, ticks <-chan time.Time) string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(in)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
	}()
	current := ""
	for {
		select {
		case line, more := <-lines:
			if !more {
				return strings.Join(p.last, "\n")
			}
			// The CLI names the stack on the first line of what Terraform
			// wrote at once, and indents the rest.
			if name, _, found := strings.Cut(line, " "); found && p.stacks[name] != nil {
				current = name
			}
			p.line(current, line)
		case <-ticks:
			p.print()
		}
	}
}

func (p *progress) line(stack, line string) {
	if strings.TrimSpace(line) != "" {
		p.last = append(p.last, line)
		p.last = p.last[max(0, len(p.last)-lastLines):]
	}
	s := p.stacks[stack]
	if s == nil {
		return
	}
	if s.begin.IsZero() {
		s.begin = p.now()
	}
	if m := planLine.FindStringSubmatch(line); m != nil {
		s.planned = atoi(m[1]) + atoi(m[2]) + atoi(m[3])
	}
	if doneLine.MatchString(line) {
		s.done++
	}
	if completeLine.MatchString(line) && s.end.IsZero() {
		s.end = p.now()
		fmt.Fprintf(p.out, "%-16s deployed in %.0f s\n", stack, s.end.Sub(s.begin).Seconds())
	}
}

func (p *progress) print() {
	var parts []string
	for _, name := range p.order {
		if s := p.stacks[name]; s.planned > 0 && s.end.IsZero() {
			parts = append(parts, fmt.Sprintf("%s %d of %d", name, s.done, s.planned))
		}
	}
	if len(parts) == 0 {
		parts = []string{"synth, or terraform init and plan"}
	}
	fmt.Fprintf(p.out, "%4.0f s           %s\n", p.now().Sub(p.begin).Seconds(), strings.Join(parts, ", "))
}

func (p *progress) finish() map[string]float64 {
	seconds := map[string]float64{}
	for name, s := range p.stacks {
		if !s.end.IsZero() {
			seconds[name] = s.end.Sub(s.begin).Seconds()
		}
	}
	return seconds
}

// atoi of digits that a regular expression has matched.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n
}
