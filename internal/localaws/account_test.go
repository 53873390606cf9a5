package localaws

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/awsapi"
)

func TestAccountBlock(t *testing.T) {
	b := newRealBench(t)
	block := func(method, body string) reply {
		return b.rest("s3", method, "/v20180820/configuration/publicAccessBlock", body, "X-Amz-Account-Id", DefaultAccount)
	}
	b.wantError("none yet", block("GET", ""), 404, "NoSuchPublicAccessBlockConfiguration")
	const blocks = "<BlockPublicAcls>true</BlockPublicAcls><RestrictPublicBuckets>true</RestrictPublicBuckets>"
	b.wantStatus("put", block("PUT", `<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">`+blocks+"</PublicAccessBlockConfiguration>"), 200)
	b.wantContains("block", block("GET", "").body, strings.ReplaceAll(blocks, "<R", "<IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><R"))
	b.wantStatus("delete", block("DELETE", ""), 200)
	b.wantError("gone", block("GET", ""), 404, "NoSuchPublicAccessBlockConfiguration")
}

// TestAccountBeforeTheAddress: S3 Control's SDK asks for such a name, by a proxy.
func TestAccountBeforeTheAddress(t *testing.T) {
	handler := awsapi.LoopbackOnly(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for host, want := range map[string]int{
		"127.0.0.1:4566": 204, "123456789012.127.0.0.1:4566": 204, "123456789012.localhost:4566": 204,
		"12345678901.127.0.0.1:4566": 403, "123456789012.example.com": 403, "123456789012.10.0.0.1": 403, "x.123456789012.127.0.0.1": 403,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.RemoteAddr = host, "127.0.0.1:50000"
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", host, w.Code, want)
		}
	}
}

func TestRegionDefaults(t *testing.T) {
	b := newRealBench(t)
	ask := func(action string, pairs ...string) string {
		t.Helper()
		r := b.query("ec2", append([]string{"Action", action}, pairs...)...)
		b.wantStatus(action, r, 200)
		return r.body
	}
	b.wantContains("at first", ask("GetSnapshotBlockPublicAccessState"), "<state>unblocked</state>")
	b.wantContains("answer", ask("EnableSnapshotBlockPublicAccess", "State", "block-all-sharing"), "<state>block-all-sharing</state>")
	b.wantContains("kept", ask("GetSnapshotBlockPublicAccessState"), "<state>block-all-sharing</state>")
	ask("DisableSnapshotBlockPublicAccess")
	b.wantContains("off", ask("GetSnapshotBlockPublicAccessState"), "<state>unblocked</state>")

	b.wantNotContains("at first", ask("GetInstanceMetadataDefaults"), "<httpTokens>")
	ask("ModifyInstanceMetadataDefaults", "HttpTokens", "required", "HttpPutResponseHopLimit", "2")
	ask("ModifyInstanceMetadataDefaults", "InstanceMetadataTags", "enabled", "HttpPutResponseHopLimit", "-1")
	got := ask("GetInstanceMetadataDefaults")
	b.wantContains("kept", got, "<httpTokens>required</httpTokens>")
	b.wantContains("set", got, "<instanceMetadataTags>enabled</instanceMetadataTags>")
	b.wantNotContains("taken away", got, "<httpPutResponseHopLimit>")
	ask("ModifyInstanceMetadataDefaults", "HttpTokens", "no-preference")
	b.wantNotContains("taken away", ask("GetInstanceMetadataDefaults"), "<httpTokens>")
}

func TestAnalyzers(t *testing.T) {
	b := newRealBench(t)
	create := func(name, kind string) reply {
		return b.rest("access-analyzer", "PUT", "/analyzer", `{"analyzerName":"`+name+`","type":"`+kind+`","tags":{"k":"v"}}`)
	}
	b.wantStatus("create", create("a", "ACCOUNT"), 200)
	b.wantStatus("another type", create("u", "ACCOUNT_UNUSED_ACCESS"), 200)
	for _, taken := range [][2]string{{"b", "ACCOUNT"}, {"a", "ORGANIZATION"}} {
		if r := create(taken[0], taken[1]); r.status != 409 || awsapi.ErrorCode(r.header, []byte(r.body)) != "ConflictException" {
			t.Errorf("%v: answered %d: %s", taken, r.status, r.body)
		}
	}
	got := b.rest("access-analyzer", "GET", "/analyzer/a", "").body
	for _, want := range []string{`"name": "a"`, `"type": "ACCOUNT"`, `"status": "ACTIVE"`, `"tags": {"k": "v"}`, `:analyzer/a"`} {
		b.wantContains("analyzer", got, want)
	}
	list := b.rest("access-analyzer", "GET", "/analyzer", "").body
	b.wantContains("list", list, `"name": "a"`)
	b.wantContains("list", list, `"name": "u"`)
	b.wantStatus("delete", b.rest("access-analyzer", "DELETE", "/analyzer/a", ""), 200)
	b.wantStatus("gone", b.rest("access-analyzer", "GET", "/analyzer/a", ""), 404)
	b.wantStatus("again", create("b", "ACCOUNT"), 200)
}

// TestDetector: of a detector's features those that are given change.
func TestDetector(t *testing.T) {
	b := newRealBench(t)
	made := b.rest("guardduty", "POST", "/detector", `{"enable":true,"findingPublishingFrequency":"FIFTEEN_MINUTES"}`)
	b.wantStatus("create", made, 200)
	detector := "/detector/" + strings.Split(made.body, `"`)[3]
	for _, feature := range []string{`{"name":"S3_DATA_EVENTS","status":"ENABLED"}`, `{"name":"RDS_LOGIN_EVENTS","status":"ENABLED"}`, `{"name":"S3_DATA_EVENTS","status":"DISABLED"}`} {
		b.wantStatus(feature, b.rest("guardduty", "POST", detector, `{"features":[`+feature+`]}`), 200)
	}
	got := b.rest("guardduty", "GET", detector, "").body
	b.wantContains("switched off", got, `{"name": "S3_DATA_EVENTS", "status": "DISABLED"}`)
	b.wantContains("left as it is", got, `{"name": "RDS_LOGIN_EVENTS", "status": "ENABLED"}`)
	b.wantContains("kept", got, `"findingPublishingFrequency": "FIFTEEN_MINUTES"`)

	tags := "/tags/arn:aws:guardduty:eu-central-1:" + DefaultAccount + ":detector/" + strings.TrimPrefix(detector, "/detector/")
	b.wantStatus("tag", b.rest("guardduty", "POST", tags, `{"tags":{"a":"b","c":"d"}}`), 204)
	b.wantStatus("untag", b.rest("guardduty", "DELETE", tags+"?tagKeys=c", ""), 204)
	b.wantContains("its tags", b.rest("guardduty", "GET", tags, "").body, `{"a": "b"}`)
}

func TestSecurityHub(t *testing.T) {
	b := newRealBench(t)
	hub := func(method, path, body string) reply { return b.rest("securityhub", method, path, body) }
	const cis = "arn:aws:securityhub:eu-central-1::standards/cis-aws-foundations-benchmark/v/5.0.0"
	const subscription = "arn:aws:securityhub:eu-central-1:" + DefaultAccount + ":subscription/cis-aws-foundations-benchmark/v/5.0.0"
	b.wantError("not enabled", hub("GET", "/accounts", ""), 401, "InvalidAccessException")
	b.wantError("not enabled", hub("POST", "/standards/get", "{}"), 401, "InvalidAccessException")
	b.wantStatus("enable", hub("POST", "/accounts", `{"EnableDefaultStandards":false}`), 200)
	b.wantStatus("change", hub("PATCH", "/accounts", `{"AutoEnableControls":false}`), 200)
	got := hub("GET", "/accounts", "").body
	b.wantContains("changed", got, `"AutoEnableControls": false`)
	b.wantContains("left as it is", got, `"ControlFindingGenerator": "SECURITY_CONTROL"`)
	b.wantNotContains("no standards", hub("POST", "/standards/get", "{}").body, "standards/")
	b.wantStatus("subscribe", hub("POST", "/standards/register", `{"StandardsSubscriptionRequests":[{"StandardsArn":"`+cis+`"}]}`), 200)
	b.wantContains("subscribed", hub("POST", "/standards/get", `{"StandardsSubscriptionArns":["`+subscription+`"]}`).body, `"StandardsStatus": "READY"`)
	b.wantStatus("unsubscribe", hub("POST", "/standards/deregister", `{"StandardsSubscriptionArns":["`+subscription+`"]}`), 200)
	b.wantNotContains("unsubscribed", hub("POST", "/standards/get", "{}").body, "cis-aws")
	b.wantStatus("disable", hub("DELETE", "/accounts", ""), 200)
	b.wantStatus("enable as AWS does", hub("POST", "/accounts", "{}"), 200)
	b.wantContains("AWS's choice", hub("POST", "/standards/get", "{}").body, "ruleset/cis-aws-foundations-benchmark/v/1.2.0")
}

// TestEventSelectors: a trail with selectors of its own says so, or Terraform does
// not read them.
func TestEventSelectors(t *testing.T) {
	b := &rulesBench{bench: newRealBench(t)}
	bucket := b.bucket("trail")
	trail := "arn:aws:cloudtrail:eu-central-1:" + DefaultAccount + ":trail/ours"
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":["s3:GetBucketAcl","s3:PutObject"],
		"Resource":["arn:aws:s3:::trail","arn:aws:s3:::trail/AWSLogs/` + DefaultAccount + `/*"],"Condition":{"StringEquals":{"aws:SourceArn":"` + trail + `"}}}]}`
	b.ok(b.rest("s3", "PUT", bucket+"?policy", policy))
	b.get("cloudtrail", "CreateTrail", object{"Name": "ours", "S3BucketName": strings.Trim(bucket, "/")})
	custom := func() any {
		return b.get("cloudtrail", "DescribeTrails", object{"trailNameList": []string{"ours"}})["trailList"].([]any)[0].(object)["HasCustomEventSelectors"]
	}
	if custom() != false {
		t.Error("a new trail has selectors of its own")
	}
	b.get("cloudtrail", "PutEventSelectors", object{"TrailName": "ours", "AdvancedEventSelectors": []object{{"Name": "m", "FieldSelectors": []object{{"Field": "eventCategory", "Equals": []string{"Management"}}}}}})
	if custom() != true {
		t.Error("a trail with advanced selectors says that it has none")
	}
	b.get("cloudtrail", "PutEventSelectors", object{"TrailName": "ours", "EventSelectors": []object{{"ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": []object{}}}})
	if custom() != false {
		t.Error("a trail with AWS's selectors has its own")
	}
	if got := b.get("cloudtrail", "GetEventSelectors", object{"TrailName": "ours"})["AdvancedEventSelectors"].([]any); len(got) != 0 {
		t.Errorf("advanced selectors are kept: %v", got)
	}
}

// TestChannels: what is not given of a channel is AWS's default, and stays what it is
// where it is not given again.
func TestChannels(t *testing.T) {
	b := newRealBench(t)
	chat := func(path, body string) reply { return b.rest("chatbot", "POST", path, body) }
	const role = `"IamRoleArn":"arn:aws:iam::` + DefaultAccount + `:role/chat"`
	b.wantStatus("create", chat("/create-slack-channel-configuration", `{"ConfigurationName":"a","SlackTeamId":"T1","SlackChannelId":"C1",`+role+`,"Tags":[{"TagKey":"k","TagValue":"v"}]}`), 201)
	got := chat("/describe-slack-channel-configurations", `{"ChatConfigurationArn":"`+channelARN("a")+`"}`).body
	for _, want := range []string{`"GuardrailPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]`, `"UserAuthorizationRequired": false`, `"LoggingLevel": "NONE"`, `"TagKey": "k"`, `"SlackChannelName": "channel C1"`} {
		b.wantContains("defaults", got, want)
	}
	b.wantStatus("change", chat("/update-slack-channel-configuration", `{"ChatConfigurationArn":"`+channelARN("a")+`","SlackChannelId":"C2","GuardrailPolicyArns":["arn:aws:iam::`+DefaultAccount+`:policy/p"],"UserAuthorizationRequired":true}`), 200)
	b.wantStatus("tag", chat("/tag-resource", `{"ResourceARN":"`+channelARN("a")+`","Tags":[{"TagKey":"k","TagValue":"w"},{"TagKey":"l","TagValue":"x"}]}`), 200)
	b.wantStatus("untag", chat("/untag-resource", `{"ResourceARN":"`+channelARN("a")+`","TagKeys":["l"]}`), 200)
	if got := chat("/list-tags-for-resource", `{"ResourceARN":"`+channelARN("a")+`"}`).body; got != `{"Tags": [{"TagKey": "k", "TagValue": "w"}]}` {
		t.Errorf("tags: %s", got)
	}
	got = chat("/describe-slack-channel-configurations", `{}`).body
	for _, want := range []string{`:policy/p"]`, `"UserAuthorizationRequired": true`, `"SlackChannelName": "channel C2"`, `"SlackTeamId": "T1"`} {
		b.wantContains("changed", got, want)
	}
	topic := "arn:aws:sns:eu-central-1:" + DefaultAccount + ":told"
	subscribers := func() string { return b.query("sns", "Action", "GetTopicAttributes", "TopicArn", topic).body }
	b.wantStatus("a topic", b.query("sns", "Action", "CreateTopic", "Name", "told"), 200)
	b.wantContains("nobody is told", subscribers(), "<entry><key>SubscriptionsConfirmed</key><value>0</value></entry>")
	b.wantStatus("tell", chat("/update-slack-channel-configuration", `{"ChatConfigurationArn":"`+channelARN("a")+`","SlackChannelId":"C2","SnsTopicArns":["`+topic+`"]}`), 200)
	b.wantContains("Amazon Q is told", subscribers(), "<entry><key>SubscriptionsConfirmed</key><value>1</value></entry>")
	b.wantContains("its workspace", chat("/describe-slack-workspaces", `{}`).body, `"SlackTeamId": "T1"`)
	b.wantError("a name that AWS does not take", chat("/create-slack-channel-configuration", `{"ConfigurationName":"a b","SlackTeamId":"T1","SlackChannelId":"C3",`+role+`}`), 400, "InvalidParameterException")
	b.wantError("a guardrail of AWS's own services", chat("/create-slack-channel-configuration", `{"ConfigurationName":"b","SlackTeamId":"T1","SlackChannelId":"C3",`+role+`,"GuardrailPolicyArns":["arn:aws:iam::aws:policy/aws-service-role/x"]}`), 400, "InvalidParameterException")
	b.wantStatus("delete", chat("/delete-slack-channel-configuration", `{"ChatConfigurationArn":"`+channelARN("a")+`"}`), 204)
	b.wantError("gone", chat("/delete-slack-channel-configuration", `{"ChatConfigurationArn":"`+channelARN("a")+`"}`), 404, "ResourceNotFoundException")
	b.wantContains("none", chat("/describe-slack-channel-configurations", `{}`).body, `"SlackChannelConfigurations": []`)
	b.wantStatus("a reset", b.rest("", "POST", "/moto-api/reset", ""), 200)
}
