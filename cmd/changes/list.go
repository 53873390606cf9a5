package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
)

func unmarshal(data []byte, into any) error { return json.Unmarshal(data, into) }

// clone is a copy whose lists and routes can be changed.
func clone(s config.Settings) config.Settings {
	var out config.Settings
	data, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		panic(err) // settings are plain values
	}
	return out
}

// domain is the public zone that the step of the domain makes.
const domain = "paperwurks.example"

// allSteps are the changes that are applied, in this order.
func allSteps() []step {
	const staging = "staging"
	every := []string{config.SharedStack, "dev", staging}
	both := []string{config.SharedStack, staging}
	service := func(name string, change func(v *config.Service)) func(*config.Settings) {
		return envOf(staging, func(e *config.Environment) {
			for i := range e.Services {
				if e.Services[i].Name == name {
					change(&e.Services[i])
				}
			}
		})
	}
	without := func(name string) func(e *config.Environment) {
		return func(e *config.Environment) {
			var left []config.Service
			for _, v := range e.Services {
				if v.Name != name {
					left = append(left, v)
				}
			}
			e.Services = left
		}
	}
	removed := func(s *config.Settings) {
		var left []config.Environment
		for _, e := range s.Environments {
			if e.Name != staging {
				left = append(left, e)
			}
		}
		s.Environments = left
		envOf("prod", func(e *config.Environment) { e.Images.From = "" })(s)
	}
	approved := func(s *config.Settings) {
		s.Approved = []config.Approval{{Stack: config.SharedStack, Environment: staging, Reason: "staging is not needed any more", Until: "2099-12-31"}}
	}
	var kept config.Environment
	return []step{
		{name: "zones [a, b] → [a, b, c]", stacks: every, change: func(s *config.Settings) { s.AvailabilityZones = append(s.AvailabilityZones, s.Region+"c") }},
		{name: "zones [a, b, c] → [c, a, b]", stacks: every, change: func(s *config.Settings) {
			z := s.AvailabilityZones
			s.AvailabilityZones = []string{z[2], z[0], z[1]}
		}},
		{name: "staging: `MinTasks` of web 2 → 3, `SpotWeight` 50 → 30", stacks: []string{staging}, change: func(s *config.Settings) {
			service("web", func(v *config.Service) { v.MinTasks++ })(s)
			envOf(staging, func(e *config.Environment) { e.Cluster.SpotWeight = 30 })(s)
		}},
		{name: "staging: `Route.Port` 8080 → 9090 at once", stacks: []string{staging}, refused: "no longer listens on port 8080",
			change: service("web", func(v *config.Service) { v.Route.Port = 9090 })},
		{name: "staging: `Route.Port` 8080 → 9090 with `Former.Port`", stacks: []string{staging}, change: service("web", func(v *config.Service) { v.Route.Port, v.Former.Port = 9090, 8080 })},
		{name: "staging: `Former.Port` emptied", stacks: []string{staging}, change: service("web", func(v *config.Service) { v.Former.Port = 0 })},
		{name: "staging: a secret taken from web at once", stacks: []string{staging}, refused: "no longer receives SESSION_KEY", change: service("web", func(v *config.Service) { v.Secrets = nil })},
		{name: "staging: a secret taken from web with `Former.Secrets`", stacks: []string{staging}, change: service("web", func(v *config.Service) { v.Former.Secrets, v.Secrets = v.Secrets, nil })},
		{name: "staging: `Former.Secrets` emptied", stacks: []string{staging}, change: service("web", func(v *config.Service) { v.Former.Secrets = nil })},
		{name: "staging: service worker taken away", stacks: both, change: envOf(staging, without("worker"))},
		{name: "staging: routed service web renamed at once", stacks: []string{staging}, refused: "has no task until the backend deploys it", change: service("web", func(v *config.Service) { v.Name = "site" })},
		{name: "staging: renamed by the runbook: site beside web", stacks: both, change: envOf(staging, func(e *config.Environment) {
			site := clone(config.Settings{Environments: []config.Environment{*e}}).Environments[0].Services[0]
			site.Name, site.Route.Paths = "site", []string{"/site-check/*"}
			e.Services = append(e.Services, site)
		})},
		{name: "staging: renamed by the runbook: site gets the requests", stacks: both, change: func(s *config.Settings) {
			service("site", func(v *config.Service) { v.Route.Paths = nil })(s)
			service("web", func(v *config.Service) { v.Route.Paths = []string{"/site-check/*"} })(s)
		}},
		{name: "staging: renamed by the runbook: web taken away", stacks: both, change: envOf(staging, without("web"))},
		{name: "dev: routed service web renamed at once", stacks: []string{config.SharedStack, "dev"}, change: envOf("dev", func(e *config.Environment) { e.Services[0].Name = "site" })},
		{name: "domain off → on (dev)", stacks: []string{"dev"}, before: makeZone, change: func(s *config.Settings) { s.User.Domain = config.Domain{Name: domain, HostedZoneID: "Z0000000000000"} }},
		{name: "domain on → off (dev)", stacks: []string{"dev"}, change: func(s *config.Settings) { s.User.Domain = config.Domain{} }},
		{name: "staging: `EngineVersion` 16 → 17 in the window", stacks: []string{staging}, refused: "PostgreSQL 16 becomes 17", change: envOf(staging, func(e *config.Environment) { e.Database.EngineVersion = "17" })},
		{name: "staging: `EngineVersion` 16 → 17 with `ChangeNow`", stacks: []string{staging}, change: envOf(staging, func(e *config.Environment) { e.Database.EngineVersion, e.Database.ChangeNow = "17", true })},
		{name: "staging: `ChangeNow` taken out", stacks: []string{staging}, change: envOf(staging, func(e *config.Environment) { e.Database.ChangeNow = false })},
		{name: "staging: another `CIDR`", stacks: []string{config.SharedStack}, refused: "Terraform refuses to destroy it", change: envOf(staging, func(e *config.Environment) { e.Network.CIDR = "10.23.0.0/16" })},
		{name: "prod taken out of the list", stacks: []string{config.SharedStack}, refused: `environment "prod" is no longer in the settings, and its stack still has`, change: func(s *config.Settings) {
			s.Environments = s.Environments[:len(s.Environments)-1]
		}},
		{name: "staging removed: `Data` is disposable", stacks: both, change: envOf(staging, func(e *config.Environment) { e.Data = config.Disposable })},
		{name: "staging removed from the list before its stack is destroyed", stacks: []string{config.SharedStack}, refused: `environment "staging" is no longer in the settings`, change: func(s *config.Settings) {
			removed(s)
			approved(s)
		}},
		{name: "staging removed: its stack destroyed, then out of the list", stacks: []string{config.SharedStack}, before: destroy(staging), change: func(s *config.Settings) {
			for _, e := range s.Environments {
				if e.Name == staging {
					kept = e
				}
			}
			removed(s)
			approved(s)
		}},
		{name: "staging added again, kept", stacks: both, change: func(s *config.Settings) {
			s.Approved = nil
			kept.Data = config.Kept
			s.Environments = slices.Insert(s.Environments, len(s.Environments)-1, kept)
			envOf("prod", func(e *config.Environment) { e.Images.From = staging })(s)
		}},
	}
}

// destroy destroys a stack as the runbook says.
func destroy(name string) func(context.Context, *platform, *config.Settings) error {
	return func(ctx context.Context, p *platform, _ *config.Settings) error {
		_, err := p.terraform.Run(ctx, p.path("terraform", name), nil, "destroy", "-input=false", "-no-color", "-auto-approve", "-parallelism=20")
		return err
	}
}

var zoneInAnswer = regexp.MustCompile(`/hostedzone/([A-Z0-9]+)`)

// makeZone makes the public zone of the domain, and names it in the settings.
func makeZone(ctx context.Context, p *platform, s *config.Settings) error {
	body := `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>` + domain + `</Name><CallerReference>changes</CallerReference></CreateHostedZoneRequest>`
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.endpoint+"/2013-04-01/hostedzone", strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=none")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	m := zoneInAnswer.FindSubmatch(answer)
	if m == nil {
		return fmt.Errorf("CreateHostedZone: %s: %s", response.Status, answer)
	}
	s.User.Domain.HostedZoneID = string(m[1])
	return nil
}
