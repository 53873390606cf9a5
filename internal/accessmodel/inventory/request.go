package inventory

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/iamsim"
)

// Request is what a role's session asks for: with its policies, its boundary,
// the policy of the resource, and what AWS sends of itself.
func (p *Platform) Request(role *Role, action, resource string, context map[string]any) (iamsim.Request, error) {
	out := iamsim.Request{
		Principal: p.Session(role),
		Action:    action,
		Resource:  resource,
		Account:   p.Account,
		Context:   context,
		Ambient:   p.ambient(role, action, resource),
	}
	for _, name := range append(slices.Clone(role.Managed), role.Inline...) {
		out.Identity = append(out.Identity, p.Documents[name])
	}
	if role.Boundary != "" {
		out.Boundary = p.Documents[role.Boundary]
	}
	switch r := p.find(resource); {
	case r != nil && r.document != "":
		out.ResourcePolicy = p.Documents[r.document]
	case r == nil && strings.HasPrefix(resource, "arn:aws:kms:") && strings.Contains(resource, ":key/"):
		key, err := parse(p.OpenKey())
		if err != nil {
			return iamsim.Request{}, err
		}
		out.ResourcePolicy = key
	}
	if strings.HasPrefix(action, "sts:") {
		if target := p.roleByARN(resource); target != nil {
			trust, err := parse(string(target.Trust))
			if err != nil {
				return iamsim.Request{}, fmt.Errorf("role %q: trust: %w", target.Name, err)
			}
			out.ResourcePolicy = trust
		}
	}
	for key := range context {
		delete(out.Ambient, key)
	}
	return out, nil
}

// OpenKey is the policy that AWS gives a KMS key without one of its own, and
// that is assumed of keys that no stack makes: IAM decides (AWS KMS developer
// guide, "Default key policy").
func (p *Platform) OpenKey() string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"DecidedByIAM","Effect":"Allow",` +
		`"Principal":{"AWS":"arn:aws:iam::` + p.Account + `:root"},"Action":"kms:*","Resource":"*"}]}`
}

// Session is the principal of a role's session.
func (p *Platform) Session(role *Role) string {
	return "arn:aws:sts::" + p.Account + ":assumed-role/" + role.Name + "/run"
}

// TrustName is the name of the role's trust policy in Platform.Sources.
func (r *Role) TrustName() string { return "trust " + r.Name }

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
		return config.EdgeRegion
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
// the "rds-db" users of a database by its identifier, and the id of a "subnet"
// by its name without the zone.
func (p *Platform) ARN(kind, name string) (string, error) {
	for _, r := range p.resources {
		if r.kind == kind && r.name == name {
			return r.arn, nil
		}
	}
	return "", fmt.Errorf("the stacks have no %s %q", kind, name)
}

// AddRole adds a role that no stack makes, as an attacker would, with the
// policies given in addition to its own.
func (p *Platform) AddRole(role *Role, inline ...string) error {
	for i, text := range inline {
		document, err := parse(text)
		if err != nil {
			return fmt.Errorf("role %q: %w", role.Name, err)
		}
		name := fmt.Sprintf("%s/%d", role.Name, i)
		p.Documents[name] = document
		role.Inline = append(role.Inline, name)
	}
	p.Roles[role.Name] = role
	return nil
}

// SetDocument replaces a document.
func (p *Platform) SetDocument(name, text string) error {
	document, err := parse(text)
	if err != nil {
		return fmt.Errorf("document %q: %w", name, err)
	}
	p.Documents[name] = document
	return nil
}
