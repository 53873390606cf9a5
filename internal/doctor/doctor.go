package doctor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/terraform"
)

// Command reports what this machine lacks.
var Command = command.Command{
	Name: "doctor", Summary: "say what is missing on this machine, and the command that installs it",
	Define: func(flags *flag.FlagSet) command.Func {
		providerOnly := flags.Bool("provider-only", false, "only fail unless a provider mirror or configuration is found, and print nothing else")
		return func(_ context.Context, p command.Process, _ []string) error {
			home, err := os.UserHomeDir()
			if err != nil {
				return err
			}
			provider := findProvider(p.Getenv, home)
			if *providerOnly {
				if !provider.ok {
					return errors.New(provider.found)
				}
				return nil
			}
			var findings []finding
			for _, program := range programs {
				findings = append(findings, program.look())
			}
			if !report(p.Out, append(findings, findTerraform(p.Getenv), provider)) {
				return errors.New("something is missing")
			}
			return nil
		}
	},
}

// program is something that must be installed, in at least a version.
type program struct {
	name string
	// version is the command that prints it.
	version []string
	// least is the lowest version that works.
	least string
	// why it is needed, and how to get it.
	why, install string
}

var programs = []program{
	{"go", []string{"go", "version"}, "1.26", "builds the app and the programs", "https://go.dev/doc/install"},
	{"node", []string{"node", "--version"}, "20.9", "runs the cdktf CLI", "https://nodejs.org/en/download (or: apt-get install nodejs)"},
	{"npm", []string{"npm", "--version"}, "9.0", "installs the cdktf CLI", "comes with Node.js"},
	{"python3", []string{"python3", "--version"}, "3.10", "runs moto, the local AWS", "apt-get install python3 python3-venv"},
	{"git", []string{"git", "--version"}, "2.30", "lists the source files for make", "apt-get install git"},
	{"make", []string{"make", "--version"}, "3.81", "runs the targets", "apt-get install make"},
	{"bash", []string{"bash", "--version"}, "4.0", "runs the backend's scripts (macOS has 3.2)", "apt-get install bash"},
	{"jq", []string{"jq", "--version"}, "1.6", "runs in the backend's scripts, which tests run too", "apt-get install jq"},
	{"shellcheck", []string{"shellcheck", "--version"}, "0.8", "checks those scripts in make lint", "apt-get install shellcheck"},
	{"diff", []string{"diff", "--version"}, "3.0", "shows what a snapshot test found", "apt-get install diffutils"},
}

// finding is one line of the report.
type finding struct {
	name, found, need string
	ok                bool
}

var versionNumber = regexp.MustCompile(`(\d+)\.(\d+)`)

func (p program) look() finding {
	f := finding{name: p.name, need: fmt.Sprintf("%s or later %s: %s", p.least, p.why, p.install)}
	out, err := exec.Command(p.version[0], p.version[1:]...).Output()
	if err != nil {
		f.found = "not found"
		return f
	}
	f.found = versionNumber.FindString(string(out))
	f.ok = atLeast(f.found, p.least)
	return f
}

// atLeast compares versions by their first two numbers.
func atLeast(found, least string) bool {
	a, b := numbers(found), numbers(least)
	return a[0] > b[0] || a[0] == b[0] && a[1] >= b[1]
}

func numbers(version string) [2]int {
	m := versionNumber.FindStringSubmatch(version)
	if m == nil {
		return [2]int{}
	}
	major, _ := strconv.Atoi(m[1]) // digits by the expression
	minor, _ := strconv.Atoi(m[2])
	return [2]int{major, minor}
}

// findTerraform says what will be run as Terraform. Where there is nothing yet,
// make builds it.
func findTerraform(getenv func(string) string) finding {
	f := finding{name: "terraform", need: "1.11 or later deploys and validates: https://developer.hashicorp.com/terraform/install; " +
		"or OpenTofu, which make builds where there is neither"}
	name, err := terraform.FindProgram(getenv)
	if err != nil {
		f.found, f.ok = err.Error(), getenv(terraform.ProgramVariable) == ""
		return f
	}
	out, err := exec.Command(name, "version").Output()
	if err != nil {
		f.found = err.Error()
		return f
	}
	title, _, _ := strings.Cut(string(out), "\n")
	f.found = fmt.Sprintf("%s (%s)", title, name)
	f.ok = atLeast(versionNumber.FindString(title), "1.11")
	return f
}

// findProvider looks where Terraform will get the AWS provider, without
// writing or unpacking anything.
func findProvider(getenv func(string) string, home string) finding {
	f := finding{name: "AWS provider", need: "the registry will be asked; where it cannot be reached: " +
		terraform.MirrorVariable + "=<folder with registry.terraform.io/hashicorp/aws " + config.ProviderVersion + ">"}
	description, found := terraform.LookForProvider(config.ProviderVersion, getenv, home)
	f.found, f.ok = description, found
	return f
}

func report(out io.Writer, findings []finding) bool {
	all := true
	for _, f := range findings {
		mark := "ok     "
		if !f.ok {
			mark = "MISSING"
			all = f.name == "AWS provider" && all // the registry may still serve it
		}
		fmt.Fprintf(out, "%s  %-13s %s\n", mark, f.name, strings.TrimSpace(f.found))
		if !f.ok {
			fmt.Fprintf(out, "         %s\n", f.need)
		}
	}
	if _, err := os.Stat(filepath.Join("node_modules", ".bin", "cdktf")); err != nil {
		fmt.Fprintln(out, "         the pinned tools are not installed yet: `make tools` does it, and every target that needs them")
	}
	return all
}
