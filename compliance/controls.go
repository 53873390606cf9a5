package compliance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/markdown"
)

// Control is a recommendation of the CIS AWS Foundations Benchmark v5.0.0,
// and who ensures it. What is decided otherwise says so in Instead.
type Control struct {
	ID, Title string
	// Level is the benchmark's profile, 1 or 2; Manual is a recommendation whose
	// assessment it leaves to a person.
	Level  int
	Manual bool
	// SecurityHub are the controls of AWS Security Hub's CIS v5.0.0 standard that
	// check it in the account; none of those that it leaves out.
	SecurityHub []string
	// Rules ensure it for every resource of the stacks, Kinds are resources of the
	// stacks that ensure it for the account, and Without are kinds of resource
	// that it is about and that no stack can hold, since PW-ALL-01 refuses them.
	Rules, Kinds, Without []string
	// Runbook is the section of docs/operations.md by which a person ensures it,
	// also for what was made outside the stacks.
	Runbook string
	// Organisation is what the AWS organisation ensures. Instead is what the platform
	// does in its place, wholly or in a part, and why.
	Organisation, Instead string
}

const (
	rootRunbook    = "The root user and the account's contacts"
	reviewRunbook  = "Who may sign in"
	networkRunbook = "Default networks"
	supportRunbook = "A role for AWS Support"
	regionsRunbook = "Regions that the platform does not use"
	classRunbook   = "What the data is"
)

// users are the kinds that make an IAM user or give one a credential.
var users = []string{"aws_iam_user", "aws_iam_user_login_profile", "aws_iam_access_key"}

// watched ensures recommendations 4.1 to 4.14, which all ask for a metric filter
// with an alarm.
var watched = []string{"PW-BAS-09"}

// Controls are all recommendations of the benchmark, in its order. The list is
// its table of contents; which of them Security Hub checks, and by which control,
// is in the AWS Security Hub user guide, "CIS AWS Foundations Benchmark".
func Controls() []Control {
	return []Control{
		{ID: "1.1", Title: "Maintain current contact details", Level: 1, Manual: true, Runbook: rootRunbook},
		{ID: "1.2", Title: "Ensure security contact information is registered", Level: 1, Manual: true, SecurityHub: []string{"Account.1"}, Runbook: rootRunbook},
		{ID: "1.3", Title: "Ensure no 'root' user account access key exists", Level: 1, SecurityHub: []string{"IAM.4"}, Runbook: rootRunbook},
		{ID: "1.4", Title: "Ensure MFA is enabled for the 'root' user account", Level: 1, SecurityHub: []string{"IAM.9"}, Runbook: rootRunbook},
		{ID: "1.5", Title: "Ensure hardware MFA is enabled for the 'root' user account", Level: 2, Manual: true, SecurityHub: []string{"IAM.6"}, Runbook: rootRunbook},
		{ID: "1.6", Title: "Eliminate use of the 'root' user for administrative and daily tasks", Level: 1, Manual: true, Runbook: rootRunbook},
		{ID: "1.7", Title: "Ensure IAM password policy requires minimum length of 14 or greater", Level: 1, SecurityHub: []string{"IAM.15"}, Without: users, Rules: []string{"PW-BAS-08"}},
		{ID: "1.8", Title: "Ensure IAM password policy prevents password reuse", Level: 1, SecurityHub: []string{"IAM.16"}, Without: users, Rules: []string{"PW-BAS-08"}},
		{ID: "1.9", Title: "Ensure multi-factor authentication (MFA) is enabled for all IAM users that have a console password", Level: 1, SecurityHub: []string{"IAM.5"}, Without: users, Runbook: reviewRunbook},
		{ID: "1.10", Title: "Do not create access keys during initial setup for IAM users with a console password", Level: 1, Manual: true, Without: users, Runbook: reviewRunbook},
		{ID: "1.11", Title: "Ensure credentials unused for 45 days or more are disabled", Level: 1, SecurityHub: []string{"IAM.22"}, Without: users, Runbook: reviewRunbook},
		{ID: "1.12", Title: "Ensure there is only one active access key for any single IAM user", Level: 1, Without: users, Runbook: reviewRunbook},
		{ID: "1.13", Title: "Ensure access keys are rotated every 90 days or less", Level: 1, SecurityHub: []string{"IAM.3"}, Without: users, Runbook: reviewRunbook},
		{ID: "1.14", Title: "Ensure IAM users receive permissions only through groups", Level: 1, SecurityHub: []string{"IAM.2"}, Without: append([]string{"aws_iam_user_policy", "aws_iam_user_policy_attachment"}, users...), Runbook: reviewRunbook},
		{ID: "1.15", Title: "Ensure IAM policies that allow full \"*:*\" administrative privileges are not attached", Level: 1, Rules: []string{"PW-IAM-02", "PW-IAM-05"}, Runbook: reviewRunbook},
		{ID: "1.16", Title: "Ensure a support role has been created to manage incidents with AWS Support", Level: 1, SecurityHub: []string{"IAM.18"}, Runbook: supportRunbook},
		{ID: "1.17", Title: "Ensure IAM instance roles are used for AWS resource access from instances", Level: 2, Without: []string{"aws_instance", "aws_launch_template"}},
		{ID: "1.18", Title: "Ensure that all expired SSL/TLS certificates stored in AWS IAM are removed", Level: 1, SecurityHub: []string{"IAM.26"}, Without: []string{"aws_iam_server_certificate"}, Runbook: reviewRunbook},
		{ID: "1.19", Title: "Ensure that IAM External Access Analyzer is enabled for all regions", Level: 1, SecurityHub: []string{"IAM.28"}, Rules: []string{"PW-BAS-04"}, Runbook: regionsRunbook},
		{ID: "1.20", Title: "Ensure IAM users are managed centrally via identity federation or AWS Organizations for multi-account environments", Level: 2, Manual: true, Without: users, Runbook: reviewRunbook, Organisation: "people sign in through IAM Identity Center"},
		{ID: "1.21", Title: "Ensure access to AWSCloudShellFullAccess is restricted", Level: 1, Manual: true, SecurityHub: []string{"IAM.27"}, Rules: []string{"PW-IAM-05"}, Runbook: reviewRunbook},

		{ID: "2.1.1", Title: "Ensure S3 Bucket Policy is set to deny HTTP requests", Level: 2, SecurityHub: []string{"S3.5"}, Rules: []string{"PW-S3-04"}},
		{ID: "2.1.2", Title: "Ensure MFA Delete is enabled on S3 buckets", Level: 2, Manual: true, SecurityHub: []string{"S3.20"}, Rules: []string{"PW-S3-06"}, Instead: "S3 takes no lifecycle rule on a bucket with MFA delete (S3 user guide, \"Configuring MFA delete\"), and every bucket has one, so that what was deleted does not stay forever. Versions are kept, and bucket policies deny their deletion, to administrators too"},
		{ID: "2.1.3", Title: "Ensure all data in Amazon S3 has been discovered, classified, and secured when necessary", Level: 2, Manual: true, Rules: []string{"PW-S3-02"}, Runbook: classRunbook, Instead: "nothing looks into the documents that users upload: all are taken for the most sensitive there are, and secured as such. Macie would read every one of them, at a price by the gigabyte"},
		{ID: "2.1.4", Title: "Ensure that S3 is configured with 'Block Public Access' enabled", Level: 1, SecurityHub: []string{"S3.1", "S3.8"}, Rules: []string{"PW-S3-03", "PW-BAS-05"}},
		{ID: "2.2.1", Title: "Ensure that encryption-at-rest is enabled for RDS instances", Level: 1, SecurityHub: []string{"RDS.3"}, Rules: []string{"PW-RDS-01"}},
		{ID: "2.2.2", Title: "Ensure the Auto Minor Version Upgrade feature is enabled for RDS instances", Level: 1, SecurityHub: []string{"RDS.13"}, Rules: []string{"PW-RDS-07"}},
		{ID: "2.2.3", Title: "Ensure that RDS instances are not publicly accessible", Level: 1, SecurityHub: []string{"RDS.2"}, Rules: []string{"PW-RDS-02"}},
		{ID: "2.2.4", Title: "Ensure Multi-AZ deployments are used for enhanced availability in Amazon RDS", Level: 1, Manual: true, SecurityHub: []string{"RDS.5", "RDS.15"}, Rules: []string{"PW-RDS-08"}, Instead: "environments that are not protected have no user who waits: there it is a setting (`MultiAZ`), off for the price of a second instance"},
		{ID: "2.3.1", Title: "Ensure that encryption is enabled for EFS file systems", Level: 1, SecurityHub: []string{"EFS.1", "EFS.8"}, Without: []string{"aws_efs_file_system"}},

		{ID: "3.1", Title: "Ensure CloudTrail is enabled in all regions", Level: 1, Manual: true, SecurityHub: []string{"CloudTrail.1"}, Rules: []string{"PW-BAS-02"}},
		{ID: "3.2", Title: "Ensure CloudTrail log file validation is enabled", Level: 2, SecurityHub: []string{"CloudTrail.4"}, Rules: []string{"PW-BAS-02"}},
		{ID: "3.3", Title: "Ensure AWS Config is enabled in all regions", Level: 2, SecurityHub: []string{"Config.1"}, Rules: []string{"PW-BAS-15"}, Runbook: regionsRunbook},
		{ID: "3.4", Title: "Ensure that server access logging is enabled on the CloudTrail S3 bucket", Level: 1, Manual: true, SecurityHub: []string{"CloudTrail.7"}, Rules: []string{"PW-S3-08", "PW-BAS-03"}},
		{ID: "3.5", Title: "Ensure CloudTrail logs are encrypted at rest using KMS CMKs", Level: 2, SecurityHub: []string{"CloudTrail.2"}, Rules: []string{"PW-BAS-02"}},
		{ID: "3.6", Title: "Ensure rotation for customer-created symmetric CMKs is enabled", Level: 2, SecurityHub: []string{"KMS.4"}, Rules: []string{"PW-KMS-01"}},
		{ID: "3.7", Title: "Ensure VPC flow logging is enabled in all VPCs", Level: 2, SecurityHub: []string{"EC2.6"}, Rules: []string{"PW-NET-06"}, Runbook: networkRunbook},
		{ID: "3.8", Title: "Ensure that object-level logging for write events is enabled for S3 buckets", Level: 2, SecurityHub: []string{"S3.22"}, Rules: []string{"PW-BAS-11"}},
		{ID: "3.9", Title: "Ensure that object-level logging for read events is enabled for S3 buckets", Level: 2, SecurityHub: []string{"S3.23"}, Rules: []string{"PW-BAS-11"}},

		{ID: "4.1", Title: "Ensure unauthorized API calls are monitored", Level: 2, Manual: true, Rules: watched},
		{ID: "4.2", Title: "Ensure management console sign-in without MFA is monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.3", Title: "Ensure usage of the 'root' account is monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.4", Title: "Ensure IAM policy changes are monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.5", Title: "Ensure CloudTrail configuration changes are monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.6", Title: "Ensure AWS Management Console authentication failures are monitored", Level: 2, Manual: true, Rules: watched},
		{ID: "4.7", Title: "Ensure disabling or scheduled deletion of customer created CMKs is monitored", Level: 2, Manual: true, Rules: watched},
		{ID: "4.8", Title: "Ensure S3 bucket policy changes are monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.9", Title: "Ensure AWS Config configuration changes are monitored", Level: 2, Manual: true, Rules: watched},
		{ID: "4.10", Title: "Ensure security group changes are monitored", Level: 2, Manual: true, Rules: watched},
		{ID: "4.11", Title: "Ensure Network Access Control List (NACL) changes are monitored", Level: 2, Manual: true, Rules: watched},
		{ID: "4.12", Title: "Ensure changes to network gateways are monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.13", Title: "Ensure route table changes are monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.14", Title: "Ensure VPC changes are monitored", Level: 1, Manual: true, Rules: watched},
		{ID: "4.15", Title: "Ensure AWS Organizations changes are monitored", Level: 1, Manual: true, Organisation: "only the management account records them"},
		{ID: "4.16", Title: "Ensure AWS Security Hub is enabled", Level: 2, Rules: []string{"PW-BAS-13"}, Runbook: regionsRunbook},

		{ID: "5.1.1", Title: "Ensure EBS volume encryption is enabled in all regions", Level: 1, SecurityHub: []string{"EC2.7"}, Without: []string{"aws_ebs_volume", "aws_instance"}, Rules: []string{"PW-BAS-06"}, Runbook: regionsRunbook},
		{ID: "5.1.2", Title: "Ensure CIFS access is restricted to trusted networks to prevent unauthorized access", Level: 1, Rules: []string{"PW-NET-01", "PW-NET-02"}},
		{ID: "5.2", Title: "Ensure no Network ACLs allow ingress from 0.0.0.0/0 to remote server administration ports", Level: 1, SecurityHub: []string{"EC2.21"}, Rules: []string{"PW-NET-01", "PW-NET-12"}, Runbook: networkRunbook, Instead: "of the platform's VPCs the network ACL is AWS's, which allows everything. It knows no connection: one that denies port 3389 also drops the answers to a NAT gateway that uses it as its own (1024 to 65535; VPC user guide, \"NAT gateway basics\"). Security groups, which know connections, let nothing in from the internet, and nothing but NAT gateways has a public address"},
		{ID: "5.3", Title: "Ensure no security groups allow ingress from 0.0.0.0/0 to remote server administration ports", Level: 1, SecurityHub: []string{"EC2.53"}, Rules: []string{"PW-NET-01"}},
		{ID: "5.4", Title: "Ensure no security groups allow ingress from ::/0 to remote server administration ports", Level: 1, SecurityHub: []string{"EC2.54"}, Rules: []string{"PW-NET-01"}},
		{ID: "5.5", Title: "Ensure the default security group of every VPC restricts all traffic", Level: 2, SecurityHub: []string{"EC2.2"}, Rules: []string{"PW-NET-05"}, Runbook: networkRunbook},
		{ID: "5.6", Title: "Ensure routing tables for VPC peering are least access", Level: 2, Manual: true, Without: []string{"aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter"}},
		{ID: "5.7", Title: "Ensure that the EC2 Metadata Service only allows IMDSv2", Level: 1, SecurityHub: []string{"EC2.8"}, Without: []string{"aws_instance", "aws_launch_template"}, Rules: []string{"PW-BAS-07"}, Runbook: regionsRunbook},
	}
}

// controlsOf are the recommendations that a rule ensures.
func controlsOf(rule string) []string {
	var ids []string
	for _, c := range Controls() {
		if slices.Contains(c.Rules, rule) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// ensuredBy says in Markdown who ensures a recommendation.
func (c Control) ensuredBy() string {
	var by []string
	for _, rule := range c.Rules {
		by = append(by, markdown.Link(rule, "", rule))
	}
	for _, kind := range c.Kinds {
		by = append(by, "`"+kind+"`")
	}
	if len(c.Without) > 0 {
		by = append(by, "no stack can hold `"+strings.Join(c.Without, "`, `")+"` ("+markdown.Link(unknownKind.ID, "", unknownKind.ID)+")")
	}
	if c.Organisation != "" {
		by = append(by, "the organisation: "+c.Organisation)
	}
	if c.Runbook != "" {
		by = append(by, "a person: "+markdown.Link(c.Runbook, "operations.md", c.Runbook))
	}
	return strings.Join(by, "<br>")
}

// writeControls lists the benchmark.
func writeControls(out *markdown.Page) {
	controls := Controls()
	var byStacks, byPerson, instead int
	for _, c := range controls {
		if c.Instead != "" {
			instead++
		} else if len(c.Rules)+len(c.Kinds) > 0 || len(c.Without) > 0 && c.Runbook == "" {
			byStacks++
		} else {
			byPerson++
		}
	}
	out.Heading("CIS AWS Foundations Benchmark v5.0.0")
	out.Text(fmt.Sprintf(`All %d recommendations: the stacks ensure %d, a person or the organisation %d, and of %d the last column says what is done instead, wholly
or in a part, and why. None is open. *manual*: the benchmark leaves its assessment to a person. Security Hub: the controls of its CIS v5.0.0 standard that check
it in the account, as the AWS Security Hub user guide maps them. A rule ensures it for what the stacks hold; what somebody makes
outside them, a person or Security Hub finds. What other scanners ask is in [scanners.md](scanners.md).`, len(controls), byStacks, byPerson, instead))
	out.Table("", "recommendation", "level", "Security Hub", "ensured by", "instead")
	for _, c := range controls {
		title := c.Title
		if c.Manual {
			title += " (*manual*)"
		}
		out.Row(c.ID, title, fmt.Sprint(c.Level), strings.Join(c.SecurityHub, ", "), c.ensuredBy(), c.Instead)
	}
}
