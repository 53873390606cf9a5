package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/access"
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
