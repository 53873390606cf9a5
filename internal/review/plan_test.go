package review

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The files in testdata are the output of `terraform show -json`, Terraform
// 1.11.4 with provider 5.100.0, on stacks of this repository deployed to the
// local AWS; what a test does not look at is cut out. shared.json: a new
// environment "preview", and deploy roles that may enter tasks. dev.json:
// another name of the database inside the instance, a parameter taken away,
// another value of a parameter, a renamed dashboard, a log kept longer.
// drift.json: a refresh-only plan, after somebody changed the worker's log.

// planted is the value of the parameter in dev.json, which the provider marks
// as sensitive.
const planted = "planted-secret"

func raw(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func reduced(t *testing.T, name string) *Plan {
	t.Helper()
	p, err := Reduce(raw(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func comment(t *testing.T) Comment {
	t.Helper()
	return Comment{Stacks: []Stack{{Name: "shared", Plan: reduced(t, "shared")}, {Name: "dev", Plan: reduced(t, "dev")}}}
}

func find(t *testing.T, list []ResourceChange, part string) ResourceChange {
	t.Helper()
	for _, r := range list {
		if strings.Contains(r.Address, part) {
			return r
		}
	}
	t.Fatalf("no resource %q", part)
	return ResourceChange{}
}

func TestActions(t *testing.T) {
	for _, test := range []struct {
		stack string
		want  map[Action]int
	}{
		{"shared", map[Action]int{Create: 58, Update: 7}},
		{"dev", map[Action]int{Create: 16, Update: 2, Replace: 1, Destroy: 1, Move: 1}},
	} {
		p := reduced(t, test.stack)
		for _, action := range Actions {
			if got := len(p.Of(action)); got != test.want[action] {
				t.Errorf("%s: %d to %s, want %d", test.stack, got, action, test.want[action])
			}
		}
	}
	for _, test := range []struct {
		change ResourceChange
		want   Action
	}{
		{ResourceChange{Change: Change{Actions: []string{"create", "delete"}}}, Replace},
		{ResourceChange{Change: Change{Actions: []string{"create", "forget"}}}, Replace},
		{ResourceChange{Change: Change{Actions: []string{"forget"}}}, Forget},
		{ResourceChange{Change: Change{Actions: []string{"no-op"}, Importing: &Importing{"x"}}}, Import},
		{ResourceChange{Address: "a", PreviousAddress: "b", Change: Change{Actions: []string{"update"}}}, Update},
		{ResourceChange{Mode: "data", Change: Change{Actions: []string{"delete"}}}, None},
		{ResourceChange{Change: Change{Actions: []string{"no-op"}}}, None},
	} {
		if got := test.change.Action(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.change, got, test.want)
		}
	}
}

func TestNoChange(t *testing.T) {
	p, err := Reduce([]byte(`{"format_version": "1.2", "resource_changes": [
		{"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "change": {"actions": ["no-op"], "before": {"id": "x"}, "after": {"id": "x"}}},
		{"address": "data.aws_x.a", "mode": "data", "type": "aws_x", "change": {"actions": ["read"], "before": null, "after": {}}}],
		"output_changes": {"o": {"actions": ["no-op"], "before": 1, "after": 1}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if p.HasChanges() {
		t.Error("has changes, want none")
	}
	text := Comment{Stacks: []Stack{{Name: "dev", Plan: p}}}.Markdown()
	if !strings.Contains(text, "Nothing changes in any stack.") || strings.Contains(text, "<details>") {
		t.Errorf("comment of no change:\n%s", text)
	}
}

func TestChangedOutputsAreChanges(t *testing.T) {
	p, err := Reduce([]byte(`{"format_version": "1.2", "output_changes": {"o": {"actions": ["update"], "before": 1, "after": 2}}}`))
	if err != nil || !p.HasChanges() {
		t.Errorf("%v, has changes: %t, want true", err, p.HasChanges())
	}
}

func TestDecodeRefusesAnotherFormat(t *testing.T) {
	for _, data := range []string{`{"format_version": "2.0"}`, `{}`, `{`} {
		if _, err := Decode([]byte(data)); err == nil {
			t.Errorf("%s was read", data)
		}
	}
}

func TestDifferences(t *testing.T) {
	for _, test := range []struct {
		name          string
		before, after string
		unknown       string
		want          []string
	}{
		{"nothing", `{"a": 1}`, `{"a": 1}`, `null`, nil},
		{"a number", `{"a": 1}`, `{"a": 2}`, `null`, []string{"a: 1 → 2"}},
		{"what only AWS knows", `{"a": 1}`, `{}`, `{"a": true}`, []string{"a: 1 → (known after apply)"}},
		{"unknown deep inside", `{"a": [{"b": "x"}]}`, `{"a": [{}]}`, `{"a": [{"b": true}]}`, []string{`a[0].b: "x" → (known after apply)`}},
		{"all unknown", `null`, `null`, `true`, []string{": → (known after apply)"}},
		{"a set", `{"a": ["x", "y"]}`, `{"a": ["y", "z"]}`, `null`, []string{`a: "x" →`, `a: → "z"`}},
		{"an order", `{"a": ["x", "y"]}`, `{"a": ["y", "x"]}`, `null`, []string{`a: ["x","y"] → ["y","x"] (another order)`}},
		{"a list grows", `{"a": [{"b": 1}]}`, `{"a": [{"b": 1}, {"b": 2}]}`, `null`, []string{"a[1].b: → 2"}},
		{"from one to several", `{"p": "{\"Action\": \"x\"}"}`, `{"p": "{\"Action\": [\"x\", \"y\"]}"}`, `null`, []string{`p.Action: → "y"`}},
		{"a statement by its name",
			`{"p": "{\"Statement\": [{\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"x\"}]}"}`,
			`{"p": "{\"Statement\": [{\"Sid\": \"B\", \"Effect\": \"Deny\", \"Action\": \"y\"}, {\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"z\"}]}"}`, `null`,
			[]string{`p.Statement[A, Allow].Action: "x" → "z"`, `p.Statement[B, Deny].Action: → "y"`, `p.Statement[B, Deny].Effect: → "Deny"`, `p.Statement[B, Deny].Sid: → "B"`}},
		{"variables of a container",
			`{"c": "[{\"name\": \"web\", \"environment\": [{\"name\": \"A\", \"value\": \"1\"}, {\"name\": \"B\", \"value\": \"x\"}], \"secrets\": [{\"name\": \"S\", \"valueFrom\": \"arn:1\"}]}]"}`,
			`{"c": "[{\"name\": \"web\", \"environment\": [{\"name\": \"A\", \"value\": \"2\"}, {\"name\": \"C\", \"value\": \"y\"}], \"secrets\": [{\"name\": \"S\", \"valueFrom\": \"arn:2\"}]}]"}`, `null`,
			[]string{`c[web].environment[A]: "1" → "2"`, `c[web].environment[B]: "x" →`, `c[web].environment[C]: → "y"`, `c[web].secrets[S]: "arn:1" → "arn:2"`}},
		{"spelling of a document", `{"p": "{\"a\": 1}"}`, `{"p": "{ \"a\":1 }"}`, `null`, nil},
		{"a kind of value", `{"a": "x"}`, `{"a": {"b": 1}}`, `null`, []string{`a: "x" → {"b":1}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c Change
			for _, v := range []struct {
				text string
				into *any
			}{{test.before, &c.Before}, {test.after, &c.After}, {test.unknown, &c.AfterUnknown}} {
				if err := json.Unmarshal([]byte(v.text), v.into); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, d := range Differences(c) {
				got = append(got, strings.Join(strings.Fields(d.Path+": "+d.Before+" → "+d.After), " "))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestReplacementNamesItsCause(t *testing.T) {
	r := find(t, reduced(t, "dev").Of(Replace), "aws_db_instance")
	if got := reason(r); got != "because of `db_name`" {
		t.Errorf("reason %q", got)
	}
	var forcing []string
	for _, d := range Differences(r.Change) {
		if d.Replaces {
			forcing = append(forcing, d.Path)
		}
	}
	if !slices.Equal(forcing, []string{"db_name"}) {
		t.Errorf("forcing %q", forcing)
	}
}

func TestComment(t *testing.T) {
	c := comment(t)
	c.Access = "@@ -1 +1 @@\n-| deploy-role-dev | enter a task | no |\n+| deploy-role-dev | enter a task | yes |\n"
	c.Stacks = append(c.Stacks, Stack{Name: "prod", Fault: "no credentials ```"})
	text := c.Markdown()
	if !strings.HasPrefix(text, CommentMarker+"\n") {
		t.Error("the comment does not start with its marker")
	}
	last := -1
	for _, want := range []string{
		"| **shared** | · | · | · | 7 | 58 | · | · |",
		"| **dev** | ⚠️ **1** | ⚠️ **1** | · | 2 | 16 | · | 1 |",
		"| **prod** | no plan: see below |",
		"**prod could not be planned:**\n````text\nno credentials ```\n````",
		"### ⚠️ Destroyed, replaced",
		"- ⚠️ **dev** **replaces** (destroys and recreates) db instance `paperwurks-dev` (`aws_db_instance.environment_database_instance_C3927743`), because of `db_name`. 🛑 **This loses the database and what it holds.**",
		"- ⚠️ **dev** **destroys** ssm parameter `/paperwurks/dev/ecs/cluster-name`",
		"### 🔑 What a role may do",
		"+| deploy-role-dev | enter a task | yes |",
		"`policy.Statement[RunItsMigration, Allow].Action`: adds `\"ecs:ExecuteCommand\"`",
		"`deploy-role-preview`",
		"### shared",
		"### dev",
		"moves cloudwatch dashboard `paperwurks-dev`",
		"creates 3 ecs task definition: `paperwurks-dev-migrate`, `paperwurks-dev-web`, `paperwurks-dev-worker`",
		"<details><summary>Full diff of dev: 21 resources</summary>",
		" → (known after apply)\n",
		"!   db_name: \"paperwurks\" → \"paperwurks2\"   # forces the replacement",
		"value: (sensitive value) → (sensitive value, changed)",
	} {
		at := strings.Index(text, want)
		if at < 0 {
			t.Errorf("the comment does not say %q", want)
			continue
		}
		if at < last && strings.HasPrefix(want, "###") {
			t.Errorf("%q comes too early", want)
		}
		last = max(last, at)
	}
}

// TestCommentShowsVariables: each with its name and both values, in plain sight; of
// a task that is new or goes, none.
func TestCommentShowsVariables(t *testing.T) {
	definition := func(environment string) map[string]any {
		return map[string]any{"family": "paperwurks-dev-web", "cpu": "256", "container_definitions": `[{"name": "web", "image": "x:1", "environment": [` + environment + `]}]`}
	}
	plan := func(actions []string, before, after any) Comment {
		return Comment{Stacks: []Stack{{Name: "dev", Plan: &Plan{ResourceChanges: []ResourceChange{
			{Address: "aws_ecs_task_definition.web", Mode: "managed", Type: "aws_ecs_task_definition", Change: Change{Actions: actions, Before: before, After: after}}}}}}}
	}
	before := definition(`{"name": "LOG_LEVEL", "value": "info"}, {"name": "OLD", "value": "1"}, {"name": "PORT", "value": "8080"}`)
	after := definition(`{"name": "FEATURES", "value": "a,b"}, {"name": "LOG_LEVEL", "value": "debug"}, {"name": "PORT", "value": "8080"}`)
	const title = "### ⚙️ Variables of the application"
	want := title + `

They count with the backend's next deployment, or its redeploy workflow (docs/operations.md, "Change a variable").

- **dev** ` + "`paperwurks-dev-web`, `FEATURES`: adds `\"a,b\"`\n- **dev** `paperwurks-dev-web`, `LOG_LEVEL`: `\"info\"` becomes `\"debug\"`\n- **dev** `paperwurks-dev-web`, `OLD`: takes `\"1\"` away\n"
	for _, actions := range [][]string{{"create", "delete"}, {"update"}} {
		if text := plan(actions, before, after).Markdown(); !strings.Contains(text, want+"\n") {
			t.Errorf("%v: the comment does not say\n%s\nbut\n%s", actions, want, text)
		}
	}
	for name, c := range map[string]Comment{
		"the same": plan([]string{"create", "delete"}, before, before), "new": plan([]string{"create"}, nil, after), "gone": plan([]string{"delete"}, before, nil), "no plan": {Stacks: []Stack{{Name: "dev"}}},
	} {
		if text := c.Markdown(); strings.Contains(text, title) {
			t.Errorf("%s: the comment speaks of variables:\n%s", name, text)
		}
	}
}

func TestNoSensitiveValueIsPrinted(t *testing.T) {
	if !strings.Contains(string(raw(t, "dev")), planted) {
		t.Fatal("the fixture holds nothing to hide")
	}
	p := reduced(t, "dev")
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"the stored plan":     string(stored),
		"the comment":         comment(t).Markdown(),
		"the report of drift": DriftReport([]Drift{FindDrift("dev", &Plan{ResourceDrift: p.ResourceChanges}, nil)}, ""),
	} {
		if strings.Contains(text, planted) {
			t.Errorf("%s shows the sensitive value", name)
		}
	}
}

func TestMask(t *testing.T) {
	for _, test := range []struct {
		name, change string
		want         string
	}{
		{"a changed value", `{"before": {"a": "hidden1"}, "after": {"a": "hidden2"}, "before_sensitive": {"a": true}, "after_sensitive": {"a": true}}`,
			`{"a":"(sensitive value)"} {"a":"(sensitive value, changed)"}`},
		{"the same value", `{"before": {"a": "hidden1"}, "after": {"a": "hidden1"}, "before_sensitive": {"a": true}, "after_sensitive": {"a": true}}`,
			`{"a":"(sensitive value)"} {"a":"(sensitive value)"}`},
		{"sensitive only before", `{"before": {"a": "hidden1"}, "after": {"a": "hidden1"}, "before_sensitive": {"a": true}, "after_sensitive": {}}`,
			`{"a":"(sensitive value)"} {"a":"(sensitive value)"}`},
		{"sensitive only after", `{"before": {"a": "hidden1"}, "after": {"a": "hidden1"}, "before_sensitive": false, "after_sensitive": {"a": true}}`,
			`{"a":"(sensitive value)"} {"a":"(sensitive value)"}`},
		{"the whole", `{"before": "hidden1", "after": {"a": "hidden2"}, "before_sensitive": true, "after_sensitive": true}`,
			`(sensitive value) (sensitive value, changed)`},
		{"in a list", `{"before": null, "after": {"a": [{"b": "hidden1", "c": 1}]}, "before_sensitive": false, "after_sensitive": {"a": [{"b": true}]}}`,
			`null {"a":[{"b":"(sensitive value, changed)","c":1}]}`},
		{"a list that grew", `{"before": {"a": ["hidden1"]}, "after": {"a": ["hidden1", "hidden2"]}, "before_sensitive": {"a": [true]}, "after_sensitive": {}}`,
			`{"a":["(sensitive value)"]} {"a":["(sensitive value)","(sensitive value, changed)"]}`},
		{"nothing to hide", `{"before": {"a": 1}, "after": {"a": 2}, "before_sensitive": {}, "after_sensitive": {}}`, `{"a":1} {"a":2}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c Change
			if err := json.Unmarshal([]byte(test.change), &c); err != nil {
				t.Fatal(err)
			}
			c = masked(c)
			if got := text(c.Before) + " " + text(c.After); got != test.want && !(c.Before == nil && "null"+got == test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSecrets(t *testing.T) {
	// Parameters of type String hold what is published, marked or not.
	for _, stack := range []string{"shared", "dev"} {
		if got, err := Secrets(raw(t, stack)); err != nil || len(got) != 0 {
			t.Errorf("%s: %q, %v, want none", stack, got, err)
		}
	}
	secureString := strings.ReplaceAll(string(raw(t, "dev")), `"type": "String"`, `"type": "SecureString"`)
	if got, err := Secrets([]byte(secureString)); err != nil || len(got) == 0 {
		t.Errorf("%q, %v, want the parameters", got, err)
	}
	got, err := Secrets([]byte(`{"format_version": "1.2",
		"resource_changes": [{"address": "aws_x.b", "type": "aws_x", "change": {"actions": ["no-op"], "before": {"type": "String", "value": "x"}, "before_sensitive": {"value": true}}},
			{"address": "aws_db_instance.a", "type": "aws_db_instance", "change": {"actions": ["no-op"],
			"before": {"password": "x", "empty": "", "none": null, "list": [{"b": 1}]}, "before_sensitive": {"password": true, "empty": true, "none": true, "list": [{"b": true}]}}}],
		"output_changes": {"o": {"actions": ["create"], "after": "x", "after_sensitive": true}},
		"prior_state": {"values": {"root_module": {"resources": [{"address": "data.aws_x.a", "type": "aws_x", "values": {"v": "x"}, "sensitive_values": {"v": true}}]}}}}`))
	want := []string{"aws_db_instance.a: list[0].b", "aws_db_instance.a: password", "aws_x.b: value", "data.aws_x.a: v", "output.o: the whole value"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// large is a plan with n changes of a kind, each with long values.
func large(n int, actions ...string) *Plan {
	p := &Plan{FormatVersion: "1.2"}
	for i := range n {
		p.ResourceChanges = append(p.ResourceChanges, ResourceChange{
			Address: fmt.Sprintf("aws_db_instance.database_%d_%s", i, strings.Repeat("x", 60)), Mode: "managed", Type: "aws_db_instance",
			ActionReason: "delete_because_no_resource_config",
			Change: Change{Actions: actions,
				Before: map[string]any{"identifier": fmt.Sprintf("database-%d", i), "text": strings.Repeat("ä", 400)},
				After:  map[string]any{"identifier": fmt.Sprintf("database-%d", i), "text": strings.Repeat("ö", 400)}},
		})
	}
	return p
}

func TestCommentStaysUnderGitHubsLimit(t *testing.T) {
	for _, actions := range [][]string{{"create"}, {"update"}, {"delete"}, {"delete", "create"}} {
		for _, stacks := range []int{1, 4} {
			c := Comment{Access: strings.Repeat("+ a line of the matrix\n", 3000), Source: strings.Repeat("s", 1000)}
			for i := range stacks {
				c.Stacks = append(c.Stacks, Stack{Name: fmt.Sprint("stack", i), Plan: large(300, actions...)})
			}
			c.Stacks = append(c.Stacks, Stack{Name: "failed", Fault: strings.Repeat("e", 100_000)})
			text := c.Markdown()
			if len(text) > 65_536 {
				t.Errorf("%v in %d stacks: %d bytes", actions, stacks, len(text))
			}
			if len(text) < 25_000 {
				t.Errorf("%v in %d stacks: only %d bytes of the room are used", actions, stacks, len(text))
			}
			for _, want := range []string{"300", "of 300 resources; all of them are in the run's artifact", "<sub>sss"} {
				if !strings.Contains(text, want) {
					t.Errorf("%v in %d stacks: does not say %q", actions, stacks, want)
				}
			}
			if strings.Count(text, "<details>") != strings.Count(text, "</details>") {
				t.Errorf("%v in %d stacks: a fold is not closed", actions, stacks)
			}
		}
	}
	text := Comment{Stacks: []Stack{{Name: "dev", Plan: large(300, "delete")}}}.Markdown()
	if !strings.Contains(text, "more destroyed, replaced or forgotten") {
		t.Error("does not say that more are destroyed than are listed")
	}
}

func TestWhatLosesDataComesFirst(t *testing.T) {
	p := large(2, "delete")
	p.ResourceChanges[0].Type = "aws_sns_topic"
	text := Comment{Stacks: []Stack{{Name: "dev", Plan: p}}}.Markdown()
	if strings.Index(text, "db instance") > strings.Index(text, "sns topic") {
		t.Errorf("the topic comes before the database:\n%s", text[:1500])
	}
}

func TestImportAndForgetAndDeposed(t *testing.T) {
	p := &Plan{ResourceChanges: []ResourceChange{
		{Address: "aws_vpc.a", Type: "aws_vpc", Change: Change{Actions: []string{"no-op"}, Importing: &Importing{"vpc-1"}}},
		{Address: "aws_s3_bucket.b", Type: "aws_s3_bucket", Change: Change{Actions: []string{"forget"}, Before: map[string]any{"bucket": "b"}}},
		{Address: "aws_eip.c", Type: "aws_eip", Deposed: "00000000", Change: Change{Actions: []string{"delete"}}},
	}}
	text := Comment{Stacks: []Stack{{Name: "dev", Plan: p}}}.Markdown()
	for _, want := range []string{"imports vpc `aws_vpc.a`, the existing `vpc-1`", "**forgets** (left in AWS, no longer managed) s3 bucket `b`", "the old one that an earlier replacement left"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "This loses the bucket") {
		t.Error("forgetting a bucket loses nothing")
	}
}

func TestReduceKeepsNoState(t *testing.T) {
	data, err := json.Marshal(reduced(t, "dev"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "prior_state") {
		t.Error("the stored plan holds the state")
	}
	again, err := Decode(data)
	if err != nil || !reflect.DeepEqual(again.Of(Destroy), reduced(t, "dev").Of(Destroy)) {
		t.Errorf("a stored plan reads differently: %v", err)
	}
}

// What a person says yes to is shown whole, however long.
func TestTextLeavesNothingOut(t *testing.T) {
	p := &Plan{}
	for i := range 2000 {
		p.ResourceChanges = append(p.ResourceChanges, ResourceChange{
			Address: fmt.Sprintf("aws_iam_role.role%d.", i), Mode: "managed", Type: "aws_iam_role",
			Change: Change{Actions: []string{"create"}, After: map[string]any{"description": strings.Repeat("d", 100)}},
		})
	}
	text := Stack{Name: "shared", Plan: p}.Text()
	for i := range 2000 {
		if !strings.Contains(text, fmt.Sprintf("+ aws_iam_role.role%d.: creates", i)) {
			t.Fatalf("role%d is not shown", i)
		}
	}
	if at := strings.Index(text, "| **shared** |"); at < strings.LastIndex(text, ": creates\n") {
		t.Error("the counts do not stand after the diffs")
	}
}

// change is a plan of one change of a kind.
func change(kind string, actions ...string) *Plan {
	return &Plan{ResourceChanges: []ResourceChange{{Address: kind + ".a", Mode: "managed", Type: kind, Change: Change{Actions: actions}}}}
}

func TestWhatLosesDataSaysSo(t *testing.T) {
	for kind, lost := range map[string]string{
		"aws_db_instance": "the database and what it holds", "aws_s3_bucket": "the bucket and what it holds", "aws_ecr_repository": "the images",
		"aws_kms_key": "the key: what it encrypts cannot be read again", "aws_secretsmanager_secret": "the secret's value", "aws_cloudwatch_log_group": "the logs",
		"aws_route53_zone": "the zone", "aws_cloudfront_distribution": "the address that users reach", "aws_iam_openid_connect_provider": "every pipeline's way in",
	} {
		for _, actions := range [][]string{{"delete"}, {"delete", "create"}, {"create", "delete"}} {
			text := Comment{Stacks: []Stack{{Name: "dev", Plan: change(kind, actions...)}}}.Markdown()
			if !strings.Contains(text, "🛑 **This loses "+lost) {
				t.Errorf("%s, %v: the comment does not say that this loses %q:\n%s", kind, actions, lost, text)
			}
		}
	}
}

// One is enough for the warning, in every stack and for every action that
// takes something away.
func TestOneDestroyedIsWarnedOf(t *testing.T) {
	for action, actions := range map[Action][]string{Destroy: {"delete"}, Replace: {"delete", "create"}, Forget: {"forget"}} {
		text := Comment{Stacks: []Stack{{Name: "dev", Plan: change("aws_sns_topic", actions...)}, {Name: "prod", Plan: &Plan{}}}}.Markdown()
		for _, want := range []string{"⚠️ **1**", "### ⚠️ Destroyed, replaced\n\n- ⚠️ **dev** " + verb(action) + " sns topic", "- 1 destroyed, replaced or forgotten: above"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", action, want, text)
			}
		}
	}
	if text := (Comment{Stacks: []Stack{{Name: "dev", Plan: change("aws_sns_topic", "create")}}}).Markdown(); strings.Contains(text, "⚠️") {
		t.Errorf("a warning of something that is only created:\n%s", text)
	}
}

// What a role may do is shown whether docs/access.md changed or not.
func TestAccessIsShown(t *testing.T) {
	policy := change("aws_iam_policy", "update")
	policy.ResourceChanges[0].Change.Before = map[string]any{"policy": `{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject"}]}`}
	policy.ResourceChanges[0].Change.After = map[string]any{"policy": `{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"]}]}`}
	const diff = "@@ -1 +1 @@\n-a\n+b"
	for _, test := range []struct {
		name, access string
		plan         *Plan
		want         []string
	}{
		{"both", diff, policy, []string{"### 🔑 What a role may do", diff, "- **dev** changes iam policy", "`policy.Statement[A, Allow].Action`: adds `\"s3:PutObject\"`"}},
		{"the resource alone", "", policy, []string{"### 🔑 What a role may do", "- **dev** changes iam policy", "`\"s3:PutObject\"`"}},
		{"the document alone", diff, &Plan{}, []string{"### 🔑 What a role may do", diff}},
		{"a role is created", "", change("aws_iam_role", "create"), []string{"- **dev** creates iam role"}},
		{"a role is destroyed", "", change("aws_iam_role", "delete"), []string{"- **dev** **destroys** iam role"}},
		{"a bucket's policy", "", change("aws_s3_bucket_policy", "create"), []string{"- **dev** creates s3 bucket policy"}},
		{"a scaling policy", "", change("aws_appautoscaling_policy", "create"), nil},
		{"nothing", "", &Plan{}, nil},
	} {
		text := Comment{Access: test.access, Stacks: []Stack{{Name: "dev", Plan: test.plan}}}.Markdown()
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing in\n%s", test.name, want, text)
			}
		}
		if test.want == nil && strings.Contains(text, "🔑") {
			t.Errorf("%s: it decides nothing of access:\n%s", test.name, text)
		}
	}
}

func TestSteps(t *testing.T) {
	p := &Plan{ResourceChanges: []ResourceChange{
		{Mode: "managed", Change: Change{Actions: []string{"create"}}}, {Mode: "managed", Change: Change{Actions: []string{"update"}, Importing: &Importing{ID: "i"}}},
		{Mode: "managed", Change: Change{Actions: []string{"delete", "create"}}}, {Mode: "managed", Change: Change{Actions: []string{"no-op"}, Importing: &Importing{ID: "i"}}},
		{Mode: "managed", Change: Change{Actions: []string{"forget"}}}, {Mode: "data", Change: Change{Actions: []string{"read"}}},
	}}
	if n := p.Steps(); n != 4 {
		t.Errorf("%d steps, want 4", n)
	}
}

// Nothing changes only where no stack changes and each could be planned.
func TestNothingChanges(t *testing.T) {
	quiet, changed, failed := Stack{Name: "a", Plan: &Plan{}}, Stack{Name: "b", Plan: change("aws_vpc", "create")}, Stack{Name: "c", Fault: "no credentials"}
	for _, test := range []struct {
		stacks []Stack
		want   bool
	}{
		{[]Stack{quiet}, true}, {[]Stack{quiet, quiet}, true}, {[]Stack{changed}, false}, {[]Stack{quiet, changed}, false}, {[]Stack{changed, quiet}, false},
		{[]Stack{failed, quiet}, false}, {[]Stack{quiet, failed}, false},
	} {
		text := Comment{Stacks: test.stacks}.Markdown()
		if got := strings.Contains(text, "Nothing changes in any stack."); got != test.want {
			t.Errorf("says that nothing changes: %t, want %t:\n%s", got, test.want, text)
		}
	}
}

// TestReduceMasks puts a value that is marked as sensitive everywhere that a
// plan has values: none is stored or shown.
func TestReduceMasks(t *testing.T) {
	for name, data := range map[string]string{
		"a change":      `"resource_changes": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["update"], "before": {"v": "hidden1"}, "after": {"v": "hidden2"}, "before_sensitive": {"v": true}, "after_sensitive": {"v": true}}}]`,
		"drift":         `"resource_drift": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["update"], "before": {"v": "hidden1"}, "after": {"v": "hidden2"}, "before_sensitive": {"v": true}, "after_sensitive": {"v": true}}}]`,
		"what is gone":  `"resource_drift": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["delete"], "before": {"v": "hidden1"}, "after": null, "before_sensitive": {"v": true}, "after_sensitive": false}}]`,
		"an output":     `"output_changes": {"o": {"actions": ["update"], "before": "hidden1", "after": "hidden2", "before_sensitive": true, "after_sensitive": true}}`,
		"a new output":  `"output_changes": {"o": {"actions": ["create"], "before": null, "after": {"a": ["hidden1"]}, "before_sensitive": false, "after_sensitive": true}}`,
		"no change":     `"resource_changes": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["no-op"], "before": {"v": "hidden1"}, "after": {"v": "hidden1"}}}]`,
		"a data source": `"resource_changes": [{"address": "data.aws_x.a", "mode": "data", "type": "aws_x", "change": {"actions": ["read"], "before": null, "after": {"v": "hidden1"}}}]`,
		"the state":     `"prior_state": {"values": {"root_module": {"resources": [{"address": "aws_x.a", "values": {"v": "hidden1"}}]}}}`,
	} {
		p, err := Reduce([]byte(`{"format_version": "1.2", ` + data + `}`))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		shown := Comment{Stacks: []Stack{{Name: "dev", Plan: p}}}.Markdown() + DriftReport([]Drift{FindDrift("dev", p, nil)}, "") + Stack{Name: "dev", Plan: p}.Text()
		if strings.Contains(string(stored), "hidden") || strings.Contains(shown, "hidden") {
			t.Errorf("%s: the value is kept or shown:\n%s\n%s", name, stored, shown)
		}
		if strings.Contains(name, "drift") && !strings.Contains(shown, sensitiveChanged) {
			t.Errorf("%s: the change is lost:\n%s", name, shown)
		}
	}
}

// TestSecretsOfEveryShape marks values of every kind as sensitive as a whole,
// wherever a plan file holds them.
func TestSecretsOfEveryShape(t *testing.T) {
	places := map[string]string{
		"before":       `"resource_changes": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["no-op"], "before": {"v": %s}, "before_sensitive": {"v": true}}}]`,
		"after":        `"resource_changes": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["create"], "after": {"v": %s}, "after_sensitive": {"v": true}}}]`,
		"drift before": `"resource_drift": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["delete"], "before": {"v": %s}, "before_sensitive": {"v": true}}}]`,
		"drift after":  `"resource_drift": [{"address": "aws_x.a", "type": "aws_x", "change": {"actions": ["update"], "after": {"v": %s}, "after_sensitive": {"v": true}}}]`,
		"state":        `"prior_state": {"values": {"root_module": {"resources": [{"address": "aws_x.a", "type": "aws_x", "values": {"v": %s}, "sensitive_values": {"v": true}}]}}}`,
		"module":       `"prior_state": {"values": {"root_module": {"child_modules": [{"resources": [{"address": "aws_x.a", "type": "aws_x", "values": {"v": %s}, "sensitive_values": {"v": true}}]}]}}}`,
		"output":       `"output_changes": {"v": {"actions": ["create"], "after": %s, "after_sensitive": true}}`,
		"old output":   `"output_changes": {"v": {"actions": ["delete"], "before": %s, "before_sensitive": true}}`,
		"state output": `"prior_state": {"values": {"outputs": {"v": {"value": %s, "sensitive": true}}}}`,
	}
	for value, secret := range map[string]bool{
		`"x"`: true, `1`: true, `0`: true, `true`: true, `false`: true, `["x"]`: true, `{"a": "x"}`: true, `[{"a": ["x"]}]`: true,
		`""`: false, `null`: false, `[]`: false, `{}`: false,
	} {
		for name, place := range places {
			got, err := Secrets([]byte(`{"format_version": "1.2", ` + fmt.Sprintf(place, value) + `}`))
			if err != nil || (len(got) > 0) != secret {
				t.Errorf("%s %s: %q, %v; a secret: %t", name, value, got, err, secret)
			}
		}
	}
}

func TestCosts(t *testing.T) {
	plan := []Stack{{Name: "dev", Plan: &Plan{}}}
	if text := (Comment{Stacks: plan, Costs: Costs{Date: "2026-01-01"}}).Markdown(); strings.Contains(text, "costs") {
		t.Errorf("nothing changes, and the comment says\n%s", text)
	}
	costs := Costs{Date: "2026-01-01", Environments: []Cost{{"dev", "+1.20", "10.00", "11.20", true, []string{"Alarms: 1 → 13 alarm, +1.20"}}}}
	text := Comment{Stacks: plan, Costs: costs}.Markdown()
	for _, want := range []string{"### 💶 What it costs\n\n- **dev**: +1.20 US dollars a month (10.00 → 11.20)\n\n<details>", "of 2026-01-01", "\n- **dev** Alarms: 1 → 13 alarm, +1.20\n\n</details>\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	for range 1000 {
		costs.Environments[0].Items = append(costs.Environments[0].Items, strings.Repeat("x", 100))
	}
	if text := (Comment{Stacks: plan, Costs: costs}).Markdown(); len(text) > 8000 || !strings.Contains(text, "more items\n\n</details>") {
		t.Errorf("%d bytes:\n%s", len(text), text)
	}
	costs.Environments[0].IsComplete = false
	if text := (Comment{Stacks: plan, Costs: costs}).Markdown(); !strings.Contains(text, "(10.00 → 11.20), **and what has no price**\n") {
		t.Errorf("it is not said that a price is missing:\n%s", text)
	}
}
