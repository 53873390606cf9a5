package stacks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/adopt"
	"github.com/paperwurks/infra/internal/synthesised"
)

// options are what settings may turn on or off, each by one change of the
// fixture without a domain, without copies, without channels and without a job that only reads. Their snapshots hold the difference only.
var options = map[string]func(s *config.Settings){
	"domain": func(s *config.Settings) { s.User.Domain = config.Fixture().User.Domain },
	"without-nat": func(s *config.Settings) {
		s.Environments[0].Network.NAT = config.NATNone
		s.Environments[0].Network.InterfaceEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms", "ssmmessages"}
	},
	"arm64":               func(s *config.Settings) { s.Environments[0].Images.Architecture = config.ARM },
	"always-on":           func(s *config.Settings) { s.Environments[0].OffHours = config.OffHours{} },
	"requests-per-target": func(s *config.Settings) { s.Environments[0].Services[0].RequestsPerTarget = 600 },
	"from-outside":        func(s *config.Settings) { s.Environments[0].Alarms.Outside = true },
	"no-roles-for-people": func(s *config.Settings) { s.People = config.People{} },
	"baseline-by-the-organisation": func(s *config.Settings) {
		s.Account.Trail.ObjectEvents, s.Account.GuardDuty, s.People.BreakGlass = false, config.GuardDuty{}, config.Assumers{}
		s.Account.Organisation = config.Organisation{
			Trail: "an organisation trail", AccessAnalyzer: "its analyzer of all accounts", S3PublicAccessBlock: "a declarative policy",
			EBSDefaults: "a declarative policy", MetadataDefaults: "a declarative policy", PasswordPolicy: "users are in the identity centre",
			GuardDuty: "its delegated administrator", SecurityHub: "its delegated administrator", Config: "its conformance packs",
		}
	},
	"slack": func(s *config.Settings) {
		s.User.SlackWorkspace, s.Environments[2].Slack = "T07PAPERWURKS", config.Fixture().Environments[2].Slack
	},
	"read-only-job": func(s *config.Settings) { s.Environments[0].Jobs = config.Fixture().Environments[0].Jobs },
	"job-becomes-read-only": func(s *config.Settings) {
		s.Environments[0].Jobs[0].ReadOnly, s.Environments[0].Jobs[0].FormerUser = true, true
	},
	"copies": func(s *config.Settings) { s.Environments[2].Copies = config.Fixture().Environments[2].Copies },
	"second-routed-service": func(s *config.Settings) {
		env := &s.Environments[0]
		api := env.Services[0]
		api.Name, api.Route = "api", &config.Route{Port: 9090, HealthCheckPath: "/health", Paths: []string{"/api/*"}}
		api.Variables = config.Variables{"LOG_LEVEL": "warning", "API_PAGE_SIZE": "50"}
		env.Services = append(env.Services, api)
	},
}

// TestOptionSnapshots compares what each option changes, in the shared stack and
// that of dev, or of prod where it is for a protected environment, with its file in __snapshots__/options, and has Terraform
// validate both, as they are and ejected.
func TestOptionSnapshots(t *testing.T) {
	plainly := func() config.Settings {
		s := config.Fixture()
		s.User.Domain, s.Environments[2].Copies, s.User.SlackWorkspace = config.Domain{}, config.Copies{}, ""
		s.Environments[1].Slack, s.Environments[2].Slack = config.SlackChannels{}, config.SlackChannels{}
		s.Environments[0].Jobs = s.Environments[0].Jobs[:3]
		return s
	}
	plain := plainly()
	before := synthesise(t, plain, config.Target{})
	for name, change := range options {
		t.Run(name, func(t *testing.T) {
			settings := plainly()
			change(&settings)
			after := synthesise(t, settings, config.Target{})
			differences := map[string]any{}
			of := settings.Environments[0].Name
			if settings.Environments[2].Copies.Are() || settings.HasSlack() {
				of = settings.Environments[2].Name
			}
			for _, stack := range []string{config.SharedStack, of} {
				terraformValidates(t, after[stack])
				if d := difference(t, before[stack], after[stack]); len(d) > 0 {
					differences[stack] = d
					onceAreForgotten(t, d)
					ejectedValidates(t, after[stack])
				}
			}
			var out bytes.Buffer
			encoder := json.NewEncoder(&out)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", " ")
			if err := encoder.Encode(differences); err != nil {
				t.Fatal(err)
			}
			compareSnapshot(t, filepath.Join(repositoryRoot(t), "__snapshots__", "options", name+".json"), out.Bytes())
		})
	}
}

// onceAreForgotten: what the account has once is taken out of the state and left
// in AWS when it goes, and what is taken out has the address that goes.
func onceAreForgotten(t *testing.T, difference map[string]any) {
	t.Helper()
	goes, _ := difference["goes"].(map[string]any)
	comes, _ := difference["comes"].(map[string]any)
	kinds := adopt.Kinds()
	for address := range goes {
		kind, _, _ := strings.Cut(address, ".")
		once := kinds[kind].Once() || strings.HasPrefix(kind, "aws_guardduty_") || strings.HasPrefix(kind, "aws_securityhub_")
		if once && comes["removed."+address] == nil {
			t.Errorf("%s would be destroyed, which sets AWS's default, or is the organisation's to do", address)
		}
	}
	for address := range comes {
		if from, ok := strings.CutPrefix(address, "removed."); ok && goes[from] == nil {
			t.Errorf("%s is taken out of the state, and was not in it", from)
		}
	}
}

// difference is what comes, what goes, and what changes from what to what, by
// address and attribute. The dashboard, one long text, is left out.
func difference(t *testing.T, before, after synthesised.Stack) map[string]any {
	t.Helper()
	flat := func(stack synthesised.Stack) map[string]map[string]any {
		out := map[string]map[string]any{}
		var content struct {
			Resource, Data map[string]map[string]map[string]any
			Output         map[string]map[string]any
			Removed        []struct {
				From      string
				Lifecycle map[string]any
			}
		}
		if err := json.Unmarshal(readable(t, stack), &content); err != nil {
			t.Fatal(err)
		}
		for prefix, kinds := range map[string]map[string]map[string]map[string]any{"": content.Resource, "data.": content.Data} {
			for kind, byName := range kinds {
				for name, attributes := range byName {
					if kind != "aws_cloudwatch_dashboard" {
						out[prefix+kind+"."+name] = attributes
					}
				}
			}
		}
		for name, attributes := range content.Output {
			out["output."+name] = attributes
		}
		for _, block := range content.Removed {
			out["removed."+block.From] = block.Lifecycle
		}
		return out
	}
	old, now := flat(before), flat(after)
	out := map[string]any{}
	put := func(what, address string, value any) {
		if out[what] == nil {
			out[what] = map[string]any{}
		}
		out[what].(map[string]any)[address] = value
	}
	for address, attributes := range now {
		was, there := old[address]
		if !there {
			put("comes", address, attributes)
			continue
		}
		changed(was, attributes, address, func(path string, from, to any) { put("changes", path, map[string]any{"from": from, "to": to}) })
	}
	for address, attributes := range old {
		if _, there := now[address]; !there {
			put("goes", address, attributes["//"])
		}
	}
	return out
}

// changed reports each part that differs: of objects what is under a key, of
// lists the elements that only one of them has.
func changed(from, to any, path string, report func(path string, from, to any)) {
	if reflect.DeepEqual(from, to) {
		return
	}
	a, isObject := from.(map[string]any)
	b, areObjects := to.(map[string]any)
	if isObject && areObjects {
		keys := maps.Clone(a)
		maps.Copy(keys, b)
		for key := range keys {
			changed(a[key], b[key], path+" "+key, report)
		}
		return
	}
	c, isList := from.([]any)
	d, areLists := to.([]any)
	switch {
	case isList && areLists && len(c) == len(d):
		for i := range c {
			changed(c[i], d[i], fmt.Sprintf("%s %d", path, i), report)
		}
	case isList && areLists:
		only := func(in, other []any) []any {
			return slices.DeleteFunc(slices.Clone(in), func(v any) bool {
				return slices.ContainsFunc(other, func(o any) bool { return reflect.DeepEqual(v, o) })
			})
		}
		report(path, only(c, d), only(d, c))
	default:
		report(path, from, to)
	}
}
