package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/synthesised"
)

// checkCalls asks of every call that was noted whether its role may make it on
// AWS, by the simulation that proves the access model. Calls that the table of
// the repository lacks are added to it, for `make test` to check them with
// the model from then on, and fail the rehearsal: the table is reviewed. A call
// that the table has of other environments is added without failing: which of
// them was seen to make it is a matter of time, as when a run waits for another.
//
// The calls are kept, so that they can be checked again with a reviewed table
// and no second rehearsal.
func (r *rehearsal) checkCalls(context.Context) (string, error) {
	recorded, err := r.recorded()
	if err != nil {
		return "", err
	}
	var environments []string
	var original config.Environment
	for _, e := range config.Platform().Environments {
		environments = append(environments, e.Name)
		if e.Name == disposable {
			original = e
		}
	}
	rows, err := observed.Needs(asOf(original, recorded), observed.Where{
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
	rows = slices.DeleteFunc(observed.In(rows, config.Platform().Environments), func(row observed.Row) bool { return row.Role == observed.Administrator })
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

// recorded are the calls of this rehearsal, which are written to a file; of one
// that makes none itself, those of the file.
func (r *rehearsal) recorded() ([]awsapi.Recorded, error) {
	file := r.path("log", "calls.json")
	var calls []awsapi.Recorded
	if r.recorder == nil {
		data, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &calls)
		}
		if err != nil {
			return nil, fmt.Errorf("read the calls of the last rehearsal: %w", err)
		}
		return calls, nil
	}
	calls = r.recorder.Calls()
	data, err := json.Marshal(calls)
	if err != nil {
		return nil, err
	}
	return calls, os.WriteFile(file, data, 0o600)
}

// asOf are calls about the environment and the service that the rehearsal adds
// as if they were about those that these are copies of: the environment, and its
// last service.
func asOf(original config.Environment, calls []awsapi.Recorded) []awsapi.Recorded {
	service := original.Services[len(original.Services)-1].Name
	out := slices.Clone(calls)
	for i := range out {
		parameters := map[string]string{}
		for name, value := range out[i].Parameters {
			value = addedNames[0].ReplaceAllString(value, "${1}"+original.Name)
			parameters[name] = addedNames[1].ReplaceAllString(value, "${1}"+service)
		}
		out[i].Parameters = parameters
	}
	return out
}

// addedNames find the added environment and service as a part of a name.
var addedNames = []*regexp.Regexp{
	regexp.MustCompile(`(^|[-/:.=_])` + addedEnvironment + `\b`),
	regexp.MustCompile(`(^|[-/:.=_])` + addedService + `\b`),
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
