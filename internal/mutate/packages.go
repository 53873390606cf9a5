package mutate

// subject is a package whose code is broken.
type subject struct {
	dir string
	// tests are the packages whose tests look, besides its own.
	tests []string
	// floor is the share of mutants, in percent, that must be noticed.
	floor int
}

// What a secret, a right, data or money depends on must be noticed more often.
const (
	ordinary  = 90
	sensitive = 95
)

// subjects are the packages that need little jsii. Constructs and stacks are
// compared whole with snapshots.
var subjects = []subject{
	{"access", []string{"internal/accessmodel", "stacks"}, sensitive},
	{"access/policy", []string{"access"}, sensitive},
	{"compliance", []string{"stacks"}, sensitive},
	{"config", nil, ordinary},
	{"internal/adopt", nil, ordinary},
	{"internal/awsapi", nil, ordinary},
	{"internal/bootstrap", nil, sensitive},
	{"internal/command", nil, ordinary},
	{"internal/github", nil, ordinary},
	{"internal/markdown", nil, ordinary},
	{"internal/mutate", nil, ordinary},
	{"internal/pipeline", nil, sensitive},
	{"internal/preflight", nil, ordinary},
	{"internal/process", nil, ordinary},
	{"internal/prompt", nil, ordinary},
	{"internal/published", nil, ordinary},
	{"internal/recovery", nil, sensitive},
	{"internal/review", nil, sensitive},
	{"internal/scan", nil, ordinary},
	{"internal/synthesised", nil, ordinary},
	{"internal/terraform", nil, ordinary},
}
