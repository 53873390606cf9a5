package review

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/golden"
)

// everything is a comment with each of its parts, small enough to be read whole.
func everything() Comment {
	r := func(address, kind string, c Change) ResourceChange {
		return ResourceChange{Address: address, Mode: "managed", Type: kind, Change: c}
	}
	named := func(name string) map[string]any { return map[string]any{"name": name} }
	moved := r("aws_sns_topic.new", "aws_sns_topic", Change{Actions: []string{"no-op"}, Before: named("t"), After: named("t")})
	moved.PreviousAddress = "aws_sns_topic.old"
	imported := r("aws_eip.a", "aws_eip", Change{Actions: []string{"no-op"}, Importing: &Importing{"eip-1"}})
	replaced := r("aws_db_instance.a", "aws_db_instance", Change{Actions: []string{"delete", "create"}, Before: map[string]any{"identifier": "db", "db_name": "a"},
		After: map[string]any{"identifier": "db", "db_name": "b"}, ReplacePaths: [][]any{{"db_name"}}})
	replaced.ActionReason = "replace_because_cannot_update"
	destroyed := r("aws_eip.old", "aws_eip", Change{Actions: []string{"delete"}, Before: map[string]any{"id": "eip-0"}})
	destroyed.Deposed = "1a"
	plan := &Plan{FormatVersion: "1.2", ResourceChanges: []ResourceChange{
		r("aws_sns_topic.a", "aws_sns_topic", Change{Actions: []string{"create"}, After: map[string]any{"name": "topic", "tags": map[string]any{}, "list": []any{}, "none": nil, "id": "x"}}),
		r("aws_sns_topic.b", "aws_sns_topic", Change{Actions: []string{"create"}, After: map[string]any{"fifo": true}}),
		r("aws_iam_policy.p", "aws_iam_policy", Change{Actions: []string{"update"}, Before: map[string]any{"name": "p", "policy": `{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject"}]}`},
			After: map[string]any{"name": "p", "policy": `{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:PutObject"}]}`}}),
		replaced, destroyed, imported, moved,
		r("aws_s3_bucket.b", "aws_s3_bucket", Change{Actions: []string{"forget"}, Before: map[string]any{"bucket": "b"}}),
		r("aws_vpc.same", "aws_vpc", Change{Actions: []string{"no-op"}}),
	}, OutputChanges: map[string]Change{"b": {Actions: []string{"update"}}, "a": {Actions: []string{"create"}}, "c": {Actions: []string{"no-op"}}}}
	return Comment{
		Stacks: []Stack{
			{Name: "shared", Plan: plan, Lacks: []Lack{{"aws_iam_policy.p", []string{"iam:CreatePolicyVersion", "iam:GetPolicy"}}, {"aws_gone.x", []string{"a:b"}}}},
			{Name: "dev", Plan: &Plan{ResourceChanges: []ResourceChange{r("aws_iam_role.r", "aws_iam_role", Change{Actions: []string{"create"}, After: named("r")})}}, Lacks: []Lack{{"aws_iam_role.r", []string{"iam:CreateRole"}}},
				Refused: []Refusal{{"aws_vpc.v", "it would go", "keep it"}}},
			{Name: "new", Waits: "it is new"},
			{Name: "bad", Fault: "no credentials"},
		},
		Access: "@@ -1 +1 @@\n-a\n+b\n",
		Costs:  Costs{Date: "2026-01-01", Environments: []Cost{{"dev", "+1.00", "1.00", "2.00", true, []string{"one"}}}},
		Source: "commit 1",
	}
}

// TestWhole compares all that is written with testdata/whole.md, in which a
// person has read it: UPDATE_GOLDEN=1 rewrites it.
func TestWhole(t *testing.T) {
	c := everything()
	drift := []Drift{
		{Stack: "dev", Resources: []DriftedResource{{Label: "vpc `v`", Gone: true}, {Label: "role `r`", Differences: []Difference{{Path: "a", Before: "1", After: ""}, {Path: "b", Before: "", After: "2"}}}}},
		{Stack: "prod", Fault: "no credentials"}, {Stack: "shared"},
	}
	got := strings.Join([]string{c.Markdown(), c.Stacks[0].Text(), DriftReport(drift, "a run")}, "\n=====\n\n")
	golden.Check(t, "testdata/whole.md", got, "UPDATE_GOLDEN=1")
}

// Why Terraform does what it does, each reason that it knows of.
func TestReasons(t *testing.T) {
	for why, want := range map[string]string{
		"replace_because_cannot_update": "because AWS cannot change it in place", "replace_because_tainted": "because its creation failed", "replace_by_request": "by request", "replace_by_triggers": "because of replace_triggered_by",
		"delete_because_no_resource_config": "because no stack asks for it any longer", "delete_because_no_move_target": "because the address that it moves to is not there",
		"delete_because_wrong_repetition": "because its index or module is gone", "delete_because_count_index": "because its index or module is gone", "delete_because_each_key": "because its index or module is gone",
		"delete_because_no_module": "because its index or module is gone", "read_because_config_unknown": "", "": "",
	} {
		if got := reason(ResourceChange{ActionReason: why}); got != want {
			t.Errorf("%s: %q, want %q", why, got, want)
		}
	}
	two := ResourceChange{ActionReason: "replace_because_cannot_update", Change: Change{Before: map[string]any{"a": map[string]any{"x": 1.0, "y": 1.0}, "b": 1.0, "c": 1.0}, After: map[string]any{"a": map[string]any{"x": 2.0, "y": 2.0}, "b": 2.0, "c": 2.0},
		ReplacePaths: [][]any{{"a", "x"}, {"b"}, {}}}}
	if got := reason(two); got != "because of `a`, `b`" {
		t.Errorf("%q", got)
	}
	for action, want := range map[Action]string{Destroy: "**destroys**", Replace: "**replaces** (destroys and recreates)", Forget: "**forgets** (left in AWS, no longer managed)", Update: "changes", Create: "creates", Import: "imports", Move: "moves", None: "no change"} {
		if got := verb(action); got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
}

// Which resources decide what a role may do.
func TestDecidesAccess(t *testing.T) {
	for kind, want := range map[string]bool{
		"aws_iam_role": true, "aws_iam_openid_connect_provider": true, "aws_s3_bucket_policy": true, "aws_sns_topic_policy": true, "aws_secretsmanager_secret_policy": true, "aws_ecr_repository_policy": true, "aws_vpc": false, "aws_kms_key": false,
		"aws_appautoscaling_policy": false, "aws_ecr_lifecycle_policy": false, "aws_cloudfront_cache_policy": false, "aws_cloudfront_origin_request_policy": false, "aws_cloudfront_response_headers_policy": false,
	} {
		if got := decidesAccess(ResourceChange{Type: kind}); got != want {
			t.Errorf("%s: %t", kind, got)
		}
	}
	for attribute, want := range map[string]bool{"policy": true, "description": false} {
		if got := decidesAccess(ResourceChange{Type: "aws_kms_key", Change: Change{Before: map[string]any{attribute: "a"}, After: map[string]any{attribute: "b"}}}); got != want {
			t.Errorf("a key's %s: %t", attribute, got)
		}
	}
	differences := []Difference{{Path: "a", Before: "", After: "1"}, {Path: "b", Before: "null", After: "1"}, {Path: "c", Before: "1", After: ""}, {Path: "d", Before: "1", After: "2"}}
	if got, want := accessLines(differences), []string{"`a`: adds `1`", "`b`: adds `1`", "`c`: takes `1` away", "`d`: `1` becomes `2`"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What a resource is called by, the first that it has.
func TestNameOf(t *testing.T) {
	for _, attribute := range []string{"name", "identifier", "bucket", "family", "alarm_name", "dashboard_name", "function_name", "id", "role"} {
		for side, c := range map[string]Change{"before": {Before: map[string]any{attribute: "x"}}, "after": {After: map[string]any{attribute: "x"}}} {
			if got := nameOf(ResourceChange{Change: c}); got != "x" {
				t.Errorf("%s %s: %q", attribute, side, got)
			}
		}
	}
	for want, values := range map[string]map[string]any{
		"tag": {"tags": map[string]any{"Name": "tag"}, "name": "x"}, "x": {"tags": map[string]any{"Name": ""}, "name": "x", "id": "y"}, "y": {"name": sensitiveValue, "bucket": sensitiveChanged, "identifier": "", "id": "y"}, "": {"description": "x", "name": 1.0},
	} {
		if got := nameOf(ResourceChange{Change: Change{Before: values}}); got != want {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
	if got := label(ResourceChange{Type: "aws_s3_bucket_policy", Address: "a.b"}); got != "s3 bucket policy `a.b`" {
		t.Errorf("%q", got)
	}
}

// What AWS moves by itself is no drift, in the type that has it alone.
func TestMoving(t *testing.T) {
	for kind, attributes := range map[string][]string{
		"aws_db_instance": {"latest_restorable_time", "engine_version_actual", "allocated_storage", "status", "ca_cert_identifier", "master_user_secret"}, "aws_sns_topic_subscription": {"pending_confirmation", "confirmation_was_authenticated"},
		"aws_cloudfront_distribution": {"etag", "in_progress_validation_batches", "last_modified_time", "status"}, "aws_cloudfront_vpc_origin": {"etag"}, "aws_wafv2_web_acl": {"lock_token"},
		"aws_acm_certificate": {"not_after", "not_before", "pending_renewal", "renewal_summary", "status"},
	} {
		for _, attribute := range attributes {
			for _, of := range []string{kind, "aws_vpc"} {
				p := &Plan{ResourceDrift: []ResourceChange{{Address: of + ".a", Mode: "managed", Type: of, Change: Change{Actions: []string{"update"}, Before: map[string]any{attribute: "a"}, After: map[string]any{attribute: "b"}}}}}
				if got := len(FindDrift("dev", p, nil).Resources); (got == 0) != (of == kind) {
					t.Errorf("%s of %s: %d", attribute, of, got)
				}
			}
		}
	}
	data := &Plan{ResourceDrift: []ResourceChange{{Address: "data.aws_x.a", Mode: "data", Type: "aws_x", Change: Change{Actions: []string{"delete"}}}}}
	if got := FindDrift("dev", data, nil).Resources; len(got) > 0 {
		t.Errorf("a data source drifts: %+v", got)
	}
	for _, pair := range [][2]string{{"", "null"}, {`""`, "[]"}, {"{}", ""}} {
		if !nothing(Difference{Before: pair[0], After: pair[1]}) {
			t.Errorf("%q is another nothing than %q", pair[0], pair[1])
		}
	}
}

// What does not fit is left out whole, and said.
func TestLimits(t *testing.T) {
	write := func(room int, f func(*limited)) string {
		w := limited{left: room}
		f(&w)
		if w.left != room-w.Len() {
			t.Errorf("%d left of %d after %d bytes", w.left, room, w.Len())
		}
		return w.String()
	}
	for name, c := range map[string]struct{ got, want string }{
		"a line that just fits":  {write(4, func(w *limited) { w.line("abc") }), "abc\n"},
		"a line too long":        {write(3, func(w *limited) { w.line("abc") }), ""},
		"lines that just fit":    {write(4+len("- … and 1 more x")+1, func(w *limited) { w.lines([]string{"abc"}, "x") }), "abc\n"},
		"lines that do not":      {write(4+len("- … and 1 more x"), func(w *limited) { w.lines([]string{"abc"}, "x") }), "- … and 1 more x\n"},
		"the second does not":    {write(8+len("- … and 1 more x"), func(w *limited) { w.lines([]string{"abc", "abc"}, "x") }), "abc\n- … and 1 more x\n"},
		"a part":                 {write(10, func(w *limited) { w.within(4, func(w *limited) { w.line("abc"); w.line("d") }); w.line("e") }), "abc\ne\n"},
		"a part of what is left": {write(3, func(w *limited) { w.within(10, func(w *limited) { w.line("abc") }) }), ""},
		"no part":                {write(3, func(w *limited) { w.within(-1, func(w *limited) { w.line("") }) }), ""},
		"a block that just fits": {write(14, func(w *limited) { w.fence("a", "bcd") }), "```a\nbcd\n```\n"},
		"a block that does not":  {write(12, func(w *limited) { w.fence("a", "bcd") }), ""},
		"a block with a fence":   {write(99, func(w *limited) { w.fence("a", "```` x") }), "`````a\n```` x\n`````\n"},
		"a text that just fits":  {cutLines("a\nb\n", 4), "a\nb"},
		"a text that does not":   {cutLines("aaaaaaaaaa\nbbbbbbbbbb\ncccccccccc", 30), "aaaaaaaaaa\n… and more"},
		"a text without room":    {cutLines("aaaaaaaaaa\nbbbbbbbbbb", 5), "\n… and more"},
		"a word that just fits":  {cut("äöü", 3), "äöü"},
		"a word that does not":   {cut("äöüa", 3), "äö…"},
		"code on one line":       {code("a `b`\n  c"), "`a 'b' c`"},
		"long code":              {code(strings.Repeat("a", 121)), "`" + strings.Repeat("a", 119) + "…`"},
		"twelve codes":           {codes(strings.Split("abcdefghijkl", "")), "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`, `k`, `l`"},
		"thirteen codes":         {codes(strings.Split("abcdefghijklm", "")), "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`, `k`, `l`, 1 more"},
		"none":                   {orNone(""), "nothing"},
		"one":                    {count(Create, 1) + count(Destroy, 0) + count(Destroy, 2), "1·⚠️ **2**"},
		"a share":                {fmt.Sprint(share(5, 3), share(3, 5), share(-1, 5)), "3 3 0"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

// A diff that just fits into what a stack may have is shown, and one byte more is not.
func TestDetailsFit(t *testing.T) {
	s := Stack{Name: "dev", Plan: change("aws_sns_topic", "create")}
	s.Plan.ResourceChanges[0].Address = strings.Repeat("a", 300)
	part := len(diffOf(s.Plan.ResourceChanges[0]))
	for size, want := range map[int]bool{200 + part: true, 199 + part: false, 399: false} {
		w := limited{left: 10_000}
		s.details(&w, size)
		if got := strings.Contains(w.String(), "Full diff of dev: 1 resources"); got != want {
			t.Errorf("%d bytes for a diff of %d: shown %t\n%s", size, part, got, w.String())
		}
	}
}

// The shapes that values have in plans.
func TestShapes(t *testing.T) {
	for name, c := range map[string]struct{ got, want any }{
		"no object":                    {isMap("a"), false},
		"an object and none":           {isMap(nil, map[string]any{}), true},
		"two nones":                    {isMap(nil, nil), false},
		"an object and a text":         {isMap(map[string]any{}, "a"), false},
		"a list and none":              {isList([]any{}, nil), true},
		"two nones as lists":           {isList(nil, nil), false},
		"a list and a text":            {isList([]any{}, "a"), false},
		"plain values":                 {plain([]any{"a", 1.0, nil}), true},
		"lists in a list":              {plain([]any{[]any{}}), false},
		"objects in a list":            {plain([]any{map[string]any{}}), false},
		"beyond the end":               {at([]any{"a"}, 1), nil},
		"a top level":                  {topLevel("a.b[0]") + topLevel("c[0].d") + topLevel("e"), "ace"},
		"attributes once":              {fmt.Sprint(Attributes([]Difference{{Path: "a.b"}, {Path: "a.c"}, {Path: "d"}})), "[a d]"},
		"keys of two":                  {fmt.Sprint(keys(map[string]any{"b": 1, "a": 1}, map[string]any{"a": 1, "c": 1})), "[a b c]"},
		"the whole value":              {orAll(""), "the whole value"},
		"a path":                       {join("", "a") + join("a", "b"), "aa.b"},
		"a document":                   {fmt.Sprint(document(`{"a": 1}`)), "map[a:1]"},
		"a document that is a list":    {fmt.Sprint(document(`[1]`)), "[1]"},
		"no document":                  {document(`{a`), any(`{a`)},
		"a short text":                 {document(`{`), any(`{`)},
		"a text":                       {document(`"a"`), any(`"a"`)},
		"no value":                     {text(nil), ""},
		"what HTML escapes":            {text("<&>"), `"<&>"`},
		"a masked value":               {text(sensitiveValue) + text(sensitiveChanged), sensitiveValue + sensitiveChanged},
		"each as often as it is there": {fmt.Sprint(without([]any{"a", "a", "b"}, []any{"a"})), `["a" "b"]`},
		"marks":                        {containsTrue([]any{false, map[string]any{"a": []any{true}}}), true},
		"no marks":                     {containsTrue([]any{false, map[string]any{"a": false}, "true"}), false},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	for text, want := range map[string]string{
		`[{"name": "a"}, {"name": "b"}]`: "map[a:map[name:a] b:map[name:b]] true", `[{"Sid": "A", "Effect": "Deny", "name": "x"}]`: "map[A, Deny:map[Effect:Deny Sid:A name:x]] true",
		`[{"name": "a"}, {"name": "a"}]`: "map[] false", `[{"x": "a"}]`: "map[] false", `["a"]`: "map[] false", `[]`: "map[] true",
	} {
		list, _ := document(text).([]any)
		got, ok := named(list)
		if fmt.Sprintf("%v %t", got, ok) != want {
			t.Errorf("%s: %v %t, want %s", text, got, ok, want)
		}
	}
}
