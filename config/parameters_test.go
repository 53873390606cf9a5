package config

import (
	"slices"
	"strings"
	"testing"
)

// TestParametersAreAContract spells the names out: pipelines of another
// repository read them.
func TestParametersAreAContract(t *testing.T) {
	s := valid()
	var got []string
	for _, parameters := range published(s) {
		for _, p := range parameters {
			if !strings.HasPrefix(p.Name, "/paperwurks/dev/") && (!strings.HasPrefix(p.Name, "/paperwurks/staging/") || strings.Contains(p.Name, "/job/nightly/")) {
				got = append(got, p.Name)
			}
		}
	}
	slices.Sort(got)
	want := []string{
		"/paperwurks/prod/alarm/topic-arn",
		"/paperwurks/prod/database/endpoint",
		"/paperwurks/prod/database/master-secret-arn",
		"/paperwurks/prod/database/name",
		"/paperwurks/prod/documents/bucket",
		"/paperwurks/prod/ecs/cluster-name",
		"/paperwurks/prod/ecs/service-names",
		"/paperwurks/prod/image/platform",
		"/paperwurks/prod/image/repository-name",
		"/paperwurks/prod/image/repository-url",
		"/paperwurks/prod/jobs/dead-letter-queue-arn",
		"/paperwurks/prod/jobs/schedule-group",
		"/paperwurks/prod/jobs/scheduler-role-arn",
		"/paperwurks/prod/network/private-subnet-ids",
		"/paperwurks/prod/network/vpc-id",
		"/paperwurks/prod/off-hours",
		"/paperwurks/prod/public/distribution-id",
		"/paperwurks/prod/public/url",
		"/paperwurks/prod/role/deploy-role-arn",
		"/paperwurks/prod/secret/session-key-arn",
		"/paperwurks/prod/service/migrate/container-name",
		"/paperwurks/prod/service/migrate/execution-role-arn",
		"/paperwurks/prod/service/migrate/log-group",
		"/paperwurks/prod/service/migrate/name",
		"/paperwurks/prod/service/migrate/security-group-id",
		"/paperwurks/prod/service/migrate/task-definition-arn",
		"/paperwurks/prod/service/migrate/task-family",
		"/paperwurks/prod/service/migrate/task-role-arn",
		"/paperwurks/prod/service/web/container-name",
		"/paperwurks/prod/service/web/execution-role-arn",
		"/paperwurks/prod/service/web/log-group",
		"/paperwurks/prod/service/web/name",
		"/paperwurks/prod/service/web/security-group-id",
		"/paperwurks/prod/service/web/task-definition-arn",
		"/paperwurks/prod/service/web/task-family",
		"/paperwurks/prod/service/web/task-role-arn",
		"/paperwurks/prod/service/worker/container-name",
		"/paperwurks/prod/service/worker/execution-role-arn",
		"/paperwurks/prod/service/worker/log-group",
		"/paperwurks/prod/service/worker/name",
		"/paperwurks/prod/service/worker/security-group-id",
		"/paperwurks/prod/service/worker/task-definition-arn",
		"/paperwurks/prod/service/worker/task-family",
		"/paperwurks/prod/service/worker/task-role-arn",
		"/paperwurks/shared/github/oidc-provider-arn",
		"/paperwurks/shared/role/infra-diff-role-arn",
		"/paperwurks/shared/role/infra-report-role-arn",
		"/paperwurks/shared/role/infra-role-arn",
		"/paperwurks/shared/state/bucket",
		"/paperwurks/shared/state/kms-key-arn",
		"/paperwurks/staging/job/nightly/schedule",
		"/paperwurks/staging/job/nightly/time-limit-seconds",
		"/paperwurks/staging/job/nightly/time-zone",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestOutputName(t *testing.T) {
	if got := OutputName("paperwurks", valid().Parameters().TaskRoleARN("prod", "web-api")); got != "prod_service_web_api_task_role_arn" {
		t.Errorf("got %q", got)
	}
}

// TestParametersStayOnTheirPath: what deploy-role may read is decided by path.
func TestParametersStayOnTheirPath(t *testing.T) {
	s := valid()
	p := s.Parameters()
	for method, parameters := range published(s) {
		for _, parameter := range parameters {
			var on []string
			for _, path := range []string{p.Path("shared"), p.Path("dev"), p.Path("staging"), p.Path("prod")} {
				if strings.HasPrefix(parameter.Name, path) {
					on = append(on, path)
				}
			}
			if len(on) != 1 {
				t.Errorf("%s: %s is on the paths %v, want one", method, parameter.Name, on)
			}
		}
	}
}
