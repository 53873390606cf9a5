package pipeline

import "github.com/paperwurks/infra/internal/synthesised"

// choose gives the stacks named, or all, in the order of deployment.
func choose(folder string, names []string) ([]synthesised.Stack, error) {
	all, err := synthesised.Read(folder)
	if err != nil {
		return nil, err
	}
	return all.Choose(names...)
}
