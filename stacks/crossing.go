package stacks

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs"
)

// What crosses from the shared stack to an environment's: Terraform outputs of
// the one, read from its state by the other. Left to itself cdktf would make
// such outputs of every token that strays across, and mark them sensitive,
// which hides them in diffs; here they are named and few.
//
// Names and ARNs that follow from the settings do not cross: config.Names
// makes them in both places.
const (
	outVPCID             = "vpc_id"
	outPrivateSubnetIDs  = "private_subnet_id_list"
	outIsolatedSubnetIDs = "isolated_subnet_id_list"
	outDataKeyARN        = "data_key_arn"
	outLogsKeyARN        = "logs_key_arn"
	outRepositoryARN     = "repository_arn"
	outRepositoryURL     = "repository_url"
)

func crossing(env, output string) *string { return new(config.CrossingPrefix + env + "_" + output) }

// export writes the outputs for one environment.
func export(shared cdktf.TerraformStack, env string, f *constructs.Foundation) {
	for _, o := range []struct {
		name  string
		value any
	}{
		{outVPCID, f.Network.VPCID},
		{outPrivateSubnetIDs, f.Network.PrivateSubnetIDs},
		{outIsolatedSubnetIDs, f.Network.IsolatedSubnetIDs},
		{outDataKeyARN, f.DataKey.ARN},
		{outLogsKeyARN, f.LogsKey.ARN},
		{outRepositoryARN, f.Repository.ARN},
		{outRepositoryURL, f.Repository.URL},
	} {
		cdktf.NewTerraformOutput(shared, crossing(env, o.name), &cdktf.TerraformOutputConfig{
			Description: new("For the stack of " + env),
			Value:       o.value,
		})
	}
}

// read reads them in the environment's stack.
func (s *sharedStack) read(stack cdktf.TerraformStack, env string) constructs.SharedValues {
	state := s.backend.GetRemoteStateDataSource(stack, new("shared"), new(config.SharedStack))
	text := func(output string) string { return *state.GetString(crossing(env, output)) }
	return constructs.SharedValues{
		VPCID:             text(outVPCID),
		PrivateSubnetIDs:  state.GetList(crossing(env, outPrivateSubnetIDs)),
		IsolatedSubnetIDs: state.GetList(crossing(env, outIsolatedSubnetIDs)),
		DataKeyARN:        text(outDataKeyARN),
		LogsKeyARN:        text(outLogsKeyARN),
		RepositoryARN:     text(outRepositoryARN),
		RepositoryURL:     text(outRepositoryURL),
	}
}
