// Command bench measures synth side by side on this machine: the stock jsii
// kernel and the fast loader, for the platform's own stacks and for many
// environments. It writes what it finds to docs/performance.md.
//
//	go run ./tools/bench [-runs 5] [-tests] [-o docs/performance.md]
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/stacks"
	"github.com/paperwurks/infra/tools/node"
)

func main() {
	synth := flag.Int("synth", -1, "synthesise once, with this `number` of environments (0: an app with nothing but the provider), and exit; how bench runs itself")
	runs := flag.Int("runs", 5, "counted `runs` of each measurement, after one that is not")
	tests := flag.Bool("tests", false, "measure go test ./... too, with an empty and with a full build cache")
	output := flag.String("o", filepath.Join("docs", "performance.md"), "`file` to write")
	flag.Parse()
	var err error
	if *synth >= 0 {
		err = synthesiseOnce(*synth)
	} else {
		err = run(*runs, *tests, *output)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings of the platform with n environments, each like staging; the
// platform's own for its own number.
func settings(n int) config.Settings {
	s := config.Platform()
	if n == len(s.Environments) {
		return s
	}
	model := s.Environments[1]
	s.AddressPlan = "10.0.0.0/8"
	s.Environments = nil
	for i := range n {
		env := model
		env.Name = fmt.Sprintf("env%03d", i)
		env.Subdomain = env.Name
		env.Deployment = config.Deployment{Branch: env.Name, GitHubEnvironment: "environments"}
		env.Network.CIDR = fmt.Sprintf("10.%d.0.0/16", i)
		s.Environments = append(s.Environments, env)
	}
	return s
}

func synthesiseOnce(environments int) error {
	if err := node.Use(); err != nil {
		return err
	}
	defer jsii.Close()
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &folder})
	if environments == 0 {
		stack := cdktf.NewTerraformStack(app, new("empty"))
		provider.NewAwsProvider(stack, new("aws"), &provider.AwsProviderConfig{Region: new("eu-central-1")})
	} else if err := stacks.Build(app, settings(environments), config.Target{}); err != nil {
		return err
	}
	app.Synth()
	return nil
}

// sample is one run: seconds on the clock, and the most memory that the
// largest single process below it held, in MiB.
type sample struct{ seconds, memory float64 }

// measure runs a command with the fast loader on or off.
func measure(stock bool, name string, args ...string) (sample, error) {
	command := exec.Command(name, args...)
	command.Env = os.Environ()
	if stock {
		command.Env = append(command.Env, "FASTJSII=off")
	}
	begin := time.Now()
	out, err := command.CombinedOutput()
	if err != nil {
		return sample{}, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	usage, _ := command.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{time.Since(begin).Seconds(), float64(usage.Maxrss) / 1024}, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// row is one line of the table: medians with the stock kernel and with ours.
type row struct {
	what        string
	stock, ours sample
}

// compare measures both in turn, so that a machine whose speed drifts slows
// both.
func compare(what string, runs int, name string, args ...string) (row, error) {
	var stock, ours []sample
	for i := range runs + 1 {
		a, err := measure(true, name, args...)
		if err != nil {
			return row{}, err
		}
		b, err := measure(false, name, args...)
		if err != nil {
			return row{}, err
		}
		if i > 0 {
			stock, ours = append(stock, a), append(ours, b)
		}
	}
	return row{what, medians(stock), medians(ours)}, nil
}

func medians(samples []sample) sample {
	var seconds, memory []float64
	for _, s := range samples {
		seconds, memory = append(seconds, s.seconds), append(memory, s.memory)
	}
	return sample{median(seconds), median(memory)}
}

func run(runs int, tests bool, output string) error {
	if runs < 1 {
		return fmt.Errorf("-runs %d: at least 1 is allowed", runs)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	own := len(config.Platform().Environments)
	var rows []row
	for _, c := range []struct {
		what         string
		environments int
	}{
		{fmt.Sprintf("the platform: shared and %d environments", own), own},
		{"an app with the provider and no resource", 0},
		{"shared and 4 environments", 4},
		{"shared and 20 environments", 20},
		{"shared and 100 environments", 100},
	} {
		fmt.Fprintln(os.Stderr, "measuring", c.what)
		r, err := compare(c.what, runs, self, "-synth", strconv.Itoa(c.environments))
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	var report strings.Builder
	fmt.Fprintf(&report, "# Performance\n\nWritten by `make bench` on %s; medians of %d runs after one that is not counted, the stock kernel and\nthe fast loader (tools/fastjsii) in turn, caches warm. The program is built; memory is that of the largest process, Node.\n\n",
		machine(), runs)
	report.WriteString("| synth of | stock, s | ours, s | ratio | stock, MiB | ours, MiB | ratio |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, r := range rows {
		fmt.Fprintf(&report, "| %s | %.2f | %.2f | %.2f | %.0f | %.0f | %.2f |\n", r.what,
			r.stock.seconds, r.ours.seconds, r.ours.seconds/r.stock.seconds, r.stock.memory, r.ours.memory, r.ours.memory/r.stock.memory)
	}
	four, hundred := rows[2], rows[4]
	fmt.Fprintf(&report, "\n100 environments take %.1f times as long as 4 with the stock kernel, and %.1f times with ours.\n",
		hundred.stock.seconds/four.stock.seconds, hundred.ours.seconds/four.ours.seconds)
	if tests {
		if err := measureTests(&report); err != nil {
			return err
		}
	}
	fmt.Print(report.String())
	return os.WriteFile(output, []byte(report.String()), 0o644)
}

// measureTests runs go test over everything, once with an empty build cache
// and once with the one that this has filled.
func measureTests(report *strings.Builder) error {
	cache, err := os.MkdirTemp("", "bench-cache-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cache)
	if err := os.Setenv("GOCACHE", cache); err != nil {
		return err
	}
	report.WriteString("\n| go test -count=1 ./... | s |\n| --- | ---: |\n")
	for _, what := range []string{"cold: nothing compiled", "warm"} {
		fmt.Fprintln(os.Stderr, "measuring go test,", what)
		s, err := measure(false, "go", "test", "-count=1", "./...")
		if err != nil {
			return err
		}
		fmt.Fprintf(report, "| %s | %.0f |\n", what, s.seconds)
	}
	return nil
}

// machine names the processor and what runs on it.
func machine() string {
	model := "an unnamed processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s on %s/%s", model, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
