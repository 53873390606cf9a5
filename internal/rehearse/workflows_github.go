package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/token"
	"github.com/paperwurks/infra/internal/awsapi"
)

// gitHub is GitHub on this machine: two repositories, the part of the REST API
// that the workflows use, and who gives each job its token.
type gitHub struct {
	r      *rehearsal
	server *http.Server
	url    string
	// infra and backend are the repositories, by their newest commit.
	infra, backend repository
	actions        map[string]string
	variables      map[string]string
	// goCache is Go's build cache of this machine.
	goCache string
	// docker says that this machine has a Docker engine.
	docker bool
	// texts are the comments and issues that were written.
	texts []map[string]any
	// refused are the tokens that a trust did not admit.
	refused []string
}

// repository is a clone, and its newest commit.
type repository struct{ folder, commit string }

// gitHubToken is what runs here have in place of GITHUB_TOKEN.
const gitHubToken = "local-run"

func (r *rehearsal) newGitHub(ctx context.Context) (*gitHub, error) {
	g := &gitHub{r: r, actions: map[string]string{}, variables: map[string]string{}}
	here, err := filepath.Abs(".")
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(r.path("standin"), standinFiles()); err != nil {
		return nil, err
	}
	goCache, err := r.command(ctx, nil, "", "go", "env", "GOCACHE")
	if err != nil {
		return nil, err
	}
	g.goCache = strings.TrimSpace(goCache)
	if _, err := r.command(ctx, nil, "", "docker", "info"); err == nil {
		g.docker = true
	} else {
		fmt.Fprintln(r.out, "Docker          no engine on this machine: images are neither built nor run")
		if err := os.Chmod(r.path("standin", "no-docker", "docker"), 0o755); err != nil {
			return nil, err
		}
	}
	// The last commit of this checkout, as the newest one of main.
	g.infra.folder = r.path("infra")
	infraName := r.settings.GitHub.Owner + "/" + r.settings.GitHub.InfraRepository
	if err := g.git(ctx, ".", "clone", "--quiet", "--no-hardlinks", here, g.infra.folder); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(g.infra.folder, ".github", "workflows", "*.yml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, []byte(withClaims(filepath.Base(file), string(data))), 0o644); err != nil {
			return nil, err
		}
	}
	if g.infra.commit, err = g.commit(ctx, g.infra.folder, infraName, r.settings.GitHub.InfraBranch); err != nil {
		return nil, err
	}
	if g.actions, err = pinned(filepath.Join(g.infra.folder, ".github")); err != nil {
		return nil, err
	}
	for name, action := range g.actions {
		g.actions[name] = r.path("standin", action)
	}
	if err := g.newBackend(ctx); err != nil {
		return nil, err
	}
	g.actions[infraName+"@"+g.infra.commit] = g.infra.folder
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	g.url = "http://" + listener.Addr().String()
	g.server = &http.Server{Handler: g.routes()}
	go func() {
		if err := g.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(r.out, "GitHub on this machine:", err)
		}
	}()
	return g, nil
}

func standinFiles() fs.FS {
	files, err := fs.Sub(standins, "standin")
	if err != nil {
		panic(err) // the folder is embedded under this name
	}
	return files
}

func (g *gitHub) close() { g.server.Close() }

var documentedYAML = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// newBackend makes the backend's repository, with the three workflows that
// docs/pipelines.md tells it to have.
func (g *gitHub) newBackend(ctx context.Context) error {
	g.backend.folder = g.r.path("backend")
	document, err := os.ReadFile(filepath.Join("docs", "pipelines.md"))
	if err != nil {
		return err
	}
	blocks := documentedYAML.FindAllStringSubmatch(string(document), -1)
	if len(blocks) < 3 {
		return fmt.Errorf("docs/pipelines.md has %d workflows of the backend's, want 3", len(blocks))
	}
	for name, text := range map[string]string{
		".github/workflows/deploy.yml":   strings.ReplaceAll(blocks[0][1], "<commit>", g.infra.commit),
		".github/workflows/rollback.yml": strings.ReplaceAll(blocks[1][1], "<commit>", g.infra.commit),
		".github/workflows/redeploy.yml": strings.ReplaceAll(blocks[2][1], "<commit>", g.infra.commit),
		"Makefile":                       "tools lint test analyse:\n\t@echo make $@\n",
		"Dockerfile":                     "FROM busybox:1.37\nRUN chmod 1777 /tmp\nVOLUME /tmp\nUSER 10001:10001\nENTRYPOINT [\"/bin/sh\"]\n",
	} {
		file := filepath.Join(g.backend.folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := g.git(ctx, g.backend.folder, "init", "--quiet"); err != nil {
		return err
	}
	g.backend.commit, err = g.commit(ctx, g.backend.folder, g.r.settings.GitHub.Owner+"/"+g.r.settings.GitHub.BackendRepository, g.environmentSettings().Deployment.Branch)
	return err
}

func (g *gitHub) environmentSettings() config.Environment {
	i := slices.IndexFunc(g.r.settings.Environments, func(e config.Environment) bool { return e.Name == disposable })
	return g.r.settings.Environments[i]
}

func (g *gitHub) git(ctx context.Context, folder string, args ...string) error {
	_, err := g.r.command(ctx, nil, "", "git", append([]string{"-C", folder}, args...)...)
	return err
}

// commit commits all files on a branch of what then is a clone of the
// repository on GitHub.
func (g *gitHub) commit(ctx context.Context, folder, name, branch string) (string, error) {
	var errs []error
	for _, args := range [][]string{
		{"checkout", "--quiet", "-B", branch}, {"add", "--all"},
		{"-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "--quiet", "--allow-empty", "--message", "The newest commit"},
		{"config", "remote.origin.url", "https://github.com/" + name + ".git"},
	} {
		errs = append(errs, g.git(ctx, folder, args...))
	}
	head, err := g.r.command(ctx, nil, "", "git", "-C", folder, "rev-parse", "HEAD")
	return strings.TrimSpace(head), errors.Join(append(errs, err)...)
}

// readRoles reads the roles that the stacks published, as a person does to set
// the repositories' variables.
func (g *gitHub) readRoles(ctx context.Context) error {
	parameters, err := g.r.parameters(ctx)
	if err != nil {
		return err
	}
	p := g.r.settings.Parameters()
	for name, parameter := range map[string]string{
		"INFRA_ROLE_ARN": p.InfraRoleARN().Name, "INFRA_DIFF_ROLE_ARN": p.InfraDiffRoleARN().Name, "INFRA_REPORT_ROLE_ARN": p.InfraReportRoleARN().Name, "DEPLOY_ROLE_ARN": p.DeployRoleARN(disposable).Name,
	} {
		if name == "INFRA_REPORT_ROLE_ARN" && !g.r.settings.Account.Topic() {
			continue
		}
		if g.variables[name] = parameters[parameter]; parameters[parameter] == "" {
			return fmt.Errorf("SSM has no parameter %q", parameter)
		}
	}
	return nil
}

// environment is what a run has besides what GitHub sets.
func (g *gitHub) environment(run workflowRun) map[string]string {
	here, _ := filepath.Abs(".")
	path := g.r.tool("aws-cli", "bin") + ":" + os.Getenv("PATH")
	if !g.docker {
		path = g.r.path("standin", "no-docker") + ":" + path
	}
	endpoint := g.r.endpoints.deploy
	if run.file == "failures.yml" {
		endpoint = g.r.endpoints.infraReport
	}
	return map[string]string{
		"GITHUB_API_URL": g.url, "STANDIN_URL": g.url, "STANDIN_REPOSITORY": here, "STANDIN_ARTIFACTS": g.r.path("artifacts", run.name),
		"PATH": path, "ON": g.r.endpoints.infra, "AWS_ENDPOINT_URL": endpoint, "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true", "POLL_SECONDS": "0.5",
		"CHECKPOINT_DISABLE": "1",
	}
}

// runs are the workflows' runs, in the order in which they build on each other.
func (g *gitHub) runs() []workflowRun {
	s := g.r.settings
	main := "refs/heads/" + s.GitHub.InfraBranch
	push := func(r repository, ref string) map[string]any {
		return map[string]any{"ref": ref, "after": r.commit, "head_commit": map[string]any{"id": r.commit}, "repository": map[string]any{"default_branch": s.GitHub.InfraBranch}}
	}
	pull := func(author, from string) map[string]any {
		return map[string]any{"number": 7, "action": "opened", "pull_request": map[string]any{
			"number": 7, "user": map[string]any{"login": author}, "base": map[string]any{"ref": s.GitHub.InfraBranch},
			"head": map[string]any{"ref": "change", "sha": g.infra.commit, "repo": map[string]any{"full_name": from}}}}
	}
	env := g.environmentSettings()
	branch := "refs/heads/" + env.Deployment.Branch
	name := s.GitHub.Owner + "/" + s.GitHub.InfraRepository
	failed := push(g.infra, main)
	failed["action"], failed["workflow_run"] = "completed", map[string]any{"id": 4711, "name": "Deploy", "conclusion": "failure", "event": "push",
		"head_branch": s.GitHub.InfraBranch, "head_sha": g.infra.commit, "html_url": "https://github.com/" + name + "/actions/runs/4711"}
	told := "Failed: Deploy of " + name
	if !s.Account.Topic() {
		told = "Told by the issue only"
	}
	only := ""
	if g.r.short {
		only = disposable
	}
	return []workflowRun{
		{name: "deploy.yml", folder: g.infra.folder, file: "deploy.yml", event: "push", payload: push(g.infra, main), only: only,
			says: []string{"shared", "Apply complete!"}},
		{name: "deploy.yml, again", folder: g.infra.folder, file: "deploy.yml", event: "push", payload: push(g.infra, main), only: only},
		{name: "pull-request.yml", folder: g.infra.folder, file: "pull-request.yml", event: "pull_request", payload: pull("ann", name)},
		{name: "pull-request.yml, Dependabot's", folder: g.infra.folder, file: "pull-request.yml", event: "pull_request", payload: pull("dependabot[bot]", name),
			only: "diff", fails: []string{"diff"}, says: []string{"No diff for a stranger's pull request"}},
		{name: "drift.yml", folder: g.infra.folder, file: "drift.yml", event: "schedule", payload: push(g.infra, main)},
		{name: "drift.yml, of another branch", folder: g.infra.folder, file: "drift.yml", event: "workflow_dispatch", payload: push(g.infra, "refs/heads/feature"),
			only: "look", fails: []string{"look"}, says: []string{"Not authorized to perform sts:AssumeRoleWithWebIdentity"}},
		{name: "failures.yml", folder: g.infra.folder, file: "failures.yml", event: "workflow_run", payload: failed, says: []string{" opened", told}},
		{name: "backend-deploy.yml", folder: g.backend.folder, file: "deploy.yml", event: "push", payload: push(g.backend, branch), only: disposable,
			says: []string{"What runs in " + disposable}},
		{name: "backend-rollback.yml", folder: g.backend.folder, file: "rollback.yml", event: "workflow_dispatch",
			payload: func() map[string]any {
				p := push(g.backend, branch)
				p["inputs"] = map[string]any{"environment": env.Name, "sha": g.backend.commit}
				return p
			}(), says: []string{"What runs in " + disposable}},
		{name: "backend-redeploy.yml", folder: g.backend.folder, file: "redeploy.yml", event: "workflow_dispatch",
			payload: func() map[string]any {
				p := push(g.backend, branch)
				p["inputs"] = map[string]any{"environment": env.Name}
				return p
			}(), says: []string{"What runs in " + disposable}},
	}
}

// routes are the calls that the workflows and the stand-ins make. The answers
// are of the shape that GitHub's REST documentation shows.
func (g *gitHub) routes() http.Handler {
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, value any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(value) // who asked is gone
	}
	mux.HandleFunc("GET /repos/{owner}/{name}/git/ref/heads/{branch...}", func(w http.ResponseWriter, q *http.Request) {
		commit := g.infra.commit
		if q.PathValue("name") == g.r.settings.GitHub.BackendRepository {
			commit = g.backend.commit
		}
		answer(w, http.StatusOK, map[string]any{"ref": "refs/heads/" + q.PathValue("branch"), "object": map[string]any{"type": "commit", "sha": commit}})
	})
	mux.HandleFunc("GET /repos/{owner}/{name}/compare/{range}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"status": "ahead"})
	})
	mux.HandleFunc("GET /repos/{owner}/{name}/environments/{environment}", func(w http.ResponseWriter, q *http.Request) {
		answer(w, http.StatusOK, map[string]any{"name": q.PathValue("environment"), "can_admins_bypass": false,
			"deployment_branch_policy": map[string]any{"protected_branches": false, "custom_branch_policies": true},
			"protection_rules": []any{map[string]any{"type": "branch_policy"},
				map[string]any{"type": "required_reviewers", "prevent_self_review": true, "reviewers": []any{map[string]any{"type": "Team"}}}}})
	})
	mux.HandleFunc("GET /repos/{owner}/{name}/environments/{environment}/deployment-branch-policies", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"total_count": 1, "branch_policies": []any{map[string]any{"name": g.r.settings.GitHub.InfraBranch, "type": "branch"}}})
	})
	mux.HandleFunc("GET /repos/{owner}/{name}/issues/{rest...}", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, []any{}) })
	mux.HandleFunc("GET /repos/{owner}/{name}/issues", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, []any{}) })
	mux.HandleFunc("POST /repos/{owner}/{name}/issues/{rest...}", func(w http.ResponseWriter, q *http.Request) { g.write(w, q, answer) })
	mux.HandleFunc("POST /repos/{owner}/{name}/issues", func(w http.ResponseWriter, q *http.Request) { g.write(w, q, answer) })
	mux.HandleFunc("GET /credentials", func(w http.ResponseWriter, q *http.Request) {
		given, err := g.credentials(q.Context(), q.URL.Query())
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, err)
			return
		}
		answer(w, http.StatusOK, given)
	})
	mux.HandleFunc("GET /manifest", func(w http.ResponseWriter, q *http.Request) {
		manifest, err := manifestOf(q.URL.Query().Get("commit"), g.r.environment(disposable).Images.Processor())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, manifest)
	})
	return mux
}

func (g *gitHub) write(w http.ResponseWriter, q *http.Request, answer func(http.ResponseWriter, int, any)) {
	var body map[string]any
	if err := json.NewDecoder(q.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g.texts = append(g.texts, body)
	answer(w, http.StatusCreated, map[string]any{"id": len(g.texts), "number": len(g.texts), "html_url": g.url + "/" + strconv.Itoa(len(g.texts))})
}

// credentials are what STS gives for the token that GitHub would give to the
// job. The emulator admits everybody, so the trust of the role is evaluated here.
func (g *gitHub) credentials(ctx context.Context, job url.Values) (map[string]any, error) {
	arn := job.Get("role")
	run, err := g.tokenRun(job)
	if err != nil {
		return nil, err
	}
	trust, providers, err := g.r.trustOf(ctx, arn)
	if err != nil {
		return nil, err
	}
	t := run.Token()
	admitted, err := trust.Admits(providers, t)
	if err != nil {
		return nil, err
	}
	if !admitted {
		refusal := fmt.Sprintf("%s for %s, which runs %s", filepath.Base(arn), t.Claims["sub"], t.Claims["job_workflow_ref"])
		g.refused = append(g.refused, refusal)
		return nil, fmt.Errorf("STS: Not authorized to perform sts:AssumeRoleWithWebIdentity: %s", refusal)
	}
	jwt, err := encode(t)
	if err != nil {
		return nil, err
	}
	seconds, err := strconv.Atoi(job.Get("seconds"))
	if err != nil {
		return nil, err
	}
	if most := config.SessionSeconds(filepath.Base(arn)); seconds > most {
		return nil, fmt.Errorf("the requested DurationSeconds exceeds the MaxSessionDuration set for this role: %d, and at most %d", seconds, most)
	}
	client, err := awsapi.Connect(ctx, g.r.settings.Region, g.r.endpoints.nobody)
	if err != nil {
		return nil, err
	}
	assumed, err := client.Do(ctx, awsapi.Request{Service: "sts", Operation: "AssumeRoleWithWebIdentity", Parameters: map[string]any{
		"RoleArn": arn, "RoleSessionName": "GitHubActions", "WebIdentityToken": jwt, "DurationSeconds": seconds}})
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"says": fmt.Sprintf("%s admits %s", filepath.Base(arn), t.Claims["sub"]),
		"environment": map[string]string{
			"AWS_ACCESS_KEY_ID":     assumed.Value.Text("Credentials.AccessKeyId"),
			"AWS_SECRET_ACCESS_KEY": assumed.Value.Text("Credentials.SecretAccessKey"),
			"AWS_SESSION_TOKEN":     assumed.Value.Text("Credentials.SessionToken"),
		},
	}, nil
}

// tokenRun is the run whose token GitHub would give to the job.
func (g *gitHub) tokenRun(job url.Values) (token.Run, error) {
	u := g.r.settings.User
	id := u.InfraRepositoryID
	owner, name, _ := strings.Cut(job.Get("repository"), "/")
	if name == g.r.settings.GitHub.BackendRepository {
		id = u.BackendRepositoryID
	}
	repositoryID, err := strconv.Atoi(id)
	ownerID, ownerErr := strconv.Atoi(u.GitHubOwnerID)
	return token.Run{
		Owner: owner, OwnerID: ownerID, Repository: name, RepositoryID: repositoryID, Ref: job.Get("ref"),
		Environment: job.Get("environment"), PullRequest: job.Get("event") == "pull_request", Workflow: job.Get("workflow"), ImmutableSubject: true,
	}, errors.Join(err, ownerErr)
}
