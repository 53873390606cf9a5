package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Events of a trail, as CloudTrail writes them, and the alarms that ring at each.
var trailEvents = []struct {
	event string
	rings string
}{
	{`{"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "errorCode": "Client.UnauthorizedOperation"}`, "unauthorized-calls"},
	{`{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied", "sourceIPAddress": "192.0.2.1"}`, "unauthorized-calls"},
	{`{"eventSource": "s3.amazonaws.com", "eventName": "HeadBucket", "errorCode": "AccessDenied", "sourceIPAddress": "192.0.2.1"}`, ""},
	{`{"eventSource": "s3.amazonaws.com", "eventName": "PutObject", "errorCode": "AccessDenied", "sourceIPAddress": "delivery.logs.amazonaws.com"}`, ""},
	{`{"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "NoSuchKey", "sourceIPAddress": "192.0.2.1"}`, ""},
	{`{"eventName": "ConsoleLogin", "userIdentity": {"type": "IAMUser"}, "additionalEventData": {"MFAUsed": "No"}, "responseElements": {"ConsoleLogin": "Success"}}`, "sign-in-without-mfa"},
	{`{"eventName": "ConsoleLogin", "userIdentity": {"type": "IAMUser"}, "additionalEventData": {"MFAUsed": "Yes"}, "responseElements": {"ConsoleLogin": "Success"}}`, ""},
	{`{"eventName": "ConsoleLogin", "userIdentity": {"type": "AssumedRole"}, "additionalEventData": {"MFAUsed": "No"}, "responseElements": {"ConsoleLogin": "Success"}}`, ""},
	{`{"eventName": "ConsoleLogin", "userIdentity": {"type": "IAMUser"}, "additionalEventData": {"MFAUsed": "No"}, "responseElements": {"ConsoleLogin": "Failure"}, "errorMessage": "Failed authentication"}`, "failed-sign-ins"},
	{`{"eventName": "ListBuckets", "eventType": "AwsApiCall", "userIdentity": {"type": "Root"}}`, "root"},
	{`{"eventName": "CreateGrant", "eventType": "AwsApiCall", "userIdentity": {"type": "Root", "invokedBy": "rds.amazonaws.com"}}`, ""},
	{`{"eventName": "RotateKey", "eventType": "AwsServiceEvent", "userIdentity": {"type": "Root"}}`, ""},
	{`{"eventSource": "iam.amazonaws.com", "eventName": "AttachRolePolicy"}`, "iam-policies"},
	{`{"eventSource": "iam.amazonaws.com", "eventName": "GetRolePolicy"}`, ""},
	{`{"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging"}`, "trail"},
	{`{"eventSource": "cloudtrail.amazonaws.com", "eventName": "DescribeTrails"}`, ""},
	{`{"eventSource": "kms.amazonaws.com", "eventName": "ScheduleKeyDeletion"}`, "keys"},
	{`{"eventSource": "kms.amazonaws.com", "eventName": "CancelKeyDeletion"}`, ""},
	{`{"eventSource": "apigateway.amazonaws.com", "eventName": "DisableKey"}`, ""},
	{`{"eventSource": "apigateway.amazonaws.com", "eventName": "PutDeliveryChannel"}`, ""},
	{`{"eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy"}`, "bucket-policies"},
	{`{"eventSource": "glacier.amazonaws.com", "eventName": "PutBucketPolicy"}`, ""},
	{`{"eventSource": "config.amazonaws.com", "eventName": "StopConfigurationRecorder"}`, "recorder"},
	{`{"eventSource": "config.amazonaws.com", "eventName": "DeleteDeliveryChannel"}`, "recorder"},
	{`{"eventSource": "config.amazonaws.com", "eventName": "DescribeDeliveryChannels"}`, ""},
	{`{"eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress"}`, "security-groups"},
	{`{"eventSource": "ec2.amazonaws.com", "eventName": "ReplaceNetworkAclEntry"}`, "network-acls"},
	{`{"eventSource": "ec2.amazonaws.com", "eventName": "AttachInternetGateway"}`, "gateways"},
	{`{"eventSource": "ec2.amazonaws.com", "eventName": "ReplaceRoute"}`, "route-tables"},
	{`{"eventSource": "ec2.amazonaws.com", "eventName": "CreateVpcPeeringConnection"}`, "vpcs"},
	{`{"eventSource": "ec2.amazonaws.com", "eventName": "DescribeVpcs"}`, ""},
	// By the CLI, by the console ("AWS Signin" acts for it), and refused; by the key of a
	// session; in the name of the role.
	{`{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "eu-central-1", "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PaperwurksBreakGlass_0123456789abcdef/ada"}, "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/paperwurks/people/paperwurks-break-glass", "roleSessionName": "ada", "durationSeconds": 3600}}`, "break-glass"},
	{`{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "awsRegion": "us-east-1", "userAgent": "AWS Signin, aws-internal/3", "userIdentity": {"type": "IAMUser", "userName": "break-glass"}, "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/paperwurks/people/paperwurks-break-glass"}}`, "break-glass"},
	{`{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "errorCode": "AccessDenied", "sourceIPAddress": "192.0.2.1", "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/paperwurks/people/paperwurks-break-glass"}}`, "unauthorized-calls break-glass"},
	{`{"eventSource": "signin.amazonaws.com", "eventName": "SwitchRole", "userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/paperwurks/people/paperwurks-break-glass"}}}}`, "break-glass"},
	{`{"eventSource": "rds.amazonaws.com", "eventName": "DescribeDBInstances", "userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/paperwurks/people/paperwurks-break-glass"}}}}`, "break-glass"},
	{`{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/paperwurks/people/paperwurks-on-call"}}`, ""},
	{`{"eventSource": "rds.amazonaws.com", "eventName": "DescribeDBInstances", "userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/paperwurks/people/paperwurks-on-call"}}}}`, ""},
	{`{"eventSource": "iam.amazonaws.com", "eventName": "GetRole", "requestParameters": {"roleName": "paperwurks-break-glass"}, "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/break-glass"}}`, ""},
}

// TestTrailAlarmPatterns reads each pattern as CloudWatch Logs does, and asks it about
// events; a pattern that is broken asks for something else.
func TestTrailAlarmPatterns(t *testing.T) {
	rung := map[AlarmID]bool{}
	for _, test := range trailEvents {
		var event any
		if err := json.Unmarshal([]byte(test.event), &event); err != nil {
			t.Fatal(err)
		}
		var rings []string
		for _, a := range TrailAlarms() {
			matches, err := matchesPattern(a.Pattern, event)
			if err != nil {
				t.Fatalf("%s: %v", a.ID, err)
			}
			if matches {
				rings, rung[a.ID] = append(rings, string(a.ID)), true
			}
		}
		if got := strings.Join(rings, " "); got != test.rings {
			t.Errorf("%s: rings %q, want %q", test.event, got, test.rings)
		}
	}
	for _, a := range TrailAlarms() {
		if !rung[a.ID] {
			t.Errorf("no event rings %s", a.ID)
		}
	}
	for _, broken := range []string{``, `$.a = b`, `{ $.a = }`, `{ ($.a = b }`, `{ $.a = b } c`, `{ a = b }`} {
		if _, err := matchesPattern(broken, nil); err == nil {
			t.Errorf("%q is a pattern", broken)
		}
	}
}

var patternToken = regexp.MustCompile(`^\s*(&&|\|\||!=|=|\(|\)|\{|\}|"[^"]*"|[^\s(){}"=!&|]+)`)

// matchesPattern says whether an event matches a JSON filter pattern (Amazon CloudWatch
// Logs user guide, "Filter pattern syntax for metric filters"), as far as the patterns
// of the trail's alarms go.
func matchesPattern(pattern string, event any) (matches bool, err error) {
	var tokens []string
	for rest := pattern; strings.TrimSpace(rest) != ""; {
		m := patternToken.FindStringSubmatch(rest)
		if m == nil {
			return false, fmt.Errorf("%q cannot be read", rest)
		}
		tokens, rest = append(tokens, m[1]), rest[len(m[0]):]
	}
	fault := func(want string) {
		if err == nil {
			err = fmt.Errorf("%q: %s is missing at %q", pattern, want, tokens)
		}
	}
	next := func() string {
		if len(tokens) == 0 {
			return ""
		}
		token := tokens[0]
		tokens = tokens[1:]
		return token
	}
	is := func(token string) bool { return len(tokens) > 0 && tokens[0] == token }
	var either func() bool
	term := func() bool {
		if is("(") {
			next()
			value := either()
			if next() != ")" {
				fault(")")
			}
			return value
		}
		selector, ok := strings.CutPrefix(next(), "$.")
		if !ok {
			fault("a selector")
		}
		value, exists := member(event, selector)
		switch operator := next(); operator {
		case "NOT":
			if next() != "EXISTS" {
				fault("EXISTS")
			}
			return !exists
		case "=", "!=":
			want := next()
			if slices.Contains([]string{"", "}", ")", "&&", "||"}, want) {
				fault("a value")
			}
			return exists && (operator == "=") == like(strings.Trim(want, `"`), value)
		}
		fault("an operator")
		return false
	}
	all := func() bool {
		value := term()
		for is("&&") {
			next()
			value = term() && value
		}
		return value
	}
	either = func() bool {
		value := all()
		for is("||") {
			next()
			value = all() || value
		}
		return value
	}
	if next() != "{" {
		fault("{")
	}
	matches = either()
	if next() != "}" || len(tokens) > 0 {
		fault("the end")
	}
	return matches, err
}

// member is the text at a path such as "userIdentity.type".
func member(value any, path string) (text string, exists bool) {
	for part := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		if value, exists = object[part]; !exists {
			return "", false
		}
	}
	return fmt.Sprint(value), true
}

// like compares with a text in which * stands for anything.
func like(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(text)
}
