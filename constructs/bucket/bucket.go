// Package bucket makes private S3 buckets. It is a part: see package
// constructs for what a part may import.
package bucket

import (
	"cmp"
	"fmt"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucket"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketlifecycleconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketlogging"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketownershipcontrols"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpublicaccessblock"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketserversideencryptionconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketversioning"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3object"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/constructs/tf"
)

// Bucket is a private S3 bucket: encrypted, TLS only, without ACLs, versioned,
// with every form of public access blocked.
type Bucket struct {
	Name string
	ARN  string
	// Ready are the parts that must be there before logs are delivered.
	Ready []cdktf.ITerraformDependable
	// Versioned is what must be there before objects are replicated from the bucket,
	// or to it.
	Versioned cdktf.ITerraformDependable
	// DomainName is where CloudFront finds the bucket.
	DomainName string

	scope cdk.Construct
}

// Page puts an HTML document into the bucket, under a path with a slash first. No
// browser keeps it.
func (b *Bucket) Page(id, path, content string) {
	s3object.NewS3Object(b.scope, &id, &s3object.S3ObjectConfig{
		Bucket:       &b.Name,
		Key:          new(strings.TrimPrefix(path, "/")),
		Content:      &content,
		ContentType:  new("text/html; charset=utf-8"),
		CacheControl: new("no-store"),
		DependsOn:    &b.Ready, // encrypted
	})
}

// Props configures a Bucket.
type Props struct {
	Name string
	// KeyARN is the KMS key. "" encrypts with S3's own key (SSE-S3), which is
	// all that the log delivery of S3 and of load balancers can write to; WithoutKey
	// is another reason.
	KeyARN, WithoutKey string
	// WithoutBucketKey asks KMS for each object, for who writes with a condition on
	// the object's own encryption context: with an S3 Bucket Key the context that
	// KMS sees is the bucket's.
	WithoutBucketKey bool
	// Outlived is what must not go before the bucket, such as the key without which
	// its objects cannot be read: only the bucket's encryption refers to that, and
	// is gone when S3 refuses to delete a bucket that is not empty.
	Outlived []cdktf.ITerraformDependable
	// LogBucket receives the bucket's access log under LogPrefix; "" for none,
	// which only a bucket of logs may have.
	LogBucket string
	LogPrefix string
	// LogReady are the parts of LogBucket that must be there before it takes
	// a log.
	LogReady []cdktf.ITerraformDependable
	// NoncurrentVersionDays is how long a replaced or deleted object is kept.
	NoncurrentVersionDays int
	// ExpireDays is the age at which an object is deleted; 0 for never.
	ExpireDays int
	// InfrequentAccessDays is the age at which an object moves to the
	// infrequent-access class; 0 for never.
	InfrequentAccessDays int
	// PreventDestroy makes Terraform refuse to destroy the bucket.
	PreventDestroy bool
	// ForceDestroy lets Terraform empty the bucket to destroy it.
	ForceDestroy bool
	// Provider is the region's provider; nil for the stack's own.
	Provider cdktf.TerraformProvider
	// Policy of the bucket.
	Policy policy.Document
}

// New makes the bucket. It returns an error if its policy is invalid.
func New(scope cdk.Construct, id string, props Props) (*Bucket, error) {
	document, err := props.Policy.JSON()
	if err != nil {
		return nil, fmt.Errorf("bucket %q: %w", props.Name, err)
	}
	scope = tf.Group(scope, id)
	settings := &s3bucket.S3BucketConfig{
		Bucket:       &props.Name,
		ForceDestroy: new(props.ForceDestroy),
		Lifecycle:    tf.PreventDestroy(props.PreventDestroy),
		Provider:     props.Provider,
	}
	if len(props.Outlived) > 0 {
		settings.DependsOn = &props.Outlived
	}
	bucket := s3bucket.NewS3Bucket(scope, new("bucket"), settings)
	name := bucket.Id() // each reading of an attribute is a call to the jsii kernel
	block := s3bucketpublicaccessblock.NewS3BucketPublicAccessBlock(scope, new("public-access-block"),
		&s3bucketpublicaccessblock.S3BucketPublicAccessBlockConfig{
			Bucket:                name,
			BlockPublicAcls:       new(true),
			BlockPublicPolicy:     new(true),
			IgnorePublicAcls:      new(true),
			RestrictPublicBuckets: new(true),
			Provider:              props.Provider,
		})
	ownership := s3bucketownershipcontrols.NewS3BucketOwnershipControls(scope, new("ownership"),
		&s3bucketownershipcontrols.S3BucketOwnershipControlsConfig{
			Bucket:   name,
			Rule:     &s3bucketownershipcontrols.S3BucketOwnershipControlsRule{ObjectOwnership: new("BucketOwnerEnforced")},
			Provider: props.Provider,
		})
	encryption := s3bucketserversideencryptionconfiguration.NewS3BucketServerSideEncryptionConfigurationA(scope, new("encryption"),
		&s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationAConfig{
			Bucket: name,
			Rule: []*s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleA{{
				ApplyServerSideEncryptionByDefault: encryptionDefault(props.KeyARN),
				BucketKeyEnabled:                   new(props.KeyARN != "" && !props.WithoutBucketKey),
			}},
			Provider: props.Provider,
		})
	if props.KeyARN == "" {
		compliance.Except(encryption, compliance.Exception{
			Rule:    "PW-S3-02",
			Reason:  cmp.Or(props.WithoutKey, "Server access logs of S3 and access logs of a load balancer are delivered only to buckets with SSE-S3 (S3 user guide, \"Enabling server access logging\"; Elastic Load Balancing user guide, \"Enable access logs\")."),
			Expires: "2027-03-15",
		})
	}
	if props.WithoutBucketKey {
		compliance.Except(encryption, compliance.Exception{
			Rule:    "PW-S3-02",
			Reason:  "CloudTrail's right on the key asks for the trail in the encryption context, and with an S3 Bucket Key a trail is refused without kms:Decrypt too (AWS CloudTrail user guide, \"Configure AWS KMS key policies for CloudTrail\"). CloudTrail pays for no use of the key, so a Bucket Key would save nothing.",
			Expires: "2027-08-31",
		})
	}
	versioning := s3bucketversioning.NewS3BucketVersioningA(scope, new("versioning"),
		&s3bucketversioning.S3BucketVersioningAConfig{
			Bucket:                  name,
			VersioningConfiguration: &s3bucketversioning.S3BucketVersioningVersioningConfiguration{Status: new("Enabled")},
			Provider:                props.Provider,
		})
	s3bucketlifecycleconfiguration.NewS3BucketLifecycleConfiguration(scope, new("lifecycle"),
		&s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationConfig{
			Bucket:    name,
			Rule:      lifecycleRules(props),
			DependsOn: &[]cdktf.ITerraformDependable{versioning},
			Provider:  props.Provider,
		})
	attached := s3bucketpolicy.NewS3BucketPolicy(scope, new("policy"), &s3bucketpolicy.S3BucketPolicyConfig{
		Bucket:    name,
		Policy:    &document,
		DependsOn: &[]cdktf.ITerraformDependable{block},
		Provider:  props.Provider,
	})
	if props.LogBucket != "" {
		s3bucketlogging.NewS3BucketLoggingA(scope, new("logging"), &s3bucketlogging.S3BucketLoggingAConfig{
			Bucket:       name,
			TargetBucket: &props.LogBucket,
			TargetPrefix: &props.LogPrefix,
			DependsOn:    &props.LogReady,
			Provider:     props.Provider,
		})
	}
	return &Bucket{
		Name:       *bucket.Bucket(),
		ARN:        *bucket.Arn(),
		Ready:      []cdktf.ITerraformDependable{attached, ownership, encryption},
		Versioned:  versioning,
		DomainName: *bucket.BucketRegionalDomainName(),
		scope:      scope,
	}, nil
}

func encryptionDefault(keyARN string) *s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA {
	d := &s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA{
		SseAlgorithm: new("AES256"),
	}
	if keyARN != "" {
		d.SseAlgorithm = new("aws:kms")
		d.KmsMasterKeyId = &keyARN
	}
	return d
}

func lifecycleRules(props Props) []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule {
	everything := []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleFilter{{Prefix: new("")}}
	rules := []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{{
		Id:     new("clean-up"),
		Status: new("Enabled"),
		Filter: everything,
		AbortIncompleteMultipartUpload: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload{{
			DaysAfterInitiation: tf.Number(7),
		}},
		NoncurrentVersionExpiration: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration{{
			NoncurrentDays: tf.Number(props.NoncurrentVersionDays),
		}},
	}}
	if props.InfrequentAccessDays > 0 {
		rules = append(rules, &s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{
			Id:     new("infrequent-access"),
			Status: new("Enabled"),
			Filter: everything,
			Transition: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleTransition{{
				Days:         tf.Number(props.InfrequentAccessDays),
				StorageClass: new("STANDARD_IA"),
			}},
		})
	}
	if props.ExpireDays > 0 {
		rules = append(rules, &s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{
			Id:     new("expire"),
			Status: new("Enabled"),
			Filter: everything,
			Expiration: []*s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleExpiration{{
				Days: tf.Number(props.ExpireDays),
			}},
		})
	}
	return rules
}
