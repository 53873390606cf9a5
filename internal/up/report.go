package up

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

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

// report prints what is where.
func (p *platform) report(out io.Writer, parameters map[string]string, states map[string]*terraform.State) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nPARAMETER\tVALUE")
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		fmt.Fprintf(table, "%s\t%s\n", name, parameters[name])
	}
	fmt.Fprintln(table, "\nSTACK\tRESOURCES\tOUTPUTS\tSECONDS")
	for _, name := range p.stacks() {
		fmt.Fprintf(table, "%s\t%d\t%d\t%.0f\n", name, len(states[name].Addresses()), len(states[name].Outputs), p.seconds[name])
	}
	table.Flush()
}
