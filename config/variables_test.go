package config

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPlatformVariables: what the stacks set besides the settings, no setting may be
// called; what the settings set, the stacks have; and what is in every definition
// and in no setting has its room.
func TestPlatformVariables(t *testing.T) {
	found := 0
	for _, e := range Platform().Environments {
		own := map[string]Variables{MigrationTask: e.Migration.Variables}
		for _, s := range e.Services {
			own[s.Name] = s.Variables
		}
		for _, j := range e.Jobs {
			own[j.Name] = e.JobTask(j).Variables
		}
		data, err := os.ReadFile(filepath.Join("..", "__snapshots__", e.Name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var stack struct {
			Resource struct {
				Definitions map[string]struct {
					Containers struct{ JSON json.RawMessage } `json:"container_definitions"`
				} `json:"aws_ecs_task_definition"`
			}
		}
		if err := json.Unmarshal(data, &stack); err != nil {
			t.Fatal(err)
		}
		for _, d := range stack.Resource.Definitions {
			var containers []struct {
				Name                 string
				Environment, Secrets []struct{ Name, Value string }
			}
			if err := json.Unmarshal(d.Containers.JSON, &containers); err != nil || len(containers) == 0 {
				t.Fatalf("%v in %s", err, d.Containers.JSON)
			}
			// A job has a second container, for its time limit, which gets nothing.
			for _, other := range containers[1:] {
				if len(other.Environment)+len(other.Secrets) > 0 {
					t.Errorf("%s in %s has variables", other.Name, e.Name)
				}
			}
			c := containers[0]
			settings := e.VariablesFor(own[c.Name])
			for _, v := range slices.Concat(c.Environment, c.Secrets) {
				value, isSetting := settings[v.Name]
				switch {
				case isSetting && value != v.Value:
					t.Errorf("%s of %s in %s is %q, want %q", v.Name, c.Name, e.Name, v.Value, value)
				case isSetting:
					delete(settings, v.Name)
				case !slices.Contains(PlatformVariables(), v.Name) && !slices.ContainsFunc(e.Secrets, func(s string) bool { return variable(s) == v.Name }):
					t.Errorf("%s of %s in %s is no setting, and one may have its name", v.Name, c.Name, e.Name)
				default:
					found++
				}
			}
			if len(settings) > 0 {
				t.Errorf("%s in %s does not get %v", c.Name, e.Name, settings)
			}
			// A reference is longer in AWS than Terraform's name for it.
			var text bytes.Buffer
			frame := definitionFrame / 2
			if c.Name == RolesTask {
				frame += MaxDatabaseRoles
			}
			if err := json.Compact(&text, d.Containers.JSON); err != nil || text.Len() > frame {
				t.Errorf("%s in %s has %d bytes, too many for a frame of %d (%v)", c.Name, e.Name, text.Len(), frame, err)
			}
		}
	}
	if found < 10 {
		t.Errorf("%d variables of the platform: too few to prove anything", found)
	}
}

// TestVariablesFor: a task's own win, and nothing of the settings is changed.
func TestVariablesFor(t *testing.T) {
	e := Environment{Variables: Variables{"A": "1", "B": "2"}}
	if got := e.VariablesFor(Variables{"B": "3", "C": "4"}); len(got) != 3 || got["A"] != "1" || got["B"] != "3" || got["C"] != "4" {
		t.Errorf("got %v", got)
	}
	if e.Variables["B"] != "2" || len(e.Variables) != 2 {
		t.Errorf("the environment's are %v", e.Variables)
	}
	got := Environment{}.VariablesFor(nil)
	got["A"] = "for the construct to write to"
}

// TestTaken: each name by itself, in any case.
func TestTaken(t *testing.T) {
	for _, name := range []string{"BASH_ENV", "ENV", "HOME", "HOSTNAME", "IFS", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PRELOAD", "LD_DEBUG", "PATH", "USER", "path",
		"GCONV_PATH", "GLIBC_TUNABLES", "SHELLOPTS", "AWS_X", "ecs_x", "Port"} {
		if taken(name) == "" {
			t.Errorf("%s may be set", name)
		}
	}
	for _, name := range []string{"ENVIRON", "MY_PATH", "AWSOME", "PORTS", "OUTBOUND_PROXY", "NO_PROXY", "NODE_OPTIONS", "PGSSLMODE", "LDAP_HOST"} {
		if why := taken(name); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
}

// TestVariablesThatLeadAway: each by itself, with its reason, as curl spells it too.
func TestVariablesThatLeadAway(t *testing.T) {
	for reason, names := range map[string][]string{
		"sends the requests for the task's credentials to a proxy too": {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "FTP_PROXY", "GRPC_PROXY", "grpc_proxy", "WS_PROXY", "WSS_PROXY"},
		"turns the check of certificates off":                          {"NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"},
		"sends the database's token to another host":                   {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "pghost"},
	} {
		for _, name := range names {
			if why := taken(name); !strings.HasPrefix(why, strings.ToUpper(name)+" "+reason) {
				t.Errorf("%s: %q, want %q", name, why, reason)
			}
		}
	}
}
