package review

import (
	"fmt"
	"slices"
	"strings"
)

// DriftMarker starts the body of the issue that speaks of drift, unseen.
const DriftMarker = "<!-- paperwurks-infra: drift -->"

// DriftTitle is the title.
const DriftTitle = "Drift: AWS is not as the stacks last left it"

// Drift is how AWS differs from what Terraform last wrote of a stack.
type Drift struct {
	Stack     string
	Resources []DriftedResource
	// Fault is why the stack could not be looked at; "" if it could.
	Fault string
}

// DriftedResource is one resource that somebody changed.
type DriftedResource struct {
	Address, Label string
	// Gone says that it is no longer in AWS.
	Gone        bool
	Differences []Difference
}

// moving are attributes that AWS changes by itself, by resource type.
var moving = map[string][]string{
	// Backups and minor versions go on; storage grows by autoscaling.
	// The master secret is at first "creating", and RDS rotates it.
	"aws_db_instance": {"latest_restorable_time", "engine_version_actual", "allocated_storage", "status", "ca_cert_identifier", "master_user_secret"},
	// A person confirms the address of the alarms (docs/operations.md, "First day").
	"aws_sns_topic_subscription": {"pending_confirmation", "confirmation_was_authenticated"},
	// A distribution's cache of what was asked of it.
	"aws_cloudfront_distribution": {"etag", "in_progress_validation_batches", "last_modified_time", "status"},
	"aws_cloudfront_vpc_origin":   {"etag"},
	"aws_wafv2_web_acl":           {"lock_token"},
	// Maintenance mode changes them, and what they hold is left to it (docs/operations.md).
	"aws_wafv2_ip_set":            {"lock_token"},
	"aws_wafv2_regex_pattern_set": {"lock_token"},
	"aws_acm_certificate":         {"not_after", "not_before", "pending_renewal", "renewal_summary", "status"},
}

// FindDrift reads a refresh-only plan that Reduce gave. Attributes that the
// stack leaves to others (lifecycle.ignore_changes, by address in ignored) and
// those that AWS moves by itself are not drift.
func FindDrift(stack string, p *Plan, ignored map[string][]string) Drift {
	out := Drift{Stack: stack}
	for _, r := range p.ResourceDrift {
		if r.Mode == "data" {
			continue
		}
		d := DriftedResource{Address: r.Address, Label: label(r)}
		if r.Action() == Destroy {
			d.Gone = true
			out.Resources = append(out.Resources, d)
			continue
		}
		for _, difference := range Differences(r.Change) {
			attribute := topLevel(difference.Path)
			if slices.Contains(ignored[r.Address], attribute) || slices.Contains(moving[r.Type], attribute) || nothing(difference) {
				continue
			}
			d.Differences = append(d.Differences, difference)
		}
		if len(d.Differences) > 0 {
			out.Resources = append(out.Resources, d)
		}
	}
	return out
}

// nothing says whether a difference is only one of how "none" is written.
func nothing(d Difference) bool {
	none := []string{"", `""`, "[]", "{}", "null"}
	return slices.Contains(none, d.Before) && slices.Contains(none, d.After)
}

// DriftReport is the body of the issue.
func DriftReport(all []Drift, source string) string {
	var w limited
	w.left = MaxComment
	w.line(DriftMarker)
	w.line("AWS was changed outside Terraform, or could not be checked. Either take a change back, or write it into the stacks; the next deployment would otherwise undo it unasked. This issue is updated each night and closes itself.")
	for _, d := range all {
		if d.Fault != "" {
			w.line("")
			w.line("### " + d.Stack + " could not be checked")
			w.fence("text", cut(d.Fault, 2000))
		}
	}
	for _, d := range all {
		if len(d.Resources) == 0 {
			continue
		}
		w.line("")
		w.line(fmt.Sprintf("### %s: %d resources", d.Stack, len(d.Resources)))
		w.line("")
		var lines []string
		for _, r := range d.Resources {
			if r.Gone {
				lines = append(lines, "- "+r.Label+": ⚠️ **gone from AWS**")
				continue
			}
			lines = append(lines, "- "+r.Label)
			for _, difference := range r.Differences {
				lines = append(lines, fmt.Sprintf("  - %s: %s → %s", code(difference.Path), orNone(difference.Before), orNone(difference.After)))
			}
		}
		w.within(w.left-500, func(w *limited) { w.lines(lines, "lines") })
	}
	w.line("")
	w.line("<sub>" + cut(source, 300) + "</sub>")
	return strings.TrimRight(w.String(), "\n") + "\n"
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return code(s)
}
