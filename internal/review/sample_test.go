package review

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSample holds docs/sample-diff.md against what the comment of the
// fixtures is now. UPDATE_SAMPLE=1 writes it, and still fails when it changed.
func TestSample(t *testing.T) {
	c := comment(t)
	for i := range c.Stacks {
		c.Stacks[i].Plan = interesting(c.Stacks[i].Plan)
	}
	c.Source = "A sample: Terraform's plans for a new environment \"preview\", deploy roles that may enter tasks, and another name of dev's database. Written by `make sample`."
	c.Access = "@@ -31,5 +31,6 @@\n | role | capability | |\n | --- | --- | --- |\n-| deploy-role-dev | enter a running task | no |\n+| deploy-role-dev | enter a running task | **yes** |\n+| deploy-role-preview | push an image to preview | **yes** |\n"
	got := c.Markdown()
	file := filepath.Join("..", "..", "docs", "sample-diff.md")
	committed, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if string(committed) == got {
		return
	}
	if os.Getenv("UPDATE_SAMPLE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Errorf("docs/sample-diff.md is not current; `make sample` writes it")
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
