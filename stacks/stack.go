package stacks

import (
	"fmt"
	"path/filepath"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
)

// newStack makes an empty stack with its backend.
func newStack(app cdktf.App, s config.Settings, target config.Target, name string) (cdktf.TerraformStack, cdktf.TerraformBackend) {
	stack := cdktf.NewTerraformStack(app, &name)
	stack.AddOverride(new("terraform.required_providers.aws.version"), config.ProviderVersion)
	stack.AddOverride(new("terraform.required_version"), config.TerraformVersion)
	return stack, newBackend(stack, s, target, name)
}

// defaultRegion is the platform's region, edgeRegion that of what belongs to
// CloudFront, copiesRegion that of an environment's copies.
func defaultRegion(s config.Settings) region { return region{id: "aws", name: s.Region} }
func edgeRegion() region                     { return region{id: "aws-edge", alias: "edge", name: config.EdgeRegion} }
func copiesRegion(e config.Environment) region {
	return region{id: "aws-copies", alias: "copies", name: e.Copies.Region}
}

// newBackend keeps the stack's state in the state bucket under a key of its
// own, locked by S3 itself.
func newBackend(stack cdktf.TerraformStack, s config.Settings, target config.Target, name string) cdktf.TerraformBackend {
	if target.LocalState != "" {
		return cdktf.NewLocalBackend(stack, &cdktf.LocalBackendConfig{
			Path: new(filepath.Join(target.LocalState, name+".tfstate")),
		})
	}
	n := s.Names()
	settings := &cdktf.S3BackendConfig{
		Bucket: new(n.StateBucket()),
		Key:    new(n.StateKey(name)),
		Region: &s.Region,
		// Neither encrypt nor a key: objects then get the bucket's own
		// default, which is the state's KMS key.
		AllowedAccountIds: &[]*string{new(allowedAccount(s, target))},
	}
	if target.IsLocal() {
		settings.AccessKey, settings.SecretKey = new(localCredential), new(localCredential)
		settings.UsePathStyle = new(true)
		settings.SkipCredentialsValidation = new(true)
		settings.SkipMetadataApiCheck = new(true)
		settings.Endpoints = &cdktf.S3BackendEndpointConfig{S3: &target.LocalEndpoint, Iam: &target.LocalEndpoint, Sts: &target.LocalEndpoint}
	}
	backend := cdktf.NewS3Backend(stack, settings)
	// cdktf's S3 backend does not know it (hashicorp/terraform-cdk #3933).
	stack.AddOverride(new("terraform.backend.s3.use_lockfile"), true)
	return backend
}

// localCredential is what an emulator gets in place of a key: it takes any. The
// profile for the emulator has the same name.
const localCredential = "local"

// region is where a provider works.
type region struct {
	// id of the construct.
	id string
	// alias of the provider; "" for the stack's default.
	alias string
	name  string
}

// newProvider makes a stack's AWS provider for a region.
func newProvider(stack cdktf.TerraformStack, s config.Settings, target config.Target, in region) cdktf.TerraformProvider {
	settings := &provider.AwsProviderConfig{
		Region: &in.name,
		// The wrong account is refused before anything is read of it. While a
		// setting still holds its example, that is every account.
		AllowedAccountIds: &[]*string{new(allowedAccount(s, target))},
		DefaultTags:       []*provider.AwsProviderDefaultTags{{Tags: tags(s, *stack.Node().Id())}},
	}
	if in.alias != "" {
		settings.Alias = &in.alias
	}
	if target.IsLocal() {
		settings.AccessKey, settings.SecretKey = new(localCredential), new(localCredential)
		settings.S3UsePathStyle = new(true)
		settings.SkipCredentialsValidation = new(true)
		settings.SkipMetadataApiCheck = new("true")
		settings.SharedConfigFiles, settings.Profile = &[]*string{new(emulatorFile)}, new(localCredential)
		// S3 Control puts the account's id before the endpoint's name, and no
		// resolver knows 123456789012.127.0.0.1; a proxy is asked without one.
		// Requests to 127.0.0.1 itself take none.
		settings.HttpProxy, settings.HttpsProxy = &target.LocalEndpoint, &target.LocalEndpoint
	}
	return provider.NewAwsProvider(stack, &in.id, settings)
}

// tags are on every resource of a stack.
func tags(s config.Settings, stackName string) *map[string]*string {
	environment := stackName
	return &map[string]*string{
		"project":             &s.Project,
		config.EnvironmentTag: &environment,
		"stack":               &stackName,
		"repository":          new(s.GitHub.Owner + "/" + s.GitHub.InfraRepository),
		"managed-by":          new("terraform"),
	}
}

// allowedAccount is the account that a stack may be deployed to.
func allowedAccount(s config.Settings, target config.Target) string {
	if !target.IsLocal() && len(s.Examples()) > 0 {
		return config.ExampleAccountID
	}
	return s.User.AccountID
}

// emulatorFile is the AWS shared configuration file that sends every service of
// a stack's providers to the emulator, in the stack's folder. The providers name
// its profile, so that they refuse to start without it.
//
// The provider's own argument for that, endpoints, makes each start of the
// provider take 1.8 s longer: it writes out all 300 of its services for each of
// them (terraform-plugin-framework, fwserver.AttributeValidate), and a plan of
// two providers starts it four times.
const emulatorFile = "emulator.config"

// emulatorConfig is what emulatorFile holds (AWS SDKs and Tools reference guide,
// "Service-specific endpoints").
func emulatorConfig(target config.Target) []byte {
	return fmt.Appendf(nil, "[profile %s]\nendpoint_url = %s\n", localCredential, target.LocalEndpoint)
}
