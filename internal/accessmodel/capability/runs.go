package capability

import (
	"fmt"
	"strconv"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/token"
)

// Run is a workflow run and the roles that it may assume.
type Run struct {
	// Does says it in plain words.
	Does string
	token.Run
	Roles []string
	Why   string
	// Of is the environment that the run is about; "" for none.
	Of string
}

// Runs is the table of where each role can be assumed from. Each stands for
// two tokens: with and without ids in the subject.
func Runs(s config.Settings) ([]Run, error) {
	ids := [3]int{}
	for i, id := range []string{s.User.GitHubOwnerID, s.User.InfraRepositoryID, s.User.BackendRepositoryID} {
		var err error
		if ids[i], err = strconv.Atoi(id); err != nil {
			return nil, fmt.Errorf("GitHub id %q: %w", id, err)
		}
	}
	main := "refs/heads/" + s.GitHub.InfraBranch
	infraRun := token.Run{
		Owner: s.GitHub.Owner, OwnerID: ids[0], Repository: s.GitHub.InfraRepository, RepositoryID: ids[1],
		Ref: main, Workflow: ".github/workflows/deploy-stack.yml",
	}
	backend := infraRun
	backend.Repository, backend.RepositoryID, backend.Ref = s.GitHub.BackendRepository, ids[2], "refs/heads/main"

	var runs []Run
	of := ""
	add := func(does string, base token.Run, roles []string, why string, changes ...func(*token.Run)) {
		for _, change := range changes {
			change(&base)
		}
		runs = append(runs, Run{Does: does, Run: base, Roles: roles, Why: why, Of: of})
	}
	environment := func(name string) func(*token.Run) { return func(r *token.Run) { r.Environment = name } }
	ref := func(name string) func(*token.Run) { return func(r *token.Run) { r.Ref = name } }
	pullRequest := func(r *token.Run) { r.PullRequest, r.Ref = true, "refs/pull/7/merge" }

	infraName, backendName := s.GitHub.Owner+"/"+s.GitHub.InfraRepository, s.GitHub.Owner+"/"+s.GitHub.BackendRepository
	add("main of "+infraName+", environment shared", infraRun, list(infra), "the pipeline deploys the shared stack", environment("shared"))
	add("another workflow on main of "+infraName+", environment shared", infraRun, nobody, "not the workflow that applies", environment("shared"),
		func(r *token.Run) { r.Workflow = ".github/workflows/drift.yml" })
	add("a feature branch of "+infraName+" that calls main's workflow, environment shared", infraRun, nobody, "not its branch", environment("shared"), ref("refs/heads/feature"),
		func(r *token.Run) { r.WorkflowRef = main })
	for _, env := range s.Environments {
		of = env.Name
		name := env.Name
		add("another workflow on main of "+infraName+", environment "+name, infraRun, nobody, "not the workflow that applies", environment(name),
			func(r *token.Run) { r.Workflow = ".github/workflows/deploy.yml" })
		role, branch := list(deployRole(env.Name)), "refs/heads/"+env.Deployment.Branch
		add("main of "+infraName+", environment "+name, infraRun, list(infra), "the pipeline deploys "+env.Name, environment(name))
		add(env.Deployment.Branch+" of "+backendName+", environment "+name, backend, role, "the backend deploys to "+env.Name, environment(name), ref(branch))
		add("a feature branch of "+infraName+", environment "+name, infraRun, nobody, "not its branch", environment(name), ref("refs/heads/feature"))
		add("a feature branch of "+backendName+", environment "+name, backend, nobody, "not its branch", environment(name), ref("refs/heads/feature"))
		add("a tag of "+backendName+", environment "+name, backend, nobody, "not its branch", environment(name), ref("refs/tags/v1"))
		add("a tag named as the branch of "+backendName+", environment "+name, backend, nobody, "not its branch", environment(name), ref("refs/tags/"+env.Deployment.Branch))
		add("a pull request of "+backendName+", environment "+name, backend, nobody, "not its branch", pullRequest, environment(name))
		add("a pull request of "+infraName+", environment "+name, infraRun, nobody, "not its branch", pullRequest, environment(name))
		add("the merge queue of "+backendName+", environment "+name, backend, nobody, "not its branch", environment(name), ref("refs/heads/gh-readonly-queue/"+env.Deployment.Branch+"/pr-7"))
		asked := map[string]bool{env.Deployment.Branch: true}
		for _, other := range s.Environments {
			if !asked[other.Deployment.Branch] {
				asked[other.Deployment.Branch] = true
				add(other.Deployment.Branch+" of "+backendName+", environment "+name, backend, nobody, "another environment's branch", environment(name), ref("refs/heads/"+other.Deployment.Branch))
			}
		}
		add(env.Deployment.Branch+" of "+backendName+" without an environment", backend, nobody, "nobody approved it", ref(branch))
		add(env.Deployment.Branch+" of "+backendName+", environment "+name+", for another audience", backend, nobody, "not for AWS", environment(name), ref(branch),
			func(r *token.Run) { r.Audience = "https://github.com/" + r.Owner })
		add("another organisation's "+s.GitHub.BackendRepository+", environment "+name, backend, nobody, "not its owner", environment(name), ref(branch),
			func(r *token.Run) { r.Owner, r.OwnerID, r.RepositoryID = "paperwurks-inc", 999, 998 })
		add("a fork of "+backendName+", environment "+name, backend, nobody, "not its owner", environment(name), ref(branch),
			func(r *token.Run) { r.Owner, r.OwnerID, r.RepositoryID = "octocat", 583231, 997 })
		add(backendName+" recreated by a later owner of the name, environment "+name, backend, nobody, "not its ids", environment(name), ref(branch),
			func(r *token.Run) { r.OwnerID, r.RepositoryID = 996, 995 })
		add(backendName+" transferred to a later owner of the name, environment "+name, backend, nobody, "not its ids", environment(name), ref(branch),
			func(r *token.Run) { r.OwnerID = 996 })
		add(backendName+" recreated by the same owner, environment "+name, backend, nobody, "not its ids", environment(name), ref(branch),
			func(r *token.Run) { r.RepositoryID = 994 })
		add("a repository of a like name, environment "+name, backend, nobody, "not its repository", environment(name), ref(branch),
			func(r *token.Run) { r.Repository, r.RepositoryID = r.Repository+"-old", 993 })
	}
	of = ""
	add("a pull request of "+infraName, infraRun, list(diff), "it plans", pullRequest)
	add("main of "+infraName+" without an environment", infraRun, list(diff), "the nightly look for drift, and the plan before an approval")
	failures := func(r *token.Run) { r.Workflow = ".github/workflows/failures.yml" }
	add("failures.yml on main of "+infraName, infraRun, list(diff, report), "a failed run is said at the account's topic", failures)
	add("drift.yml on main of "+infraName, infraRun, list(diff), "not the workflow that reports", func(r *token.Run) { r.Workflow = ".github/workflows/drift.yml" })
	add("failures.yml on main of "+infraName+", environment shared", infraRun, nobody, "it names no environment", failures, environment("shared"))
	add("failures.yml on main of "+infraName+", an environment that anybody made", infraRun, nobody, "it names no environment", failures, environment("made"))
	add("failures.yml on a feature branch of "+infraName, infraRun, nobody, "not its branch", failures, ref("refs/heads/feature"))
	add("a feature branch of "+infraName+" that calls main's failures.yml", infraRun, nobody, "not its branch", failures, ref("refs/heads/feature"),
		func(r *token.Run) { r.WorkflowRef = main })
	add("failures.yml as a pull request of "+infraName+" has it", infraRun, list(diff), "it plans; its workflow is its own to change", failures, pullRequest)
	add("a pull request of "+infraName+" that calls main's failures.yml", infraRun, list(diff), "it plans", failures, pullRequest,
		func(r *token.Run) { r.WorkflowRef = main })
	add("failures.yml on main of "+infraName+", for another audience", infraRun, nobody, "not for AWS", failures,
		func(r *token.Run) { r.Audience = "https://github.com/" + r.Owner })
	add("failures.yml on main of "+infraName+" transferred to a later owner of the name", infraRun, nobody, "not its ids", failures,
		func(r *token.Run) { r.OwnerID = 996 })
	add("failures.yml on main of "+infraName+" recreated by the same owner", infraRun, nobody, "not its ids", failures,
		func(r *token.Run) { r.RepositoryID = 985 })
	add("failures.yml on main of "+backendName, backend, nobody, "not its repository", failures)
	add("a feature branch of "+infraName, infraRun, nobody, "not its branch", ref("refs/heads/feature"))
	add("a branch named main/x of "+infraName, infraRun, nobody, "not its branch", ref("refs/heads/main/x"))
	add("a tag of "+infraName, infraRun, nobody, "not its branch", ref("refs/tags/v1"))
	add("a tag of "+infraName+", environment shared", infraRun, nobody, "not its branch", ref("refs/tags/v1"), environment("shared"))
	add("the merge queue of "+infraName, infraRun, nobody, "not its branch", ref("refs/heads/gh-readonly-queue/main/pr-7"))
	add("a feature branch of "+infraName+", environment shared", infraRun, nobody, "not its branch", ref("refs/heads/feature"), environment("shared"))
	add("a pull request of "+infraName+", environment shared", infraRun, nobody, "not its branch", pullRequest, environment("shared"))
	add("main of "+infraName+", an environment that anybody made", infraRun, nobody, "not its environment", environment("made"))
	add("main of "+infraName+", environment Shared", infraRun, nobody, "not its environment", environment("Shared"))
	add("main of "+infraName+", environment shared, for another audience", infraRun, nobody, "not for AWS", environment("shared"),
		func(r *token.Run) { r.Audience = "sts.amazonaws.com.evil.example" })
	add("main of "+backendName+", environment shared", backend, nobody, "not its repository", environment("shared"))
	add("a pull request of "+backendName, backend, nobody, "the backend plans nothing", pullRequest)
	add("main of "+backendName+", an environment that anybody made", backend, nobody, "not its environment", environment("made"))
	add("a pull request of another organisation's "+s.GitHub.InfraRepository, infraRun, nobody, "not its owner", pullRequest,
		func(r *token.Run) { r.Owner, r.OwnerID, r.RepositoryID = "paperwurks-inc", 999, 992 })
	add("main of a fork of "+infraName, infraRun, nobody, "not its owner",
		func(r *token.Run) { r.Owner, r.OwnerID, r.RepositoryID = "octocat", 583231, 991 })
	add("main of "+infraName+" recreated by a later owner of the name, environment shared", infraRun, nobody, "not its ids", environment("shared"),
		func(r *token.Run) { r.OwnerID, r.RepositoryID = 996, 990 })
	add("main of "+infraName+" transferred to a later owner of the name, environment shared", infraRun, nobody, "not its ids", environment("shared"),
		func(r *token.Run) { r.OwnerID = 996 })
	add("a pull request of "+infraName+" transferred to a later owner of the name", infraRun, nobody, "not its ids", pullRequest,
		func(r *token.Run) { r.OwnerID = 996 })
	add("main of "+infraName+" transferred to a later owner of the name", infraRun, nobody, "not its ids",
		func(r *token.Run) { r.OwnerID = 996 })
	add("a pull request of "+infraName+" recreated by the same owner", infraRun, nobody, "not its ids", pullRequest,
		func(r *token.Run) { r.RepositoryID = 987 })
	add("main of "+infraName+" recreated by the same owner, without an environment", infraRun, nobody, "not its ids",
		func(r *token.Run) { r.RepositoryID = 986 })
	add("a pull request of "+infraName+", for another audience", infraRun, nobody, "not for AWS", pullRequest,
		func(r *token.Run) { r.Audience = "https://github.com/" + r.Owner })
	add("main of "+infraName+", for another audience", infraRun, nobody, "not for AWS",
		func(r *token.Run) { r.Audience = "https://github.com/" + r.Owner })
	add("main of "+infraName+" recreated by the same owner, environment shared", infraRun, nobody, "not its ids", environment("shared"),
		func(r *token.Run) { r.RepositoryID = 989 })
	add("main of a repository of a like name, environment shared", infraRun, nobody, "not its repository", environment("shared"),
		func(r *token.Run) { r.Repository, r.RepositoryID = "infra-tools", 988 })
	return runs, nil
}
