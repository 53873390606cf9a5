package config

import "cmp"

// Account configures what the shared stack makes once in the AWS account,
// whatever the environments are: its security baseline.
type Account struct {
	Trail     Trail
	GuardDuty GuardDuty
	Budgets   Budgets
	// Organisation has the parts that the AWS organisation does for this account.
	Organisation Organisation
}

// Trail is the account's CloudTrail trail of management events, in all regions.
type Trail struct {
	// RetentionDays is how many days its log files are kept; until then nobody
	// deletes one.
	RetentionDays int
	// Insights also reports unusual numbers of calls and of errors, which costs by
	// the number of calls.
	Insights bool
	// ObjectEvents also records who read and wrote objects in S3, which costs by the
	// number of requests. The buckets that receive logs are left out.
	ObjectEvents bool
}

// GuardDuty is the account's detector of threats in the platform's region. It always
// looks at management events, flow logs and DNS queries.
type GuardDuty struct {
	// ObjectEvents also looks at requests for objects in S3, which costs by their
	// number.
	ObjectEvents bool
	// DatabaseSignIns also looks at who signs in to databases, which costs by their
	// size.
	DatabaseSignIns bool
}

// Organisation says of each part of the account's baseline why the AWS
// organisation does it for this account, such as an organisation trail or a
// delegated administrator of GuardDuty; "" and the shared stack makes it. The
// reason is shown in docs/compliance.md.
type Organisation struct {
	Trail               string
	TrailAlarms         string
	AccessAnalyzer      string
	S3PublicAccessBlock string
	EBSDefaults         string
	MetadataDefaults    string
	PasswordPolicy      string
	GuardDuty           string
	SecurityHub         string
	Config              string
	Budgets             string
	CostAnomalies       string
}

// BaselinePart names a part of the account's baseline.
type BaselinePart string

// The parts of the account's baseline.
const (
	TrailPart             BaselinePart = "trail"
	TrailAlarmsPart       BaselinePart = "trailAlarms"
	AccessAnalyzerPart    BaselinePart = "accessAnalyzer"
	PublicAccessBlockPart BaselinePart = "s3PublicAccessBlock"
	EBSDefaultsPart       BaselinePart = "ebsDefaults"
	MetadataDefaultsPart  BaselinePart = "metadataDefaults"
	PasswordPolicyPart    BaselinePart = "passwordPolicy"
	GuardDutyPart         BaselinePart = "guardDuty"
	SecurityHubPart       BaselinePart = "securityHub"
	ConfigPart            BaselinePart = "config"
	BudgetsPart           BaselinePart = "budgets"
	CostAnomaliesPart     BaselinePart = "costAnomalies"
)

// OrganisationPart is a part of the baseline, and who does it.
type OrganisationPart struct {
	Part BaselinePart
	// What the part is, as the field's documents call it.
	What string
	// Reason why the organisation does it; "" and the shared stack makes it.
	Reason string
}

// Parts are all parts of the baseline, in the order of the settings.
func (o Organisation) Parts() []OrganisationPart {
	return []OrganisationPart{
		{TrailPart, "CloudTrail trail", o.Trail},
		// Who has the trail has the log group that the alarms read.
		{TrailAlarmsPart, "metric filters and alarms on the trail", cmp.Or(o.TrailAlarms, o.Trail)},
		{AccessAnalyzerPart, "IAM Access Analyzer", o.AccessAnalyzer},
		{PublicAccessBlockPart, "S3 public access block of the account", o.S3PublicAccessBlock},
		{EBSDefaultsPart, "EBS encryption by default, block of public snapshots", o.EBSDefaults},
		{MetadataDefaultsPart, "EC2 instance metadata defaults", o.MetadataDefaults},
		{PasswordPolicyPart, "IAM account password policy", o.PasswordPolicy},
		{GuardDutyPart, "GuardDuty detector", o.GuardDuty},
		{SecurityHubPart, "Security Hub, CIS 5.0 and FSBP", o.SecurityHub},
		{ConfigPart, "AWS Config recorder", o.Config},
		{BudgetsPart, "budgets", o.Budgets},
		{CostAnomaliesPart, "Cost Anomaly Detection", o.CostAnomalies},
	}
}

// Makes says whether the shared stack makes a part of the baseline.
func (a Account) Makes(part BaselinePart) bool {
	for _, p := range a.Organisation.Parts() {
		if p.Part == part {
			return p.Reason == ""
		}
	}
	return false
}

// Topic says whether something is sent to the account's topic.
func (a Account) Topic() bool {
	return a.Makes(TrailAlarmsPart) || a.Makes(GuardDutyPart) || a.Makes(SecurityHubPart)
}

// leastReason is how many characters a reason has at least, so that it says
// something to who reads it a year later.
const leastReason = 20

func (c *checker) account(a Account) {
	c.between("account.trail.retentionDays", a.Trail.RetentionDays, 365, maxDays, "days are allowed: an intruder is noticed late")
	if a.Trail.Insights && a.Organisation.Trail != "" {
		c.refuse("account.trail.insights", true, "only false is allowed where the organisation has the trail")
	}
	if a.Trail.ObjectEvents && a.Organisation.Trail != "" {
		c.refuse("account.trail.objectEvents", true, "only false is allowed where the organisation has the trail")
	}
	if a.GuardDuty.ObjectEvents && a.Organisation.GuardDuty != "" {
		c.refuse("account.guardDuty.objectEvents", true, "only false is allowed where the organisation has GuardDuty")
	}
	if a.GuardDuty.DatabaseSignIns && a.Organisation.GuardDuty != "" {
		c.refuse("account.guardDuty.databaseSignIns", true, "only false is allowed where the organisation has GuardDuty")
	}
	c.budgets(a.Budgets)
	for _, p := range a.Organisation.Parts() {
		inherited := p.Part == TrailAlarmsPart && a.Organisation.TrailAlarms == ""
		if p.Reason != "" && len(p.Reason) < leastReason && !inherited {
			c.refuse("account.organisation."+string(p.Part), p.Reason, "a reason of %d characters or more is required", leastReason)
		}
	}
}
