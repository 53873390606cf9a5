package rehearse

import (
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"go.yaml.in/yaml/v3"

	"github.com/paperwurks/infra/config"
)

// backendJob is a job of the backend's deploy.yml.
type backendJob struct {
	If    string
	Needs needs
	Uses  string
	With  map[string]string
}

// calls says whether the job is a workflow of this repository.
func (j backendJob) calls(workflow string) bool {
	file, _, _ := strings.Cut(j.Uses, "@")
	return path.Base(file) == workflow
}

var ofBranch = regexp.MustCompile(`^github\.ref == 'refs/heads/([^']+)'$`)

// branch is what the job's condition compares with, and nothing else; "" if it does
// more.
func (j backendJob) branch() string {
	if m := ofBranch.FindStringSubmatch(j.If); m != nil {
		return m[1]
	}
	return ""
}

// needs are the jobs that one comes after: YAML has one, or a list.
type needs []string

func (n *needs) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = needs{node.Value}
		return nil
	}
	return node.Decode((*[]string)(n))
}

// How a job of GitHub's ends.
const (
	succeeded = "success"
	failed    = "failure"
	skipped   = "skipped"
)

// backendJobs are the jobs of the deploy.yml that docs/pipelines.md tells the backend
// to have.
func backendJobs(document string) (map[string]backendJob, error) {
	block := documentedYAML.FindStringSubmatch(document)
	if block == nil {
		return nil, errors.New("docs/pipelines.md has no workflow of the backend's")
	}
	var workflow struct{ Jobs map[string]backendJob }
	if err := yaml.Unmarshal([]byte(block[1]), &workflow); err != nil {
		return nil, fmt.Errorf("deploy.yml of docs/pipelines.md: %w", err)
	}
	return workflow.Jobs, nil
}

// pushed goes through jobs as GitHub does after a push to the branch: each after those
// that it needs, and none after one that failed or was skipped (GitHub documentation,
// "Workflow syntax": jobs.<job_id>.needs). A condition that asks for more than the
// branch, such as always(), is an error: it could let a job run all the same. ended has
// how jobs ended before, of which those that succeeded are not run again ("re-run failed
// jobs"), and then how all did.
func pushed(jobs map[string]backendJob, branch string, ended map[string]string, run func(id string, job backendJob) error) error {
	left := map[string]bool{}
	for id := range jobs {
		left[id] = ended[id] != succeeded
	}
	for progress := true; progress; {
		progress = false
		for _, id := range slices.Sorted(maps.Keys(jobs)) {
			job := jobs[id]
			if !left[id] || slices.ContainsFunc(job.Needs, func(need string) bool { return left[need] }) {
				continue
			}
			left[id], progress = false, true
			if job.branch() == "" {
				return fmt.Errorf("job %q: the condition %q is none that compares the branch alone", id, job.If)
			}
			ended[id] = skipped
			if job.branch() != branch || slices.ContainsFunc(job.Needs, func(need string) bool { return ended[need] != succeeded }) {
				continue
			}
			ended[id] = succeeded
			if run(id, job) != nil {
				ended[id] = failed
			}
		}
	}
	for id, waits := range left {
		if waits {
			return fmt.Errorf("job %q waits for ever for %q", id, jobs[id].Needs)
		}
	}
	return nil
}

// gate goes through the backend's deploy.yml on each branch, first while the product
// answers 500, and then, as who re-runs what failed, while it answers 200. deploy is
// what the job of an environment does; held has to find that it did not. The result
// says which environments waited.
func (r *rehearsal) gate(ctx context.Context, deploy, held func(env string) error) (string, error) {
	document, err := os.ReadFile(filepath.Join("docs", "pipelines.md"))
	if err != nil {
		return "", err
	}
	jobs, err := backendJobs(string(document))
	if err != nil {
		return "", err
	}
	product, err := r.newProduct(config.Platform().Environments) // the page has all of them
	if err != nil {
		return "", err
	}
	defer product.Close()
	var waited []string
	for _, branch := range branchesOf(jobs) {
		waits, err := r.gateOf(ctx, jobs, branch, product, deploy, held)
		if err != nil {
			return "", fmt.Errorf("deploy.yml of the backend on %s: %w", branch, err)
		}
		waited = append(waited, waits...)
	}
	if len(waited) == 0 {
		return "no environment waits for the answer of another", nil
	}
	return strings.Join(waited, ", ") + " waited while the product before answered 500, and came when it answered 200", nil
}

// branchesOf are the branches that jobs are for.
func branchesOf(jobs map[string]backendJob) []string {
	branches := map[string]bool{}
	for _, job := range jobs {
		branches[job.branch()] = true
	}
	return slices.Sorted(maps.Keys(branches))
}

// waitingJobs are the jobs of a branch that deploy an environment after another one.
// Each environment has to be asked after its deployment, and the answer to be waited for
// by who comes next.
func waitingJobs(jobs map[string]backendJob, branch string) ([]string, error) {
	asks := func(id, env string) bool {
		return jobs[id].calls(askWorkflow) && jobs[id].branch() == branch && slices.Contains(jobs[id].Needs, env)
	}
	var out, first []string
	var faults []error
	for _, id := range slices.Sorted(maps.Keys(jobs)) {
		if jobs[id].branch() != branch || !jobs[id].calls(deployWorkflow) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(jobs)), func(other string) bool { return asks(other, id) }) {
			faults = append(faults, fmt.Errorf("no job asks the product of %q after its deployment", id))
		}
		after := false
		for _, before := range jobs[id].Needs {
			if !jobs[before].calls(deployWorkflow) {
				continue
			}
			after = true
			if !slices.ContainsFunc(jobs[id].Needs, func(need string) bool { return asks(need, before) }) {
				faults = append(faults, fmt.Errorf("job %q does not wait for the answer of %q", id, before))
			}
		}
		if after {
			out = append(out, id)
		} else {
			first = append(first, id)
		}
	}
	if len(first) > 1 {
		faults = append(faults, fmt.Errorf("of jobs %q none waits for another", first))
	}
	return out, errors.Join(faults...)
}

// gateOf returns the environments of a branch that waited.
func (r *rehearsal) gateOf(ctx context.Context, jobs map[string]backendJob, branch string, product *product, deploy, held func(env string) error) ([]string, error) {
	waiting, err := waitingJobs(jobs, branch)
	if err != nil {
		return nil, err
	}
	ended := map[string]string{}
	for _, code := range []int{http.StatusInternalServerError, http.StatusOK} {
		product.code.Store(int32(code))
		var faults []error
		if err := pushed(jobs, branch, ended, func(id string, job backendJob) error {
			switch {
			case job.calls(deployWorkflow):
				err := deploy(job.With["environment"])
				faults = append(faults, err)
				return err
			case job.calls(askWorkflow):
				product.of(jobs, job)
				out, err := r.asks(ctx, product, job)
				if err == nil != (code == http.StatusOK) || !strings.Contains(out, fmt.Sprintf("answered %d", code)) {
					faults = append(faults, fmt.Errorf("the product answers %d, and ask.sh ends with %v:\n%s", code, err, lastLines(out, 5)))
				}
				return err
			}
			faults = append(faults, fmt.Errorf("job %q calls %q: %s or %s is known", id, job.Uses, deployWorkflow, askWorkflow))
			return nil
		}); err != nil {
			return nil, err
		}
		for _, id := range waiting {
			want := succeeded
			if code != http.StatusOK {
				want = skipped
				faults = append(faults, held(jobs[id].With["environment"]))
			}
			if ended[id] != want {
				faults = append(faults, fmt.Errorf("the product answers %d, and job %q ends as %s; want %s", code, id, ended[id], want))
			}
		}
		if err := errors.Join(faults...); err != nil {
			return nil, err
		}
	}
	return waiting, nil
}

const (
	deployWorkflow = "backend-deploy.yml"
	askWorkflow    = "backend-ask.yml"
)

// product is what users find at the public address, on this machine: CloudFront does
// not answer on the local AWS.
type product struct {
	*httptest.Server
	// code is what it answers where it is asked for health, a path; else 404. path is what
	// it is asked for by default, and certificate the file of its own.
	code              atomic.Int32
	health            atomic.Value
	path, certificate string
	environments      []config.Environment
}

// of makes it the product of the environment that an asking job comes after.
func (p *product) of(jobs map[string]backendJob, asking backendJob) {
	p.health.Store("")
	for _, env := range p.environments {
		if slices.ContainsFunc(asking.Needs, func(need string) bool { return jobs[need].With["environment"] == env.Name }) {
			p.health.Store(env.OutsidePath())
		}
	}
}

func (r *rehearsal) newProduct(environments []config.Environment) (*product, error) {
	data, err := os.ReadFile(filepath.Join(".github", "workflows", askWorkflow))
	if err != nil {
		return nil, err
	}
	var workflow struct {
		On struct {
			Call struct {
				Inputs struct{ Path struct{ Default string } }
			} `yaml:"workflow_call"`
		}
	}
	if err := yaml.Unmarshal(data, &workflow); err != nil {
		return nil, fmt.Errorf("%s: %w", askWorkflow, err)
	}
	p := &product{environments: environments, path: workflow.On.Call.Inputs.Path.Default, certificate: r.path("product.pem")}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		code := http.StatusNotFound
		if q.RequestURI == p.health.Load() {
			code = int(p.code.Load())
		}
		w.WriteHeader(code)
	}))
	p.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.StartTLS()
	return p, os.WriteFile(p.certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw}), 0o600)
}

// asks runs the script of backend-ask.yml, for two seconds at most in place of minutes.
func (r *rehearsal) asks(ctx context.Context, p *product, job backendJob) (string, error) {
	return r.command(ctx, []string{"URL=" + p.URL, "HEALTH_PATH=" + cmp.Or(job.With["path"], p.path), "CURL_CA_BUNDLE=" + p.certificate,
		"MINUTES=1", "MINUTE_SECONDS=2", "POLL_SECONDS=0.1", "RUNNER_TEMP=" + r.dir}, "", "bash", filepath.Join("pipelines", "backend", "ask.sh"))
}

// prodWaits is the gate of the short form, which has one environment: it looks at what
// would be deployed.
func (r *rehearsal) prodWaits(ctx context.Context) (string, error) {
	nothing := func(string) error { return nil }
	return r.gate(ctx, nothing, nothing)
}
