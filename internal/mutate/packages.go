package mutate

// subject is a package whose code is broken.
type subject struct {
	dir string
	// tests are the packages whose tests look, besides its own, each with a blank
	// and a pattern for -run where not all of them do.
	tests []string
	// floor is the share of mutants, in percent, that must be noticed.
	floor int
}

// What a secret, a right, data or money depends on must be noticed more often.
const (
	ordinary  = 90
	sensitive = 95
)

// snapshots look at every document and name that is in a stack.
const snapshots = "stacks ^Test(|Option)Snapshots$"

// onCall looks at the one policy that no stack has.
const onCall = "internal/accessmodel ^TestOnCallPolicyIsCurrent$"

// model asks the access model everything but its policies' own mutants, of which
// each asks the same again.
const model = "internal/accessmodel ^Test(Table|RecordedCalls|PlannedChanges|SampleLacks|StatementsAreAlive|ConditionKeys|UnusedPermissions|DocumentationIsCurrent)"

// subjects are the packages that are broken.
var subjects = []subject{
	{"access", []string{onCall, snapshots}, sensitive},
	{"access/policy", []string{"access"}, sensitive},
	{"compliance", nil, sensitive},
	{"config", []string{snapshots}, ordinary},
	{"internal/accessmodel/inventory", []string{model}, ordinary},
	{"internal/accessmodel/observed", []string{model}, ordinary},
	{"internal/accessmodel/token", nil, ordinary},
	{"internal/adopt", []string{"internal/recovery"}, ordinary},
	{"internal/architecture", nil, ordinary},
	{"internal/architecture/cost", []string{"internal/architecture"}, ordinary},
	{"internal/architecture/picture", []string{"internal/architecture"}, ordinary},
	{"internal/architecture/platform", []string{"internal/architecture"}, ordinary},
	{"internal/awsapi", nil, ordinary},
	{"internal/bootstrap", nil, sensitive},
	{"internal/cdktf", nil, ordinary},
	{"internal/changes", nil, ordinary},
	{"internal/command", nil, ordinary},
	{"internal/contract", nil, ordinary},
	{"internal/doctor", nil, ordinary},
	{"internal/eject", nil, ordinary},
	{"internal/github", nil, ordinary},
	{"internal/iamsim", []string{model}, ordinary},
	{"internal/maintenance", nil, ordinary},
	{"internal/markdown", nil, ordinary},
	{"internal/mutate", nil, ordinary},
	{"internal/offhours", nil, ordinary},
	{"internal/pipeline", nil, sensitive},
	{"internal/planrule", nil, sensitive},
	{"internal/preflight", nil, ordinary},
	{"internal/process", nil, ordinary},
	{"internal/progress", nil, ordinary},
	{"internal/prompt", nil, ordinary},
	{"internal/published", nil, ordinary},
	{"internal/recovery", nil, sensitive},
	{"internal/review", nil, sensitive},
	{"internal/scan", nil, ordinary},
	{"internal/status", nil, ordinary},
	{"internal/synthesised", nil, ordinary},
	{"internal/terraform", nil, ordinary},
	{"internal/updates", nil, ordinary},
	{"internal/validate", nil, ordinary},
}

// left are the packages that are not broken, each with those below it, and why.
var left = map[string]string{
	".":                               "main.go calls stacks and nothing else; main_test.go runs it",
	"cmd":                             "mains, and what drives Terraform, make or a local AWS for them: cmd/platform, cmd/bench and cmd/changes have tests of their own, what cmd/changes decides is in internal/changes",
	"constructs":                      "jsii: what it writes is compared whole with the snapshots of the stacks (TestSnapshots)",
	"stacks":                          "jsii, as constructs",
	"internal/accessmodel":            "it writes docs/access.md, which is compared whole; the policies' mutants test it",
	"internal/accessmodel/capability": "a table of rows: a policy's mutant that no row notices fails (TestMutants)",
	"internal/golden":                 "it is used by tests alone",
	"internal/kernel":                 "jsii: Node and its loader, compared with the loader that they replace",
	"internal/localaws":               "it starts the local AWS, minutes for each mutant; its rules have a row each (rules_test.go)",
	"internal/modules":                "imports alone: what the modules of the tools pin",
	"internal/owners":                 "a driver of `make owners`, hours long",
	"internal/postgres":               "it starts a server for one test",
	"internal/rehearse":               "a driver of `make rehearse`, an hour long",
	"internal/runbook":                "it is used by tests alone",
	"internal/up":                     "it deploys to the local AWS, minutes for each mutant; `make rehearse` does",
	"pipelines":                       "tests of workflows and scripts",
}
