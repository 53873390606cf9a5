package preflight

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
	"github.com/paperwurks/infra/internal/golden"
	"github.com/paperwurks/infra/internal/synthesised"
)

// others is an account that holds things of others of every kind that is counted:
// three in one zone, one in another, and some that do not count.
type others struct{ account }

func (o others) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ours := `<tagSet><item><key>project</key><value>paperwurks</value></item></tagSet>`
	tag := `<tagSet><item><key>project</key><value>other</value></item><item><key>name</key><value>paperwurks</value></item></tagSet>`
	gateway := func(subnet, state, tags string) string {
		return "<item><subnetId>" + subnet + "</subnetId><state>" + state + "</state>" + tags + "</item>"
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, _ := url.ParseQuery(string(body))
	switch form.Get("Action") {
	case "DescribeAddresses":
		fmt.Fprint(w, "<R><addressesSet><item>"+ours+"</item><item>"+tag+"</item><item/></addressesSet></R>")
	case "DescribeInternetGateways":
		fmt.Fprint(w, "<R><internetGatewaySet><item>"+tag+"</item></internetGatewaySet></R>")
	case "DescribeNatGateways":
		fmt.Fprint(w, "<R><natGatewaySet>"+gateway("s-1", "available", tag)+gateway("s-2", "pending", "")+gateway("s-1", "deleting", "")+gateway("s-1", "deleted", "")+gateway("s-1", "failed", "")+gateway("s-1", "available", ours)+gateway("s-3", "available", "")+"</natGatewaySet></R>")
	case "DescribeSubnets":
		fmt.Fprint(w, "<R><subnetSet><item><subnetId>s-1</subnetId><availabilityZone>a</availabilityZone></item><item><subnetId>s-2</subnetId><availabilityZone>a</availabilityZone></item><item><subnetId>s-3</subnetId><availabilityZone>b</availabilityZone></item></subnetSet></R>")
	default:
		o.account.ServeHTTP(w, r)
	}
}

// all are stacks with each kind that counts against a quota, and some that do not.
func all(t *testing.T, endpoint string) synthesised.Stacks {
	t.Helper()
	s := stacks(t, endpoint)
	two := map[string]map[string]any{"a": {}, "b": {}}
	for _, kind := range []string{"aws_eip", "aws_internet_gateway", "aws_lb", "aws_db_instance", "aws_cloudfront_distribution"} {
		s[0].Resource[kind] = two
	}
	s[0].Resource["aws_vpc_endpoint"] = map[string]map[string]any{"a": {"vpc_endpoint_type": "Gateway"}, "b": {"vpc_endpoint_type": "Interface"}, "c": {"vpc_endpoint_type": "Gateway"}}
	s[0].Resource["aws_wafv2_web_acl"] = map[string]map[string]any{"a": {"scope": "REGIONAL"}, "b": {"scope": "CLOUDFRONT"}}
	s[0].Resource["aws_nat_gateway"]["other"] = map[string]any{"subnet_id": "${aws_subnet.b.id}"}
	s[0].Resource["aws_subnet"]["b"] = map[string]any{"availability_zone": "eu-central-1b"}
	return s
}

// TestWhole compares the page with testdata/whole.txt, in which a person has read
// it, for an account that just has enough of everything and one that lacks one of
// each: UPDATE_GOLDEN=1 rewrites it.
func TestWhole(t *testing.T) {
	quotas := map[string]int{
		"L-0263D0A3": 4, "L-F678F1CE": 2, "L-A4707A72": 3, "L-1B52E74A": 2, "L-53DA6B97": 2, "L-7B6409FD": 2, "L-2EC3DE7B": 1, "L-24B04930": 2, "L-FE5A380F": 5, "L-3032A538": 26, "L-36FBB829": 3,
	}
	var pages []string
	for _, less := range []int{0, 1} {
		a := others{enough()}
		a.quotas = map[string]string{}
		for code, value := range quotas {
			a.quotas[code] = fmt.Sprint(value - less)
		}
		server := httptest.NewServer(a)
		defer server.Close()
		var out bytes.Buffer
		err := Run(t.Context(), settings(), all(t, server.URL), &out)
		if (err == nil) != (less == 0) {
			t.Errorf("%d less than enough: %v", less, err)
		}
		pages = append(pages, out.String())
	}
	got := strings.Join(pages, "=====\n")
	golden.Check(t, "testdata/whole.txt", got, "UPDATE_GOLDEN=1")
}

// A call that AWS refuses is shown as such, whichever it is, and stops nothing.
func TestEachRefusedCall(t *testing.T) {
	for operation, row := range map[string]string{
		"DescribeAddresses": "EC2-VPC Elastic IPs", "DescribeVpcs": "VPCs per Region", "DescribeInternetGateways": "Internet gateways per Region", "DescribeNatGateways": "NAT gateways per Availability Zone", "DescribeSubnets": "NAT gateways per Availability Zone",
		"DescribeAvailabilityZones": "Availability zones", "GetRole": "Service-linked role AWSServiceRoleForRDS", "ListOpenIDConnectProviderTags": "OIDC provider token.actions.githubusercontent.com",
		"DescribeTrails": "Baseline: CloudTrail trail", "GetSnapshotBlockPublicAccessState": "Baseline: EBS encryption by default, block of public snapshots",
		"GetInstanceMetadataDefaults": "Baseline: EC2 instance metadata defaults", "GetAccountPasswordPolicy": "Baseline: IAM account password policy",
		"DescribeBudgets": "Baseline: budgets",
	} {
		a := enough()
		a.denied = map[string]bool{operation: true}
		for _, q := range quotas {
			a.quotas[q.code] = "100"
		}
		server := httptest.NewServer(a)
		defer server.Close()
		var out bytes.Buffer
		if err := Run(t.Context(), settings(), all(t, server.URL), &out); err != nil || !strings.Contains(out.String(), "\n?: "+row+"\n") || !strings.Contains(out.String(), operation) {
			t.Errorf("%s: %v\n%s", operation, err, out.String())
		}
	}
	for path, row := range map[string]string{"/2020-05-31/distribution": "CloudFront may be used", "/2013-04-01/hostedzone/": "Hosted zone ", "/analyzer": "Baseline: IAM Access Analyzer"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, path) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			enough().ServeHTTP(w, r)
		}))
		defer server.Close()
		var out bytes.Buffer
		if err := Run(t.Context(), settings(), all(t, server.URL), &out); err != nil || !strings.Contains(out.String(), "\n?: "+row) {
			t.Errorf("%s: %v\n%s", path, err, out.String())
		}
	}
}

// The whole account counts where nobody's is left out, and what cannot be read is
// said with the rest.
func TestUsage(t *testing.T) {
	a := others{enough()}
	a.otherVPCs, a.taggedVPCs = 1, 2
	a.quotas = map[string]string{"L-0263D0A3": "10", "L-F678F1CE": "11", "L-A4707A72": "12", "L-FE5A380F": "13", "L-3032A538": "14"}
	server := httptest.NewServer(a)
	defer server.Close()
	client, err := awsapi.Connect(t.Context(), "eu-central-1", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	used, err := Usage(t.Context(), client, client)
	want := []Used{{"EC2-VPC Elastic IPs", 3, 10}, {"VPCs per Region", 3, 11}, {"Internet gateways per Region", 1, 12}, {"NAT gateways per Availability Zone", 4, 13}, {"Fargate On-Demand vCPU resource count", 0, 14}}
	if !slices.Equal(used, want) || err == nil || !strings.HasPrefix(err.Error(), "Fargate Spot vCPU resource count: ") || strings.Count(err.Error(), "vCPU") != 1 {
		t.Errorf("%+v, %v; want %+v", used, err, want)
	}
	a.quotas["L-3032A538"] = `"many"`
	if _, err := Usage(t.Context(), client, client); err == nil || !strings.Contains(err.Error(), `value "many": a number is expected`) {
		t.Errorf("got %v", err)
	}
	env := config.Environment{Cluster: config.Cluster{SpotWeight: 50}, Services: []config.Service{{Name: "web", CPU: 1024, MinTasks: 1}, {Name: "worker", CPU: 512, MinTasks: 1}}}
	if onDemand, spot := VCPUs(env, map[string]int{"web": 4, "worker": 1}); onDemand != 3.5 || spot != 2 {
		t.Errorf("%g on demand, %g on Spot", onDemand, spot)
	}
	if FargateOnDemand != "Fargate On-Demand vCPU resource count" || FargateSpot != "Fargate Spot vCPU resource count" {
		t.Errorf("%q, %q", FargateOnDemand, FargateSpot)
	}
}

func TestPrivateZone(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<R><HostedZone><Name>a.example.</Name><Config><PrivateZone>true</PrivateZone></Config></HostedZone></R>`)
	}))
	defer server.Close()
	client, err := awsapi.Connect(t.Context(), "eu-central-1", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := hostedZone(t.Context(), client, config.Domain{Name: "a.example", HostedZoneID: "Z1"})
	if c.State != Missing || c.Found != "a.example, private" || !strings.Contains(c.Do, "name a public zone") {
		t.Errorf("%+v", c)
	}
}

func TestCommand(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{{[]string{"preflight"}, "one folder is required"}, {[]string{"preflight", "a", "b"}, "one folder is required"}, {[]string{"preflight", t.TempDir()}, "manifest.json"}} {
		var out bytes.Buffer
		err := command.Run(t.Context(), command.Process{Getenv: os.Getenv, Out: &out, Err: &out}, "platform", "", []command.Command{Command}, test.args)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v", test.args, err)
		}
	}
}
