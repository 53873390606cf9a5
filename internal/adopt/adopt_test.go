package adopt

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

type m = map[string]any

const content = `{
 "provider": {"aws": [
  {"region": "eu-central-1", "access_key": "local", "secret_key": "local", "https_proxy": "http://127.0.0.1:1"},
  {"alias": "edge", "region": "us-east-1"}]},
 "terraform": {"backend": {"s3": {"bucket": "b", "key": "dev/terraform.tfstate", "region": "eu-central-1"}}},
 "output": {"vpc": {"value": "${aws_vpc.net.id}"}},
 "resource": {
  "aws_vpc": {"net": {"cidr_block": "10.0.0.0/16"}},
  "aws_subnet": {"a": {"vpc_id": "${aws_vpc.net.id}", "cidr_block": "10.0.0.0/24", "access_logs": {"bucket": "${aws_s3_bucket.b.id}"}, "depends_on": ["aws_iam_role_policy.p"], "lifecycle": {"prevent_destroy": true}}},
  "aws_kms_key": {"edge": {"provider": "aws.edge", "description": "d"}},
  "aws_iam_role_policy": {"p": {"name": "p"}},
  "aws_iam_role": {"r": {"name": "paperwurks-dev-r"}}
 }}`

// workspace is one without Terraform: what exists is given.
func workspace(t *testing.T, exists map[listing][]Object) *Workspace {
	t.Helper()
	var decoded map[string]any
	if err := json.Unmarshal([]byte(content), &decoded); err != nil {
		t.Fatal(err)
	}
	s, err := synthesised.Load("dev", decoded)
	if err != nil {
		t.Fatal(err)
	}
	if exists == nil {
		exists = map[listing][]Object{}
	}
	return &Workspace{Finder: &Finder{stack: s, settings: config.Fixture(), kinds: Kinds(), seen: exists}, dir: t.TempDir()}
}

func create(resourceType, name string, after, unknown m) review.ResourceChange {
	return review.ResourceChange{
		Address: resourceType + "." + name, Mode: "managed", Type: resourceType,
		Change: review.Change{Actions: []string{"create"}, After: after, AfterUnknown: unknown},
	}
}

func planOf(changes ...review.ResourceChange) Plan {
	return Plan{Plan: &review.Plan{ResourceChanges: changes}}
}

func TestMatch(t *testing.T) {
	vpcs, roles, keys := listing{"aws_vpc", "eu-central-1"}, listing{"aws_iam_role", "eu-central-1"}, listing{"aws_kms_key", "us-east-1"}
	net := create("aws_vpc", "net", m{"tags_all": m{"Name": "n"}}, nil)
	role := create("aws_iam_role", "r", m{"name": "paperwurks-dev-r"}, nil)
	for name, c := range map[string]struct {
		plan      Plan
		exists    map[listing][]Object
		adopt     []string
		ambiguous []Ambiguous
	}{
		"nothing exists":           {planOf(net), map[listing][]Object{vpcs: nil}, nil, nil},
		"one does":                 {planOf(net), map[listing][]Object{vpcs: {{ID: "vpc-1", Key: "n", Stack: "dev"}}}, []string{"aws_vpc.net=vpc-1"}, nil},
		"another's":                {planOf(net), map[listing][]Object{vpcs: {{ID: "vpc-1", Key: "n", Stack: "prod"}}}, nil, nil},
		"another name":             {planOf(net), map[listing][]Object{vpcs: {{ID: "vpc-1", Key: "o", Stack: "dev"}}}, nil, nil},
		"twice":                    {planOf(net), map[listing][]Object{vpcs: {{ID: "vpc-1", Key: "n"}, {ID: "vpc-2", Key: "n"}}}, nil, []Ambiguous{{"aws_vpc.net", []string{"vpc-1", "vpc-2"}}}},
		"wanted twice":             {planOf(role, create("aws_iam_role", "r", m{"name": "paperwurks-dev-r"}, nil)), map[listing][]Object{roles: {{ID: "r", Key: "paperwurks-dev-r"}}}, nil, []Ambiguous{{"aws_iam_role.r", []string{"r"}}, {"aws_iam_role.r", []string{"r"}}}},
		"in the provider's region": {planOf(create("aws_kms_key", "edge", m{"description": "d"}, nil)), map[listing][]Object{keys: {{ID: "k", Key: "d", Stack: "dev"}}}, []string{"aws_kms_key.edge=k"}, nil},
		"parent to come":           {planOf(create("aws_subnet", "a", m{"tags_all": m{"Name": "a"}}, m{"vpc_id": true})), nil, nil, nil},
		"put again":                {planOf(create("aws_iam_role_policy", "p", m{"name": "p"}, nil)), nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := workspace(t, c.exists).match(t.Context(), c.plan)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range found.Adoptable {
				got = append(got, a.Address+"="+a.ID)
			}
			if !reflect.DeepEqual(got, c.adopt) || !reflect.DeepEqual(found.Ambiguous, c.ambiguous) {
				t.Errorf("adopt %v, ambiguous %v", got, found.Ambiguous)
			}
		})
	}
	t.Run("in the state under another address", func(t *testing.T) {
		p := planOf(net)
		state := `{"root_module":{"resources":[{"address":"aws_vpc.o","mode":"managed","type":"aws_vpc","values":{"id":"vpc-1"}}]}}`
		if err := json.Unmarshal([]byte(state), &p.prior); err != nil {
			t.Fatal(err)
		}
		found, err := workspace(t, map[listing][]Object{vpcs: {{ID: "vpc-1", Key: "n"}}}).match(t.Context(), p)
		if err != nil || len(found.Adoptable) != 0 {
			t.Errorf("%v, %v", found, err)
		}
	})
	both, err := workspace(t, map[listing][]Object{vpcs: {{ID: "vpc-1", Key: "n"}}, roles: {{ID: "r", Key: "paperwurks-dev-r"}}}).match(t.Context(), planOf(net, role))
	if want := []string{"aws_iam_role.r", "aws_vpc.net"}; err != nil || both.Creates != 2 || len(both.Adoptable) != 2 || both.Adoptable[0].Address != want[0] || both.Adoptable[1].Address != want[1] ||
		both.Adoptable[1].Type != "aws_vpc" || !reflect.DeepEqual(both.Adoptable[1].planned.Known, net.Change.After) {
		t.Errorf("not sorted, or not whole: %+v, %v", both, err)
	}
}

// What stops the search of a stack, wherever it happens: with a plan that cannot
// be read to the end, nothing is found that is not there.
func TestMatchRefuses(t *testing.T) {
	importing := create("aws_vpc", "net", m{"tags_all": m{"Name": "n"}}, nil)
	importing.Change.Importing = &review.Importing{ID: "vpc-9"}
	for want, c := range map[string]struct {
		change review.ResourceChange
		set    func(*Workspace)
	}{
		"aws_new_thing.x: internal/adopt knows nothing of its type":         {create("aws_new_thing", "x", nil, nil), nil},
		`aws_vpc.net: Terraform would import "vpc-9" and create it too`:     {importing, nil},
		`aws_kms_key.edge: stack "dev": no AWS provider with the alias "ed`: {create("aws_kms_key", "edge", m{"description": "d"}, nil), func(w *Workspace) { w.stack.Providers = w.stack.Providers[:1] }},
		"list aws_iam_role in eu-central-1: refused": {create("aws_iam_role", "r", m{"name": "paperwurks-dev-r"}, nil), func(w *Workspace) {
			w.kinds["aws_iam_role"] = Kind{Key: []string{"name"}, List: func(context.Context, AWS) ([]Object, error) { return nil, errors.New("refused") }}
		}},
	} {
		w := workspace(t, nil)
		if c.set != nil {
			c.set(w)
		}
		_, _, err := w.Search(t.Context(), func(context.Context, []Adoption) (Plan, error) { return planOf(c.change), nil })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// What is found is imported in the next plan, until a plan finds no more.
func TestSearch(t *testing.T) {
	net, role := create("aws_vpc", "net", m{"tags_all": m{"Name": "n"}}, nil), create("aws_iam_role", "r", m{"name": "paperwurks-dev-r"}, nil)
	w := workspace(t, map[listing][]Object{{"aws_iam_role", "eu-central-1"}: {{ID: "of a search before", Key: "paperwurks-dev-r"}}})
	w.kinds["aws_vpc"] = Kind{Key: []string{"tags_all.Name"}, List: func(context.Context, AWS) ([]Object, error) { return []Object{{"vpc-1", "n", "dev"}}, nil }}
	w.kinds["aws_iam_role"] = Kind{Key: []string{"name"}, List: listed("paperwurks-dev-r")}
	var rounds []string
	plan := func(_ context.Context, imports []Adoption) (Plan, error) {
		var ids []string
		for _, a := range imports {
			ids = append(ids, a.Address+"="+a.ID)
		}
		rounds = append(rounds, strings.Join(ids, " "))
		imported := func(r review.ResourceChange, id string) review.ResourceChange {
			r.Change.Actions, r.Change.Importing, r.Change.After = []string{"no-op"}, &review.Importing{ID: id}, m{"id": id}
			return r
		}
		switch len(rounds) {
		case 1: // the role's name is that of something that is not there yet
			return planOf(net, create("aws_iam_role", "r", nil, m{"name": true})), nil
		case 2:
			return planOf(imported(net, "vpc-1"), role), nil
		}
		return planOf(imported(net, "vpc-1"), imported(role, "paperwurks-dev-r")), nil
	}
	p, found, err := w.Search(t.Context(), plan)
	if want := []string{"", "aws_vpc.net=vpc-1", "aws_iam_role.r=paperwurks-dev-r aws_vpc.net=vpc-1"}; err != nil || !reflect.DeepEqual(rounds, want) {
		t.Fatalf("rounds %q, want %q: %v", rounds, want, err)
	}
	if len(p.ResourceChanges) != 2 || found.Creates != 0 || len(found.Adoptable) != 2 || found.Adoptable[0].Address != "aws_iam_role.r" || found.Adoptable[1].Type != "aws_vpc" ||
		found.Adoptable[1].values.Known["id"] != "vpc-1" || found.Adoptable[1].planned.Known["tags_all"] == nil {
		t.Errorf("plan %+v, found %+v", p, found)
	}

	_, _, err = w.Search(t.Context(), func(context.Context, []Adoption) (Plan, error) { return Plan{}, errors.New("no plan") })
	if err == nil || err.Error() != "no plan" {
		t.Errorf("got %v", err)
	}
	n := 0
	_, _, err = w.Search(t.Context(), func(context.Context, []Adoption) (Plan, error) { n++; return planOf(net), nil })
	if err == nil || !strings.Contains(err.Error(), `stack "dev": still finding more after 12 rounds`) || n != maxRounds {
		t.Errorf("%d rounds: %v", n, err)
	}
}

// What a finder cannot be made of, and where a state is that is no file.
func TestNewFinder(t *testing.T) {
	good := workspace(t, nil).stack
	none, outside := good, good
	none.Providers = nil
	outside.Providers = slices.Clone(good.Providers)
	outside.Providers[0].HTTPSProxy = "http://192.0.2.1"
	for want, s := range map[string]synthesised.Stack{`stack "dev": no AWS provider`: none, `stack "dev": target.localEndpoint: `: outside} {
		if _, err := NewFinder(s, config.Fixture()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if _, err := Open(t.Context(), terraform.Runner{}, s, config.Fixture()); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	f, err := NewFinder(good, config.Fixture())
	if err != nil {
		t.Fatal(err)
	}
	if want := (config.Target{LocalEndpoint: "http://127.0.0.1:1"}).For(config.Fixture()).User.AccountID; f.settings.User.AccountID != want {
		t.Errorf("account %q, want the local AWS's, %q", f.settings.User.AccountID, want)
	}
	if store, err := f.Store(t.Context()); err != nil || store == nil || store.Bucket != "b" {
		t.Errorf("%+v, %v", store, err)
	}
	f.stack.Backend.S3 = nil
	if store, err := f.Store(t.Context()); err != nil || store != nil {
		t.Errorf("%+v, %v", store, err)
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, err := Open(t.Context(), terraform.Runner{}, good, config.Fixture()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened in no folder: %v", err)
	}
}

// A plan that cannot be read is none.
func TestDecodePlan(t *testing.T) {
	for _, text := range []string{"", "{}", `{"format_version": "1.2", "prior_state": 1}`, `{"format_version": "1.2", "prior_state": {"values": {"root_module": {"resources": 1}}}}`} {
		if p, err := DecodePlan([]byte(text)); err == nil {
			t.Errorf("%q is %+v", text, p)
		}
	}
	text := `{"format_version": "1.2", "prior_state": {"values": {"root_module": {"resources": [
		{"mode": "managed", "type": "aws_vpc", "values": {"id": "vpc-1"}}, {"mode": "managed", "type": "aws_vpc", "values": {"id": "vpc-2"}}, {"mode": "data", "type": "aws_vpc", "values": {"id": "vpc-3"}}]}}}}`
	p, err := DecodePlan([]byte(text))
	if want := map[string][]map[string]any{"aws_vpc": {{"id": "vpc-1"}, {"id": "vpc-2"}}}; err != nil || !reflect.DeepEqual(p.prior.managed(), want) || string(p.JSON) != text {
		t.Errorf("%+v, %v", p, err)
	}
}

// What cannot be written is not planned.
func TestPlanRefuses(t *testing.T) {
	w := workspace(t, nil)
	if _, err := w.Plan(t.Context(), nil); err == nil || err.Error() != "nothing to adopt" {
		t.Errorf("got %v", err)
	}
	for _, file := range []string{stackFileName, importsName} {
		w := workspace(t, nil)
		if err := os.Mkdir(filepath.Join(w.dir, file), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Plan(t.Context(), []Adoption{{Address: "aws_vpc.net", Type: "aws_vpc", ID: "vpc-1"}}); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", file, err)
		}
		if _, err := w.Find(t.Context()); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := w.write("x", func() {}); err == nil {
		t.Error("a function is written as JSON")
	}
	if err := w.write(stackFileName, 1); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(w.dir, stackFileName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: it may hold secrets", info.Mode(), err)
	}
}

func TestVerify(t *testing.T) {
	change := func(address string, importing string, actions ...string) review.ResourceChange {
		r := review.ResourceChange{Address: address, Mode: "managed", Change: review.Change{Actions: actions}}
		if importing != "" {
			r.Change.Importing = &review.Importing{ID: importing}
		}
		return r
	}
	adoptions := []Adoption{{Address: "a.a", ID: "1"}}
	good := change("a.a", "1", "no-op")
	for name, c := range map[string]struct {
		changes []review.ResourceChange
		outputs map[string]review.Change
		fault   string
	}{
		"an import":                 {[]review.ResourceChange{good}, nil, ""},
		"an import with an update":  {[]review.ResourceChange{change("a.a", "1", "update")}, nil, ""},
		"next to what stays":        {[]review.ResourceChange{good, change("b.b", "", "no-op")}, nil, ""},
		"a new output":              {[]review.ResourceChange{good}, map[string]review.Change{"o": {Actions: []string{"create"}}}, ""},
		"creates another":           {[]review.ResourceChange{good, change("b.b", "", "create")}, nil, "would create it, which was not asked for"},
		"updates another":           {[]review.ResourceChange{good, change("b.b", "", "update")}, nil, "would change it, which was not asked for"},
		"imports another":           {[]review.ResourceChange{good, change("b.b", "2", "no-op")}, nil, "would import it, which was not asked for"},
		"destroys another":          {[]review.ResourceChange{good, change("b.b", "", "delete")}, nil, "would destroy it"},
		"replaces":                  {[]review.ResourceChange{change("a.a", "1", "delete", "create")}, nil, "would replace it; only an import"},
		"replaces, created first":   {[]review.ResourceChange{change("a.a", "1", "create", "delete")}, nil, "would replace it; only an import"},
		"forgets":                   {[]review.ResourceChange{change("a.a", "1", "forget")}, nil, "would forget it"},
		"creates":                   {[]review.ResourceChange{change("a.a", "", "create")}, nil, "would create it; only an import"},
		"updates without an import": {[]review.ResourceChange{change("a.a", "", "update")}, nil, "without an import"},
		"imports something else":    {[]review.ResourceChange{change("a.a", "2", "no-op")}, nil, `imports "2"; "1" was found`},
		"does not import":           {nil, nil, `does not import "1"`},
		"removes an output":         {[]review.ResourceChange{good}, map[string]review.Change{"o": {Actions: []string{"delete"}}}, `output "o": the plan would remove it`},
	} {
		t.Run(name, func(t *testing.T) {
			err := verify(&review.Plan{ResourceChanges: c.changes, OutputChanges: c.outputs}, adoptions)
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("%v; want %q", err, c.fault)
			}
		})
	}
	// A plan with errors is refused, whatever it would do, and all faults are said.
	err := verify(&review.Plan{ResourceChanges: []review.ResourceChange{good}, Errored: true}, adoptions)
	if err == nil || err.Error() != "the adoption is refused: the plan has errors" {
		t.Errorf("got %v", err)
	}
	err = verify(&review.Plan{ResourceChanges: []review.ResourceChange{change("b.b", "", "delete"), change("c.c", "", "create")}}, adoptions)
	if err == nil || err.Error() != "the adoption is refused: b.b: the plan would destroy it, which was not asked for\nc.c: the plan would create it, which was not asked for" {
		t.Errorf("got %v", err)
	}
}

// TestConfigure writes the configuration of an import: everything but the
// imported resources stays as it is.
func TestConfigure(t *testing.T) {
	w := workspace(t, nil)
	subnet := Adoption{Address: "aws_subnet.a", Type: "aws_subnet", ID: "subnet-1", planned: Values{Known: m{"vpc_id": "vpc-0", "access_logs": []any{m{"bucket": "b"}}}},
		values: Values{Known: m{"vpc_id": "vpc-1", "cidr_block": "other", "access_logs": []any{m{"bucket": nil}}}}}
	for name, c := range map[string]struct {
		alone bool
		want  m
	}{
		"with what it needs": {false, m{"vpc_id": "${aws_vpc.net.id}", "cidr_block": "10.0.0.0/24", "access_logs": m{"bucket": "${aws_s3_bucket.b.id}"}, "depends_on": []any{"aws_iam_role_policy.p"}, "lifecycle": m{"prevent_destroy": true, "ignore_changes": "all"}}},
		"alone":              {true, m{"vpc_id": "vpc-1", "cidr_block": "10.0.0.0/24", "access_logs": m{"bucket": "b"}, "lifecycle": m{"prevent_destroy": true, "ignore_changes": "all"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := w.configure([]Adoption{subnet}, c.alone); err != nil {
				t.Fatal(err)
			}
			var want, got, imports m
			read(t, filepath.Join(w.dir, stackFileName), &got)
			read(t, filepath.Join(w.dir, importsName), &imports)
			if err := json.Unmarshal([]byte(content), &want); err != nil {
				t.Fatal(err)
			}
			want["resource"].(m)["aws_subnet"].(m)["a"] = c.want
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %v", got["resource"])
			}
			if !reflect.DeepEqual(imports, m{"import": []any{m{"to": "aws_subnet.a", "id": "subnet-1"}}}) {
				t.Errorf("imports %v", imports)
			}
		})
	}
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func TestLiteral(t *testing.T) {
	for name, c := range map[string]struct {
		configured, known, want any
		ok                      bool
	}{
		"no reference":            {"a", "b", "a", true},
		"a number":                {80.0, 81.0, 80.0, true},
		"a reference":             {"${x.id}", "id-1", "id-1", true},
		"of what is not known":    {"${x.id}", nil, nil, false},
		"a policy variable":       {"$${aws:username}", "x", "$${aws:username}", true},
		"known with a variable":   {"${x.json}", "a${aws:username}%{b", "a$${aws:username}%%{b", true},
		"a whole list":            {"${x.ids}", []any{"a", "b"}, []any{"a", "b"}, true},
		"in a list":               {[]any{"${x.id}", "b", "${y.id}"}, []any{"a", "b"}, []any{"a", "b"}, true},
		"in a block":              {m{"bucket": "${x.id}", "on": true}, m{"bucket": "b"}, m{"bucket": "b", "on": true}, true},
		"in a block, unknown":     {m{"bucket": "${x.id}", "on": true}, m{"bucket": nil}, nil, false},
		"in a block, as planned":  {m{"bucket": "${x.id}"}, []any{m{"bucket": "b"}}, m{"bucket": "b"}, true},
		"in a block that is gone": {m{"bucket": "${x.id}"}, []any{}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := literal(c.configured, c.known)
			if ok != c.ok || ok && !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v, %t", got, ok)
			}
		})
	}
}

// TestOrphans: what exists, is in no state, and is the stack's.
func TestOrphans(t *testing.T) {
	shared := synthesised.Stack{Name: "shared", Resource: map[string]map[string]map[string]any{
		"aws_iam_role": {"flow": {"name": "paperwurks-dev-flow-log"}},
	}}
	w := workspace(t, nil)
	w.stack.Resource = map[string]map[string]map[string]any{"aws_iam_role": w.stack.Resource["aws_iam_role"], "aws_iam_role_policy": w.stack.Resource["aws_iam_role_policy"]}
	kind := w.kinds["aws_iam_role"]
	kind.List = listed("paperwurks-dev-r", "paperwurks-dev-old", "paperwurks-dev-flow-log", "paperwurks-prod-old", "infra-role")
	w.kinds["aws_iam_role"] = kind
	inventory := NewInventory([]synthesised.Stack{shared, w.stack})
	inventory.ids["aws_iam_role"] = map[string]bool{"paperwurks-dev-r": true}
	got, err := w.Orphans(t.Context(), inventory)
	want := []Orphan{{"aws_iam_role", "eu-central-1", "paperwurks-dev-old", "paperwurks-dev-old"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("dev: %v, %v", got, err)
	}
	w.stack.Name = "shared"
	got, err = w.Orphans(t.Context(), inventory)
	want = []Orphan{{"aws_iam_role", "eu-central-1", "infra-role", "infra-role"}, {"aws_iam_role", "eu-central-1", "paperwurks-dev-flow-log", "paperwurks-dev-flow-log"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("shared: %v, %v", got, err)
	}

	// What was made since is seen, and nothing is taken for none that was not seen.
	kind.List = listed("infra-new")
	w.kinds["aws_iam_role"] = kind
	got, err = w.Orphans(t.Context(), inventory)
	if want := []Orphan{{"aws_iam_role", "eu-central-1", "infra-new", "infra-new"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("later: %v, %v", got, err)
	}
	kind.List = func(context.Context, AWS) ([]Object, error) { return nil, errors.New("refused") }
	w.kinds["aws_iam_role"] = kind
	if got, err := w.Orphans(t.Context(), inventory); err == nil || !strings.Contains(err.Error(), "list aws_iam_role in eu-central-1: refused") {
		t.Errorf("%v, %v", got, err)
	}
	for want, resources := range map[string]map[string]map[string]map[string]any{
		"aws_new_thing: internal/adopt knows nothing of it":     {"aws_new_thing": {"x": {}}},
		`stack "shared": no AWS provider with the alias "gone"`: {"aws_iam_role": {"r": {"provider": "aws.gone"}}},
	} {
		w.stack.Resource = resources
		if got, err := w.Orphans(t.Context(), inventory); err == nil || err.Error() != want {
			t.Errorf("%v, %v; want %q", got, err, want)
		}
	}
}

// Orphans are sorted, each region of a type is asked, and what its own tag says
// goes before all else.
func TestOrphansOfEachRegion(t *testing.T) {
	w := workspace(t, nil)
	w.stack.Resource = map[string]map[string]map[string]any{"aws_kms_key": {"home": {"description": "d"}, "edge": {"description": "d", "provider": "aws.edge"}}, "aws_iam_role": {"r": {"name": "paperwurks-dev-r"}}}
	w.kinds["aws_kms_key"] = Kind{Key: []string{"description"}, List: func(_ context.Context, a AWS) ([]Object, error) {
		return []Object{{"k2-" + a.Region, "prod", a.Stack}, {"k1-" + a.Region, "d", "dev"}, {"k3", "dev", "prod"}}, nil
	}}
	w.kinds["aws_iam_role"] = Kind{Key: []string{"name"}, List: listed("paperwurks-dev-x")}
	got, err := w.Orphans(t.Context(), NewInventory(nil))
	want := []Orphan{{"aws_iam_role", "eu-central-1", "paperwurks-dev-x", "paperwurks-dev-x"},
		{"aws_kms_key", "eu-central-1", "k1-eu-central-1", "d"}, {"aws_kms_key", "eu-central-1", "k2-eu-central-1", "prod"},
		{"aws_kms_key", "us-east-1", "k1-us-east-1", "d"}, {"aws_kms_key", "us-east-1", "k2-us-east-1", "prod"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func listed(names ...string) list {
	return func(context.Context, AWS) ([]Object, error) {
		var found []Object
		for _, n := range names {
			found = append(found, Object{ID: n, Key: n})
		}
		return found, nil
	}
}

// A state that names a provider which the stack does not require is refused
// before Terraform starts: there is none here.
func TestOpenRefusesForeignProvider(t *testing.T) {
	stack := workspace(t, nil).stack
	stack.Dir = t.TempDir()
	stack.Backend.S3, stack.Backend.Local = nil, &struct{ Path string }{"terraform.tfstate"}
	for name, text := range map[string]string{
		".terraform.lock.hcl": "",
		"terraform.tfstate":   `{"version": 4, "resources": [{"type": "leak", "name": "b", "provider": "provider[\"registry.terraform.io/evil/leak\"]"}]}`,
	} {
		if err := os.WriteFile(filepath.Join(stack.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", "")
	_, err := Open(t.Context(), terraform.Runner{}, stack, config.Fixture())
	if err == nil || !strings.Contains(err.Error(), `leak.b: provider "provider[\"registry.terraform.io/evil/leak\"]"`) {
		t.Errorf("got %v", err)
	}
}
