package account

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configconfigurationrecorder"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configconfigurationrecorderstatus"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configdeliverychannel"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamservicelinkedrole"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// RecorderProps configures AWS Config's recorder.
type RecorderProps struct {
	// Bucket receives the history, which KeyARN encrypts.
	Bucket, KeyARN string
	// Ready are the parts of the bucket that must be there before Config takes it: it
	// looks whether it may write when the delivery channel is made.
	Ready []cdktf.ITerraformDependable
}

// NewRecorder records how every resource of the region is set, and IAM's, from the
// moment that it changes. It has Config's own service-linked role, as Security Hub's
// Config.1 asks; a region has one recorder and one delivery channel. It returns what is
// there once it records.
func NewRecorder(scope cdk.Construct, id string, props RecorderProps) cdktf.ITerraformDependable {
	scope = tf.Group(scope, id)
	role := iamservicelinkedrole.NewIamServiceLinkedRole(scope, new("role"), &iamservicelinkedrole.IamServiceLinkedRoleConfig{
		AwsServiceName: new(config.ConfigPrincipal),
	})
	recorder := configconfigurationrecorder.NewConfigConfigurationRecorder(scope, new("recorder"), &configconfigurationrecorder.ConfigConfigurationRecorderConfig{
		Name:    new(config.RecorderName),
		RoleArn: role.Arn(),
		RecordingGroup: &configconfigurationrecorder.ConfigConfigurationRecorderRecordingGroup{
			AllSupported: new(true), IncludeGlobalResourceTypes: new(true),
		},
		// Without it no plan shows a recorder that somebody set to once a day: the provider
		// takes over what it finds.
		RecordingMode: &configconfigurationrecorder.ConfigConfigurationRecorderRecordingMode{RecordingFrequency: new(config.RecordingFrequency)},
	})
	ready := append([]cdktf.ITerraformDependable{recorder}, props.Ready...)
	channel := configdeliverychannel.NewConfigDeliveryChannel(scope, new("channel"), &configdeliverychannel.ConfigDeliveryChannelConfig{
		Name: new(config.RecorderName), S3BucketName: &props.Bucket, S3KmsKeyArn: &props.KeyARN, DependsOn: &ready,
	})
	return configconfigurationrecorderstatus.NewConfigConfigurationRecorderStatus(scope, new("status"), &configconfigurationrecorderstatus.ConfigConfigurationRecorderStatusConfig{
		Name: recorder.Name(), IsEnabled: new(true), DependsOn: &[]cdktf.ITerraformDependable{channel},
	})
}
