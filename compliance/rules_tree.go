package compliance

import (
	"fmt"
	"slices"
	"strings"
)

var (
	// unknownKind and soundExceptions are reported by Evaluate itself, which
	// alone knows what other rules looked at and found.
	unknownKind = Rule{
		ID: "PW-ALL-01", Title: "Every kind of resource was looked at on purpose",
		Why:   "A kind that no rule knows would pass every rule, however it is set.",
		Fix:   "Write a rule for it, or add it to the kinds without anything to check in compliance/inert.go, with the reason.",
		check: func(*Platform, *Resource) []string { return nil },
	}
	soundExceptions = Rule{
		ID: "PW-ALL-02", Title: "Every exception is needed, justified and of its time",
		Why:   "An exception that outlives its cause hides the next mistake at the same place.",
		Fix:   "Remove it, or decide again and write a new reason and day into compliance.Except.",
		check: func(*Platform, *Resource) []string { return nil },
	}
)

var treeRules = []Rule{
	unknownKind,
	soundExceptions,
	{
		ID: "PW-ALL-03", Title: "Nothing runs outside the plan",
		Why: "A provisioner runs a command with the pipeline's credentials; no reviewer sees in the plan what it does.",
		Fix: "Remove the provisioner, connection or external program; make what it made a resource.",
		check: func(_ *Platform, r *Resource) []string {
			faults := one(r.Attributes["provisioner"] != nil, "has a provisioner")
			return append(faults, one(r.Attributes["connection"] != nil, "has a connection for provisioners")...)
		},
	},
	{
		ID: "PW-ALL-04", Title: "Environments are apart",
		Why: "A resource of one environment that refers to another's network, key or role opens the way from dev to prod.",
		Fix: "Refer to the environment's own resource, or to a shared one.",
		check: func(p *Platform, r *Resource) []string {
			own := p.environmentOf(r)
			if own == "" {
				return nil
			}
			var faults []string
			for _, target := range p.targets(r, withoutDependencies(r.Attributes)) {
				if other := p.environmentOf(target); other != "" && other != own {
					faults = append(faults, fmt.Sprintf("refers to %s of %s", target.Path, other))
				}
			}
			for _, attribute := range []string{"policy", "assume_role_policy", "permissions_boundary"} {
				value := text(r.Attributes[attribute])
				if !strings.Contains(value, "boundary-") {
					continue
				}
				for name := range p.Environments {
					if name != own && strings.Contains(value, "boundary-"+name) {
						faults = append(faults, fmt.Sprintf("%s names the boundary of %s", attribute, name))
					}
				}
			}
			return faults
		},
	},
}

func withoutDependencies(attributes map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range attributes {
		if key != "depends_on" {
			out[key] = value
		}
	}
	return out
}

// tags are those that every resource gets from the provider.
var tags = []string{"environment", "managed-by", "project", "repository", "stack"}

var tagRules = []Rule{
	{
		ID: "PW-TAG-01", Title: "Every resource says whose it is", Types: []string{"provider.aws"},
		Why: "Costs, alarms and the limits on infra-role go by tag; a resource without one belongs to nobody.",
		Fix: "Give the provider all default tags: " + strings.Join(tags, ", ") + ".",
		check: func(_ *Platform, r *Resource) []string {
			var faults []string
			given := object(at(r.Attributes, "default_tags", "tags"))
			for _, tag := range tags {
				faults = append(faults, one(text(given[tag]) == "", "no default tag %q", tag)...)
			}
			return append(faults, one(text(given["stack"]) != "" && given["stack"] != r.Stack, "the tag stack is %q in stack %q", text(given["stack"]), r.Stack)...)
		},
	},
	{
		ID: "PW-ACC-01", Title: "Only the platform's account is touched", Types: []string{"provider.aws"},
		Why: "Credentials of another account in the shell would build the platform there.",
		Fix: "Set allowed_account_ids of the provider to the one account; put no credential into it.",
		check: func(p *Platform, r *Resource) []string {
			ids := texts(r.Attributes["allowed_account_ids"])
			faults := one(len(ids) != 1 || ids[0] == "", "allowed_account_ids is %v, want one account", ids)
			for _, secret := range []string{"access_key", "secret_key", "token"} {
				faults = append(faults, one(r.Attributes[secret] != nil && !p.Local, "%s is set in the configuration", secret)...)
			}
			return faults
		},
	},
	{
		ID: "PW-STA-01", Title: "State is kept encrypted, locked and in one place", Types: []string{"backend.s3", "backend.local"},
		Why: "State holds every value Terraform knows; two writers at once tear it.",
		Fix: "Use the S3 backend with use_lockfile and the account's number; do not set encrypt to false or name a credential.",
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "backend.local" {
				return one(!p.Local, "the state is a file on whatever machine deploys")
			}
			faults := one(!isTrue(r.Attributes["use_lockfile"]), "use_lockfile is %s", show(r.Attributes["use_lockfile"]))
			faults = append(faults, one(r.Attributes["encrypt"] == false, "encrypt is false")...)
			faults = append(faults, one(text(r.Attributes["key"]) != r.Stack+"/terraform.tfstate", "key is %q, want the stack's own", text(r.Attributes["key"]))...)
			faults = append(faults, one(len(list(r.Attributes["allowed_account_ids"])) != 1, "allowed_account_ids does not name one account")...)
			for _, secret := range []string{"access_key", "secret_key", "token"} {
				faults = append(faults, one(r.Attributes[secret] != nil && !p.Local, "%s is set in the configuration", secret)...)
			}
			return faults
		},
	},
}

// keepsData are the kinds that hold what cannot be made again.
var keepsData = []string{
	"aws_db_instance", "aws_ecr_repository", "aws_kms_key", "aws_s3_bucket", "aws_secretsmanager_secret",
}

var dataRules = []Rule{
	{
		ID: "PW-DAT-01", Title: "No plan destroys data unless the environment is marked disposable", Types: keepsData,
		Why:  "Renaming a construct is enough for a plan that destroys a database and makes an empty one.",
		Fix:  "Set lifecycle.prevent_destroy, or make the environment's Data Disposable.",
		FSBP: []string{"KMS.3"},
		check: func(p *Platform, r *Resource) []string {
			if p.isDisposable(r) {
				return nil
			}
			faults := one(!isTrue(at(r.Attributes, "lifecycle", "prevent_destroy")), "a plan may destroy it")
			for _, force := range []string{"force_destroy", "force_delete", "skip_final_snapshot"} {
				faults = append(faults, one(isTrue(r.Attributes[force]), "%s is true", force)...)
			}
			return faults
		},
	},
	{
		ID: "PW-DAT-03", Title: "No plan destroys a network unless the environment is marked disposable",
		Types: []string{"aws_internet_gateway", "aws_route_table", "aws_subnet", "aws_vpc"},
		Why:   "Another block of addresses, or a zone less, plans the network of what runs away, and fails half-way: what is in it keeps it from going.",
		Fix:   "Set lifecycle.prevent_destroy, or make the environment's Data Disposable.",
		check: func(p *Platform, r *Resource) []string {
			return one(!p.isDisposable(r) && !isTrue(at(r.Attributes, "lifecycle", "prevent_destroy")), "a plan may destroy it")
		},
	},
	{
		ID: "PW-DAT-02", Title: "AWS itself refuses to delete what prod depends on", Types: []string{"aws_db_instance", "aws_lb"},
		Why:  "prevent_destroy binds Terraform only; deletion protection binds the console and every other program too.",
		Fix:  "Turn deletion protection on.",
		FSBP: []string{"RDS.7", "RDS.8", "ELB.6"},
		check: func(p *Platform, r *Resource) []string {
			attribute := map[string]string{"aws_lb": "enable_deletion_protection", "aws_db_instance": "deletion_protection"}[r.Type]
			return one(p.isProtected(r) && !isTrue(r.Attributes[attribute]), "%s is %s", attribute, show(r.Attributes[attribute]))
		},
	},
}

// customerKey says what is wrong with a value that has to be a customer
// managed key of the platform; "" for nothing.
func customerKey(p *Platform, r *Resource, value any) string {
	if value == nil || value == "" {
		return "not set"
	}
	if key := p.target(r, value, "aws_kms_key"); key != nil {
		return ""
	}
	return fmt.Sprintf("%s, which is no key of the platform", show(value))
}

func keyFault(p *Platform, r *Resource, path ...string) []string {
	fault := customerKey(p, r, at(r.Attributes, path...))
	return one(fault != "", "%s is %s", strings.Join(path, "."), fault)
}

// hasPort says whether a range of ports holds a port.
func hasPort(r *Resource, port float64) bool {
	return number(r.Attributes["from_port"]) <= port && port <= number(r.Attributes["to_port"])
}

func containsAll(have []string, wanted ...string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(have, w) })
}
