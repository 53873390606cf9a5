package stacks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// updateVariable writes the snapshots instead of only comparing; `make
// snapshots` sets it.
const updateVariable = "UPDATE_SNAPSHOTS"

// TestSnapshots compares every stack with its file in __snapshots__. It fails
// after writing too: an update is to be reviewed and the test run again.
func TestSnapshots(t *testing.T) {
	folder := filepath.Join(repositoryRoot(t), "__snapshots__")
	expected := map[string]bool{}
	for name, stack := range platform(t) {
		expected[name+".json"] = true
		t.Run(name, func(t *testing.T) { compareSnapshot(t, filepath.Join(folder, name+".json"), readable(t, stack)) })
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if expected[e.Name()] || e.IsDir() {
			continue
		}
		t.Errorf("__snapshots__/%s belongs to no stack: `make snapshots` removes it", e.Name())
		if os.Getenv(updateVariable) != "" {
			if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func compareSnapshot(t *testing.T, file string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if bytes.Equal(want, got) {
		return
	}
	if os.Getenv(updateVariable) != "" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s written: review the change with git diff and run the test again", filepath.Base(file))
		return
	}
	t.Errorf("%s differs; if the change is meant, `make snapshots` writes it\n%s", filepath.Base(file), diff(t, file, got))
}

// diff is what diff(1) says of a file and its new content.
func diff(t *testing.T, file string, got []byte) string {
	t.Helper()
	changed := filepath.Join(t.TempDir(), "now")
	if err := os.WriteFile(changed, got, 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command("diff", "-u", file, changed).CombinedOutput() // exits with 1 when they differ
	const most = 8000
	if len(out) > most {
		return string(out[:most]) + fmt.Sprintf("\n… and %d more bytes", len(out)-most)
	}
	return string(out)
}

// readable renders a stack for a person to review: everything that Terraform
// reads, keys sorted, JSON documents inside strings written out, and of
// cdktf's metadata only the construct path.
func readable(t *testing.T, stack synthesised.Stack) []byte {
	t.Helper()
	content := readJSON(t, stack.File)
	delete(content.(map[string]any), "//")
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(writtenOut(content)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func writtenOut(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			if key == "//" {
				out["//"] = at(inner, "metadata", "path")
				continue
			}
			out[key] = writtenOut(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = writtenOut(inner)
		}
		return out
	case string:
		var document any
		if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
			if json.Unmarshal([]byte(v), &document) == nil {
				return map[string]any{"JSON": writtenOut(document)}
			}
		}
		return v
	default:
		return v
	}
}

// TestFourthEnvironment adds an environment by one entry in the settings and
// gets one more valid stack, while no other stack but shared changes.
func TestFourthEnvironment(t *testing.T) {
	settings := config.Fixture()
	before := synthesise(t, settings, config.Target{})
	added := settings.Environments[1]
	added.Name, added.Subdomain, added.Slack = "sandbox", "sandbox", config.SlackChannels{}
	added.Deployment = config.Deployment{Branch: "sandbox"}
	added.Network.CIDR = "10.23.0.0/16"
	settings.Environments = append(settings.Environments, added)
	after := synthesise(t, settings, config.Target{})

	if len(after) != len(before)+1 {
		t.Fatalf("%d stacks, want %d", len(after), len(before)+1)
	}
	for name := range before {
		same := bytes.Equal(readable(t, before[name]), readable(t, after[name]))
		if name == config.SharedStack && same {
			t.Error("the shared stack did not change: the new environment has no network")
		}
		if name != config.SharedStack && !same {
			t.Errorf("stack %q changed: %s", name, diff(t, before[name].File, readable(t, after[name])))
		}
	}
	parameters := parameterNames(after[config.SharedStack], after["sandbox"])
	p := settings.Parameters()
	for _, want := range []config.Parameter{
		p.DeployRoleARN("sandbox"), p.RepositoryURL("sandbox"), p.VPCID("sandbox"), p.PrivateSubnetIDs("sandbox"),
		p.ClusterName("sandbox"), p.ServiceNames("sandbox"), p.TaskFamily("sandbox", "web"), p.URL("sandbox"),
		p.DatabaseSecretARN("sandbox"), p.SecretARN("sandbox", "session-key"), p.TaskFamily("sandbox", config.MigrationTask),
	} {
		if !parameters[want.Name] {
			t.Errorf("%s is not published", want.Name)
		}
	}
	roles := map[string]bool{}
	for _, role := range after[config.SharedStack].Resource["aws_iam_role"] {
		roles[role["name"].(string)] = true
	}
	if !roles["deploy-role-sandbox"] {
		t.Error("no deploy-role-sandbox")
	}
	terraformValidates(t, after["sandbox"])
	terraformValidates(t, after[config.SharedStack])
}

func parameterNames(stacks ...synthesised.Stack) map[string]bool {
	names := map[string]bool{}
	for _, s := range stacks {
		for _, p := range s.Resource["aws_ssm_parameter"] {
			names[p["name"].(string)] = true
		}
	}
	return names
}
