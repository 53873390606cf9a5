package published

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// Read reads every parameter of the project from SSM: values by name.
func Read(ctx context.Context, client awsapi.Client, project string) (map[string]string, error) {
	parameters, err := client.All(ctx, awsapi.Request{Service: "ssm", Operation: "GetParametersByPath",
		Parameters: map[string]any{"Path": "/" + project + "/", "Recursive": true}}, "Parameters")
	if err != nil {
		return nil, fmt.Errorf("read the published parameters: %w", err)
	}
	values := map[string]string{}
	for _, p := range parameters {
		values[p.Text("Name")] = p.Text("Value")
	}
	return values, nil
}

// Compare compares every parameter with the output of the same path, both
// ways. Outputs are those of all stacks, by name; what is handed from stack to
// stack is no parameter. It reports every difference.
func Compare(project string, parameters, outputs map[string]string) error {
	var errs []error
	named := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		output := config.OutputName(project, config.Parameter{Name: name})
		named[output] = true
		if got, found := outputs[output]; !found || got != parameters[name] {
			errs = append(errs, fmt.Errorf("parameter %s: %q in SSM, %q in the output %s", name, parameters[name], got, output))
		}
	}
	for _, output := range slices.Sorted(maps.Keys(outputs)) {
		if !named[output] && !strings.HasPrefix(output, config.CrossingPrefix) {
			errs = append(errs, fmt.Errorf("output %s: no such parameter in SSM", output))
		}
	}
	return errors.Join(errs...)
}
