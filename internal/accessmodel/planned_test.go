package accessmodel

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/observed"
	"github.com/paperwurks/infra/internal/golden"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
)

// planOf is a plan that does one thing with every resource of a stack of the
// fixture; what is not known before it is left out, as of a plan.
func planOf(t *testing.T, stack string, actions ...string) *review.Plan {
	t.Helper()
	var changes []map[string]any
	i := slices.IndexFunc(stacksOfTheFixture, func(s synthesised.Stack) bool { return s.Name == stack })
	for kind, byName := range stacksOfTheFixture[i].Resource {
		for name, attributes := range byName {
			known := map[string]any{}
			for key, value := range attributes {
				// A plan knows what refers to a setting of another resource.
				if text, ok := value.(string); ok && strings.HasPrefix(text, "${aws_cloudwatch_event_rule.") {
					rule := strings.TrimSuffix(strings.TrimPrefix(text, "${aws_cloudwatch_event_rule."), ".name}")
					value = stacksOfTheFixture[i].Resource["aws_cloudwatch_event_rule"][rule]["name"]
				}
				if text, ok := value.(string); !ok || !strings.Contains(text, "${") {
					known[key] = value
				}
			}
			if tags, ok := known["tags"]; ok {
				known["tags_all"] = tags
			}
			change := map[string]any{"actions": actions, "before": known, "after": known}
			if slices.Equal(actions, []string{"create"}) {
				change["before"] = nil
			} else if slices.Equal(actions, []string{"delete"}) {
				change["after"] = nil
			}
			changes = append(changes, map[string]any{"address": kind + "." + name, "mode": "managed", "type": kind, "change": change})
		}
	}
	data, err := json.Marshal(map[string]any{"format_version": "1.2", "resource_changes": changes})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := review.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(plan.ResourceChanges, func(a, b review.ResourceChange) int { return strings.Compare(a.Address, b.Address) })
	return plan
}

// lacking is who of a stack's resources infra-role may not make, or destroy, by
// address.
func lacking(t *testing.T, stack string, plan *review.Plan) map[string][]string {
	t.Helper()
	table, err := observed.ReadFile()
	if err != nil {
		t.Fatal(err)
	}
	lacks, err := observed.Lacking(load(t, stacksOfTheFixture), simulator, table, stack, plan)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, l := range lacks {
		out[l.Address] = l.Rights
	}
	return out
}

// TestPlannedChanges: infra-role makes all of every environment, and of shared
// what is not the roles of CI, their boundaries and the state; it destroys dev,
// and nothing of prod that holds data or carries its network.
func TestPlannedChanges(t *testing.T) {
	for _, env := range environmentsOf(config.Fixture()) {
		for address, rights := range lacking(t, env, planOf(t, env, "create")) {
			t.Errorf("making %s of %s asks an administrator for %v", address, env, rights)
		}
	}
	for address, rights := range lacking(t, "dev", planOf(t, "dev", "delete")) {
		t.Errorf("destroying %s of dev asks an administrator for %v", address, rights)
	}

	made := lacking(t, config.SharedStack, planOf(t, config.SharedStack, "create"))
	destroyed := lacking(t, "prod", planOf(t, "prod", "delete"))
	unnamed := lacking(t, config.SharedStack, planOf(t, config.SharedStack, "delete"))
	for _, test := range []struct {
		lacks      map[string][]string
		part, want string
	}{
		{made, "aws_iam_policy.setup_boundary_workload-dev", "iam:CreatePolicy"},
		{made, "aws_iam_role.setup_infra-role_", "iam:CreateRole"},
		{made, "aws_iam_policy.setup_deploy-role-prod_", "iam:CreatePolicy"},
		{made, "aws_s3_bucket_policy.setup_state_", "s3:PutBucketPolicy"},
		{made, "aws_vpc.setup_dev_", ""},
		{made, "aws_ecr_repository.setup_dev_", ""},
		{made, "aws_kms_alias.setup_dev_logs", ""},
		{made, "aws_iam_role.setup_dev_network_flow-log", ""},
		{destroyed, "aws_db_instance.", "rds:DeleteDBInstance"},
		{destroyed, "aws_ecs_service.", "ecs:DeleteService"},
		{destroyed, "aws_s3_bucket.environment_documents", "s3:DeleteBucket"},
		{destroyed, "aws_iam_role.environment_web-task_task-role", "iam:DeleteRole"},
		{destroyed, "aws_kms_alias.environment_edge-logs-key", "kms:DeleteAlias"},
		{destroyed, "aws_cloudwatch_metric_alarm.", ""},
		{unnamed, "aws_nat_gateway.setup_prod_", "ec2:DeleteNatGateway"},
		{unnamed, "aws_subnet.setup_prod_", "ec2:DeleteSubnet"},
		{unnamed, "aws_kms_alias.setup_prod_images", "kms:DeleteAlias"},
		{unnamed, "aws_ecr_repository.setup_prod_", "ecr:DeleteRepository"},
		{unnamed, "aws_nat_gateway.setup_dev_", ""},
		{unnamed, "aws_kms_alias.setup_staging_images", ""},
	} {
		found := ""
		for address, rights := range test.lacks {
			if strings.HasPrefix(address, test.part) {
				found = fmt.Sprint(rights)
			}
		}
		if (found == "") != (test.want == "") || !strings.Contains(found, test.want) {
			t.Errorf("%s: asks an administrator for %q, want %q", test.part, found, test.want)
		}
	}
	t.Logf("an administrator makes %d resources of shared, and destroys %d of it and %d of prod", len(made), len(unnamed), len(destroyed))
}

// TestEveryTypeIsKnown: a type that the stacks make and whose calls nobody knows
// would be applied by whoever is not asked.
func TestEveryTypeIsKnown(t *testing.T) {
	for _, s := range stacksOfTheFixture {
		lacking(t, s.Name, planOf(t, s.Name, "update"))
	}
}

// TestSampleLacks: what infra-role may not do of the plan of docs/sample-diff.md,
// simulated with the settings that it was made for.
func TestSampleLacks(t *testing.T) {
	settings := config.Fixture().OnLocalAWS()
	preview := settings.Environments[0]
	preview.Name, preview.Subdomain, preview.Network.CIDR = "preview", "preview", "10.23.0.0/16"
	settings.Environments = append(settings.Environments, preview)
	made, err := synthesise(settings)
	if err != nil {
		t.Fatal(err)
	}
	table, err := observed.ReadFile()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("..", "review", "testdata")
	data, err := os.ReadFile(filepath.Join(folder, "shared.json"))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := review.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	lacks, err := observed.Lacking(load(t, made), simulator, table, config.SharedStack, plan)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(lacks, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join(folder, "lacks.json"), string(got)+"\n", "make sample")
}
