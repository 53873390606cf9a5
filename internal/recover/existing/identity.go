package existing

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/paperwurks/infra/config"
)

func identityKinds() map[string]Kind {
	return map[string]Kind{
		"aws_iam_role":                    {Key: []string{"name"}, List: listRoles},
		"aws_iam_policy":                  {Key: []string{"path", "name"}, List: listPolicies},
		"aws_iam_openid_connect_provider": {Key: []string{"url"}, List: listOIDCProviders, ImportID: func(v Values) string { return v.text("arn") }},
		"aws_kms_key":                     {Key: []string{"description"}, List: listKeys},
		"aws_kms_alias":                   {Key: []string{"name"}, List: listAliases},
	}
}

func (a AWS) path() *string { return new("/" + a.Settings.Project + "/") }

func listRoles(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := iam.NewListRolesPaginator(iam.NewFromConfig(a.Config), &iam.ListRolesInput{PathPrefix: a.path()})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Roles {
			found = append(found, Object{ID: *r.RoleName, Key: *r.RoleName})
		}
	}
	return found, nil
}

func listPolicies(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := iam.NewListPoliciesPaginator(iam.NewFromConfig(a.Config), &iam.ListPoliciesInput{PathPrefix: a.path(), Scope: "Local"})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Policies {
			found = append(found, Object{ID: *p.Arn, Key: joined(*p.Path, *p.PolicyName)})
		}
	}
	return found, nil
}

func listOIDCProviders(ctx context.Context, a AWS) ([]Object, error) {
	all, err := iam.NewFromConfig(a.Config).ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		return nil, err
	}
	var found []Object
	for _, p := range all.OpenIDConnectProviderList {
		if lastOf(*p.Arn) == config.GitHubOIDCHost {
			found = append(found, Object{ID: *p.Arn, Key: "https://" + config.GitHubOIDCHost, Stack: config.SharedStack})
		}
	}
	return found, nil
}

// listKeys lists by tags: a key has no name before its alias, and AWS makes as
// many as are asked for. A key that awaits its deletion is none.
func listKeys(ctx context.Context, a AWS) ([]Object, error) {
	client := kms.NewFromConfig(a.Config)
	var found []Object
	pages := kms.NewListKeysPaginator(client, &kms.ListKeysInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, k := range page.Keys {
			key, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: k.KeyId})
			if err != nil {
				return nil, err
			}
			m := key.KeyMetadata
			if m.KeyManager != kmstypes.KeyManagerTypeCustomer || m.KeyState == kmstypes.KeyStatePendingDeletion {
				continue
			}
			tags, err := keyTags(ctx, client, k.KeyId)
			if err != nil {
				return nil, err
			}
			if tags["project"] == a.Settings.Project && tags["stack"] == a.Stack {
				found = append(found, Object{*k.KeyId, aws.ToString(m.Description), a.Stack})
			}
		}
	}
	return found, nil
}

func keyTags(ctx context.Context, client *kms.Client, key *string) (map[string]string, error) {
	tags := map[string]string{}
	pages := kms.NewListResourceTagsPaginator(client, &kms.ListResourceTagsInput{KeyId: key})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range page.Tags {
			tags[*t.TagKey] = *t.TagValue
		}
	}
	return tags, nil
}

func listAliases(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := kms.NewListAliasesPaginator(kms.NewFromConfig(a.Config), &kms.ListAliasesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, alias := range page.Aliases {
			if strings.HasPrefix(*alias.AliasName, a.names().KeyAliasPrefix()) {
				found = append(found, Object{ID: *alias.AliasName, Key: *alias.AliasName})
			}
		}
	}
	return found, nil
}
