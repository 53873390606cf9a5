package stacks_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// TestCopiesEnd: copies that are kept lose what copies and nothing else, and those that
// are destroyed leave the provider of their region, without which Terraform could
// destroy none of them.
func TestCopiesEnd(t *testing.T) {
	const prod = 2
	stack := func(end config.End) synthesised.Stack {
		s := config.Fixture()
		s.Environments[prod].Copies.Ended = end
		out, ok := synthesise(t, s, config.Target{})[s.Environments[prod].Name]
		if !ok {
			t.Fatal("no stack of prod")
		}
		return out
	}
	copies := func(s synthesised.Stack) []string {
		var addresses []string
		for kind, byName := range s.Resource {
			for name := range maps.Keys(byName) {
				if strings.HasPrefix(name, "environment_copies_") {
					addresses = append(addresses, kind+"."+name)
				}
			}
		}
		slices.Sort(addresses)
		return addresses
	}
	made, kept, destroyed := stack(""), stack(config.CopiesKept), stack(config.CopiesDestroyed)
	var ended []string
	for _, address := range copies(made) {
		if !slices.Contains(copies(kept), address) {
			kind, _, _ := strings.Cut(address, ".")
			ended = append(ended, kind)
		}
	}
	if want := []string{"aws_db_instance_automated_backups_replication", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_s3_bucket_replication_configuration"}; !slices.Equal(ended, want) {
		t.Errorf("with copies kept, these kinds go: %q, want %q", ended, want)
	}
	for _, address := range copies(kept) {
		if !slices.Contains(copies(made), address) {
			t.Errorf("%s comes when copies end", address)
		}
	}
	if left := copies(destroyed); len(left) > 0 {
		t.Errorf("destroyed copies leave %q", left)
	}
	for end, s := range map[config.End]synthesised.Stack{config.CopiesKept: kept, config.CopiesDestroyed: destroyed} {
		if !slices.ContainsFunc(s.Providers, func(p synthesised.Provider) bool { return p.Alias == "copies" && p.Region == "eu-north-1" }) {
			t.Errorf("%q: no provider of the copies' region", end)
		}
		for _, r := range s.Resources("aws_s3_bucket_policy") {
			if strings.Contains(r.Text("policy"), "KeepReplication") {
				t.Errorf("%q: the documents' bucket still is kept from infra-role", end)
			}
		}
	}
}
