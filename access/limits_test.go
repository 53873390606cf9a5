package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

// TestInfraTrustSize: the settings' check counts the characters that are
// written, and refuses the first environment that has no room.
func TestInfraTrustSize(t *testing.T) {
	grown := func(environments int, name string) config.Settings {
		s := config.Platform()
		model := s.Environments[1]
		s.AddressPlan = "10.0.0.0/8"
		s.Environments = nil
		for i := range environments {
			env := model
			env.Name = fmt.Sprintf("%s%d", name, i)
			env.Deployment.GitHubEnvironment = env.Name
			env.Network.CIDR = fmt.Sprintf("10.%d.0.0/16", i)
			s.Environments = append(s.Environments, env)
		}
		return s
	}
	longer := grown(2, "e")
	longer.GitHub.Owner, longer.GitHub.InfraRepository, longer.GitHub.InfraBranch = "somebody-else", "i", "trunk"
	longer.User.GitHubOwnerID, longer.User.InfraRepositoryID = "1", "1234567890123"
	most := 0
	for _, s := range []config.Settings{config.Platform(), longer, grown(1, "environ"), grown(9, "e")} {
		document, err := access.InfraTrust(s).Document(s.Names().OIDCProviderARN())
		if err != nil {
			t.Fatal(err)
		}
		text, err := document.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := config.InfraTrustSize(s), len(text); got != want {
			t.Errorf("%d environments: %d characters counted, %d written", len(s.Environments), got, want)
		}
	}
	for n := 1; n <= 30; n++ {
		s := grown(n, "env")
		_, err := access.InfraTrust(s).Document(s.Names().OIDCProviderARN())
		refused := s.Validate()
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
	if most < 5 || most == 30 {
		t.Errorf("%d environments fit", most)
	}
	t.Logf("%d environments fit in the trust of infra-role", most)
}

// written is how many characters the policy of that name has.
func written(t *testing.T, policies []access.ManagedPolicy, name string) int {
	t.Helper()
	for _, p := range policies {
		if p.Name == name {
			text, err := p.Document.JSON()
			if err != nil {
				t.Fatal(err)
			}
			return len(text)
		}
	}
	t.Fatalf("no policy %s", name)
	return 0
}

// tooLarge names the policies and boundaries that AWS would not take.
func tooLarge(s config.Settings) []string {
	n := s.Names()
	policies := append(access.InfraRole(n, s.Environments), access.InfraDiffRole(n, s.Environments)...)
	policies = append(policies, access.ManagedPolicy{Name: n.CIBoundary(), Document: access.CIBoundary(n, s.Environments)})
	for _, env := range s.Environments {
		policies = append(policies, access.DeployRole(n, env)...)
		policies = append(policies, access.ManagedPolicy{Name: n.WorkloadBoundary(env.Name), Document: access.WorkloadBoundary(n, env)})
	}
	var names []string
	for _, p := range policies {
		if _, err := p.JSON(); err != nil {
			names = append(names, p.Name)
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
	s.Environments = append(s.Environments[:2:2], env)
	return s
}

// withProtected gives so many protected environments, whose names are so long,
// and as many services as fit.
func withProtected(s config.Settings, environments, length int) config.Settings {
	model := s.Environments[2]
	s.AddressPlan = "10.0.0.0/8"
	s.Environments = nil
	for i := range environments {
		env := model
		env.Name = fmt.Sprintf("e%02d%s", i, strings.Repeat("x", length-3))
		env.Deployment.GitHubEnvironment = fmt.Sprintf("e%d", i)
		env.Network.CIDR = fmt.Sprintf("10.%d.0.0/16", i)
		s.Environments = append(s.Environments, env)
	}
	return s
}

// elsewhere is the platform with other lengths of what names are made of.
func elsewhere(project string) config.Settings {
	s := config.Platform()
	s.Project = project
	s.Region = "ap-northeast-1"
	s.AvailabilityZones = []string{"ap-northeast-1a", "ap-northeast-1c"}
	s.GitHub.Owner, s.GitHub.InfraRepository = "p", "i"
	s.User.GitHubOwnerID, s.User.InfraRepositoryID = "1", "2"
	return s
}

// TestPolicySizes: the settings' check counts the characters that are written.
func TestPolicySizes(t *testing.T) {
	for _, s := range []config.Settings{
		withServices(config.Platform(), 2, 3), withServices(config.Platform(), 9, 20), withServices(elsewhere("p"), 5, 38),
		withProtected(config.Platform(), 2, 3), withProtected(config.Platform(), 9, 17), withProtected(elsewhere(strings.Repeat("p", 20)), 4, 8),
	} {
		n := s.Names()
		if len(s.Environments) != 3 {
			name := n.Project() + "-" + config.InfraRole + "-protect"
			if got, want := config.InfraProtectionSize(s), written(t, access.InfraRole(n, s.Environments), name); got != want {
				t.Errorf("%s of %d environments: %d characters counted, %d written", name, len(s.Environments), got, want)
			}
		}
		for _, env := range s.Environments {
			name := n.Project() + "-" + n.DeployRole(env.Name) + "-tasks"
			if got, want := config.DeployTasksSize(n, env), written(t, access.DeployRole(n, env), name); got != want {
				t.Errorf("%s of %d services: %d characters counted, %d written", name, len(env.Services), got, want)
			}
		}
	}
}

// TestPoliciesFit: the settings are refused as soon as a policy would be too
// large, and no sooner.
func TestPoliciesFit(t *testing.T) {
	grow := func(what string, most int, settings func(n int) config.Settings) {
		t.Helper()
		for n := 2; n <= most; n++ {
			s := settings(n)
			large, refused := tooLarge(s), s.Validate()
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
			func(n int) config.Settings { return withServices(config.Platform(), n, length) })
		grow(fmt.Sprintf("services of a short project with names of %d characters", length), 20,
			func(n int) config.Settings { return withServices(elsewhere("p"), n, length) })
	}
	for _, length := range []int{3, 8, 17} {
		grow(fmt.Sprintf("protected environments with names of %d characters", length), 20,
			func(n int) config.Settings { return withProtected(elsewhere("paperwurks"), n, length) })
	}
}
