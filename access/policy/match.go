package policy

import (
	"slices"
	"strings"
)

// Match says whether a text matches a pattern in which * matches any
// characters, also none, and ? exactly one; all others match themselves.
// That is how IAM compares resources, where a * may reach beyond a colon, and
// how StringLike compares (IAM user guide, "IAM JSON policy elements: Resource"
// and "Condition operators").
func Match(pattern, text string) bool {
	p, t := 0, 0
	// Where the last star is, and the end of what it matches so far.
	star, taken := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, taken = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			taken++
			p, t = star+1, taken
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// MatchAny says whether a text matches one of the patterns.
func MatchAny(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return Match(p, text) })
}

// MatchAction says whether an action, such as "s3:GetObject", matches one of
// the patterns of a statement; the case of letters is ignored (IAM user guide,
// "IAM JSON policy elements: Action").
func MatchAction(patterns []string, action string) bool {
	action = strings.ToLower(action)
	return slices.ContainsFunc(patterns, func(p string) bool { return Match(strings.ToLower(p), action) })
}

// MatchARN says whether an ARN matches a pattern as ArnLike and ArnEquals
// compare: each of its six parts by itself, so that a * does not reach beyond a
// colon but in the last (IAM user guide, "Amazon Resource Name (ARN) condition
// operators"). A text that is no ARN matches nothing.
func MatchARN(pattern, arn string) bool {
	patterns, parts := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(patterns) != 6 || len(parts) != 6 || parts[0] != "arn" {
		return false
	}
	for i := range parts {
		if !Match(patterns[i], parts[i]) {
			return false
		}
	}
	return true
}
