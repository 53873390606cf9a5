package rehearse

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/runbook"
)

// TestDrills: the drills pass on a moto with a documents bucket and a role, and
// fail once a command of the document does something else.
func TestDrills(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it starts a local AWS and many AWS CLIs")
	}
	r := onMoto(t)
	ctx := t.Context()
	document, err := os.ReadFile(filepath.Join("..", "..", runbook.WorstDay))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, old, new, want string
		run                  func(ctx context.Context, document string) (string, error)
	}{
		{"undelete", "", "", "", r.undelete},
		{"revoke", "", "", "", r.revoke},
		{"the policy is not opened", `"DenyDeletingToOthers"`, `"DenyDeleting"`, "before, in the middle of and after", r.undelete},
		{"the trust is not closed", `"Deny"' trust.json`, `"Allow"' trust.json`, "admits its run", r.revoke},
	} {
		changed := strings.Replace(string(document), test.old, test.new, 1)
		if (changed == string(document)) != (test.old == "") {
			t.Errorf("%s: %q is not there", test.name, test.old)
		}
		result, err := test.run(ctx, changed)
		t.Logf("%s: %s %v", test.name, result, err)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v; want %q", test.name, err, test.want)
		}
	}
}

// onMoto is a rehearsal of the fixture's settings in a folder of its own, whose
// disposable environment has, on a moto, no more than the drills ask for.
func onMoto(t *testing.T) *rehearsal {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	tools, err := filepath.Abs(filepath.Join("..", "..", ".local"))
	if err != nil {
		t.Fatal(err)
	}
	moto := exec.Command(filepath.Join(tools, "venv", "bin", "python"), filepath.Join("..", "localaws", "inmoto", "launch.py"), "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	moto.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "MOTO_ACCOUNT_ID="+config.LocalAccountID)
	input, err := moto.StdinPipe()
	if err == nil {
		err = moto.Start()
	}
	if err != nil {
		t.Fatalf("moto, which `make tools` installs: %v", err)
	}
	t.Cleanup(func() {
		input.Close() // which ends it
		if err := moto.Wait(); err != nil {
			t.Error(err)
		}
	})
	r := &rehearsal{tools: tools, dir: t.TempDir(), out: io.Discard, settings: config.Fixture().OnLocalAWS()}
	r.endpoints.nobody = fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := os.MkdirAll(r.path("log"), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := waitFor(ctx, time.Minute, func() (bool, error) {
		response, err := http.Get(r.endpoints.nobody)
		if err != nil {
			return false, nil // it starts
		}
		return true, response.Body.Close()
	}); err != nil {
		t.Fatal(err)
	}
	n := r.settings.Names()
	env := r.environment(disposable)
	bucket := n.DocumentsBucket(disposable)
	text, err := access.DocumentsBucket(n, env).JSON()
	if err != nil {
		t.Fatal(err)
	}
	trust, err := access.DeployTrust(r.settings, env).Document(n.OIDCProviderARN())
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := trust.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"s3api", "create-bucket", "--bucket", bucket, "--create-bucket-configuration", "LocationConstraint=" + r.settings.Region},
		{"s3api", "put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Enabled"},
		{"s3api", "put-bucket-policy", "--bucket", bucket, "--policy", text},
		{"ssm", "put-parameter", "--name", r.settings.Parameters().DocumentsBucket(disposable).Name, "--type", "String", "--value", bucket},
		{"iam", "create-open-id-connect-provider", "--url", "https://" + config.GitHubOIDCHost, "--client-id-list", access.Audience},
		{"iam", "create-role", "--role-name", n.DeployRole(disposable), "--path", n.CIPath(), "--assume-role-policy-document", trusted},
	} {
		if _, err := r.aws(ctx, args...); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestDrillsAreRun: the rehearsal's drills are those of the document that have
// commands to run.
func TestDrillsAreRun(t *testing.T) {
	var run []string
	for _, d := range runbook.Drills(config.Fixture()) {
		if len(d.Rehearsed) > 0 {
			run = append(run, d.Section)
		}
	}
	if want := []string{deletedDocuments, stolenCredentials}; !slices.Equal(run, want) {
		t.Errorf("%q are rehearsed; want %q", run, want)
	}
}
