package constructs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs"
	"github.com/paperwurks/infra/constructs/bucket"
	"github.com/paperwurks/infra/constructs/network"
	"github.com/paperwurks/infra/internal/kernel"
)

// One jsii kernel serves every test of the package.
func TestMain(m *testing.M) {
	if err := kernel.Use(); err != nil {
		panic(err)
	}
	code := m.Run()
	kernel.Close()
	os.Exit(code)
}

// resources of a stack with nothing but what build makes, by type.
func resources(t *testing.T, build func(cdktf.TerraformStack) error) (map[string][]map[string]any, error) {
	t.Helper()
	stack := cdktf.NewTerraformStack(cdktf.NewApp(&cdktf.AppConfig{Outdir: new(t.TempDir())}), new("test"))
	if err := build(stack); err != nil {
		if n := len(*stack.Node().Children()); n != 0 {
			t.Errorf("it failed and left %d constructs", n)
		}
		return nil, err
	}
	var content struct {
		Resource map[string]map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(*cdktf.Testing_Synth(stack, new(false))), &content); err != nil {
		t.Fatal(err)
	}
	out := map[string][]map[string]any{}
	for kind, byName := range content.Resource {
		for _, attributes := range byName {
			out[kind] = append(out[kind], attributes)
		}
	}
	return out, nil
}

func goodRole() constructs.GithubOidcRoleProps {
	s := config.Fixture()
	n := s.Names()
	return constructs.GithubOidcRoleProps{
		Names:       n,
		Name:        "deploy-role-dev",
		Description: "Deploys",
		ProviderARN: n.OIDCProviderARN(),
		Trust:       access.DeployTrust(s, s.Environments[0]),
		Policies:    access.DeployRole(n, s.Environments[0], []string{"subnet-1"})[:1],
		BoundaryARN: n.BoundaryARN(n.CIBoundary()),
		MaxSession:  3600,
	}
}

func makeRole(props constructs.GithubOidcRoleProps) func(cdktf.TerraformStack) error {
	return func(stack cdktf.TerraformStack) error {
		_, err := constructs.NewGithubOidcRole(stack, "role", props)
		return err
	}
}

func TestGithubOidcRole(t *testing.T) {
	made, err := resources(t, makeRole(goodRole()))
	if err != nil {
		t.Fatal(err)
	}
	if len(made["aws_iam_role"]) != 1 || len(made["aws_iam_policy"]) != 1 || len(made["aws_iam_role_policy_attachment"]) != 1 {
		t.Fatalf("made %v", made)
	}
	role := made["aws_iam_role"][0]
	props := goodRole()
	for attribute, want := range map[string]any{
		"name": props.Name, "path": props.Names.CIPath(), "permissions_boundary": props.BoundaryARN, "max_session_duration": 3600.0,
	} {
		if role[attribute] != want {
			t.Errorf("%s is %v, want %v", attribute, role[attribute], want)
		}
	}
	trust, err := props.Trust.Document(props.ProviderARN)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := trust.JSON(); err != nil || role["assume_role_policy"] != want {
		t.Errorf("the trust is %v, want %s (%v)", role["assume_role_policy"], want, err)
	}
}

// What is refused is refused before anything is made, and says why; what a trust
// refuses is tested in access.
func TestGithubOidcRoleRefuses(t *testing.T) {
	huge := policy.Document{}
	for i := range 200 {
		statement := goodRole().Policies[0].Document.Statements[0]
		statement.Sid = fmt.Sprintf("S%d", i)
		huge.Statements = append(huge.Statements, statement)
	}
	for _, test := range []struct {
		name   string
		change func(*constructs.GithubOidcRoleProps)
		want   string
	}{
		{"no subject", func(p *constructs.GithubOidcRoleProps) { p.Trust.Subjects = nil }, "no subject"},
		{"a wildcard owner", func(p *constructs.GithubOidcRoleProps) { p.Trust.Owner = "paper*" }, `owner "paper*"`},
		{"no provider", func(p *constructs.GithubOidcRoleProps) { p.ProviderARN = "" }, "provider"},
		{"a name of 65 characters", func(p *constructs.GithubOidcRoleProps) { p.Name = strings.Repeat("r", 65) }, "64"},
		{"a policy over AWS's size", func(p *constructs.GithubOidcRoleProps) { p.Policies[0].Document = huge }, "6144"},
		{"an empty policy", func(p *constructs.GithubOidcRoleProps) { p.Policies[0].Document = policy.Document{} }, "no statement"},
	} {
		t.Run(test.name, func(t *testing.T) {
			props := goodRole()
			test.change(&props)
			_, err := resources(t, makeRole(props))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), props.Name) {
				t.Errorf("got %v, want an error that names the role and %q", err, test.want)
			}
		})
	}
	props := goodRole()
	props.Name, props.Trust.Owner, props.Trust.Audience = strings.Repeat("r", 65), "*", "x"
	_, err := resources(t, makeRole(props))
	for _, want := range []string{"64", `owner "*"`, `audience "x"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not all faults at once: %v", err)
		}
	}
}

func TestBucketWithoutKeySaysSo(t *testing.T) {
	for key, want := range map[string]string{"": "AES256", "arn:aws:kms:eu-central-1:111122223333:key/k": "aws:kms"} {
		made, err := resources(t, func(stack cdktf.TerraformStack) error {
			_, err := bucket.New(stack, "bucket", bucket.Props{
				Name: "b", KeyARN: key, NoncurrentVersionDays: 1, Policy: access.StateBucket(config.Fixture().Names()),
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(made["aws_s3_bucket_server_side_encryption_configuration"])
		if err != nil || !strings.Contains(string(text), `"sse_algorithm":"`+want+`"`) {
			t.Errorf("key %q: %s, %v; want %s", key, text, err, want)
		}
	}
}

func TestNetworkRefusesWhatDoesNotFit(t *testing.T) {
	s := config.Fixture()
	env := s.Environments[0]
	env.Network.CIDR = "10.20.0.0/24"
	_, err := resources(t, func(stack cdktf.TerraformStack) error {
		_, err := network.New(stack, "network", network.Props{
			Names: s.Names(), Environment: env.Name, Settings: env.Network, Zones: s.AvailabilityZones, S3Policy: access.S3Endpoint(s.Names()),
		})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), `"10.20.0.0/24"`) {
		t.Errorf("got %v, want a refusal that names the block", err)
	}
}

// TestAccountBaseline: each part is made once, by itself, unless the organisation
// does it; the trail waits for its bucket's policy.
func TestAccountBaseline(t *testing.T) {
	built := func(change func(a *config.Account)) map[string][]map[string]any {
		t.Helper()
		s := config.Fixture()
		change(&s.Account)
		made, err := resources(t, func(stack cdktf.TerraformStack) error {
			_, err := constructs.NewAccountBaseline(stack, "account", constructs.AccountBaselineProps{
				Settings: s, LogBucket: &bucket.Bucket{Name: "log"}, BoundaryARN: "arn:aws:iam::444455556666:policy/b",
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	whole := built(func(*config.Account) {})
	trail := whole["aws_cloudtrail"][0]
	waits := fmt.Sprint(trail["depends_on"])
	if !strings.Contains(waits, "aws_s3_bucket_policy.") || trail["is_multi_region_trail"] != true || trail["enable_log_file_validation"] != true ||
		trail["insight_selector"] != nil || !strings.HasPrefix(fmt.Sprint(trail["kms_key_id"]), "${aws_kms_key.") {
		t.Errorf("trail: %v", trail)
	}
	lifecycle := fmt.Sprint(whole["aws_s3_bucket_lifecycle_configuration"])
	if !strings.Contains(lifecycle, "days:365") {
		t.Errorf("log files expire otherwise than the settings say: %s", lifecycle)
	}
	insights := built(func(a *config.Account) { a.Trail.Insights = true })["aws_cloudtrail"][0]["insight_selector"]
	if got := fmt.Sprint(insights); !strings.Contains(got, "ApiCallRateInsight") || !strings.Contains(got, "ApiErrorRateInsight") {
		t.Errorf("insights: %s", got)
	}

	if log := trail["cloud_watch_logs_group_arn"]; !strings.HasSuffix(fmt.Sprint(log), ".arn}:*") || !strings.Contains(waits, "aws_iam_role_policy.") {
		t.Errorf("the trail's events go to %v; it waits for %s", log, waits)
	}
	if n := len(whole["aws_cloudwatch_log_metric_filter"]); n != len(config.TrailAlarms()) || len(whole["aws_cloudwatch_metric_alarm"]) != n {
		t.Errorf("%d metric filters and %d alarms", n, len(whole["aws_cloudwatch_metric_alarm"]))
	}
	// S3 refuses to delete a bucket that has log files: the key that they are read
	// with is not gone by then.
	for _, b := range whole["aws_s3_bucket"] {
		if after := fmt.Sprint(b["depends_on"]); !strings.Contains(after, "aws_kms_key.") {
			t.Errorf("the trail's bucket is destroyed after %s, want its key", after)
		}
	}

	const reason = "the organisation's landing zone"
	// A standard that is enabled before Config records has no rules of it, and stays so.
	of := func(made map[string][]map[string]any) (standards []map[string]any, findings string) {
		for _, rule := range made["aws_cloudwatch_event_rule"] {
			if strings.Contains(fmt.Sprint(rule["event_pattern"]), "aws.securityhub") {
				findings = fmt.Sprint(rule["event_pattern"])
			}
		}
		return made["aws_securityhub_standards_subscription"], findings
	}
	standards, findings := of(whole)
	for _, s := range standards {
		if waits := fmt.Sprint(s["depends_on"]); !strings.Contains(waits, "aws_config_configuration_recorder_status.") || !strings.Contains(waits, "aws_securityhub_account.") ||
			!strings.Contains(fmt.Sprint(s["timeouts"]), "create:20m") {
			t.Errorf("a standard waits for %s, %v", waits, s["timeouts"])
		}
	}
	if len(standards) != 2 || !strings.Contains(findings, `"anything-but":"GuardDuty"`) {
		t.Errorf("%d standards, whose findings are sent by %s", len(standards), findings)
	}
	// Without Config there is nothing to wait for, without GuardDuty's own rule its
	// findings are sent as Security Hub's.
	standards, findings = of(built(func(a *config.Account) { a.Organisation.Config, a.Organisation.GuardDuty = reason, reason }))
	if len(standards) != 2 || strings.Contains(fmt.Sprint(standards), "aws_config_") || findings == "" || strings.Contains(findings, "GuardDuty") {
		t.Errorf("by the organisation: %v; %s", standards, findings)
	}

	for part, test := range map[string]struct {
		by    func(o *config.Organisation)
		kinds []string
	}{
		"trail":        {func(o *config.Organisation) { o.Trail = reason }, []string{"aws_cloudtrail"}},
		"alarms":       {func(o *config.Organisation) { o.TrailAlarms = reason }, []string{"aws_cloudwatch_log_group", "aws_iam_role"}},
		"GuardDuty":    {func(o *config.Organisation) { o.GuardDuty = reason }, []string{"aws_guardduty_detector"}},
		"Security Hub": {func(o *config.Organisation) { o.SecurityHub = reason }, []string{"aws_securityhub_account"}},
		"Config": {func(o *config.Organisation) { o.Config = reason }, []string{
			"aws_config_configuration_recorder", "aws_config_delivery_channel", "aws_config_configuration_recorder_status", "aws_iam_service_linked_role"}},
		"what sends to the topic": {func(o *config.Organisation) {
			o.Trail, o.GuardDuty, o.SecurityHub = reason, reason, reason
		}, []string{"aws_sns_topic", "aws_cloudtrail"}},
		"what has a key": {func(o *config.Organisation) {
			o.Trail, o.GuardDuty, o.SecurityHub, o.Config = reason, reason, reason, reason
		}, []string{"aws_kms_key", "aws_cloudtrail"}},
		"analyzer": {func(o *config.Organisation) { o.AccessAnalyzer = reason }, []string{"aws_accessanalyzer_analyzer"}},
		"block":    {func(o *config.Organisation) { o.S3PublicAccessBlock = reason }, []string{"aws_s3_account_public_access_block"}},
		"EBS": {func(o *config.Organisation) { o.EBSDefaults = reason },
			[]string{"aws_ebs_encryption_by_default", "aws_ebs_snapshot_block_public_access"}},
		"metadata":  {func(o *config.Organisation) { o.MetadataDefaults = reason }, []string{"aws_ec2_instance_metadata_defaults"}},
		"passwords": {func(o *config.Organisation) { o.PasswordPolicy = reason }, []string{"aws_iam_account_password_policy"}},
	} {
		without := built(func(a *config.Account) { test.by(&a.Organisation) })
		for _, kind := range test.kinds {
			if len(whole[kind]) != 1 || len(without[kind]) != 0 {
				t.Errorf("%s: %d of %s, and %d where the organisation does it", part, len(whole[kind]), kind, len(without[kind]))
			}
		}
		if !slices.Contains(test.kinds, "aws_cloudtrail") && len(without["aws_cloudtrail"]) != 1 {
			t.Errorf("%s by the organisation: the trail is gone too", part)
		}
	}
}
