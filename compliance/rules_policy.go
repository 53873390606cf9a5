package compliance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/access/policy"
)

var policyRules = []Rule{
	{
		ID: "PW-POL-01", Title: "Nobody is let in by a wildcard", Types: resourcePolicies(),
		Why:  "Principal * is every AWS account there is.",
		Fix:  "Name the principal, or confine the statement to the account with aws:SourceAccount, aws:PrincipalAccount or an ARN that carries it.",
		FSBP: []string{"S3.2", "S3.3", "KMS.5", "SNS.4"},
		check: func(p *Platform, r *Resource) []string {
			return allowed(p, r, func(s statement) []string {
				for _, who := range s.Principals {
					if strings.Contains(who.ID, "*") && !s.namesAccount(p.AccountID) {
						return one(true, "%s allows principal %q", s.name(), who.ID)
					}
				}
				return nil
			})
		},
	},
	{
		ID: "PW-POL-02", Title: "An AWS service acts for this account only", Types: resourcePolicies(),
		Why: "A service principal is the same for every customer: without a condition another account's resource makes the service act here (the confused deputy).",
		Fix: "Add aws:SourceAccount, or aws:SourceArn with the account's number.",
		check: func(p *Platform, r *Resource) []string {
			return allowed(p, r, func(s statement) []string {
				return one(len(s.IDs(policy.Service)) > 0 && !s.namesAccount(p.AccountID), "%s lets %v act for any account", s.name(), s.IDs(policy.Service))
			})
		},
	},
	{
		ID: "PW-POL-03", Title: "No other account is let in", Types: resourcePolicies(),
		Why:  "Whoever controls the other account decides who gets in.",
		Fix:  "Name principals of the platform's account only.",
		FSBP: []string{"S3.6"},
		check: func(p *Platform, r *Resource) []string {
			return allowed(p, r, func(s statement) []string {
				var faults []string
				for _, id := range s.IDs(policy.AWS) {
					known := id == "*" || carriesAccount(id, p.AccountID)
					faults = append(faults, one(!known, "%s allows %q", s.name(), id)...)
				}
				for _, who := range s.Principals {
					faults = append(faults, one(!slices.Contains([]policy.PrincipalType{policy.AWS, policy.Service, policy.Federated}, who.Type), "%s allows principals of the kind %q", s.name(), who.Type)...)
				}
				return faults
			})
		},
	},
	{
		ID: "PW-POL-04", Title: "What is allowed is listed, not what is left out", Types: allPolicies(),
		Why: "Allow with NotAction, NotResource or NotPrincipal takes in whatever AWS adds later.",
		Fix: "List what is allowed; NotAction and its like only in a Deny.",
		check: func(p *Platform, r *Resource) []string {
			return allowed(p, r, func(s statement) []string {
				return one(len(s.leavesOut()) > 0, "%s allows with %s", s.name(), strings.Join(s.leavesOut(), ", "))
			})
		},
	},
	{
		ID: "PW-POL-05", Title: "Every policy can be read before it is deployed", Types: allPolicies(),
		Why: "A document that is only known after apply passes every rule here.",
		Fix: "Write the document with access/policy.",
		check: func(p *Platform, r *Resource) []string {
			statements, ok := statementsOf(p, r)
			mandatory := r.Type != "aws_vpc_endpoint"
			faults := one(!ok || mandatory && len(statements) == 0, "%s is no policy document", documentOf[r.Type])
			gateway := text(r.Attributes["vpc_endpoint_type"]) == "Gateway" && r.Type == "aws_vpc_endpoint"
			return append(faults, one(gateway && len(statements) == 0, "a gateway endpoint without a policy lets data out to any account's bucket")...)
		},
	},
}

// attached says whether a policy reaches a principal other than as its
// boundary: a boundary grants nothing.
func attached(p *Platform, r *Resource) bool {
	if r.Type != "aws_iam_policy" {
		return true
	}
	return hasAttachment(p, r) || !isBoundary(p, r)
}

// hasAttachment says whether a role has the policy: by reference, or by an ARN
// that ends with the policy's name.
func hasAttachment(p *Platform, r *Resource) bool {
	if p.attached == nil {
		p.attached, p.attachedNames = map[*Resource]bool{}, map[string]bool{}
		for _, attachment := range p.all("aws_iam_role_policy_attachment") {
			arn := attachment.Attributes["policy_arn"]
			p.attached[p.target(attachment, arn, "aws_iam_policy")] = true
			if slash := strings.LastIndexByte(text(arn), '/'); slash >= 0 {
				p.attachedNames[text(arn)[slash+1:]] = true
			}
		}
	}
	return p.attached[r] || p.attachedNames[text(r.Attributes["name"])]
}

func isBoundary(p *Platform, r *Resource) bool {
	arn := fmt.Sprintf("arn:aws:iam::%s:policy%s%s", p.AccountID, text(r.Attributes["path"]), text(r.Attributes["name"]))
	for _, role := range p.all("aws_iam_role") {
		boundary := role.Attributes["permissions_boundary"]
		if boundary == arn || p.target(role, boundary, "aws_iam_policy") == r {
			return true
		}
	}
	return false
}

var grants = []string{"aws_iam_policy", "aws_iam_role_policy"}

// granted calls check for each Allow of a policy that reaches a principal.
func granted(p *Platform, r *Resource, check func(s statement) []string) []string {
	if !attached(p, r) {
		return nil
	}
	return allowed(p, r, check)
}

// githubHost is the host of GitHub's OIDC provider, and so the prefix of the
// condition keys of its tokens.
const githubHost = "token.actions.githubusercontent.com"

// escalations are actions that, on every resource, give what the role was not
// given (pathfinding.cloud; Rhino Security Labs, "AWS IAM privilege
// escalation").
var escalations = []string{
	"iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:CreateAccessKey",
	"iam:CreateLoginProfile", "iam:CreatePolicyVersion", "iam:PassRole", "iam:PutGroupPolicy", "iam:PutRolePolicy",
	"iam:PutUserPolicy", "iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:UpdateLoginProfile", "sts:AssumeRole",
	"iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary",
}

var identityRules = []Rule{
	{
		ID: "PW-IAM-01", Title: "Every role has a permissions boundary", Types: []string{"aws_iam_role"},
		Why: "The boundary is what a mistake in the role's own policy cannot exceed.",
		Fix: "Set permissions_boundary to the boundary policy of CI or of the role's environment.",
		check: func(p *Platform, r *Resource) []string {
			boundary := text(r.Attributes["permissions_boundary"])
			for _, managed := range p.all("aws_iam_policy") {
				own := fmt.Sprintf("arn:aws:iam::%s:policy%s%s", p.AccountID, text(managed.Attributes["path"]), text(managed.Attributes["name"]))
				if boundary != "" && (boundary == own || p.target(r, boundary, "aws_iam_policy") == managed) && !hasAttachment(p, managed) {
					return nil
				}
			}
			return one(true, "permissions_boundary is %q, which is no policy of the platform kept for boundaries", boundary)
		},
	},
	{
		ID: "PW-IAM-02", Title: "No administrator", Types: grants,
		Why:  "A role that may do everything makes every other rule void.",
		Fix:  "List the actions; a wildcard for a whole service is not a list.",
		FSBP: []string{"IAM.1", "IAM.21"},
		check: func(p *Platform, r *Resource) []string {
			return granted(p, r, func(s statement) []string {
				var faults []string
				for _, action := range s.Actions {
					service, name, _ := strings.Cut(action, ":")
					faults = append(faults, one(action == "*" || strings.Contains(service, "*") || name == "*", "%s allows %s", s.name(), action)...)
				}
				return faults
			})
		},
	},
	{
		ID: "PW-IAM-03", Title: "No way up", Types: grants,
		Why: "Passing any role, or writing any policy, is being administrator in two steps.",
		Fix: "Name the roles and policies; for iam:PassRole also the service, with iam:PassedToService.",
		check: func(p *Platform, r *Resource) []string {
			return granted(p, r, func(s statement) []string {
				var faults []string
				for _, action := range escalations {
					if !policy.MatchAction(s.Actions, action) {
						continue
					}
					wide := slices.ContainsFunc(s.Resources, func(on string) bool {
						return on == "*" || strings.HasSuffix(on, ":role/*") || strings.HasSuffix(on, ":policy/*")
					})
					faults = append(faults, one(wide, "%s allows %s on every resource", s.name(), action)...)
					if action == "iam:PassRole" {
						to := slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return limits(c) && c.Key == "iam:PassedToService" })
						faults = append(faults, one(!to, "%s passes roles to any service", s.name())...)
					}
				}
				return faults
			})
		},
	},
	{
		ID: "PW-IAM-04", Title: "No key is opened by a policy for all keys", Types: grants,
		Why:  "kms:Decrypt on * opens every key whose policy leaves the choice to IAM.",
		Fix:  "Name the keys, or confine the statement with kms:ViaService or kms:ResourceAliases.",
		FSBP: []string{"KMS.1", "KMS.2"},
		check: func(p *Platform, r *Resource) []string {
			return granted(p, r, func(s statement) []string {
				opens := policy.MatchAction(s.Actions, "kms:Decrypt") || policy.MatchAction(s.Actions, "kms:ReEncryptFrom")
				return one(opens && slices.Contains(s.Resources, "*") && len(s.Conditions) == 0, "%s opens every key", s.name())
			})
		},
	},
	{
		ID: "PW-IAM-05", Title: "Policies are the platform's own", Types: []string{"aws_iam_role_policy_attachment", "aws_iam_role"},
		Why: "AWS widens its managed policies at will; inline policies in the role itself are not looked at.",
		Fix: "Attach a policy of the platform; put inline policies into a resource of their own.",
		check: func(p *Platform, r *Resource) []string {
			if r.Type == "aws_iam_role" {
				var faults []string
				for _, inside := range []string{"inline_policy", "managed_policy_arns"} {
					faults = append(faults, one(r.Attributes[inside] != nil, "%s is in the role itself", inside)...)
				}
				return faults
			}
			return one(p.target(r, r.Attributes["policy_arn"], "aws_iam_policy") == nil, "policy_arn is %s, which is no policy of the stack", show(r.Attributes["policy_arn"]))
		},
	},
	{
		ID: "PW-IAM-06", Title: "GitHub's tokens are taken from exact subjects only", Types: []string{"aws_iam_role"},
		Why: "GitHub signs tokens for every repository in the world; only aud and sub tell ours from theirs.",
		Fix: "Make the role with constructs.NewGithubOidcRole: StringEquals on aud and on the whole sub, without a wildcard.",
		check: func(p *Platform, r *Resource) []string {
			return allowed(p, r, func(s statement) []string {
				if len(s.IDs(policy.Federated)) == 0 {
					return one(policy.MatchAction(s.Actions, "sts:AssumeRoleWithWebIdentity"), "%s takes web identities of no named provider", s.name())
				}
				faults := one(len(s.Actions) != 1 || s.Actions[0] != "sts:AssumeRoleWithWebIdentity", "%s allows %v", s.name(), s.Actions)
				faults = append(faults, one(p.target(r, s.IDs(policy.Federated)[0], "aws_iam_openid_connect_provider") == nil || len(s.IDs(policy.Federated)) > 1,
					"%s trusts %v, which is not the platform's provider", s.name(), s.IDs(policy.Federated))...)
				exact := map[string][]string{}
				for _, c := range s.Conditions {
					if c.Operator == policy.StringEquals {
						exact[c.Key] = c.Values
					}
				}
				aud, sub := exact[githubHost+":aud"], exact[githubHost+":sub"]
				faults = append(faults, one(len(aud) != 1 || aud[0] != "sts.amazonaws.com", "%s takes the audiences %v, want StringEquals sts.amazonaws.com", s.name(), aud)...)
				faults = append(faults, one(len(sub) == 0, "%s takes any subject: no StringEquals on sub", s.name())...)
				for _, subject := range sub {
					faults = append(faults, one(strings.ContainsAny(subject, "*?") || strings.Count(subject, ":") < 2, "%s takes the subject %q, which is not exact", s.name(), subject)...)
				}
				return faults
			})
		},
	},
	{
		ID: "PW-IAM-07", Title: "The only identity provider is GitHub's", Types: []string{"aws_iam_openid_connect_provider"},
		Why: "Whoever runs an identity provider decides who its users are.",
		Fix: "Keep the one provider https://" + githubHost + " with the one audience sts.amazonaws.com.",
		check: func(_ *Platform, r *Resource) []string {
			faults := one(r.Attributes["url"] != "https://"+githubHost, "url is %s", show(r.Attributes["url"]))
			clients := texts(r.Attributes["client_id_list"])
			return append(faults, one(len(clients) != 1 || clients[0] != "sts.amazonaws.com", "client_id_list is %v", clients)...)
		},
	},
	{
		ID: "PW-IAM-09", Title: "A session ends within two hours", Types: []string{"aws_iam_role"},
		Why: "Credentials that a build leaks are good until its session ends.",
		Fix: "Set max_session_duration to at most 7200, which only a long apply needs.",
		check: func(_ *Platform, r *Resource) []string {
			return one(number(r.Attributes["max_session_duration"]) > 7200, "max_session_duration is %s", show(r.Attributes["max_session_duration"]))
		},
	},
}

var keyRules = []Rule{
	{
		ID: "PW-KMS-01", Title: "Keys rotate", Types: []string{"aws_kms_key"},
		Why: "Rotation bounds how much one key material ever protects.",
		Fix: "Set enable_key_rotation to true, with a period of at most 365 days.",
		check: func(_ *Platform, r *Resource) []string {
			faults := want(r, map[string]any{"enable_key_rotation": true})
			return append(faults, one(number(r.Attributes["rotation_period_in_days"]) > 365, "rotation_period_in_days is %s", show(r.Attributes["rotation_period_in_days"]))...)
		},
	},
	{
		ID: "PW-KMS-02", Title: "A deleted key can be brought back for a month", Types: []string{"aws_kms_key"},
		Why:  "With the key goes everything that it encrypts, backups too.",
		Fix:  "Set deletion_window_in_days to 30 and leave the key enabled.",
		FSBP: []string{"KMS.3"},
		check: func(_ *Platform, r *Resource) []string {
			faults := one(number(r.Attributes["deletion_window_in_days"]) != 30, "deletion_window_in_days is %s", show(r.Attributes["deletion_window_in_days"]))
			return append(faults, one(r.Attributes["is_enabled"] == false, "is_enabled is false")...)
		},
	},
	{
		ID: "PW-KMS-03", Title: "A key's policy says who uses it", Types: []string{"aws_kms_key"},
		Why:  "The default policy leaves every use to IAM: then one wide policy of any role opens the key.",
		Fix:  "Split administration from use as access/keys.go does, and grant use with a condition.",
		FSBP: []string{"KMS.5"},
		check: func(p *Platform, r *Resource) []string {
			faults := one(isTrue(r.Attributes["bypass_policy_lockout_safety_check"]), "bypass_policy_lockout_safety_check is true")
			return append(faults, allowed(p, r, func(s statement) []string {
				uses := false
				for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:Sign"} {
					uses = uses || policy.MatchAction(s.Actions, action)
				}
				confined := slices.ContainsFunc(s.Conditions, limits)
				return one(uses && !confined, "%s lets use the key without a condition", s.name())
			})...)
		},
	},
	{
		ID: "PW-KMS-04", Title: "A key has an alias", Types: []string{"aws_kms_key"},
		Why: "Nobody recognises a key by its id, least of all when it is scheduled for deletion.",
		Fix: "Make the key with constructs/key.",
		check: func(p *Platform, r *Resource) []string {
			return one(len(p.partsOf(r, "aws_kms_alias", "target_key_id")) == 0, "no aws_kms_alias")
		},
	},
}
