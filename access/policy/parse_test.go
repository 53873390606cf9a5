package policy

import (
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Document
	}{
		{
			"a list of lists", `{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"S","Effect":"Deny","NotAction":["a:B","c:D"],"NotResource":["x","y"]}]}`,
			Document{Statements: []Statement{{Sid: "S", Effect: Deny, NotActions: []string{"a:B", "c:D"}, NotResources: []string{"x", "y"}}}},
		},
		{
			"one of each", `{"Statement":{"Effect":"Allow","Action":"a:B","Resource":"x"}}`,
			Document{Statements: []Statement{{Effect: Allow, Actions: []string{"a:B"}, Resources: []string{"x"}}}},
		},
		{
			"anyone", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"a:B"},{"Effect":"Deny","NotPrincipal":{"AWS":"1"},"Action":"a:B"}]}`,
			Document{Statements: []Statement{
				{Effect: Allow, Principals: []Principal{Anyone}, Actions: []string{"a:B"}},
				{Effect: Deny, NotPrincipals: []Principal{{AWS, "1"}}, Actions: []string{"a:B"}},
			}},
		},
		{
			"principals by type", `{"Statement":[{"Effect":"Allow","Principal":{"Service":["b","a"],"AWS":"1","CanonicalUser":"c"},"Action":"a:B"}]}`,
			Document{Statements: []Statement{{Effect: Allow, Actions: []string{"a:B"}, Principals: []Principal{{AWS, "1"}, {"CanonicalUser", "c"}, {Service, "b"}, {Service, "a"}}}}},
		},
		{
			"conditions in order", `{"Statement":[{"Effect":"Allow","Action":"a:B","Condition":{"StringEquals":{"k":["v","w"],"j":"u"},"Bool":{"b":true},"NumericLessThan":{"n":1.2}}}]}`,
			Document{Statements: []Statement{{Effect: Allow, Actions: []string{"a:B"}, Conditions: []Condition{
				If(Bool, "b", "true"), If(NumericLessThan, "n", "1.2"), If(StringEquals, "j", "u"), If(StringEquals, "k", "v", "w"),
			}}}},
		},
		{"no statement", `{"Statement":[]}`, Document{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.text))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for text, fault := range map[string]string{
		``:                   "EOF",
		`{`:                  "EOF",
		`[]`:                 "array",
		`{"Statement":"x"}`:  "string",
		`{"Statements":[]}`:  "Statements",
		`{"Statement":[{}]}`: `effect ""`,
		`{"Statement":[{"Effect":"allow"},{"Effect":"deny"}]}`:                          `effect "deny"`,
		`{"Statement":[{"Effect":"Allow","Actions":"a:B"}]}`:                            "Actions",
		`{"Statement":[{"Effect":"Allow","Action":7}]}`:                                 "number",
		`{"Statement":[{"Effect":"Allow","Principal":"someone"}]}`:                      "string",
		`{"Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"k":{"a":1}}}}]}`: "condition value",
		`{"Statement":[{"Effect":"Allow","Condition":{"StringEquals":"k"}}]}`:           "string",
		`{"Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"k":[["v"]]}}}]}`: "condition value",
		`{"Statement":[{"Effect":"Allow","Condition":{"StringEquals":{"k":[null]}}}]}`:  "condition value",
		`{"Statement":{"Effect":"Allow","Actions":"a:B"}}`:                              "Actions",
		`{"Statement":[{"Effect":"Allow"},{"Effect":"x"}]}`:                             `statement 1 ("")`,
		`{"Statement":[{"Effect":"Allow","Action":["a:B",7]}]}`:                         "number",
	} {
		if got, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %+v, %v; want an error with %q", text, got, err, fault)
		}
	}
}

// TestParseReadsWhatJSONWrites: what is written is read back as it was.
func TestParseReadsWhatJSONWrites(t *testing.T) {
	want := Document{Statements: []Statement{
		{Sid: "A", Effect: Allow, Principals: []Principal{{AWS, "1"}, {Service, "s"}}, Actions: []string{"a:B", "a:C"}, Resources: []string{"*"},
			Conditions: []Condition{If(ArnLike, "k", "arn:aws:s3:::v"), If(StringEquals, "k", "v", "w")}},
		{Sid: "B", Effect: Deny, NotActions: []string{"a:B"}, NotResources: []string{"arn:aws:s3:::x", "arn:aws:s3:::y"}},
	}}
	text, err := want.JSON()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse([]byte(text))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestIDs(t *testing.T) {
	s := Statement{Principals: []Principal{{AWS, "1"}, {Service, "s"}, {AWS, "2"}, {Federated, "f"}}}
	for kind, want := range map[PrincipalType][]string{AWS: {"1", "2"}, Service: {"s"}, Federated: {"f"}, "CanonicalUser": nil} {
		if got := s.IDs(kind); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

func TestSpeaksOf(t *testing.T) {
	for _, test := range []struct {
		statement Statement
		want      bool
	}{
		{Statement{Actions: []string{"s3:get*"}}, true},
		{Statement{Actions: []string{"s3:Put*", "ecs:*"}}, false},
		{Statement{NotActions: []string{"s3:Put*"}}, true},
		{Statement{NotActions: []string{"s3:GETOBJECT"}}, false},
	} {
		if got := test.statement.SpeaksOf("s3:GetObject"); got != test.want {
			t.Errorf("%+v: %t", test.statement, got)
		}
	}
}
