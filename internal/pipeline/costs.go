package pipeline

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/cost"
	described "github.com/paperwurks/infra/internal/architecture/platform"
	"github.com/paperwurks/infra/internal/process"
	"github.com/paperwurks/infra/internal/review"
)

// snapshots is the folder of the stacks as the tests write them: what they cost
// can be told of every commit, without synthesising it.
const snapshots = "__snapshots__"

// costs are what the environments cost more or less a month than at a revision,
// by the snapshots of both.
func costs(ctx context.Context, base string) (review.Costs, error) {
	prices, err := cost.Load()
	if err != nil {
		return review.Costs{}, err
	}
	out := review.Costs{Date: prices.Date}
	before, err := snapshotsAt(ctx, base)
	if err != nil {
		return out, err
	}
	after, err := snapshotsHere()
	if err != nil || len(before) == 0 || len(after) == 0 {
		return out, err
	}
	estimate := func(stacks map[string][]byte) (*cost.Estimate, error) {
		s, err := described.Parse(stacks, environments())
		if err != nil {
			return nil, err
		}
		return prices.Estimate(s)
	}
	was, err := estimate(before)
	if err != nil {
		return out, err
	}
	is, err := estimate(after)
	if err != nil {
		return out, err
	}
	for _, change := range prices.Changes(was, is) {
		c := review.Cost{Environment: change.Column, IsComplete: change.IsComplete,
			Change: change.Amount.Signed(), Before: change.Before.String(), After: (change.Before + change.Amount).String()}
		for _, item := range change.Items {
			amount := item.Amount.Signed()
			if !item.IsPriced {
				amount = "no price in prices.json"
			}
			c.Items = append(c.Items, fmt.Sprintf("%s: %.4g → %.4g %s, %s", item.What, item.Before, item.After, item.Unit, amount))
		}
		out.Environments = append(out.Environments, c)
	}
	return out, nil
}

// snapshotsAt are the snapshots of a git revision, by stack.
func snapshotsAt(ctx context.Context, revision string) (map[string][]byte, error) {
	list, err := process.Output(process.Command(ctx, "git", "ls-tree", "-r", "--name-only", revision, "--", snapshots))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, file := range strings.Fields(string(list)) {
		if path.Dir(file) != snapshots || path.Ext(file) != ".json" {
			continue
		}
		if out[strings.TrimSuffix(path.Base(file), ".json")], err = process.Output(process.Command(ctx, "git", "show", revision+":"+file)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// snapshotsHere are those of the working tree.
func snapshotsHere() (map[string][]byte, error) {
	files, err := filepath.Glob(filepath.Join(snapshots, "*.json"))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, file := range files {
		if out[strings.TrimSuffix(filepath.Base(file), ".json")], err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// environments are the names of the platform's, in the order of deployment.
func environments() []string {
	var names []string
	for _, env := range config.Platform().Environments {
		names = append(names, env.Name)
	}
	return names
}
