package inventory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Stacks are the Terraform JSON of every stack by the stack's name.
type Stacks map[string]map[string]any

// ReadStacks reads what cdktf wrote to a folder such as cdktf.out.
func ReadStacks(dir string) (Stacks, error) {
	files, err := fs.Glob(os.DirFS(dir), "stacks/*/cdk.tf.json")
	if err != nil || len(files) == 0 {
		return nil, errors.Join(fmt.Errorf("read stacks: %q holds none", dir), err)
	}
	out := Stacks{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return nil, fmt.Errorf("read stacks: %w", err)
		}
		var stack map[string]any
		if err := json.Unmarshal(text, &stack); err != nil {
			return nil, fmt.Errorf("read stacks: %s: %w", file, err)
		}
		out[path.Base(path.Dir(file))] = stack
	}
	return out, nil
}

// Clone is a copy that can be changed.
func (s Stacks) Clone() Stacks {
	out := Stacks{}
	for name, stack := range s {
		out[name] = clone(stack).(map[string]any)
	}
	return out
}

// clone copies decoded JSON.
func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = clone(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = clone(inner)
		}
		return out
	default:
		return v
	}
}

// Types are the types of resources that Load reads.
func Types() []string {
	return []string{
		"aws_cloudwatch_log_group", "aws_db_instance", "aws_ecr_repository", "aws_ecr_repository_policy",
		"aws_iam_openid_connect_provider", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy",
		"aws_iam_role_policy_attachment", "aws_kms_alias", "aws_kms_key", "aws_s3_bucket", "aws_s3_bucket_policy",
		"aws_secretsmanager_secret", "aws_secretsmanager_secret_policy", "aws_sns_topic", "aws_sns_topic_policy",
	}
}

// Only is a copy with the resources of the types given, and what is needed to
// follow their references.
func (s Stacks) Only(types ...string) Stacks {
	out := Stacks{}
	for name, stack := range s {
		kinds, _ := stack["resource"].(map[string]any)
		some := map[string]any{}
		for _, kind := range types {
			if blocks, there := kinds[kind]; there {
				some[kind] = blocks
			}
		}
		out[name] = map[string]any{"provider": stack["provider"], "output": stack["output"], "resource": some}
	}
	return out.Clone()
}

// Resource is one resource block.
type Resource struct {
	Stack, Type, ID string
	// Attributes can be changed; the change is in the stack.
	Attributes map[string]any
}

// Resources are all blocks of the types given, in a fixed order.
func (s Stacks) Resources(types ...string) []Resource {
	var out []Resource
	for stack, body := range s {
		kinds, _ := body["resource"].(map[string]any)
		for _, kind := range types {
			blocks, _ := kinds[kind].(map[string]any)
			for id, block := range blocks {
				attributes, _ := block.(map[string]any)
				out = append(out, Resource{Stack: stack, Type: kind, ID: id, Attributes: attributes})
			}
		}
	}
	slices.SortFunc(out, func(a, b Resource) int {
		return slices.Compare([]string{a.Stack, a.Type, a.ID}, []string{b.Stack, b.Type, b.ID})
	})
	return out
}

// Text is an attribute that must be a string, or "" when it is not there.
func (r Resource) Text(attribute string) string {
	text, _ := r.Attributes[attribute].(string)
	return text
}
