package constructs

import (
	"fmt"
	"slices"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/account"
	"github.com/paperwurks/infra/constructs/alarm"
	"github.com/paperwurks/infra/constructs/bucket"
	"github.com/paperwurks/infra/constructs/key"
	"github.com/paperwurks/infra/constructs/logs"
	"github.com/paperwurks/infra/constructs/role"
	"github.com/paperwurks/infra/constructs/tf"
)

// AccountBaseline is what the AWS account has once, whatever the environments
// are: who did what is recorded, what could become public is blocked, what
// people make by hand begins safe, and somebody is told of what matters. What the
// organisation does is left out.
type AccountBaseline struct {
	// Key is the customer key of the trail and of the account's topic; nil where the
	// organisation has all that it is for.
	Key *key.Key
	// TopicARN is that of the account's topic; "" where nothing is sent there.
	TopicARN string
	// recording is there once Config records; empty where the organisation has it.
	recording []cdktf.ITerraformDependable
}

// AccountBaselineProps configures AccountBaseline.
type AccountBaselineProps struct {
	Settings config.Settings
	// LogBucket receives the access log of the trail's bucket.
	LogBucket *bucket.Bucket
	// BoundaryARN is the permissions boundary of the baseline's roles.
	BoundaryARN string
}

// NewAccountBaseline makes the parts that the organisation does not do.
func NewAccountBaseline(scope cdk.Construct, id string, props AccountBaselineProps) (*AccountBaseline, error) {
	n, a := props.Settings.Names(), props.Settings.Account
	scope = tf.Group(scope, id)
	out := &AccountBaseline{}
	if a.Makes(config.TrailPart) || a.Makes(config.ConfigPart) || a.Topic() {
		if err := out.newKey(scope, n); err != nil {
			return nil, err
		}
	}
	if a.Topic() {
		if err := out.newTopic(scope, props.Settings); err != nil {
			return nil, fmt.Errorf("the account's topic: %w", err)
		}
	}
	logsReady := props.LogBucket.Ready
	if a.Makes(config.ConfigPart) {
		history, err := out.newRecorder(scope, props)
		if err != nil {
			return nil, fmt.Errorf("the account's recorder: %w", err)
		}
		logsReady = slices.Concat(logsReady, history.Ready)
	}
	if a.Makes(config.TrailPart) {
		if err := out.newTrail(scope, props, logsReady); err != nil {
			return nil, fmt.Errorf("the account's trail: %w", err)
		}
	}
	if err := out.newFindings(scope, props.Settings); err != nil {
		return nil, fmt.Errorf("the account's findings: %w", err)
	}
	if a.Makes(config.AccessAnalyzerPart) {
		account.NewAccessAnalyzer(scope, "access-analyzer", n.AccountName("analyzer"))
	}
	if a.Makes(config.PublicAccessBlockPart) {
		account.NewPublicAccessBlock(scope, "public-access-block")
	}
	if a.Makes(config.EBSDefaultsPart) {
		account.NewEBSDefaults(scope, "ebs-defaults")
	}
	if a.Makes(config.MetadataDefaultsPart) {
		account.NewMetadataDefaults(scope, "metadata-defaults")
	}
	if a.Makes(config.PasswordPolicyPart) {
		account.NewPasswordPolicy(scope, "password-policy")
	}
	var left []string
	for _, p := range a.Organisation.Parts() {
		if p.Reason != "" {
			left = append(left, leftAsTheyAre[p.Part]...)
		}
	}
	tf.Forget(scope, left...)
	return out, nil
}

// leftAsTheyAre are the addresses of the settings that the account, or a region,
// has once. To destroy one in Terraform puts AWS's default in its place (Terraform
// AWS provider 5.100.0: DisableEbsEncryptionByDefault, DeletePublicAccessBlock and
// their like), over what the organisation has set there in the meantime. A detector
// and Security Hub that a delegated administrator has taken over AWS does not let the
// account delete; before that their findings would go. So they are taken out of the
// state, and stay.
var leftAsTheyAre = map[config.BaselinePart][]string{
	config.PublicAccessBlockPart: {"aws_s3_account_public_access_block.setup_account_public-access-block_F84FB1E3"},
	config.EBSDefaultsPart: {
		"aws_ebs_encryption_by_default.setup_account_ebs-defaults_encryption_54DFAF87",
		"aws_ebs_snapshot_block_public_access.setup_account_ebs-defaults_snapshots_CB8C151F",
	},
	config.MetadataDefaultsPart: {"aws_ec2_instance_metadata_defaults.setup_account_metadata-defaults_3C237AA5"},
	config.PasswordPolicyPart:   {"aws_iam_account_password_policy.setup_account_password-policy_07BA60F2"},
	config.GuardDutyPart: {
		"aws_guardduty_detector.setup_account_guardduty_detector_C6EDD224",
		"aws_guardduty_detector_feature.setup_account_guardduty_database-sign-ins_E84FDAEF",
		"aws_guardduty_detector_feature.setup_account_guardduty_object-events_F780E800",
	},
	// Config's role is every recorder's.
	config.ConfigPart: {"aws_iam_service_linked_role.setup_account_recorder_role_5407F8D3"},
	config.SecurityHubPart: {
		"aws_securityhub_account.setup_account_security-hub_493174FE",
		"aws_securityhub_standards_subscription.setup_account_security-hub_best-practices_79C7B9C9",
		"aws_securityhub_standards_subscription.setup_account_security-hub_cis_0B9190FB",
	},
}

func (b *AccountBaseline) newKey(scope cdk.Construct, n config.Names) (err error) {
	b.Key, err = key.New(scope, "key", key.Props{
		Alias:          n.AccountKeyAlias(),
		Description:    "The account's baseline",
		PreventDestroy: true,
		Policy:         access.AccountKey(n),
	})
	return err
}

func (b *AccountBaseline) newTopic(scope cdk.Construct, s config.Settings) (err error) {
	n := s.Names()
	b.TopicARN, err = alarm.NewTopic(tf.Group(scope, "alarms"), alarm.TopicProps{
		Name: n.AccountTopic(), KeyARN: b.Key.ARN, Policy: access.AccountTopic(n), Email: s.User.AlarmEmail,
		SourceUnknown: "EventBridge sends no condition key to SNS: \"You can't use Condition blocks in Amazon SNS topic policies for EventBridge\" (EventBridge user guide, \"Using resource-based policies\"). Another account's rule could at most send a mail, and only if it also met the key's policy.",
	})
	return err
}

// newTrail makes the trail with its bucket, in which log files are kept as long as
// the settings say and deleted by nobody before, and the alarms on its events.
// Its selectors name the buckets of logsReady.
func (b *AccountBaseline) newTrail(scope cdk.Construct, props AccountBaselineProps, logsReady []cdktf.ITerraformDependable) error {
	s := props.Settings
	n, settings := s.Names(), s.Account.Trail
	files, err := bucket.New(scope, "trail-bucket", bucket.Props{
		Name:                  n.TrailBucket(),
		KeyARN:                b.Key.ARN,
		Outlived:              []cdktf.ITerraformDependable{b.Key.Made},
		LogBucket:             props.LogBucket.Name,
		LogPrefix:             config.TrailLogPrefix,
		LogReady:              props.LogBucket.Ready,
		WithoutBucketKey:      true,
		NoncurrentVersionDays: 30,
		ExpireDays:            settings.RetentionDays,
		PreventDestroy:        true,
		Policy:                access.TrailBucket(n),
	})
	if err != nil {
		return err
	}
	trail := account.TrailProps{
		Name: n.AccountName("trail"), Bucket: files.Name, KeyARN: b.Key.ARN, Ready: slices.Concat(files.Ready, logsReady), Insights: settings.Insights,
		ObjectEvents: settings.ObjectEvents, WithoutObjects: logBuckets(s),
	}
	if s.Account.Makes(config.TrailAlarmsPart) {
		if err := b.newTrailAlarms(scope, props, &trail); err != nil {
			return err
		}
	}
	account.NewTrail(scope, "trail", trail)
	return nil
}

// newRecorder makes Config's recorder with the bucket of its history, which is kept as
// long as the trail's log files and deleted by nobody before. Most controls of Security
// Hub ask Config (Security Hub user guide, "Required AWS Config resources").
func (b *AccountBaseline) newRecorder(scope cdk.Construct, props AccountBaselineProps) (*bucket.Bucket, error) {
	n := props.Settings.Names()
	history, err := bucket.New(scope, "config-bucket", bucket.Props{
		Name:                  n.ConfigBucket(),
		KeyARN:                b.Key.ARN,
		Outlived:              []cdktf.ITerraformDependable{b.Key.Made},
		LogBucket:             props.LogBucket.Name,
		LogPrefix:             config.ConfigLogPrefix,
		LogReady:              props.LogBucket.Ready,
		NoncurrentVersionDays: 30,
		ExpireDays:            props.Settings.Account.Trail.RetentionDays,
		PreventDestroy:        true,
		Policy:                access.ConfigBucket(n),
	})
	if err != nil {
		return nil, err
	}
	b.recording = []cdktf.ITerraformDependable{account.NewRecorder(scope, "recorder", account.RecorderProps{Bucket: history.Name, KeyARN: b.Key.ARN, Ready: history.Ready})}
	return history, nil
}

// newFindings makes GuardDuty and Security Hub, and sends what either finds of high
// severity to the account's topic. A finding of GuardDuty's, which Security Hub has
// too, is sent once, also where the organisation has GuardDuty.
func (b *AccountBaseline) newFindings(scope cdk.Construct, s config.Settings) error {
	n, runbook := s.Names(), s.GitHub.FindingsRunbook()
	if s.Account.Makes(config.GuardDutyPart) {
		account.NewDetector(scope, "guardduty", s.Account.GuardDuty)
		if err := account.NewFindings(scope, "threats", account.FindingsProps{
			Name: n.AccountName("threats"), Description: "Findings of GuardDuty of high severity, to the account's topic", TopicARN: b.TopicARN,
			Pattern: map[string]any{
				"source": []string{"aws.guardduty"}, "detail-type": []string{"GuardDuty Finding"},
				"detail": map[string]any{"severity": []any{map[string]any{"numeric": []any{">=", config.HighSeverity}}}},
			},
			Paths: map[string]string{"account": "$.account", "region": "$.region", "severity": "$.detail.severity", "title": "$.detail.title", "type": "$.detail.type", "id": "$.detail.id"},
			Text:  "GuardDuty, severity <severity>: <title> (<type>). Account <account>, region <region>, finding <id>. Runbook: " + runbook,
		}); err != nil {
			return err
		}
	}
	if s.Account.Makes(config.SecurityHubPart) {
		account.NewSecurityHub(scope, "security-hub", []account.Standard{
			{ID: "cis", ARN: config.FoundationsStandard(n.Region())}, {ID: "best-practices", ARN: config.BestPracticesStandard(n.Region())},
		}, b.recording)
		pattern := map[string]any{
			"RecordState": []string{"ACTIVE"},
			"Severity":    map[string]any{"Label": config.HighLabels()},
			"Workflow":    map[string]any{"Status": []string{"NEW"}},
		}
		if s.Account.Makes(config.GuardDutyPart) {
			pattern["ProductName"] = []any{map[string]any{"anything-but": "GuardDuty"}}
		}
		return account.NewFindings(scope, "security-findings", account.FindingsProps{
			Name: n.AccountName("security-findings"), Description: "New findings of Security Hub of high severity, to the account's topic", TopicARN: b.TopicARN,
			Pattern: map[string]any{
				"source": []string{"aws.securityhub"}, "detail-type": []string{"Security Hub Findings - Imported"},
				"detail": map[string]any{"findings": pattern},
			},
			Paths: map[string]string{"account": "$.account", "region": "$.region", "severity": "$.detail.findings[0].Severity.Label", "title": "$.detail.findings[0].Title",
				"product": "$.detail.findings[0].ProductName", "resource": "$.detail.findings[0].Resources[0].Id"},
			Text: "<product>, severity <severity>: <title>. Resource <resource>, account <account>, region <region>. Runbook: " + runbook,
		})
	}
	return nil
}

// logBuckets receive logs.
func logBuckets(s config.Settings) []string {
	n := s.Names()
	out := []string{n.TrailBucket(), n.StateLogBucket()}
	if s.Account.Makes(config.ConfigPart) {
		out = append(out, n.ConfigBucket())
	}
	for _, env := range s.Environments {
		out = append(out, n.LogBucket(env.Name))
	}
	return out
}

// newTrailAlarms makes the log group in which alarms look for the trail's events,
// and CloudTrail's way to it.
func (b *AccountBaseline) newTrailAlarms(scope cdk.Construct, props AccountBaselineProps, trail *account.TrailProps) error {
	n := props.Settings.Names()
	group := logs.NewGroup(scope, "trail-log", logs.GroupProps{Name: n.TrailLogGroup(), RetentionDays: config.TrailLogDays, KeyARN: b.Key.ARN})
	writer, err := role.New(scope, "trail-log-role", role.Props{
		Name:          n.TrailLogRole(),
		Path:          n.AccountPath(),
		Description:   "Writes the events of the account's trail to their log group",
		BoundaryARN:   props.BoundaryARN,
		Trust:         access.TrailLogTrust(),
		Policy:        access.TrailLog(n),
		SourceUnknown: "No document of AWS's says that CloudTrail sends aws:SourceArn or aws:SourceAccount when it assumes this role (CloudTrail user guide, \"Role policy document for CloudTrail to use CloudWatch Logs\"); only who may pass it in this account can give it to a trail, and all it can do is to write to this log group.",
	})
	if err != nil {
		return err
	}
	trail.LogGroupARN, trail.LogRoleARN = group.ARN, writer.ARN
	trail.Ready = append(trail.Ready, writer.Policy)
	alarms := tf.Group(scope, "trail-alarms")
	for _, a := range config.TrailAlarms() {
		alarm.NewEvent(alarms, string(a.ID), alarm.EventProps{
			Name: n.Alarm(config.AccountPrefix, string(a.ID)), Description: props.Settings.GitHub.TrailAlarmDescription(a),
			LogGroup: group.Name, Pattern: a.Pattern, Namespace: n.AccountMetrics(), Metric: string(a.ID), TopicARN: b.TopicARN,
		})
	}
	return nil
}
