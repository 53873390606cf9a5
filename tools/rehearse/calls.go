package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/tools/access/inventory"
	"github.com/paperwurks/infra/tools/access/observed"
	"github.com/paperwurks/infra/tools/iamsim"
)

// checkCalls asks of every call that was noted whether its role may make it on
// AWS, by the simulation that proves the access model. Calls that the table of
// the repository lacks are added to it, for `make test` to hold them against
// the model from then on, and fail the rehearsal: the table is reviewed.
func (r *rehearsal) checkCalls(context.Context) (string, error) {
	var environments []string
	for _, e := range config.Platform().Environments {
		environments = append(environments, e.Name)
	}
	rows, err := observed.Needs(r.wire.Calls(), observed.Where{
		Account: config.LocalAccountID, Region: r.settings.Region, Environments: environments,
	})
	if err != nil {
		return "", err
	}
	table, err := observed.ReadFile()
	if err != nil {
		return "", err
	}
	missing := observed.Missing(rows, table)
	if len(missing) > 0 {
		err = fmt.Errorf("%d calls were not in the table of calls and are now; review its diff", len(missing))
		err = errors.Join(err, observed.WriteFile(observed.Merge(table, rows)))
	}
	stacks, readErr := inventory.ReadStacks(r.path("diff", "cdktf.out"))
	if readErr != nil {
		return "", errors.Join(err, readErr)
	}
	platform, loadErr := inventory.Load(stacks)
	if loadErr != nil {
		return "", errors.Join(err, loadErr)
	}
	rows = slices.DeleteFunc(observed.In(rows, environments), func(row observed.Row) bool { return row.Role == observed.Administrator })
	asked, askErr := observed.Ask(platform, rows)
	if askErr != nil {
		return "", errors.Join(err, askErr)
	}
	refused, askErr := observed.Refused(&iamsim.Simulator{}, asked)
	if askErr != nil {
		return "", errors.Join(err, askErr)
	}
	refused = slices.DeleteFunc(refused, func(why string) bool { return why == "" })
	if len(refused) > 0 {
		err = errors.Join(err, fmt.Errorf("%d calls would be refused on AWS:\n%s", len(refused), strings.Join(refused, "\n")))
	}
	return fmt.Sprintf("%d rights that the calls of %d roles need, all given", len(asked), len(roles(asked))), err
}

func roles(asked []observed.Asked) []string {
	var names []string
	for _, a := range asked {
		names = append(names, a.Role)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
