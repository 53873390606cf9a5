package policy

import "testing"

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"s3:Get*", "s3:GetObject", true},
		{"s3:Get*", "s3:getObject", false},
		{"s3:Get*", "s3:PutObject", false},
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"a*b*c", "aXbXbXc", true},
		{"a*b*c", "aXbXbX", false},
		{"*ab", "aab", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"a?", "a", false},
		{"a**", "a", true},
		{"arn:aws:s3:::p-*/*", "arn:aws:s3:::p-dev/a/b", true},
		{"arn:aws:ecs:*:service/a", "arn:aws:ecs:r:1:service/a", true},
		{"a.c", "abc", false},
		{"ab", "abc", false},
		{"a??", "abc", true},
		{"*?", "", false},
		{"*a?", "xaab", true},
		{"a*", "b", false},
		{"*b*c", "abbc", true},
	} {
		if got := Match(test.pattern, test.text); got != test.want {
			t.Errorf("%q matches %q: %t", test.pattern, test.text, got)
		}
	}
}

func TestMatchAction(t *testing.T) {
	for _, test := range []struct {
		patterns []string
		action   string
		want     bool
	}{
		{[]string{"ecs:*", "s3:GetObject"}, "S3:getobject", true},
		{[]string{"S3:GET*"}, "s3:GetObject", true},
		{[]string{"s3:Put*"}, "s3:GetObject", false},
		{[]string{"*"}, "s3:GetObject", true},
		{nil, "s3:GetObject", false},
	} {
		if got := MatchAction(test.patterns, test.action); got != test.want {
			t.Errorf("%q match %q: %t", test.patterns, test.action, got)
		}
	}
}

func TestMatchARN(t *testing.T) {
	const arn = "arn:aws:ecs:eu-central-1:111122223333:service/a/b:7"
	for pattern, want := range map[string]bool{
		arn: true,
		"arn:aws:ecs:eu-central-1:111122223333:service/*": true,
		"arn:aws:ecs:*:*:service/?/b:7":                   true,
		"arn:*:ecs:*:service/*":                           false, // five parts
		"arn:aws:*:111122223333:service/a/b:7":            false,
		"arn:aws:ecs:eu-central-1:111122223333:SERVICE/*": false,
		"arn:aws:ecs:eu-central-1:444455556666:service/*": false,
		"arn:aws:ecs:eu-central-1:111122223333:service/a": false,
		"*": false,
		"arn:aws:ecs:eu-central-1:111122223333:*":          true,
		"arn:aws:ecs:eu-central-1:111122223333:service/*8": false,
	} {
		if got := MatchARN(pattern, arn); got != want {
			t.Errorf("%q matches %q: %t", pattern, arn, got)
		}
	}
	if MatchARN("*:*:*:*:*:*", "a text") || MatchARN("*:*:*:*:*:*", "b:b:b:b:b:b") {
		t.Error("a text that is no ARN matches")
	}
}

func TestMatchAny(t *testing.T) {
	if !MatchAny([]string{"b", "a*"}, "ab") || MatchAny([]string{"b", "c"}, "ab") || MatchAny(nil, "") {
		t.Error("one of the patterns must match")
	}
}
