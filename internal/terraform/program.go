package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// ProgramVariable names the program that is run as Terraform; it is the cdktf
// CLI's own.
const ProgramVariable = "TERRAFORM_BINARY_NAME"

// FindProgram is the program that is run as Terraform: the one that
// TERRAFORM_BINARY_NAME names, or else terraform or tofu. Make puts the OpenTofu
// that it builds where there is neither at the end of PATH.
func FindProgram(getenv func(string) string) (string, error) {
	if named := getenv(ProgramVariable); named != "" {
		if _, err := exec.LookPath(named); err != nil {
			return "", fmt.Errorf("%s: %q: Terraform or OpenTofu is required: %w", ProgramVariable, named, err)
		}
		if strings.ContainsRune(named, filepath.Separator) {
			return filepath.Abs(named) // it runs in other folders
		}
		return named, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if _, err := exec.LookPath(name); err == nil {
			return name, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is on PATH: `make opentofu` builds OpenTofu, and make finds it")
}

// program that the source was found for.
func (s Source) program() string { return cmp.Or(s.Program, "terraform") }

// IsOpenTofu says whether the program is OpenTofu, by its name.
func (s Source) IsOpenTofu() bool { return strings.Contains(filepath.Base(s.program()), "tofu") }
