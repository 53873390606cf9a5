package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
)

// accessMatrix is the file that says in words what each role may do.
const accessMatrix = "docs/access.md"

// writeComment writes the plans as the comment of a pull request.
func writeComment(ctx context.Context, o options, _ func(string) string, out io.Writer) error {
	stacks, err := readPlans(o.plans, o.stacks)
	if err != nil {
		return err
	}
	comment := review.Comment{Stacks: stacks, Source: o.source}
	if o.base != "" {
		diff, err := process.Output(process.Command(ctx, "git", "diff", "--no-color", "--no-ext-diff", o.base, "--", accessMatrix))
		if err != nil {
			return err
		}
		comment.Access = withoutHeader(string(diff))
		if comment.Costs, err = costs(ctx, o.base); err != nil {
			return err
		}
	}
	return write(o.output, comment.Markdown(), out)
}

// withoutHeader is a diff of one file from its first hunk on.
func withoutHeader(diff string) string {
	if strings.HasPrefix(diff, "@@") {
		return diff
	}
	_, hunks, found := strings.Cut(diff, "\n@@")
	if !found {
		return ""
	}
	return "@@" + hunks
}

// readPlans reads the stacks' plans or their faults; shared first, as it is
// deployed, then by name unless names gives the order.
func readPlans(folder string, names []string) ([]review.Stack, error) {
	if len(names) == 0 {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, fmt.Errorf("no plans: run `platform plan` first: %w", err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		slices.SortFunc(names, byDeployment)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no plans: run `platform plan` first", folder)
	}
	var stacks []review.Stack
	for _, name := range names {
		s := review.Stack{Name: name}
		fault, err := os.ReadFile(filepath.Join(folder, name, faultText))
		switch {
		case err == nil:
			s.Fault = string(fault)
		case errors.Is(err, os.ErrNotExist):
			waits, err := os.ReadFile(filepath.Join(folder, name, waitsText))
			if err == nil {
				s.Waits = string(waits)
				break
			}
			if !errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("stack %q: %w", name, err)
			}
			if s.Refused, err = readList[review.Refusal](filepath.Join(folder, name, refusedJSON)); err != nil {
				return nil, fmt.Errorf("stack %q: %w", name, err)
			}
			if s.Lacks, err = readList[review.Lack](filepath.Join(folder, name, lackJSON)); err != nil {
				return nil, fmt.Errorf("stack %q: %w", name, err)
			}
			if s.Plan, err = readPlan(filepath.Join(folder, name)); err != nil {
				return nil, fmt.Errorf("stack %q: %w", name, err)
			}
		default:
			return nil, fmt.Errorf("stack %q: %w", name, err)
		}
		stacks = append(stacks, s)
	}
	return stacks, nil
}

// reportDrift reports what refresh-only plans found, and keeps the issue.
func reportDrift(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	var all []review.Drift
	var errs []error
	drifted := 0
	synth, err := choose(o.synth, o.stacks)
	if err != nil {
		// The run that plans ended before it wrote anything.
		errs = append(errs, err)
		all = append(all, review.Drift{Stack: "every stack", Fault: fmt.Sprintf("the run ended before it planned: %v", err)})
	}
	for _, s := range synth {
		d := review.Drift{Stack: s.Name}
		stacks, err := readPlans(o.plans, []string{s.Name})
		if err != nil {
			d.Fault = err.Error()
		} else {
			d.Fault = stacks[0].Fault
		}
		if err == nil && stacks[0].Waits != "" {
			continue // nothing of it is deployed that could differ
		}
		if d.Fault != "" {
			errs = append(errs, fmt.Errorf("stack %q could not be checked: %s", s.Name, d.Fault))
		} else {
			d = review.FindDrift(s.Name, stacks[0].Plan, ignored(s))
		}
		drifted += len(d.Resources)
		all = append(all, d)
	}
	report := review.DriftReport(all, o.source)
	if drifted == 0 && len(errs) == 0 {
		report = "No drift in any stack.\n"
	}
	if err := write(o.output, report, out); err != nil {
		return err
	}
	if o.github {
		client, err := gitHub(getenv)
		if err != nil {
			return err
		}
		done, err := client.KeepIssue(ctx, review.DriftMarker, review.DriftTitle, report, drifted > 0 || len(errs) > 0, "No drift any more.")
		if err != nil {
			return err
		}
		fmt.Fprintln(out, done)
	}
	return errors.Join(errs...)
}

// ignored are the attributes that a stack leaves to others, by address.
func ignored(s synthesised.Stack) map[string][]string {
	out := map[string][]string{}
	for kind, resources := range s.Resource {
		for name, attributes := range resources {
			lifecycle, _ := attributes["lifecycle"].(map[string]any)
			list, _ := lifecycle["ignore_changes"].([]any)
			for _, attribute := range list {
				if text, ok := attribute.(string); ok {
					out[kind+"."+name] = append(out[kind+"."+name], text)
				}
			}
		}
	}
	return out
}

// postComment writes a file as the pull request's comment, in place of the one
// before.
func postComment(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	body, err := os.ReadFile(o.file)
	if errors.Is(err, os.ErrNotExist) {
		// What the comment says otherwise is of an earlier commit.
		body = []byte(review.CommentMarker + "\n**What this commit would change is not known**: the run ended before it planned. A comment of an earlier commit stood here.\n\n<sub>" + o.source + "</sub>\n")
	} else if err != nil {
		return err
	}
	if o.pullRequest <= 0 {
		return fmt.Errorf("-pull-request %d: a number above 0 is required", o.pullRequest)
	}
	if !strings.HasPrefix(string(body), review.CommentMarker) {
		return fmt.Errorf("%s does not start with %q", o.file, review.CommentMarker)
	}
	client, err := gitHub(getenv)
	if err != nil {
		return err
	}
	url, err := client.UpsertComment(ctx, o.pullRequest, review.CommentMarker, string(body))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, url)
	return err
}

// byDeployment orders names of stacks as config.Platform deploys them; others
// follow by name.
func byDeployment(a, b string) int {
	order := append([]string{config.SharedStack}, environments()...)
	place := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	if n := place(a) - place(b); n != 0 {
		return n
	}
	return strings.Compare(a, b)
}
