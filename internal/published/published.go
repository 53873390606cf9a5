package published

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/paperwurks/infra/config"
)

// Read reads every parameter of the project from SSM: values by name.
func Read(ctx context.Context, client ssm.GetParametersByPathAPIClient, project string) (map[string]string, error) {
	values := map[string]string{}
	pages := ssm.NewGetParametersByPathPaginator(client, &ssm.GetParametersByPathInput{
		Path:      aws.String("/" + project + "/"),
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

// Compare holds every parameter against the output of the same path, both
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
