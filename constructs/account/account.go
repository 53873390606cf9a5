// Package account makes what an AWS account has once: its trail, and the settings
// that hold for all of it. It is a part: see package constructs for what a part
// may import.
package account

import (
	"slices"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/accessanalyzeranalyzer"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudtrail"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ebsencryptionbydefault"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ebssnapshotblockpublicaccess"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2instancemetadatadefaults"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamaccountpasswordpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3accountpublicaccessblock"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/constructs/tf"
)

// TrailProps configures the account's trail.
type TrailProps struct {
	Name string
	// Bucket receives the log files, which KeyARN encrypts.
	Bucket, KeyARN string
	// Ready are the parts of the bucket that must be there before CloudTrail takes
	// it: it looks at the bucket's policy when the trail is made.
	Ready []cdktf.ITerraformDependable
	// Insights reports unusual numbers of calls and of errors.
	Insights bool
	// LogGroupARN receives the events too, which CloudTrail writes with LogRoleARN;
	// "" for none.
	LogGroupARN, LogRoleARN string
	// ObjectEvents also records requests for objects of all buckets but WithoutObjects,
	// which receive logs: each log file there would make an event of its own.
	ObjectEvents   bool
	WithoutObjects []string
}

// NewTrail records the management events of all regions, in log files whose
// digests show whether one was changed (CIS AWS Foundations 3.1, 3.2, 3.5).
func NewTrail(scope cdk.Construct, id string, props TrailProps) {
	config := &cloudtrail.CloudtrailConfig{
		Name:                       &props.Name,
		S3BucketName:               &props.Bucket,
		KmsKeyId:                   &props.KeyARN,
		IsMultiRegionTrail:         new(true),
		IncludeGlobalServiceEvents: new(true),
		EnableLogFileValidation:    new(true),
		EnableLogging:              new(true),
		DependsOn:                  &props.Ready,
	}
	if props.Insights {
		config.InsightSelector = []*cloudtrail.CloudtrailInsightSelector{
			{InsightType: new("ApiCallRateInsight")}, {InsightType: new("ApiErrorRateInsight")},
		}
	}
	if props.LogGroupARN != "" {
		config.CloudWatchLogsGroupArn = new(props.LogGroupARN + ":*")
		config.CloudWatchLogsRoleArn = &props.LogRoleARN
	}
	if props.ObjectEvents {
		config.AdvancedEventSelector = eventSelectors(props.WithoutObjects)
	}
	cloudtrail.NewCloudtrail(scope, &id, config)
}

// eventSelectors record management events, as a trail without selectors does, and
// requests for objects (CIS AWS Foundations 3.8 and 3.9; AWS CloudTrail user guide,
// "Filtering data events by using advanced event selectors", which leaves the
// trail's own bucket out as well).
func eventSelectors(without []string) []*cloudtrail.CloudtrailAdvancedEventSelector {
	type field = cloudtrail.CloudtrailAdvancedEventSelectorFieldSelector
	var arns []string
	for _, bucket := range without {
		arns = append(arns, "arn:aws:s3:::"+bucket+"/")
	}
	slices.Sort(arns) // Another order of the environments is no change of the trail.
	return []*cloudtrail.CloudtrailAdvancedEventSelector{
		{Name: new("Management events"), FieldSelector: []*field{{Field: new("eventCategory"), EqualTo: tf.List("Management")}}},
		{Name: new("Requests for objects"), FieldSelector: []*field{
			{Field: new("eventCategory"), EqualTo: tf.List("Data")},
			{Field: new("resources.type"), EqualTo: tf.List("AWS::S3::Object")},
			{Field: new("resources.ARN"), NotStartsWith: tf.List(arns...)},
		}},
	}
}

// NewAccessAnalyzer finds what the region's resources let another account do.
func NewAccessAnalyzer(scope cdk.Construct, id, name string) {
	accessanalyzeranalyzer.NewAccessanalyzerAnalyzer(scope, &id, &accessanalyzeranalyzer.AccessanalyzerAnalyzerConfig{
		AnalyzerName: &name,
		Type:         new("ACCOUNT"),
	})
}

// NewPublicAccessBlock blocks public access to every bucket of the account,
// whatever the bucket's own block says.
func NewPublicAccessBlock(scope cdk.Construct, id string) {
	s3accountpublicaccessblock.NewS3AccountPublicAccessBlock(scope, &id, &s3accountpublicaccessblock.S3AccountPublicAccessBlockConfig{
		BlockPublicAcls:       new(true),
		BlockPublicPolicy:     new(true),
		IgnorePublicAcls:      new(true),
		RestrictPublicBuckets: new(true),
	})
}

// NewEBSDefaults encrypts every new EBS volume of the region, and shares no
// snapshot with everybody, one that was shared before included.
func NewEBSDefaults(scope cdk.Construct, id string) {
	scope = tf.Group(scope, id)
	ebsencryptionbydefault.NewEbsEncryptionByDefault(scope, new("encryption"), &ebsencryptionbydefault.EbsEncryptionByDefaultConfig{
		Enabled: new(true),
	})
	ebssnapshotblockpublicaccess.NewEbsSnapshotBlockPublicAccess(scope, new("snapshots"), &ebssnapshotblockpublicaccess.EbsSnapshotBlockPublicAccessConfig{
		State: new("block-all-sharing"),
	})
}

// NewMetadataDefaults makes every new EC2 instance of the region answer at its
// metadata address only to who asks for a session first (IMDSv2). Two hops let a
// container on the instance reach it.
func NewMetadataDefaults(scope cdk.Construct, id string) {
	ec2instancemetadatadefaults.NewEc2InstanceMetadataDefaults(scope, &id, &ec2instancemetadatadefaults.Ec2InstanceMetadataDefaultsConfig{
		HttpTokens:              new("required"),
		HttpPutResponseHopLimit: tf.Number(2),
	})
}

// NewPasswordPolicy is for IAM users, of which the platform makes none (CIS AWS
// Foundations 1.7 and 1.8; Security Hub IAM.7).
func NewPasswordPolicy(scope cdk.Construct, id string) {
	iamaccountpasswordpolicy.NewIamAccountPasswordPolicy(scope, &id, &iamaccountpasswordpolicy.IamAccountPasswordPolicyConfig{
		MinimumPasswordLength:      tf.Number(14),
		PasswordReusePrevention:    tf.Number(24),
		MaxPasswordAge:             tf.Number(90),
		RequireLowercaseCharacters: new(true),
		RequireNumbers:             new(true),
		RequireSymbols:             new(true),
		RequireUppercaseCharacters: new(true),
		AllowUsersToChangePassword: new(true),
		HardExpiry:                 new(false),
	})
}
