package adopt

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
)

func TestDefaultEgress(t *testing.T) {
	rule := func(id, key string) Orphan { return Orphan{egressRule, "eu-central-1", id, key} }
	v4 := rule("sgr-1", egressToAnywhere("sg-1", "0.0.0.0/0", ""))
	v6 := rule("sgr-2", egressToAnywhere("sg-1", "", "::/0"))
	others := []Orphan{
		rule("sgr-3", "sg-1 | tcp | 443 | 443 | 0.0.0.0/0 |  |  | "),
		rule("sgr-4", "sg-1 | -1 |  |  | 10.0.0.0/8 |  |  | "),
		rule("sgr-5", "sg-1 | -1 |  |  |  |  |  | sg-2"),
		{"aws_vpc_security_group_ingress_rule", "eu-central-1", "sgr-6", v4.Key},
		{"aws_vpc", "eu-central-1", "vpc-1", "net"},
	}
	defaults, left := DefaultEgress(append([]Orphan{v4, v6}, others...))
	if !reflect.DeepEqual(defaults, []Orphan{v4, v6}) || !reflect.DeepEqual(left, others) {
		t.Errorf("defaults %+v, left %+v", defaults, left)
	}
}

func TestRevokeEgress(t *testing.T) {
	answer, asked := http.StatusOK, []string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, fmt.Sprint(r.FormValue("Action"), " ", r.FormValue("GroupId"), " ", r.FormValue("SecurityGroupRuleId.1")))
		w.WriteHeader(answer)
		fmt.Fprint(w, "<RevokeSecurityGroupEgressResponse><return>true</return></RevokeSecurityGroupEgressResponse>")
	}))
	defer server.Close()
	w := workspace(t, nil)
	w.stack.Providers[0].HTTPSProxy = server.URL
	rule := Orphan{egressRule, "eu-central-1", "sgr-1", egressToAnywhere("sg-1", "0.0.0.0/0", "")}
	if err := w.RevokeEgress(t.Context(), []Orphan{rule}); err != nil {
		t.Error(err)
	}
	if want := []string{"RevokeSecurityGroupEgress sg-1 sgr-1"}; !reflect.DeepEqual(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	answer = http.StatusForbidden
	if err := w.RevokeEgress(t.Context(), []Orphan{rule}); err == nil {
		t.Error("a refusal is no error")
	}
}
