package review

import (
	"fmt"
	"slices"
	"strings"
)

// holdsData are the types whose destruction loses what cannot be recreated.
var holdsData = map[string]string{
	"aws_db_instance": "the database and what it holds",
	"aws_s3_bucket":   "the bucket and what it holds",

	"aws_db_instance_automated_backups_replication": "the copying of backups to another region",
	"aws_s3_bucket_replication_configuration":       "the copying of documents to another region",

	"aws_ecr_repository":              "the images, rollbacks need them",
	"aws_kms_key":                     "the key: what it encrypts cannot be read again",
	"aws_secretsmanager_secret":       "the secret's value",
	"aws_cloudwatch_log_group":        "the logs",
	"aws_route53_zone":                "the zone: its name servers change",
	"aws_cloudfront_distribution":     "the address that users reach",
	"aws_iam_openid_connect_provider": "every pipeline's way in",
}

// decidesAccess says whether the resource decides what a role may do.
func decidesAccess(r ResourceChange) bool {
	if strings.HasPrefix(r.Type, "aws_iam_") || strings.HasSuffix(r.Type, "_policy") && !notAccess[r.Type] {
		return true
	}
	return r.Type == "aws_kms_key" && slices.Contains(Attributes(Differences(r.Change)), "policy")
}

// notAccess are policies of another kind.
var notAccess = map[string]bool{
	"aws_appautoscaling_policy":              true,
	"aws_ecr_lifecycle_policy":               true,
	"aws_cloudfront_cache_policy":            true,
	"aws_cloudfront_origin_request_policy":   true,
	"aws_cloudfront_response_headers_policy": true,
}

// nameAttributes are looked at, in this order, for what people call a
// resource.
var nameAttributes = []string{"name", "identifier", "bucket", "family", "alarm_name", "dashboard_name", "function_name", "id", "role"}

// label is a resource in words and its address, both as Markdown.
func label(r ResourceChange) string {
	kind := strings.ReplaceAll(strings.TrimPrefix(r.Type, "aws_"), "_", " ")
	if name := nameOf(r); name != "" {
		return fmt.Sprintf("%s %s (%s)", kind, code(name), code(r.Address))
	}
	return fmt.Sprintf("%s %s", kind, code(r.Address))
}

func nameOf(r ResourceChange) string {
	for _, side := range []any{r.Change.Before, r.Change.After} {
		values, _ := side.(map[string]any)
		if tags, ok := values["tags"].(map[string]any); ok {
			if name, ok := tags["Name"].(string); ok && name != "" {
				return name
			}
		}
		for _, attribute := range nameAttributes {
			if name, ok := values[attribute].(string); ok && name != "" && name != sensitiveValue && name != sensitiveChanged {
				return name
			}
		}
	}
	return ""
}

// reason says why Terraform does what it does, in words; "" where that goes
// without saying.
func reason(r ResourceChange) string {
	switch r.ActionReason {
	case "replace_because_cannot_update":
		var forcing []string
		for _, d := range Differences(r.Change) {
			if name := topLevel(d.Path); d.Replaces && !slices.Contains(forcing, name) {
				forcing = append(forcing, name)
			}
		}
		if len(forcing) > 0 {
			return "because of " + codes(forcing)
		}
		return "because AWS cannot change it in place"
	case "replace_because_tainted":
		return "because its creation failed"
	case "replace_by_request":
		return "by request"
	case "replace_by_triggers":
		return "because of replace_triggered_by"
	case "delete_because_no_resource_config":
		return "because no stack asks for it any longer"
	case "delete_because_no_move_target":
		return "because the address that it moves to is not there"
	case "delete_because_wrong_repetition", "delete_because_count_index", "delete_because_each_key", "delete_because_no_module":
		return "because its index or module is gone"
	}
	return ""
}

// verb of an action, as it is said of one resource.
func verb(a Action) string {
	switch a {
	case Destroy:
		return "**destroys**"
	case Replace:
		return "**replaces** (destroys and recreates)"
	case Forget:
		return "**forgets** (left in AWS, no longer managed)"
	case Update:
		return "changes"
	case Create:
		return "creates"
	case Import:
		return "imports"
	case Move:
		return "moves"
	}
	return string(a)
}

// code is a text as Markdown code, on one line and not too long.
func code(s string) string {
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "`", "'")), " ")
	return "`" + cut(s, 120) + "`"
}

func codes(list []string) string {
	out := make([]string, 0, len(list))
	for i, s := range list {
		if i == 12 {
			out = append(out, fmt.Sprintf("%d more", len(list)-i))
			break
		}
		out = append(out, code(s))
	}
	return strings.Join(out, ", ")
}

// cut shortens a text to at most n characters.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
