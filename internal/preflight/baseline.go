package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// baseline looks at what an account has once and somebody else may have made: two
// who both set it would undo each other's work. What the organisation does by the
// settings is not looked at.
func baseline(ctx context.Context, aws awsapi.Client, s config.Settings) []Check {
	var checks []Check
	for _, look := range []struct {
		part config.BaselinePart
		at   func(context.Context, awsapi.Client, config.Names, *Check) error
	}{
		{config.TrailPart, trails},
		{config.AccessAnalyzerPart, accessAnalyzers},
		{config.EBSDefaultsPart, declared("GetSnapshotBlockPublicAccessState", "managedBy")},
		{config.MetadataDefaultsPart, declared("GetInstanceMetadataDefaults", "accountLevel.managedBy")},
		{config.PasswordPolicyPart, passwordPolicy},
		{config.GuardDutyPart, detectors},
		{config.SecurityHubPart, hubs},
		{config.ConfigPart, recorders},
		{config.BudgetsPart, budgets(s)},
		{config.CostAnomaliesPart, costAnomalies},
	} {
		if !s.Account.Makes(look.part) {
			continue
		}
		c := Check{State: Good}
		for _, p := range s.Account.Organisation.Parts() {
			if p.Part == look.part {
				c.What = "Baseline: " + p.What
			}
		}
		if err := look.at(ctx, aws, s.Names(), &c); err != nil {
			c.noAnswer(err)
		}
		if c.State == Missing || c.State == Advice {
			c.Do += ", or say that the organisation does it: account.organisation." + string(look.part) + " in config/platform.go"
		}
		checks = append(checks, c)
	}
	return checks
}

// trails: an account may have five in a region, so another one is no fault. Two
// copies of management events cost where one is free.
func trails(ctx context.Context, aws awsapi.Client, n config.Names, c *Check) error {
	found, err := aws.All(ctx, awsapi.Request{Service: "cloudtrail", Operation: "DescribeTrails"}, "trailList")
	if err != nil {
		return err
	}
	c.Found = "none: bootstrap makes it"
	var others []string
	for _, trail := range found {
		if trail.Text("TrailARN") == n.TrailARN() {
			c.Found = "the platform's own"
			continue
		}
		others = append(others, trail.Text("TrailARN"))
	}
	if len(others) > 0 {
		c.State = Advice
		c.Found += "; others: " + strings.Join(others, ", ")
		c.Do = "a second copy of management events costs: end the others"
	}
	return nil
}

// accessAnalyzers: a region has one of external access (IAM user guide, "IAM
// Access Analyzer quotas").
func accessAnalyzers(ctx context.Context, aws awsapi.Client, n config.Names, c *Check) error {
	answer, err := aws.Do(ctx, awsapi.Request{Service: "access-analyzer", Method: http.MethodGet, Path: "/analyzer", Parameters: map[string]any{"type": "ACCOUNT"}})
	if err != nil {
		return err
	}
	c.Found = "none: bootstrap makes it"
	for _, analyzer := range answer.Value.List("analyzers") {
		if analyzer.Text("type") != "ACCOUNT" {
			continue
		}
		if analyzer.Text("name") == n.AccountName("analyzer") {
			c.Found = "the platform's own"
			continue
		}
		c.State, c.Found = Missing, analyzer.Text("name")+" exists, and is not the platform's"
		c.Do = "a region has one analyzer of external access, and a second one is refused: delete it (its findings come again)"
	}
	return nil
}

// declared looks whether a declarative policy of the organisation sets what a
// region has once: then EC2 refuses every other change.
func declared(operation, by string) func(context.Context, awsapi.Client, config.Names, *Check) error {
	return func(ctx context.Context, aws awsapi.Client, _ config.Names, c *Check) error {
		answer, err := aws.Do(ctx, awsapi.Request{Service: "ec2", Operation: operation})
		if err != nil {
			return err
		}
		c.Found = "bootstrap sets it"
		if answer.Value.Text(by) == "declarative-policy" {
			c.State, c.Found = Missing, "set by a declarative policy of the organisation"
			c.Do = "EC2 refuses every other change of it: take the account out of the policy"
		}
		return nil
	}
}

// detectors: a region has one. That of a member account is its administrator's to
// set (GuardDuty user guide, "Understanding the relationship between GuardDuty
// administrator account and member accounts").
func detectors(ctx context.Context, aws awsapi.Client, _ config.Names, c *Check) error {
	found, err := aws.All(ctx, awsapi.Request{Service: "guardduty", Method: http.MethodGet, Path: "/detector"}, "detectorIds")
	if err != nil {
		return err
	}
	c.Found = "none: bootstrap makes it"
	for _, id := range found {
		c.Found = "exists: bootstrap imports it"
		answer, err := aws.Do(ctx, awsapi.Request{Service: "guardduty", Method: http.MethodGet, Path: "/detector/" + id.Text("") + "/administrator"})
		if err != nil {
			return err
		}
		c.administered(answer.Value.Text("administrator.accountId"))
	}
	return nil
}

// hubs: Security Hub is enabled once in a region. A member's standards may be its
// administrator's to set.
func hubs(ctx context.Context, aws awsapi.Client, _ config.Names, c *Check) error {
	_, err := aws.Do(ctx, awsapi.Request{Service: "securityhub", Method: http.MethodGet, Path: "/accounts"})
	var fault *awsapi.Fault
	if errors.As(err, &fault) && fault.Code == "InvalidAccessException" {
		c.Found = "not enabled: bootstrap enables it"
		return nil
	}
	if err != nil {
		return err
	}
	c.Found = "enabled: bootstrap imports it"
	answer, err := aws.Do(ctx, awsapi.Request{Service: "securityhub", Method: http.MethodGet, Path: "/administrator"})
	if err != nil {
		return err
	}
	c.administered(answer.Value.Text("Administrator.AccountId"))
	return nil
}

// recorders: a region has one recorder that is the account's own, and one delivery
// channel; others are of services, which AWS manages (AWS Config API,
// PutConfigurationRecorder: Errors).
func recorders(ctx context.Context, aws awsapi.Client, n config.Names, c *Check) error {
	c.Found = "none: bootstrap makes it"
	for _, kind := range []string{"ConfigurationRecorder", "DeliveryChannel"} {
		answer, err := aws.Do(ctx, awsapi.Request{Service: "config", Operation: "Describe" + kind + "s"})
		if err != nil {
			return err
		}
		for _, v := range answer.Value.List(kind + "s") {
			switch name := v.Text("name"); {
			case v.Text("servicePrincipal") != "":
			case name != config.RecorderName:
				c.State, c.Found = Missing, fmt.Sprintf("%s %q exists, and is not the platform's", kind, name)
				c.Do = "a region has one recorder and one delivery channel, and another one is refused: delete it (aws configservice; what it delivered stays in its bucket)"
				return nil
			default:
				c.Found = "exists: bootstrap sets it"
				if to := v.Text("s3BucketName"); to != "" && to != n.ConfigBucket() {
					c.State, c.Found = Advice, fmt.Sprintf("exists, delivers to the bucket %q: bootstrap sets it", to)
					c.Do = "from bootstrap on it delivers to the platform's bucket, and records every kind of resource: ask whoever reads that one"
				}
			}
		}
	}
	return nil
}

// administered refuses what another account sets.
func (c *Check) administered(by string) {
	if by != "" {
		c.State, c.Found = Missing, "exists, and account "+by+" administers it"
		c.Do = "two who both set it undo each other's work: leave the administrator's organisation"
	}
}

// passwordPolicy: an account has one, which bootstrap replaces.
func passwordPolicy(ctx context.Context, aws awsapi.Client, _ config.Names, c *Check) error {
	answer, err := aws.Do(ctx, awsapi.Request{Service: "iam", Operation: "GetAccountPasswordPolicy"})
	var fault *awsapi.Fault
	if errors.As(err, &fault) && fault.Code == "NoSuchEntity" {
		c.Found = "none: bootstrap sets it"
		return nil
	}
	if err != nil {
		return err
	}
	c.Found = fmt.Sprintf("exists, of %s characters; bootstrap sets the platform's", answer.Value.Text("PasswordPolicy.MinimumPasswordLength"))
	return nil
}

// budgets: a management account may close them to a member account.
func budgets(s config.Settings) func(context.Context, awsapi.Client, config.Names, *Check) error {
	return func(ctx context.Context, aws awsapi.Client, _ config.Names, c *Check) error {
		answer, err := aws.Do(ctx, awsapi.Request{Service: "budgets", Operation: "DescribeBudgets", Parameters: map[string]any{"AccountId": s.User.AccountID}})
		if err != nil {
			return err
		}
		c.Found = "may be read; bootstrap makes the platform's"
		if n := len(answer.Value.List("Budgets")); n > 0 {
			c.Found = fmt.Sprintf("%d; bootstrap makes the platform's", n)
		}
		return nil
	}
}

// costAnomalies: nobody but a person can turn Cost Explorer on, and AWS makes the
// account's one monitor of services then (AWS Cost Management user guide, "Enabling
// Cost Explorer"). What it answers before that is in no document.
func costAnomalies(ctx context.Context, aws awsapi.Client, _ config.Names, c *Check) error {
	found, err := aws.All(ctx, awsapi.Request{Service: "ce", Operation: "GetAnomalyMonitors"}, "AnomalyMonitors")
	var fault *awsapi.Fault
	if errors.As(err, &fault) {
		c.State, c.Found = Missing, "Cost Explorer refuses: "+fault.Code
		c.Do = "open Cost Explorer in the Billing console once (no API turns it on), in an organisation in its management account; it answers after a day at the latest"
		return nil
	}
	if err != nil {
		return err
	}
	c.Found = "no monitor of services: bootstrap makes it"
	for _, monitor := range found {
		if monitor.Text("MonitorDimension") == "SERVICE" {
			c.Found = fmt.Sprintf("%q, of which an account has one: bootstrap takes it over", monitor.Text("MonitorName"))
		}
	}
	return nil
}
