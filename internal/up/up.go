package up

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/cdktf"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/localaws"
	"github.com/paperwurks/infra/internal/published"
	"github.com/paperwurks/infra/internal/terraform"
)

// Command deploys with the real cdktf CLI, Terraform and AWS provider, and
// reads back what was published. It needs no AWS account and reaches nothing but loopback.
var Command = command.Command{
	Name: "up", Summary: "deploy the whole platform to a local AWS on this machine",
	Define: func(flags *flag.FlagSet) command.Func {
		dir := flags.String("dir", ".local", "`folder` of everything that is written")
		port := flags.Int("port", 0, fmt.Sprintf("`port` of the local AWS on 127.0.0.1 (default %d, or a free one where that is taken)", localaws.DefaultPort))
		cli := flags.String("cli", "", "`program` that takes the cdktf CLI's arguments, such as cdktn, with what comes before them (default the cdktf CLI)")
		return func(ctx context.Context, p command.Process, _ []string) error {
			root, err := filepath.Abs(*dir)
			if err != nil {
				return err
			}
			return up(ctx, p.Out, root, *port, strings.Fields(*cli))
		}
	},
}

func up(ctx context.Context, out io.Writer, root string, port int, cli []string) error {
	begin := time.Now()
	p := platform{dir: root, settings: config.Platform().OnLocalAWS()}
	if err := access.Validate(p.settings); err != nil {
		return err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	p.provider, err = terraform.FindProvider(root, config.ProviderVersion, os.Getenv, home)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "runs            %s\nAWS provider    %s\n", p.provider.Program, p.provider.Description)

	if err := p.startAWS(ctx, port); err != nil {
		return err
	}
	fmt.Fprintln(out, "local AWS      ", p.endpoint)
	p.seconds, err = cdktf.CLI{
		Program:  cli,
		App:      cdktf.App(p.path("bin", "infra"), p.endpoint, p.path("state")),
		Output:   p.path("cdktf.out"),
		Log:      p.path("log", "deploy.log"),
		Provider: p.provider,
	}.Deploy(ctx, out, p.stacks()...)
	if err != nil {
		return err
	}
	client, err := awsapi.Connect(ctx, p.settings.Region, p.endpoint)
	if err != nil {
		return err
	}
	parameters, err := published.Read(ctx, client, p.settings.Project)
	if err != nil {
		return err
	}
	outputs, err := p.readStates()
	if err != nil {
		return err
	}
	if err := published.Compare(p.settings.Project, parameters, texts(outputs)); err != nil {
		return err
	}
	p.report(out, parameters, outputs, time.Since(begin))
	return nil
}

// platform is the platform as it is deployed on this machine.
type platform struct {
	// dir holds all that is written: the app's binary in bin, stacks in
	// cdktf.out, their state in state, the local AWS in aws, logs in log.
	dir      string
	settings config.Settings
	provider terraform.Source
	endpoint string
	// seconds that each stack took.
	seconds map[string]float64
}

func (p *platform) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir}, parts...)...)
}

// startAWS starts the local AWS unless it runs. A new one is empty, so the
// state of what an earlier one held is thrown away.
func (p *platform) startAWS(ctx context.Context, port int) error {
	folder := p.path("aws")
	state, err := localaws.Status(folder)
	if errors.Is(err, localaws.ErrNotRunning) {
		if err := os.RemoveAll(p.path("state")); err != nil {
			return fmt.Errorf("throw the old state away: %w", err)
		}
		if port == 0 {
			port, err = freePort(localaws.DefaultPort)
			if err != nil {
				return fmt.Errorf("start the local AWS: %w", err)
			}
		}
		executable, executableErr := os.Executable()
		if executableErr != nil {
			return executableErr
		}
		state, err = localaws.Start(ctx, executable, localaws.Options{
			Dir: folder, Port: port, Python: p.path("venv", "bin", "python"), Account: config.LocalAccountID,
		})
	}
	if err != nil {
		return fmt.Errorf("start the local AWS: %w", err)
	}
	p.endpoint = state.Endpoint
	return nil
}

// freePort is the port wanted, or one that the system has free.
func freePort(wanted int) (int, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", wanted))
	if err != nil {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// stacks in the order in which they are deployed.
func (p *platform) stacks() []string {
	names := []string{config.SharedStack}
	for _, e := range p.settings.Environments {
		names = append(names, e.Name)
	}
	return names
}
