package preflight

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/synthesised"
)

// State says how a check ended.
type State string

// Good is as it must be; Advice is nothing that stops the platform; Missing
// makes a deployment fail; Unknown is what AWS gave no answer to.
const (
	Good    State = "ok"
	Advice  State = "note"
	Missing State = "MISSING"
	Unknown State = "?"
)

// Check is one row: what the platform needs, what the account has, and what to
// do about the difference.
type Check struct {
	What, Need, Found string
	State             State
	Do                string
}

func (c *Check) noAnswer(err error) {
	c.State, c.Found = Unknown, "AWS gave no answer"
	c.Do = strings.ReplaceAll(err.Error(), "\n", "; ")
}

// ErrMissing is returned when the account lacks something that a deployment
// needs.
var ErrMissing = errors.New("the account lacks what is marked MISSING above")

// Command prints the table.
var Command = command.Command{
	Name: "preflight", Arguments: "FOLDER", Summary: "compare what the synthesised stacks need with what the account has; changes nothing",
	Define: func(*flag.FlagSet) command.Func {
		return func(ctx context.Context, p command.Process, args []string) error {
			if len(args) != 1 {
				return command.UsageError("one folder is required")
			}
			stacks, err := synthesised.Read(args[0])
			if err != nil {
				return err
			}
			return Run(ctx, config.Platform(), stacks, p.Out)
		}
	},
}

// Run prints the table for the stacks, of the AWS that their provider is for. It returns ErrMissing when the account
// lacks something; what AWS gives no answer to is shown as such and is no
// error.
func Run(ctx context.Context, s config.Settings, stacks synthesised.Stacks, out io.Writer) error {
	endpoint := ""
	for _, stack := range stacks {
		for _, provider := range stack.Providers {
			endpoint = provider.Endpoint() // the same of all
		}
	}
	s = config.Target{LocalEndpoint: endpoint}.For(s)
	regional, err := awsapi.Connect(ctx, s.Region, endpoint)
	if err != nil {
		return err
	}
	edge := regional.In(config.EdgeRegion)
	checks := quotaChecks(ctx, s, regional, edge, stacks)
	checks = append(checks, zones(ctx, regional, s.AvailabilityZones), cloudFront(ctx, edge))
	for _, r := range serviceRoles {
		checks = append(checks, serviceRole(ctx, regional, r.role, r.principal, r.path))
	}
	checks = append(checks, oidcProvider(ctx, regional, s.User.AccountID, s.Project))
	checks = append(checks, baseline(ctx, regional, s)...)
	for _, e := range s.Environments {
		if e.Copies.AreMade() {
			checks = append(checks, copies(ctx, regional.In(e.Copies.Region), s.Region, e))
		}
	}
	if s.User.Domain.IsSet() {
		checks = append(checks, hostedZone(ctx, regional, s.User.Domain))
	}
	if s.HasSlack() {
		workspace := s.User.SlackWorkspace
		checks = append(checks, slackWorkspace(ctx, regional, workspace))
		for _, e := range s.Environments {
			for _, channel := range []struct{ of, id string }{{"alarms", e.Slack.Alarms}, {"pages", e.Slack.Pages}} {
				if channel.id != "" {
					checks = append(checks, slackChannel(ctx, regional, workspace, channel.id, s.Names().SlackConfiguration(e.Name, channel.of, workspace)))
				}
			}
		}
	}
	print(out, checks)
	if slices.ContainsFunc(checks, func(c Check) bool { return c.State == Missing }) {
		return ErrMissing
	}
	return nil
}

func quotaChecks(ctx context.Context, s config.Settings, regional, edge awsapi.Client, stacks synthesised.Stacks) []Check {
	found := usage{ctx, regional, s.Project}
	var checks []Check
	for _, q := range quotas {
		if need := q.count(stacks); need > 0 {
			checks = append(checks, q.check(ctx, regional, edge, found, s.Region, need, ""))
		}
	}
	if need := natGatewaysPerZone(stacks); need > 0 {
		checks = append(checks, natGateways.check(ctx, regional, edge, found, s.Region, need, "in the fullest zone"))
	}
	need := needOfFargate(s.Environments)
	for _, f := range []struct {
		quota                    quota
		rest, deploying, maximum float64
	}{
		{fargateOnDemand, need.rest.onDemand, need.deploying.onDemand, need.maximum.onDemand},
		{fargateSpot, need.rest.spot, need.deploying.spot, need.maximum.spot},
	} {
		if most := max(f.deploying, f.maximum); most > 0 {
			why := fmt.Sprintf("at rest %s, deploying %s, scaled out %s", show(f.rest), show(f.deploying), show(f.maximum))
			checks = append(checks, f.quota.check(ctx, regional, edge, found, s.Region, math.Ceil(most), why))
		}
	}
	return checks
}

// check compares a need with the account's quota. What others use of it is
// added to the need.
func (q quota) check(ctx context.Context, regional, edge awsapi.Client, found usage, region string, need float64, why string) Check {
	c := Check{What: q.name, Need: show(need)}
	if why != "" {
		c.Need += " (" + why + ")"
	}
	has, err := limit(ctx, regional, edge, q)
	if err != nil {
		c.noAnswer(err)
		return c
	}
	c.Found, c.State = show(has), Good
	if q.others != nil {
		others, err := q.others(found)
		if err != nil {
			c.noAnswer(err)
			return c
		}
		if others > 0 {
			c.Found += fmt.Sprintf(" (%s used by others)", show(others))
		}
		need += others
	}
	if need > has {
		if q.edge {
			region = config.EdgeRegion
		}
		c.State = Missing
		c.Do = fmt.Sprintf("aws service-quotas request-service-quota-increase --service-code %s --quota-code %s --desired-value %s --region %s", q.service, q.code, show(need), region)
	}
	return c
}

func show(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func print(out io.Writer, checks []Check) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tWHAT\tNEED\tHAVE")
	for _, c := range checks {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.State, c.What, c.Need, c.Found)
	}
	w.Flush()
	for _, state := range []State{Missing, Unknown, Advice, Good} {
		for _, c := range checks {
			if c.State == state && c.Do != "" {
				fmt.Fprintf(out, "\n%s: %s\n    %s\n", state, c.What, c.Do)
			}
		}
	}
}
