package runbook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

const root = "../.."

// scratch is a folder that is gone after the tests.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "runbook"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

var documents = []string{"docs/operations.md", "docs/pipelines.md", WorstDay}

func TestRunbooks(t *testing.T) {
	if testing.Short() {
		t.Skip("long: the AWS CLI reads hundreds of commands")
	}
	c := newChecker(t)
	for _, name := range documents {
		for _, fault := range c.check(t, readFile(t, name)) {
			t.Errorf("%s: %s", name, fault)
		}
	}
	t.Logf("%d commands and %d names of resources are checked", c.commands, c.named)
	if c.commands < 80 || c.named < 20 {
		t.Errorf("%d commands and %d names: too few to prove anything", c.commands, c.named)
	}
}

// What the programs are said to say, they say: each piece between what differs
// (…) is in their source.
func TestMessages(t *testing.T) {
	programs, messages := strings.ToLower(newChecker(t).programs), 0
	for _, table := range strings.Split(readFile(t, documents[0]), "| it says |")[1:] {
		table, _, _ = strings.Cut(table, "\n\n")
		for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(table, -1) {
			messages++
			for piece := range strings.SplitSeq(row[1], "…") {
				if !strings.Contains(programs, strings.ToLower(piece)) {
					t.Errorf("%q: no program says %q", row[1], piece)
				}
			}
		}
	}
	if messages < 10 {
		t.Errorf("%d messages: too few to prove anything", messages)
	}
}

// TestChangesAreNoticed changes names, flags and targets in the runbooks, one at
// a time.
func TestChangesAreNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("long: the AWS CLI reads hundreds of commands")
	}
	c := newChecker(t)
	for _, test := range []struct{ document, old, new, want string }{
		{documents[0], "paperwurks-<env>-isolated", "paperwurks-<env>-isolate", "no resource is named"},
		{documents[0], "--db-subnet-group-name", "--db-subnet-group", "--db-subnet-group"},
		{documents[0], "--force-new-deployment", "--force-new-deploymen", "force-new-deploymen"},
		{documents[0], "wait db-instance-available", "wait db-instance-there", "db-instance-there"},
		{documents[0], "DBInstances[0].LatestRestorableTime", "DBInstances[0].RestorableTime", "finds nothing"},
		{documents[0], "--restore-time <time>", "--restore-to <time>", "restore-to"},
		{documents[0], "--no-publicly-accessible", "--not-publicly-accessible", "not-publicly-accessible"},
		{documents[0], "--min-capacity 0", "--min-capacity none", "none"},
		{documents[0], "--authenticate-on-unsubscribe true", "--authenticate-unsubscribe true", "authenticate-unsubscribe"},
		{documents[0], "--state-value ALARM --state-reason", "--state ALARM --state-reason", "--state"},
		{documents[0], "/paperwurks/<env>/ecs/service-names", "/paperwurks/<env>/ecs/services", "no resource is named"},
		{documents[0], "paperwurks/<env>/session-key", "paperwurks/<env>/session-keys", "no resource is named"},
		{documents[0], "paperwurks-<env>-<service>-no-task", "paperwurks-<env>-<service>-no-tasks", "no resource is named"},
		{documents[0], "paperwurks-<env>-public-url", "paperwurks-<env>-public-uri", "no resource is named"},
		{documents[0], "make recover STACK=<stack>", "make recovery STACK=<stack>", `no target "recovery"`},
		{documents[0], "make recover STACK=<stack>", "make recover STAGE=<stack>", "STAGE"},
		{documents[0], "pipelines/backend/settings.sh", "pipelines/backend/setting.sh", "setting.sh"},
		{documents[0], "terraform state rm", "terraform states rm", "terraform has no command"},
		{documents[0], "terraform import", "terraform imports", "terraform has no command"},
		{documents[0], "SHA=<commit>", "SHA=<sum>", "no value for"},
		{documents[0], "local-start", "local-begin", "local-begin"},
		{documents[0], "    shred -u value\n", "    shredd -u value\n", "shredd"},
		{documents[1], "IMAGE=<repository>:<env>-<sha> pipelines/backend/revise.sh", "IMAGE=<repository>:<env>-<sha> pipelines/backend/revision.sh", "revision.sh"},
	} {
		text := readFile(t, test.document)
		changed := strings.Replace(text, test.old, test.new, 1)
		if changed == text {
			t.Errorf("%s: %q is not there", test.document, test.old)
			continue
		}
		if faults := strings.Join(c.check(t, changed), "\n"); !strings.Contains(faults, test.want) {
			t.Errorf("%q → %q: want %q, got\n%s", test.old, test.new, test.want, faults)
		}
	}
}

// Every alarm of the stacks is in the table of the runbook, with its own
// description, and with what a deployment rolls back by.
func TestAlarmsAreExplained(t *testing.T) {
	c := newChecker(t)
	text := readFile(t, documents[0])
	faults := c.wrongAlarms(text)
	for _, fault := range faults {
		t.Error(fault)
	}
	for old, changed := range map[string]string{
		"less than a twentieth of its first storage": "less than a tenth of its storage",
		"two minutes in a row; rolls a deployment":   "two minutes in a row; rolls no deployment",
		"`<service>` has no running task":            "`<service>` has no running task; rolls a deployment back",
		"paperwurks-<env>-database-cpu":              "paperwurks-<env>-database-load",
		`<a id="alarm-no-task">`:                     `<a id="alarm-notask">`,
	} {
		if !strings.Contains(text, old) {
			t.Errorf("%q is not there", old)
		} else if len(c.wrongAlarms(strings.Replace(text, old, changed, 1))) <= len(faults) {
			t.Errorf("%q → %q: it is not noticed", old, changed)
		}
	}
}

const rollsBack = "; rolls a deployment back"

// wrongAlarms are the alarms of the stacks whose row a document lacks, or has
// with another meaning.
func (c *checker) wrongAlarms(document string) []string {
	var faults []string
	document = strings.NewReplacer("`<service>` ", "<service> ", "`<job>` ", "<job> ").Replace(document) // Markdown hides them without
	for _, stack := range c.stacks {
		var rollback []any
		for _, service := range stack.Resource["aws_ecs_service"] {
			if alarms, ok := service["alarms"].(map[string]any); ok {
				rollback = append(rollback, alarms["alarm_names"].([]any)...)
			}
		}
		for _, alarm := range stack.Resource["aws_cloudwatch_metric_alarm"] {
			name := alarm["alarm_name"].(string)
			d := config.ReadAlarmDescription(alarm["alarm_description"].(string))
			if _, anchor, _ := strings.Cut(d.Runbook, "/docs/operations.md#"); anchor == "" || !strings.Contains(document, `<a id="`+anchor+`"></a>`) {
				faults = append(faults, fmt.Sprintf("%s: its description names no runbook: %q", name, d.Runbook))
			}
			row := "| `" + name + "` | " + d.Means
			if slices.Contains(rollback, any(name)) {
				row += rollsBack
			}
			if !slices.ContainsFunc(c.settings.Environments, func(env config.Environment) bool {
				return slices.ContainsFunc(fillings(document, env), func(filled string) bool { return strings.Contains(filled, row+" |") })
			}) {
				faults = append(faults, fmt.Sprintf("no row %q", row))
			}
		}
	}
	return faults
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checker knows what the commands speak of.
type checker struct {
	settings config.Settings
	stacks   []synthesised.Stack
	// names are all texts of the stacks, and what is made by runbooks.
	names              map[string]bool
	makefile, programs string
	// python has the AWS CLI.
	python          string
	commands, named int
	// ran and looked remember what a text runs, and what is wrong with a command
	// of AWS's by its words.
	ran    map[string]dryRun
	looked map[string]string
	// ask and answers are the AWS CLI's parser.
	ask     *json.Encoder
	answers *json.Decoder
	// terraform remembers which of its commands there are.
	terraform map[string]bool
}

// dryRun are the command lines of a text, and why it does not run.
type dryRun struct {
	commands [][]string
	err      error
}

var platform *checker

func newChecker(t *testing.T) *checker {
	t.Helper()
	if platform != nil {
		return platform
	}
	c := &checker{settings: config.Platform(), names: map[string]bool{}, makefile: readFile(t, "Makefile"), ran: map[string]dryRun{}, looked: map[string]string{}, terraform: map[string]bool{}}
	for _, pattern := range []string{"cmd/platform/*.go", "internal/*/*.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				c.programs += readFile(t, strings.TrimPrefix(file, root+"/"))
			}
		}
	}
	out := t.TempDir()
	command := exec.Command("go", "run", ".", "-o", out)
	command.Dir, command.Stderr = root, os.Stderr
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.stacks, err = synthesised.Read(out); err != nil {
		t.Fatal(err)
	}
	for _, stack := range c.stacks {
		for _, resources := range stack.Resource {
			for _, attributes := range resources {
				c.texts(attributes)
			}
		}
	}
	n := c.settings.Names()
	for _, env := range c.settings.Environments {
		// What the restore makes, and prefixes.
		c.names[n.In(env.Name, "restored")], c.names[n.In(env.Name, "old")] = true, true
	}
	if c.python, err = filepath.Abs(filepath.Join(root, ".local/aws-cli/bin/python")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.python); err != nil {
		t.Fatalf("the AWS CLI is missing: make .local/aws-cli.stamp (%v)", err)
	}
	platform = c
	return c
}

func (c *checker) texts(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			c.texts(inner)
		}
	case []any:
		for _, inner := range v {
			c.texts(inner)
		}
	case string:
		c.names[v] = true
	}
}

// fillings are a text with each service of an environment in the place of
// <service>, and each scheduled job in that of <job>.
func fillings(text string, env config.Environment) []string {
	jobs := env.ScheduledJobs()
	if len(jobs) == 0 {
		jobs = []config.Job{{Name: "<job>"}}
	}
	var out []string
	for _, service := range env.Services {
		for _, job := range jobs {
			out = append(out, strings.NewReplacer("<env>", env.Name, "<service>", service.Name, "<job>", job.Name, "<stack>", config.SharedStack).Replace(text))
		}
	}
	return out
}

// isOfJobs says whether a name is that of something that an environment has for its
// scheduled jobs only.
func isOfJobs(name string) bool {
	return strings.Contains(name, "<job>") || strings.Contains(name, "-jobs-")
}

// check returns all that is wrong with a document.
func (c *checker) check(t *testing.T, document string) []string {
	t.Helper()
	faults := c.wrongNames(document)
	var aws [][]string
	for _, b := range Read(document) {
		env := c.settings.Environments[0]
		text, err := b.Filled(map[string]string{
			"env": env.Name, "service": env.Services[0].Name, "job": "nightly", "stack": config.SharedStack, "time": "2026-11-24T02:00:00Z",
			"branch": "main", "role": "deploy-role-prod", "id": "0123456789abcdef", "commit": strings.Repeat("a", 40), "digest": strings.Repeat("b", 64), "sha": strings.Repeat("a", 40), "domain": "paperwurks.example", "key": "ASIAEXAMPLE", "gib": "150", "prefix": "contracts/", "snapshot": "a-snapshot", "repository": "registry/backend", "token": "2336412f37",
			"name": "Ada", "title": "Security", "address": "security@paperwurks.example", "addresses": "203.0.113.7", "number": "+4930123456", "day": "2026-11-01", "account": "123456789012", "until": "2026-11-24",
			"finding": "arn:aws:securityhub:eu-central-1:123456789012:security-control/S3.8/finding/1", "product": "arn:aws:securityhub:eu-central-1::product/aws/securityhub", "reason": "known", "region": "eu-west-1", "copies": "copies-of-documents", "to": "documents-elsewhere", "group": "databases", "security-group": "sg-0a1b2c3d4e5f60718",
		})
		if err != nil {
			faults = append(faults, err.Error())
			continue
		}
		ran, known := c.ran[text]
		if !known {
			ran.commands, ran.err = c.dryRun(t, text)
			c.ran[text] = ran
		}
		if ran.err != nil {
			faults = append(faults, fmt.Sprintf("line %d: %v", b.Line, ran.err))
		}
		for _, command := range ran.commands {
			c.commands++
			if command[0] == "aws" {
				aws = append(aws, command[1:])
				continue
			}
			if fault := c.wrongCommand(command); fault != "" {
				faults = append(faults, fmt.Sprintf("line %d: %s", b.Line, fault))
			}
		}
	}
	return append(faults, c.wrongAWS(t, aws)...)
}

// A name of the platform's begins with the project, a path of parameters or log
// groups with a slash and the project.
func (c *checker) wrongNames(document string) []string {
	var faults []string
	project := regexp.QuoteMeta(c.settings.Project)
	name := regexp.MustCompile(`(?:^|[\s"'=/(` + "`" + `])(` + project + `-[a-z0-9<>-]*|/?` + project + `/[a-z0-9<>/-]*)`)
	seen := map[string]bool{}
	for _, m := range name.FindAllStringSubmatch(document, -1) {
		written := strings.ReplaceAll(m[1], "<account>", c.settings.User.AccountID)
		if seen[written] || strings.HasPrefix(written, c.settings.GitHub.Owner+"/") && c.isRepository(written) {
			continue
		}
		seen[written] = true
		c.named++
		for _, env := range c.settings.Environments {
			if c.isRoleOfNobody(written) || ofOutside(written) && !env.HasOutside() || ofPages(written) && !c.settings.HasPages(env) || isOfJobs(written) && len(env.ScheduledJobs()) == 0 {
				continue
			}
			if filled := fillings(strings.ReplaceAll(written, "<account>", c.settings.User.AccountID), env); !slices.ContainsFunc(filled, c.exists) {
				faults = append(faults, fmt.Sprintf("%q: no resource is named so", filled[0]))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// ofOutside says whether it is an alarm that only an environment has that is looked
// at from outside.
func ofOutside(name string) bool {
	return slices.ContainsFunc(config.AlarmKinds(), func(k config.AlarmKind) bool {
		return k.ID.IsOutside() && strings.HasSuffix(name, "-"+string(k.ID))
	})
}

// ofPages says whether it is an alarm on the topic of pages.
func ofPages(name string) bool {
	return slices.ContainsFunc(config.AlarmKinds(), func(k config.AlarmKind) bool {
		return k.ID.IsOfPages() && strings.HasSuffix(name, "-"+string(k.ID))
	})
}

// isRoleOfNobody says whether it is a role for people that nobody may assume, which is
// not made.
func (c *checker) isRoleOfNobody(name string) bool {
	return slices.ContainsFunc(c.settings.People.All(), func(r config.PeopleRole) bool {
		return !r.Any() && name == c.settings.Names().PeopleRole(r.Role)
	})
}

// isRepository says whether it is one of GitHub's, or something in it.
func (c *checker) isRepository(name string) bool {
	_, repository, _ := strings.Cut(name, "/")
	return slices.ContainsFunc([]string{c.settings.GitHub.InfraRepository, c.settings.GitHub.BackendRepository}, func(r string) bool {
		return repository == r || strings.HasPrefix(repository, r+"/")
	})
}

// exists says whether a resource has the name, or names begin with it where it
// ends in a separator.
func (c *checker) exists(name string) bool {
	if c.names[name] {
		return true
	}
	for known := range c.names {
		if (strings.HasSuffix(name, "-") || strings.HasSuffix(name, "/")) && strings.HasPrefix(known, name) {
			return true
		}
	}
	return false
}

// wrongCommand says what is wrong with a command that is not AWS's.
func (c *checker) wrongCommand(command []string) string {
	switch name, args := command[0], command[1:]; {
	case name == "make":
		for _, arg := range args {
			if variable, _, ok := strings.Cut(arg, "="); ok {
				if !regexp.MustCompile(`\b` + variable + `\b`).MatchString(c.makefile) {
					return fmt.Sprintf("the Makefile has no variable %q", variable)
				}
			} else if !strings.Contains(c.makefile, "\n"+arg+":") {
				return fmt.Sprintf("make has no target %q", arg)
			}
		}
	case name == "terraform":
		words := args[:min(len(args), map[bool]int{true: 2, false: 1}[args[0] == "state"])]
		known, asked := c.terraform[strings.Join(words, " ")]
		if !asked {
			known = exec.Command("terraform", append(slices.Clone(words), "-help")...).Run() == nil
			c.terraform[strings.Join(words, " ")] = known
		}
		if !known {
			return fmt.Sprintf("terraform has no command %q", args)
		}
	case name == "platform":
		if !strings.Contains(c.programs, `"`+args[0]+`"`) {
			return fmt.Sprintf("the platform program has no command %q", args[0])
		}
	}
	return ""
}

// wrongAWS has the AWS CLI look at its command lines.
func (c *checker) wrongAWS(t *testing.T, commands [][]string) []string {
	t.Helper()
	key := func(command []string) string { return strings.Join(command, "\x00") }
	all := commands
	commands = slices.DeleteFunc(slices.Clone(all), func(command []string) bool { _, known := c.looked[key(command)]; return known })
	if len(commands) > 0 {
		for i, fault := range c.askAWS(t, commands) {
			c.looked[key(commands[i])] = fault
		}
	}
	var faults []string
	for _, command := range all {
		if fault := c.looked[key(command)]; fault != "" {
			faults = append(faults, fmt.Sprintf("aws %s: %s", strings.Join(command, " "), fault))
		}
	}
	return faults
}

// askAWS returns what is wrong with each command line.
func (c *checker) askAWS(t *testing.T, commands [][]string) []string {
	t.Helper()
	if c.ask == nil {
		c.startCLI(t)
	}
	if err := c.ask.Encode(commands); err != nil {
		t.Fatal(err)
	}
	var said []string
	if err := c.answers.Decode(&said); err != nil {
		t.Fatalf("the AWS CLI's parser ended: %v", err)
	}
	return said
}

// startCLI starts the AWS CLI's parser, which loads for longer than it looks. It
// ends with the test program, whose end closes its input.
func (c *checker) startCLI(t *testing.T) {
	t.Helper()
	script, err := filepath.Abs("check_aws.py")
	if err != nil {
		t.Fatal(err)
	}
	check := exec.Command(c.python, script)
	if check.Dir, err = os.MkdirTemp(scratch, "cli"); err != nil {
		t.Fatal(err)
	}
	for name, content := range writtenBefore {
		if err := os.WriteFile(filepath.Join(check.Dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check.Env = append(os.Environ(), "AWS_DEFAULT_REGION="+c.settings.Region, "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	check.Stderr = os.Stderr
	in, err := check.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := check.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Start(); err != nil {
		t.Fatal(err)
	}
	c.ask, c.answers = json.NewEncoder(in), json.NewDecoder(out)
}

// writtenBefore are the files that an earlier command of a runbook wrote, for the
// AWS CLI to read.
var writtenBefore = map[string]string{
	"value": "value", "policy.json": "{}", "open.json": "{}", "trust.json": "{}", "closed.json": "{}",
	"webhook.json": `{"Endpoint": "https://events.example/integration/a/enqueue"}`,
	"some.json":    `{"Objects": [{"Key": "a", "VersionId": "b"}], "Quiet": true}`,
}

// anyJSON is a list of objects of S3, for whatever reads a file.
const anyJSON = `[{"Key": "a", "VersionId": "b", "IsLatest": true, "LastModified": "2026-11-24T03:00:00.000Z"}]`

// stub notes its arguments. What it prints is a value for whatever asks, or an
// address for what looks for one.
const stub = `#!/bin/bash
printf '%s\0' "$(basename "$0")" "$@" >>"$NOTED"
printf '\n' >>"$NOTED"
case "$*" in
*"state list") echo aws_db_instance.x ;;
*get-role\ *|*get-bucket-policy*) echo '{"Statement": []}' ;;
*list-object-versions*) echo '` + anyJSON + `' ;;
*lookup-events*) echo '["{\"eventTime\": \"now\"}"]' ;;
*) echo 7 ;;
esac
`

// dryRun runs a text as a shell does, with stubs in the place of all programs
// but a few that change nothing, and returns the command lines.
func (c *checker) dryRun(t *testing.T, text string) ([][]string, error) {
	t.Helper()
	dir := t.TempDir()
	programs := []string{"bin/aws", "bin/gh", "bin/make", "bin/npx", "bin/terraform", "bin/git", "bin/openssl", "bin/shred", "bin/sleep", ".local/bin/platform"}
	scripts, err := filepath.Glob(filepath.Join(root, "pipelines/backend/*.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		programs = append(programs, "pipelines/backend/"+filepath.Base(script))
	}
	write := func(name string) error {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(stub), 0o755)
	}
	for _, p := range programs {
		if err := write(p); err != nil {
			t.Fatal(err)
		}
	}
	for _, real := range []string{"basename", "date", "grep", "jq", "mkdir", "tr"} {
		path, err := exec.LookPath(real)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, "bin", real)); err != nil {
			t.Fatal(err)
		}
	}
	for _, stack := range c.stacks {
		if err := os.MkdirAll(filepath.Join(dir, "cdktf.out/stacks", stack.Name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "deleted.json"), []byte(anyJSON), 0o600); err != nil {
		t.Fatal(err)
	}
	noted := filepath.Join(dir, "noted")
	shell := exec.Command("bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", text)
	shell.Dir, shell.Env = dir, []string{"PATH=" + filepath.Join(dir, "bin"), "NOTED=" + noted, "AWS_REGION=" + c.settings.Region}
	// What somebody types.
	shell.Stdin = strings.NewReader("https://events.paging.example/0a1b\n")
	var said bytes.Buffer
	shell.Stderr = &said
	failed := shell.Run()
	// A command that is not there does not end the shell in the middle of &&.
	if failed != nil || said.Len() > 0 {
		failed = fmt.Errorf("it does not run (%v): %s", failed, said.String())
	}
	data, err := os.ReadFile(noted)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		out = append(out, strings.Split(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\x00"), "\x00"))
	}
	return out, failed
}

func TestRead(t *testing.T) {
	const document = "# One\n\nText with `make up` and `a word`.\n\n    aws a b \\\n      --c\n\n    aws d e\n\n1. Item. *Role: on-call.*\n\n       make in-item\n\n   and `terraform init`\n" +
		"   continued `make`.\n\n## Two\n\n```yaml\nmake: no\n```\n\n```sh\nmake fenced\n```\n\n    {\"json\": 1}\n"
	want := []Block{
		{"One", 3, "make up\n", true, ""},
		{"One", 5, "aws a b \\\n  --c\n\naws d e\n", false, ""},
		{"One", 12, "make in-item\n", false, "on-call"},
		{"One", 14, "terraform init\n", true, "on-call"},
		{"Two", 24, "make fenced\n", false, ""},
	}
	if got := Read(document); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if _, err := (Block{Text: "aws <known> <unknown>"}).Filled(map[string]string{"known": "x"}); err == nil || !strings.Contains(err.Error(), "<unknown>") {
		t.Errorf("got %v, want <unknown> named", err)
	}
	if got := Under(want, "One"); len(got) != 2 {
		t.Errorf("under One: %+v", got)
	}
}
