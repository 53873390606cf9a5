package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/github"
)

// checkApproval returns an error if the GitHub environment of a stack would
// let its deployment go on without the approval that the stack asks for:
// GitHub makes an environment that does not exist, without rules.
func checkApproval(ctx context.Context, o options, getenv func(string) string, out io.Writer) error {
	if len(o.stacks) != 1 {
		return command.UsageError("one STACK is required")
	}
	asked, err := approvalOf(config.Platform(), o.stacks[0])
	if err != nil {
		return err
	}
	client, err := gitHub(getenv)
	if err != nil {
		return err
	}
	e, err := client.Environment(ctx, asked.environment)
	if errors.Is(err, github.ErrNotFound) {
		return fmt.Errorf("environment %q of %s: it does not exist, and GitHub would make it without rules: %s", asked.environment, client.Repository, whereToSet)
	}
	if err != nil {
		return fmt.Errorf("the rules of environment %q: %w", asked.environment, err)
	}
	if faults := asked.faults(e); len(faults) > 0 {
		return fmt.Errorf("environment %q of %s: %w\n%s", asked.environment, client.Repository, errors.Join(faults...), whereToSet)
	}
	_, err = io.WriteString(out, asked.granted(e))
	return err
}

// granted says what an environment without faults asks for, to the run's log.
func (a approval) granted(e github.Environment) string {
	text := fmt.Sprintf("environment %q: %d reviewers, self-review prevented: %t, branch %q\n", a.environment, e.Reviewers, e.PreventSelfReview, a.branch)
	if a.unreviewed != "" {
		text = fmt.Sprintf("::warning title=No reviewers for %s::config.GitHub.NoReviewers: %s\n", a.environment, a.unreviewed) + text
	}
	return text
}

const whereToSet = "set it under Settings → Environments (docs/pipelines.md, \"Set up once\")"

// approval is what a stack asks of its GitHub environment.
type approval struct {
	environment, branch string
	// reviewed asks for reviewers, who are not the run's author, and no bypass.
	reviewed bool
	// unreviewed is why reviewed is not asked for though the stack wants it.
	unreviewed string
}

// approvalOf finds what a stack asks for. The job of every stack gets all of
// infra-role, so that of an environment without reviewers could change a
// protected one before that is approved: as long as one environment is
// protected, all are reviewed.
func approvalOf(s config.Settings, stack string) (approval, error) {
	a := approval{environment: config.SharedStack, branch: s.GitHub.InfraBranch, reviewed: true}
	protected := slices.ContainsFunc(s.Environments, config.Environment.IsProtected)
	names := []string{config.SharedStack}
	for _, e := range s.Environments {
		names = append(names, e.Name)
		if e.Name == stack {
			a.environment, a.reviewed = e.Name, protected
		}
	}
	if !slices.Contains(names, stack) {
		return approval{}, fmt.Errorf("stack %q: %q are allowed", stack, names)
	}
	if a.reviewed && s.GitHub.NoReviewers != "" {
		a.reviewed, a.unreviewed = false, s.GitHub.NoReviewers
	}
	return a, nil
}

func (a approval) faults(e github.Environment) []error {
	var errs []error
	switch {
	case e.ProtectedBranches:
		errs = append(errs, fmt.Errorf("deployment branches: protected branches, which is every branch where none has a branch protection rule; selected branches with %q only is required", a.branch))
	case e.Branches == nil:
		errs = append(errs, fmt.Errorf("deployment branches: no restriction; selected branches with %q only is required", a.branch))
	case !slices.Equal(e.Branches, []github.BranchPolicy{{Name: a.branch, Type: "branch"}}):
		errs = append(errs, fmt.Errorf("deployment branches and tags %q: only the branch %q is allowed", e.Branches, a.branch))
	}
	if !a.reviewed {
		return errs
	}
	if e.Reviewers == 0 {
		errs = append(errs, errors.New("required reviewers: none; at least one is required"))
	} else if !e.PreventSelfReview {
		errs = append(errs, errors.New("prevent self-review: off; on is required"))
	}
	switch {
	case e.AdminsBypass == nil:
		errs = append(errs, errors.New("allow administrators to bypass: GitHub does not show this setting (can_admins_bypass) to the run's token; off is required, and that it is off cannot be seen"))
	case *e.AdminsBypass:
		errs = append(errs, errors.New("allow administrators to bypass: on; off is required"))
	}
	return errs
}
