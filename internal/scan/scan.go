package scan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/synthesised"
)

// Command fails on every finding that the configuration does not list, on a
// stack that Checkov did not read, and on a listed finding that is none any more.
var Command = command.Command{
	Name: "scan", Arguments: "FOLDER", Summary: "let Checkov read all synthesised stacks, as a second opinion",
	Define: func(flags *flag.FlagSet) command.Func {
		checkov := flags.String("checkov", ".local/scan-venv/bin/checkov", "`program` that scans")
		list := flags.String("config", ".checkov.yaml", "`file` with the findings that are listed with their reason")
		dir := flags.String("dir", ".local/scan", "`folder` for what Checkov reads")
		return func(ctx context.Context, p command.Process, args []string) error {
			if len(args) != 1 {
				return command.UsageError("one folder is required")
			}
			return scan(ctx, p.Out, *checkov, *list, *dir, args[0], config.Platform())
		}
	},
}

func scan(ctx context.Context, out io.Writer, checkov, list, dir, folder string, s config.Settings) error {
	stacks, err := synthesised.Read(folder)
	if err != nil {
		return err
	}
	for _, path := range []*string{&checkov, &list, &dir} { // Checkov runs in another folder
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	if err := prepare(dir, stacks); err != nil {
		return err
	}
	expanded := dir + ".yaml"
	if err := expand(list, expanded, s); err != nil {
		return err
	}
	skips, err := readSkips(expanded)
	if err != nil {
		return err
	}
	listed, err := run(ctx, checkov, dir, "--config-file", expanded)
	if err != nil {
		return err
	}
	all, err := run(ctx, checkov, dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Checkov %s: %d checks passed, %d findings listed with their reason, %d not listed\n",
		all.Summary.Version, all.Summary.Passed, len(all.Results.Failed)-len(listed.Results.Failed), len(listed.Results.Failed))
	return check(stacks, skips, listed, all)
}

// prepare writes each stack without what Checkov's parser refuses: it takes
// every value of the terraform block for a block, and then passes the file
// over with exit code 0.
func prepare(dir string, stacks []synthesised.Stack) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for _, s := range stacks {
		data, err := os.ReadFile(s.File)
		if err != nil {
			return err
		}
		var content map[string]any
		if err := json.Unmarshal(data, &content); err != nil {
			return fmt.Errorf("stack %q: %w", s.Name, err)
		}
		delete(content, "terraform")
		delete(content, "//")
		if data, err = json.MarshalIndent(content, "", "  "); err != nil {
			return fmt.Errorf("stack %q: %w", s.Name, err)
		}
		to := filepath.Join(dir, s.Name)
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, "cdk.tf.json"), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

type report struct {
	Results struct {
		Failed []finding `json:"failed_checks"`
		Passed []finding `json:"passed_checks"`
	} `json:"results"`
	Summary struct {
		Passed        int    `json:"passed"`
		ParsingErrors int    `json:"parsing_errors"`
		Version       string `json:"checkov_version"`
	} `json:"summary"`
}

type finding struct {
	Check    string `json:"check_id"`
	Name     string `json:"check_name"`
	File     string `json:"file_path"`
	Resource string `json:"resource"`
}

// run scans the folder, whose path is whole. Checkov is kept from asking for newer versions and
// newer policies: its answer must not change from one day to the next.
func run(ctx context.Context, program, dir string, arguments ...string) (report, error) {
	command := process.Command(ctx, program, append([]string{
		"--directory", ".", "--framework", "terraform_json", "--skip-download", "--output", "json",
	}, arguments...)...)
	command.Dir = dir
	// Without a home there is no configuration but the one named.
	command.Env = append(os.Environ(), "HOME="+dir, "CKV_SKIP_PACKAGE_UPDATE_CHECK=true", "BC_API_KEY=", "LOG_LEVEL=ERROR")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	failure := command.Run()
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		return r, fmt.Errorf("%s: %w (%v)\n%s", program, err, failure, strings.TrimSpace(stderr.String()))
	}
	return r, nil
}

// skip is one entry of skip-check: a check, and the files that it is passed
// over in. Where a domain is set nothing may need one withoutDomain, whose
// reason begins with the words "Without a domain".
type skip struct {
	check         string
	files         *regexp.Regexp
	withoutDomain bool
}

func (s skip) covers(f finding) bool {
	return s.check == f.Check && (s.files == nil || s.files.MatchString(f.File))
}

var entry = regexp.MustCompile(`^\s*- (CKV2?_AWS_\d+)(?::(\S+))?\s*$`)

// leastReason is the length below which a comment is no reason.
const leastReason = 60

// expand writes the list for Checkov, with the names of the platform's
// environments: {environments} are all, {unprotected} those whose data is not
// protected, {offhours} those with off-hours, {people} the stack with roles for people.
// An entry for none of them is left out.
func expand(list, to string, s config.Settings) error {
	text, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var all, unprotected, offHours []string
	people := ""
	if len(s.People.Roles()) > 0 {
		people = config.SharedStack
	}
	for _, e := range s.Environments {
		all = append(all, e.Name)
		if !e.IsProtected() {
			unprotected = append(unprotected, e.Name)
		}
		if e.OffHours.IsSet() {
			offHours = append(offHours, e.Name)
		}
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if len(unprotected) == 0 && strings.Contains(line, ":({unprotected})/") || len(offHours) == 0 && strings.Contains(line, ":({offhours})/") ||
			people == "" && strings.Contains(line, ":({people})/") {
			continue
		}
		lines = append(lines, line)
	}
	names := strings.NewReplacer("{people}", people, "{offhours}", strings.Join(offHours, "|"), "{environments}", strings.Join(all, "|"), "|{unprotected}", strings.Join(append([]string{""}, unprotected...), "|"), "{unprotected}", strings.Join(unprotected, "|"))
	return os.WriteFile(to, []byte(names.Replace(strings.Join(lines, ""))), 0o644)
}

// readSkips reads the entries of skip-check, each of which needs a comment
// right above it that says why.
func readSkips(file string) ([]skip, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var skips []skip
	reason, within := "", false
	for i, line := range strings.Split(string(data), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "skip-check:"):
			within, reason = true, ""
		case strings.HasPrefix(trimmed, "#"):
			reason += strings.TrimSpace(strings.TrimPrefix(trimmed, "#")) + " "
		case within && strings.HasPrefix(trimmed, "- "):
			m := entry.FindStringSubmatch(line)
			if m == nil {
				return nil, fmt.Errorf("%s:%d: %q is no check", file, i+1, trimmed)
			}
			if len(reason) < leastReason {
				return nil, fmt.Errorf("%s:%d: %s has no reason above it", file, i+1, m[1])
			}
			s := skip{check: m[1], withoutDomain: strings.HasPrefix(reason, "Without a domain")}
			if m[2] != "" {
				if s.files, err = regexp.Compile(m[2]); err != nil {
					return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
				}
			}
			skips, reason = append(skips, s), ""
		default:
			reason = ""
		}
	}
	return skips, nil
}

// check compares what Checkov found with what is listed.
func check(stacks synthesised.Stacks, skips []skip, listed, all report) error {
	var errs []error
	if n := all.Summary.ParsingErrors + listed.Summary.ParsingErrors; n > 0 {
		errs = append(errs, fmt.Errorf("%d files could not be read", n))
	}
	for _, s := range stacks {
		if !slices.ContainsFunc(all.Results.Passed, func(f finding) bool { return strings.Contains(f.File, s.Name+"/") }) {
			errs = append(errs, fmt.Errorf("stack %q was not read", s.Name))
		}
	}
	for _, f := range listed.Results.Failed {
		errs = append(errs, fmt.Errorf("%s %s: %s %s", f.Check, f.File, f.Resource, f.Name))
	}
	domain := len(stacks.Resources("aws_acm_certificate")) > 0
	for _, s := range skips {
		needed := slices.ContainsFunc(all.Results.Failed, s.covers)
		switch gone := s.withoutDomain && domain; {
		case needed && gone:
			errs = append(errs, fmt.Errorf("%s is listed for a platform without a domain, and fails with one", s.check))
		case !needed && !gone:
			errs = append(errs, fmt.Errorf("%s is listed and nothing fails it: remove the entry", s.check))
		}
	}
	return errors.Join(errs...)
}
