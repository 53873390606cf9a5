package accessmodel

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
)

// unknownKeys are the condition keys that AWS's service authorization reference
// does not list for an action, each with what says that AWS sends it.
var unknownKeys = map[string]string{
	"sts:AssumeRoleWithWebIdentity token.actions.githubusercontent.com:aud": everyProvider,
	"sts:AssumeRoleWithWebIdentity token.actions.githubusercontent.com:sub": everyProvider,
}

const everyProvider = `IAM user guide, "Available keys for AWS OIDC federation": aud and sub of every provider`

// documentsOf are all policy documents of stacks, whatever resource holds them,
// by where they are.
func documentsOf(stacks inventory.Stacks) (map[string]policy.Document, error) {
	out := map[string]policy.Document{}
	for _, r := range stacks.Resources() {
		for attribute, value := range r.Attributes {
			text, _ := value.(string)
			var shape struct{ Statement json.RawMessage }
			if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &shape) != nil || shape.Statement == nil {
				continue
			}
			at := r.Stack + "." + r.Address() + "." + attribute
			document, err := policy.Parse([]byte(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
			out[at] = document
		}
	}
	return out, nil
}

// TestConditionKeys: every condition key of every policy is one that AWS sends
// with each action of its statement: the action's own, a resource's of the
// action, or a global one (service authorization reference). A condition on any
// other key never holds, or always, and says nothing about it.
func TestConditionKeys(t *testing.T) {
	documents, err := documentsOf(stacksOfThePlatform)
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	conditions, seen := 0, map[string]bool{}
	for _, document := range documents {
		for _, s := range document.Statements {
			patterns = append(patterns, s.Actions...)
			conditions += len(s.Conditions)
		}
	}
	slices.Sort(patterns)
	reference, err := iamsim.Describe(slices.DeleteFunc(slices.Compact(patterns), func(s string) bool { return s == "*" }))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range slices.Sorted(maps.Keys(documents)) {
		for _, s := range documents[at].Statements {
			for _, c := range s.Conditions {
				for _, action := range notSent(reference, s, c.Key) {
					name := action + " " + c.Key
					if seen[name] = true; unknownKeys[name] == "" {
						t.Errorf("%s: %s: AWS's reference has no %s for %s", at, s.Sid, c.Key, action)
					}
				}
			}
		}
	}
	for name := range unknownKeys {
		if !seen[name] {
			t.Errorf("%s: the reference has it now, or no policy tests it: remove the reason", name)
		}
	}
	t.Logf("%d conditions in %d documents", conditions, len(documents))
}

// notSent are the actions of a statement that a key is not sent with: of a
// pattern, none if any action that it matches has the key.
func notSent(reference iamsim.Reference, s policy.Statement, key string) []string {
	var out []string
	for _, pattern := range s.Actions {
		actions := reference.Matches[pattern]
		if pattern == "*" || len(s.NotActions) > 0 {
			actions = []iamsim.Action{{Name: pattern}} // global keys only
		}
		if !slices.ContainsFunc(actions, func(a iamsim.Action) bool { return reference.Sends(a, key) }) {
			out = append(out, pattern)
		}
	}
	return out
}

// TestConditionKeysAreFound: the test above sees documents of every kind.
func TestConditionKeysAreFound(t *testing.T) {
	documents, err := documentsOf(stacksOfThePlatform)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{
		"aws_iam_policy.", "aws_iam_role.", "aws_iam_role_policy.", "aws_kms_key.", "aws_s3_bucket_policy.", "aws_secretsmanager_secret_policy.",
		"aws_ecr_repository_policy.", "aws_sns_topic_policy.", "aws_vpc_endpoint.",
	} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(documents)), func(at string) bool { return strings.Contains(at, "."+kind) }) {
			t.Errorf("no document of %s", kind)
		}
	}
	reference := iamsim.Reference{GlobalKeys: []string{"aws:principalarn", "aws:resourcetag/tag-key"}}
	action := iamsim.Action{Name: "kms:Decrypt", Keys: []string{"aws:resourcetag/${tagkey}", "kms:encryptioncontext:${encryptioncontextkey}", "kms:viaservice"}}
	for key, want := range map[string]bool{
		"kms:ViaService": true, "aws:PrincipalArn": true, "aws:ResourceTag/project": true, "kms:EncryptionContext:SecretARN": true,
		"kms:GrantIsForAWSResource": false, "aws:RequestTag/project": false, "kms:": false,
	} {
		if got := reference.Sends(action, key); got != want {
			t.Errorf("%s: %t", key, got)
		}
	}
}
