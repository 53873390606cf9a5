package pipelines

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

// github wants of the workflows what only GitHub's own rules show.
func (c *checker) github() {
	for _, name := range slices.Sorted(maps.Keys(c.workflows)) {
		w := c.workflows[name]
		c.short(name, w)
		c.queue(name, w.Concurrency)
		for _, id := range slices.Sorted(maps.Keys(w.Jobs)) {
			where, j := name+"/"+id, w.Jobs[id]
			if j.Concurrency.Group != "" {
				c.queue(where, j.Concurrency)
			}
			if _, called := w.On["workflow_call"]; called && j.If != "" {
				c.fault(where, "an if on a job of a called workflow: a skipped one skips every job that needs the caller")
			}
			c.session(where, j)
			c.caches(where, j)
		}
	}
	if c.workflows[deployYML].Concurrency.Group == "" {
		c.fault(deployYML, "no concurrency of the whole workflow: of two merges one plans while the other applies")
	}
	for _, name := range []string{"workflows/backend-deploy.yml", "workflows/backend-rollback.yml", "workflows/backend-redeploy.yml", "workflows/backend-run.yml"} {
		found := false
		for _, j := range c.workflows[name].Jobs {
			found = found || j.role() != "" && j.Concurrency.Group == "backend-${{ inputs.environment }}"
		}
		if !found {
			c.fault(name, "no concurrency group backend-${{ inputs.environment }}: a deployment and a rollback run at the same time")
		}
	}
	c.deploys()
	c.overtaken()
	c.approval()
	c.strangers()
	c.told()
	c.reported()
}

// mayBeShort are the targets of make that a workflow may call with SHORT: none is in
// place of make test.
var mayBeShort = regexp.MustCompile(`^make (act|owners|rehearse)( |$)`)

// short: no test is left out where CI runs make test. make takes SHORT from the command
// and from the environment of step, job and workflow.
func (c *checker) short(name string, w workflow) {
	left := strings.Count(c.files[name], "SHORT") + strings.Count(c.files[name], " -short")
	steps := w.Runs.Steps
	for _, j := range w.Jobs {
		steps = slices.Concat(steps, j.Steps)
	}
	for _, s := range steps {
		if mayBeShort.MatchString(s.Run) {
			left -= strings.Count(s.Run, "SHORT")
			if _, ok := s.Env["SHORT"]; ok {
				left--
			}
		}
	}
	if left > 0 {
		c.fault(name, "SHORT goes to another target than %s: tests are left out", mayBeShort)
	}
}

const (
	deployYML      = "workflows/deploy.yml"
	deployStackYML = "workflows/deploy-stack.yml"
	pullRequestYML = "workflows/pull-request.yml"
	driftYML       = "workflows/drift.yml"
	failuresYML    = "workflows/failures.yml"
)

// queue: what waits in a group is dropped when another one comes, unless the
// queue is "max" (GitHub documentation, "Control workflow concurrency"). With
// cancel-in-progress the newest is the one that is wanted, and GitHub refuses both.
func (c *checker) queue(where string, g concurrency) {
	switch {
	case g.Group == "":
	case g.Cancel && g.Queue != "":
		c.fault(where, "concurrency: queue %q with cancel-in-progress", g.Queue)
	case !g.Cancel && g.Queue != "max":
		c.fault(where, "concurrency: queue %q: %q is required, or what waits is dropped when another run comes", g.Queue, "max")
	}
}

// unbounded is how many minutes are counted for a step without a timeout.
const unbounded = 3

// session: credentials outlive all that uses them. Either the job ends before
// they do, or each stretch from one sign-in to the next does.
func (c *checker) session(where string, j job) {
	minutes := 0
	last := -1 // seconds of the session so far, -1 before the first sign-in
	end := func() {
		if last >= 0 && minutes*60 > last && j.Timeout*60 > last {
			c.fault(where, "credentials of %d s are in use for up to %d minutes", last, min(minutes, j.Timeout))
		}
	}
	signIns := 0
	for _, s := range j.Steps {
		if !s.takesRole() {
			minutes += max(s.Timeout, 0)
			if s.Timeout == 0 {
				minutes += c.allowance(s)
			}
			continue
		}
		end()
		signIns++
		seconds, ok := s.With["role-duration-seconds"].(int)
		limit := 0
		for _, role := range c.roleNames(s) {
			limit = config.SessionSeconds(role)
		}
		if !ok || seconds < 900 || seconds > limit {
			c.fault(where, "role-duration-seconds %v: 900 to %d are allowed, the session that the role allows", s.With["role-duration-seconds"], limit)
			return
		}
		last, minutes = seconds, 0
	}
	end()
}

// allowance is how many minutes a step without a timeout is counted with.
func (c *checker) allowance(s step) int {
	if strings.HasPrefix(s.Run, "make ") || strings.HasPrefix(s.Run, "exec ") {
		return 24 * 60 // only the job's timeout ends it
	}
	return unbounded
}

func (c *checker) roleNames(s step) []string {
	variable, _ := s.With["role-to-assume"].(string)
	var names []string
	for _, env := range c.settings.Environments {
		if name, ok := c.roleOf(variable, env.Name); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// caches: a job that takes a role or may write restores nothing that another
// job wrote.
func (c *checker) caches(where string, j job) {
	may := j.role() != ""
	for scope, level := range j.Permissions {
		may = may || level == "write" && scope != ""
	}
	if !may {
		return
	}
	for _, s := range j.Steps {
		c.cache(where, s, context{})
	}
}

func (c *checker) cache(where string, s step, x context) {
	if strings.HasPrefix(s.Uses, "./.github/") {
		name := strings.TrimPrefix(s.Uses, "./.github/") + "/action.yml"
		inputs := map[string]any{}
		for input, declared := range c.workflows[name].Inputs {
			inputs[input] = declared.Default
		}
		maps.Copy(inputs, s.With)
		inner := context{values: map[string]any{"inputs": inputs}, status: map[string]bool{"success": true}}
		for _, part := range c.workflows[name].Runs.Steps {
			if run, err := inner.holds(part.If); err != nil || run {
				c.cache(where, part, inner)
			}
		}
		return
	}
	with := func(key string) string {
		value, ok := s.With[key]
		if !ok {
			return "unset"
		}
		text, err := x.text(fmt.Sprint(value))
		if err != nil {
			c.fault(where, "%s: %v", key, err)
		}
		return text
	}
	action, _, _ := strings.Cut(s.Uses, "@")
	restores := false
	switch action {
	case "actions/cache", "actions/cache/restore":
		restores = true
	case "actions/setup-go": // caches unless told not to
		restores = with("cache") != "false"
	case "actions/setup-node": // caches by itself where package.json names its manager
		restores = with("cache") != "" && with("cache") != "unset" || with("package-manager-cache") != "false"
	case "actions/setup-python":
		restores = with("cache") != "" && with("cache") != "unset"
	case "docker/setup-buildx-action": // caches the release that it downloads
		restores = with("cache-binary") != "false"
	case "docker/build-push-action":
		restores = with("cache-from") != "unset"
	}
	if restores {
		c.fault(where, "%s restores a cache that other jobs write, in a job with a role or a right to write", action)
	}
}

// push is the context of a push to main.
func (c *checker) push() map[string]any {
	return map[string]any{"ref": "refs/heads/" + c.settings.GitHub.InfraBranch, "event_name": "push"}
}

// infra plays the steps of deploy.yml: what is planned has changes where the
// stack is one of changed; at the step (such as "dev / plan: plan") the result
// is another one. Overtaken is the job from which on the commit is no longer the newest.
func infra(changed []string, at, result, overtaken string) happens {
	newest := true
	return func(f flat, s step) (string, map[string]any) {
		if f.name == overtaken {
			newest = false
		}
		if f.name+": "+s.label() == at {
			return result, nil
		}
		stack, _ := f.inputs["stack"].(string)
		if s.Name == "Did the plan say whether there are changes?" {
			return failure, nil // it does nothing else
		}
		switch s.ID {
		case "newest":
			return success, map[string]any{"newest": fmt.Sprint(newest)}
		case "plan":
			return success, map[string]any{"changes": fmt.Sprint(slices.Contains(changed, stack)), "record": "r"}
		}
		return success, nil
	}
}

// deploys: every stack with changes is applied, in its environment, whatever
// the others have; an unchanged one asks for no approval; and after a failure,
// a refusal or a cancellation nothing is applied.
func (c *checker) deploys() {
	stacks := []string{config.SharedStack}
	for _, env := range c.settings.Environments {
		stacks = append(stacks, env.Name)
	}
	applied := func(runs map[string]ran, stack string) bool {
		return slices.Contains(runs[stack+" / apply"].steps, "apply")
	}
	cases := [][]string{nil, stacks, stacks[:1], stacks[1:]}
	for _, stack := range stacks {
		cases = append(cases, []string{stack})
	}
	for _, changed := range cases {
		runs := c.simulate(deployYML, c.push(), infra(changed, "", "", ""))
		for _, stack := range stacks {
			want := slices.Contains(changed, stack)
			if applied(runs, stack) != want {
				c.fault(deployYML, "with changes in %q only, %s is applied: %t", changed, stack, !want)
			}
			if named := runs[stack+" / apply"].environment != ""; named != want {
				c.fault(deployYML, "with changes in %q only, %s waits for an approval: %t", changed, stack, named)
			}
		}
		for name, r := range runs {
			if r.result != success {
				c.fault(deployYML, "with changes in %q only, %s ends as %s", changed, name, r.result)
			}
		}
	}
	ends := []string{"check: make \"$TARGET\""}
	for _, stack := range stacks {
		ends = append(ends, stack+" / plan: plan", stack+" / plan: make approval STACK=\"$STACK\"", stack+" / apply: newest", stack+" / apply: apply")
	}
	for i, at := range ends {
		for _, result := range []string{failure, cancelled} {
			runs := c.simulate(deployYML, c.push(), infra(stacks, at, result, ""))
			for _, stack := range stacks[i/4:] {
				if applied(runs, stack) {
					c.fault(deployYML, "after %s as %s, %s is applied", at, result, stack)
				}
			}
			if !slices.ContainsFunc(slices.Collect(maps.Values(runs)), func(r ran) bool { return r.result == result }) {
				c.fault(deployYML, "%s as %s does not show", at, result)
			}
		}
	}
	for _, stack := range stacks {
		// GitHub drops an output in which it finds a secret.
		runs := c.simulate(deployYML, c.push(), infra(stacks, stack+" / plan: plan", success, ""))
		if got := runs[stack+" / apply"].result; got != failure {
			c.fault(deployStackYML, "with the outputs of the plan of %s dropped, its apply ends as %s", stack, got)
		}
		runs = c.simulate(deployYML, c.push(), infra(stacks, stack+" / apply: apply", failure, ""))
		for _, want := range []string{"make rescue STACK=\"$STACK\" OUTCOME=\"$OUTCOME\" SUMMARY=\"$GITHUB_STEP_SUMMARY\"", "aws-actions/configure-aws-credentials"} {
			if steps := runs[stack+" / apply"].steps; !slices.Contains(steps[slices.Index(steps, "apply")+1:], want) {
				c.fault(deployStackYML, "after a failed apply of %s there is no %q: a state that could not be written is lost", stack, want)
			}
		}
	}
}

// overtaken: a run whose commit is no longer the newest changes nothing from
// then on, and ends without a fault.
func (c *checker) overtaken() {
	stacks := []string{config.SharedStack}
	for _, env := range c.settings.Environments {
		stacks = append(stacks, env.Name)
	}
	for _, f := range c.flatten(deployYML) {
		runs := c.simulate(deployYML, c.push(), infra(stacks, "", "", f.name))
		for name, r := range runs {
			if r.result != success {
				c.fault(deployYML, "overtaken at %q: %s ends as %s", f.name, name, r.result)
			}
		}
		if steps := runs[f.name].steps; len(steps) != 1 || steps[0] != "newest" {
			c.fault(deployYML, "overtaken at %q, it runs %q: only the look for the newest commit is allowed", f.name, steps)
		}
	}
	for _, name := range []string{"workflows/backend-deploy.yml"} {
		runs := c.simulate(name, c.push(), func(f flat, s step) (string, map[string]any) {
			if s.ID == "newest" {
				return success, map[string]any{"newest": "false"}
			}
			return success, nil
		})
		for id, j := range c.workflows[name].Jobs {
			if r := runs[id]; j.role() != "" && (r.result != success || len(r.steps) != 1 || r.steps[0] != "newest") {
				c.fault(name+"/"+id, "overtaken, it ends as %s and runs %q: only the look for the newest commit is allowed", r.result, r.steps)
			}
		}
	}
}

// approval: the rules of the environment are read before the plan, so before
// anybody could wait for an approval that nobody has to give.
func (c *checker) approval() {
	steps := c.simulate(deployYML, c.push(), infra(nil, "", "", ""))[config.SharedStack+" / plan"].steps
	rules, plan := slices.Index(steps, "make approval STACK=\"$STACK\""), slices.Index(steps, "plan")
	if rules < 0 || rules > plan {
		c.fault(deployStackYML+"/plan", "does not read the environment's rules before it plans: an environment that does not exist has none")
	}
}

// strangers: a fork's and Dependabot's pull request run nothing in a job with a
// role or a right to write, and the required check diff does not pass.
func (c *checker) strangers() {
	const repository = "paperwurks/infra"
	for _, test := range []struct {
		from, author string
		ours         bool
	}{{repository, "ann", true}, {"stranger/infra", "bob", false}, {repository, "dependabot[bot]", false}, {"", "bob", false}} {
		event := map[string]any{"repository": repository, "event": map[string]any{"pull_request": map[string]any{
			"number": 1, "head": map[string]any{"repo": map[string]any{"full_name": test.from}}, "user": map[string]any{"login": test.author}}}}
		runs := c.simulate(pullRequestYML, event, func(f flat, s step) (string, map[string]any) {
			if s.ID != "author" {
				return success, nil
			}
			// What the step's own script does (TestAuthor).
			if test.ours {
				return success, map[string]any{"ours": "true"}
			}
			return failure, nil
		})
		for id, j := range c.workflows[pullRequestYML].Jobs {
			writes := j.role() != "" || slices.Contains(slices.Collect(maps.Values(j.Permissions)), "write")
			if steps := runs[id].steps; writes && !test.ours && len(steps) > 0 && !slices.Equal(steps, []string{"author"}) {
				c.fault(pullRequestYML+"/"+id, "lets a stranger's pull request (%s from %q) run %q", test.author, test.from, steps)
			}
		}
		if result := runs["diff"].result; (result == success || result == skipped) != test.ours {
			c.fault(pullRequestYML+"/diff", "the required check ends as %s for a pull request of %s from %q; a skipped one counts as passed", result, test.author, test.from)
		}
	}
}

// told: a plan that could not be made is said in the comment, and a look for
// drift that ended early in the issue.
func (c *checker) told() {
	for _, test := range []struct{ file, job, at string }{{pullRequestYML, "comment", "diff"}, {driftYML, "issue", "look"}} {
		for _, ended := range []string{"actions/checkout", "aws-actions/configure-aws-credentials", "make d"} {
			for _, result := range []string{failure, cancelled} {
				runs := c.simulate(test.file, c.push(), func(f flat, s step) (string, map[string]any) {
					switch {
					case f.name == test.at && strings.HasPrefix(s.label(), ended):
						return result, nil
					case f.name == test.job && strings.HasPrefix(s.Uses, "actions/download-artifact@"):
						return failure, nil
					case s.ID == "author":
						return success, map[string]any{"ours": "true"}
					}
					return success, nil
				})
				if steps := runs[test.job].steps; len(steps) == 0 || !strings.HasPrefix(steps[len(steps)-1], "go run ") {
					c.fault(test.file+"/"+test.job, "when %s of %s ends as %s, nobody is told", ended, test.at, result)
				}
			}
		}
	}
}

// reported: a run of the deploying branch that failed is said at the account's topic, also
// when no issue could be opened; any other run and a platform without a topic sign in nowhere.
func (c *checker) reported() {
	const signIn, tell = "aws-actions/configure-aws-credentials", "# Says at the account's topic that a run failed"
	// GitHub's words (Webhook events and payloads, "workflow_run").
	fails := map[string]bool{"failure": true, "timed_out": true, "startup_failure": true, "cancelled": true,
		"success": false, "skipped": false, "neutral": false, "stale": false, "action_required": false}
	for conclusion, failed := range fails {
		for _, of := range []struct {
			branch, event string
			fork          bool
		}{{c.settings.GitHub.InfraBranch, "push", false}, {c.settings.GitHub.InfraBranch, "schedule", false}, {c.settings.GitHub.InfraBranch, "workflow_dispatch", false},
			{c.settings.GitHub.InfraBranch, "pull_request", false}, {c.settings.GitHub.InfraBranch, "pull_request_review", true}, {c.settings.GitHub.InfraBranch, "push", true}, {"feature", "push", false}} {
			for _, issue := range []string{success, failure} {
				ours := of.branch == c.settings.GitHub.InfraBranch && !strings.HasPrefix(of.event, "pull_request") && !of.fork
				repository := "paperwurks/infra"
				event := map[string]any{"repository": repository, "event": map[string]any{
					"workflow_run": map[string]any{"conclusion": conclusion, "head_branch": of.branch, "event": of.event}}}
				if of.fork {
					repository = "somebody/infra"
				}
				event["event"].(map[string]any)["workflow_run"].(map[string]any)["head_repository"] = map[string]any{"full_name": repository}
				runs := c.simulate(failuresYML, event, func(f flat, s step) (string, map[string]any) {
					if f.name == "report" && s.ID == "issue" {
						return issue, map[string]any{"issue": "9"}
					}
					return success, nil
				})
				steps := runs["tell"].steps
				signedIn := slices.Contains(steps, signIn)
				told := slices.ContainsFunc(steps, func(s string) bool { return strings.HasPrefix(s, tell) })
				if want := ours && failed && c.settings.Account.Topic(); signedIn != want || told != want {
					c.fault(failuresYML+"/tell", "a run of %q by %s (of a fork: %t) that ended as %s, its issue as %s: signs in: %t, tells: %t, want %t", of.branch, of.event, of.fork, conclusion, issue, signedIn, told, want)
				}
				if wrote := slices.Contains(runs["report"].steps, "issue"); wrote != ours {
					c.fault(failuresYML+"/report", "a run of %q by %s that ended as %s: the issue is kept: %t", of.branch, of.event, conclusion, wrote)
				}
				if ours && failed && !c.settings.Account.Topic() && len(steps) != 1 {
					c.fault(failuresYML+"/tell", "without a topic it runs %q: one step that says so is wanted", steps)
				}
			}
		}
	}
	for _, j := range c.workflows[failuresYML].Jobs {
		if j.role() != "" && j.checksOut() {
			c.fault(failuresYML, "a commit's own code runs where a token for AWS can be had")
		}
	}
}
