package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// What the policies of resources are made of.

// account is the principal "this account": with it a resource's policy leaves
// the choice to conditions and to the identity's own policies.
func account(n config.Names) []policy.Principal {
	return []policy.Principal{{Type: policy.AWS, ID: "arn:aws:iam::" + n.Account() + ":root"}}
}

// service is an AWS service as a principal.
func service(name string) []policy.Principal {
	return []policy.Principal{{Type: policy.Service, ID: name}}
}

// forThisAccount lets an AWS service act for resources of this account only,
// and if sources are given for those alone: without it another account's
// resource could make the service act here (IAM user guide, "The confused
// deputy problem").
func forThisAccount(n config.Names, sources ...string) []policy.Condition {
	conditions := []policy.Condition{policy.If(policy.StringEquals, "aws:SourceAccount", n.Account())}
	if len(sources) > 0 {
		conditions = append(conditions, policy.If(policy.ArnLike, "aws:SourceArn", sources...))
	}
	return conditions
}

// denyAnyone denies, in a resource's policy, whoever meets the conditions.
func denyAnyone(sid string, actions []string, conditions ...policy.Condition) policy.Statement {
	s := deny(sid, actions, conditions...)
	s.Principals = []policy.Principal{policy.Anyone}
	return s
}
