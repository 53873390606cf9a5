package pipelines

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	const pullRequest, deploy, stack, drift, backend, setup = "workflows/pull-request.yml", "workflows/deploy.yml",
		"workflows/deploy-stack.yml", "workflows/drift.yml", "workflows/backend-deploy.yml", "actions/setup/action.yml"
	real := readFiles(t)
	for name, text := range real {
		var err error
		if real[name], err = WithSettings(name, text, config.Fixture()); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ file, old, new, want string }{
		{pullRequest, "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7.0.1", "40 hexadecimal digits"},
		{pullRequest, " # v7.0.1", "", "40 hexadecimal digits"},
		{setup, "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae", "actions/cache@main", "40 hexadecimal digits"},
		{pullRequest, "  pull_request:", "  pull_request_target:", `"pull_request_target"`},
		{pullRequest, "vars.INFRA_DIFF_ROLE_ARN", "vars.INFRA_ROLE_ARN", "cannot take infra-role"},
		{pullRequest, "vars.INFRA_DIFF_ROLE_ARN", "secrets.ROLE", `"secrets."`},
		{pullRequest, "    timeout-minutes: 30\n    permissions:\n      contents: read\n      id-token: write", "    timeout-minutes: 30\n    environment: dev\n    permissions:\n      contents: read\n      id-token: write", "cannot take infra-diff-role"},
		{pullRequest, "    if: github.event.pull_request.head.repo.full_name == github.repository\n    runs-on: ubuntu-24.04\n    timeout-minutes: 30", "    runs-on: ubuntu-24.04\n    timeout-minutes: 30", "lets forks in"},
		{pullRequest, "    permissions:\n      contents: read\n    strategy", "    permissions:\n      contents: read\n      id-token: write\n    strategy", "permission id-token: write is not needed"},
		{pullRequest, "      pull-requests: write", "      pull-requests: write\n      contents: write", "already defined"},
		{pullRequest, "permissions: {}\n\nconcurrency", "concurrency", "permissions: {} is required"},
		{pullRequest, "make \"$TARGET\"", "make ${{ github.head_ref }}", "pasted into the script"},
		{pullRequest, "GITHUB_TOKEN: ${{ github.token }}", "TOKEN: ${{ github.token }}", "the run's token goes to"},
		{pullRequest, "          persist-credentials: false\n          fetch-depth: 2", "          fetch-depth: 2", "checkout keeps the token"},
		{pullRequest, "    timeout-minutes: 5\n", "", "timeout-minutes 0"},
		{pullRequest, "make diff BASE", "make compare BASE", `no target "compare"`},
		{deploy, "branches: [main]", "branches: [main, develop]", "runs on pushes to"},
		{deploy, "      environment: prod", "      environment: staging", "prod deploys"},
		{deploy, "    needs: staging", "    needs: shared", "prod comes after"},
		{deploy, "  dev:\n    needs: shared", "  development:\n    needs: shared", `does not deploy "dev"`},
		{deploy, "  dev:\n    needs: shared", "  dev:\n    if: always()\n    needs: shared", "dev runs after a failure"},
		{stack, "environment: ${{ inputs.environment }}\n    # No", "# No", "cannot take infra-role"},
		{stack, "vars.INFRA_ROLE_ARN", "vars.INFRA_DIFF_ROLE_ARN", "cannot take infra-diff-role"},
		{stack, "group: apply-${{ inputs.stack }}", "group: apply", "one run for each stack"},
		{stack, "aws-region: eu-central-1", "aws-region: us-east-1", `want "eu-central-1"`},
		{drift, "      issues: write", "      issues: write\n      id-token: write", "permission id-token: write is not needed"},
		{drift, "      contents: read\n      id-token: write", "      contents: read", "takes a role without id-token: write"},
		{backend, "    environment: ${{ inputs.environment }}\n", "", "cannot take deploy-role"},
		{backend, "vars.DEPLOY_ROLE_ARN", "vars.INFRA_ROLE_ARN", "cannot take infra-role"},
		{backend, "set -euo pipefail\n          tag=", "set -eu\n          tag=", "pipelines/backend/image.sh is not what stands there"},
		{backend, "role-to-assume:", "aws-access-key-id: x\n          role-to-assume:", `"aws-access-key-id"`},
	} {
		broken := maps.Clone(real)
		broken[test.file] = strings.Replace(real[test.file], test.old, test.new, 1)
		if broken[test.file] == real[test.file] {
			t.Errorf("%s: %q does not stand there", test.file, test.old)
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
	document, err := os.ReadFile(filepath.Join(root, "docs", "pipelines.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := readFiles(t)
	all["docs/pipelines.md"] = string(document)
	other := config.Fixture()
	other.Region = "us-west-2"
	other.Environments = other.Environments[1:]
	demo := other.Environments[0]
	demo.Name, demo.Deployment = "demo", config.Deployment{Branch: "show", GitHubEnvironment: "demo"}
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
		if strings.Contains(now, config.Platform().Region) && config.Platform().Region != other.Region && strings.HasPrefix(name, "workflows/") {
			t.Errorf("%s keeps the region", name)
		}
		all[name] = now
	}
	for _, fault := range check(t, without(all, "docs/pipelines.md"), other) {
		t.Error(fault)
	}
	for _, want := range []string{
		"\n  staging:\n    if: github.ref == 'refs/heads/main'\n    uses:", "\n      environment: staging\n",
		"\n  prod:\n    if: github.ref == 'refs/heads/main'\n    needs: staging\n", "\n  demo:\n    if: github.ref == 'refs/heads/show'\n    uses:",
		"      environment: demo\n```", "options: [staging, prod, demo]",
	} {
		if !strings.Contains(all["docs/pipelines.md"], want) {
			t.Errorf("docs/pipelines.md lacks %q", want)
		}
	}
	for _, absent := range []string{"\n  dev:\n", "environment: dev\n"} {
		if strings.Contains(all["docs/pipelines.md"], absent) {
			t.Errorf("docs/pipelines.md holds %q", absent)
		}
	}
}

func without(f files, name string) files {
	out := maps.Clone(f)
	delete(out, name)
	return out
}

// What cannot be written is an error, not a file without its jobs.
func TestSettingsThatHaveNoPlace(t *testing.T) {
	for file, text := range map[string]string{
		"deploy.yml":   "jobs:\n  dev:\n    needs: check\n",
		"pipelines.md": "nothing to copy",
	} {
		if out, err := WithSettings(file, text, config.Fixture()); err == nil || out != "" {
			t.Errorf("%s: wrote %q", file, out)
		}
	}
}
