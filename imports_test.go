package main

import (
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/paperwurks/infra"

// mayImport are the packages of this module that each product package may
// import; a pattern of path.Match stands for several. A package that is not here
// is a program's or its tool's, and may import what it likes, but no product
// package may import it.
var mayImport = map[string][]string{
	".":             {"access", "config", "internal/kernel", "stacks"},
	"stacks":        {"compliance", "config", "constructs"},
	"constructs":    {"access", "access/policy", "config", "constructs/*"},
	"constructs/*":  {"access/policy", "compliance", "config", "constructs/tf"},
	"constructs/tf": {},
	"compliance":    {"access/policy", "config", "internal/markdown", "internal/synthesised"},
	"access":        {"access/policy", "config"},
	"access/policy": {},
	"config":        {},
}

// bindings start the import paths of jsii and of what is generated for it. The
// packages of pure work without any of it.
var (
	bindings = []string{"github.com/aws/jsii-runtime-go", "github.com/aws/constructs-go", "github.com/cdktf/", "github.com/hashicorp/terraform-cdk-go"}
	pure     = []string{"access", "access/policy", "config"}
)

// TestImports: imports run one way.
func TestImports(t *testing.T) {
	packages := listPackages(t)
	for name := range mayImport {
		if !strings.Contains(name, "*") && packages[name] == nil {
			t.Errorf("there is no package %s", name)
		}
	}
	folders := map[string]map[string]bool{}
	for name, p := range packages {
		allowed, isProduct := mayImport[name]
		if !isProduct {
			if ok, _ := path.Match("constructs/*", name); ok {
				allowed, isProduct = mayImport["constructs/*"], true
			}
		}
		for _, imported := range p.imports {
			if isProduct && !slices.ContainsFunc(allowed, func(pattern string) bool {
				ok, err := path.Match(pattern, imported)
				return err == nil && ok
			}) {
				t.Errorf("%s imports %s; allowed: %s", name, imported, strings.Join(allowed, ", "))
			}
			from, to := folder(name), folder(imported)
			if from != to {
				if folders[from] == nil {
					folders[from] = map[string]bool{}
				}
				folders[from][to] = true
			}
		}
		if slices.Contains(pure, name) {
			for _, dependency := range p.dependencies {
				if slices.ContainsFunc(bindings, func(prefix string) bool { return strings.HasPrefix(dependency, prefix) }) {
					t.Errorf("%s depends on %s", name, dependency)
				}
			}
		}
	}
	if circle := findCircle(folders); circle != nil {
		t.Errorf("the folders import each other: %s", strings.Join(circle, " → "))
	}
}

// TestFindCircle: the search finds one.
func TestFindCircle(t *testing.T) {
	edges := map[string]map[string]bool{"a": {"b": true}, "b": {"c": true}}
	if circle := findCircle(edges); circle != nil {
		t.Errorf("found %v", circle)
	}
	edges["c"] = map[string]bool{"a": true}
	if circle := findCircle(edges); len(circle) != 4 {
		t.Errorf("found %v", circle)
	}
}

type packageInfo struct {
	// imports are of this module, without its name; dependencies are all.
	imports, dependencies []string
}

// listPackages are the module's packages, without its name. Tests may import
// more.
func listPackages(t *testing.T) map[string]*packageInfo {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .Deps " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]*packageInfo{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "|")
		p := &packageInfo{dependencies: strings.Fields(fields[2])}
		for _, imported := range strings.Fields(fields[1]) {
			if name, ok := within(imported); ok {
				p.imports = append(p.imports, name)
			}
		}
		if name, ok := within(fields[0]); ok {
			packages[name] = p
		}
	}
	return packages
}

// within is an import path without the module's name.
func within(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// folder is what a package is part of: a folder at the top, or one of those in
// internal, which hold one thing each.
func folder(name string) string {
	parts := strings.Split(name, "/")
	if parts[0] == "internal" {
		return path.Join(parts[:min(2, len(parts))]...)
	}
	return parts[0]
}

// findCircle returns a way from a folder back to itself; nil when there is none.
func findCircle(edges map[string]map[string]bool) []string {
	done := map[string]bool{}
	var walk func(way []string) []string
	walk = func(way []string) []string {
		at := way[len(way)-1]
		if i := slices.Index(way, at); i < len(way)-1 {
			return way[i:]
		}
		if done[at] {
			return nil
		}
		for _, next := range slices.Sorted(maps.Keys(edges[at])) {
			if circle := walk(append(slices.Clone(way), next)); circle != nil {
				return circle
			}
		}
		done[at] = true
		return nil
	}
	for _, start := range slices.Sorted(maps.Keys(edges)) {
		if circle := walk([]string{start}); circle != nil {
			return circle
		}
	}
	return nil
}

// TestIndexHasEveryPage: docs/README.md says of each file in docs what it is for.
func TestIndexHasEveryPage(t *testing.T) {
	index, err := os.ReadFile("docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("docs")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, link := e.Name(), "]("+e.Name()+")"
		// Each environment has a page, which architecture.md links.
		if strings.HasPrefix(name, "operations-") {
			link = `operations-\<env\>.md`
		}
		// The pictures are architecture.md's.
		if name != "README.md" && name != "architecture" && !strings.Contains(string(index), link) && !strings.Contains(string(index), "]("+name+"/") {
			t.Errorf("docs/README.md does not have %s", name)
		}
	}
}
