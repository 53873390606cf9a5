package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/paperwurks/infra/config"
)

func main() {
	synth := flag.Int("synth", -1, "synthesise once, with this `number` of environments (0: an app with nothing but the provider), and exit; how bench runs itself")
	runs := flag.Int("runs", 5, "counted `runs` of each measurement, after one that is not")
	targets := flag.Bool("targets", false, "measure make up from a clone with empty caches, make diff and make test too, the last with an empty and with a full build cache")
	app := flag.String("app", filepath.Join(".local", "bin", "infra"), "the built app, a `file`")
	output := flag.String("o", filepath.Join("docs", "performance.md"), "`file` to write")
	flag.Parse()
	var err error
	if *synth >= 0 {
		err = synthesiseOnce(*synth)
	} else {
		err = run(*runs, *targets, *app, *output)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(runs int, targets bool, app, output string) error {
	if runs < 1 {
		return fmt.Errorf("-runs %d: at least 1 is allowed", runs)
	}
	r := report{runs: runs, environments: len(config.Platform().Environments)}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	synth := func(environments int) command {
		return command{self, "-synth", strconv.Itoa(environments)}
	}
	for _, m := range []struct {
		into  *comparison
		what  string
		synth command
	}{
		{&r.platform, "the platform's stacks", synth(r.environments)},
		{&r.empty, "an app with the provider and no resource", synth(0)},
		{&r.four, "4 environments", synth(4)},
		{&r.ten, "10 environments", synth(10)},
	} {
		fmt.Fprintln(os.Stderr, "measuring", m.what)
		if *m.into, err = compare(m.synth, runs); err != nil {
			return err
		}
	}
	if err := measureWays(&r, app); err != nil {
		return err
	}
	if targets {
		if err := errors.Join(measureDeployed(&r), measureTests(&r)); err != nil {
			return err
		}
	}
	if r.machine, err = thisMachine(); err != nil {
		return err
	}
	text, err := r.markdown()
	if err != nil {
		return err
	}
	fmt.Print(text)
	if err := os.WriteFile(output, []byte(text), 0o644); err != nil {
		return err
	}
	return r.missed()
}

// measureWays measures the ways to a synth: the built app, go run as
// cdktf.json has it, and the CLI around that.
func measureWays(r *report, app string) error {
	app, err := filepath.Abs(app)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, way := range []struct {
		name    string
		command command
	}{
		{"the built app", command{app, "-o", folder}},
		{"`go run .`", command{"go", "run", ".", "-o", folder}},
		{"`npx cdktf synth`", command{"npx", "cdktf", "synth", "--output", folder}},
	} {
		fmt.Fprintln(os.Stderr, "measuring", way.name)
		c, err := compare(way.command, r.runs)
		if err != nil {
			return err
		}
		r.ways = append(r.ways, wayTo{way.name, c})
	}
	return nil
}

// measureDeployed sets up a clone of the last commit with empty caches, deploys the
// platform from it to a local AWS and plans it twice, of which the second is counted.
// It needs the network: what is installed is downloaded.
func measureDeployed(r *report) error {
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	clone := filepath.Join(folder, "infra")
	empty := []string{"GOFLAGS=-modcacherw"} // or it could not be removed
	for variable, cache := range map[string]string{"GOCACHE": "go", "GOMODCACHE": "mod", "npm_config_cache": "npm", "PIP_CACHE_DIR": "pip"} {
		empty = append(empty, variable+"="+filepath.Join(folder, cache))
	}
	for _, m := range []struct {
		into    *float64
		command command
	}{
		{new(float64), command{"git", "clone", "--quiet", ".", clone}},
		{&r.setUp, command{"make", "-C", clone, "deploy-tools"}},
		{&r.up, command{"make", "-C", clone, "up"}},
		{new(float64), command{"make", "-C", clone, "diff", "ON=local"}},
		{&r.diff, command{"make", "-C", clone, "diff", "ON=local"}},
	} {
		fmt.Fprintln(os.Stderr, "measuring", strings.Join(m.command, " "))
		s, measured := m.command.measure(empty...)
		if err = measured; err != nil {
			break
		}
		*m.into = s.seconds
	}
	if _, statErr := os.Stat(clone); statErr == nil {
		_, ended := command{"make", "-C", clone, "down"}.measure(empty...)
		err = errors.Join(err, ended)
	}
	r.up += r.setUp
	return err
}

// measureTests runs make test once with an empty build cache, once with the one
// that this has filled, and once without the long tests.
func measureTests(r *report) error {
	cache, err := os.MkdirTemp("", "bench-cache-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cache)
	for _, m := range []struct {
		into *float64
		what string
		args command
	}{
		{&r.cold, "cold", command{"make", "test"}},
		{&r.warm, "warm", command{"make", "test"}},
		{&r.short, "warm, SHORT=1", command{"make", "test", "SHORT=1"}},
	} {
		fmt.Fprintln(os.Stderr, "measuring make test,", m.what)
		s, err := m.args.measure("GOCACHE=" + cache)
		if err != nil {
			return err
		}
		*m.into = s.seconds
	}
	return nil
}
