package constructs

import (
	"errors"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/key"
	"github.com/paperwurks/infra/constructs/logs"
	"github.com/paperwurks/infra/constructs/network"
	"github.com/paperwurks/infra/constructs/repository"
	"github.com/paperwurks/infra/constructs/tf"
)

// Foundation is what an environment needs first: its keys, its image repository
// and its network. It lives in the shared stack, so that an environment can be
// destroyed and recreated without losing its images or its addresses.
type Foundation struct {
	ImagesKey, DataKey, LogsKey *key.Key
	Repository                  *repository.Repository
	Network                     *network.Network
}

// newFoundation makes all of it.
func newFoundation(scope cdk.Construct, id string, s config.Settings, env config.Environment, boundaryARN string) (*Foundation, error) {
	n := s.Names()
	scope = tf.Group(scope, id)
	newKey := func(purpose, alias, description string, document policy.Document) (*key.Key, error) {
		return key.New(scope, purpose+"-key", key.Props{
			Alias:          alias,
			Description:    description + " of " + env.Name,
			PreventDestroy: !env.IsDisposable(),
			Policy:         document,
		})
	}
	imagesKey, imagesErr := newKey("images", n.ImagesKeyAlias(env.Name), "Container images", access.ImagesKey(n))
	dataKey, dataErr := newKey("data", n.DataKeyAlias(env.Name), "Database, documents and secrets", access.DataKey(n, env))
	logsKey, logsErr := newKey("logs", n.LogsKeyAlias(env.Name), "Logs and alarms", access.LogsKey(n, env))
	if err := errors.Join(imagesErr, dataErr, logsErr); err != nil {
		return nil, err
	}
	images, err := repository.New(scope, "images", repository.Props{
		Name:           n.Repository(env.Name),
		KeyARN:         imagesKey.ARN,
		Images:         env.Images,
		PreventDestroy: !env.IsDisposable(),
		ForceDelete:    env.IsDisposable(),
		Policy:         access.ImageRepository(n, env.Name, s.Environments),
	})
	if err != nil {
		return nil, err
	}
	vpc, err := newNetwork(scope, s, env, logsKey.ARN, boundaryARN)
	if err != nil {
		return nil, fmt.Errorf("network of %q: %w", env.Name, err)
	}
	return &Foundation{ImagesKey: imagesKey, DataKey: dataKey, LogsKey: logsKey, Repository: images, Network: vpc}, nil
}

// newNetwork makes the VPC and the flow log of its connections.
func newNetwork(scope cdk.Construct, s config.Settings, env config.Environment, logsKeyARN, boundaryARN string) (*network.Network, error) {
	const id = "network"
	n := s.Names()
	made, err := network.New(scope, id, network.Props{
		Names:       n,
		Environment: env.Name,
		Settings:    env.Network,
		Zones:       s.AvailabilityZones,
		S3Policy:    access.S3Endpoint(n),

		PreventDestroy: !env.IsDisposable(),
	})
	if err != nil {
		return nil, err
	}
	scope = tf.Group(scope, id)
	group := logs.NewGroup(scope, "flow-log-group", logs.GroupProps{
		Name: n.FlowLogGroup(env.Name), RetentionDays: env.Logs.RetentionDays, KeyARN: logsKeyARN,
	})
	writer, err := newWorkloadRole(scope, "flow-log-role", n, env.Name, workloadRole{
		name:        n.FlowLogRole(env.Name),
		description: "Writes the flow log of " + env.Name + "'s VPC",
		trust:       access.FlowLogTrust(n),
		policy:      access.FlowLog(group.ARN),
		boundaryARN: boundaryARN,
	})
	if err != nil {
		return nil, err
	}
	logs.NewFlowLog(scope, "flow-log", logs.FlowLogProps{
		Name: n.VPC(env.Name), VPCID: made.VPCID, GroupARN: group.ARN, RoleARN: writer.ARN,
	})
	return made, nil
}
