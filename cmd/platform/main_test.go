package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestCommandsAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		if seen[c.Name] || c.Summary == "" || strings.Contains(c.Summary, "\n") || len(c.Summary) > 90 {
			t.Errorf("%q: there twice, or no summary of one line: %q", c.Name, c.Summary)
		}
		seen[c.Name] = true
	}
}

// TestLinks keeps the bindings (120 MB) and the kernel out of the program, which one constant once brought in.
func TestLinks(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?m)^github\.com/(aws/jsii-runtime-go|aws/constructs-go|cdktf/.*|hashicorp/terraform-cdk-go.*)$`).FindString(string(out)); found != "" {
		t.Errorf("links %s", found)
	}
	if !strings.Contains(string(out), "internal/pipeline") {
		t.Errorf("the list is not one: %.200s", out)
	}
}
