package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/paperwurks/infra/config"
)

// readParameters reads everything that the platform published, from SSM.
func (p *platform) readParameters(ctx context.Context) (map[string]string, error) {
	client := ssm.New(ssm.Options{
		Region:       p.settings.Region,
		BaseEndpoint: aws.String(p.endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	values := map[string]string{}
	pages := ssm.NewGetParametersByPathPaginator(client, &ssm.GetParametersByPathInput{
		Path:      aws.String("/" + p.settings.Project + "/"),
		Recursive: aws.Bool(true),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the published parameters: %w", err)
		}
		for _, parameter := range page.Parameters {
			values[aws.ToString(parameter.Name)] = aws.ToString(parameter.Value)
		}
	}
	return values, nil
}

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

// compare holds every published parameter against the Terraform output of the
// same path, both ways.
func compare(project string, parameters map[string]string, states map[string]state) error {
	outputs := map[string]string{}
	for _, s := range states {
		for name, o := range s.Outputs {
			if text, is := o.Value.(string); is {
				outputs[name] = text
			}
		}
	}
	var errs []error
	for name, value := range parameters {
		output := config.OutputName(project, config.Parameter{Name: name})
		if got, found := outputs[output]; !found || got != value {
			errs = append(errs, fmt.Errorf("parameter %s: %q in SSM, %q in the output %s", name, value, got, output))
		}
	}
	for output := range outputs {
		if strings.HasPrefix(output, config.CrossingPrefix) {
			continue
		}
		if !slices.ContainsFunc(slices.Collect(maps.Keys(parameters)), func(name string) bool {
			return config.OutputName(project, config.Parameter{Name: name}) == output
		}) {
			errs = append(errs, fmt.Errorf("output %s: no such parameter in SSM", output))
		}
	}
	return errors.Join(errs...)
}
