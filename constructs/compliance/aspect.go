package compliance

import (
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

// Aspect is the cdktf aspect that collects the stacks for the rules.
//
// It needs one visit a stack, not one a construct: a stack's own JSON holds
// its whole tree, resolved. Registered with cdktf.Aspects_Of it would be
// called back from Node for each of the tree's some nine hundred constructs,
// and only while stacks are already being written; so Check makes the visits
// itself, before.
type Aspect struct {
	Platform Platform
	err      error
}

var _ cdktf.IAspect = (*Aspect)(nil)

// Visit takes in a stack and passes over every other construct.
func (a *Aspect) Visit(node cdk.IConstruct) {
	stack, is := node.(cdktf.TerraformStack)
	if !is {
		return
	}
	name := *stack.Node().Id()
	content, is := stack.ToTerraform().(map[string]any)
	if !is {
		a.err = fmt.Errorf("compliance: stack %q gave no Terraform JSON", name)
		return
	}
	a.Platform.Stacks = append(a.Platform.Stacks, Load(name, content))
}

// Check holds every stack of an app against the rules. Its error lists all
// violations; the app must then not be synthesised.
func Check(app cdktf.App, facts Facts) error {
	aspect := &Aspect{Platform: Platform{Facts: facts}}
	for _, child := range *app.Node().Children() {
		aspect.Visit(child)
	}
	if aspect.err != nil {
		return aspect.err
	}
	if violations := Evaluate(&aspect.Platform); len(violations) > 0 {
		return violations
	}
	return nil
}
