package access_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

// TestTrustFits: the settings are refused as soon as the trust of infra-role has
// no room for an environment, and no sooner.
func TestTrustFits(t *testing.T) {
	most := 0
	for n := 1; n <= 30; n++ {
		s := config.Fixture()
		model := s.Environments[1]
		s.Environments = nil
		s = with(s, model, n, "env%d")
		_, err := access.InfraTrust(s).Document(s.Names().OIDCProviderARN())
		refused := access.Validate(s)
		if (err == nil) != (refused == nil) {
			t.Fatalf("%d environments: trust: %v; settings: %v", n, err, refused)
		}
		if refused != nil {
			if !strings.Contains(refused.Error(), "the trust policy of infra-role would have") {
				t.Errorf("%d environments: %v", n, refused)
			}
			break
		}
		most = n
	}
	if most < 8 || most == 30 {
		t.Errorf("%d environments fit", most)
	}
	t.Logf("%d environments fit in the trust of infra-role", most)
}

// with adds n environments like a model, each with a name of its own.
func with(s config.Settings, model config.Environment, n int, name string) config.Settings {
	s.AddressPlan = "10.0.0.0/8"
	for i := range n {
		env := model
		env.Name = fmt.Sprintf(name, i)
		env.Subdomain, env.Slack = env.Name, config.SlackChannels{}
		env.Network.CIDR = fmt.Sprintf("10.%d.0.0/16", 100+i)
		s.Environments = append(s.Environments, env)
	}
	return s
}

// tooLarge names the policies and boundaries that AWS would not take.
func tooLarge(s config.Settings) []string {
	var names []string
	for _, policies := range roles(s) {
		for _, p := range policies {
			if _, err := p.JSON(); err != nil {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// withServices gives prod so many services, whose names are so long.
func withServices(s config.Settings, services, length int) config.Settings {
	env := s.Environments[2]
	worker := env.Services[1]
	env.Services = env.Services[:1:1]
	for i := 1; i < services; i++ {
		worker.Name = fmt.Sprintf("s%02d%s", i, strings.Repeat("x", length-3))
		env.Services = append(env.Services, worker)
	}
	for i := range env.Jobs {
		env.Jobs[i].Service = "web"
	}
	s.Environments = append(s.Environments[:2:2], env)
	return s
}

// withProtected gives so many protected environments, whose names are so long,
// and as many services as fit.
func withProtected(s config.Settings, environments, length int) config.Settings {
	model := s.Environments[2]
	model.Images.From = ""
	s.Environments = nil
	s = with(s, model, environments, "e%02d"+strings.Repeat("x", length-3))
	return s
}

// elsewhere is the platform with other lengths of what names are made of.
func elsewhere(project string) config.Settings {
	s := config.Fixture()
	s.Project = project
	s.Region = "ap-northeast-1"
	s.AvailabilityZones = []string{"ap-northeast-1a", "ap-northeast-1c"}
	s.GitHub.Owner, s.GitHub.InfraRepository = "p", "i"
	s.User.GitHubOwnerID, s.User.InfraRepositoryID = "1", "2"
	return s
}

// TestPoliciesFit: the settings are refused as soon as a policy would be too
// large, and no sooner.
func TestPoliciesFit(t *testing.T) {
	grow := func(what string, most int, settings func(n int) config.Settings) {
		t.Helper()
		for n := 2; n <= most; n++ {
			s := settings(n)
			large, refused := tooLarge(s), access.Validate(s)
			if (len(large) == 0) != (refused == nil) {
				t.Fatalf("%s: %d: too large: %v; settings: %v", what, n, large, refused)
			}
			if refused != nil {
				if !strings.Contains(refused.Error(), "characters, and AWS takes 6144") {
					t.Errorf("%s: %d: %v", what, n, refused)
				}
				t.Logf("%s: %d fit", what, n-1)
				return
			}
		}
		t.Fatalf("%s: %d fit", what, most)
	}
	for _, length := range []int{3, 10, 20, 38} {
		grow(fmt.Sprintf("services with names of %d characters", length), 20,
			func(n int) config.Settings { return withServices(config.Fixture(), n, length) })
		grow(fmt.Sprintf("services of a short project with names of %d characters", length), 20,
			func(n int) config.Settings { return withServices(elsewhere("p"), n, length) })
	}
	for _, length := range []int{3, 8, 17} {
		grow(fmt.Sprintf("protected environments with names of %d characters", length), 20,
			func(n int) config.Settings { return withProtected(elsewhere("paperwurks"), n, length) })
	}
}

// TestSizesWithOtherFaults: too much is refused together with every other fault.
// What is refused already takes no room, and hides nothing.
func TestSizesWithOtherFaults(t *testing.T) {
	workers := func(s *config.Settings, more int) {
		e := &s.Environments[0]
		for i := range more {
			worker := e.Services[1]
			worker.Name = fmt.Sprintf("worker%d", i)
			e.Services = append(e.Services, worker)
		}
	}
	for _, test := range []struct {
		name   string
		change func(s *config.Settings)
		want   []string
	}{
		{"nothing", func(*config.Settings) {}, nil},
		{"services", func(s *config.Settings) { workers(s, 6) }, []string{
			`environments["dev"].services: 8: fewer services and jobs, or shorter names, are required: the policy that lets deploy-role deploy them would have at least 7095 characters, and AWS takes 6144`,
		}},
		{"services and more", func(s *config.Settings) {
			s.Region = "eu-centrall-1"
			workers(s, 20)
			s.Environments[0].Services[9].Name = "worker_7"
		}, []string{
			`region: "eu-centrall-1": a region of the AWS partition "aws" is allowed, such as "eu-central-1"`,
			`environments["dev"].services["worker_7"].name: "worker_7": `,
			`environments["dev"].services: 22: fewer services and jobs, or shorter names, are required: the policy that lets deploy-role deploy them would have at least 14914 characters, and AWS takes 6144`,
		}},
		{"jobs", func(s *config.Settings) {
			env := &s.Environments[1]
			env.Jobs = nil
			for i := range 10 {
				env.Jobs = append(env.Jobs, config.Job{Name: fmt.Sprintf("j%d", i), Service: "web", CPU: 256, Memory: 512, Command: []string{"j"}, Schedule: "rate(1 day)", TimeLimitSeconds: 60, MissedAfterHours: 25})
			}
		}, []string{
			`environments["staging"].services: 2: fewer services and jobs, or shorter names, are required: the permissions boundary of their roles would have at least 6692 characters, and AWS takes 6144`,
		}},
		{"protected environments", func(s *config.Settings) { *s = with(*s, s.Environments[2], 7, "customer%d") }, []string{
			`environments: 8: fewer environments whose data is protected, or shorter names, are required: the policy that keeps infra-role from what they hold would have at least 6660 characters, and AWS takes 6144`,
		}},
		{"environments and more", func(s *config.Settings) {
			s.User.AccountID = "44445555666"
			*s = with(*s, s.Environments[1], 15, "customer%d")
		}, []string{
			`user.accountID: "44445555666": twelve digits without hyphens are allowed`,
			`environments: 18: fewer environments, or shorter names of GitHub environments, are required: the trust policy of infra-role would have at least `,
		}},
	} {
		s := config.Fixture()
		test.change(&s)
		err := access.Validate(s)
		var faults config.Faults
		if err != nil && !errors.As(err, &faults) {
			t.Fatalf("%s: %v", test.name, err)
		}
		if len(faults) != len(test.want) {
			t.Errorf("%s: got %d faults, want %d:\n%v", test.name, len(faults), len(test.want), err)
			continue
		}
		for i, want := range test.want {
			if got := faults[i].Error(); !strings.HasPrefix(got, want) {
				t.Errorf("%s:\n got %s\nwant %s", test.name, got, want)
			}
		}
	}
}
