package changes

import (
	"slices"

	"github.com/paperwurks/infra/config"
)

// Trial is a change of the platform as the trial before left it.
type Trial struct {
	Name   string
	Change func(s *config.Settings)
	// MakesZone says that the public zone of the domain is made first, Destroys
	// which stack is destroyed first.
	MakesZone bool
	Destroys  string
	Stacks    []string
	// Refused is what the plan is refused with; "" for one that is applied.
	Refused string
}

// FewZones are the base with one zone less: the first trial adds it.
func FewZones() config.Settings {
	s := Base()
	s.AvailabilityZones = s.AvailabilityZones[:2]
	return s
}

// Trials are the changes that are applied, in this order.
func Trials() []Trial {
	every := []string{config.SharedStack, disposable, changed}
	both := []string{config.SharedStack, changed}
	service := func(name string, change func(v *config.Service)) func(*config.Settings) {
		return staging(func(e *config.Environment) {
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
			if e.Name != changed {
				left = append(left, e)
			}
		}
		s.Environments = left
		env("prod", func(e *config.Environment) { e.Images.From = "" })(s)
	}
	approved := func(s *config.Settings) {
		s.Approved = []config.Approval{{Stack: config.SharedStack, Environment: changed, Reason: "staging is not needed any more", Until: "2099-12-31"}}
	}
	var kept config.Environment
	return []Trial{
		{Name: "zones [a, b] → [a, b, c]", Stacks: every, Change: func(s *config.Settings) { s.AvailabilityZones = append(s.AvailabilityZones, s.Region+"c") }},
		{Name: "zones [a, b, c] → [c, a, b]", Stacks: every, Change: func(s *config.Settings) {
			z := s.AvailabilityZones
			s.AvailabilityZones = []string{z[2], z[0], z[1]}
		}},
		{Name: "staging: `MinTasks` of web 2 → 3, `SpotWeight` 50 → 30", Stacks: []string{changed}, Change: func(s *config.Settings) {
			service("web", func(v *config.Service) { v.MinTasks++ })(s)
			staging(func(e *config.Environment) { e.Cluster.SpotWeight = 30 })(s)
		}},
		{Name: "staging: `Route.Port` 8080 → 9090 at once", Stacks: []string{changed}, Refused: "no longer listens on port 8080",
			Change: service("web", func(v *config.Service) { v.Route.Port = 9090 })},
		{Name: "staging: `Route.Port` 8080 → 9090 with `Former.Port`", Stacks: []string{changed}, Change: service("web", func(v *config.Service) { v.Route.Port, v.Former.Port = 9090, 8080 })},
		{Name: "staging: `Former.Port` emptied", Stacks: []string{changed}, Change: service("web", func(v *config.Service) { v.Former.Port = 0 })},
		{Name: "staging: a secret taken from web at once", Stacks: []string{changed}, Refused: "no longer receives SESSION_KEY", Change: service("web", func(v *config.Service) { v.Secrets = nil })},
		{Name: "staging: a secret taken from web with `Former.Secrets`", Stacks: []string{changed}, Change: service("web", func(v *config.Service) { v.Former.Secrets, v.Secrets = v.Secrets, nil })},
		{Name: "staging: `Former.Secrets` emptied", Stacks: []string{changed}, Change: service("web", func(v *config.Service) { v.Former.Secrets = nil })},
		{Name: "staging: service worker taken away", Stacks: both, Change: staging(without("worker"))},
		{Name: "staging: routed service web renamed at once", Stacks: []string{changed}, Refused: "has no task until the backend deploys it", Change: staging(func(e *config.Environment) {
			e.Services[0].Name = "site"
			jobsOf("site")(e)
		})},
		{Name: "staging: renamed by the runbook: site beside web", Stacks: both, Change: staging(func(e *config.Environment) {
			site := Clone(config.Settings{Environments: []config.Environment{*e}}).Environments[0].Services[0]
			site.Name, site.Route.Paths, site.Route.CachedPaths = "site", []string{"/site-check/*"}, nil
			e.Services = append(e.Services, site)
		})},
		{Name: "staging: renamed by the runbook: site gets the requests", Stacks: both, Change: func(s *config.Settings) {
			var cached []string
			service("web", func(v *config.Service) {
				cached = v.Route.CachedPaths
				v.Route.Paths, v.Route.CachedPaths = []string{"/site-check/*"}, nil
			})(s)
			service("site", func(v *config.Service) { v.Route.Paths, v.Route.CachedPaths = nil, cached })(s)
			staging(jobsOf("site"))(s)
		}},
		{Name: "staging: renamed by the runbook: web taken away", Stacks: both, Change: staging(without("web"))},
		{Name: "dev: routed service web renamed at once", Stacks: []string{config.SharedStack, disposable}, Change: env(disposable, func(e *config.Environment) {
			e.Services[0].Name = "site"
			jobsOf("site")(e)
		})},
		{Name: "domain off → on (dev)", Stacks: []string{disposable}, MakesZone: true, Change: func(s *config.Settings) {
			s.User.Domain = config.Domain{Name: "paperwurks.example", HostedZoneID: "Z0000000000000"}
		}},
		{Name: "domain on → off (dev)", Stacks: []string{disposable}, Change: func(s *config.Settings) { s.User.Domain = config.Domain{} }},
		{Name: "staging: `EngineVersion` 16 → 17 in the window", Stacks: []string{changed}, Refused: "PostgreSQL 16 becomes 17", Change: staging(func(e *config.Environment) { e.Database.EngineVersion = "17" })},
		{Name: "staging: `EngineVersion` 16 → 17 with `ChangeNow`", Stacks: []string{changed}, Change: staging(func(e *config.Environment) { e.Database.EngineVersion, e.Database.ChangeNow = "17", true })},
		{Name: "staging: `ChangeNow` taken out", Stacks: []string{changed}, Change: staging(func(e *config.Environment) { e.Database.ChangeNow = false })},
		{Name: "staging: another `CIDR`", Stacks: []string{config.SharedStack}, Refused: "Terraform refuses to destroy it", Change: staging(func(e *config.Environment) { e.Network.CIDR = "10.23.0.0/16" })},
		{Name: "prod taken out of the list", Stacks: []string{config.SharedStack}, Refused: `environment "prod" is no longer in the settings, and its stack still has`, Change: func(s *config.Settings) {
			s.Environments = s.Environments[:len(s.Environments)-1]
		}},
		{Name: "staging removed: `Data` is disposable", Stacks: both, Change: staging(func(e *config.Environment) { e.Data = config.Disposable })},
		{Name: "staging removed from the list before its stack is destroyed", Stacks: []string{config.SharedStack}, Refused: `environment "staging" is no longer in the settings`, Change: func(s *config.Settings) {
			removed(s)
			approved(s)
		}},
		{Name: "staging removed: its stack destroyed, then out of the list", Stacks: []string{config.SharedStack}, Destroys: changed, Change: func(s *config.Settings) {
			for _, e := range s.Environments {
				if e.Name == changed {
					kept = e
				}
			}
			removed(s)
			approved(s)
		}},
		{Name: "staging added again, kept", Stacks: both, Change: func(s *config.Settings) {
			s.Approved = nil
			kept.Data = config.Kept
			s.Environments = slices.Insert(s.Environments, len(s.Environments)-1, kept)
			env("prod", func(e *config.Environment) { e.Images.From = changed })(s)
		}},
	}
}
