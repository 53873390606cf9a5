package observed

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/iamsim"
)

// TestTablesNameActions: whatever the tables say of operations, IAM has the
// actions (AWS's service authorization reference), and REST services the operations.
func TestTablesNameActions(t *testing.T) {
	actions := map[string]string{} // by where it is said
	for operation, list := range renamed {
		for _, action := range list {
			actions[action] = operation
		}
	}
	for service, action := range tagging {
		actions[action] = "tags of " + service
	}
	calls := map[string]bool{}
	for name, k := range kinds {
		for _, all := range append([]string{k.create, k.update, k.delete}, texts(k.by)...) {
			for call := range strings.SplitSeq(all, ", ") {
				service, operation, ok := strings.Cut(call, " ")
				if !ok && call != "" {
					t.Errorf("%s: %q is no call", name, call)
				}
				if !ok || strings.Contains(operation, "/") {
					continue
				}
				calls[call] = true
				for _, action := range actionsOf(awsapi.Call{Service: service, Operation: operation}) {
					actions[action] = name + ": " + call
				}
			}
		}
	}
	for _, operation := range []string{"iam CreateRole", "iam CreatePolicy", "iam CreateOpenIDConnectProvider"} {
		service, name, _ := strings.Cut(operation, " ")
		actions[tagOf(awsapi.Call{Service: service, Operation: name})] = "tags of " + operation
	}
	var names []string
	for action := range actions {
		names = append(names, action)
	}
	slices.Sort(names)
	reference, err := iamsim.Describe(names)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range names {
		if len(reference.Matches[action]) == 0 {
			t.Errorf("%s: IAM has no action %q", actions[action], action)
		}
	}
	rest, err := os.ReadFile("../../awsapi/rest.csv")
	if err != nil {
		t.Fatal(err)
	}
	for operation := range renamed {
		calls[operation] = true
	}
	for operation := range made {
		calls[operation] = true
	}
	for call := range calls {
		service, name, _ := strings.Cut(call, " ")
		if strings.Contains(string(rest), "\n"+service+",") && !strings.Contains(string(rest), "\n"+service+","+name+",") {
			t.Errorf("%s has no operation %q", service, name)
		}
	}
}

func texts(of map[string]string) []string {
	var out []string
	for _, text := range of {
		out = append(out, text)
	}
	return out
}
