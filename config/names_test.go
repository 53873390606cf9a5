package config

import (
	"strings"
	"testing"
)

// TestNamesAreAContract spells the names out: a changed one destroys and
// recreates the resource, so a change here is never in passing.
func TestNamesAreAContract(t *testing.T) {
	n := valid().Names()
	for got, want := range map[string]string{
		n.Project():                               "paperwurks",
		n.Region():                                "eu-central-1",
		n.Account():                               "444455556666",
		n.CIPath():                                "/paperwurks/ci/",
		n.WorkloadPath():                          "/paperwurks/workload/",
		n.BoundaryPath():                          "/paperwurks/boundary/",
		InfraRole:                                 "infra-role",
		InfraDiffRole:                             "infra-diff-role",
		InfraReportRole:                           "infra-report-role",
		n.DeployRole("prod"):                      "deploy-role-prod",
		n.CIRoleARN(InfraRole):                    "arn:aws:iam::444455556666:role/paperwurks/ci/infra-role",
		n.WorkloadRoleARN("x"):                    "arn:aws:iam::444455556666:role/paperwurks/workload/x",
		n.CIBoundary():                            "paperwurks-ci-boundary",
		n.WorkloadBoundary("prod"):                "paperwurks-workload-boundary-prod",
		n.BoundaryARN(n.CIBoundary()):             "arn:aws:iam::444455556666:policy/paperwurks/boundary/paperwurks-ci-boundary",
		n.OIDCProviderARN():                       "arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com",
		n.StateBucket():                           "paperwurks-terraform-state-444455556666",
		n.StateLogBucket():                        "paperwurks-terraform-state-log-444455556666",
		n.Budget("prod"):                          "paperwurks-prod-month",
		n.StateKey("prod"):                        "prod/terraform.tfstate",
		n.In("prod", "a", "b"):                    "paperwurks-prod-a-b",
		n.Cluster("prod") + " cluster":            "paperwurks-prod cluster",
		n.Environment("prod"):                     "paperwurks-prod",
		n.Repository("prod"):                      "paperwurks/prod/backend",
		n.Service("prod", "web"):                  "paperwurks-prod-web",
		n.Service("prod", MigrationTask):          "paperwurks-prod-migrate",
		n.TaskRole("prod", "web"):                 "paperwurks-prod-web-task",
		n.ExecutionRole("prod", "web"):            "paperwurks-prod-web-execution",
		n.DatabaseMonitoringRole("prod"):          "paperwurks-prod-database-monitoring",
		n.FlowLogRole("prod"):                     "paperwurks-prod-flow-log",
		n.LogGroup("prod", "web"):                 "/paperwurks/prod/ecs/web",
		n.LogGroups("prod"):                       "/paperwurks/prod/",
		n.DocumentsBucket("prod"):                 "paperwurks-prod-documents-444455556666",
		n.LogBucket("prod"):                       "paperwurks-prod-log-444455556666",
		n.Database("prod") + " database":          "paperwurks-prod database",
		n.Secret("prod", "session-key"):           "paperwurks/prod/session-key",
		n.DataKeyAlias("prod"):                    "alias/paperwurks/prod/data",
		n.ARN("logs", "log-group:x"):              "arn:aws:logs:eu-central-1:444455556666:log-group:x",
		BucketARN("b"):                            "arn:aws:s3:::b",
		GitHubOIDCHost:                            "token.actions.githubusercontent.com",
		DatabaseName + " and " + DatabaseUser:     "paperwurks and backend",
		DatabaseMigrator + " and " + RolesTask:    "backend_migrator and roles",
		SharedStack + " and " + MigrationTask:     "shared and migrate",
		valid().Hostname(valid().Environments[2]): "app.paperwurks.example",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestHostname(t *testing.T) {
	for _, c := range []struct{ domain, subdomain, want string }{
		{"", "", ""},
		{"", "app", ""},
		{"paperwurks.example", "", "paperwurks.example"},
		{"paperwurks.example", "app", "app.paperwurks.example"},
	} {
		s := Settings{User: User{Domain: Domain{Name: c.domain}}}
		if got := s.Hostname(Environment{Subdomain: c.subdomain}); got != c.want {
			t.Errorf("domain %q, subdomain %q: got %q, want %q", c.domain, c.subdomain, got, c.want)
		}
	}
}

// TestLimitedHoldsEveryName: every method that names a role, a bucket, a load
// balancer or an instance for an environment is among the names whose length
// is checked, or shorter than one that is.
func TestLimitedHoldsEveryName(t *testing.T) {
	s := valid()
	n := s.Names()
	for _, e := range s.Environments {
		names := map[string]int{}
		for _, l := range n.Limited(e) {
			names[l.Kind] = max(names[l.Kind], len(l.Name))
		}
		for kind, made := range map[string][]string{
			"IAM role": {
				n.DeployRole(e.Name), n.DatabaseMonitoringRole(e.Name), n.FlowLogRole(e.Name),
				n.TaskRole(e.Name, "worker"), n.ExecutionRole(e.Name, "worker"), n.ExecutionRole(e.Name, MigrationTask), n.ExecutionRole(e.Name, RolesTask),
			},
			"S3 bucket":     {n.DocumentsBucket(e.Name), n.LogBucket(e.Name)},
			"load balancer": {n.Environment(e.Name)},
			"RDS instance":  {n.Database(e.Name)},
			"target group":  {n.Service(e.Name, "web")},
		} {
			for _, name := range made {
				if len(name) > names[kind] {
					t.Errorf("%s %q is longer than what Limited knows: %d", kind, name, names[kind])
				}
			}
		}
	}
}

// TestLongestProjectFits: whatever project and account are allowed, the names
// that hold no environment fit.
func TestLongestProjectFits(t *testing.T) {
	s := valid()
	s.Project = strings.Repeat("p", maxProject)
	n := s.Names()
	for _, bucket := range []string{n.StateBucket(), n.StateLogBucket()} {
		checkForm(t, "S3 bucket", bucket)
	}
	for _, policy := range []string{n.CIBoundary(), n.WorkloadBoundary("*")} {
		if len(policy) > 128 { // IAM and AWS STS quotas.
			t.Errorf("policy %q: %d characters", policy, len(policy))
		}
	}
	s.Environments = s.Environments[:1]
	s.Environments[0].Name = "dev"
	if err := s.Validate(); err != nil {
		t.Errorf("the longest project and the shortest of the environments: %v", err)
	}
}
