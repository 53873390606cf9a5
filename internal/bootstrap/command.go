package bootstrap

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/adopt"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/preflight"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/progress"
	"github.com/paperwurks/infra/internal/prompt"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Command makes the shared stack, or changes what only an administrator may.
var Command = commandFor(config.Platform)

func commandFor(settings func() config.Settings) command.Command {
	return command.Command{
		Name: "bootstrap", Summary: "make the shared stack of an account, or change the roles of CI",
		Define: func(flags *flag.FlagSet) command.Func {
			var o options
			flags.StringVar(&o.dir, "dir", ".local", "`folder` of everything that is written")
			flags.StringVar(&o.app, "app", "", "`program` that synthesises the stacks (default: bin/infra in that folder)")
			flags.StringVar(&o.target.LocalEndpoint, "local", "", "`URL` of an AWS emulator on this machine, instead of AWS")
			flags.BoolVar(&o.skipPreflight, "skip-preflight", false, "go on although the account lacks something that preflight looks at")
			flags.BoolVar(&o.allowDestroy, "allow-destroy", false, "accept a plan that destroys, replaces or forgets something")
			return func(ctx context.Context, p command.Process, _ []string) error {
				// State and plans are plain text, and Terraform makes files that
				// everybody may read.
				syscall.Umask(0o077)
				return run(ctx, settings(), o, p)
			}
		},
	}
}

type options struct {
	dir, app      string
	target        config.Target
	allowDestroy  bool
	skipPreflight bool
}

func run(ctx context.Context, settings config.Settings, o options, p command.Process) error {
	if err := o.target.Validate(); err != nil {
		return err
	}
	if left := settings.Examples(); len(left) > 0 && !o.target.IsLocal() {
		return fmt.Errorf("config/user.go still holds examples, fill them in first: %s", strings.Join(left, ", "))
	}
	b := bootstrap{settings: o.target.For(settings), out: progress.On(p.Out), allowDestroy: o.allowDestroy}
	b.progress = progress.New(b.out, config.SharedStack)
	if err := b.settings.Validate(); err != nil {
		return err
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	if o.app == "" {
		o.app = filepath.Join(dir, "bin", "infra")
	}
	b.questions = prompt.New(p.In, b.out)
	if b.aws.Client, err = awsapi.Connect(ctx, b.settings.Region, o.target.LocalEndpoint); err != nil {
		return err
	}
	b.aws.Settings = b.settings
	if err := b.checkAccount(ctx); err != nil {
		return err
	}
	if b.terraform, err = terraform.NewRunner(dir, p.Getenv); err != nil {
		return err
	}
	if b.folder, err = openFolder(filepath.Join(dir, "bootstrap")); err != nil {
		return err
	}
	defer b.folder.Close()
	fmt.Fprintln(b.out, "Synthesising the stacks")
	if err := b.during(ctx, progress.Synth, 0, func() error { return synthesise(ctx, o.app, b.folder.synth, o.target.LocalEndpoint) }); err != nil {
		return err
	}
	stacks, err := synthesised.Read(b.folder.synth)
	if err != nil {
		return err
	}
	if err := b.useShared(ctx, stacks); err != nil {
		return err
	}
	fmt.Fprintln(b.out, "What the platform needs of the account:")
	if err := preflight.Run(ctx, settings, stacks, b.out); err != nil && !(o.skipPreflight && errors.Is(err, preflight.ErrMissing)) {
		return fmt.Errorf("%w; -skip-preflight goes on all the same", err)
	}
	return b.run(ctx)
}

// useShared takes the shared stack from those that were synthesised.
func (b *bootstrap) useShared(ctx context.Context, stacks synthesised.Stacks) error {
	var err error
	if b.stack, err = sharedOf(stacks); err != nil {
		return err
	}
	if b.finder, err = adopt.NewFinder(b.stack.Stack, b.settings); err != nil {
		return err
	}
	b.store, err = b.finder.Store(ctx)
	return err
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

// during shows a phase of the shared stack while it lasts; planned are the steps of an apply.
func (b *bootstrap) during(ctx context.Context, phase progress.Phase, planned int, do func() error) error {
	b.progress.Enter(config.SharedStack, phase, planned)
	defer b.progress.Show(ctx)()
	return do()
}

// bootstrap is one run.
type bootstrap struct {
	settings     config.Settings
	aws          adopt.AWS
	terraform    terraform.Runner
	folder       *folder
	stack        *stack
	finder       *adopt.Finder
	store        *terraform.Store
	questions    *prompt.Prompt
	out          *progress.Screen
	progress     *progress.Tracker
	allowDestroy bool
	// applied says that this run changed something.
	applied bool
}
