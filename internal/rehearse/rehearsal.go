package rehearse

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/cdktf"
	"github.com/paperwurks/infra/internal/localaws"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/terraform"
)

// rehearsal is the platform as it is rehearsed on this machine.
type rehearsal struct {
	// tools holds bin, venv and aws-cli; dir all that the rehearsal writes.
	tools, dir string
	short      bool
	out        io.Writer
	settings   config.Settings
	provider   terraform.Source
	terraform  terraform.Runner
	// recorder is in front of the emulator, notes every call with who makes it,
	// and plays AWS's bad days. It has an endpoint for each who calls.
	recorder  *awsapi.Recorder
	endpoints endpoints
	// ours says that the emulator was started here and is to be ended here.
	ours bool
	// app is the program that synthesises the platform.
	app string
	// deployed is what the backend has deployed to dev.
	deployed deployment
}

// endpoints are the addresses of AWS for those who call it. Nobody's calls are not
// noted: the rehearsal itself looks at how things are.
type endpoints struct {
	administrator, infra, infraDiff, infraReport, deploy, nobody string
	// people are those of the roles for people that somebody may assume, by role.
	people map[string]string
}

// as is the endpoint of whom a runbook names: a role for people, whose calls are noted;
// else of an administrator, whose are not.
func (e endpoints) as(role string) string { return cmp.Or(e.people[role], e.nobody) }

// The environments that the rehearsal deploys to, changes and destroys, and the
// one that it must not be able to destroy.
var disposable, protected = chosen(config.Platform())

// chosen are the first environment without real user data and the first that is
// protected; "" where there is none.
func chosen(s config.Settings) (disposable, protected string) {
	for _, e := range slices.Backward(s.Environments) {
		if e.IsDisposable() {
			disposable = e.Name
		}
		if e.IsProtected() {
			protected = e.Name
		}
	}
	return disposable, protected
}

func newRehearsal(root string, short bool, out io.Writer) (*rehearsal, error) {
	r := &rehearsal{
		tools: root, dir: filepath.Join(root, "rehearsal"), short: short, out: progress.On(out),
		settings: config.Platform().OnLocalAWS(),
	}
	if err := access.Validate(r.settings); err != nil {
		return nil, err
	}
	if disposable == "" {
		return nil, errors.New("a rehearsal destroys an environment: one is required whose data nobody needs")
	}
	if short {
		for _, e := range r.settings.Environments {
			if e.Name == disposable {
				r.settings.Environments = []config.Environment{e}
			}
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	if r.provider, err = terraform.FindProvider(root, config.ProviderVersion, os.Getenv, home); err != nil {
		return nil, err
	}
	r.terraform, err = terraform.NewRunner(root, os.Getenv)
	return r, err
}

// open connects to the emulator at the URL, or starts one. Everything that an
// earlier rehearsal left is thrown away.
func (r *rehearsal) open(ctx context.Context, url string) error {
	if url != "" {
		if err := (config.Target{LocalEndpoint: url}).Validate(); err != nil {
			return fmt.Errorf("AWS_ENDPOINT_URL: %w", err)
		}
	} else {
		if _, err := localaws.Stop(ctx, r.path("aws")); err != nil {
			return fmt.Errorf("end the local AWS of an earlier rehearsal: %w", err)
		}
	}
	if err := os.RemoveAll(r.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(r.path("log"), 0o755); err != nil {
		return err
	}
	if url == "" {
		port, err := freePort()
		if err != nil {
			return err
		}
		state, err := localaws.Start(ctx, r.tool("bin", "platform"), localaws.Options{
			Dir: r.path("aws"), Port: port, Python: r.tool("venv", "bin", "python"), Account: config.LocalAccountID,
		})
		if err != nil {
			return fmt.Errorf("start the local AWS: %w", err)
		}
		url, r.ours = state.Endpoint, true
	}
	var err error
	if r.recorder, err = awsapi.NewRecorder(url); err != nil {
		return errors.Join(err, r.closeAWS())
	}
	if err := r.openDoors(); err != nil {
		return errors.Join(err, r.close())
	}
	there, err := r.exists(ctx, r.settings.Names().StateBucket())
	if err == nil && there {
		err = fmt.Errorf("the emulator at %s holds the platform's state bucket already: an empty one is needed", url)
	}
	if err != nil {
		return errors.Join(err, r.close())
	}
	if r.settings.HasSlack() {
		if err := authorise(ctx, url, r.settings.User.SlackWorkspace); err != nil {
			return errors.Join(err, r.close())
		}
	}
	r.app = r.tool("bin", "infra")
	fmt.Fprintf(r.out, "AWS provider    %s\nAWS             %s, whose calls are noted\n", r.provider.Description, url)
	return nil
}

// authorise does for the local AWS what a person does in a browser, before anything has
// channels of the workspace.
func authorise(ctx context.Context, url, workspace string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, url+"/_localaws/slack-workspaces", strings.NewReader(fmt.Sprintf("[%q]", workspace)))
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("authorise the workspace: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		return fmt.Errorf("authorise the workspace: %s", answer.Status)
	}
	return nil
}

// reopen connects to an emulator that a rehearsal of the workflows left.
func (r *rehearsal) reopen(url string) (err error) {
	if err := (config.Target{LocalEndpoint: url}).Validate(); err != nil {
		return err
	}
	if err := os.RemoveAll(r.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(r.path("log"), 0o755); err != nil {
		return err
	}
	if r.recorder, err = awsapi.NewRecorder(url); err != nil {
		return err
	}
	r.app = r.tool("bin", "infra")
	return r.openDoors()
}

func (r *rehearsal) openDoors() error {
	for endpoint, role := range map[*string]string{
		&r.endpoints.administrator: observed.Administrator,
		&r.endpoints.infra:         config.InfraRole,
		&r.endpoints.infraDiff:     config.InfraDiffRole,
		&r.endpoints.infraReport:   config.InfraReportRole,
		&r.endpoints.deploy:        r.settings.Names().DeployRole(disposable),
		&r.endpoints.nobody:        "",
	} {
		var err error
		if *endpoint, err = r.recorder.Open(role); err != nil {
			return err
		}
	}
	r.endpoints.people = map[string]string{}
	for _, p := range r.settings.People.Roles() {
		endpoint, err := r.recorder.Open(r.settings.Names().PeopleRole(p.Role))
		if err != nil {
			return err
		}
		r.endpoints.people[p.Role] = endpoint
	}
	return nil
}

// close ends what open began. It fails with every call that could not be read,
// and so was not checked.
func (r *rehearsal) close() error {
	return errors.Join(r.recorder.Close(), r.closeAWS())
}

// closeAWS ends the emulator, if it was started here.
func (r *rehearsal) closeAWS() error {
	if !r.ours {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := localaws.Stop(ctx, r.path("aws"))
	return err
}

func (r *rehearsal) path(parts ...string) string {
	return filepath.Join(append([]string{r.dir}, parts...)...)
}

func (r *rehearsal) tool(parts ...string) string {
	return filepath.Join(append([]string{r.tools}, parts...)...)
}

// environment is one of those rehearsed.
func (r *rehearsal) environment(name string) config.Environment {
	i := slices.IndexFunc(r.settings.Environments, func(e config.Environment) bool { return e.Name == name })
	return r.settings.Environments[i]
}

// environments are the names of those rehearsed.
func (r *rehearsal) environments() []string {
	var names []string
	for _, e := range r.settings.Environments {
		names = append(names, e.Name)
	}
	return names
}

// stacks rehearsed, in the order of deployment.
func (r *rehearsal) stacks() []string {
	return append([]string{config.SharedStack}, r.environments()...)
}

// cli is the cdktf CLI as infra-role runs it, for an app; runs at the same time
// need folders of their own.
func (r *rehearsal) cli(folder, app string) cdktf.CLI {
	return cdktf.CLI{
		App:      cdktf.App(app, r.endpoints.infra, ""),
		Output:   r.path(folder, "cdktf.out"),
		Log:      r.path("log", folder+".log"),
		Provider: r.provider,
	}
}

// ask calls the emulator's IAM without being recorded, with the names of
// parameters each followed by its value.
func (r *rehearsal) ask(ctx context.Context, operation string, pairs ...string) (awsapi.Value, error) {
	client, err := awsapi.Connect(ctx, r.settings.Region, r.endpoints.nobody)
	if err != nil {
		return awsapi.Value{}, err
	}
	parameters := map[string]any{}
	for pair := range slices.Chunk(pairs, 2) {
		parameters[pair[0]] = pair[1]
	}
	answer, err := client.Do(ctx, awsapi.Request{Service: "iam", Operation: operation, Parameters: parameters})
	if err != nil {
		return awsapi.Value{}, err
	}
	return answer.Value, nil
}

// command runs a program with the environment added to the process's, and
// gives what it prints. Its error holds the last of what it said.
func (r *rehearsal) command(ctx context.Context, environment []string, input, name string, args ...string) (string, error) {
	return r.commandTo(ctx, io.Discard, environment, input, name, args...)
}

// deploying is command for a program that deploys a stack, whose progress is shown.
func (r *rehearsal) deploying(ctx context.Context, stack, input, name string, args ...string) (string, error) {
	tracker := progress.New(prefixed{r.out, "   "}, stack)
	defer tracker.Show(ctx)()
	return r.commandTo(ctx, tracker.Lines(stack), nil, input, name, args...)
}

// commandTo is command, whose standard output goes to out meanwhile.
func (r *rehearsal) commandTo(ctx context.Context, out io.Writer, environment []string, input, name string, args ...string) (string, error) {
	c := process.Command(ctx, name, args...)
	c.Env = append(r.provider.Environment(os.Environ()), environment...)
	c.Stdin = strings.NewReader(input)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = io.MultiWriter(&stdout, out), &stderr
	err := c.Run()
	said := fmt.Sprintf("$ %s %s\n%s%s\n", filepath.Base(name), strings.Join(args, " "), stdout.String(), stderr.String())
	if noted := r.note("commands.log", said); noted != nil {
		return stdout.String(), noted
	}
	if err != nil {
		return stdout.String(), fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, lastLines(stdout.String()+stderr.String(), 25))
	}
	return stdout.String(), nil
}

// note appends to one of the logs.
func (r *rehearsal) note(log, text string) error {
	f, err := os.OpenFile(r.path("log", log), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// exists says whether S3 has a bucket, or an object of one.
func (r *rehearsal) exists(ctx context.Context, path string) (bool, error) {
	status, _, err := r.s3(ctx, http.MethodHead, path)
	return status == http.StatusOK, err
}

// s3 sends S3 a request for a path, without being recorded, and returns the
// answer's status and body.
func (r *rehearsal) s3(ctx context.Context, method, path string) (status int, answer string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, r.endpoints.nobody+"/"+path, nil)
	if err != nil {
		return 0, "", err
	}
	// An emulator takes any signature.
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20200101/"+r.settings.Region+"/s3/aws4_request, SignedHeaders=host, Signature=none")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), errors.Join(err, response.Body.Close())
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}
