package pipelines

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/paperwurks/infra/config"
)

func TestWorkflows(t *testing.T) {
	for _, fault := range check(t, readFiles(t), config.Platform()) {
		t.Error(fault)
	}
}

// TestFaultsAreFound breaks the workflows, one way after another, and wants
// each found.
func TestFaultsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it breaks every workflow in many ways")
	}
	const failures = failuresYML
	const pullRequest, deploy, stack, drift, backend, rollback, setup = pullRequestYML, deployYML, deployStackYML, driftYML,
		"workflows/backend-deploy.yml", "workflows/backend-rollback.yml", "actions/setup/action.yml"
	const newest = "steps.newest.outputs.newest == 'true'"
	real := readFiles(t)
	for name, text := range real {
		var err error
		if real[name], err = WithSettings(name, text, config.Fixture()); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ file, old, new, want string }{
		{pullRequest, " # v7.0.1", "", "40 hexadecimal digits"},
		{pullRequest, "vars.INFRA_DIFF_ROLE_ARN", "vars.INFRA_ROLE_ARN", "cannot take infra-role"},
		{pullRequest, "vars.INFRA_DIFF_ROLE_ARN", "secrets.ROLE", `"secrets."`},
		{pullRequest, "    timeout-minutes: 30\n    permissions:\n      contents: read\n      id-token: write", "    timeout-minutes: 30\n    environment: dev\n    permissions:\n      contents: read\n      id-token: write", "cannot take infra-diff-role"},
		{pullRequest, "    permissions:\n      contents: read\n    strategy", "    permissions:\n      contents: read\n      id-token: write\n    strategy", "permission id-token: write is not needed"},
		{pullRequest, "      pull-requests: write", "      pull-requests: write\n      contents: write", "already defined"},
		{pullRequest, "GITHUB_TOKEN: ${{ github.token }}", "TOKEN: ${{ github.token }}", "the run's token goes to"},
		{pullRequest, "    timeout-minutes: 10\n", "", "timeout-minutes 0"},
		{pullRequest, "make diff BASE", "make compare BASE", `no target "compare"`},
		{deploy, "branches: [main]", "branches: [main, develop]", "runs on pushes to"},
		{deploy, "      environment: prod", "      environment: staging", "prod deploys"},
		{deploy, "    needs: staging", "    needs: shared", "prod comes after"},
		{deploy, "  dev:\n    needs: shared", "  development:\n    needs: shared", `does not deploy "dev"`},
		{stack, "    environment: ${{ needs.plan.outputs.changes == 'true' && inputs.environment || '' }}\n", "", "cannot take infra-role"},
		{stack, "vars.INFRA_ROLE_ARN", "vars.INFRA_DIFF_ROLE_ARN", "cannot take infra-diff-role"},
		{stack, "aws-region: eu-central-1", "aws-region: us-east-1", `want "eu-central-1"`},
		{drift, "role-session-name: drift-${{ github.run_id }}-${{ github.run_attempt }}", "mask-aws-account-id: true", "role-session-name \"\""},
		{drift, "run: make ready", "run: make synth", "signs in before make ready"},
		{stack, "run: make ready", "run: make synth", "signs in before make ready"},
		{drift, "          overwrite: true\n", "", "an upload without overwrite"},
		{stack, "          name: plan-${{ inputs.stack }}-${{ github.run_attempt }}\n", "          name: plan-${{ inputs.stack }}\n", "a name that ends in github.run_attempt"},
		{stack, "name: ${{ needs.plan.outputs.artifact }}", "name: plan-${{ inputs.stack }}-${{ github.run_attempt }}", "the output of the job that made it"},
		{stack, "          run-id: ${{ github.run_id }}\n", "", "an artifact of an earlier attempt is not found"},
		{drift, "          github-token: ${{ github.token }}\n", "", "an artifact of an earlier attempt is not found"},
		{pullRequest, "      actions: read # the artifact", "      # the artifact", "an artifact of an earlier attempt is not found"},
		{stack, "      actions: read # is the newest", "      # is the newest", "asks for the newest commit's run without actions: read"},
		{drift, "      issues: write", "      issues: write\n      id-token: write", "permission id-token: write is not needed"},
		{drift, "      contents: read\n      id-token: write", "      contents: read", "takes a role without id-token: write"},
		{backend, "    environment: ${{ inputs.environment }}\n", "", "cannot take deploy-role"},
		{backend, "vars.DEPLOY_ROLE_ARN", "vars.INFRA_ROLE_ARN", "cannot take infra-role"},
		{backend, "          tag=\"$ENVIRONMENT-", "          tag=\"x-", "pipelines/backend/image.sh differs"},
		{backend, "          REFUSE_OFF: \"true\"\n", "          OFF: \"true\"\n", "refuses an environment that is switched off: false, want true"},
		{"workflows/backend-run.yml", "          REFUSE_OFF: \"true\"\n", "          OFF: \"true\"\n", "refuses an environment that is switched off: false, want true"},
		{rollback, "        id: settings\n        shell: bash\n", "        id: settings\n        shell: bash\n        env:\n          REFUSE_OFF: \"true\"\n", "refuses an environment that is switched off: true, want false"},
		{backend, "@sha256:6c2fa84a", ":sha256-6c2fa84a", `no "driver-opts: image=moby/buildkit:"`},
		{backend, "sbom: generator=docker/buildkit-syft-scanner:1.12.0@", "sbom: true # @", `no "sbom: generator=`},
		{backend, "role-to-assume:", "aws-access-key-id: x\n          role-to-assume:", `"aws-access-key-id"`},

		// The order: a skipped job of a called workflow, a job that runs after a failure.
		{stack, "    needs: plan\n", "    needs: plan\n    if: needs.plan.outputs.changes == 'true'\n", `with changes in ["dev"] only, dev is applied: false`},
		{stack, "needs.plan.outputs.changes == 'true' && inputs.environment || ''", "inputs.environment", "shared waits for an approval: true"},
		{deploy, "    needs: shared\n    uses", "    needs: shared\n    if: always()\n    uses", "an if on a job that calls a workflow"},
		{deploy, "    needs: staging\n", "    needs: check\n", "after staging / plan: plan as failure, prod is applied"},
		{stack, "      - id: apply\n        if: " + newest, "      - id: apply\n        if: always()", "after shared / apply: newest as failure, shared is applied"},
		{stack, "needs.plan.outputs.changes != 'true' &&", "needs.plan.outputs.changes == 'none' &&", "with the outputs of the plan of shared dropped, its apply ends as success"},
		// The newest commit.
		{stack, "        id: newest\n        shell", "        id: other\n        shell", "is applied: false"},
		{stack, "      - id: plan\n        if: " + newest + "\n", "      - id: plan\n", `overtaken at "dev / plan"`},
		{stack, "      - id: apply\n        if: " + newest, "      - id: apply\n        if: needs.plan.outputs.changes == 'true'", `overtaken at "prod / apply"`},
		{backend, "      - name: Set the database's roles up\n        if: " + newest + "\n", "      - name: Set the database's roles up\n", "overtaken, it ends as success and runs"},
		{backend, "      - name: Migrate the database\n        if: " + newest + "\n", "      - name: Migrate the database\n", "overtaken, it ends as success and runs"},
		// Sessions.
		{stack, "role-duration-seconds: 7200", "role-duration-seconds: 3600", "credentials of 3600 s are in use for up to 120 minutes"},
		{stack, "role-duration-seconds: 3600", "role-duration-seconds: 7200", "role-duration-seconds 7200: 900 to 3600 are allowed"},
		{drift, "          role-duration-seconds: 3600\n", "", "role-duration-seconds <nil>"},
		{drift, "timeout-minutes: 30", "timeout-minutes: 90", "credentials of 3600 s are in use for up to 90 minutes"},
		{backend, "        timeout-minutes: 50\n", "        timeout-minutes: 70\n", "credentials of 3600 s are in use for up to 78 minutes"},
		{backend, "      - name: Sign in again, for the update\n        if: " + newest + "\n        uses: aws-actions/configure-aws-credentials@", "      - uses: aws-actions/other@", "credentials of 3600 s are in use for up to 1"},
		{stack, "      - name: The state, the lock, and what to do next\n        if: always() && ", "      - name: The state, the lock, and what to do next\n        if: ", "a state that could not be written is lost"},
		// Queues.
		{deploy, "  queue: max\n", "", `queue "": "max" is required`},
		{deploy, "queue: max", "queue: maximal", `queue "maximal": "max" is required`},
		{deploy, "concurrency:\n  group: deploy\n  cancel-in-progress: false\n  queue: max\n", "", "no concurrency of the whole workflow"},
		{backend, "      queue: max\n", "", `queue "": "max" is required`},
		{"workflows/backend-redeploy.yml", "group: backend-${{ inputs.environment }}", "group: redeploy-${{ inputs.environment }}", "a deployment and a rollback run at the same time"},
		{rollback, "      queue: max\n", "", `queue "": "max" is required`},
		{rollback, "group: backend-${{ inputs.environment }}", "group: rollback-${{ inputs.environment }}", "a deployment and a rollback run at the same time"},
		{pullRequest, "  cancel-in-progress: true", "  cancel-in-progress: true\n  queue: max", `queue "max" with cancel-in-progress`},
		// Caches.
		{stack, "      - uses: ./.github/actions/setup\n        if: " + newest + "\n", "      - uses: ./.github/actions/setup\n        if: " + newest + "\n        with: {cache: \"true\"}\n", "plan: actions/cache restores a cache"},
		{setup, `    default: "false"`, `    default: "true"`, "workflows/drift.yml/look: actions/setup-node restores a cache"},
		{setup, "package-manager-cache: false", "package-manager-cache: true", "actions/setup-node restores a cache"},
		{setup, "        cache: ${{ inputs.cache == 'true' }}\n", "", "actions/setup-go restores a cache"},
		{drift, "          cache: false\n", "", "workflows/drift.yml/issue: actions/setup-go restores a cache"},
		{backend, "name: Push, with", "name: Upload, with", "image.sh looks for what"},
		{backend, "    name: deploy to ", "    name: deployment to ", "image.sh looks for what"},
		{backend, "          cache-binary: false\n", "", "docker/setup-buildx-action restores a cache"},
		{backend, "          version: v0.", "          # version: v0.", "no version of buildx"},
		{backend, "load: true\n", "load: true\n          cache-from: type=gha\n", "docker/build-push-action restores a cache"},
		{pullRequest, "          TARGET: ${{ matrix.target }}\n", "          TARGET: ${{ matrix.target }}\n          SHORT: 1\n", "tests are left out"},
		{pullRequest, "make \"$TARGET\"", "make \"$TARGET\" SHORT=1", "tests are left out"},
		{deploy, "jobs:\n", "env:\n  SHORT: 1\njobs:\n", "tests are left out"},
		{setup, "  steps:\n", "  steps:\n    - run: echo SHORT=1 >>\"$GITHUB_ENV\"\n      shell: bash\n", "tests are left out"},
		{"workflows/rehearse.yml", "- run: make owners", "- run: make test", "tests are left out"},
		// The approval, strangers, and who is told.
		{stack, "run: make approval ", "run: true make approval ", "does not read the environment's rules"},
		{pullRequest, "        id: author\n", "        id: author\n        continue-on-error: true\n", "lets a stranger's pull request"},
		{pullRequest, "  diff:\n", "  diff:\n    if: github.event.pull_request.head.repo.full_name == github.repository\n", "the required check ends as skipped"},
		{pullRequest, "if: always() && needs.diff.outputs.ours == 'true'", "if: always()", "lets a stranger's pull request"},
		{pullRequest, "if: always() && needs.diff.outputs.ours == 'true'", "if: needs.diff.result == 'success'", "nobody is told"},
		{drift, "if: always() && github.ref == 'refs/heads/main'", "if: always() && needs.look.result != 'cancelled'", "ends as cancelled, nobody is told"},
		{drift, "        continue-on-error: true\n", "", "nobody is told"},
		// What failed is said at the account's topic.
		{failures, "!cancelled() && ", "", "its issue as failure: signs in: false, tells: false, want true"},
		{failures, "github.event.workflow_run.event == 'push' ||", "github.event.workflow_run.event == 'push' || github.event.workflow_run.event == 'pull_request' ||", "by pull_request (of a fork: false) that ended as"},
		{failures, " && github.event.workflow_run.head_repository.full_name == github.repository", "", "by push (of a fork: true) that ended as"},
		{failures, "github.event.workflow_run.head_branch == 'main' && ", "", `a run of "feature" by push (of a fork: false) that ended as`},
		{failures, "!cancelled() && needs.report.result != 'skipped' &&", "!cancelled() &&", `a run of "feature" by push (of a fork: false) that ended as`},
		{failures, "github.event.workflow_run.conclusion == 'cancelled' ||", "", "that ended as cancelled, its issue as success: signs in: false, tells: false, want true"},
		{failures, "github.event.workflow_run.conclusion == 'timed_out' ||", "", "that ended as timed_out, its issue as success: signs in: false, tells: false, want true"},
		{failures, "conclusion == 'failure' ||", "conclusion != 'failure' ||", "that ended as success, its issue as success: signs in: true, tells: true, want false"},
		{failures, "TOPIC: paperwurks-account-alarms", `TOPIC: ""`, "signs in: false, tells: false, want true"},
		{failures, "vars.INFRA_REPORT_ROLE_ARN", "vars.INFRA_ROLE_ARN", "cannot take infra-role"},
		{failures, "vars.INFRA_REPORT_ROLE_ARN", "vars.INFRA_DIFF_ROLE_ARN", "could take infra-report-role too"},
		{drift, "vars.INFRA_DIFF_ROLE_ARN", "vars.INFRA_REPORT_ROLE_ARN", "cannot take infra-report-role"},
		{failures, "      id-token: write\n    env:", "      contents: read\n    env:", "takes a role without id-token: write"},
		{failures, "      issues: write\n", "      issues: write\n      id-token: write\n", "permission id-token: write is not needed"},
		{failures, "role-duration-seconds: 900", "role-duration-seconds: 899", "role-duration-seconds 899: 900 to 3600 are allowed"},
		{failures, "      - if: env.TOPIC != ''\n        uses", "      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n      - if: env.TOPIC != ''\n        uses", "a commit's own code runs where"},
		{failures, "web=${GITHUB_SERVER_URL:?}", "web=x${GITHUB_SERVER_URL:?}", "pipelines/backend/tell.sh differs"},
	} {
		broken := maps.Clone(real)
		broken[test.file] = strings.Replace(real[test.file], test.old, test.new, 1)
		if broken[test.file] == real[test.file] {
			t.Errorf("%s: %q is not there", test.file, test.old)
			continue
		}
		if faults := strings.Join(check(t, broken, config.Fixture()), "\n"); !strings.Contains(faults, test.want) {
			t.Errorf("%s: %q → %q: want %q, got\n%s", test.file, test.old, test.new, test.want, faults)
		}
	}
}

// TestSettingsAreWritten: what the workflows and the document hold of the
// settings is today's, and other settings' are written as well.
func TestSettingsAreWritten(t *testing.T) {
	all := readFiles(t)
	documents := []string{"docs/pipelines.md", "docs/operations.md", "docs/worst-day.md"}
	for _, name := range documents {
		document, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(document)
	}
	other := config.Fixture()
	other.Region = "us-west-2"
	other.Environments = other.Environments[1:]
	other.Account.Organisation = config.Organisation{Trail: "the organisation's", GuardDuty: "the organisation's", SecurityHub: "the organisation's"}
	demo := other.Environments[0]
	demo.Name, demo.Deployment = "demo", config.Deployment{Branch: "show"}
	demo.Images.Architecture = config.ARM
	demo.Services = config.Fixture().Environments[0].Services
	demo.Services[0].Route.HealthCheckPath = "/well"
	other.Environments = append(other.Environments, demo)
	for name, text := range all {
		now, err := WithSettings(name, text, config.Platform())
		if err != nil {
			t.Fatal(err)
		}
		if now != text {
			t.Errorf("%s is not current: `make review` writes it", name)
		}
		if now, err = WithSettings(name, text, other); err != nil {
			t.Fatal(err)
		}
		if again, err := WithSettings(name, now, other); err != nil || again != now {
			t.Errorf("%s is another one when it is written again: %v", name, err)
		}
		if strings.Contains(now, config.Platform().Region) && config.Platform().Region != other.Region {
			t.Errorf("%s keeps the region", name)
		}
		all[name] = now
	}
	for _, fault := range check(t, without(all, documents...), other) {
		t.Error(fault)
	}
	for _, want := range []string{
		"\n  staging:\n    if: github.ref == 'refs/heads/main'\n    uses:", "\n      environment: staging\n",
		"\n  prod:\n    if: github.ref == 'refs/heads/main'\n    needs: [staging, staging_answers]\n",
		"\n  staging_answers:\n    if: github.ref == 'refs/heads/main'\n    needs: staging\n    uses: paperwurks/infra/.github/workflows/backend-ask.yml@<commit>", "      url: <public/url of staging>\n  prod:\n", "\n  demo:\n    if: github.ref == 'refs/heads/show'\n    uses:",
		"\n  prod_answers:\n    if: github.ref == 'refs/heads/main'\n    needs: prod\n", "      environment: demo\n  demo_answers:\n", "      url: <public/url of demo>\n      path: '/well'\n```", "options: [staging, prod, demo]",
	} {
		if !strings.Contains(all["docs/pipelines.md"], want) {
			t.Errorf("docs/pipelines.md lacks %q", want)
		}
	}
	for _, want := range []string{`fromJSON('{"prod":"staging"}')`, `PLATFORM: linux/${{ fromJSON('{"demo":"arm64"}')`, `runs-on: ubuntu-24.04${{ fromJSON('{"demo":"-arm"}')`} {
		if !strings.Contains(all["workflows/backend-deploy.yml"], want) {
			t.Errorf("backend-deploy.yml lacks %q", want)
		}
	}
	if line := `      TOPIC: ""` + "\n"; !strings.Contains(all["workflows/failures.yml"], line) {
		t.Errorf("failures.yml lacks %q", line)
	}
	for _, absent := range []string{"\n  dev:\n", "environment: dev\n"} {
		if strings.Contains(all["docs/pipelines.md"], absent) {
			t.Errorf("docs/pipelines.md holds %q", absent)
		}
	}
}

// TestJobsThatAsk: documents name them as deploy.yml does.
func TestJobsThatAsk(t *testing.T) {
	named := 0
	for _, name := range []string{"CHANGELOG.md", "docs/pipelines.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("`[^` ]+answers`").FindAllString(string(text), -1) {
			named++
			if !strings.HasSuffix(m, answers+"`") {
				t.Errorf("%s names the job %s, which ends in %q in deploy.yml", name, m, answers)
			}
		}
	}
	if named < 3 {
		t.Errorf("%d jobs are named", named)
	}
}

// TestAskedPath: who calls backend-ask.yml without a path has this one asked for.
func TestAskedPath(t *testing.T) {
	var ask struct {
		On struct {
			Call struct {
				Inputs struct{ Path struct{ Default string } }
			} `yaml:"workflow_call"`
		}
	}
	if err := yaml.Unmarshal([]byte(readFiles(t)["workflows/backend-ask.yml"]), &ask); err != nil {
		t.Fatal(err)
	}
	if got := ask.On.Call.Inputs.Path.Default; got != askedPath {
		t.Errorf("backend-ask.yml asks for %q, askedPath is %q", got, askedPath)
	}
}

func without(f files, names ...string) files {
	out := maps.Clone(f)
	for _, name := range names {
		delete(out, name)
	}
	return out
}

// TestRegionOfASentence: commands get the settings' region, and a sentence keeps
// the one that it names.
func TestRegionOfASentence(t *testing.T) {
	s := config.Fixture()
	got, err := WithSettings("any.md", "    export AWS_REGION=x\n    true; export AWS_REGION=x\nAgain after `export AWS_REGION=us-east-1` and\n", s)
	want := "    export AWS_REGION=" + s.Region + "\n    true; export AWS_REGION=" + s.Region + "\nAgain after `export AWS_REGION=us-east-1` and\n"
	if err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// What cannot be written is an error, not a file without its jobs.
func TestSettingsThatHaveNoPlace(t *testing.T) {
	for file, text := range map[string]string{
		"deploy.yml":         "jobs:\n  dev:\n    needs: check\n",
		"pipelines.md":       "nothing to copy",
		"backend-deploy.yml": "PROMOTED_FROM: ${{ fromJSON('{}')[inputs.environment] }}",
	} {
		if out, err := WithSettings(file, text, config.Fixture()); err == nil || out != "" {
			t.Errorf("%s: wrote %q", file, out)
		}
	}
}

// TestDocumentedInputs compares the table of the inputs with the workflows.
func TestDocumentedInputs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs", "contract.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(data), "| workflow | input | what | default |\n")
	inputs := 0
	for name, text := range readFiles(t) {
		file := filepath.Base(name)
		if !strings.HasPrefix(file, "backend-") {
			continue
		}
		var w struct {
			On struct {
				Call struct {
					Inputs map[string]struct {
						Description string
						Required    bool
						Default     any
					}
				} `yaml:"workflow_call"`
			}
		}
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Fatal(err)
		}
		for name, input := range w.On.Call.Inputs {
			inputs++
			value := fmt.Sprintf("`%v`", input.Default)
			switch {
			case input.Required:
				value = "required"
			case input.Default == "":
				value = "none"
			}
			if want := fmt.Sprintf("\n| `%s` | `%s` | %s | %s |\n", file, name, input.Description, value); !strings.Contains(table, want) {
				t.Errorf("docs/contract.md lacks the row %s", want)
			}
		}
	}
	if rows := strings.Count(table, "\n| `"); rows != inputs || inputs < 20 {
		t.Errorf("docs/contract.md has %d inputs, the workflows %d", rows, inputs)
	}
}
