// Command infra synthesises the platform's Terraform stacks into cdktf.out. It
// is the app that cdktf.json names: cdktf's list, synth, diff and deploy all
// start by running it.
//
//	go run . [-o DIR] [-local URL [-local-state DIR]]
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/kernel"
	"github.com/paperwurks/infra/stacks"
)

func main() {
	if err := run(config.Platform(), os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run validates, builds and synthesises. What an earlier synth wrote is
// replaced only if all of it succeeds.
func run(settings config.Settings, args []string, stderr io.Writer) error {
	if err := kernel.Use(); err != nil {
		return err
	}
	var target config.Target
	var output string
	flags := flag.NewFlagSet("infra", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&target.LocalEndpoint, "local", "", "`URL` of an AWS emulator on this machine, instead of AWS")
	flags.StringVar(&target.LocalState, "local-state", "", "`folder` for the state, with -local, instead of the state bucket")
	flags.StringVar(&output, "o", cmp.Or(os.Getenv("CDKTF_OUTDIR"), "cdktf.out"), "`folder` to write to; cdktf's command line names its own in $CDKTF_OUTDIR")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := access.Validate(settings); err != nil {
		return err
	}
	if err := target.Validate(); err != nil {
		return err
	}
	if left := settings.Examples(); len(left) > 0 && !target.IsLocal() {
		fmt.Fprintf(stderr, "config/user.go still holds examples (%s): the stacks refuse every real AWS account\n", strings.Join(left, ", "))
	}
	defer kernel.Close()
	return stacks.Synthesise(output, settings, target)
}
