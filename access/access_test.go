package access_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// roles are the managed policies of every role of CI, by the role.
func roles(s config.Settings) map[string][]access.ManagedPolicy {
	n := s.Names()
	out := map[string][]access.ManagedPolicy{
		config.InfraRole:       access.InfraRole(n, s.Environments),
		config.InfraDiffRole:   access.InfraDiffRole(n, s.Environments),
		config.InfraReportRole: access.InfraReportRole(n),
		"ci-boundary":          {{Name: n.CIBoundary(), Document: access.CIBoundary(n, s.Environments)}},
		"people-boundary":      {{Name: n.PeopleBoundary(), Document: access.PeopleBoundary(n, s.Environments)}},
	}
	for role, policies := range access.PeoplePolicies(n, s.Environments) {
		out[n.PeopleRole(role)] = policies
	}
	for _, env := range s.Environments {
		out[n.DeployRole(env.Name)] = access.DeployRole(n, env, subnets[:len(s.AvailabilityZones)])
		out["workload-boundary-"+env.Name] = []access.ManagedPolicy{{
			Name: n.WorkloadBoundary(env.Name), Document: access.WorkloadBoundary(n, env),
		}}
	}
	return out
}

// subnets are as long as AWS's ids.
var subnets = []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"}

// platform has the given number of environments, each with that many services
// that use everything.
func platform(environments, services int) config.Settings {
	s := config.Fixture()
	prod := s.Environments[len(s.Environments)-1]
	s.Environments = nil
	for i := range environments {
		env := prod
		env.Name = fmt.Sprintf("production-%d", i)
		env.Services, env.Slack = nil, config.SlackChannels{}
		env.Jobs = slices.Clone(env.Jobs)
		for j := range env.Jobs {
			env.Jobs[j].Service = "service-0"
		}
		for j := range services {
			service := prod.Services[0]
			service.Name = fmt.Sprintf("service-%d", j)
			env.Services = append(env.Services, service)
		}
		s.Environments = append(s.Environments, env)
	}
	return s
}

// TestRoomToGrow: a platform of twice the size of today's still fits.
func TestRoomToGrow(t *testing.T) {
	for role, policies := range roles(platform(6, 4)) {
		if len(policies) > access.MaxManagedPolicies {
			t.Errorf("%s: %d policies; AWS attaches at most %d", role, len(policies), access.MaxManagedPolicies)
		}
		for _, p := range policies {
			if _, err := p.JSON(); err != nil {
				t.Errorf("%s: %v", role, err)
			}
		}
	}
}

func TestTooLargeIsRefused(t *testing.T) {
	var faults []string
	for _, policies := range roles(platform(40, 40)) {
		for _, p := range policies {
			if _, err := p.JSON(); err != nil {
				faults = append(faults, err.Error())
			}
		}
	}
	if len(faults) == 0 || !strings.Contains(faults[0], "at most 6144 are allowed") {
		t.Errorf("%q", faults)
	}
}

func TestCheckRoleName(t *testing.T) {
	for name, ok := range map[string]bool{"": false, "r": true, strings.Repeat("r", 64): true, strings.Repeat("r", 65): false} {
		if err := access.CheckRoleName(name); (err == nil) != ok {
			t.Errorf("%d characters: %v", len(name), err)
		}
	}
}

// TestServiceTask: a task may do what its service's settings say.
func TestServiceTask(t *testing.T) {
	s := config.Fixture()
	n, env := s.Names(), s.Environments[0]
	resources := access.TaskResources{DataKeyARN: "arn:data", DatabaseResourceID: "db-1"}
	for _, test := range []struct {
		name    string
		service config.Service
		sids    string
	}{
		{"nothing", config.Service{}, "CallsNoAWSService"},
		{"documents", config.Service{Documents: true}, "ReadAndWriteDocuments ListDocuments EncryptDocuments"},
		{"database", config.Service{Database: true}, "SignInToTheDatabase"},
	} {
		if got := sids(access.ServiceTask(n, env, test.service, resources)); got != test.sids {
			t.Errorf("%s: %s; want %s", test.name, got, test.sids)
		}
	}
}

// TestExecution: a task without secrets may read none.
func TestExecution(t *testing.T) {
	r := access.ExecutionResources{RepositoryARN: "arn:repository", LogGroupARN: "arn:group", DataKeyARN: "arn:data"}
	if got, want := sids(access.Execution(r)), "LogInToECR PullItsImage WriteItsLog"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	r.SecretARNs = []string{"arn:secret"}
	if got, want := sids(access.Execution(r)), "LogInToECR PullItsImage WriteItsLog ReadItsSecrets DecryptItsSecrets"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

func sids(d policy.Document) string {
	var out []string
	for _, s := range d.Statements {
		out = append(out, s.Sid)
	}
	return strings.Join(out, " ")
}

// TestNoShell: no environment has a shell, whether or not one is protected.
func TestNoShell(t *testing.T) {
	s := config.Fixture()
	for _, envs := range [][]config.Environment{s.Environments, s.Environments[:2]} {
		found := false
		for _, p := range access.InfraRole(s.Names(), envs) {
			for _, statement := range p.Document.Statements {
				found = found || statement.Sid == "NoShell"
			}
		}
		if !found {
			t.Errorf("%d environments: infra-role may give a service a shell", len(envs))
		}
	}
}

// TestDatabaseRolesFit: as one variable of a task definition, in the room that the
// settings leave for it.
func TestDatabaseRolesFit(t *testing.T) {
	text, err := json.Marshal(access.DatabaseRoles)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > config.MaxDatabaseRoles {
		t.Errorf("%d bytes; there is room for %d", len(text), config.MaxDatabaseRoles)
	}
	for _, expanded := range []string{"${", "%{"} {
		if strings.Contains(access.DatabaseRoles, expanded) {
			t.Errorf("Terraform would expand %q", expanded)
		}
	}
}
