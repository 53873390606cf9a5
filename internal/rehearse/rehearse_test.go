package rehearse

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
	"github.com/paperwurks/infra/internal/accessmodel/token"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/runbook"
)

func TestTheFirstFailureEndsTheRehearsal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "table.md")
	var ran []string
	passes := func(name string) step {
		return step{name, func(context.Context) (string, error) { ran = append(ran, name); return "good", nil }}
	}
	fails := step{"b", func(context.Context) (string, error) { return "", errors.New("broken") }}
	err := runSteps(context.Background(), &bytes.Buffer{}, file, []step{passes("a"), fails, passes("c")})
	if err == nil || err.Error() != "b: broken" || !slices.Equal(ran, []string{"a"}) {
		t.Errorf("ran %q, %v", ran, err)
	}
	table, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 1. a    | good", "| 2. b    | FAILED", "| 3. c    | not run", "1 of 3 passed"} {
		if !strings.Contains(string(table), want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	if err := runSteps(context.Background(), &bytes.Buffer{}, file, []step{passes("a")}); err != nil {
		t.Error(err)
	}
}

func TestChanges(t *testing.T) {
	p, err := review.Decode([]byte(`{"format_version": "1.2", "resource_changes": [
		{"address": "aws_vpc.same", "mode": "managed", "change": {"actions": ["no-op"]}},
		{"address": "aws_vpc.new", "mode": "managed", "change": {"actions": ["create"]}},
		{"address": "aws_vpc.old", "mode": "managed", "change": {"actions": ["update"], "before": {"a": 1, "b": 1}, "after": {"a": 1, "b": 2}}}],
		"output_changes": {"o": {"actions": ["update"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := changes("dev", p)
	want := []string{"dev: aws_vpc.new: create", "dev: aws_vpc.old: b changes", "dev: output o changes"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The settings of today can be changed as the rehearsal does it.
func TestSettingsCanBeChanged(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "..", settingsFile))
	if err != nil {
		t.Fatal(err)
	}
	var text string
	for _, change := range []string{
		fmt.Sprintf(biggerService, disposable), fmt.Sprintf(addService, disposable, addedService), fmt.Sprintf(addEnvironment, disposable, addedEnvironment, "10.23.0.0/16"),
		fmt.Sprintf(approveRemoval, addedEnvironment, removalReason, "2026-12-31"),
	} {
		if text, err = changedSettings(string(source), change); err != nil {
			t.Fatal(err)
		}
		if _, err := format.Source([]byte(text)); err != nil {
			t.Errorf("%v\n%s", err, change)
		}
		if strings.Contains(change, "%!") {
			t.Error(change)
		}
	}
	s := config.Fixture()
	s.Approved = []config.Approval{{Stack: config.SharedStack, Environment: addedEnvironment, Reason: removalReason, Until: "2026-12-31"}}
	if err := access.Validate(s); err != nil {
		t.Errorf("the approval of the removal: %v", err)
	}
	if _, err := changedSettings(text+"\n"+settingsFunction, ""); err == nil {
		t.Error("settings that are made twice are changed")
	}
}

func TestWhatIsRehearsed(t *testing.T) {
	s := config.Fixture()
	if disposable, protected := chosen(s); disposable != "dev" || protected != "prod" {
		t.Errorf("%q can be destroyed and %q not; want dev and prod", disposable, protected)
	}
	s.Environments = s.Environments[1:2]
	if disposable, protected := chosen(s); disposable != "" || protected != "" {
		t.Errorf("%q can be destroyed and %q not; want none of both", disposable, protected)
	}
}

func TestRunbooksThatAreRun(t *testing.T) {
	document, err := os.ReadFile(filepath.Join("..", "..", operations))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		section, beginning, command string
		blocks                      int
	}{
		{removeEnvironment, "", "terraform destroy", 1},
		{rotateSecret, "", "rotate-secret", 2},
		{restoreDatabase, "", "restore-db-instance-to-point-in-time", 2},
		{copyTakesPlace, "", "terraform import", 3},
		{oldDatabaseGoes, "", "delete-db-instance", 1},
		{afterKill, "make recover", "make recover STACK=<stack>", 1},
		{afterKill, "make orphans", "make orphans STACK=<stack>", 1},
		{drift, "", "terraform apply -refresh-only", 1},
	} {
		blocks, err := blocksOf(string(document), test.section, test.beginning)
		if err != nil || len(blocks) != test.blocks || !slices.ContainsFunc(blocks, func(b runbook.Block) bool { return strings.Contains(b.Text, test.command) }) {
			t.Errorf("%q: %d blocks, %v; want %d, and %q in one", test.section, len(blocks), err, test.blocks, test.command)
		}
	}
	if _, err := blocksOf(string(document), drift, "make it"); err == nil {
		t.Error("commands that are not there are run")
	}
}

func TestFreeBlock(t *testing.T) {
	environments := config.Fixture().Environments[:2]
	environments[0].Network.CIDR, environments[1].Network.CIDR = "10.20.0.0/16", "10.21.128.0/20"
	if block, err := freeBlock("10.20.0.0/14", environments); block != "10.22.0.0/16" || err != nil {
		t.Errorf("%q, %v", block, err)
	}
	if block, err := freeBlock("10.20.0.0/15", environments); err == nil {
		t.Errorf("%q is free in a plan that is full", block)
	}
}

// What is added is a copy, and its calls are known as those of the original.
func TestCallsOfWhatIsAdded(t *testing.T) {
	call := awsapi.Recorded{Role: config.InfraRole, Call: awsapi.Call{Service: "ecs", Operation: "CreateService", Parameters: map[string]string{
		"service": "paperwurks-" + addedEnvironment + "-" + addedService, "text": addedService + "s of a " + addedEnvironment + "or",
	}}}
	got := asOf(config.Environment{Name: "dev", Services: []config.Service{{Name: "web"}, {Name: "worker"}}}, []awsapi.Recorded{call})[0].Parameters
	if got["service"] != "paperwurks-dev-worker" || got["text"] != call.Parameters["text"] {
		t.Errorf("got %q", got)
	}
}

func TestEncodedToken(t *testing.T) {
	jwt, err := encode(token.Run{Owner: "o", Repository: "r", OwnerID: 1, RepositoryID: 2, Ref: "refs/heads/main", Environment: "dev"}.Token())
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]string
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	if claims["sub"] != "repo:o/r:environment:dev" || claims["iss"] != "https://token.actions.githubusercontent.com" || claims["aud"] != "sts.amazonaws.com" {
		t.Errorf("claims %v", claims)
	}
}

func TestManifestsDiffer(t *testing.T) {
	one, err := manifestOf(firstCommit, config.X86)
	if err != nil {
		t.Fatal(err)
	}
	two, err := manifestOf(secondCommit, config.X86)
	if err != nil || one == two || !json.Valid([]byte(one)) {
		t.Errorf("%v\n%s\n%s", err, one, two)
	}
	if arm, err := manifestOf(firstCommit, config.ARM); err != nil || arm == one {
		t.Errorf("%v: the same for another architecture: %s", err, arm)
	}
}

func TestTagOf(t *testing.T) {
	if got := tagOf("1.dkr.ecr/p/dev/backend:dev-" + firstCommit); got != "dev-1111111" {
		t.Errorf("got %q", got)
	}
}

func TestWaitFor(t *testing.T) {
	if err := waitFor(context.Background(), time.Minute, func() (bool, error) { return true, nil }); err != nil {
		t.Error(err)
	}
	if err := waitFor(context.Background(), 0, func() (bool, error) { return false, nil }); err == nil {
		t.Error("waits for ever")
	}
	if err := waitFor(context.Background(), time.Minute, func() (bool, error) { return false, errors.New("ended") }); err == nil || err.Error() != "ended" {
		t.Error(err)
	}
}

func TestPrefixed(t *testing.T) {
	var out bytes.Buffer
	if n, err := (prefixed{&out, "> "}).Write([]byte("a\nb\n")); n != 4 || err != nil || out.String() != "> a\n> b\n" {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
}

// An emulator that is not on this machine is refused before anything is done.
func TestAWSItselfIsRefused(t *testing.T) {
	r := &rehearsal{dir: t.TempDir(), out: &bytes.Buffer{}}
	for _, url := range []string{"https://sts.amazonaws.com", "http://10.0.0.1:4566", "ftp://127.0.0.1"} {
		if err := r.open(context.Background(), url); err == nil || !strings.Contains(err.Error(), "AWS_ENDPOINT_URL") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A call of another environment is known, another call is not.
func TestAnywhere(t *testing.T) {
	need := func(action string, environments ...string) observed.Row {
		return observed.Row{Role: "infra-role", Call: "s3 GetObject", Need: observed.Need{Action: action, Resource: "{env}"}, Environments: environments}
	}
	table := []observed.Row{need("s3:GetObject", "dev")}
	seen := []observed.Row{need("s3:GetObject", "dev", "prod")}
	if len(observed.Missing(seen, table)) != 1 || len(observed.Missing(anywhere(seen), table)) != 0 {
		t.Errorf("%+v is not known", seen)
	}
	if seen = append(seen, need("s3:PutObject", "dev")); len(observed.Missing(anywhere(seen), table)) != 1 {
		t.Error("another call is known")
	}
}
