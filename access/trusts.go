package access

import (
	"slices"

	"github.com/paperwurks/infra/config"
)

// SharedGitHubEnvironment is the GitHub environment that a job names to deploy
// the shared stack.
const SharedGitHubEnvironment = config.SharedStack

// applyWorkflow is the file whose job applies an approved plan, and so the only
// one that infra-role is for: a new workflow on the branch that names an
// approved environment gets nothing.
const applyWorkflow = ".github/workflows/deploy-stack.yml"

// reportWorkflow is the file that reports failed runs, and the only one that
// infra-report-role is for.
const reportWorkflow = ".github/workflows/failures.yml"

// InfraTrust lets this repository's pipeline act as infra-role: from the
// deploying branch and its workflow only, in a job that names the GitHub
// environment of the stack it deploys. A GitHub environment that deploys
// several stacks is named once.
func InfraTrust(s config.Settings) Trust {
	t := infraRepository(s)
	t.Workflow = applyWorkflow
	t.Subjects = []Subject{InEnvironment(SharedGitHubEnvironment, s.GitHub.InfraBranch)}
	for _, env := range s.Environments {
		subject := InEnvironment(env.Name, s.GitHub.InfraBranch)
		if !slices.Contains(t.Subjects, subject) {
			t.Subjects = append(t.Subjects, subject)
		}
	}
	return t
}

// InfraDiffTrust lets this repository's pull requests act as infra-diff-role,
// and its deploying branch, where the nightly look for drift runs. A tag, a
// fork or another branch gets nothing.
func InfraDiffTrust(s config.Settings) Trust {
	t := infraRepository(s)
	t.Subjects = []Subject{PullRequest(), OnBranch(s.GitHub.InfraBranch)}
	return t
}

// InfraReportTrust lets the workflow that reports failed runs act as
// infra-report-role: as it is on the deploying branch, in a job that names no
// GitHub environment. GitHub runs it there for its event, workflow_run
// (GitHub documentation, "Events that trigger workflows").
func InfraReportTrust(s config.Settings) Trust {
	t := infraRepository(s)
	t.Workflow = reportWorkflow
	t.Subjects = []Subject{OnBranch(s.GitHub.InfraBranch)}
	return t
}

// DeployTrust lets the backend's pipeline act as an environment's deploy-role:
// from the environment's branch and in its GitHub environment, both.
func DeployTrust(s config.Settings, env config.Environment) Trust {
	return Trust{
		Owner:        s.GitHub.Owner,
		OwnerID:      s.User.GitHubOwnerID,
		Repository:   s.GitHub.BackendRepository,
		RepositoryID: s.User.BackendRepositoryID,
		Audience:     Audience,
		Subjects:     []Subject{InEnvironment(env.Name, env.Deployment.Branch)},
	}
}

func infraRepository(s config.Settings) Trust {
	return Trust{
		Owner:        s.GitHub.Owner,
		OwnerID:      s.User.GitHubOwnerID,
		Repository:   s.GitHub.InfraRepository,
		RepositoryID: s.User.InfraRepositoryID,
		Audience:     Audience,
	}
}
