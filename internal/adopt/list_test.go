package adopt

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// fake answers as AWS would: each answer is for a request whose body or target
// has the text before the colon.
func fake(t *testing.T, answers map[string]string) AWS {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		asked := r.Method + " " + r.URL.Path + " " + r.Header.Get("X-Amz-Target") + " " + string(body)
		for has, answer := range answers {
			if strings.Contains(asked, has) {
				if answer == "404" {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				fmt.Fprint(w, answer)
				return
			}
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>%s</Message></Error></ErrorResponse>", asked)
	}))
	t.Cleanup(server.Close)
	client, err := awsapi.Connect(t.Context(), "eu-central-1", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client.RetryMaxAttempts = 1
	return AWS{
		Client:   client,
		Settings: config.Target{LocalEndpoint: server.URL}.For(config.Fixture()),
		Stack:    "dev",
	}
}

// ofTheStack are the filters without which a listing shows what is not the
// stack's, down to the default rules of every group in the account.
const ofTheStack = "Filter.1.Name=tag%3Aproject&Filter.1.Value.1=paperwurks&Filter.2.Name=tag%3Astack&Filter.2.Value.1=dev"

func wantObjects(t *testing.T, a AWS, resourceType string, want ...Object) {
	t.Helper()
	got, err := Kinds()[resourceType].List(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", resourceType, got, want)
	}
}

func TestListNATGatewaysWithoutDeletedOnes(t *testing.T) {
	gateway := func(id, state string) string {
		return "<item><natGatewayId>" + id + "</natGatewayId><state>" + state + "</state><tagSet><item><key>Name</key><value>n</value></item></tagSet></item>"
	}
	a := fake(t, map[string]string{"DescribeNatGateways&" + ofTheStack: "<R><natGatewaySet>" +
		gateway("nat-1", "available") + gateway("nat-2", "deleted") + gateway("nat-3", "pending") + gateway("nat-4", "failed") + "</natGatewaySet></R>"})
	wantObjects(t, a, "aws_nat_gateway", Object{"nat-1", "n", "dev"}, Object{"nat-3", "n", "dev"})
}

func TestListRulesOfTheStacksGroups(t *testing.T) {
	a := fake(t, map[string]string{
		"Action=DescribeSecurityGroups&" + ofTheStack: "<R><securityGroupInfo><item><groupId>sg-1</groupId><vpcId>vpc-1</vpcId><groupName>web</groupName></item>" +
			"<item><groupId>sg-0</groupId><vpcId>vpc-1</vpcId><groupName>default</groupName></item></securityGroupInfo></R>",
		"Action=DescribeSecurityGroupRules&Filter.1.Name=group-id&Filter.1.Value.1=sg-1&Version": "<R><securityGroupRuleSet>" +
			"<item><securityGroupRuleId>sgr-1</securityGroupRuleId><groupId>sg-1</groupId><isEgress>true</isEgress><ipProtocol>-1</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort><cidrIpv4>0.0.0.0/0</cidrIpv4></item>" +
			"<item><securityGroupRuleId>sgr-2</securityGroupRuleId><groupId>sg-1</groupId><isEgress>false</isEgress><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80</toPort><referencedGroupInfo><groupId>sg-2</groupId></referencedGroupInfo></item>" +
			"</securityGroupRuleSet></R>",
	})
	wantObjects(t, a, "aws_security_group", Object{"sg-1", "vpc-1 | web", "dev"})
	wantObjects(t, a, "aws_vpc_security_group_egress_rule", Object{"sgr-1", "sg-1 | -1 |  |  | 0.0.0.0/0 |  |  | ", "dev"})
	wantObjects(t, a, "aws_vpc_security_group_ingress_rule", Object{"sgr-2", "sg-1 | tcp | 80 | 80 |  |  |  | sg-2", "dev"})
}

func TestListRoutesWithoutTheMainTable(t *testing.T) {
	a := fake(t, map[string]string{"DescribeRouteTables&" + ofTheStack: "<R><routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId>" +
		"<routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><origin>CreateRouteTable</origin></item>" +
		"<item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><origin>CreateRoute</origin></item>" +
		"<item><destinationPrefixListId>pl-1</destinationPrefixListId><origin>CreateRoute</origin></item></routeSet>" +
		"<associationSet><item><subnetId>subnet-1</subnetId><main>false</main></item></associationSet>" +
		"<tagSet><item><key>Name</key><value>private</value></item></tagSet></item>" +
		"<item><routeTableId>rtb-0</routeTableId><vpcId>vpc-1</vpcId><associationSet><item><main>true</main></item></associationSet></item></routeTableSet></R>"})
	wantObjects(t, a, "aws_route_table", Object{"rtb-1", "vpc-1 | private", "dev"})
	wantObjects(t, a, "aws_route", Object{"rtb-1_0.0.0.0/0", "rtb-1 | 0.0.0.0/0", "dev"})
	wantObjects(t, a, "aws_route_table_association", Object{"subnet-1/rtb-1", "subnet-1 | rtb-1", "dev"})
}

func TestListKeysByTags(t *testing.T) {
	tags := func(stack string) string {
		return `{"Tags":[{"TagKey":"project","TagValue":"paperwurks"},{"TagKey":"stack","TagValue":"` + stack + `"}]}`
	}
	key := func(id, manager, state string) string {
		return `{"KeyMetadata":{"KeyId":"` + id + `","Description":"Logs","KeyManager":"` + manager + `","KeyState":"` + state + `"}}`
	}
	a := fake(t, map[string]string{
		"ListKeys":                        `{"Keys":[{"KeyId":"k1"},{"KeyId":"k2"},{"KeyId":"k3"},{"KeyId":"k4"}]}`,
		`DescribeKey {"KeyId":"k1"}`:      key("k1", "CUSTOMER", "Enabled"),
		`DescribeKey {"KeyId":"k2"}`:      key("k2", "CUSTOMER", "PendingDeletion"),
		`DescribeKey {"KeyId":"k3"}`:      key("k3", "AWS", "Enabled"),
		`DescribeKey {"KeyId":"k4"}`:      key("k4", "CUSTOMER", "Enabled"),
		`ListResourceTags {"KeyId":"k1"}`: tags("dev"),
		`ListResourceTags {"KeyId":"k4"}`: tags("shared"),
	})
	wantObjects(t, a, "aws_kms_key", Object{"k1", "Logs", "dev"})
}

func TestListBucketsAsksForEachByName(t *testing.T) {
	n := config.Target{LocalEndpoint: "http://127.0.0.1"}.For(config.Fixture()).Names()
	answers := map[string]string{"HEAD /": "404"}
	a := fake(t, answers)
	wantObjects(t, a, "aws_s3_bucket")
	delete(answers, "HEAD /")
	for _, b := range []string{n.StateBucket() + " ", n.StateLogBucket(), n.LogBucket("dev"), n.DocumentsBucket("staging"), n.LogBucket("staging"), n.DocumentsBucket("prod"), n.LogBucket("prod"), n.CopiesBucket("prod"), n.CopiesLogBucket("prod")} {
		answers["HEAD /"+b] = "404"
	}
	answers["HEAD /"+n.DocumentsBucket("dev")] = ""
	wantObjects(t, a, "aws_s3_bucket", Object{ID: n.DocumentsBucket("dev"), Key: n.DocumentsBucket("dev")})
}

func TestListOnlyTheProjects(t *testing.T) {
	a := fake(t, map[string]string{"DescribeLogGroups": `{"logGroups":[{"logGroupName":"/paperwurks/dev/ecs/web"},{"logGroupName":"aws-waf-logs-paperwurks-dev"},
		{"logGroupName":"/aws/rds/instance/paperwurks-dev/upgrade"},{"logGroupName":"/paperwurksother/dev"},{"logGroupName":"/aws/ecs/containerinsights/paperwurks-dev/performance"}]}`})
	wantObjects(t, a, "aws_cloudwatch_log_group",
		Object{ID: "/paperwurks/dev/ecs/web", Key: "/paperwurks/dev/ecs/web"},
		Object{ID: "aws-waf-logs-paperwurks-dev", Key: "aws-waf-logs-paperwurks-dev"},
		Object{ID: "/aws/rds/instance/paperwurks-dev/upgrade", Key: "/aws/rds/instance/paperwurks-dev/upgrade"})
}

// A refusal must not look like "there is none": all kinds fail on it.
func TestRefusedListingsFail(t *testing.T) {
	a := fake(t, nil)
	a.Settings.User.Domain = config.Domain{Name: "example.com", HostedZoneID: "Z0123456789ABCDEFGHIJ"}
	for resourceType, kind := range Kinds() {
		if kind.List == nil {
			continue
		}
		if got, err := kind.List(t.Context(), a); err == nil {
			t.Errorf("%s: %v, without an error", resourceType, got)
		}
	}
}
