package rehearse

import (
	"bufio"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/internal/process"
)

// standins are what is put in the place of the actions that the workflows pin:
// act takes them by owner, name and commit.
//
//go:embed standin
var standins embed.FS

// workflowRun is one run of a workflow by act.
type workflowRun struct {
	// name is for the table; folder the repository, file the workflow in it.
	name, folder, file string
	// event is GitHub's name of the event, and payload its JSON.
	event   string
	payload map[string]any
	// only is the job that is run, with those that it needs; "" for all.
	only string
	// fails are the jobs that must end as failed; all others succeed.
	fails []string
	// says are texts that the log must hold.
	says []string
}

// jobResult is a row of the table.
type jobResult struct {
	workflow, job, result string
	seconds               float64
}

// runWorkflows bootstraps an account and runs the workflows in it: deploy.yml
// of an unchanged shared stack and a first dev, a pull request, the look for
// drift, the report of a failed run, the backend's deployment, rollback and redeployment, and runs that no role admits.
func (r *rehearsal) runWorkflows(ctx context.Context, act string, empty bool, only string) error {
	act, err := filepath.Abs(act)
	if err != nil {
		return err
	}
	g, err := r.newGitHub(ctx)
	if err != nil {
		return err
	}
	defer g.close()
	if empty {
		fmt.Fprintln(r.out, "\n== an empty account is bootstrapped")
		if _, err := r.bootstrap(ctx); err != nil {
			return err
		}
	}
	if err := g.readRoles(ctx); err != nil {
		return err
	}
	var rows []jobResult
	var failed error
	for _, run := range g.runs() {
		if !strings.HasPrefix(run.name, only) {
			continue
		}
		fmt.Fprintf(r.out, "\n== %s\n", run.name)
		done, err := g.act(ctx, act, run)
		rows = append(rows, done...)
		for _, d := range done {
			fmt.Fprintf(r.out, "   %s: %s, %.0f s\n", d.job, d.result, d.seconds)
		}
		if err != nil {
			failed = fmt.Errorf("%s: %w", run.name, err)
			break
		}
	}
	for _, refused := range g.refused {
		fmt.Fprintf(r.out, "\nrefused by the trust: %s\n", refused)
	}
	if failed == nil && only == "" && len(g.refused) == 0 {
		failed = errors.New("no token was refused: the run proves nothing about the trusts")
	}
	table := workflowTable(rows)
	fmt.Fprint(r.out, "\n", table)
	return errors.Join(failed, os.WriteFile(r.path("table.md"), []byte(table), 0o644))
}

func workflowTable(rows []jobResult) string {
	var b strings.Builder
	b.WriteString("| workflow | job | result | seconds |\n| --- | --- | --- | ---: |\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %.0f |\n", row.workflow, row.job, row.result, row.seconds)
	}
	return b.String()
}

var (
	actionPin = regexp.MustCompile(`uses: ([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)@([0-9a-f]{40})`)
	jobBlock  = regexp.MustCompile("(?m)^  [A-Za-z0-9_-]+:\n(?:(?:    .*)?\n)*")
	jobEnv    = regexp.MustCompile(`(?m)^    environment: (.*)$`)
	// act 0.2.89 refuses what GitHub has since May 2026.
	queueLine = regexp.MustCompile(`(?m)^ *queue: max\n`)
)

// withClaims adds two variables to each job of a workflow, in which act
// evaluates what GitHub puts in the job's token: the environment and the file.
// Nothing else is changed, but that the queues of concurrency groups are left out.
func withClaims(file, text string) string {
	return jobBlock.ReplaceAllStringFunc(queueLine.ReplaceAllString(text, ""), func(job string) string {
		if !strings.Contains(job, "\n    runs-on: ") {
			return job
		}
		environment := `""`
		if m := jobEnv.FindStringSubmatch(job); m != nil {
			environment = m[1]
		}
		claims := "      STANDIN_ENVIRONMENT: " + environment + "\n      STANDIN_WORKFLOW: .github/workflows/" + file + "\n"
		if strings.Contains(job, "\n    env:\n") {
			return strings.Replace(job, "\n    env:\n", "\n    env:\n"+claims, 1)
		}
		return strings.Replace(job, "\n    runs-on: ", "\n    env:\n"+claims+"    runs-on: ", 1)
	})
}

// pinned are the actions that the files of a folder use, as act names them.
func pinned(folder string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range actionPin.FindAllStringSubmatch(string(data), -1) {
			out[m[1]+"@"+m[2]] = m[1]
		}
		return err
	})
	return out, err
}

// act runs a workflow and returns how each of its jobs ended.
func (g *gitHub) act(ctx context.Context, program string, run workflowRun) ([]jobResult, error) {
	payload, err := json.Marshal(run.payload)
	if err != nil {
		return nil, err
	}
	event := g.r.path("event.json")
	if err := os.WriteFile(event, payload, 0o600); err != nil {
		return nil, err
	}
	args := []string{run.event, "--json", "--eventpath", event, "--workflows", filepath.Join(".github", "workflows", run.file),
		"--platform", "ubuntu-24.04=-self-hosted", "--platform", "ubuntu-24.04-arm=-self-hosted", "--pull=false", "--no-cache-server", "--use-new-action-cache", "--concurrent-jobs", "1",
		// Of the checks one: the others are steps of CI themselves.
		"--matrix", "target:validate", "--actor", "ann", "--secret", "GITHUB_TOKEN=" + gitHubToken, "--action-cache-path", g.r.path("actions")}
	if run.only != "" {
		args = append(args, "--job", run.only)
	}
	if input, ok := run.payload["inputs"].(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(input)) {
			args = append(args, "--input", fmt.Sprintf("%s=%v", name, input[name]))
		}
	}
	for name, value := range g.variables {
		args = append(args, "--var", name+"="+value)
	}
	for name, value := range g.environment(run) {
		args = append(args, "--env", name+"="+value)
	}
	for name, folder := range g.actions {
		args = append(args, "--local-repository", name+"="+folder)
	}
	command := process.Command(ctx, program, args...)
	command.Dir = run.folder
	// act keeps the jobs' folders in its cache, Go keeps its own.
	command.Env = append(g.r.provider.Environment(os.Environ()), "XDG_CACHE_HOME="+g.r.path("cache"), "GOCACHE="+g.goCache)
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		return nil, err
	}
	var said strings.Builder
	var rows []jobResult
	began := map[string]time.Time{}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var line struct {
			Message, Msg string
			Job          string
			JobResult    string
			Time         time.Time
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			line.Msg = lines.Text() + "\n"
		}
		if line.Job != "" && began[line.Job].IsZero() {
			began[line.Job] = time.Now()
		}
		fmt.Fprintf(&said, "[%s] %s\n", line.Job, strings.TrimRight(line.Msg, "\n"))
		if line.JobResult != "" {
			rows = append(rows, jobResult{run.name, strings.TrimSpace(line.Job), line.JobResult, time.Since(began[line.Job]).Seconds()})
		}
	}
	ended := command.Wait()
	if err := g.r.note("act.log", "$ act "+strings.Join(args, " ")+"\n"+said.String()); err != nil {
		return rows, err
	}
	return rows, g.judge(run, rows, said.String(), ended)
}

// judge compares how a run ended with how it should.
func (g *gitHub) judge(run workflowRun, rows []jobResult, said string, ended error) error {
	var errs []error
	if len(rows) == 0 {
		errs = append(errs, errors.New("no job ran"))
	}
	for _, row := range rows {
		want := "success"
		if slices.ContainsFunc(run.fails, func(job string) bool { return strings.HasSuffix(row.job, job) }) {
			want = "failure"
		}
		if row.result != want {
			errs = append(errs, fmt.Errorf("job %q ended as %s, want %s", row.job, row.result, want))
		}
	}
	for _, text := range run.says {
		if !strings.Contains(said, text) {
			errs = append(errs, fmt.Errorf("the log does not say %q", text))
		}
	}
	var exit *exec.ExitError
	if ended != nil && (!errors.As(ended, &exit) || len(run.fails) == 0) {
		errs = append(errs, ended)
	}
	if len(errs) > 0 {
		errs = append(errs, fmt.Errorf("the log's end:\n%s", lastLines(said, 40)))
	}
	return errors.Join(errs...)
}
