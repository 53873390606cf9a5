package review

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/cost"
	"github.com/paperwurks/infra/internal/architecture/platform"
	"github.com/paperwurks/infra/internal/golden"
)

// TestSample compares docs/sample-diff.md with what the comment of the fixtures
// is now.
func TestSample(t *testing.T) {
	c := comment(t)
	for i := range c.Stacks {
		c.Stacks[i].Plan = interesting(c.Stacks[i].Plan)
	}
	c.Source = "A sample: Terraform's plans for a new environment \"preview\", deploy roles that may enter tasks, and another name of dev's database. Written by `make sample`."
	// What infra-role may not do of them, as internal/accessmodel's TestSampleLacks
	// finds it, and what an environment like dev costs.
	data, err := os.ReadFile(filepath.Join("testdata", "lacks.json"))
	if err == nil {
		err = json.Unmarshal(data, &c.Stacks[0].Lacks)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Costs = costsOfPreview(t)
	c.Access = "@@ -31,5 +31,6 @@\n | role | capability | |\n | --- | --- | --- |\n-| deploy-role-dev | enter a running task | no |\n+| deploy-role-dev | enter a running task | **yes** |\n+| deploy-role-preview | push an image to preview | **yes** |\n"
	golden.Check(t, "../../docs/sample-diff.md", c.Markdown(), "make sample")
}

// costsOfPreview are those of one environment more, with the sizes of the first.
func costsOfPreview(t *testing.T) Costs {
	t.Helper()
	prices, err := cost.Load()
	if err != nil {
		t.Fatal(err)
	}
	estimate := func(names ...string) *cost.Estimate {
		stacks := map[string][]byte{}
		for _, name := range names {
			if stacks[name], err = os.ReadFile(filepath.Join("..", "..", "__snapshots__", name+".json")); err != nil {
				t.Fatal(err)
			}
		}
		s, err := platform.Parse(stacks, names)
		if err != nil {
			t.Fatal(err)
		}
		e, err := prices.Estimate(s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	out := Costs{Date: prices.Date}
	// The first environment is the one that comes, whatever the settings have.
	first, others := "", []string{config.SharedStack}
	for i, env := range config.Platform().Environments {
		if i == 0 {
			first = env.Name
			continue
		}
		others = append(others, env.Name)
	}
	for _, change := range prices.Changes(estimate(others...), estimate(append(others, first)...)) {
		if change.Column != first {
			continue
		}
		c := Cost{Environment: "preview", IsComplete: change.IsComplete, Change: change.Amount.Signed(), Before: change.Before.String(), After: (change.Before + change.Amount).String()}
		for _, item := range change.Items {
			c.Items = append(c.Items, fmt.Sprintf("%s: %.4g → %.4g %s, %s", item.What, item.Before, item.After, item.Unit, item.Amount.Signed()))
		}
		out.Environments = append(out.Environments, c)
	}
	if len(out.Environments) != 1 {
		t.Fatalf("%d environments cost something else", len(out.Environments))
	}
	return out
}

// interesting leaves out what the local AWS made of the plan: the services and
// parameters that the fixture's deployment had not got to.
func interesting(p *Plan) *Plan {
	out := *p
	out.ResourceChanges, out.OutputChanges = nil, nil
	for _, r := range p.ResourceChanges {
		if strings.Contains(r.Address, "setup_") || r.Action() != Create {
			out.ResourceChanges = append(out.ResourceChanges, r)
		}
	}
	return &out
}

// TestSampleOfWhatInfraRoleMay: a change that infra-role may make and that costs
// what it cost shows neither an administrator nor a price.
func TestSampleOfWhatInfraRoleMay(t *testing.T) {
	c := comment(t)
	c.Stacks = c.Stacks[1:]
	for _, word := range []string{"🔐", "administrator", "💶", "dollars"} {
		if text := c.Markdown(); strings.Contains(text, word) {
			t.Errorf("%q is in\n%s", word, text)
		}
	}
}
