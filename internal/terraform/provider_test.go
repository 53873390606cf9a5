package terraform

import (
	"archive/zip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const version = "5.100.0"

func variables(of map[string]string) func(string) string {
	return func(name string) string { return of[name] }
}

// unpackedMirror makes a mirror with an unpacked provider.
func unpackedMirror(t *testing.T, root string) string {
	t.Helper()
	folder := unpacked(root, registry, version)
	write(t, filepath.Join(folder, "terraform-provider-aws_v"+version+"_x5"), "provider")
	return root
}

func packedMirror(t *testing.T, entries map[string]string) string {
	t.Helper()
	root := t.TempDir()
	file := packed(root, registry, version)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(out)
	for name, content := range entries {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return root
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOrder(t *testing.T) {
	home, mirror := t.TempDir(), unpackedMirror(t, t.TempDir())
	named := variables(map[string]string{MirrorVariable: mirror})

	source, err := FindProvider(t.TempDir(), version, named, home)
	if err != nil || source.Description != "the mirror "+mirror {
		t.Errorf("TERRAFORM_MIRROR: %+v, %v", source, err)
	}
	text, err := os.ReadFile(source.ConfigFile)
	if err != nil || !strings.Contains(string(text), `path    = "`+mirror+`"`) {
		t.Errorf("the configuration does not name the mirror: %s, %v", text, err)
	}

	own := filepath.Join(home, ".terraformrc")
	write(t, own, "")
	if source, err := FindProvider(t.TempDir(), version, named, home); err != nil || source.ConfigFile != own {
		t.Errorf("the user's own configuration does not come first: %+v, %v", source, err)
	}
}

func TestConfigurationThatDoesNotExistIsNone(t *testing.T) {
	home := t.TempDir()
	unpackedMirror(t, filepath.Join(home, ".terraform.d", "plugins"))
	missing := variables(map[string]string{configVariable: filepath.Join(home, "missing")})
	source, err := FindProvider(t.TempDir(), version, missing, home)
	if err != nil || !strings.Contains(source.Description, ".terraform.d") {
		t.Errorf("%+v, %v; want the mirror in the home folder", source, err)
	}
	environment := strings.Join(source.Environment([]string{configVariable + "=missing", "A=b"}), "\n")
	if strings.Contains(environment, "=missing") || !strings.Contains(environment, "A=b") || !strings.Contains(environment, "CHECKPOINT_DISABLE=1") {
		t.Errorf("environment:\n%s", environment)
	}
}

func TestGarbageCollection(t *testing.T) {
	if got := (Source{}).Environment([]string{"GOGC=50"}); !slices.Contains(got, "GOGC=50") || slices.Contains(got, "GOGC=400") || !slices.Contains(got, "GOMEMLIMIT=1GiB") {
		t.Errorf("%q: want the person's own GOGC, and our limit", got)
	}
	if got := (Source{}).Environment(nil); !slices.Contains(got, "GOGC=400") {
		t.Errorf("%q lacks GOGC", got)
	}
}

// A variable that wins over the configuration file of a local stack would send its
// requests past the recorder of a rehearsal, or to AWS.
func TestTheStackSaysWhereItsProviderGoes(t *testing.T) {
	keep := []string{"AWS_PROFILE=a", "AWS_ENDPOINT=b", "AWS_USE_FIPS_ENDPOINT=true", "MY_AWS_ENDPOINT_URL=c"}
	drop := []string{"AWS_ENDPOINT_URL=http://127.0.0.1:3", "AWS_ENDPOINT_URL_SNS=http://127.0.0.1:4", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"}
	got := (Source{}).Environment(slices.Concat(keep, drop))
	for _, e := range keep {
		if !slices.Contains(got, e) {
			t.Errorf("%q lacks %s", got, e)
		}
	}
	for _, e := range drop {
		if slices.Contains(got, e) {
			t.Errorf("%q has %s", got, e)
		}
	}
}

func TestMirrorWithoutTheVersionIsRefused(t *testing.T) {
	empty := t.TempDir()
	_, err := FindProvider(t.TempDir(), version, variables(map[string]string{MirrorVariable: empty}), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), empty) || !strings.Contains(err.Error(), version) {
		t.Errorf("got %v, want a refusal that names the folder and the version", err)
	}
}

func TestPackedMirrorIsUnpackedOnce(t *testing.T) {
	mirror, dir := packedMirror(t, map[string]string{"terraform-provider-aws_v5.100.0_x5": "provider"}), t.TempDir()
	named := variables(map[string]string{MirrorVariable: mirror})
	binary := filepath.Join(unpacked(filepath.Join(dir, "providers"), registry, version), "terraform-provider-aws_v5.100.0_x5")
	for range 2 {
		if _, err := FindProvider(dir, version, named, t.TempDir()); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(binary)
		if err != nil || info.Mode().Perm()&0o100 == 0 {
			t.Fatalf("%v, %v; want an executable", info, err)
		}
		// Were it unpacked again, this mark would be gone.
		if err := os.WriteFile(filepath.Join(filepath.Dir(binary), "mark"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(binary), "mark")); err != nil {
		t.Error("it was unpacked twice")
	}
}

// Terraform and OpenTofu find the same provider, each under its registry's name.
func TestBothRegistries(t *testing.T) {
	for name, mirror := range map[string]string{
		"unpacked": unpackedMirror(t, t.TempDir()),
		"packed":   packedMirror(t, map[string]string{"terraform-provider-aws_v5.100.0_x5": "provider"}),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var source Source
			for range 2 { // the second time over what the first one wrote
				var err error
				if source, err = FindProvider(dir, version, variables(map[string]string{MirrorVariable: mirror}), t.TempDir()); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(source.ConfigFile)
			if err != nil {
				t.Fatal(err)
			}
			found := regexp.MustCompile(`path    = "(.*)"\n    include = \["(.*)/hashicorp/\*"\]`).FindAllStringSubmatch(string(text), -1)
			if len(found) != 2 || found[0][2] != registry || found[1][2] != openTofuRegistry {
				t.Fatalf("two registries are required:\n%s", text)
			}
			for _, m := range found {
				folder := unpacked(m[1], m[2], version)
				info, err := os.Lstat(folder)
				content, readErr := os.ReadFile(filepath.Join(folder, "terraform-provider-aws_v"+version+"_x5"))
				if err != nil || !info.IsDir() || readErr != nil || string(content) != "provider" {
					t.Errorf("%s: %v, %v: a folder that is no link, with the provider, is required", folder, err, readErr)
				}
			}
		})
	}
}

func TestFindProgram(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	nothing := variables(nil)
	if program, err := FindProgram(nothing); err == nil || !strings.Contains(err.Error(), "make opentofu") {
		t.Errorf("%q, %v; want an error that says what to do", program, err)
	}
	for _, test := range []struct{ installed, named, want string }{
		{"tofu", "", "tofu"},
		{"terraform", "", "terraform"},
		{"terraform", "tofu", "tofu"},
		{"terraform", filepath.Join(dir, "tofu"), filepath.Join(dir, "tofu")},
	} {
		if err := os.WriteFile(filepath.Join(dir, test.installed), []byte("#!/bin/sh\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		got, err := FindProgram(variables(map[string]string{ProgramVariable: test.named}))
		if err != nil || got != test.want || (Source{Program: got}).IsOpenTofu() != strings.Contains(test.want, "tofu") {
			t.Errorf("%+v: %q, %v", test, got, err)
		}
	}
	if _, err := FindProgram(variables(map[string]string{ProgramVariable: "pulumi"})); err == nil || !strings.Contains(err.Error(), `TERRAFORM_BINARY_NAME: "pulumi"`) {
		t.Errorf("got %v", err)
	}
}

func TestArchiveCannotLeaveItsFolder(t *testing.T) {
	dir := t.TempDir()
	mirror := packedMirror(t, map[string]string{"../escaped": "x"})
	_, err := FindProvider(dir, version, variables(map[string]string{MirrorVariable: mirror}), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "../escaped") {
		t.Errorf("got %v, want a refusal", err)
	}
	entries, err := filepath.Glob(filepath.Join(dir, "providers", "*", "*", "*", "*", "*"))
	if err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestLookForProviderWritesNothing(t *testing.T) {
	home := t.TempDir()
	mirror := packedMirror(t, map[string]string{"p": "x"})
	if description, found := LookForProvider(version, variables(map[string]string{MirrorVariable: mirror}), home); !found || !strings.Contains(description, mirror) {
		t.Errorf("%q, %v", description, found)
	}
	if entries, err := os.ReadDir(home); err != nil || len(entries) > 0 {
		t.Errorf("wrote %v, %v", entries, err)
	}
}
