// Command embed writes the scripts of pipelines/backend into the workflows that
// run them, below each line "run: | # pipelines/backend/<name>.sh", and into
// workflows and docs/pipelines.md what follows from the settings.
//
//	go run ./pipelines/embed FILE…
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/pipelines"
)

func main() {
	var errs []error
	for _, file := range os.Args[1:] {
		errs = append(errs, embedInto(file, filepath.Join("pipelines", "backend")))
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, "embed:", err)
		os.Exit(1)
	}
}

func embedInto(file, scripts string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	written, err := embed(string(text), func(name string) (string, error) {
		data, err := os.ReadFile(filepath.Join(scripts, name))
		return string(data), err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if written, err = pipelines.WithSettings(file, written, config.Platform()); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(written), 0o644)
}

var runLine = regexp.MustCompile(`^( *)(?:- )?run: \| # pipelines/backend/([a-z-]+\.sh)$`)

// embed gives the workflow with each script below its line, in place of what
// stands there. A script's first line, which names its interpreter, is left
// out.
func embed(workflow string, read func(name string) (string, error)) (string, error) {
	lines := strings.Split(strings.TrimRight(workflow, "\n"), "\n")
	var out []string
	for i := 0; i < len(lines); {
		line := lines[i]
		out = append(out, line)
		i++
		m := runLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		indent := m[1] + "  "
		for i < len(lines) && (lines[i] == "" || strings.HasPrefix(lines[i], indent)) {
			i++
		}
		script, err := read(m[2])
		if err != nil {
			return "", err
		}
		first, body, _ := strings.Cut(strings.TrimRight(script, "\n"), "\n")
		if !strings.HasPrefix(first, "#!") {
			return "", fmt.Errorf("%s: line 1 is %q; one that names the interpreter is required", m[2], first)
		}
		for _, s := range strings.Split(body, "\n") {
			if s != "" {
				s = indent + s
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n") + "\n", nil
}
