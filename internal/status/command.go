package status

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/github"
)

// Command prints what runs and what is wrong. It ends well however bad that is;
// `-json` has "Healthy" for programs.
var Command = command.Command{
	Name: "status", Arguments: "[ENVIRONMENT]", Summary: "what runs in each environment, or in one, and what is wrong; changes nothing",
	Define: func(flags *flag.FlagSet) command.Func {
		asJSON := flags.Bool("json", false, "for machines")
		local := flags.String("local", "", "`URL` of the local AWS (default: AWS)")
		states := flags.String("local-state", "", "`folder` of the states, where they are files")
		return func(ctx context.Context, p command.Process, args []string) error {
			target := config.Target{LocalEndpoint: *local, LocalState: *states}
			if err := target.Validate(); err != nil {
				return err
			}
			s := target.For(config.Platform())
			environments, err := choose(s, args)
			if err != nil {
				return err
			}
			source, err := connect(ctx, s, target, p.Getenv)
			if err != nil {
				return err
			}
			report := source.Read(ctx, environments)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if *asJSON {
				encoder := json.NewEncoder(p.Out)
				encoder.SetIndent("", "  ")
				return encoder.Encode(report)
			}
			report.Print(p.Out)
			return nil
		}
	},
}

// connect reaches what is read of a platform: GitHub only where it is on AWS.
func connect(ctx context.Context, s config.Settings, target config.Target, getenv func(string) string) (Source, error) {
	regional, err := awsapi.Connect(ctx, s.Region, target.LocalEndpoint)
	source := Source{Settings: s, LocalState: target.LocalState, Now: time.Now, Regional: regional, Edge: regional.In(config.EdgeRegion)}
	if !target.IsLocal() {
		source.GitHub = gitHub(s, getenv)
	}
	return source, err
}

// choose returns the environments named, or all.
func choose(s config.Settings, names []string) ([]config.Environment, error) {
	if len(names) == 0 {
		return s.Environments, nil
	}
	var known []string
	for _, env := range s.Environments {
		if len(names) == 1 && env.Name == names[0] {
			return []config.Environment{env}, nil
		}
		known = append(known, env.Name)
	}
	return nil, command.UsageError(fmt.Sprintf("environment %q: one of %s is allowed", names, strings.Join(known, ", ")))
}

// gitHub reaches this repository with the token of the GitHub CLI or of Actions.
func gitHub(s config.Settings, getenv func(string) string) *github.Client {
	c := &github.Client{API: getenv("GITHUB_API_URL"), Repository: s.GitHub.Owner + "/" + s.GitHub.InfraRepository,
		Token: getenv("GH_TOKEN"), HTTP: &http.Client{Timeout: partTime}}
	if c.API == "" {
		c.API = "https://api.github.com"
	}
	if c.Token == "" {
		c.Token = getenv("GITHUB_TOKEN")
	}
	return c
}
