package preflight

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

func TestNeedOfFargate(t *testing.T) {
	service := func(cpu, least, most int) config.Service {
		return config.Service{CPU: cpu, MinTasks: least, MaxTasks: most}
	}
	env := func(spot int, services ...config.Service) config.Environment {
		return config.Environment{Cluster: config.Cluster{SpotWeight: spot}, Services: services, Migration: config.Migration{CPU: 512}}
	}
	for _, test := range []struct {
		name         string
		environments []config.Environment
		want         fargateNeed
	}{
		{"all on demand: a deployment doubles it", []config.Environment{env(0, service(1024, 3, 12), service(1024, 2, 8))},
			fargateNeed{rest: vcpus{onDemand: 5}, deploying: vcpus{onDemand: 10}, maximum: vcpus{onDemand: 20}}},
		{"all on Spot: the migration alone is on demand", []config.Environment{env(100, service(256, 1, 2))},
			fargateNeed{rest: vcpus{spot: 0.25}, deploying: vcpus{onDemand: 0.5, spot: 0.5}, maximum: vcpus{spot: 0.5}}},
		{"half and half above the base, rounded up", []config.Environment{env(50, service(512, 2, 5))},
			fargateNeed{rest: vcpus{onDemand: 1}, deploying: vcpus{onDemand: 1.5, spot: 0.5}, maximum: vcpus{onDemand: 2, spot: 1}}},
		{"one environment deploys at a time", []config.Environment{env(0, service(1024, 1, 1)), env(0, service(2048, 1, 1))},
			fargateNeed{rest: vcpus{onDemand: 3}, deploying: vcpus{onDemand: 5}, maximum: vcpus{onDemand: 3}}},
	} {
		if got := needOfFargate(test.environments); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// account is an AWS that answers as told.
type account struct {
	quotas map[string]string
	// taggedVPCs are the platform's own, otherVPCs not.
	taggedVPCs, otherVPCs int
	roles                 map[string]bool
	oidc                  string // tags of the provider; "" for none
	denied                map[string]bool
	zone                  string
	distributions         int
	// trails, analyzers and managedBy are what the account's baseline meets.
	trails, analyzers, managedBy string
	// passwords is the length that the policy asks for; "" for no policy.
	passwords string
	// monitors are those of Cost Anomaly Detection; "refused" for no Cost Explorer.
	monitors string
	// detector is the id of GuardDuty's, hub says that Security Hub is enabled, and
	// administrator is the account that has both; "" for none.
	detector, administrator string
	// recorders and channels are Config's.
	recorders, channels string
	hub                 bool
	// workspace is one more that is authorised, as AWS writes it.
	workspace string
	// noCopies says that RDS copies no backups from the region.
	noCopies bool
}

func (a account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	fault := func(status int, code string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>m</Message></Error></ErrorResponse>", code)
	}
	operation := form.Get("Action")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		operation = target[strings.LastIndex(target, ".")+1:]
	}
	if a.denied[operation] {
		fault(403, "AccessDenied")
		return
	}
	switch operation {
	case "GetServiceQuota", "GetAWSDefaultServiceQuota":
		// A code is known with its service, and a global service's in one region only.
		var asked struct{ ServiceCode, QuotaCode string }
		if err := json.Unmarshal(body, &asked); err != nil || quotaServices[asked.QuotaCode] != asked.ServiceCode ||
			strings.Contains(r.Header.Get("Authorization"), "/us-east-1/") != (asked.ServiceCode == "cloudfront") {
			fault(400, "NoSuchResourceException")
			return
		}
		for code, value := range a.quotas {
			if strings.Contains(string(body), code) && (operation == "GetServiceQuota") == !strings.HasPrefix(value, "default ") {
				fmt.Fprintf(w, `{"Quota": {"Value": %s}}`, strings.TrimPrefix(value, "default "))
				return
			}
		}
		w.Header().Set("X-Amzn-Errortype", "NoSuchResourceException")
		w.WriteHeader(400)
		fmt.Fprint(w, `{"__type": "NoSuchResourceException", "message": "m"}`)
	case "DescribeVpcs":
		ours := `<item><vpcId>v</vpcId><tagSet><item><key>project</key><value>paperwurks</value></item></tagSet></item>`
		fmt.Fprintf(w, `<DescribeVpcsResponse><vpcSet>%s%s</vpcSet></DescribeVpcsResponse>`,
			strings.Repeat(ours, a.taggedVPCs), strings.Repeat(`<item><vpcId>o</vpcId></item>`, a.otherVPCs))
	case "DescribeSourceRegions":
		if form.Get("RegionName") != "eu-central-1" || !strings.Contains(r.Header.Get("Authorization"), "/eu-north-1/") {
			fault(400, "InvalidParameterValue")
			return
		}
		fmt.Fprintf(w, `<R><DescribeSourceRegionsResult><SourceRegions><SourceRegion><RegionName>eu-central-1</RegionName><SupportsDBInstanceAutomatedBackupsReplication>%t</SupportsDBInstanceAutomatedBackupsReplication></SourceRegion></SourceRegions></DescribeSourceRegionsResult></R>`, !a.noCopies)
	case "DescribeAvailabilityZones":
		fmt.Fprint(w, `<R><availabilityZoneInfo><item><zoneName>eu-central-1a</zoneName><zoneState>available</zoneState></item></availabilityZoneInfo></R>`)
	case "GetRole":
		if !a.roles[form.Get("RoleName")] {
			fault(404, "NoSuchEntity")
			return
		}
		fmt.Fprint(w, `<GetRoleResponse><GetRoleResult><Role><RoleName>r</RoleName></Role></GetRoleResult></GetRoleResponse>`)
	case "DescribeAddresses", "DescribeInternetGateways", "DescribeNatGateways", "DescribeSubnets":
		fmt.Fprint(w, `<R></R>`)
	case "ListOpenIDConnectProviderTags":
		if arn := form.Get("OpenIDConnectProviderArn"); arn != "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" {
			fault(400, "ValidationError")
			return
		}
		if a.oidc == "" {
			fault(404, "NoSuchEntity")
			return
		}
		fmt.Fprintf(w, `<R><ListOpenIDConnectProviderTagsResult><Tags><member><Key>project</Key><Value>%s</Value></member></Tags></ListOpenIDConnectProviderTagsResult></R>`, a.oidc)
	case "DescribeTrails":
		fmt.Fprintf(w, `{"trailList": [%s]}`, a.trails)
	case "GetSnapshotBlockPublicAccessState":
		fmt.Fprintf(w, `<R><state>unblocked</state><managedBy>%s</managedBy></R>`, a.managedBy)
	case "GetInstanceMetadataDefaults":
		fmt.Fprintf(w, `<R><accountLevel><managedBy>%s</managedBy></accountLevel></R>`, a.managedBy)
	case "GetAccountPasswordPolicy":
		if a.passwords == "" {
			fault(404, "NoSuchEntity")
			return
		}
		fmt.Fprintf(w, `<R><GetAccountPasswordPolicyResult><PasswordPolicy><MinimumPasswordLength>%s</MinimumPasswordLength></PasswordPolicy></GetAccountPasswordPolicyResult></R>`, a.passwords)
	case "DescribeConfigurationRecorders":
		fmt.Fprintf(w, `{"ConfigurationRecorders": [%s]}`, a.recorders)
	case "DescribeDeliveryChannels":
		fmt.Fprintf(w, `{"DeliveryChannels": [%s]}`, a.channels)
	case "DescribeBudgets":
		if !strings.Contains(string(body), config.Fixture().OnLocalAWS().User.AccountID) || !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/budgets/") {
			fault(400, "InvalidParameterException")
			return
		}
		fmt.Fprint(w, `{"Budgets": [{"BudgetName": "somebody's"}]}`)
	case "GetAnomalyMonitors":
		if a.monitors == "refused" {
			fault(400, "AccessDeniedException")
			return
		}
		fmt.Fprintf(w, `{"AnomalyMonitors": [%s]}`, a.monitors)
	default:
		switch {
		case r.URL.Path == "/analyzer" && r.URL.Query().Get("type") == "ACCOUNT":
			fmt.Fprintf(w, `{"analyzers": [%s]}`, a.analyzers)
		case r.URL.Path == "/detector":
			fmt.Fprintf(w, `{"detectorIds": [%s]}`, a.detector)
		case r.URL.Path == "/detector/d1/administrator" && a.administrator != "":
			fmt.Fprintf(w, `{"administrator": {"accountId": %q}}`, a.administrator)
		case r.URL.Path == "/administrator" && a.administrator != "":
			fmt.Fprintf(w, `{"Administrator": {"AccountId": %q}}`, a.administrator)
		case r.URL.Path == "/detector/d1/administrator", r.URL.Path == "/administrator", r.URL.Path == "/accounts" && a.hub:
			fmt.Fprint(w, `{}`)
		case r.URL.Path == "/accounts":
			w.Header().Set("X-Amzn-Errortype", "InvalidAccessException")
			w.WriteHeader(401)
			fmt.Fprint(w, `{"message": "Account is not subscribed to AWS Security Hub"}`)
		case r.URL.Path == "/2013-04-01/hostedzone/"+settings().User.Domain.HostedZoneID:
			fmt.Fprintf(w, `<GetHostedZoneResponse><HostedZone><Name>%s</Name><Config><PrivateZone>false</PrivateZone></Config></HostedZone>
				<DelegationSet><NameServers><NameServer>ns1.example</NameServer><NameServer>ns2.example</NameServer></NameServers></DelegationSet></GetHostedZoneResponse>`, a.zone)
		case r.URL.Path == "/describe-slack-workspaces" && r.Method == "POST" && strings.Contains(r.Header.Get("Authorization"), "/us-east-2/chatbot/"):
			fmt.Fprintf(w, `{"SlackWorkspaces": [{"SlackTeamId": "T0OTHER", "SlackTeamName": "other"}%s]}`, a.workspace)
		case r.URL.Path == "/2020-05-31/distribution":
			fmt.Fprintf(w, `<DistributionList><Quantity>%d</Quantity></DistributionList>`, a.distributions)
		default:
			fault(400, "InvalidAction")
		}
	}
}

// quotaServices are the services of the quotas' codes, as AWS lists them.
var quotaServices = map[string]string{
	"L-0263D0A3": "ec2", "L-F678F1CE": "vpc", "L-A4707A72": "vpc", "L-1B52E74A": "vpc", "L-FE5A380F": "vpc", "L-53DA6B97": "elasticloadbalancing", "L-7B6409FD": "rds",
	"L-2EC3DE7B": "wafv2", "L-24B04930": "cloudfront", "L-3032A538": "fargate", "L-36FBB829": "fargate",
}

func settings() config.Settings {
	s := config.Fixture()
	s.AvailabilityZones = []string{"eu-central-1a"}
	return s
}

func stacks(t *testing.T, endpoint string) synthesised.Stacks {
	t.Helper()
	s, err := synthesised.Load("shared", map[string]any{"provider": map[string]any{"aws": []any{map[string]any{"https_proxy": endpoint}}}, "resource": map[string]any{
		"aws_vpc":    map[string]any{"dev": map[string]any{}, "prod": map[string]any{}},
		"aws_subnet": map[string]any{"a": map[string]any{"availability_zone": "eu-central-1a"}},
		"aws_nat_gateway": map[string]any{
			"dev":  map[string]any{"subnet_id": "${aws_subnet.a.id}"},
			"prod": map[string]any{"subnet_id": "${aws_subnet.a.id}"},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return synthesised.Stacks{s}
}

// enough is an account that has all that the platform needs.
func enough() account {
	all := map[string]bool{}
	for _, r := range serviceRoles {
		all[r.role] = true
	}
	return account{
		quotas:    map[string]string{"L-F678F1CE": "5", "L-FE5A380F": "default 5", "L-3032A538": "100", "L-36FBB829": "100"},
		managedBy: "account",
		roles:     all, distributions: 1, zone: settings().User.Domain.Name + ".",
		workspace: `, {"SlackTeamId": "` + settings().User.SlackWorkspace + `", "SlackTeamName": "Paperwurks", "State": "ENABLED"}`,
	}
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name    string
		account func(a *account)
		missing bool
		shows   []string
	}{
		{"enough", func(*account) {}, false, []string{"ok  VPCs per Region", "2 (in the fullest zone)", "26 (at rest 8.75, deploying 13.75, scaled out 25.25)"}},
		{"its own VPCs are counted once", func(a *account) { a.taggedVPCs = 2; a.otherVPCs = 3 }, false, []string{"5 (3 used by others)"}},
		{"too few VPCs", func(a *account) { a.otherVPCs = 4 }, true, []string{
			"MISSING: VPCs per Region\n    aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value 6 --region eu-central-1\n"}},
		{"AWS's defaults for Fargate", func(a *account) { a.quotas["L-3032A538"] = "default 6" }, true, []string{
			"MISSING: Fargate On-Demand vCPU resource count\n", "--service-code fargate --quota-code L-3032A538 --desired-value 26 "}},
		{"no answer is said, and stops nothing", func(a *account) { a.denied = map[string]bool{"DescribeVpcs": true} }, false, []string{
			"?: VPCs per Region\n    ec2 DescribeVpcs", "AccessDenied"}},
		{"a quota that nobody knows", func(a *account) { delete(a.quotas, "L-FE5A380F") }, false, []string{"?: NAT gateways per Availability Zone"}},
		{"roles that AWS makes", func(a *account) { clear(a.roles) }, false, []string{
			madeByAWS("ECS", "ECS cluster", "ecs.amazonaws.com"), madeByAWS("ElasticLoadBalancing", "load balancer", "elasticloadbalancing.amazonaws.com"),
			madeByAWS("RDS", "database", "rds.amazonaws.com"), madeByAWS("ApplicationAutoScaling_ECSService", "scaling target", "ecs.application-autoscaling.amazonaws.com"),
			madeByAWS("CloudFrontVPCOrigin", "VPC origin", "vpcorigin.cloudfront.amazonaws.com")}},
		{"the platform's own provider", func(a *account) { a.oidc = "paperwurks" }, false, []string{"the platform's own"}},
		{"a stranger's provider", func(a *account) { a.oidc = "other" }, true, []string{"EntityAlreadyExists"}},
		{"no copies from the region", func(a *account) { a.noCopies = true }, true, []string{`choose another region for environments["prod"].copies in config/platform.go`}},
		{"another zone", func(a *account) { a.zone = "elsewhere.example." }, true, []string{"correct domain.name or domain.hostedZoneID"}},
		{"a workspace", func(*account) {}, false, []string{"ok  Slack workspace T07PAPERWURKS", "Paperwurks"}},
		{"a workspace that nobody authorised", func(a *account) { a.workspace = "" }, true, []string{"MISSING: Slack workspace T07PAPERWURKS", "authorise it in the console"}},
		{"a workspace that the organisation forbids", func(a *account) {
			a.workspace = `, {"SlackTeamId": "T07PAPERWURKS", "SlackTeamName": "Paperwurks", "State": "DISABLED", "StateReason": "denied by policy"}`
		}, true, []string{"disabled: denied by policy", "a policy of the organisation forbids it"}},
		{"workspaces that nobody may see", func(a *account) { a.workspace = "}" }, false, []string{"?: Slack workspace"}},
		{"name servers", func(*account) {}, false, []string{"must be delegated to ns1.example, ns2.example"}},
		{"no baseline yet", func(*account) {}, false, []string{"ok  Baseline: CloudTrail trail", "none: bootstrap makes it", "none: bootstrap sets it"}},
		{"its own baseline", func(a *account) {
			a.trails = `{"TrailARN": "` + config.Fixture().OnLocalAWS().Names().TrailARN() + `"}`
			a.analyzers = `{"name": "paperwurks-account-analyzer", "type": "ACCOUNT"}`
		}, false, []string{"ok  Baseline: IAM Access Analyzer", "the platform's own"}},
		{"another trail", func(a *account) {
			a.trails = `{"TrailARN": "arn:aws:cloudtrail:eu-west-1:999999999999:trail/all", "IsOrganizationTrail": true}`
		}, false, []string{
			"others: arn:aws:cloudtrail:eu-west-1:999999999999:trail/all", "account.organisation.trail in config/platform.go"}},
		{"another analyzer", func(a *account) { a.analyzers = `{"name": "console", "type": "ACCOUNT"}` }, true, []string{"MISSING: Baseline: IAM Access Analyzer", "console exists", "account.organisation.accessAnalyzer"}},
		{"an analyzer of unused access", func(a *account) { a.analyzers = `{"name": "unused", "type": "ACCOUNT_UNUSED_ACCESS"}` }, false, []string{"ok  Baseline: IAM Access Analyzer"}},
		{"a declarative policy", func(a *account) { a.managedBy = "declarative-policy" }, true, []string{
			"MISSING: Baseline: EBS encryption", "account.organisation.ebsDefaults", "MISSING: Baseline: EC2 instance metadata", "account.organisation.metadataDefaults"}},
		{"a password policy", func(a *account) { a.passwords = "8" }, false, []string{"exists, of 8 characters; bootstrap sets the platform's"}},
		{"no monitor of costs", func(*account) {}, false, []string{"ok  Baseline: Cost Anomaly Detection", "no monitor of services: bootstrap makes it", "ok  Baseline: budgets"}},
		{"AWS's own monitor of costs", func(a *account) {
			a.monitors = `{"MonitorName": "mine", "MonitorDimension": "TAG"}, {"MonitorName": "Default-Services-Monitor", "MonitorDimension": "SERVICE"}`
		}, false, []string{`"Default-Services-Monitor", of which an account has one: bootstrap takes it over`}},
		{"Cost Explorer was never opened", func(a *account) { a.monitors = "refused" }, true, []string{
			"MISSING: Baseline: Cost Anomaly Detection", "open Cost Explorer in the Billing console once", "account.organisation.costAnomalies"}},
		{"a detector and a hub", func(a *account) { a.detector, a.hub = `"d1"`, true }, false, []string{"exists: bootstrap imports it", "enabled: bootstrap imports it"}},
		{"a detector and a hub of the organisation's", func(a *account) { a.detector, a.hub, a.administrator = `"d1"`, true, "999999999999" }, true, []string{
			"MISSING: Baseline: GuardDuty detector", "MISSING: Baseline: Security Hub", "account 999999999999 administers it", "account.organisation.guardDuty", "account.organisation.securityHub"}},
		{"a recorder of the default name", func(a *account) {
			a.recorders, a.channels = `{"name": "default"}, {"name": "AWSConfigurationRecorderForX", "servicePrincipal": "x.amazonaws.com"}`, `{"name": "default"}`
		}, false, []string{"ok  Baseline: AWS Config recorder", "exists: bootstrap sets it"}},
		{"a delivery channel to another bucket", func(a *account) { a.channels = `{"name": "default", "s3BucketName": "theirs"}` }, false, []string{
			`exists, delivers to the bucket "theirs": bootstrap sets it`, "note: Baseline: AWS Config recorder", "ask whoever reads that one, or say that the organisation does it: account.organisation.config"}},
		{"a delivery channel to the platform's bucket", func(a *account) {
			a.channels = `{"name": "default", "s3BucketName": "` + config.Fixture().OnLocalAWS().Names().ConfigBucket() + `"}`
		}, false, []string{"ok  Baseline: AWS Config recorder", "exists: bootstrap sets it"}},
		{"a recorder of another name", func(a *account) { a.recorders = `{"name": "mine"}` }, true, []string{
			"MISSING: Baseline: AWS Config recorder", `ConfigurationRecorder "mine" exists, and is not the platform's`, "account.organisation.config"}},
		{"a delivery channel of another name", func(a *account) { a.channels = `{"name": "mine"}` }, true, []string{`DeliveryChannel "mine" exists, and is not the platform's`}},
		{"trails that nobody may see", func(a *account) { a.denied = map[string]bool{"DescribeTrails": true} }, false, []string{"?: Baseline: CloudTrail trail"}},
		{"no distribution yet", func(a *account) { a.distributions = 0 }, false, []string{"must be verified"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := enough()
			test.account(&a)
			server := httptest.NewServer(a)
			defer server.Close()
			var out bytes.Buffer
			err := Run(t.Context(), settings(), stacks(t, server.URL), &out)
			if errors.Is(err, ErrMissing) != test.missing || err != nil && !test.missing {
				t.Errorf("%v, want missing to be %v", err, test.missing)
			}
			for _, want := range test.shows {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
		})
	}
}

func madeByAWS(role, first, principal string) string {
	return "Service-linked role AWSServiceRoleFor" + role + "\n    nothing: AWS makes it with the first " + first +
		". If that fails once, run it again, or before it: aws iam create-service-linked-role --aws-service-name " + principal + "\n"
}

func TestZonesThatTheAccountLacks(t *testing.T) {
	server := httptest.NewServer(enough())
	defer server.Close()
	s := settings()
	s.AvailabilityZones = append(s.AvailabilityZones, "eu-central-1d")
	var out bytes.Buffer
	if err := Run(t.Context(), s, stacks(t, server.URL), &out); !errors.Is(err, ErrMissing) || !strings.Contains(out.String(), "MISSING: Availability zones") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
