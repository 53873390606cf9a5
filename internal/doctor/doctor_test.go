package doctor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/terraform"
)

func TestAtLeast(t *testing.T) {
	for _, test := range []struct {
		found, least string
		want         bool
	}{
		{"1.26", "1.26", true}, {"1.27", "1.26", true}, {"2.0", "1.26", true},
		{"1.9", "1.26", false}, {"0.99", "1.0", false}, {"", "1.0", false}, {"20.9", "20.9", true}, {"20.10", "20.9", true},
	} {
		if got := atLeast(test.found, test.least); got != test.want {
			t.Errorf("atLeast(%q, %q) = %v", test.found, test.least, got)
		}
	}
}

func TestLook(t *testing.T) {
	folder := t.TempDir()
	script := filepath.Join(folder, "tool")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho tool version v3.14.1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	found := program{name: "tool", version: []string{script}, least: "3.2", install: "get tool"}.look()
	if !found.ok || found.found != "3.14" {
		t.Errorf("%+v, want 3.14 to do", found)
	}
	if old := (program{version: []string{script}, least: "4.0"}).look(); old.ok {
		t.Errorf("%+v, want it too old", old)
	}
	missing := program{name: "tool", version: []string{filepath.Join(folder, "none")}, least: "1.0", install: "get tool"}.look()
	if missing.ok || missing.found != "not found" {
		t.Errorf("%+v, want it missing", missing)
	}
}

func TestReport(t *testing.T) {
	var out bytes.Buffer
	if report(&out, []finding{{name: "go", found: "1.26", ok: true}, {name: "terraform", found: "not found", need: "the command"}}) {
		t.Error("a missing program is all right")
	}
	for _, want := range []string{"ok       go", "MISSING  terraform", "the command"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if !report(&out, []finding{{name: "go", ok: true}, {name: "AWS provider"}}) {
		t.Error("a provider that the registry may serve counts as missing")
	}
}

// programsNeeded are those of docs and Makefile: how each is asked for its
// version, and the least one that works.
var programsNeeded = []struct{ name, arguments, least, below, hint string }{
	{"go", "version", "1.26", "1.25", "1.26 or later builds the app and the programs: https://go.dev/doc/install"},
	{"node", "--version", "20.9", "20.8", "20.9 or later runs the cdktf CLI: https://nodejs.org/en/download (or: apt-get install nodejs)"},
	{"npm", "--version", "9.0", "8.9", "9.0 or later installs the cdktf CLI: comes with Node.js"},
	{"python3", "--version", "3.10", "3.9", "3.10 or later runs moto, the local AWS: apt-get install python3 python3-venv"},
	{"git", "--version", "2.30", "2.29", "2.30 or later lists the source files for make: apt-get install git"},
	{"make", "--version", "3.81", "3.80", "3.81 or later runs the targets: apt-get install make"},
	{"bash", "--version", "4.0", "3.2", "4.0 or later runs the backend's scripts (macOS has 3.2): apt-get install bash"},
	{"jq", "--version", "1.6", "1.5", "1.6 or later runs in the backend's scripts, which tests run too: apt-get install jq"},
	{"shellcheck", "--version", "0.8", "0.7", "0.8 or later checks those scripts in make lint: apt-get install shellcheck"},
	{"diff", "--version", "3.0", "2.9", "3.0 or later shows what a snapshot test found: apt-get install diffutils"},
}

// TestCommand runs the command on a machine whose programs are the test's.
func TestCommand(t *testing.T) {
	home, bin, empty := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("PATH", bin)
	t.Chdir(home)
	write := func(file, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	has := func(name, arguments, answer string) {
		t.Helper()
		write(filepath.Join(bin, name), "#!/bin/sh\n[ \"$*\" = \""+arguments+"\" ] && echo \""+answer+"\"\n")
	}
	doctor := func(variables map[string]string, args ...string) (string, error) {
		var out bytes.Buffer
		getenv := func(name string) string {
			if name == terraform.MirrorVariable {
				return empty // there may be a mirror where Terraform looks by itself
			}
			return variables[name]
		}
		err := command.Run(t.Context(), command.Process{Getenv: getenv, Out: &out}, "platform", "", []command.Command{Command}, append([]string{"doctor"}, args...))
		return out.String(), err
	}
	all := func(change string) (lines string) {
		for _, p := range programsNeeded {
			has(p.name, p.arguments, p.name+" version "+p.least+".7 of today")
			line := fmt.Sprintf("ok       %-13s %s\n", p.name, p.least)
			if p.name == change {
				has(p.name, p.arguments, p.name+" version "+p.below+".7")
				line = fmt.Sprintf("MISSING  %-13s %s\n         %s\n", p.name, p.below, p.hint)
			}
			lines += line
		}
		return lines
	}
	const (
		noTerraform = "ok       terraform     neither terraform nor tofu is on PATH: `make opentofu` builds OpenTofu, and make finds it\n"
		newer       = "ok       terraform     Terraform v1.11.0 (terraform)\n"
		toolsNote   = "         the pinned tools are not installed yet: `make tools` does it, and every target that needs them\n"
	)
	unset, _ := terraform.LookForProvider(config.ProviderVersion, func(string) string { return empty }, home)
	registry := "MISSING  AWS provider  " + unset + "\n         the registry will be asked; where it cannot be reached: TERRAFORM_MIRROR=<folder with registry.terraform.io/hashicorp/aws " + config.ProviderVersion + ">\n"
	check := func(name, want, fault string, variables map[string]string) {
		t.Helper()
		out, err := doctor(variables)
		if out != want || (err == nil) != (fault == "") || err != nil && err.Error() != "doctor: "+fault {
			t.Errorf("%s: %v, it says\n%s\nwant %q\n%s", name, err, out, fault, want)
		}
	}
	const missing = "something is missing"
	var none string
	for _, p := range programsNeeded {
		none += fmt.Sprintf("MISSING  %-13s not found\n         %s\n", p.name, p.hint)
	}
	check("an empty machine", none+noTerraform+registry+toolsNote, missing, nil)
	check("every program, and the registry", all("")+noTerraform+registry+toolsNote, "", nil)
	for _, p := range programsNeeded {
		check("an old "+p.name, all(p.name)+noTerraform+registry+toolsNote, missing, nil)
	}
	programs := all("")
	write("node_modules/.bin/cdktf", "")
	const need = "         1.11 or later deploys and validates: https://developer.hashicorp.com/terraform/install; or OpenTofu, which make builds where there is neither\n"
	has("terraform", "version", "Terraform v1.10.9\non linux 1.12")
	check("an old Terraform", programs+"MISSING  terraform     Terraform v1.10.9 (terraform)\n"+need+registry, missing, nil)
	has("terraform", "version", "Terraform v1.11.0\non linux")
	check("Terraform", programs+newer+registry, "", nil)
	if _, err := doctor(nil, "-provider-only"); err == nil || err.Error() != "doctor: "+unset {
		t.Errorf("no provider: %v", err)
	}
	named := map[string]string{terraform.ProgramVariable: filepath.Join(bin, "none")}
	if out, err := doctor(named); err == nil || !strings.Contains(out, "MISSING  terraform     "+terraform.ProgramVariable+": ") {
		t.Errorf("a Terraform that is named and not there: %v\n%s", err, out)
	}
	write(filepath.Join(bin, "broken"), "#!/bin/sh\nexit 3\n")
	named[terraform.ProgramVariable] = "broken"
	check("a Terraform that fails", programs+"MISSING  terraform     exit status 3\n"+need+registry, missing, named)
	write(filepath.Join(home, ".terraformrc"), "")
	check("your own configuration", programs+newer+"ok       AWS provider  your own CLI configuration "+filepath.Join(home, ".terraformrc")+"\n", "", nil)
	if out, err := doctor(nil, "-provider-only"); err != nil || out != "" {
		t.Errorf("the provider is here: %v, %q", err, out)
	}
	t.Setenv("HOME", "")
	if _, err := doctor(nil); err == nil || !strings.Contains(err.Error(), "HOME") {
		t.Errorf("without a home: %v", err)
	}
}
