package up

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/published"
	"github.com/paperwurks/infra/internal/terraform"
)

// texts are the outputs of all stacks that are text, by name.
func texts(states map[string]*terraform.State) map[string]string {
	outputs := map[string]string{}
	for _, s := range states {
		maps.Copy(outputs, s.Texts())
	}
	return outputs
}

func (p *platform) readStates() (map[string]*terraform.State, error) {
	states := map[string]*terraform.State{}
	for _, name := range p.stacks() {
		s, err := terraform.ReadStateFile(p.path("state", name+".tfstate"))
		if err == nil && s == nil {
			err = errors.New("it was not deployed")
		}
		if err != nil {
			return nil, fmt.Errorf("stack %q: %w", name, err)
		}
		states[name] = s
	}
	return states, nil
}

// report prints what is where, and what to do next, on one screen.
func (p *platform) report(out io.Writer, parameters map[string]string, states map[string]*terraform.State, took time.Duration) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nSTACK\tRESOURCES\tSECONDS\tURL")
	for _, name := range p.stacks() {
		fmt.Fprintf(table, "%s\t%d\t%.0f\t%s\n", name, len(states[name].Addresses()), p.seconds[name], parameters[p.settings.Parameters().URL(name).Name])
	}
	table.Flush()
	fmt.Fprintf(out, `
%d stacks deployed in %.0f s; %d parameters read back from SSM and equal to the
outputs. Nothing answers at the URLs: a local AWS runs no task.

  make status ON=local      what runs and what is wrong
  make parameters ON=local  the %[3]d parameters
  make diff ON=local        what the stacks would change now: nothing
  make rehearse             the platform's whole life, on another local AWS
  make down                 end the local AWS at %[4]s
`, len(states), took.Seconds(), len(parameters), p.endpoint)
}

// Parameters prints what the platform has published, on the local AWS or on
// AWS.
var Parameters = command.Command{
	Name: "parameters", Summary: "print the parameters that the platform has published in SSM",
	Define: func(flags *flag.FlagSet) command.Func {
		local := flags.String("local", "", "`URL` of the local AWS (default: AWS)")
		return func(ctx context.Context, p command.Process, _ []string) error {
			target := config.Target{LocalEndpoint: *local}
			if err := target.Validate(); err != nil {
				return err
			}
			s := target.For(config.Platform())
			client, err := awsapi.Connect(ctx, s.Region, *local)
			if err != nil {
				return err
			}
			parameters, err := published.Read(ctx, client, s.Project)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
			for _, name := range slices.Sorted(maps.Keys(parameters)) {
				fmt.Fprintf(table, "%s\t%s\n", name, parameters[name])
			}
			return table.Flush()
		}
	},
}
