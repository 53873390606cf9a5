package stacks_test

import (
	"errors"
	"flag"
	"fmt"
	"testing"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/stacks"
)

// turns are ways to change the settings that Validate may accept. The settings'
// own fuzz test, in config, changes every field to anything; synth is too slow
// for that, and would see next to none of it.
var turns = []func(s *config.Settings, env *config.Environment, value int){
	func(s *config.Settings, _ *config.Environment, value int) {
		s.Project = pick(value, "paperwurks", "pw", "a-rather-long-name")
	},
	func(s *config.Settings, _ *config.Environment, value int) {
		s.AvailabilityZones = s.AvailabilityZones[:1+value%len(s.AvailabilityZones)]
	},
	func(s *config.Settings, _ *config.Environment, value int) {
		s.User.Domain = pick(value, config.Domain{}, config.Domain{Name: "paperwurks.example", HostedZoneID: "Z0123456789ABCDEFGHIJ"})
	},
	func(s *config.Settings, _ *config.Environment, value int) {
		s.Environments = s.Environments[:1+value%len(s.Environments)]
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Network.NAT = pick(value, config.NATSingle, config.NATPerZone, config.NATNone)
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Network.InterfaceEndpoints = pick(value, nil, []string{"logs"}, []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms", "ssm"})
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Network.CIDR = fmt.Sprintf("10.%d.0.0/%d", 20+value%5, 16+value/5%6)
	},
	func(_ *config.Settings, env *config.Environment, value int) { env.Cluster.SpotWeight = value % 102 },
	func(_ *config.Settings, env *config.Environment, value int) { env.Services = env.Services[:value%3] },
	func(_ *config.Settings, env *config.Environment, value int) {
		if len(env.Services) > 1 {
			env.Services[1].Route = pick(value, nil, &config.Route{Port: 9000, HealthCheckPath: "/ok", Paths: []string{"/api/*"}}, &config.Route{Port: value, HealthCheckPath: "ok"})
		}
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		for i := range env.Services {
			env.Services[i].Database, env.Services[i].Documents = value%2 == 0, value%3 == 0
			env.Services[i].MinTasks, env.Services[i].MaxTasks = value%4, value%7
		}
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Secrets = pick(value, nil, []string{"session-key"}, []string{"session-key", "mail-key"})
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Data = pick(value, config.Disposable, config.Kept, config.Protected, "other")
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Database.FinalSnapshot = value%2 == 0
	},
	func(_ *config.Settings, env *config.Environment, value int) { env.Database.MultiAZ = value%2 == 0 },
	func(_ *config.Settings, env *config.Environment, value int) { env.Database.BackupDays = value % 37 },
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Documents.InfrequentAccessDays = value
	},
	func(_ *config.Settings, env *config.Environment, value int) {
		env.Logs.RetentionDays = pick(value, 1, 30, 90, 365, 31)
	},
	func(_ *config.Settings, env *config.Environment, value int) { env.RequestsPerIP = value * 10 },
}

func pick[T any](value int, choices ...T) T { return choices[value%len(choices)] }

// turned gives the platform's settings with one turn for each three bytes: which
// turn, of which environment, and to what.
func turned(data []byte) config.Settings {
	s := config.Fixture()
	for ; len(data) >= 3; data = data[3:] {
		env := &s.Environments[int(data[1])%len(s.Environments)]
		turns[int(data[0])%len(turns)](&s, env, int(data[2]))
	}
	return s
}

// FuzzSynth: settings are refused with a message, by their own check or by the
// compliance rules, or all their stacks are written. Of the seeds, which run
// with every test, one stack is checked by the real provider; while fuzzing
// that would take longer than Go lets an input take.
func FuzzSynth(f *testing.F) {
	// Few, since `make test` runs them too: a domain with endpoints; an
	// environment less with other secrets; what the rules refuse.
	f.Add([]byte{2, 0, 1, 5, 1, 1})
	f.Add([]byte{3, 0, 1, 12, 0, 2})
	f.Add([]byte{14, 1, 1, 19, 2, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 60 {
			data = data[:60]
		}
		s := turned(data)
		if err := access.Validate(s); err != nil {
			if err.Error() == "" {
				t.Error("refused without a message")
			}
			return
		}
		folder := t.TempDir()
		err := stacks.Synthesise(folder, s, config.Target{})
		var violations compliance.Violations
		if errors.As(err, &violations) {
			return
		}
		if err != nil {
			t.Fatalf("sound settings are not built: %v", err)
		}
		written, err := synthesised.Read(folder)
		switch {
		case err != nil:
			t.Fatal(err)
		case len(written) != len(s.Environments)+1:
			t.Errorf("%d stacks for %d environments", len(written), len(s.Environments))
		case !isFuzzing():
			terraformValidates(t, written[len(written)-1])
		}
	})
}

// isFuzzing says whether go test was told to make inputs of its own.
func isFuzzing() bool {
	for _, name := range []string{"test.fuzz", "test.fuzzworker"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" && f.Value.String() != "false" {
			return true
		}
	}
	return false
}
