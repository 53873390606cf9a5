package existing

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

func storageKinds() map[string]Kind {
	return map[string]Kind{
		"aws_s3_bucket":             {Key: []string{"bucket"}, List: listBuckets},
		"aws_ecr_repository":        {Key: []string{"name"}, List: listRepositories},
		"aws_db_instance":           {Key: []string{"identifier"}, List: listDatabases, ImportID: func(v Values) string { return v.text("identifier") }},
		"aws_db_parameter_group":    {Key: []string{"name"}, List: listParameterGroups},
		"aws_db_subnet_group":       {Key: []string{"name"}, List: listSubnetGroups},
		"aws_secretsmanager_secret": {Key: []string{"name"}, List: listSecrets},
		"aws_ssm_parameter":         {Key: []string{"name"}, List: listParameters},
	}
}

// listBuckets asks for the platform's buckets one by one: infra-role may not
// list the account's.
func listBuckets(ctx context.Context, a AWS) ([]Object, error) {
	n := a.names()
	wanted := []string{n.StateBucket(), n.StateLogBucket()}
	for _, e := range a.Settings.Environments {
		wanted = append(wanted, n.DocumentsBucket(e.Name), n.LogBucket(e.Name))
	}
	client := s3.NewFromConfig(a.Config, func(o *s3.Options) { o.UsePathStyle = a.Config.BaseEndpoint != nil })
	var found []Object
	for _, name := range wanted {
		_, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name})
		var missing *s3types.NotFound
		switch {
		case errors.As(err, &missing):
		case err != nil:
			return nil, err
		default:
			found = append(found, Object{ID: name, Key: name})
		}
	}
	return found, nil
}

func listRepositories(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ecr.NewDescribeRepositoriesPaginator(ecr.NewFromConfig(a.Config), &ecr.DescribeRepositoriesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Repositories {
			if a.project(*r.RepositoryName) {
				found = append(found, Object{ID: *r.RepositoryName, Key: *r.RepositoryName})
			}
		}
	}
	return found, nil
}

func listDatabases(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := rds.NewDescribeDBInstancesPaginator(rds.NewFromConfig(a.Config), &rds.DescribeDBInstancesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, d := range page.DBInstances {
			if a.project(*d.DBInstanceIdentifier) && aws.ToString(d.DBInstanceStatus) != "deleting" {
				found = append(found, Object{ID: *d.DBInstanceIdentifier, Key: *d.DBInstanceIdentifier})
			}
		}
	}
	return found, nil
}

func listParameterGroups(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := rds.NewDescribeDBParameterGroupsPaginator(rds.NewFromConfig(a.Config), &rds.DescribeDBParameterGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.DBParameterGroups {
			if a.project(*g.DBParameterGroupName) {
				found = append(found, Object{ID: *g.DBParameterGroupName, Key: *g.DBParameterGroupName})
			}
		}
	}
	return found, nil
}

func listSubnetGroups(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := rds.NewDescribeDBSubnetGroupsPaginator(rds.NewFromConfig(a.Config), &rds.DescribeDBSubnetGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.DBSubnetGroups {
			if a.project(*g.DBSubnetGroupName) {
				found = append(found, Object{ID: *g.DBSubnetGroupName, Key: *g.DBSubnetGroupName})
			}
		}
	}
	return found, nil
}

func listSecrets(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := secretsmanager.NewListSecretsPaginator(secretsmanager.NewFromConfig(a.Config), &secretsmanager.ListSecretsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range page.SecretList {
			if a.project(*s.Name) {
				found = append(found, Object{ID: *s.ARN, Key: *s.Name})
			}
		}
	}
	return found, nil
}

func listParameters(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := ssm.NewDescribeParametersPaginator(ssm.NewFromConfig(a.Config), &ssm.DescribeParametersInput{
		ParameterFilters: []ssmtypes.ParameterStringFilter{{
			Key: aws.String("Name"), Option: aws.String("BeginsWith"), Values: []string{"/" + a.Settings.Project + "/"},
		}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range page.Parameters {
			found = append(found, Object{ID: *p.Name, Key: *p.Name})
		}
	}
	return found, nil
}
