package observed

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/golden"
	"github.com/paperwurks/infra/internal/review"
)

// TestEveryPlannedChange compares what infra-role is asked for when Terraform
// makes, changes, replaces or destroys a resource of each type, of which no call
// was recorded: each of its attributes alone, and those that its resource is known
// by.
func TestEveryPlannedChange(t *testing.T) {
	p := &inventory.Platform{Account: here.Account, Region: here.Region, Roles: map[string]*inventory.Role{config.InfraRole: {Name: config.InfraRole}, "known": {Name: "known", ARN: "arn:aws:iam::123456789012:role/a/known"}}}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[name]
		values := map[string]any{"tags_all": map[string]any{"project": "p"}, "cluster": "arn:aws:ecs:eu-central-1:123456789012:cluster/c", "key_id": "k"}
		for attribute := range attributes(k.arn) {
			values[attribute] = "/" + attribute
		}
		change := func(actions []string, before, after map[string]any) {
			r := review.ResourceChange{Address: name + ".x", Mode: "managed", Type: name, Change: review.Change{Actions: actions}}
			if before != nil {
				r.Change.Before = before
			}
			if after != nil {
				r.Change.After = after
			}
			asked, err := (lacking{platform: p, stack: "dev", plan: &review.Plan{ResourceChanges: []review.ResourceChange{r}}}).needs(r)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, a := range asked {
				fmt.Fprintf(&text, "%s %s: %s, %s on %s %v\n", name, strings.Join(actions, " and "), a.Call, a.Action, a.Request.Resource, a.Request.Context)
			}
		}
		change([]string{"create"}, nil, values)
		change([]string{"delete"}, values, nil)
		change([]string{"delete", "create"}, values, values)
		for _, attribute := range append(slices.Sorted(maps.Keys(k.by)), "another") {
			after := maps.Clone(values)
			after[attribute] = "changed"
			fmt.Fprintf(&text, "%s of %s:\n", name, attribute)
			change([]string{"update"}, values, after)
		}
	}
	golden.Check(t, "testdata/planned.txt", text.String(), "UPDATE_GOLDEN=1 go test -run TestEveryPlannedChange ./internal/accessmodel/observed")
}

// TestWhatWasRecordedIsAsked: of the calls that were recorded, the one about the
// most similar resource tells what else is asked for; the resource is the plan's.
func TestWhatWasRecordedIsAsked(t *testing.T) {
	p := &inventory.Platform{Account: here.Account, Region: here.Region, Roles: map[string]*inventory.Role{config.InfraRole: {Name: config.InfraRole}}}
	row := func(role, call, action, resource string, context map[string]string) Row {
		return Row{Role: role, Call: call, Need: Need{action, resource, context}}
	}
	table := []Row{
		row(config.InfraRole, "ecs CreateCluster", "ecs:CreateCluster", "arn:aws:ecs:{region}:{account}:cluster/p-{env}", map[string]string{"a": "{id}", "b": "x|y"}),
		row(config.InfraRole, "ecs CreateCluster", "iam:CreateServiceLinkedRole", "arn:aws:iam::{account}:role/aws-service-role/ecs.amazonaws.com/R", nil),
		row("deploy-role-dev", "ecs CreateCluster", "ecs:TagResource", "arn:aws:ecs:{region}:{account}:cluster/p-{env}", nil),
		row(Administrator, "kms CreateAlias", "kms:CreateAlias", "{key alias/p/other}", nil),
		row(Administrator, "kms CreateAlias", "kms:CreateAlias", "arn:aws:kms:{region}:{account}:alias/p/other", nil),
		row(config.InfraRole, "logs CreateLogGroup", "kms:DescribeKey", "{key alias/p/dev/data}", nil),
		row(config.InfraRole, "logs CreateLogGroup", "logs:CreateLogGroup", "arn:aws:logs:{region}:{account}:log-group:/p/other", nil),
		row(config.InfraRole, "logs CreateLogGroup", "secretsmanager:DescribeSecret", "{secret p/dev/x}", nil),
		row(config.InfraRole, "iam CreateRole", "iam:CreateRole", "arn:aws:iam::{account}:role/other", map[string]string{"iam:PermissionsBoundary": "other"}),
		row(config.InfraRole, "iam CreateRole", "iam:TagRole", "arn:aws:iam::{account}:role/other", nil),
	}
	for name, test := range map[string]struct {
		kind   string
		values map[string]any
		want   []string
	}{
		"a cluster": {"aws_ecs_cluster", map[string]any{"name": "mine"}, []string{
			"ecs CreateCluster: ecs:CreateCluster on arn:aws:ecs:eu-central-1:123456789012:cluster/mine map[a:0a1b2c3d b:[x y]]",
			"ecs CreateCluster: iam:CreateServiceLinkedRole on arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/R map[]"}},
		"an alias": {"aws_kms_alias", map[string]any{"name": "alias/mine"}, []string{
			"kms CreateAlias: kms:CreateAlias on arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d map[]",
			"kms CreateAlias: kms:CreateAlias on arn:aws:kms:eu-central-1:123456789012:alias/mine map[]"}},
		"a log group": {"aws_cloudwatch_log_group", map[string]any{"name": "/p/mine"}, []string{
			"logs CreateLogGroup: kms:DescribeKey on arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d map[kms:ResourceAliases:[alias/p/dev/data]]",
			"logs CreateLogGroup: logs:CreateLogGroup on arn:aws:logs:eu-central-1:123456789012:log-group:/p/mine map[]",
			"logs CreateLogGroup: secretsmanager:DescribeSecret on arn:aws:secretsmanager:eu-central-1:123456789012:secret:p/dev/x-AbCdEf map[]",
			"logs PutRetentionPolicy: logs:PutRetentionPolicy on arn:aws:logs:eu-central-1:123456789012:log-group:/p/mine map[]"}},
		"a role": {"aws_iam_role", map[string]any{"name": "mine", "path": "/", "permissions_boundary": "arn:b"}, []string{
			"iam CreateRole: iam:CreateRole on arn:aws:iam::123456789012:role/mine map[iam:PermissionsBoundary:arn:b]",
			"iam CreateRole: iam:TagRole on arn:aws:iam::123456789012:role/mine map[]"}},
	} {
		r := review.ResourceChange{Address: test.kind + ".x", Mode: "managed", Type: test.kind, Change: review.Change{Actions: []string{"create"}, After: test.values}}
		asked, err := (lacking{platform: p, table: table, stack: "dev", plan: &review.Plan{}}).needs(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []string
		for _, a := range asked {
			got = append(got, fmt.Sprintf("%s: %s on %s %v", a.Call, a.Action, a.Request.Resource, a.Request.Context))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

// TestEnvironment: whose a resource of the shared stack is, its address says.
func TestEnvironment(t *testing.T) {
	for address, want := range map[string]string{
		"aws_flow_log.setup_dev_network_flow-log_50FD8BD3":                                     "dev",
		"aws_iam_policy.setup_deploy-role-dev_paperwurks-deploy-role-dev-images_policy_0E598A": "dev",
		"aws_iam_policy.setup_boundary_workload-prod_CEB7BD10":                                 "prod",
		"aws_ssm_parameter.setup_published_dev-image-repository-url_1F52991B":                  "dev",
	} {
		if got := (lacking{stack: config.SharedStack}).environment(review.ResourceChange{Address: address}); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
		if got := (lacking{stack: "staging"}).environment(review.ResourceChange{Address: address}); got != "staging" {
			t.Errorf("%s of staging's stack: %q", address, got)
		}
	}
}
