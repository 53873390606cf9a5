package inventory

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/synthesised"
)

// document is a policy with one statement of this Sid.
func document(sid string) string {
	return `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"` + sid + `\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}`
}

// stacks are shared, whose key's id dev reads from its outputs, and dev.
var stacks = map[string]string{
	"shared": `{
	"provider": {"aws": [
		{"region": "eu-central-1", "allowed_account_ids": ["123456789012"], "default_tags": [{"tags": {"project": "paperwurks", "stack": "shared"}}]},
		{"alias": "edge", "region": "us-east-1", "allowed_account_ids": ["123456789012"]}]},
	"resource": {
		"aws_iam_policy": {
			"limits": {"name": "limits", "path": "/ci/", "policy": "` + document("Limits") + `"},
			"deploy": {"name": "deploy", "policy": "` + document("Deploy") + `"}},
		"aws_iam_openid_connect_provider": {"github": {"url": "https://token.example", "client_id_list": ["sts.amazonaws.com", "second"]}},
		"aws_iam_role": {
			"deploy": {"name": "deploy-role", "path": "/ci/", "max_session_duration": 7200, "permissions_boundary": "${aws_iam_policy.limits.arn}", "assume_role_policy": "` + document("GitHub${aws_iam_openid_connect_provider.github.arn}") + `"},
			"task": {"name": "task-role", "assume_role_policy": "` + document("Task") + `"}},
		"aws_iam_role_policy_attachment": {"deploy": {"role": "${aws_iam_role.deploy.name}", "policy_arn": "${aws_iam_policy.deploy.arn}"}},
		"aws_iam_role_policy": {"task": {"role": "task-role", "name": "read", "policy": "` + document("Read") + `"}},
		"aws_kms_key": {
			"data": {"policy": "` + document("Data") + `", "tags": {"stack": "own", "Name": "data"}},
			"edge": {"provider": "aws.edge", "policy": "` + document("Edge") + `"}},
		"aws_kms_alias": {
			"data": {"name": "alias/data", "target_key_id": "${aws_kms_key.data.key_id}"},
			"edge": {"name": "alias/edge", "target_key_id": "${aws_kms_key.edge.id}"}},
		"aws_s3_bucket": {"documents": {"bucket": "documents"}, "open": {"bucket": "documents-2"}},
		"aws_s3_bucket_policy": {"documents": {"bucket": "${aws_s3_bucket.documents.id}", "policy": "` + document("Bucket") + `"}},
		"aws_ecr_repository": {"web": {"name": "web"}},
		"aws_ecr_repository_policy": {"web": {"repository": "web", "policy": "` + document("Images") + `"}},
		"aws_secretsmanager_secret": {"key": {"name": "session-key"}},
		"aws_secretsmanager_secret_policy": {"key": {"secret_arn": "${aws_secretsmanager_secret.key.arn}", "policy": "` + document("Secret") + `"}},
		"aws_sns_topic": {"alarms": {"name": "alarms"}},
		"aws_sns_topic_policy": {"alarms": {"arn": "${aws_sns_topic.alarms.arn}", "policy": "` + document("Topic") + `"}},
		"aws_cloudwatch_log_group": {"app": {"name": "/app"}},
		"aws_subnet": {"a": {"tags": {"Name": "paperwurks-dev-private-a"}}, "b": {"tags": {"Name": "none"}}}},
	"output": {"key": {"value": "${aws_kms_key.data.arn}"}, "number": {"value": 1}}}`,
	"dev": `{
	"provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": ["123456789012"]}]},
	"data": {"terraform_remote_state": {"shared": {}}},
	"resource": {
		"aws_db_instance": {"main": {"identifier": "paperwurks-dev"}},
		"aws_iam_policy": {"use": {"name": "use-key", "policy": "` + document("Use${data.terraform_remote_state.shared.outputs.key}$${aws:username}") + `"}}}}`,
}

func loaded(t *testing.T, texts map[string]string) (*Platform, error) {
	t.Helper()
	var all Stacks
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		var content map[string]any
		if err := json.Unmarshal([]byte(texts[name]), &content); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s, err := synthesised.Load(name, content)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return Load(all)
}

func whole(t *testing.T) *Platform {
	t.Helper()
	p, err := loaded(t, stacks)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sid is the statement that document wrote.
func sid(p *iamsim.Policy) string {
	if p == nil {
		return ""
	}
	return p.Statements()[0].Sid
}

func TestLoad(t *testing.T) {
	p := whole(t)
	if p.Account != "123456789012" || p.Region != "eu-central-1" || !slices.Equal(p.Boundaries, []string{"limits"}) {
		t.Errorf("account %q, region %q, boundaries %q", p.Account, p.Region, p.Boundaries)
	}
	key, err := p.ARN("kms", "alias/data")
	if err != nil || !strings.HasPrefix(key, "arn:aws:kms:eu-central-1:123456789012:key/") || len(key) != len("arn:aws:kms:eu-central-1:123456789012:key/")+36 {
		t.Errorf("key %q, %v", key, err)
	}
	got := map[string]string{}
	for name, document := range p.Documents {
		got[name] = sid(document) + ", " + p.Sources[name].Resource.Address() + " " + p.Sources[name].Attribute
	}
	secret, _ := p.ARN("secretsmanager", "session-key")
	want := map[string]string{
		"limits":                              "Limits, aws_iam_policy.limits policy",
		"deploy":                              "Deploy, aws_iam_policy.deploy policy",
		"use-key":                             "Use" + key + "${aws:username}, aws_iam_policy.use policy",
		"task-role/read":                      "Read, aws_iam_role_policy.task policy",
		"key alias/edge":                      "Edge, aws_kms_key.edge policy",
		"key alias/data":                      "Data, aws_kms_key.data policy",
		"bucket documents":                    "Bucket, aws_s3_bucket_policy.documents policy",
		"repository web":                      "Images, aws_ecr_repository_policy.web policy",
		"secret " + secret:                    "Secret, aws_secretsmanager_secret_policy.key policy",
		"topic " + ofRegion("sns:", "alarms"): "Topic, aws_sns_topic_policy.alarms policy",
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %q, want %q", name, got[name], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("documents %q", slices.Sorted(maps.Keys(got)))
	}
	deploy, task := p.Roles["deploy-role"], p.Roles["task-role"]
	deploy.Trust = json.RawMessage(strings.ReplaceAll(string(deploy.Trust), " ", ""))
	const provider = "arn:aws:iam::123456789012:oidc-provider/token.example"
	unescape := func(s string) json.RawMessage { return json.RawMessage(strings.ReplaceAll(s, `\`, "")) }
	for _, role := range []struct{ got, want *Role }{
		{deploy, &Role{"deploy-role", "/ci/", "arn:aws:iam::123456789012:role/ci/deploy-role", unescape(document("GitHub" + provider)), []string{"deploy"}, nil, "limits", "arn:aws:iam::123456789012:policy/ci/limits", 7200}},
		{task, &Role{"task-role", "", "arn:aws:iam::123456789012:role/task-role", unescape(document("Task")), nil, []string{"task-role/read"}, "", "", 3600}},
	} {
		if !reflect.DeepEqual(role.got, role.want) {
			t.Errorf("got %+v, want %+v", role.got, role.want)
		}
		if at := p.Sources[role.got.TrustName()]; at.Resource.Text("name") != role.got.Name || at.Attribute != "assume_role_policy" {
			t.Errorf("trust of %s is in %+v", role.got.Name, at)
		}
	}
	if got := p.OIDCProviders; !reflect.DeepEqual(got, map[string][]string{provider: {"sts.amazonaws.com", "second"}}) {
		t.Errorf("providers %q", got)
	}
}

func ofRegion(service, rest string) string {
	return "arn:aws:" + service + "eu-central-1:123456789012:" + rest
}

// What only AWS would know has its form.
func TestARN(t *testing.T) {
	p := whole(t)
	for _, test := range []struct{ kind, name, want string }{
		{"s3", "documents", "arn:aws:s3:::documents"},
		{"ecr", "web", ofRegion("ecr:", "repository/web")},
		{"sns", "alarms", ofRegion("sns:", "alarms")},
		{"kms", "alias/edge", "arn:aws:kms:us-east-1:123456789012:key/????????-????-????-????-????????????"},
		{"secretsmanager", "session-key", ofRegion("secretsmanager:", "secret:session-key-??????")},
		{"master", "paperwurks-dev", ofRegion("secretsmanager:", "secret:rds!db-????????-????-????-????-????????????-??????")},
		{"rds-db", "paperwurks-dev", ofRegion("rds-db:", "dbuser:db-??????????????????????????")},
		{"subnet", "paperwurks-dev-private", "subnet-?????????????????"},
		{"subnet", "", "subnet-?????????????????"},
	} {
		got, err := p.ARN(test.kind, test.name)
		same := len(got) == len(test.want)
		for i := 0; same && i < len(got); i++ {
			hex := strings.IndexByte("0123456789abcdefABCDEF", got[i]) >= 0
			same = got[i] == test.want[i] || test.want[i] == '?' && hex
		}
		if err != nil || !same {
			t.Errorf("%s %s: %q, %v; want %q", test.kind, test.name, got, err, test.want)
		}
	}
	if got, err := p.ARN("kms", "alias/none"); err == nil || !strings.Contains(err.Error(), `no kms "alias/none"`) {
		t.Errorf("%q, %v", got, err)
	}
	a, _ := p.ARN("kms", "alias/data")
	if b, _ := p.ARN("kms", "alias/edge"); a[strings.LastIndex(a, "/"):] == b[strings.LastIndex(b, "/"):] {
		t.Error("two keys have one id")
	}
}

// Each fault of the stacks is said, and nothing is read of them.
func TestLoadRefuses(t *testing.T) {
	for _, test := range []struct{ stack, from, to, want string }{
		{"dev", `"123456789012"`, `"111122223333"`, `stack "shared": account "123456789012", in another stack "111122223333"`},
		{"", `["123456789012"]`, `[]`, "no account or no region"},
		{"", `"region": "eu-central-1", `, "", "no account or no region"},
		{"shared", `"${aws_iam_policy.limits.arn}"`, `"arn:aws:iam::123456789012:policy/limits"`, `role "deploy-role": no stack makes its boundary "arn:aws:iam::123456789012:policy/limits"`},
		{"shared", `"task-role", "assume`, `"deploy-role", "assume`, `role "deploy-role" is made twice`},
		{"shared", `"role": "task-role"`, `"role": "other"`, `shared.task: no stack makes role "other"`},
		{"shared", `"role": "${aws_iam_role.deploy.name}"`, `"role": "other"`, `role "other" or policy "arn:aws:iam::123456789012:policy/deploy" is made by no stack`},
		{"shared", `"${aws_iam_policy.deploy.arn}"`, `"arn:aws:iam::aws:policy/ReadOnlyAccess"`, `policy "arn:aws:iam::aws:policy/ReadOnlyAccess" is made by no stack`},
		{"shared", `"name": "deploy", "policy"`, `"name": "limits", "policy"`, `a second document "limits"`},
		{"shared", `"policy": "` + document("Read"), `"policy": "{` + document("Read"), "shared.aws_iam_role_policy.task: policy: "},
		{"shared", `${aws_kms_key.edge.id}`, `${aws_kms_key.data.id}`, "shared.data: 2 aliases; one is expected"},
		{"shared", `${aws_kms_key.edge.id}`, `${aws_kms_key.data.id}`, "shared.edge: 0 aliases; one is expected"},
		{"shared", `${aws_kms_key.edge.id}`, `${aws_kms_key.none.id}`, `stack "shared": "aws_kms_key.none.id": no such resource`},
		{"shared", `${aws_kms_key.edge.id}`, `${aws_kms_key.edge}`, `stack "shared": "aws_kms_key.edge" is not understood`},
		{"shared", `${aws_kms_key.edge.id}`, `${join(\",\", [])}`, `is not understood`},
		{"shared", `${aws_kms_key.edge.id}`, `${aws_kms_key.edge.enabled}`, `stack "shared": aws_kms_key.edge.enabled: what AWS would give it is not known here`},
		{"dev", `outputs.key`, `outputs.none`, `stack "shared" has no such text output`},
		{"dev", `outputs.key`, `outputs.number`, `stack "shared" has no such text output`},
	} {
		texts := maps.Clone(stacks)
		for name, text := range texts {
			if test.stack == "" || name == test.stack {
				texts[name] = strings.ReplaceAll(text, test.from, test.to)
			}
		}
		if maps.Equal(texts, stacks) {
			t.Errorf("%q is in no stack", test.from)
		}
		if p, err := loaded(t, texts); p != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q for %q: %v, want %q", test.to, test.from, err, test.want)
		}
	}
}

// A request has the session's policies, its boundary, the resource's policy, and
// what AWS sends of itself unless the request says it.
func TestRequest(t *testing.T) {
	p := whole(t)
	key, _ := p.ARN("kms", "alias/data")
	deploy, task := p.Roles["deploy-role"], p.Roles["task-role"]
	ambient := func(role *Role, of map[string]any) map[string]any {
		out := map[string]any{"aws:PrincipalArn": role.ARN, "aws:PrincipalAccount": "123456789012", "aws:PrincipalType": "AssumedRole", "aws:SecureTransport": "true",
			"aws:ResourceAccount": "123456789012", "aws:RequestedRegion": "eu-central-1", "s3:TlsVersion": "1.3"}
		if role == deploy {
			out["aws:FederatedProvider"] = "arn:aws:iam::123456789012:oidc-provider/token.example"
		}
		maps.Copy(out, of)
		return out
	}
	master, _ := p.ARN("master", "paperwurks-dev")
	for _, test := range []struct {
		role                   *Role
		action, resource       string
		context                map[string]any
		identity, boundary, of string
		ambient                map[string]any
	}{
		{deploy, "s3:GetObject", "arn:aws:s3:::documents/a", nil, "Deploy", "Limits", "Bucket", nil},
		{deploy, "s3:GetObject", "arn:aws:s3:::documents-2/a", nil, "Deploy", "Limits", "", nil},
		{task, "s3:ListBucket", "arn:aws:s3:::documents", nil, "Read", "", "Bucket", nil},
		{task, "sns:Publish", ofRegion("sns:", "alarms"), nil, "Read", "", "Topic", nil},
		{task, "sns:Publish", ofRegion("sns:", "alarms/a"), nil, "Read", "", "", nil},
		{task, "kms:Decrypt", key, map[string]any{"kms:ViaService": "s3"}, "Read", "", "Data", map[string]any{"kms:ResourceAliases": []string{"alias/data"},
			"kms:CallerAccount": "123456789012", "aws:ResourceTag/project": "paperwurks", "aws:ResourceTag/stack": "own", "aws:ResourceTag/Name": "data"}},
		{task, "kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/another", nil, "Read", "", "DecidedByIAM", map[string]any{"aws:RequestedRegion": "us-east-1"}},
		{task, "kms:ListAliases", "arn:aws:kms:us-east-1:123456789012:alias/another", nil, "Read", "", "", map[string]any{"aws:RequestedRegion": "us-east-1"}},
		{task, "sts:AssumeRole", task.ARN, nil, "Read", "", "Task", nil},
		{task, "iam:GetRole", deploy.ARN, nil, "Read", "", "", map[string]any{"aws:RequestedRegion": config.EdgeRegion, "iam:PermissionsBoundary": deploy.BoundaryARN}},
		{task, "iam:CreateRole", deploy.ARN, nil, "Read", "", "", map[string]any{"aws:RequestedRegion": config.EdgeRegion}},
		{task, "iam:PutRolePermissionsBoundary", deploy.ARN, nil, "Read", "", "", map[string]any{"aws:RequestedRegion": config.EdgeRegion}},
		{task, "iam:GetRole", task.ARN, nil, "Read", "", "", map[string]any{"aws:RequestedRegion": config.EdgeRegion}},
		{task, "cloudfront:GetDistribution", "*", nil, "Read", "", "", map[string]any{"aws:RequestedRegion": config.EdgeRegion}},
		{task, "route53:GetChange", "*", nil, "Read", "", "", map[string]any{"aws:RequestedRegion": config.EdgeRegion}},
		{task, "organizations:DescribeOrganization", "*", nil, "Read", "", "", map[string]any{"aws:RequestedRegion": config.EdgeRegion}},
		{task, "ec2:DescribeVpcs", "*", map[string]any{"aws:RequestedRegion": "eu-west-1"}, "Read", "", "", map[string]any{"aws:RequestedRegion": nil}},
		{task, "ecs:UpdateService", ofRegion("ecs:", "service/dev/web"), nil, "Read", "", "", map[string]any{"ecs:cluster": ofRegion("ecs:", "cluster/dev")}},
		{task, "ecs:StopTask", ofRegion("ecs:", "task/dev/1"), nil, "Read", "", "", map[string]any{"ecs:cluster": ofRegion("ecs:", "cluster/dev")}},
		{task, "ecs:RunTask", ofRegion("ecs:", "task-definition/dev:1"), nil, "Read", "", "", nil},
		{task, "secretsmanager:GetSecretValue", master, nil, "Read", "", "", map[string]any{"aws:ResourceTag/aws:rds:primaryDBInstanceArn": ofRegion("rds:", "db:paperwurks-dev")}},
	} {
		r, err := p.Request(test.role, test.action, test.resource, test.context)
		if err != nil {
			t.Errorf("%s: %v", test.action, err)
			continue
		}
		want := ambient(test.role, test.ambient)
		maps.DeleteFunc(want, func(_ string, v any) bool { return v == nil })
		if len(r.Identity) != 1 || sid(r.Identity[0]) != test.identity || sid(r.Boundary) != test.boundary || sid(r.ResourcePolicy) != test.of {
			t.Errorf("%s on %s: policies %d, %q, %q, %q", test.action, test.resource, len(r.Identity), sid(r.Identity[0]), sid(r.Boundary), sid(r.ResourcePolicy))
		}
		if !reflect.DeepEqual(r.Ambient, want) {
			t.Errorf("%s on %s: AWS sends %v, want %v", test.action, test.resource, r.Ambient, want)
		}
		if r.Principal != "arn:aws:sts::123456789012:assumed-role/"+test.role.Name+"/run" || r.Action != test.action || r.Resource != test.resource || r.Account != p.Account || !reflect.DeepEqual(r.Context, test.context) {
			t.Errorf("%+v", r)
		}
	}
	task.Trust = json.RawMessage("{")
	if _, err := p.Request(deploy, "sts:AssumeRole", task.ARN, nil); err == nil || !strings.Contains(err.Error(), `role "task-role": trust: `) {
		t.Errorf("a trust that is none: %v", err)
	}
}

// What is added to a clone is not in the original.
func TestClone(t *testing.T) {
	p := whole(t)
	c := p.Clone()
	text := strings.ReplaceAll(document("Added"), `\`, "")
	if err := c.AddRole(&Role{Name: "added", Inline: []string{"limits"}}, text, text); err != nil {
		t.Fatal(err)
	}
	if got := c.Roles["added"]; !slices.Equal(got.Inline, []string{"limits", "added/0", "added/1"}) || sid(c.Documents["added/1"]) != "Added" {
		t.Errorf("%+v", got)
	}
	if err := c.SetDocument("deploy", text); err != nil || sid(c.Documents["deploy"]) != "Added" {
		t.Errorf("%v, %q", err, sid(c.Documents["deploy"]))
	}
	c.Roles["deploy-role"].Managed[0], c.Roles["task-role"].Inline[0], c.Roles["task-role"].Boundary = "x", "x", "x"
	if p.Roles["added"] != nil || p.Documents["added/0"] != nil || sid(p.Documents["deploy"]) != "Deploy" || p.Roles["deploy-role"].Managed[0] != "deploy" || p.Roles["task-role"].Inline[0] != "task-role/read" || p.Roles["task-role"].Boundary != "" {
		t.Error("the original is changed")
	}
	for name, err := range map[string]error{`role "x"`: c.AddRole(&Role{Name: "x"}, "{"), `document "y"`: c.SetDocument("y", "{"), "AWSReservedSSO_on-call": c.AddPerson("somebody", "on-call", "{")} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Persons sign in through IAM Identity Center, whose roles have a path with the
// region but in us-east-1, and no boundary.
func TestPersons(t *testing.T) {
	for region, path := range map[string]string{"eu-central-1": "/aws-reserved/sso.amazonaws.com/eu-central-1/", config.EdgeRegion: "/aws-reserved/sso.amazonaws.com/"} {
		p := whole(t)
		p.Region = region
		if err := p.AddAdministrator(); err != nil {
			t.Fatal(err)
		}
		if err := p.AddPerson("somebody", "on-call", strings.ReplaceAll(document("Look"), `\`, "")); err != nil {
			t.Fatal(err)
		}
		for person, want := range map[string][3]string{Administrator: {"AWSReservedSSO_AdministratorAccess_0123456789abcdef", "AdministratorAccess"}, "somebody": {"AWSReservedSSO_on-call_0123456789abcdef", "Look"}} {
			role := p.Roles[person]
			if role == nil || p.Roles[want[0]] != nil || role.Name != want[0] || role.Path != path || role.ARN != "arn:aws:iam::123456789012:role"+path+want[0] || role.Boundary != "" || len(role.Inline) != 1 || sid(p.Documents[role.Inline[0]]) != want[1] {
				t.Errorf("%s: %+v", person, role)
				continue
			}
			trust, err := parse(string(role.Trust))
			if err != nil || trust.Statements()[0].Actions[0] != "sts:AssumeRoleWithSAML" || !strings.Contains(string(role.Trust), `"Federated":"arn:aws:iam::123456789012:saml-provider/AWSSSO_`) {
				t.Errorf("%s: %s, %v", person, role.Trust, err)
			}
		}
	}
}

// Types are those that Load reads: without one of them what it loads is less.
func TestTypes(t *testing.T) {
	for _, text := range stacks {
		var content struct{ Resource map[string]any }
		if err := json.Unmarshal([]byte(text), &content); err != nil {
			t.Fatal(err)
		}
		for kind := range content.Resource {
			if !slices.Contains(Types(), kind) {
				t.Errorf("%s is read and not in Types", kind)
			}
		}
	}
	for _, kind := range Types() {
		if !strings.Contains(stacks["shared"]+stacks["dev"], `"`+kind+`"`) {
			t.Errorf("no stack of this test has %s", kind)
		}
	}
}
