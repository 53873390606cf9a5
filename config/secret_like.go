package config

import (
	"math"
	"regexp"
	"strings"
)

// secretName finds names that say their value is secret.
var secretName = regexp.MustCompile(`(?i)(^|[-_])(password|passwd|passphrase|pwd|secret|token|api[-_]?key|private[-_]?key|access[-_]?key|secret[-_]?key|session[-_]?key|signing[-_]?key|encryption[-_]?key|credentials?|auth)($|[-_])`)

// notTheSecret finds the names of what only points at a secret.
var notTheSecret = regexp.MustCompile(`(?i)[-_](arn|id|name|url|path|host|ttl|days|hours|minutes|seconds|length|mode|type|enabled|required|provider|issuer|audience)$`)

// secretPatterns are the forms of well-known credentials, as their issuers
// document them.
var secretPatterns = []struct {
	form *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`\b(AKIA|ASIA)[0-9A-Z]{16}\b`), "an AWS access key"},
	{regexp.MustCompile(`\b(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{22,}`), "a GitHub token"},
	{regexp.MustCompile(`\bxox[abprs]-[A-Za-z0-9-]{10,}`), "a Slack token"},
	{regexp.MustCompile(`\b(sk|rk)_(live|test)_[A-Za-z0-9]{16,}`), "a Stripe key"},
	{regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}\b`), "a Google API key"},
	{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`), "a private key"},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.`), "a signed token"},
	{regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s:@]+@`), "a URL with a password"},
}

// word is a run of letters that a generated secret is made of. Hyphens, dots
// and slashes part words: names and ARNs are made of short ones.
var word = regexp.MustCompile(`[A-Za-z0-9+=]{20,}`)

// SecretLike says why a value, or a name with a plain value, looks like a
// secret; "" when it does not. Terraform expressions are references, which
// other rules follow.
func SecretLike(name, value string) string {
	for _, p := range secretPatterns {
		if p.form.MatchString(value) {
			return "holds " + p.what
		}
	}
	plain := expression.ReplaceAllString(value, "")
	if plain != "" && !strings.HasPrefix(plain, "arn:") && secretName.MatchString(name) && !notTheSecret.MatchString(name) {
		return "has the name of a secret and a plain value"
	}
	for _, w := range word.FindAllString(plain, -1) {
		if strings.ContainsAny(w, "0123456789") && strings.ContainsFunc(w, isLetter) && entropy(w) > 3.5 {
			return "holds what looks like a generated secret"
		}
	}
	return ""
}

var expression = regexp.MustCompile(`\$\{[^}]*\}`)

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// entropy is Shannon's, in bits a letter: words of a language in one case have
// less than 3.5 over twenty letters, random hexadecimal up to 4, random base64
// up to 6.
func entropy(s string) float64 {
	count := map[rune]float64{}
	for _, r := range s {
		count[r]++
	}
	sum := 0.0
	for _, n := range count {
		p := n / float64(len(s))
		sum -= p * math.Log2(p)
	}
	return sum
}
