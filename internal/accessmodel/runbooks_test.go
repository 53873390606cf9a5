package accessmodel

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/accessmodel/capability"
	"github.com/paperwurks/infra/internal/process"
)

// runbooks are the documents whose commands a person runs.
var runbooks = []string{"docs/operations.md", "docs/pipelines.md", "docs/worst-day.md"}

// command finds what asks AWS for something: an operation of the AWS CLI, a
// script of the backend's, a make target that reads or changes AWS, Terraform, cdktf.
var command = regexp.MustCompile(`\baws [a-z0-9-]+ [a-z][a-z0-9-]+|\bpipelines/backend/[a-z-]+\.sh|\bmake (?:preflight|bootstrap|diff|drift|recover|orphans|plan|apply)\b|\bterraform (?:apply|destroy|import|plan|state rm)\b|\bnpx cdktf deploy\b`)

// asksNothing are the commands that need no row.
var asksNothing = map[string]string{
	"aws sts get-caller-identity": "AWS lets everybody know who they are",
	"aws rds wait":                "asks what aws rds describe-db-instances does",
	"make plan":                   "asks what make diff does",
	"terraform plan":              "asks what make diff does",
	"terraform apply":             "of a refresh asks what make drift does and writes the state; of an import what npx cdktf deploy does",
	"pipelines/backend/ask.sh":    "asks the product's public URL, and AWS nothing",
	"make apply":                  "what it changes is infra-role's, in a workflow",
}

// TestRunbookCommands: each command of the runbooks is in the administrator's
// table, and the table names no other.
func TestRunbookCommands(t *testing.T) {
	root, err := process.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	var inBooks []string
	for _, file := range runbooks {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range command.FindAllString(string(text), -1) {
			if strings.HasPrefix(found, "aws rds wait") {
				found = "aws rds wait"
			}
			inBooks = append(inBooks, found)
		}
	}
	var inTable []string
	for _, area := range (capability.Environments{"dev", "staging", "prod"}).Administration() {
		for _, row := range area.Rows {
			if row.For != "" {
				inTable = append(inTable, row.For)
			}
		}
	}
	// cdktf deploy is what the pipeline's apply runs; its rows stand for a
	// deployment by hand, which no book recommends.
	asked := map[string]bool{"npx cdktf deploy": true}
	for _, c := range inBooks {
		asked[c] = true
		if !slices.Contains(inTable, c) && asksNothing[c] == "" {
			t.Errorf("%q: no row of capability.Administration is for it", c)
		}
	}
	for _, c := range inTable {
		if !asked[c] {
			t.Errorf("%q: no runbook runs it", c)
		}
	}
	for c := range asksNothing {
		if !asked[c] {
			t.Errorf("%q: no runbook runs it, so it needs no reason", c)
		}
	}
	if len(inBooks) < 20 {
		t.Errorf("only %d commands found", len(inBooks))
	}
}
