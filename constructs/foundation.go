package constructs

import (
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Foundation is what an environment stands on: its keys, its image repository
// and its network. It lives in the shared stack, so that an environment can be
// destroyed and made anew without losing its images or its addresses.
type Foundation struct {
	ImagesKey, DataKey, LogsKey *EncryptionKey
	Repository                  *ImageRepository
	Network                     *Network
}

// FoundationProps configures a Foundation.
type FoundationProps struct {
	Names       config.Names
	Environment config.Environment
	Zones       []string
}

// NewFoundation makes all of it.
func NewFoundation(scope cdk.Construct, id string, props FoundationProps) (*Foundation, error) {
	n, env := props.Names, props.Environment
	scope = group(scope, id)
	key := func(purpose, alias, description string, document policy.Document) (*EncryptionKey, error) {
		return NewEncryptionKey(scope, purpose+"-key", EncryptionKeyProps{
			Alias:       alias,
			Description: description + " of " + env.Name,
			Protected:   !env.IsDisposable(),
			Policy:      document,
		})
	}
	images, imagesErr := key("images", n.ImagesKeyAlias(env.Name), "Container images", access.ImagesKey(n))
	data, dataErr := key("data", n.DataKeyAlias(env.Name), "Database, documents and secrets", access.DataKey(n, env.Name))
	logs, logsErr := key("logs", n.LogsKeyAlias(env.Name), "Logs and alarms", access.LogsKey(n, env.Name))
	if err := errors.Join(imagesErr, dataErr, logsErr); err != nil {
		return nil, err
	}
	repository, err := NewImageRepository(scope, "images", ImageRepositoryProps{Names: n, Environment: env, KeyARN: images.ARN})
	if err != nil {
		return nil, err
	}
	network, err := NewNetwork(scope, "network", NetworkProps{Names: n, Environment: env, Zones: props.Zones, LogsKeyARN: logs.ARN})
	if err != nil {
		return nil, err
	}
	if len(network.PrivateSubnetIDs) == 0 {
		return nil, fmt.Errorf("environment %q: no zone to put subnets in", env.Name)
	}
	return &Foundation{ImagesKey: images, DataKey: data, LogsKey: logs, Repository: repository, Network: network}, nil
}
