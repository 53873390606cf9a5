package inventory

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"

	"github.com/paperwurks/infra/internal/synthesised"
)

// resolver replaces Terraform's references in a text.
type resolver struct {
	stacks  Stacks
	account string
}

var expression = regexp.MustCompile(`\$?\$\{[^{}]+\}`)

// text resolves every reference of a text of a stack. What Terraform JSON
// writes as $${…}, a policy variable of IAM, is ${…}.
func (r resolver) text(stack, in string) (string, error) {
	var fault error
	out := expression.ReplaceAllStringFunc(in, func(whole string) string {
		if strings.HasPrefix(whole, "$$") {
			return whole[1:]
		}
		value, err := r.expression(stack, whole[2:len(whole)-1])
		if err != nil && fault == nil {
			fault = err
		}
		return value
	})
	return out, fault
}

func (r resolver) expression(stack, expression string) (string, error) {
	reference, ok := synthesised.ParseReference(expression)
	if !ok || reference.Attribute == "" {
		return "", fmt.Errorf("stack %q: %q is not understood", stack, expression)
	}
	if from, output, ok := reference.Output(); ok {
		other, _ := r.stacks.Get(from)
		value, ok := other.Output[output]["value"].(string)
		if !ok {
			return "", fmt.Errorf("stack %q: %q: stack %q has no such text output", stack, expression, from)
		}
		return r.text(from, value)
	}
	here, _ := r.stacks.Get(stack)
	block, ok := here.Find(reference.Type + "." + reference.Name)
	if !ok {
		return "", fmt.Errorf("stack %q: %q: no such resource", stack, expression)
	}
	return r.attribute(block, reference.Attribute)
}

// attribute is the value of a resource's attribute: one that its block sets,
// or one that AWS would give it.
func (r resolver) attribute(block Resource, name string) (string, error) {
	if value, ok := block.Attributes[name].(string); ok {
		return r.text(block.Stack, value)
	}
	arn := func(service, resource string) string {
		return "arn:aws:" + service + ":" + r.region(block) + ":" + r.account + ":" + resource
	}
	global := func(resource string) string { return "arn:aws:iam::" + r.account + ":" + resource }
	path := block.Text("path")
	if path == "" {
		path = "/"
	}
	unique := block.Stack + "." + block.Type + "." + block.Name
	switch block.Type + "." + name {
	case "aws_iam_role.arn":
		return global("role" + path + block.Text("name")), nil
	case "aws_iam_policy.arn":
		return global("policy" + path + block.Text("name")), nil
	case "aws_iam_openid_connect_provider.arn":
		return global("oidc-provider/" + strings.TrimPrefix(block.Text("url"), "https://")), nil
	case "aws_kms_key.arn":
		return arn("kms", "key/"+uuid(unique)), nil
	case "aws_kms_key.key_id", "aws_kms_key.id":
		return uuid(unique), nil
	case "aws_s3_bucket.id":
		return block.Text("bucket"), nil
	case "aws_s3_bucket.arn":
		return "arn:aws:s3:::" + block.Text("bucket"), nil
	case "aws_ecr_repository.arn":
		return arn("ecr", "repository/"+block.Text("name")), nil
	case "aws_secretsmanager_secret.arn", "aws_secretsmanager_secret.id":
		return arn("secretsmanager", "secret:"+block.Text("name")+"-"+suffix(unique)), nil
	case "aws_db_instance.resource_id":
		return "db-" + strings.ToUpper(hash(unique)[:26]), nil
	case "aws_db_instance.master_user_secret[0].secret_arn":
		return arn("secretsmanager", "secret:rds!db-"+uuid(unique)+"-"+suffix(unique)), nil
	case "aws_cloudwatch_log_group.arn":
		return arn("logs", "log-group:"+block.Text("name")), nil
	case "aws_subnet.id":
		return "subnet-" + hash(unique)[:17], nil
	case "aws_sns_topic.arn", "aws_sns_topic.id":
		return arn("sns", block.Text("name")), nil
	}
	return "", fmt.Errorf("stack %q: %s.%s.%s: what AWS would give it is not known here", block.Stack, block.Type, block.Name, name)
}

// region of the resource's provider.
func (r resolver) region(block Resource) string {
	stack, _ := r.stacks.Get(block.Stack)
	p, _ := stack.ProviderOf(block.Attributes) // none, no region
	return p.Region
}

func hash(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

func uuid(s string) string {
	h := hash(s)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:32]
}

// suffix is the six characters that Secrets Manager adds to a name.
func suffix(s string) string { return hash(s)[:6] }
