package bucket

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketreplicationconfiguration"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/constructs/tf"
)

// Replication copies every new object of a bucket to another one.
type Replication struct {
	From, To *Bucket
	// RoleARN is the role that S3 reads and writes with, KeyARN the KMS key of the
	// copies.
	RoleARN, KeyARN string
	// TimeControl is S3 Replication Time Control: 99.9% of objects within 15 minutes.
	TimeControl bool
	// Ready is what S3 needs besides both buckets, such as the role's policy.
	Ready []cdktf.ITerraformDependable
}

// NewReplication turns it on. Deletions are not copied. It belongs to the bucket that
// is copied, in its region.
func NewReplication(scope cdk.Construct, id string, r Replication) {
	destination := &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleDestination{
		Bucket:                  &r.To.ARN,
		EncryptionConfiguration: &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration{ReplicaKmsKeyId: &r.KeyARN},
	}
	if r.TimeControl {
		// Both ask for 15 minutes, and have no other value (Amazon S3 API,
		// ReplicationTimeValue).
		destination.ReplicationTime = &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleDestinationReplicationTime{
			Status: new("Enabled"), Time: &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleDestinationReplicationTimeTime{Minutes: tf.Number(15)},
		}
		destination.Metrics = &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleDestinationMetrics{
			Status: new("Enabled"), EventThreshold: &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleDestinationMetricsEventThreshold{Minutes: tf.Number(15)},
		}
	}
	ready := append([]cdktf.ITerraformDependable{r.From.Versioned, r.To.Versioned}, r.To.Ready...)
	ready = append(ready, r.Ready...)
	s3bucketreplicationconfiguration.NewS3BucketReplicationConfigurationA(scope, &id, &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationAConfig{
		Bucket: &r.From.Name,
		Role:   &r.RoleARN,
		Rule: []*s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRule{{
			Id:     new("copies"),
			Status: new("Enabled"),
			Filter: &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleFilter{Prefix: new("")},

			DeleteMarkerReplication: &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleDeleteMarkerReplication{Status: new("Disabled")},
			SourceSelectionCriteria: &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleSourceSelectionCriteria{
				SseKmsEncryptedObjects: &s3bucketreplicationconfiguration.S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects{Status: new("Enabled")},
			},
			Destination: destination,
		}},
		DependsOn: &ready,
	})
}
