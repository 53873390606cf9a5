// Command bootstrap makes the shared stack of an empty AWS account, with an
// administrator's rights: first what Terraform's state needs, with the state in
// a file; then it moves the state into the bucket that it made, and makes the
// rest. Later it applies the changes that no pipeline may make: to the roles of
// CI, their boundaries, the state bucket and its key.
//
// It can be run again at any point: where things stand it finds by looking.
// Answers are read from standard input, a line each.
//
//	.local/bin/bootstrap [-dir .local] [-local URL] [-allow-destroy]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/terraform"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// State and plans are plain text, and Terraform makes files that everybody
	// may read.
	syscall.Umask(0o077)
	err := run(ctx, config.Platform(), os.Args[1:], os.Stdin, os.Stdout)
	cancel()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bootstrap:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, settings config.Settings, args []string, in io.Reader, out io.Writer) error {
	var dir, app string
	var target config.Target
	b := bootstrap{out: out}
	flags := flag.NewFlagSet("bootstrap", flag.ContinueOnError)
	flags.StringVar(&dir, "dir", ".local", "`folder` of everything that is written")
	flags.StringVar(&app, "app", "", "`program` that synthesises the stacks (default: bin/infra in that folder)")
	flags.StringVar(&target.LocalEndpoint, "local", "", "`URL` of an AWS emulator on this machine, instead of AWS")
	flags.BoolVar(&b.allowDestroy, "allow-destroy", false, "accept a plan that destroys, replaces or forgets something")
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err := target.Validate(); err != nil {
		return err
	}
	if left := settings.Examples(); len(left) > 0 && !target.IsLocal() {
		return fmt.Errorf("config/user.go still holds examples, fill them in first: %s", strings.Join(left, ", "))
	}
	b.settings = target.For(settings)
	if err := access.Validate(b.settings); err != nil {
		return err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if app == "" {
		app = filepath.Join(dir, "bin", "infra")
	}
	b.questions = ask(in, out)
	if b.aws, err = newClients(ctx, b.settings.Region, target.LocalEndpoint); err != nil {
		return err
	}
	if err := b.checkAccount(ctx); err != nil {
		return err
	}
	if b.terraform, err = terraform.NewRunner(dir, os.Getenv); err != nil {
		return err
	}
	if b.folder, err = openFolder(filepath.Join(dir, "bootstrap")); err != nil {
		return err
	}
	defer b.folder.Close()
	fmt.Fprintln(out, "Synthesising the stacks")
	if err := synthesise(ctx, app, b.folder.synth, target.LocalEndpoint); err != nil {
		return err
	}
	if b.stack, err = readStack(b.folder.synth); err != nil {
		return err
	}
	return b.run(ctx)
}

// synthesise runs the app. It gets no standard input: the answers there are
// ours.
func synthesise(ctx context.Context, app, folder, endpoint string) error {
	args := []string{"-o", folder}
	if endpoint != "" {
		args = append(args, "-local", endpoint)
	}
	if _, err := process.Combined(process.Command(ctx, app, args...)); err != nil {
		return fmt.Errorf("synth (`make tools` builds %s): %w", app, err)
	}
	return nil
}
