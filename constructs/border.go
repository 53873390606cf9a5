package constructs

import (
	"strconv"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

// The generated bindings ask for pointers everywhere. Go's new(value) makes one
// of a single value; these make the others.

func list(values ...string) *[]*string {
	out := make([]*string, len(values))
	for i, v := range values {
		out[i] = &v
	}
	return &out
}

func number[T int | float64](n T) *float64 { return new(float64(n)) }

// decimal is for numbers that the AWS API takes as a string.
func decimal(n int) *string { return new(strconv.Itoa(n)) }

// named is the Name tag, which AWS's console shows for what has no name of its
// own. All other tags are the provider's default tags.
func named(name string) *map[string]*string {
	return &map[string]*string{"Name": &name}
}

// preventDestroy makes Terraform refuse a plan that destroys the resource.
func preventDestroy(protected bool) *cdktf.TerraformResourceLifecycle {
	if !protected {
		return nil
	}
	return &cdktf.TerraformResourceLifecycle{PreventDestroy: new(true)}
}

// group is a scope without a resource of its own: its id is one level of the
// construct path.
func group(scope cdk.Construct, id string) cdk.Construct {
	return cdk.NewConstruct(scope, &id)
}
