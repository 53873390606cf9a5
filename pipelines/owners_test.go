package pipelines_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ownersOf is who approves a change of a file, whose path starts at the
// repository's root: the owners of the last rule that matches (GitHub
// documentation, "About code owners"). Rules are "*", a folder or a file.
func ownersOf(t *testing.T, codeowners, file string) string {
	t.Helper()
	owners := ""
	for _, line := range strings.Split(codeowners, "\n") {
		rule, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(rule)
		if len(fields) == 0 {
			continue
		}
		pattern := fields[0]
		if pattern != "*" && (!strings.HasPrefix(pattern, "/") || strings.ContainsAny(pattern, "*?[!")) {
			t.Fatalf("CODEOWNERS: %q is no rule that this test understands", pattern)
		}
		if pattern == "*" || pattern == "/"+file || strings.HasSuffix(pattern, "/") && strings.HasPrefix("/"+file, pattern) {
			owners = strings.Join(fields[1:], " ")
		}
	}
	return owners
}

// TestSecurityOwnsWhatRunsWithARole: after a job signed in it synthesises and
// runs the platform's command, so every package of both is in question, with the
// workflows, the make targets, and what says which dependencies they have.
func TestSecurityOwnsWhatRunsWithARole(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", ".github", "CODEOWNERS"))
	if err != nil {
		t.Fatal(err)
	}
	list := exec.Command("go", "list", "-deps", "-f", `{{if .Module}}{{if .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`, ".", "./cmd/platform")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	files := []string{
		"Makefile", "go.mod", "go.sum", "package.json", "package-lock.json", "cdktf.json", ".github/CODEOWNERS",
		".github/workflows/deploy-stack.yml", ".github/actions/setup/action.yml", "pipelines/forward.sh", "pipelines/requirements.txt",
		"compliance/compliance.go", "docs/access.md", ".npmrc",
		// What would run, though nothing names it.
		"GNUmakefile", "makefile", "extra.go", "go.work", "vendor/modules.txt", "node_modules/cdktf-cli/package.json", "new/new.go",
	}
	packages := len(files)
	for _, file := range strings.Fields(string(out)) {
		relative, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.ToSlash(relative))
	}
	if len(files) < packages+50 {
		t.Fatalf("go list found %d files", len(files)-packages)
	}
	for _, file := range files {
		if got := ownersOf(t, string(text), file); got != "@paperwurks/security" {
			t.Errorf("%s: %q approves it; @paperwurks/security is required", file, got)
		}
	}
	for _, file := range []string{"README.md", "docs/operations.md", "__snapshots__/dev.json"} {
		if got := ownersOf(t, string(text), file); got != "@paperwurks/devops" {
			t.Errorf("%s: %q approves it; @paperwurks/devops is enough", file, got)
		}
	}
}

// TestEveryOwnersSettings checks that the workflow tries each of the settings that make owners has.
func TestEveryOwnersSettings(t *testing.T) {
	folders, err := os.ReadDir(filepath.Join("..", "internal", "owners", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range folders {
		names = append(names, f.Name())
	}
	want := "owner: [" + strings.Join(names, ", ") + "]\n"
	if text, err := os.ReadFile(filepath.Join("..", ".github", "workflows", "rehearse.yml")); err != nil || !strings.Contains(string(text), want) {
		t.Errorf("rehearse.yml lacks %q (%v)", want, err)
	}
}
