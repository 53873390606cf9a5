package policy

import (
	"regexp"
	"strings"
	"testing"
)

func oneStatement(change func(*Statement)) Document {
	s := Statement{Sid: "Read", Effect: Allow, Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::b/*"}}
	change(&s)
	return Document{Statements: []Statement{s}}
}

func TestJSON(t *testing.T) {
	for _, test := range []struct {
		name     string
		document Document
		want     string
	}{
		{
			"one of each without brackets", oneStatement(func(*Statement) {}),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`,
		},
		{
			"sorted, each once", oneStatement(func(s *Statement) { s.Actions = []string{"s3:PutObject", "s3:GetObject", "s3:PutObject"} }),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"}]}`,
		},
		{
			"conditions and principals", oneStatement(func(s *Statement) {
				s.Resources = nil
				s.Principals = []Principal{{Service, "b.amazonaws.com"}, {Service, "a.amazonaws.com"}, Anyone}
				s.Conditions = []Condition{If(StringEquals, "aws:SourceAccount", "1"), If(ArnLike, "aws:SourceArn", "arn:aws:s3:::y", "arn:aws:s3:::x"), If(StringEquals, "k", "v")}
			}),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"*","Service":["a.amazonaws.com","b.amazonaws.com"]},` +
				`"Action":"s3:GetObject","Condition":{"ArnLike":{"aws:SourceArn":["arn:aws:s3:::x","arn:aws:s3:::y"]},"StringEquals":{"aws:SourceAccount":"1","k":"v"}}}]}`,
		},
		{
			"Terraform's references last, as they came", oneStatement(func(s *Statement) {
				s.Resources = []string{"${TfToken[TOKEN.99]}", "arn:aws:s3:::b", "${TfToken[TOKEN.100]}", "arn:aws:s3:::a"}
			}),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject",` +
				`"Resource":["arn:aws:s3:::a","arn:aws:s3:::b","${TfToken[TOKEN.99]}","${TfToken[TOKEN.100]}"]}]}`,
		},
		{
			"Terraform's references stay as they are", oneStatement(func(s *Statement) { s.Resources = []string{"${a.b[\"c\"].arn}<>&"} }),
			`{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"${a.b[\"c\"].arn}<>&"}]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.document.JSON()
			if err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(test.want, `["c"]`, `[\"c\"]`)
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestJSONLeavesTheDocumentAlone(t *testing.T) {
	actions := []string{"s3:PutObject", "s3:GetObject"}
	if _, err := oneStatement(func(s *Statement) { s.Actions = actions }).JSON(); err != nil {
		t.Fatal(err)
	}
	if actions[0] != "s3:PutObject" {
		t.Error("rendering sorted the caller's slice")
	}
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		want   string
		change func(*Statement)
	}{
		{"a Sid of letters and digits is required", func(s *Statement) { s.Sid = "" }},
		{"a Sid of letters and digits is required", func(s *Statement) { s.Sid = "with space" }},
		{`effect "allow"`, func(s *Statement) { s.Effect = "allow" }},
		{"either actions or not-actions", func(s *Statement) { s.Actions = nil }},
		{"either actions or not-actions", func(s *Statement) { s.NotActions = []string{"iam:*"} }},
		{"resources and not-resources exclude", func(s *Statement) { s.NotResources = []string{"*"} }},
		{"resources are required", func(s *Statement) { s.Resources = nil }},
		{"has no value", func(s *Statement) { s.Conditions = []Condition{If(StringEquals, "k")} }},
		{"without operator or key", func(s *Statement) { s.Conditions = []Condition{If(StringEquals, "", "v")} }},
		{"without operator or key", func(s *Statement) { s.Conditions = []Condition{If("", "k", "v")} }},
		{"a Sid of letters and digits is required", func(s *Statement) { s.Sid = "a-b" }},
		{"a Sid of letters and digits is required", func(s *Statement) { s.Sid = "ab\n" }},
		{"not-principals are not allowed", func(s *Statement) { s.NotPrincipals = []Principal{Anyone} }},
		{"is written twice", func(s *Statement) {
			s.Conditions = []Condition{If(StringEquals, "k", "v"), If(StringEquals, "k", "w")}
		}},
	} {
		t.Run(test.want, func(t *testing.T) {
			got, err := oneStatement(test.change).JSON()
			if err == nil || !strings.Contains(err.Error(), test.want) || got != "" {
				t.Errorf("got %q, %v; want an error with %q", got, err, test.want)
			}
		})
	}
	if _, err := (Document{}).JSON(); err == nil {
		t.Error("an empty document is a policy")
	}
	twice := Document{Statements: append(oneStatement(func(*Statement) {}).Statements, oneStatement(func(*Statement) {}).Statements...)}
	if _, err := twice.JSON(); err == nil || !strings.Contains(err.Error(), "duplicate Sid") {
		t.Errorf("two statements with one Sid: %v", err)
	}
	both := oneStatement(func(s *Statement) { s.Sid, s.Effect = "", "" })
	if _, err := both.JSON(); err == nil || strings.Count(err.Error(), "\n") < 1 {
		t.Errorf("not all faults at once: %v", err)
	}
}

// The grammar of IAM's documents, and what it takes.
func TestWhatIsAllowed(t *testing.T) {
	for name, change := range map[string]func(*Statement){
		"not-actions":                    func(s *Statement) { s.Actions, s.NotActions = nil, []string{"iam:*"} },
		"not-resources":                  func(s *Statement) { s.Resources, s.NotResources = nil, []string{"arn:aws:s3:::x"} },
		"principals without resources":   func(s *Statement) { s.Resources, s.Principals = nil, []Principal{Anyone} },
		"principals with resources":      func(s *Statement) { s.Principals = []Principal{Anyone} },
		"a deny":                         func(s *Statement) { s.Effect = Deny },
		"one key with two operators":     func(s *Statement) { s.Conditions = []Condition{If(StringEquals, "k", "v"), If(StringLike, "k", "v")} },
		"two keys with one operator":     func(s *Statement) { s.Conditions = []Condition{If(StringEquals, "k", "v"), If(StringEquals, "l", "v")} },
		"a Sid that begins with a digit": func(s *Statement) { s.Sid = "1Read" },
	} {
		if _, err := oneStatement(change).JSON(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// IAM user guide, "IAM JSON policy elements: Condition operators".
	operator := regexp.MustCompile(`^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|Like)|Arn(Not)?(Equals|Like)|Bool|Null|NumericLessThan)(IfExists)?$`)
	seen := map[Operator]bool{}
	for _, o := range []Operator{StringEquals, StringNotEquals, StringLike, StringNotLike, ArnEquals, ArnNotEquals, ArnLike, ArnNotLike, Bool, Null, NumericLessThan, StringEqualsIfExists,
		ForAllStringEquals, ForAllArnLike, ForAnyArnNotLike, ForAnyStringEquals, ForAnyStringLike, ForAnyStringNotEquals, ForAllStringNotEquals} {
		if !operator.MatchString(string(o)) || seen[o] {
			t.Errorf("%q is no operator of IAM's, or is there twice", o)
		}
		seen[o] = true
	}
}
