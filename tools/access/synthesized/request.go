package synthesized

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"

	"github.com/paperwurks/infra/tools/iamsim"
)

// edgeRegion is the region of requests to AWS's global services.
const edgeRegion = "us-east-1"

// Request is what a role's session asks for: with its policies, its boundary,
// the policy of the resource, and what AWS sends of itself.
func (p *Platform) Request(role *Role, action, resource string, context map[string]any) iamsim.Request {
	out := iamsim.Request{
		Principal: p.Session(role),
		Action:    action,
		Resource:  resource,
		Account:   p.Account,
		Context:   context,
		Ambient:   p.ambient(role, action, resource),
		Identity:  append(append([]string{}, role.Managed...), role.Inline...),
	}
	if role.Boundary != "" {
		out.Boundary = []string{role.Boundary}
	}
	if r := p.find(resource); r != nil {
		out.ResourcePolicy = r.document
	}
	if service, _, _ := strings.Cut(action, ":"); service == "sts" {
		if target := p.roleByARN(resource); target != nil {
			out.ResourcePolicy = target.trustName()
			p.Documents[target.trustName()] = target.Trust
		}
	}
	for key := range context {
		delete(out.Ambient, key)
	}
	return out
}

// Session is the principal of a role's session.
func (p *Platform) Session(role *Role) string {
	return "arn:aws:sts::" + p.Account + ":assumed-role/" + role.Name + "/run"
}

func (r *Role) trustName() string { return "trust " + r.Name }

func (p *Platform) ambient(role *Role, action, resource string) map[string]any {
	service, name, _ := strings.Cut(action, ":")
	out := map[string]any{
		"aws:PrincipalArn":     role.ARN,
		"aws:PrincipalAccount": p.Account,
		"aws:PrincipalType":    "AssumedRole",
		"aws:SecureTransport":  "true",
		"aws:ResourceAccount":  p.Account,
		"aws:RequestedRegion":  p.requestedRegion(service, resource),
		"s3:TlsVersion":        "1.3",
	}
	for provider := range p.OIDCProviders {
		if strings.Contains(string(role.Trust), provider) {
			out["aws:FederatedProvider"] = provider
		}
	}
	if r := p.find(resource); r != nil {
		maps.Copy(out, r.ambient)
	}
	if target := p.roleByARN(resource); target != nil && target.BoundaryARN != "" && name != "CreateRole" && name != "PutRolePermissionsBoundary" {
		out["iam:PermissionsBoundary"] = target.BoundaryARN
	}
	if cluster := ecsCluster.FindStringSubmatch(resource); cluster != nil {
		out["ecs:cluster"] = "arn:aws:ecs:" + p.Region + ":" + p.Account + ":cluster/" + cluster[1]
	}
	return out
}

// ecsCluster is the cluster that a service's or a task's ARN names.
var ecsCluster = regexp.MustCompile(`^arn:aws:ecs:[^:]*:[^:]*:(?:service|task)/([^/]+)/`)

func (p *Platform) requestedRegion(service, resource string) string {
	switch service {
	case "iam", "cloudfront", "route53", "organizations":
		return edgeRegion
	}
	if parts := strings.SplitN(resource, ":", 6); len(parts) == 6 && parts[3] != "" {
		return parts[3]
	}
	return p.Region
}

func (p *Platform) roleByARN(arn string) *Role {
	for _, r := range p.Roles {
		if r.ARN == arn {
			return r
		}
	}
	return nil
}

// find is the resource that an ARN speaks of, or of whose contents it does.
func (p *Platform) find(arn string) *policied {
	for i, r := range p.resources {
		if r.arn == arn || r.kind == "s3" && strings.HasPrefix(arn, r.arn+"/") {
			return &p.resources[i]
		}
	}
	return nil
}

// ARN of a resource whose ARN holds what only AWS would know: a "kms" key by
// its alias, a secret of "secretsmanager" by its name, the "master" secret and
// the "rds-db" users of a database by its identifier.
func (p *Platform) ARN(kind, name string) (string, error) {
	for _, r := range p.resources {
		if r.kind == kind && r.name == name {
			return r.arn, nil
		}
	}
	return "", fmt.Errorf("the stacks have no %s %q", kind, name)
}

// AddRole adds a role that no stack makes, as an attacker would, with the
// policies given.
func (p *Platform) AddRole(role *Role, inline ...json.RawMessage) {
	for i, document := range inline {
		name := fmt.Sprintf("%s/%d", role.Name, i)
		p.Documents[name] = document
		role.Inline = append(role.Inline, name)
	}
	p.Roles[role.Name] = role
}
