package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access"
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
	key, err := NewEncryptionKey(scope, "key", EncryptionKeyProps{
		Alias:       n.StateKeyAlias(),
		Description: "Terraform's state",
		Protected:   true,
		Policy:      access.StateKey(n),
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	log, err := NewBucket(scope, "log", BucketProps{
		Name:                  n.StateLogBucket(),
		NoncurrentVersionDays: 1,
		ExpireDays:            props.Settings.AccessLogDays,
		Protected:             true,
		Policy:                access.StateLogBucket(n),
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	bucket, err := NewBucket(scope, "bucket", BucketProps{
		Name:                  n.StateBucket(),
		KeyARN:                key.ARN,
		LogBucket:             log.Name,
		LogPrefix:             config.StateLogPrefix,
		LogReady:              log.Ready,
		NoncurrentVersionDays: props.Settings.NoncurrentVersionDays,
		Protected:             true,
		Policy:                access.StateBucket(n),
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return &State{Bucket: bucket, Key: key}, nil
}
