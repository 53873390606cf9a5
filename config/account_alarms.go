package config

// TrailAlarm is a kind of event of the account's trail that somebody is told of.
type TrailAlarm struct {
	// ID ends the alarm's name, and names its metric.
	ID AlarmID
	// Control is the recommendation of the CIS AWS Foundations Benchmark v5.0.0; "" for
	// what it does not ask for.
	Control string
	// Means is what happened, as the alarm's description says it.
	Means string
	// Pattern selects the events, in the syntax of CloudWatch Logs.
	Pattern string
	// First is the first step, as Markdown.
	First string
}

// TrailLogDays is how long the trail's events are kept in CloudWatch Logs, in
// days; the trail's bucket keeps them as long as Trail.RetentionDays says.
const TrailLogDays = 365

const (
	ownChange = "was it `make bootstrap`, or a deployment of infrastructure? Else the steps below"
	noChange  = "nobody does this here: the steps below, at once"
)

// TrailAlarms are recommendations 4.1 to 4.14 of the CIS AWS Foundations Benchmark
// v5.0.0, with its patterns. 4.2 has the pattern by which the benchmark spares
// whoever signs in through an identity provider, which asks for the second factor
// itself. 4.15, on the organisation, is for the organisation's own account. The last
// is of AWS's own advice (Well-Architected, SEC03-BP03, "Establish emergency access
// process": its use is monitored and raises an alert).
func TrailAlarms() []TrailAlarm {
	return []TrailAlarm{
		{"unauthorized-calls", "4.1", "AWS refused a call for want of a permission",
			`{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") && ($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }`,
			"whose call? A role of the platform that is refused again and again lacks a right, or is in foreign hands"},
		{"sign-in-without-mfa", "4.2", "An IAM user signed in to the console without a second factor",
			`{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }`,
			noChange},
		{"root", "4.3", "The root user was used",
			`{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }`,
			"was it who keeps its password? [The root user](#the-root-user-and-the-accounts-contacts); else the steps below, at once"},
		{"iam-policies", "4.4", "A policy of IAM was changed, attached or detached",
			"{ " + anyOf("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy",
				"CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy") + " }",
			ownChange},
		{"trail", "4.5", "A trail was made, changed, stopped or deleted",
			"{ " + anyOf("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging") + " }",
			"was it `make bootstrap`? Else the steps below, at once"},
		{"failed-sign-ins", "4.6", "A sign-in to the console failed",
			`{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }`,
			"a mistyped password, or somebody who tries: how often, and from where?"},
		{"keys", "4.7", "A customer key was disabled or scheduled for deletion",
			`{ ($.eventSource = "kms.amazonaws.com") && (` + anyOf("DisableKey", "ScheduleKeyDeletion") + ") }",
			"was an environment removed? Else `aws kms cancel-key-deletion` and `aws kms enable-key` bring it back"},
		{"bucket-policies", "4.8", "Who reaches a bucket was changed, or what it keeps",
			`{ ($.eventSource = "s3.amazonaws.com") && (` + anyOf("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
				"DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication") + ") }",
			ownChange},
		{"recorder", "4.9", "The recording of configurations was changed or stopped",
			`{ ($.eventSource = "config.amazonaws.com") && (` + anyOf("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder") + ") }",
			"was it `make bootstrap`? Else the steps below, at once"},
		{"security-groups", "4.10", "A security group or one of its rules was changed",
			"{ " + anyOf("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup",
				"DeleteSecurityGroup", "ModifySecurityGroupRules") + " }",
			ownChange},
		{"network-acls", "4.11", "A network ACL was changed",
			"{ " + anyOf("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation") + " }",
			ownChange},
		{"gateways", "4.12", "An internet or customer gateway was changed",
			"{ " + anyOf("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway") + " }",
			ownChange},
		{"route-tables", "4.13", "A route or route table was changed",
			"{ " + anyOf("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable") + " }",
			ownChange},
		{"vpcs", "4.14", "A VPC or a peering of VPCs was changed",
			"{ " + anyOf("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection", "CreateVpcPeeringConnection", "DeleteVpcPeeringConnection",
				"RejectVpcPeeringConnection", "AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink") + " }",
			ownChange},
		// When it is assumed, in whichever region's STS, by the CLI or the console, and at
		// whatever is done with it, of which a refused attempt is one. A pattern names no
		// account, so any role of such a name rings it.
		{breakGlassUsed, "", "The role for emergencies was assumed or used",
			`{ ($.requestParameters.roleArn = "*-break-glass") || ($.userIdentity.sessionContext.sessionIssuer.arn = "*-break-glass") }`,
			"who, and for what? That person is asked at once: [break the glass](#break-the-glass); nobody answers for it: the steps below"},
	}
}

// breakGlassUsed is the alarm on the use of the role for emergencies.
const breakGlassUsed AlarmID = "break-glass"

// Severity of the alarm: an administrator's work rings most, so they are looked at on
// the next working day; a broken glass is not.
func (a TrailAlarm) Severity() Severity {
	if a.ID == breakGlassUsed {
		return Page
	}
	return Ticket
}

// anyOf is a part of a pattern: one of these calls.
func anyOf(events ...string) string {
	out := ""
	for i, name := range events {
		if i > 0 {
			out += " || "
		}
		out += "($.eventName = " + name + ")"
	}
	return out
}

// Anchor of the alarm's row in docs/operations.md.
func (a TrailAlarm) Anchor() string { return "alarm-account-" + string(a.ID) }

// TrailAlarmDescription is what the alarm's mail says, as AlarmDescriptions.
func (g GitHub) TrailAlarmDescription(a TrailAlarm) string {
	return a.Means + severityLabel + string(a.Severity()) + runbookLabel + g.runbook(a.Anchor())
}
