package main

import (
	"fmt"
	"os"
	"syscall"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/kernel"
	"github.com/paperwurks/infra/stacks"
)

// settings of the platform for its own number of environments; for another, of
// the fixture, which every owner measures alike, with n environments, each like
// its staging.
//
// AWS takes ten: the trust policy of infra-role has no room for more.
func settings(n int) config.Settings {
	s := config.Platform()
	if n == len(s.Environments) {
		return s
	}
	s = config.Fixture()
	model := s.Environments[1]
	model.Slack = config.SlackChannels{} // a channel is of one environment
	s.AddressPlan = "10.0.0.0/8"
	s.Environments = nil
	for i := range n {
		env := model
		env.Name = fmt.Sprintf("env%03d", i)
		env.Subdomain = env.Name
		env.Deployment = config.Deployment{Branch: env.Name}
		env.Network.CIDR = fmt.Sprintf("10.%d.0.0/16", i)
		s.Environments = append(s.Environments, env)
	}
	return s
}

// synthesiseOnce does what the app does, and then prints the most memory that
// a Node of its kernel held, in KiB.
func synthesiseOnce(environments int) error {
	if err := kernel.Use(); err != nil {
		return err
	}
	if err := synthesise(environments); err != nil {
		return err
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		return err
	}
	fmt.Println(usage.Maxrss)
	return nil
}

func synthesise(environments int) error {
	defer kernel.Close()
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if environments > 0 {
		return stacks.Synthesise(folder, settings(environments), config.Target{})
	}
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &folder})
	stack := cdktf.NewTerraformStack(app, new("empty"))
	provider.NewAwsProvider(stack, new("aws"), &provider.AwsProviderConfig{Region: new("eu-central-1")})
	app.Synth()
	return nil
}
