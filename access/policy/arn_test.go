package policy

import (
	"strings"
	"testing"
)

// TestARNForm: a pattern that would match nothing, and so deny nothing, is refused;
// each form that AWS's services have is taken.
func TestARNForm(t *testing.T) {
	const account = "111122223333"
	for pattern, want := range map[string]string{
		"arn:aws:logs:eu-central-1:" + account + ":log-group:/a/*:*":            "",
		"arn:aws:logs:*:*:log-group:/a/*":                                       "",
		"arn:aws:rds:us-gov-east-1:" + account + ":db:a":                        "",
		"arn:aws:s3:::bucket/*/state":                                           "",
		"arn:aws:iam::" + account + ":role/a/*":                                 "",
		"arn:aws:iam::*:role/a":                                                 "",
		"arn:aws:cloudfront::" + account + ":*":                                 "",
		"arn:aws:route53:::hostedzone/*":                                        "",
		"arn:aws:cloudwatch::" + account + ":dashboard/a-*":                     "",
		"arn:aws:cloudwatch:eu-central-1:" + account + ":alarm:":                "",
		"arn:aws:chatbot::" + account + ":chat-configuration/slack-channel/a-*": "",
		"arn:aws:budgets::" + account + ":budget/a":                             "",
		"arn:aws:ec2:us-east-1::image/ami-1":                                    "",
		"arn:aws:securityhub:eu-central-1::standards/a/v/1":                     "",
		"${aws_kms_key.a.arn}":                                                  "",
		"${TfToken[TOKEN.9]}:*":                                                 "",
		"arn:aws:logs:${TfToken[TOKEN.9]}:${join(\":\", [1])}:a":                "",

		"arn:aws:logs:*:log-group:/a/*": `the account is "log-group"`, // one * for region and account
		"arn:aws:kms:*:key/*":           "arn:partition:service:region:account:resource",
		"arn:aws:sns:*":                 "arn:partition:service:region:account:resource",
		"arn:aws:*":                     "arn:partition:service:region:account:resource",
		"arn:*":                         "arn:partition:service:region:account:resource",
		"bucket/*":                      "arn:partition:service:region:account:resource",
		"":                              "arn:partition:service:region:account:resource",
		"aws:arn:ecs:eu-central-1:" + account + ":a":             "arn:partition:service:region:account:resource",
		"arn:*:ecs:eu-central-1:" + account + ":a":               `the partition is "*"`,
		"arn:aws:*:eu-central-1:" + account + ":a":               `the service is "*"`,
		"arn:aws::eu-central-1:" + account + ":a":                `the service is ""`,
		"arn:aws:ecs:eu-central-1:" + account + ":":              "names no resource",
		"arn:aws:ecs::" + account + ":cluster/a":                 `the region is ""`,
		"arn:aws:cloudwatch::" + account + ":alarm:a":            `the region is ""`,
		"arn:aws:ecs:eu-*:" + account + ":cluster/a":             `the region is "eu-*"`,
		"arn:aws:ecs:" + account + ":eu-central-1:a":             `the region is "` + account,
		"arn:aws:ecs:eu-central-1::cluster/a":                    `the account is ""`,
		"arn:aws:ecs:eu-central-1:11112222333:cluster/a":         `the account is "11112222333"`,
		"arn:aws:ecs:eu-central-1:1111222233334:cluster/a":       `the account is "1111222233334"`,
		"arn:aws:iam:eu-central-1:" + account + ":role/a":        `the region is "eu-central-1": this resource has none`,
		"arn:aws:iam:*:" + account + ":role/a":                   `the region is "*": this resource has none`,
		"arn:aws:s3::" + account + ":bucket":                     `the account is "` + account + `": this resource has none`,
		"arn:aws:ec2:us-east-1:" + account + ":image/a":          "this resource has none",
		"arn:aws:ec2:us-east-1::instance/i-1":                    `the account is ""`,
		"arn:aws:s3:::bucket\n":                                  "",
		"arn:aws:ecs:eu-central-1\n:" + account + ":cluster/a":   "the region is",
		"arn:aws:ecs:eu-central-1:" + account + "\n:cluster/a":   "the account is",
		"arn:aws:ecs:eu-central-1:${TfToken[TOKEN.9]}1:cluster/": "the account is",
	} {
		got := arnFault(pattern)
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", pattern, got, want)
		}
	}
}

// TestARNFormIsAskedOf: each place of a document that has an ARN, and no other.
func TestARNFormIsAskedOf(t *testing.T) {
	const bad = "arn:aws:kms:*:key/*"
	for name, change := range map[string]func(*Statement){
		"resource":                    func(s *Statement) { s.Resources = append(s.Resources, bad) },
		"not-resource":                func(s *Statement) { s.Resources, s.NotResources = nil, []string{"*", bad} },
		"principal":                   func(s *Statement) { s.Principals = []Principal{Anyone, {AWS, bad}} },
		"condition aws:SourceArn":     func(s *Statement) { s.Conditions = []Condition{If(ArnNotLike, "aws:SourceArn", "arn:aws:s3:::a", bad)} },
		"condition aws:PrincipalArn":  func(s *Statement) { s.Conditions = []Condition{If("ForAnyValue:ArnEquals", "aws:PrincipalArn", bad)} },
		"condition k":                 func(s *Statement) { s.Conditions = []Condition{If(StringLike, "k", bad)} },
		"condition aws:SourceAccount": func(s *Statement) { s.Conditions = []Condition{If(ArnLike, "aws:SourceAccount", bad)} },
	} {
		if _, err := oneStatement(change).JSON(); err == nil || !strings.Contains(err.Error(), name+` "`+bad+`": `) || strings.Count(err.Error(), bad) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	noARN := oneStatement(func(s *Statement) { s.Conditions = []Condition{If(ArnLike, "aws:SourceArn", "*")} })
	if _, err := noARN.JSON(); err == nil || !strings.Contains(err.Error(), `condition aws:SourceArn "*": arn:`) {
		t.Errorf("a comparison of ARNs with no ARN: %v", err)
	}
	for name, change := range map[string]func(*Statement){
		"everything":               func(s *Statement) { s.Resources = []string{"*"} },
		"everything but":           func(s *Statement) { s.Resources, s.NotResources = nil, []string{"*"} },
		"a service and an account": func(s *Statement) { s.Principals = []Principal{{Service, "s"}, {AWS, "111122223333"}} },
		"no ARN":                   func(s *Statement) { s.Conditions = []Condition{If(StringLike, "k", "learn:more")} },
		"no operator of ARNs":      func(s *Statement) { s.Conditions = []Condition{If("ForAllValues:StringLike", "Arn", "v")} },
	} {
		if _, err := oneStatement(change).JSON(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
