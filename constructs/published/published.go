// Package published puts values where pipelines and people find them. It is a part: see package
// constructs for what a part may import.
package published

import (
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssmparameter"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Published puts values where pipelines and people find them: each as an SSM
// parameter and as a Terraform output of the stack.
type Published struct {
	scope   cdk.Construct
	stack   cdktf.TerraformStack
	project string
}

// New makes the scope that values are published in.
func New(scope cdk.Construct, id string, project string) *Published {
	scope = tf.Group(scope, id)
	return &Published{scope: scope, stack: cdktf.TerraformStack_Of(scope), project: project}
}

// Value publishes one value under its parameter's name. Nothing secret may be
// published: parameters are of type String and readable by who may read the
// path.
func (p *Published) Value(parameter config.Parameter, value string) {
	path := strings.TrimPrefix(parameter.Name, "/"+p.project+"/")
	id := strings.ReplaceAll(path, "/", "-")
	ssmparameter.NewSsmParameter(p.scope, &id, &ssmparameter.SsmParameterConfig{
		Name:        &parameter.Name,
		Description: &parameter.Description,
		Type:        new("String"),
		Value:       &value,
	})
	cdktf.NewTerraformOutput(p.stack, new(config.OutputName(p.project, parameter)), &cdktf.TerraformOutputConfig{
		Description: &parameter.Description,
		Value:       &value,
	})
}
