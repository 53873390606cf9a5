package up

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
)

// state is what is read of a stack's Terraform state.
type state struct {
	Outputs map[string]struct {
		Value any `json:"value"`
	} `json:"outputs"`
	Resources []struct {
		Mode      string            `json:"mode"`
		Instances []json.RawMessage `json:"instances"`
	} `json:"resources"`
}

func (s state) resources() int {
	n := 0
	for _, r := range s.Resources {
		if r.Mode == "managed" {
			n += len(r.Instances)
		}
	}
	return n
}

// texts are the outputs of all stacks that are text, by name.
func texts(states map[string]state) map[string]string {
	outputs := map[string]string{}
	for _, s := range states {
		for name, o := range s.Outputs {
			if text, is := o.Value.(string); is {
				outputs[name] = text
			}
		}
	}
	return outputs
}

func (p *platform) readStates() (map[string]state, error) {
	states := map[string]state{}
	for _, name := range p.stacks() {
		data, err := os.ReadFile(p.path("state", name+".tfstate"))
		if err != nil {
			return nil, fmt.Errorf("stack %q was not deployed: %w", name, err)
		}
		var s state
		if err := json.Unmarshal(data, &s); err != nil {
			return nil, fmt.Errorf("state of stack %q: %w", name, err)
		}
		states[name] = s
	}
	return states, nil
}

// report prints what is where.
func (p *platform) report(out io.Writer, parameters map[string]string, states map[string]state) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nPARAMETER\tVALUE")
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		fmt.Fprintf(table, "%s\t%s\n", name, parameters[name])
	}
	fmt.Fprintln(table, "\nSTACK\tRESOURCES\tOUTPUTS\tSECONDS")
	for _, name := range p.stacks() {
		fmt.Fprintf(table, "%s\t%d\t%d\t%.0f\n", name, states[name].resources(), len(states[name].Outputs), p.seconds[name])
	}
	table.Flush()
}
