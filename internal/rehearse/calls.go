package rehearse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/synthesised"
)

// checkCalls asks of every call that was noted whether its role may make it on
// AWS, by the simulation that proves the access model. Calls that the table of
// the repository lacks are added to it, for `make test` to check them with
// the model from then on, and fail the rehearsal: the table is reviewed. A call
// that the table has of other environments is added without failing: which of
// them was seen to make it is a matter of time, as when a run waits for another.
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
	if len(observed.Missing(rows, table)) > 0 {
		if err := observed.WriteFile(observed.Merge(table, rows)); err != nil {
			return "", err
		}
	}
	var unknown error
	if n := len(observed.Missing(anywhere(rows), table)); n > 0 {
		unknown = fmt.Errorf("%d calls were not in %s and are now; review its diff", n, observed.Table)
	}
	stacks, err := synthesised.Read(r.path("diff", "cdktf.out"))
	if err != nil {
		return "", err
	}
	platform, err := inventory.Load(stacks)
	if err != nil {
		return "", err
	}
	rows = slices.DeleteFunc(observed.In(rows, environments), func(row observed.Row) bool { return row.Role == observed.Administrator })
	asked, err := observed.Ask(platform, rows)
	if err != nil {
		return "", err
	}
	refused, err := observed.Refused(&iamsim.Simulator{}, asked)
	if err != nil {
		return "", err
	}
	refused = slices.DeleteFunc(refused, func(why string) bool { return why == "" })
	if len(refused) > 0 {
		return "", errors.Join(unknown, fmt.Errorf("%d calls would be refused on AWS:\n%s", len(refused), strings.Join(refused, "\n")))
	}
	return fmt.Sprintf("%d rights that the calls of %d roles need, all given", len(asked), len(roles(asked))), unknown
}

// anywhere are the rows whatever the environments that they were seen in.
func anywhere(rows []observed.Row) []observed.Row {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Environments = nil
	}
	return out
}

func roles(asked []observed.Asked) []string {
	var names []string
	for _, a := range asked {
		names = append(names, a.Role)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
