package terraform

import (
	"reflect"
	"testing"
)

func TestParseState(t *testing.T) {
	for _, c := range []struct {
		data    string
		serial  uint64
		isState bool
		ok      bool
	}{
		{"", 0, false, true},
		{"\n", 0, false, true},
		{`{"version": 4, "serial": 12, "lineage": "l", "outputs": {}}`, 12, true, true},
		{`{"version": 5}`, 0, false, false},
		{`{}`, 0, false, false},
		{`{`, 0, false, false},
	} {
		got, err := ParseState([]byte(c.data))
		if (err == nil) != c.ok || (got != nil) != c.isState || got != nil && (got.Serial != c.serial || got.Lineage != "l") {
			t.Errorf("%q: %+v, %v", c.data, got, err)
		}
	}
}

func TestState(t *testing.T) {
	s, err := ParseState([]byte(`{"version": 4, "outputs": {"a": {"value": "x"}, "b": {"value": 1}}, "resources": [
		{"mode": "managed", "type": "aws_vpc", "name": "b", "instances": [{"attributes": {"id": "vpc-1"}}]},
		{"mode": "managed", "type": "aws_kms_key", "name": "a", "instances": [{"status": "tainted", "attributes": {"arn": "k"}}]},
		{"mode": "managed", "type": "aws_vpc", "name": "gone", "instances": []},
		{"mode": "data", "type": "aws_vpc", "name": "c", "instances": [{"attributes": {"id": "vpc-2"}}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want any }{
		"addresses":       {s.Addresses(), []string{"aws_kms_key.a", "aws_vpc.b"}},
		"managed":         {s.Managed()["aws_vpc"], []map[string]any{{"id": "vpc-1"}}},
		"tainted":         {s.Tainted(nil), []string{"aws_kms_key.a"}},
		"tainted, except": {s.Tainted([]string{"aws_kms_key"}), []string(nil)},
		"attribute":       {s.Attribute("aws_kms_key.a", "arn"), "k"},
		"no attribute":    {s.Attribute("aws_vpc.gone", "id"), ""},
		"texts":           {s.Texts(), map[string]string{"a": "x"}},
		"of no state":     {len((*State)(nil).Managed()), 0},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}
