package rehearse

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/token"
)

// deployment is what the backend has deployed.
type deployment struct {
	image string
	// running is the task definition of each service, created when ECS made
	// the service.
	running, created map[string]string
}

// The commits of the backend that are deployed: two that are pushed, and one
// that never is.
var (
	firstCommit  = strings.Repeat("1", 40)
	secondCommit = strings.Repeat("2", 40)
	lostCommit   = strings.Repeat("f", 40)
)

// backendDeploys goes through the backend's deployment with its own scripts
// and the identity of its workflow.
func (r *rehearsal) backendDeploys(ctx context.Context) (string, error) {
	if err := r.deployCommit(ctx, firstCommit, true); err != nil {
		return "", err
	}
	ran, err := r.runJobs(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s runs in %d services; jobs ran: %s", tagOf(r.deployed.image), len(r.deployed.running), cmp.Or(ran, "none")), nil
}

// backendFails deploys an image that was never pushed: the tasks before must end
// as failed, and so must the update of the services, which go back.
func (r *rehearsal) backendFails(ctx context.Context) (string, error) {
	before := r.deployed
	b, err := r.asBackend(ctx)
	if err != nil {
		return "", err
	}
	image := b.repository + ":" + disposable + "-" + lostCommit
	if _, err := b.script(ctx, "revise.sh", "IMAGE="+image); err != nil {
		return "", err
	}
	for _, step := range [][]string{{"run-task.sh", "TASK=roles"}, {"run-task.sh"}, {"update.sh"}} {
		out, err := b.script(ctx, step[0], append(step[1:], "MINUTES=2")...)
		if err == nil || !strings.Contains(out, "::error::") {
			return "", fmt.Errorf("%q with an image that is not there did not fail with an error for the person: %v\n%s", step, err, lastLines(out, 10))
		}
	}
	if err := b.jobFails(ctx); err != nil {
		return "", err
	}
	after, err := b.running(ctx)
	if err != nil {
		return "", err
	}
	if !maps.Equal(before.running, after.running) {
		return "", fmt.Errorf("services run %q; before the failed deployment they ran %q", after.running, before.running)
	}
	if err := r.statusSays(ctx, "bad-day", "the last deployment was rolled back", "maintenance mode is on"); err != nil {
		return "", err
	}
	return "database setup, migration, services and jobs ended as failed; " + tagOf(before.image) + " still runs, and make status says so", nil
}

// deployCommit deploys a commit of the backend to the disposable environment.
func (r *rehearsal) deployCommit(ctx context.Context, commit string, push bool) error {
	b, err := r.asBackend(ctx)
	if err != nil {
		return err
	}
	image := b.repository + ":" + disposable + "-" + commit
	if push {
		if err := b.push(ctx, commit); err != nil {
			return err
		}
	}
	if _, err := b.script(ctx, "revise.sh", "IMAGE="+image); err != nil {
		return err
	}
	for _, step := range [][]string{{"run-task.sh", "TASK=roles"}, {"run-task.sh"}, {"update.sh"}, {"schedule.sh"}, {"report.sh"}} {
		if _, err := b.script(ctx, step[0], append(step[1:], "MINUTES=5")...); err != nil {
			return err
		}
	}
	r.deployed, err = b.running(ctx)
	if err != nil {
		return err
	}
	if r.deployed.image != image {
		return fmt.Errorf("services run %q; %q was deployed", r.deployed.image, image)
	}
	return nil
}

// backend is a run of the backend's deployment workflow.
type backend struct {
	r           *rehearsal
	env         config.Environment
	environment []string
	// repository is the URL of the image repository.
	repository string
}

// asBackend is the backend's run for the disposable environment.
func (r *rehearsal) asBackend(ctx context.Context) (*backend, error) {
	return r.asBackendOf(ctx, r.settings.Environments[0], r.endpoints.deploy)
}

// asBackendOf assumes the deploy role of an environment as the workflow does,
// and reads what is published for it. Its calls go through the endpoint.
func (r *rehearsal) asBackendOf(ctx context.Context, env config.Environment, endpoint string) (*backend, error) {
	parameters, err := r.parameters(ctx)
	if err != nil {
		return nil, err
	}
	arn := parameters[r.settings.Parameters().DeployRoleARN(env.Name).Name]
	b := &backend{r: r, env: env, environment: append(r.awsEnvironment(endpoint),
		"ENVIRONMENT="+env.Name, "PARAMETERS="+r.path(env.Name+"-parameters.json"), "REVISIONS="+r.path(env.Name+"-revisions.json"),
		"POLL_SECONDS=0.2")}
	if err := b.signIn(ctx, arn, r.backendRun(env)); err != nil {
		return nil, err
	}
	out, err := b.script(ctx, "settings.sh")
	if err != nil {
		return nil, err
	}
	_, b.repository, _ = strings.Cut(strings.TrimSpace(out), "repository=")
	if b.repository == "" {
		return nil, fmt.Errorf("settings.sh names no repository:\n%s", out)
	}
	return b, nil
}

// awsEnvironment is what the AWS CLI runs with here, with its calls through the endpoint.
func (r *rehearsal) awsEnvironment(endpoint string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=" + r.settings.Region, "AWS_DEFAULT_REGION=" + r.settings.Region, "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true",
		"PATH=" + r.tool("aws-cli", "bin") + ":" + os.Getenv("PATH"),
	}
}

// signIn assumes the role with the token of the run, if the role's trust admits it, as the
// workflow does: what runs afterwards has the session.
func (b *backend) signIn(ctx context.Context, arn string, run token.Run) error {
	if err := b.r.admits(ctx, arn, run); err != nil {
		return err
	}
	jwt, err := encode(run.Token())
	if err != nil {
		return err
	}
	var assumed struct {
		Credentials     struct{ AccessKeyId, SecretAccessKey, SessionToken string }
		AssumedRoleUser struct{ Arn string }
	}
	if err := b.aws(ctx, &assumed, "sts", "assume-role-with-web-identity", "--role-arn", arn, "--role-session-name", "rehearsal", "--web-identity-token", jwt); err != nil {
		return err
	}
	if want := "assumed-role/" + filepath.Base(arn) + "/rehearsal"; !strings.HasSuffix(assumed.AssumedRoleUser.Arn, want) {
		return fmt.Errorf("the session is %q; one that ends in %q was asked for", assumed.AssumedRoleUser.Arn, want)
	}
	b.environment = append(b.environment, "AWS_ACCESS_KEY_ID="+assumed.Credentials.AccessKeyId,
		"AWS_SECRET_ACCESS_KEY="+assumed.Credentials.SecretAccessKey, "AWS_SESSION_TOKEN="+assumed.Credentials.SessionToken)
	return nil
}

// backendRun is a run of the backend's workflow on the branch that deploys.
func (r *rehearsal) backendRun(env config.Environment) token.Run {
	return token.Run{
		Owner: r.settings.GitHub.Owner, OwnerID: numberOf(r.settings.User.GitHubOwnerID),
		Repository: r.settings.GitHub.BackendRepository, RepositoryID: numberOf(r.settings.User.BackendRepositoryID),
		Ref: "refs/heads/" + env.Deployment.Branch, Environment: env.Name,
		Workflow: ".github/workflows/deploy.yml", ImmutableSubject: true,
	}
}

// numberOf is a number of GitHub's in the settings, which are valid.
func numberOf(id string) int {
	n, _ := strconv.Atoi(id)
	return n
}

// admits holds the run's token against the role's trust policy as IAM has it:
// the emulator lets everybody in. A run on another branch must not be let in.
func (r *rehearsal) admits(ctx context.Context, arn string, run token.Run) error {
	trust, providers, err := r.trustOf(ctx, arn)
	if err != nil {
		return err
	}
	other := run
	other.Ref = "refs/heads/feature"
	for _, test := range []struct {
		run  token.Run
		want bool
	}{{run, true}, {other, false}} {
		got, err := trust.Admits(providers, test.run.Token())
		if err != nil {
			return err
		}
		if got != test.want {
			return fmt.Errorf("trust of %s admits a run on %s: %t; want %t", arn, test.run.Ref, got, test.want)
		}
	}
	return nil
}

// trustOf reads a role's trust policy and the OIDC providers, each with its
// audiences, as IAM has them.
func (r *rehearsal) trustOf(ctx context.Context, arn string) (token.Trust, map[string][]string, error) {
	role, err := r.ask(ctx, "GetRole", "RoleName", filepath.Base(arn))
	if err != nil {
		return token.Trust{}, nil, err
	}
	document, err := url.QueryUnescape(role.Text("Role.AssumeRolePolicyDocument"))
	if err != nil {
		return token.Trust{}, nil, fmt.Errorf("trust policy of %s: %w", arn, err)
	}
	trust, err := token.ParseTrust([]byte(document))
	if err != nil {
		return token.Trust{}, nil, err
	}
	provider := r.settings.Names().OIDCProviderARN()
	found, err := r.ask(ctx, "GetOpenIDConnectProvider", "OpenIDConnectProviderArn", provider)
	if err != nil {
		return token.Trust{}, nil, err
	}
	providers := map[string][]string{}
	for _, client := range found.List("ClientIDList.member") {
		providers[provider] = append(providers[provider], client.Text(""))
	}
	return trust, providers, nil
}

// encode makes a JSON web token of GitHub's. Its signature is none: the
// emulator does not look at it.
func encode(t token.Token) (string, error) {
	claims := map[string]any{"iss": "https://" + t.Issuer}
	for name, value := range t.Claims {
		claims[name] = value
	}
	var parts []string
	for _, part := range []any{map[string]string{"alg": "RS256", "typ": "JWT"}, claims} {
		data, err := json.Marshal(part)
		if err != nil {
			return "", err
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(data))
	}
	return strings.Join(append(parts, base64.RawURLEncoding.EncodeToString([]byte("unsigned"))), "."), nil
}

// push logs in to ECR and pushes an image manifest, unless it is there.
func (b *backend) push(ctx context.Context, commit string) error {
	out, err := b.script(ctx, "image.sh", "GITHUB_SHA="+commit, "REPOSITORY="+b.repository)
	if err != nil {
		return err
	}
	if !strings.Contains(out, "there=false") {
		return fmt.Errorf("image.sh does not say that the image is new:\n%s", out)
	}
	var login struct {
		AuthorizationData []struct{ AuthorizationToken string }
	}
	if err := b.aws(ctx, &login, "ecr", "get-authorization-token"); err != nil {
		return err
	}
	if len(login.AuthorizationData) == 0 {
		return errors.New("ECR gives no authorization token")
	}
	user, err := base64.StdEncoding.DecodeString(login.AuthorizationData[0].AuthorizationToken)
	if err != nil || !strings.HasPrefix(string(user), "AWS:") {
		return fmt.Errorf("ECR's authorization token is for another user than \"AWS\": %w", err)
	}
	manifest, err := manifestOf(commit, b.env.Images.Processor())
	if err != nil {
		return err
	}
	_, name, _ := strings.Cut(b.repository, "/")
	began := time.Now()
	if err := b.aws(ctx, nil, "ecr", "put-image", "--repository-name", name, "--image-tag", b.env.Name+"-"+commit,
		"--image-manifest", manifest, "--image-manifest-media-type", manifestType); err != nil {
		return err
	}
	// A tag cannot be pushed twice: the pipeline asks first, and GitHub whether an
	// earlier attempt pushed it.
	gitHub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"jobs": [{"name": "deploy to %s", "run_attempt": 1, "steps": [{"name": "Push, as rehearsed", "conclusion": "success", "started_at": %q, "completed_at": %q}]}]}`,
			b.env.Name, began.UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
	}))
	defer gitHub.Close()
	out, err = b.script(ctx, "image.sh", "GITHUB_SHA="+commit, "REPOSITORY="+b.repository, "GITHUB_RUN_ATTEMPT=2",
		"GITHUB_API_URL="+gitHub.URL, "GITHUB_TOKEN=none", "GITHUB_REPOSITORY=paperwurks/backend", "GITHUB_RUN_ID=1")
	if err == nil && !strings.Contains(out, "there=true") {
		err = fmt.Errorf("image.sh does not say that the image is there:\n%s", out)
	}
	return err
}

const manifestType = "application/vnd.oci.image.manifest.v1+json"

// manifestOf is an image without layers (OCI image specification, "Image
// Manifest").
func manifestOf(commit string, architecture config.Architecture) (string, error) {
	configuration := fmt.Appendf(nil, `{"architecture":%q,"os":"linux","config":{"Labels":{"commit":%q}},"rootfs":{"type":"layers","diff_ids":[]}}`, architecture.Platform(), commit)
	manifest := map[string]any{
		"schemaVersion": 2,
		"mediaType":     manifestType,
		"config": map[string]any{
			"mediaType": "application/vnd.oci.image.config.v1+json",
			"digest":    fmt.Sprintf("sha256:%x", sha256.Sum256(configuration)),
			"size":      len(configuration),
		},
		"layers": []any{},
	}
	data, err := json.Marshal(manifest)
	return string(data), err
}

// script runs one of the backend's scripts, as its workflow does.
func (b *backend) script(ctx context.Context, name string, environment ...string) (string, error) {
	return b.r.command(ctx, append(append([]string{}, b.environment...), environment...), "", "bash", filepath.Join("pipelines", "backend", name))
}

// aws runs the AWS CLI, and decodes what it prints.
func (b *backend) aws(ctx context.Context, into any, args ...string) error {
	out, err := b.r.command(ctx, b.environment, "", b.r.tool("aws-cli", "bin", "aws"), append(args, "--output", "json")...)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		return fmt.Errorf("aws %s: %w", strings.Join(args[:2], " "), err)
	}
	return nil
}

// running says what the services of the environment run. All must
// run the same image.
func (b *backend) running(ctx context.Context) (deployment, error) {
	d := deployment{running: map[string]string{}, created: map[string]string{}}
	env, n := b.env, b.r.settings.Names()
	for _, s := range env.Services {
		var described struct {
			Services []struct {
				TaskDefinition string
				CreatedAt      json.RawMessage
			}
		}
		if err := b.aws(ctx, &described, "ecs", "describe-services", "--cluster", n.Cluster(env.Name), "--services", n.Service(env.Name, s.Name)); err != nil {
			return d, err
		}
		if len(described.Services) != 1 {
			return d, fmt.Errorf("service %q: ECS knows %d of it", s.Name, len(described.Services))
		}
		d.running[s.Name] = described.Services[0].TaskDefinition
		d.created[s.Name] = string(described.Services[0].CreatedAt)
		definition, err := b.taskDefinition(ctx, d.running[s.Name])
		if err != nil {
			return d, err
		}
		image := definition.image(s.Name)
		if d.image != "" && d.image != image {
			return d, fmt.Errorf("service %q runs %q; another runs %q", s.Name, image, d.image)
		}
		d.image = image
	}
	return d, nil
}

type taskDefinition struct {
	TaskDefinitionArn    string
	CPU, Memory          string
	ContainerDefinitions []struct{ Name, Image string }
}

// image of the service's own container.
func (t taskDefinition) image(service string) string {
	for _, c := range t.ContainerDefinitions {
		if c.Name == service {
			return c.Image
		}
	}
	return ""
}

func (b *backend) taskDefinition(ctx context.Context, name string) (taskDefinition, error) {
	var described struct{ TaskDefinition taskDefinition }
	err := b.aws(ctx, &described, "ecs", "describe-task-definition", "--task-definition", name)
	return described.TaskDefinition, err
}

// tagOf is the tag of an image, its commit shortened.
func tagOf(image string) string {
	_, tag, _ := strings.Cut(filepath.Base(image), ":")
	if i := strings.LastIndex(tag, "-"); i > 0 && len(tag) > i+8 {
		return tag[:i+8]
	}
	return tag
}
