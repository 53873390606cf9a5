// Package terraform runs Terraform for the programs of this repository, and
// finds the AWS provider for it on machines that cannot reach a registry.
package terraform

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	// MirrorVariable names a folder with a provider mirror, packed or
	// unpacked (Terraform CLI configuration, "filesystem_mirror").
	MirrorVariable = "TERRAFORM_MIRROR"
	configVariable = "TF_CLI_CONFIG_FILE"
)

// registries are the hosts under which Terraform and OpenTofu look for a
// provider whose source names none.
var registries = []string{registry, openTofuRegistry}

// Source is where Terraform gets the AWS provider from.
type Source struct {
	// Program is what is run as Terraform; "" is terraform.
	Program string
	// ConfigFile is the CLI configuration to run Terraform with; "" leaves it
	// to Terraform.
	ConfigFile string
	// Description says in a few words where the provider comes from.
	Description string
}

// collection has Terraform and its provider collect garbage less often, up to a
// heap of 1 GiB each: they read the schema of 1,500 resources at every start,
// which takes a third less CPU so. Where env has a setting of its own (Go's
// package runtime, "Environment Variables"), that holds.
var collection = []string{"GOGC=400", "GOMEMLIMIT=1GiB"}

// Environment adds to env what makes Terraform use the source, and start
// faster, and switches its calls home off. It takes out what would send the
// provider elsewhere than its stack says.
func (s Source) Environment(env []string) []string {
	out := make([]string, 0, len(env)+2+len(collection))
	for _, setting := range collection {
		name, _, _ := strings.Cut(setting, "=")
		if !slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, name+"=") }) {
			out = append(out, setting)
		}
	}
	for _, e := range env {
		if !strings.HasPrefix(e, configVariable+"=") && !strings.HasPrefix(e, "CHECKPOINT_DISABLE=") && !sendsElsewhere(e) {
			out = append(out, e)
		}
	}
	out = append(out, "CHECKPOINT_DISABLE=1")
	if s.ConfigFile != "" {
		out = append(out, configVariable+"="+s.ConfigFile)
	}
	return out
}

// sendsElsewhere says whether a variable of AWS's SDKs wins over the endpoint in
// the configuration file of a local stack, or makes them ignore it (AWS SDKs and
// Tools reference guide, "Service-specific endpoints"). One that a shell still has
// would also send the requests of a stack for AWS, signed, to an emulator.
func sendsElsewhere(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return name == "AWS_ENDPOINT_URL" || strings.HasPrefix(name, "AWS_ENDPOINT_URL_") || name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
}

// FindProvider looks for Terraform, as FindProgram does, and for the AWS
// provider of the given version, in this order: the user's own CLI configuration,
// the mirror that TERRAFORM_MIRROR names, a mirror in the system's usual places,
// the registry. What it has to write (a CLI configuration, an unpacked copy of a
// packed mirror) goes into dir.
//
// It fails when there is neither Terraform nor OpenTofu, when TERRAFORM_MIRROR
// names a folder without that version, or when something cannot be written.
func FindProvider(dir, version string, getenv func(string) string, home string) (Source, error) {
	program, err := FindProgram(getenv)
	if err != nil {
		return Source{}, err
	}
	source, err := findProvider(dir, version, getenv, home)
	source.Program = program
	return source, err
}

func findProvider(dir, version string, getenv func(string) string, home string) (Source, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Source{}, fmt.Errorf("find the AWS provider: %w", err)
	}
	if own := ownConfig(getenv, home); own != "" {
		return Source{ConfigFile: own, Description: "your own CLI configuration " + own}, nil
	}
	mirror, err := findMirror(version, getenv, home)
	if err != nil {
		return Source{}, err
	}
	if mirror == "" {
		return Source{Description: "the registry"}, nil
	}
	return useMirror(dir, mirror, version)
}

// LookForProvider says where FindProvider would take the provider from, and
// whether that is on this machine; it writes nothing.
func LookForProvider(version string, getenv func(string) string, home string) (description string, found bool) {
	if own := ownConfig(getenv, home); own != "" {
		return "your own CLI configuration " + own, true
	}
	mirror, err := findMirror(version, getenv, home)
	switch {
	case err != nil:
		return err.Error(), false
	case mirror == "":
		return "no mirror on this machine", false
	default:
		return "the mirror " + mirror, true
	}
}

// findMirror is the folder of the first mirror that holds the version; "" when
// there is none.
func findMirror(version string, getenv func(string) string, home string) (string, error) {
	if named := getenv(MirrorVariable); named != "" {
		mirror, err := filepath.Abs(named)
		if err != nil {
			return "", fmt.Errorf("%s: %w", MirrorVariable, err)
		}
		if !holds(mirror, version) {
			return "", fmt.Errorf("%s: %q: a folder that holds %s/hashicorp/aws %s for %s is required", MirrorVariable, named, registry, version, platform())
		}
		return mirror, nil
	}
	for _, place := range usualPlaces(home) {
		if holds(place, version) {
			return place, nil
		}
	}
	return "", nil
}

// ownConfig is the CLI configuration that Terraform or OpenTofu would read by
// itself, if it exists (CLI configuration, "Locations").
func ownConfig(getenv func(string) string, home string) string {
	for _, file := range []string{getenv(configVariable), filepath.Join(home, ".terraformrc")} {
		if file == "" {
			continue
		}
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}

// usualPlaces are the folders that Terraform searches by itself ("Implied
// local mirror directories") and the folders of a system where an
// administrator may have put a mirror.
func usualPlaces(home string) []string {
	places := []string{
		filepath.Join(home, ".terraform.d", "plugins"),
		filepath.Join(home, ".local", "share", "terraform", "plugins"),
		"/usr/local/share/terraform/plugins",
		"/usr/share/terraform/plugins",
		"/usr/local/share/terraform-plugins",
		"/usr/share/terraform-plugins",
	}
	found, err := filepath.Glob("/opt/*")
	if err == nil { // the pattern is well formed; an unreadable /opt holds nothing for us
		for _, f := range found {
			places = append(places, f, filepath.Join(f, "plugins"))
		}
	}
	return places
}

func platform() string { return runtime.GOOS + "_" + runtime.GOARCH }

func unpacked(mirror, host, version string) string {
	return filepath.Join(mirror, host, "hashicorp", "aws", version, platform())
}

func packed(mirror, host, version string) string {
	return filepath.Join(mirror, host, "hashicorp", "aws", "terraform-provider-aws_"+version+"_"+platform()+".zip")
}

func holds(mirror, version string) bool { return held(mirror, version) != "" }

// held is the provider in a mirror, an unpacked folder or a file, under either
// registry's name; "" where there is none.
func held(mirror, version string) string {
	for _, host := range registries {
		for _, path := range []string{unpacked(mirror, host, version), packed(mirror, host, version)} {
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	return ""
}

// useMirror writes a CLI configuration for the mirror, under both registries'
// names. A packed provider is unpacked first, once: Terraform links an unpacked
// one into each stack's folder, and would unpack a packed one (700 MB) into every
// one of them.
func useMirror(dir, mirror, version string) (Source, error) {
	description := "the mirror " + mirror
	own := filepath.Join(dir, "providers")
	found := held(mirror, version)
	var text strings.Builder
	fmt.Fprintf(&text, "# Written by internal/terraform; the provider comes from %s.\nprovider_installation {\n", description)
	for _, host := range registries {
		place := mirror
		if _, err := os.Stat(unpacked(mirror, host, version)); err != nil {
			place = own
			if err := provide(found, unpacked(own, host, version)); err != nil {
				return Source{}, fmt.Errorf("take the provider of %s: %w", mirror, err)
			}
			found = unpacked(own, host, version)
		}
		fmt.Fprintf(&text, "  filesystem_mirror {\n    path    = %q\n    include = [%q]\n  }\n", place, host+"/hashicorp/*")
	}
	fmt.Fprintf(&text, "  direct {\n    exclude = [%q, %q]\n  }\n}\n", registry+"/hashicorp/*", openTofuRegistry+"/hashicorp/*")
	file := filepath.Join(dir, "terraform.tfrc")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Source{}, fmt.Errorf("write the CLI configuration: %w", err)
	}
	if err := replaceFile(file, []byte(text.String())); err != nil {
		return Source{}, fmt.Errorf("write the CLI configuration: %w", err)
	}
	return Source{ConfigFile: file, Description: description}, nil
}

// provide makes a folder with the provider of another one, or of an archive.
// Its files are linked: neither program looks into a folder that is a link.
func provide(found, folder string) error {
	if filepath.Ext(found) == ".zip" {
		return unpack(found, folder)
	}
	entries, err := os.ReadDir(found)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, e := range entries {
		if err := replaceLink(filepath.Join(found, e.Name()), filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// replaceLink links a file, unless it is linked already.
func replaceLink(to, link string) error {
	if now, err := os.Readlink(link); err == nil && now == to {
		return nil
	}
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(to, link); err != nil && !errors.Is(err, fs.ErrExist) { // another process was faster
		return err
	}
	return nil
}

// replaceFile writes a file so that a reader sees the old or the new one,
// never a part.
func replaceFile(path string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, writeErr := temporary.Write(data)
	if err := errors.Join(writeErr, temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// unpack extracts a provider's archive into a folder, all of it or nothing.
func unpack(archive, folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer reader.Close()
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(folder), "unpacking-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	for _, f := range reader.File {
		if !filepath.IsLocal(f.Name) || strings.Contains(f.Name, "/") {
			return fmt.Errorf("%q: a provider's archive holds files without folders", f.Name)
		}
		if err := extract(f, filepath.Join(temporary, f.Name)); err != nil {
			return err
		}
	}
	if err := os.Chmod(temporary, 0o755); err != nil {
		return err
	}
	if err := os.Rename(temporary, folder); err != nil {
		if _, done := os.Stat(folder); done == nil {
			return nil // another process unpacked it meanwhile
		}
		return err
	}
	return nil
}

func extract(f *zip.File, path string) (err error) {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, copyErr := io.Copy(out, in)
	return errors.Join(copyErr, out.Close())
}
