package iamsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Action is what AWS's service authorization reference says of an action.
type Action struct {
	Name string `json:"action"`
	// Resources are the ARN patterns that the action takes, such as
	// "arn:${Partition}:s3:::${BucketName}"; none when it takes no resource.
	Resources []string `json:"resources"`
	// Required are those of Resources that every request must be allowed on.
	Required []string `json:"required"`
	// Keys are the service's condition keys, in lower case.
	Keys []string `json:"keys"`
}

// Reference is what AWS's reference says of some actions.
type Reference struct {
	// GlobalKeys are the condition keys of every action, in lower case.
	GlobalKeys []string
	// Matches are the actions that each pattern matches.
	Matches map[string][]Action
}

// Describe looks up patterns of actions, such as "s3:Get*".
func Describe(patterns []string) (Reference, error) {
	var answer map[string]json.RawMessage
	if err := run("describe.mjs", patterns, &answer); err != nil {
		return Reference{}, err
	}
	out := Reference{Matches: map[string][]Action{}}
	for pattern, text := range answer {
		if pattern == "*" {
			if err := json.Unmarshal(text, &out.GlobalKeys); err != nil {
				return Reference{}, fmt.Errorf("describe: %w", err)
			}
			continue
		}
		var actions []Action
		if err := json.Unmarshal(text, &actions); err != nil {
			return Reference{}, fmt.Errorf("describe %q: %w", pattern, err)
		}
		out.Matches[pattern] = actions
	}
	return out, nil
}

// Sends says whether AWS sends a condition key with an action: one of its own or
// of its resources, or a global one. Keys of tags are the action's own where it
// takes tags; that some services know them does not make them global.
func (r Reference) Sends(action Action, key string) bool {
	key = strings.ToLower(key)
	knows := func(known string) bool {
		fixed, variable, ok := strings.Cut(known, "${")
		if !ok {
			return known == key
		}
		// A variable may stand within the key: "github.com/${Enterprise}:ref".
		_, rest, _ := strings.Cut(variable, "}")
		return strings.HasPrefix(key, fixed) && strings.HasSuffix(key, rest) && len(key) > len(fixed)+len(rest)
	}
	if slices.ContainsFunc(action.Keys, knows) {
		return true
	}
	return slices.Contains(r.GlobalKeys, key)
}
