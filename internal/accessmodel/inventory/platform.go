package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/paperwurks/infra/internal/iamsim"
)

// Platform is what the stacks say of IAM.
type Platform struct {
	Account, Region string
	// Roles by their name.
	Roles map[string]*Role
	// Documents are all policies by a name that is unique among them.
	Documents map[string]*iamsim.Policy
	// Sources are where each document is in the stacks.
	Sources map[string]Source
	// OIDCProviders are the audiences of each provider by its ARN.
	OIDCProviders map[string][]string
	// Boundaries are the names of the documents that some role has as its
	// permissions boundary.
	Boundaries []string

	resources []policied
}

// Clone is a copy to which roles and documents can be added.
func (p *Platform) Clone() *Platform {
	out := *p
	out.Documents, out.Roles = maps.Clone(p.Documents), map[string]*Role{}
	for name, role := range p.Roles {
		copied := *role
		copied.Managed, copied.Inline = slices.Clone(role.Managed), slices.Clone(role.Inline)
		out.Roles[name] = &copied
	}
	return &out
}

// Source is where a document is.
type Source struct {
	Resource  Resource
	Attribute string
}

// Role is a role with what is attached to it.
type Role struct {
	Name, Path, ARN string
	// Trust is the document of who may assume it; it is not among
	// Platform.Documents, but has its source there under TrustName.
	Trust json.RawMessage
	// Managed and Inline name its documents in Platform.Documents.
	Managed, Inline []string
	// Boundary names its permissions boundary; "" for none.
	Boundary    string
	BoundaryARN string
	MaxSession  float64
}

// policied is a resource that has, or could have, a policy of its own.
type policied struct {
	stack, kind string
	arn         string
	// document is "" when it has none.
	document string
	// ambient are the condition keys that AWS sends with every request for
	// it.
	ambient map[string]any
	name    string
}

// Load reads the stacks. It fails with every reference that it cannot follow.
func Load(stacks Stacks) (*Platform, error) {
	account, region, err := where(stacks)
	if err != nil {
		return nil, err
	}
	l := loader{
		resolver: resolver{stacks, account},
		Platform: &Platform{
			Account: account, Region: region,
			Roles: map[string]*Role{}, Documents: map[string]*iamsim.Policy{}, Sources: map[string]Source{},
			OIDCProviders: map[string][]string{},
		},
		policies: map[string]string{},
	}
	for _, step := range []func(){l.managedPolicies, l.roles, l.rolePolicies, l.providers, l.keys, l.databases, l.subnets} {
		step()
	}
	l.policied("s3", "bucket", "aws_s3_bucket", "bucket", "bucket")
	l.policied("ecr", "repository", "aws_ecr_repository", "repository", "name")
	l.policied("secretsmanager", "secret", "aws_secretsmanager_secret", "secret_arn", "name")
	l.policied("sns", "topic", "aws_sns_topic", "arn", "name")
	if err := errors.Join(l.errs...); err != nil {
		return nil, err
	}
	return l.Platform, nil
}

// where is the account and the region of the stacks, which must agree.
func where(stacks Stacks) (account, region string, err error) {
	for _, stack := range stacks {
		for _, p := range stack.Providers {
			for _, id := range p.AllowedAccountIDs {
				if account != "" && account != id {
					return "", "", fmt.Errorf("stack %q: account %q, in another stack %q", stack.Name, id, account)
				}
				account = id
			}
			if p.Alias == "" {
				region = p.Region
			}
		}
	}
	if account == "" || region == "" {
		return "", "", errors.New("the stacks name no account or no region")
	}
	return account, region, nil
}

// parsed keeps policies that were read before: stacks that differ in one have
// all others in common.
var parsed sync.Map

func parse(text string) (*iamsim.Policy, error) {
	if p, known := parsed.Load(text); known {
		return p.(*iamsim.Policy), nil
	}
	p, err := iamsim.ParsePolicy([]byte(text))
	if err == nil {
		parsed.Store(text, p)
	}
	return p, err
}

type loader struct {
	resolver
	*Platform
	// policies are the document names of managed policies by their ARN.
	policies map[string]string
	errs     []error
}

func (l *loader) check(err error) { l.errs = append(l.errs, err) }

// value is an attribute with its references resolved.
func (l *loader) value(r Resource, attribute string) string {
	out, err := l.text(r.Stack, r.Text(attribute))
	l.check(err)
	return out
}

// document keeps a policy under a name.
func (l *loader) document(r Resource, attribute, name string) string {
	document, err := parse(l.value(r, attribute))
	if err != nil {
		l.check(fmt.Errorf("%s.%s.%s: %s: %w", r.Stack, r.Type, r.Name, attribute, err))
		return ""
	}
	if _, there := l.Documents[name]; there {
		l.check(fmt.Errorf("%s.%s.%s: a second document %q", r.Stack, r.Type, r.Name, name))
	}
	l.Documents[name] = document
	l.Sources[name] = Source{r, attribute}
	return name
}

func (l *loader) managedPolicies() {
	for _, r := range l.stacks.Resources("aws_iam_policy") {
		arn, err := l.attribute(r, "arn")
		l.check(err)
		l.policies[arn] = l.document(r, "policy", r.Text("name"))
	}
}

func (l *loader) roles() {
	for _, r := range l.stacks.Resources("aws_iam_role") {
		arn, err := l.attribute(r, "arn")
		l.check(err)
		role := &Role{Name: r.Text("name"), Path: r.Text("path"), ARN: arn, MaxSession: 3600}
		if seconds, ok := r.Attributes["max_session_duration"].(float64); ok {
			role.MaxSession = seconds
		}
		role.Trust = json.RawMessage(l.value(r, "assume_role_policy"))
		l.Sources[role.TrustName()] = Source{r, "assume_role_policy"}
		if boundary := l.value(r, "permissions_boundary"); boundary != "" {
			role.BoundaryARN, role.Boundary = boundary, l.policies[boundary]
			if role.Boundary == "" {
				l.check(fmt.Errorf("role %q: no stack makes its boundary %q", role.Name, boundary))
			}
			if !slices.Contains(l.Boundaries, role.Boundary) {
				l.Boundaries = append(l.Boundaries, role.Boundary)
			}
		}
		if l.Roles[role.Name] != nil {
			l.check(fmt.Errorf("role %q is made twice", role.Name))
		}
		l.Roles[role.Name] = role
	}
	slices.Sort(l.Boundaries)
}

func (l *loader) rolePolicies() {
	for _, r := range l.stacks.Resources("aws_iam_role_policy_attachment") {
		role, arn := l.Roles[l.value(r, "role")], l.value(r, "policy_arn")
		if role == nil || l.policies[arn] == "" {
			l.check(fmt.Errorf("%s.%s: role %q or policy %q is made by no stack", r.Stack, r.Name, l.value(r, "role"), arn))
			continue
		}
		role.Managed = append(role.Managed, l.policies[arn])
	}
	for _, r := range l.stacks.Resources("aws_iam_role_policy") {
		role := l.Roles[l.value(r, "role")]
		if role == nil {
			l.check(fmt.Errorf("%s.%s: no stack makes role %q", r.Stack, r.Name, l.value(r, "role")))
			continue
		}
		role.Inline = append(role.Inline, l.document(r, "policy", role.Name+"/"+r.Text("name")))
	}
}

func (l *loader) providers() {
	for _, r := range l.stacks.Resources("aws_iam_openid_connect_provider") {
		arn, err := l.attribute(r, "arn")
		l.check(err)
		l.OIDCProviders[arn] = nil
		audiences, _ := r.Attributes["client_id_list"].([]any)
		for _, audience := range audiences {
			text, _ := audience.(string)
			l.OIDCProviders[arn] = append(l.OIDCProviders[arn], text)
		}
	}
}

// policied takes in the resources of a type, each with the policy that another
// resource attaches to it: by its ARN, or by its name.
func (l *loader) policied(kind, noun, of, reference, name string) {
	policies := map[string]string{}
	for _, r := range l.stacks.Resources(of + "_policy") {
		to := l.value(r, reference)
		policies[to] = l.document(r, "policy", noun+" "+to)
	}
	for _, r := range l.stacks.Resources(of) {
		arn, err := l.attribute(r, "arn")
		l.check(err)
		document := policies[arn]
		if document == "" {
			document = policies[r.Text(name)]
		}
		l.resources = append(l.resources, policied{kind: kind, stack: r.Stack, arn: arn, name: r.Text(name), document: document})
	}
}

func (l *loader) keys() {
	aliases := map[string][]string{}
	for _, r := range l.stacks.Resources("aws_kms_alias") {
		key := l.value(r, "target_key_id")
		aliases[key] = append(aliases[key], r.Text("name"))
	}
	for _, r := range l.stacks.Resources("aws_kms_key") {
		arn, err := l.attribute(r, "arn")
		l.check(err)
		id := arn[strings.LastIndex(arn, "/")+1:]
		if len(aliases[id]) != 1 {
			l.check(fmt.Errorf("%s.%s: %d aliases; one is expected", r.Stack, r.Name, len(aliases[id])))
			continue
		}
		ambient := map[string]any{"kms:ResourceAliases": aliases[id], "kms:CallerAccount": l.Account}
		for tag, value := range l.tags(r) {
			ambient["aws:ResourceTag/"+tag] = value
		}
		l.resources = append(l.resources, policied{
			kind: "kms", stack: r.Stack, arn: arn, name: aliases[id][0],
			document: l.document(r, "policy", "key "+aliases[id][0]), ambient: ambient,
		})
	}
}

// tags are the default tags of the resource's provider and its own.
func (l *loader) tags(r Resource) map[string]string {
	out := map[string]string{}
	stack, _ := l.stacks.Get(r.Stack)
	for _, p := range stack.Providers {
		for _, d := range p.DefaultTags {
			maps.Copy(out, d.Tags)
		}
	}
	own, _ := r.Attributes["tags"].(map[string]any)
	for k, v := range own {
		out[k], _ = v.(string)
	}
	return out
}

// subnets are known by their name without the zone: "project-dev-private" is
// the first of dev's private ones.
func (l *loader) subnets() {
	for _, r := range l.stacks.Resources("aws_subnet") {
		id, err := l.attribute(r, "id")
		l.check(err)
		name := l.tags(r)["Name"]
		l.resources = append(l.resources, policied{kind: "subnet", stack: r.Stack, arn: id, name: name[:max(0, strings.LastIndexByte(name, '-'))]})
	}
}

// databases have a secret of their master user, and users.
func (l *loader) databases() {
	for _, r := range l.stacks.Resources("aws_db_instance") {
		arn, err := l.attribute(r, "master_user_secret[0].secret_arn")
		l.check(err)
		l.resources = append(l.resources, policied{
			kind: "master", stack: r.Stack, arn: arn, name: r.Text("identifier"),
			// Amazon RDS user guide, "Password management with Amazon RDS and
			// AWS Secrets Manager".
			ambient: map[string]any{
				"aws:ResourceTag/aws:rds:primaryDBInstanceArn": "arn:aws:rds:" + l.Region + ":" + l.Account + ":db:" + r.Text("identifier"),
			},
		})
		id, err := l.attribute(r, "resource_id")
		l.check(err)
		l.resources = append(l.resources, policied{kind: "rds-db", stack: r.Stack, arn: "arn:aws:rds-db:" + l.Region + ":" + l.Account + ":dbuser:" + id, name: r.Text("identifier")})
	}
}
