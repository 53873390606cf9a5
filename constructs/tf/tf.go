// Package tf is what all constructs need of jsii and Terraform: groups, pointers
// and the two settings that many resources share. It imports jsii's and cdktf's
// bindings only.
package tf

import (
	"strconv"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

// Group is a scope without a resource of its own: its id is one level of the
// construct path. A composition and a part that name the same group share it,
// so that what the composition makes for the part is next to it.
func Group(scope cdk.Construct, id string) cdk.Construct {
	if found, ok := scope.Node().TryFindChild(&id).(cdk.Construct); ok {
		return found
	}
	return cdk.NewConstruct(scope, &id)
}

// The generated bindings ask for pointers everywhere. Go's new(value) makes one
// of a single value; these make the others.

// List is a list of strings.
func List(values ...string) *[]*string {
	out := make([]*string, len(values))
	for i, v := range values {
		out[i] = &v
	}
	return &out
}

// Number is a number: JavaScript has no other.
func Number[T int | float64](n T) *float64 { return new(float64(n)) }

// Decimal is for numbers that the AWS API takes as a string.
func Decimal(n int) *string { return new(strconv.Itoa(n)) }

// NameTag is the Name tag, which AWS's console shows for what has no name of its
// own. All other tags are the provider's default tags.
func NameTag(name string) *map[string]*string {
	return &map[string]*string{"Name": &name}
}

// NewFirst makes Terraform make the new one before it destroys the old one, and
// destroy one that is taken away only once what used it uses another.
func NewFirst() *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)}
}

// PreventDestroy makes Terraform refuse a plan that destroys the resource.
func PreventDestroy(on bool) *cdktf.TerraformResourceLifecycle {
	if !on {
		return nil
	}
	return &cdktf.TerraformResourceLifecycle{PreventDestroy: new(true)}
}

// Forget takes addresses out of the state where they are in it, and leaves what
// they stand for in AWS as it is (Terraform's removed block).
func Forget(scope cdk.Construct, addresses ...string) {
	if len(addresses) == 0 {
		return
	}
	blocks := make([]map[string]any, len(addresses))
	for i, address := range addresses {
		blocks[i] = map[string]any{"from": address, "lifecycle": map[string]any{"destroy": false}}
	}
	cdktf.TerraformStack_Of(scope).AddOverride(new("removed"), blocks)
}
