package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/paperwurks/infra/internal/published"
	"github.com/paperwurks/infra/internal/review"
)

// A run that is killed may have made what no state knows of. Most resources
// have a name that AWS gives once, so that making them again fails; importID
// knows their ids. Keys and the parts of a network have none: AWS would make
// them twice, and they are looked for before.

// importID is the id by which Terraform imports a resource that is called as
// planned (each resource's page of the provider, "Import"); "" where that does
// not follow from its attributes.
func importID(r review.ResourceChange, account string) string {
	after, _ := r.Change.After.(map[string]any)
	get := func(name string) string {
		text, _ := after[name].(string)
		return text
	}
	join := func(separator string, names ...string) string {
		var parts []string
		for _, name := range names {
			if get(name) == "" {
				return ""
			}
			parts = append(parts, get(name))
		}
		return strings.Join(parts, separator)
	}
	switch r.Type {
	case "aws_s3_bucket":
		return get("bucket")
	case "aws_iam_role", "aws_kms_alias", "aws_ecr_repository", "aws_ssm_parameter", "aws_cloudwatch_log_group":
		return get("name")
	case "aws_iam_policy":
		if path := join("", "path", "name"); path != "" {
			return "arn:aws:iam::" + account + ":policy" + path
		}
	case "aws_iam_openid_connect_provider":
		if host := strings.TrimPrefix(get("url"), "https://"); host != "" {
			return "arn:aws:iam::" + account + ":oidc-provider/" + host
		}
	case "aws_route":
		return join("_", "route_table_id", "destination_cidr_block")
	case "aws_route_table_association":
		return join("/", "subnet_id", "route_table_id")
	}
	return ""
}

// idPrefixes of the parts of a network, which are told apart by their Name
// tag.
var idPrefixes = map[string]string{
	"aws_eip":              "eipalloc-",
	"aws_flow_log":         "fl-",
	"aws_internet_gateway": "igw-",
	"aws_nat_gateway":      "nat-",
	"aws_route_table":      "rtb-",
	"aws_subnet":           "subnet-",
	"aws_vpc":              "vpc-",
	"aws_vpc_endpoint":     "vpce-",
}

// find looks for what the plan is to create but is there: buckets by name,
// keys by alias or by description and tags, parts of a network by their tags.
// It gives their ids by address. Parameters have a name, but are looked for too:
// they come last, and would ask for one more plan.
func (b *bootstrap) find(ctx context.Context, p *review.Plan, known *state) (map[string]string, error) {
	taken := map[string]bool{}
	if known != nil {
		taken = known.ids()
	}
	creates := p.Of(review.Create)
	tagged, err := b.tagged(ctx, taken)
	if err != nil {
		return nil, err
	}
	aliases, err := b.aliases(ctx)
	if err != nil {
		return nil, err
	}
	parameters, err := published.Read(ctx, b.aws.ssm, b.settings.Project)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, r := range creates {
		id, err := b.findOne(ctx, r, tagged, aliases, parameters)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Address, err)
		}
		if id != "" {
			fmt.Fprintf(b.out, "Found in AWS, and taken over: %s is %s\n", r.Address, id)
			out[r.Address] = id
		}
	}
	return out, nil
}

// findOne is the id of the resource; "" where it is not there.
func (b *bootstrap) findOne(ctx context.Context, r review.ResourceChange, tagged []thing, aliases, parameters map[string]string) (string, error) {
	after, _ := r.Change.After.(map[string]any)
	switch r.Type {
	case "aws_s3_bucket":
		name, _ := after["bucket"].(string)
		exists, err := b.bucketExists(ctx, name)
		if !exists {
			return "", err
		}
		return name, nil
	case "aws_kms_alias":
		if name, _ := after["name"].(string); aliases[name] != "" {
			return name, nil
		}
		return "", nil
	case "aws_ssm_parameter":
		name, _ := after["name"].(string)
		if _, there := parameters[name]; there {
			return name, nil
		}
		return "", nil
	case "aws_kms_key":
		if id := aliases[b.stack.aliasOf(r.Address)]; id != "" {
			return id, nil
		}
		description, _ := after["description"].(string)
		return b.findKey(ctx, description, tagged)
	}
	prefix := idPrefixes[r.Type]
	if prefix == "" {
		return "", nil
	}
	tags, _ := after["tags"].(map[string]any)
	name, _ := tags["Name"].(string)
	if name == "" {
		return "", nil
	}
	return only(tagged, func(t thing) bool { return strings.HasPrefix(t.id, prefix) && t.name == name })
}

// findKey finds a key that has no alias yet, by its description.
func (b *bootstrap) findKey(ctx context.Context, description string, tagged []thing) (string, error) {
	var keys []thing
	for _, t := range tagged {
		if !strings.Contains(t.arn, ":kms:") {
			continue
		}
		key, err := b.aws.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &t.id})
		if err != nil {
			return "", fmt.Errorf("key %q: %w", t.id, err)
		}
		if m := key.KeyMetadata; m.KeyState == kmstypes.KeyStateEnabled && aws.ToString(m.Description) == description {
			keys = append(keys, t)
		}
	}
	return only(keys, func(thing) bool { return true })
}

// thing is a tagged resource that no state knows.
type thing struct{ arn, id, name string }

// only is the one that matches. Of two nobody can tell which was meant.
func only(things []thing, matches func(thing) bool) (string, error) {
	found := slices.DeleteFunc(slices.Clone(things), func(t thing) bool { return !matches(t) })
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0].id, nil
	default:
		var arns []string
		for _, t := range found {
			arns = append(arns, t.arn)
		}
		return "", fmt.Errorf("more than one is there that no state knows: %q; delete all but one, and run this again", arns)
	}
}

// tagged lists what carries all of the stack's tags, without what is taken.
func (b *bootstrap) tagged(ctx context.Context, taken map[string]bool) ([]thing, error) {
	var filters []types.TagFilter
	for key, value := range b.stack.tags {
		filters = append(filters, types.TagFilter{Key: &key, Values: []string{value}})
	}
	var out []thing
	pages := resourcegroupstaggingapi.NewGetResourcesPaginator(b.aws.tagging, &resourcegroupstaggingapi.GetResourcesInput{TagFilters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("look for what carries the stack's tags: %w", err)
		}
		for _, resource := range page.ResourceTagMappingList {
			t := thing{arn: aws.ToString(resource.ResourceARN)}
			t.id = t.arn[strings.LastIndex(t.arn, "/")+1:]
			for _, tag := range resource.Tags {
				if aws.ToString(tag.Key) == "Name" {
					t.name = aws.ToString(tag.Value)
				}
			}
			if !taken[t.id] {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// aliases of all keys: the key's id by the alias's name.
func (b *bootstrap) aliases(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	pages := kms.NewListAliasesPaginator(b.aws.kms, &kms.ListAliasesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the aliases of keys: %w", err)
		}
		for _, alias := range page.Aliases {
			out[aws.ToString(alias.AliasName)] = aws.ToString(alias.TargetKeyId)
		}
	}
	return out, nil
}
