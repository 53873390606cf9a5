package constructs

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/bucket"
	"github.com/paperwurks/infra/constructs/key"
	"github.com/paperwurks/infra/constructs/tf"
)

// State is the bucket that every stack keeps its Terraform state in, with its
// key and the bucket of its access log.
type State struct {
	Bucket *bucket.Bucket
	// Log is the bucket of access logs.
	Log *bucket.Bucket
	Key *key.Key
}

// newState makes the bucket. None of it can be destroyed by a plan.
func newState(scope cdk.Construct, id string, n config.Names, settings config.State) (*State, error) {
	scope = tf.Group(scope, id)
	stateKey, err := key.New(scope, "key", key.Props{
		Alias:          n.StateKeyAlias(),
		Description:    "Terraform's state",
		PreventDestroy: true,
		Policy:         access.StateKey(n),
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	log, err := bucket.New(scope, "log", bucket.Props{
		Name:                  n.StateLogBucket(),
		NoncurrentVersionDays: 1,
		ExpireDays:            settings.AccessLogDays,
		PreventDestroy:        true,
		Policy:                access.StateLogBucket(n),
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	made, err := bucket.New(scope, "bucket", bucket.Props{
		Name:                  n.StateBucket(),
		KeyARN:                stateKey.ARN,
		LogBucket:             log.Name,
		LogPrefix:             config.StateLogPrefix,
		LogReady:              log.Ready,
		NoncurrentVersionDays: settings.NoncurrentVersionDays,
		PreventDestroy:        true,
		Policy:                access.StateBucket(n),
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return &State{Bucket: made, Log: log, Key: stateKey}, nil
}
