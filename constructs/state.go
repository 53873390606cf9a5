package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// State is the bucket that every stack keeps its Terraform state in, with its
// key and the bucket of its access log.
type State struct {
	Bucket *Bucket
	Key    *EncryptionKey
}

// StateProps configures a State.
type StateProps struct {
	Names    config.Names
	Settings config.State
}

// NewState makes the bucket. None of it can be destroyed by a plan.
func NewState(scope cdk.Construct, id string, props StateProps) (*State, error) {
	n := props.Names
	scope = group(scope, id)
	ci := []string{n.CIRoleARN(config.InfraRole), n.CIRoleARN(config.InfraDiffRole)}
	pipeline := useThrough(n, "StateOfThePipeline", ci, "s3")
	key, err := NewEncryptionKey(scope, "key", EncryptionKeyProps{
		Names:       n,
		Alias:       n.KeyAlias("state"),
		Description: "Terraform's state",
		Protected:   true,
		Uses: []policy.Statement{
			pipeline,
			// make bootstrap writes the first state, before there is a pipeline.
			byAdministrators(n, "StateOfAdministrators", pipeline),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	log, err := NewBucket(scope, "log", BucketProps{
		Name:                  n.StateLogBucket(),
		NoncurrentVersionDays: 1,
		ExpireDays:            props.Settings.AccessLogDays,
		Protected:             true,
		Statements: []policy.Statement{
			deliverLogs("AccessLogOfTheState", "logging.s3.amazonaws.com", n.StateLogBucket(), stateLogPrefix, n.Account(), config.BucketARN(n.StateBucket())),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	bucket, err := NewBucket(scope, "bucket", BucketProps{
		Name:                  n.StateBucket(),
		KeyARN:                key.ARN,
		LogBucket:             log.Name,
		LogPrefix:             stateLogPrefix,
		LogReady:              log.Ready,
		NoncurrentVersionDays: props.Settings.NoncurrentVersionDays,
		Protected:             true,
		Statements:            []policy.Statement{denyStateToOthers(n, ci)},
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return &State{Bucket: bucket, Key: key}, nil
}

const stateLogPrefix = "state/"

// denyStateToOthers keeps every role that GitHub Actions or a workload can act
// as away from the state, but for the two that plan and apply. People with
// administrator rights still reach it.
func denyStateToOthers(n config.Names, allowed []string) policy.Statement {
	arn := config.BucketARN(n.StateBucket())
	return policy.Statement{
		Sid:        "DenyOtherRolesOfThePlatform",
		Effect:     policy.Deny,
		Principals: []policy.Principal{policy.Anyone},
		Actions:    []string{"s3:*"},
		Resources:  []string{arn, arn + "/*"},
		Conditions: []policy.Condition{
			policy.If(policy.ArnLike, "aws:PrincipalArn",
				n.CIRoleARN("*"), n.WorkloadRoleARN("*")),
			policy.If(policy.ArnNotEquals, "aws:PrincipalArn", allowed...),
		},
	}
}
