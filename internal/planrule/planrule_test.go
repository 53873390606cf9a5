package planrule

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
	"github.com/paperwurks/infra/internal/synthesised"
)

var today = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// resource is one change of a plan; before and after are JSON, "" for none.
func resource(address, actions, before, after string) string {
	kind, _, _ := strings.Cut(address, ".")
	null := func(s string) string {
		if s == "" {
			return "null"
		}
		return s
	}
	return fmt.Sprintf(`{"address": %q, "mode": "managed", "type": %q, "change": {"actions": [%s], "before": %s, "after": %s}}`,
		address, kind, `"`+strings.ReplaceAll(actions, " ", `", "`)+`"`, null(before), null(after))
}

func definition(port int, secrets, variables string) string {
	containers := fmt.Sprintf(`[{"name": "web", "secrets": [%s], "environment": [%s], "portMappings": [{"containerPort": %d}]}]`, secrets, variables, port)
	quoted, _ := json.Marshal(containers)
	return `{"container_definitions": ` + string(quoted) + `}`
}

const (
	kept       = `{"force_destroy": false, "force_delete": false}`
	disposable = `{"force_destroy": true, "force_delete": true}`
	key        = `{"name": "SESSION_KEY", "valueFrom": "arn:secret"}`
	database   = `{"name": "DATABASE_HOST", "value": "db"}`
)

func policy(resource string) string {
	return fmt.Sprintf(`{"policy": "{\"Resource\":\"%s\"}"}`, resource)
}

// TestRules has plans that are refused, each with words of the refusal, and such
// that are not: those want "".
func TestRules(t *testing.T) {
	bucket := func(state string) string {
		return resource("aws_s3_bucket.environment_documents_bucket_1", "no-op", state, state)
	}
	images := func(env, actions, state string) string {
		return resource("aws_ecr_repository.setup_"+env+"_images_repository_1", actions, state, state)
	}
	service := func(actions string) string {
		return resource("aws_ecs_service.environment_web_service_1", actions, `{"name": "paperwurks-staging-web"}`, `{"name": "paperwurks-staging-web"}`)
	}
	task := func(before, after string) string {
		return resource("aws_ecs_task_definition.environment_web-task_definition_1", "delete create", before, after)
	}
	job := func(user string) string {
		containers, _ := json.Marshal(`[{"name": "web", "environment": [{"name": "DATABASE_USER", "value": "` + user + `"}]}, {"name": "time-limit"}]`)
		return `{"container_definitions": ` + string(containers) + `}`
	}
	jobRole := func(before, after string) string {
		return resource("aws_iam_role_policy.environment_web-task_task-role_policy_1", "update", policy("x/"+before), policy("x/"+after))
	}
	approved := func(a config.Approval) func(*config.Settings) {
		a.Reason, a.Until = "agreed with everybody on Monday", "2026-11-26"
		return func(s *config.Settings) { s.Approved = []config.Approval{a} }
	}
	without := func(name string) func(*config.Settings) {
		return func(s *config.Settings) {
			for i, e := range s.Environments {
				if e.Name == name {
					s.Environments = append(s.Environments[:i:i], s.Environments[i+1:]...)
					return
				}
			}
		}
	}
	for _, test := range []struct {
		name, stack string
		plan        []string
		settings    func(*config.Settings)
		held        map[string]int
		want        string
	}{
		{name: "nothing", stack: "prod"},
		{name: "a database goes", stack: "staging", plan: []string{bucket(kept), resource("aws_db_instance.environment_database_1", "delete", `{}`, "")},
			want: `destroys the database and what it holds, and staging is not disposable`},
		{name: "a database is replaced", stack: "staging", plan: []string{bucket(kept), resource("aws_db_instance.environment_database_1", "delete create", `{}`, `{}`)}, want: "replaces the database"},
		{name: "backups are no longer copied", stack: "prod", plan: []string{bucket(kept), resource("aws_db_instance_automated_backups_replication.environment_copies_backups_1", "delete", `{}`, "")},
			want: "destroys the copying of backups to another region, and prod is not disposable"},
		{name: "documents are copied anew", stack: "prod", plan: []string{bucket(kept), resource("aws_s3_bucket_replication_configuration.environment_copies_replication_1", "delete create", `{}`, `{}`)},
			want: "replaces the copying of documents to another region"},
		{name: "an approved end of copies", stack: "prod", plan: []string{bucket(kept), resource("aws_db_instance_automated_backups_replication.environment_copies_backups_1", "delete", `{}`, "")},
			settings: approved(config.Approval{Stack: "prod", Address: "aws_db_instance_automated_backups_replication.environment_copies_backups_1"})},
		{name: "copies that the settings end", stack: "prod", plan: []string{bucket(kept), resource("aws_db_instance_automated_backups_replication.environment_copies_backups_1", "delete", `{}`, ""),
			resource("aws_s3_bucket_replication_configuration.environment_copies_replication_1", "delete", `{}`, "")},
			settings: func(s *config.Settings) { s.Environments[2].Copies.Ended = config.CopiesKept }},
		{name: "copies that the settings end, replaced", stack: "prod", plan: []string{bucket(kept), resource("aws_db_instance_automated_backups_replication.environment_copies_backups_1", "delete create", `{}`, `{}`)},
			settings: func(s *config.Settings) { s.Environments[2].Copies.Ended = config.CopiesKept }, want: "replaces the copying of backups"},
		{name: "copies that the settings destroy", stack: "prod", plan: []string{bucket(kept), resource("aws_kms_key.environment_copies_key_1", "delete", `{}`, "")},
			settings: func(s *config.Settings) { s.Environments[2].Copies.Ended = config.CopiesDestroyed }, want: "destroys the key"},
		{name: "a disposable one", stack: "dev", plan: []string{bucket(disposable), resource("aws_db_instance.environment_database_1", "delete", `{}`, "")}},
		{name: "one that becomes disposable in the same commit", stack: "staging", settings: func(s *config.Settings) { s.Environments[1].Data = config.Disposable },
			plan: []string{resource("aws_s3_bucket.environment_documents_bucket_1", "update", kept, disposable), resource("aws_db_instance.environment_database_1", "delete", `{}`, "")}, want: "staging is not disposable"},
		{name: "approved", stack: "staging", plan: []string{bucket(kept), resource("aws_db_instance.environment_database_1", "delete", `{}`, "")},
			settings: approved(config.Approval{Stack: "staging", Address: "aws_db_instance.environment_database_1"})},
		{name: "approved for another", stack: "staging", plan: []string{bucket(kept), resource("aws_db_instance.environment_database_1", "delete", `{}`, "")},
			settings: approved(config.Approval{Stack: "prod", Address: "aws_db_instance.environment_database_1"}), want: "destroys the database"},
		{name: "approved until yesterday", stack: "staging", plan: []string{bucket(kept), resource("aws_db_instance.environment_database_1", "delete", `{}`, "")},
			settings: func(s *config.Settings) {
				s.Approved = []config.Approval{{Stack: "staging", Address: "aws_db_instance.environment_database_1", Until: "2026-11-25"}}
			}, want: "destroys the database"},
		{name: "a NAT gateway of staging", stack: "shared", plan: []string{images("staging", "no-op", kept), resource("aws_nat_gateway.setup_staging_network_nat-gateway-b_1", "delete", `{}`, "")},
			want: "destroys the network's way out, and staging is not disposable"},
		{name: "a NAT gateway of dev", stack: "shared", plan: []string{images("dev", "no-op", disposable), resource("aws_nat_gateway.setup_dev_network_nat-gateway-b_1", "delete", `{}`, "")}},
		{name: "the state's bucket", stack: "shared", plan: []string{resource("aws_s3_bucket.setup_state_bucket_1", "delete", kept, "")}, want: "the shared stack is not disposable"},
		{name: "what an earlier replacement left", stack: "staging", plan: []string{bucket(kept), strings.Replace(resource("aws_db_instance.environment_database_1", "delete", `{}`, ""), `{`, `{"deposed": "1a2b", `, 1)}},

		{name: "prod is taken out of the list", stack: "shared", plan: []string{images("prod", "delete", kept), resource("aws_vpc.setup_prod_network_vpc_1", "delete", `{}`, "")},
			settings: without("prod"), held: map[string]int{"prod": 136}, want: `environment "prod" is no longer in the settings, and its stack still has 136 resources in AWS`},
		{name: "also when it is approved", stack: "shared", plan: []string{images("staging", "delete", kept)},
			settings: func(s *config.Settings) {
				without("staging")(s)
				approved(config.Approval{Stack: "shared", Environment: "staging"})(s)
			}, held: map[string]int{"staging": 1}, want: `Remove an environment`},
		{name: "removed by the runbook", stack: "shared", plan: []string{images("staging", "delete", kept)},
			settings: func(s *config.Settings) {
				without("staging")(s)
				approved(config.Approval{Stack: "shared", Environment: "staging"})(s)
			}},
		{name: "made for another commit", stack: "shared", plan: []string{images("sandbox", "delete", disposable)}, want: `are in AWS and not in these settings`},
		{name: "another block under a stack that is there", stack: "shared", held: map[string]int{"dev": 130},
			plan: []string{images("dev", "no-op", disposable), resource("aws_vpc.setup_dev_network_vpc_1", "delete create", `{}`, `{}`)}, want: `the stack "dev" has 130 resources in the network that would go`},
		{name: "another block of an empty network", stack: "shared",
			plan: []string{images("dev", "no-op", disposable), resource("aws_vpc.setup_dev_network_vpc_1", "delete create", `{}`, `{}`)}},

		{name: "a secret at once", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, key, ""), definition(8080, "", "")),
			resource("aws_iam_role_policy.environment_web-task_execution-role_policy_1", "update", policy("arn:secret"), policy("arn:other"))},
			want: "web no longer receives SESSION_KEY, but the revision that runs does"},
		{name: "a secret whose grant stays", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, key, ""), definition(8080, "", ""))}},
		{name: "its grant, after the deployment", stack: "dev", plan: []string{bucket(disposable),
			resource("aws_iam_role_policy.environment_web-task_execution-role_policy_1", "update", policy("arn:secret"), policy("arn:other"))}},
		{name: "a secret and its container", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, key, ""), `{}`), resource("aws_secretsmanager_secret.s", "delete", `{"arn": "arn:secret"}`, "")},
			want: "web no longer receives SESSION_KEY"},
		{name: "a port at once", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), definition(9090, "", "")),
			resource("aws_vpc_security_group_ingress_rule.a", "update", `{"from_port": 8080}`, `{"from_port": 9090}`)}, want: "no longer listens on port 8080"},
		{name: "a port with the former one", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), definition(9090, "", "")),
			resource("aws_vpc_security_group_ingress_rule.a", "update", `{"from_port": 8080}`, `{"from_port": 9090}`), resource("aws_vpc_security_group_ingress_rule.b", "create", "", `{"from_port": 8080}`)}},
		{name: "the database at once", stack: "dev", plan: []string{bucket(disposable), task(definition(1, "", database), definition(1, "", "")),
			resource("aws_iam_role_policy.environment_web-task_task-role_policy_1", "update", policy("db"), policy("none"))}, want: "web no longer uses the database"},
		{name: "the database with its grant", stack: "dev", plan: []string{bucket(disposable), task(definition(1, "", database), definition(1, "", ""))}},

		{name: "a job's user at once", stack: "dev", plan: []string{bucket(disposable), task(job("backend"), job("backend_readonly")), jobRole("backend", "backend_readonly")},
			want: "web is to sign in to the database as backend_readonly, but the revision that runs signs in as backend, which its role no longer may"},
		{name: "a job's user, back at once", stack: "dev", plan: []string{bucket(disposable), task(job("backend_readonly"), job("backend")), jobRole("backend_readonly", "backend")}, want: "signs in as backend_readonly, which"},
		{name: "a job's user with the former one", stack: "dev", plan: []string{bucket(disposable), task(job("backend"), job("backend_readonly")), jobRole("backend", `backend\",\"x/backend_readonly`)}},
		{name: "the former user, after the deployment", stack: "dev", plan: []string{bucket(disposable), task(job("backend_readonly"), job("backend_readonly")), jobRole(`backend\",\"x/backend_readonly`, "backend_readonly")}},
		{name: "a job's user, and another's role", stack: "dev", plan: []string{bucket(disposable), task(job("backend"), job("backend_readonly")), strings.Replace(jobRole("backend", "backend_readonly"), "_web-task", "_worker-task", 1)}},
		{name: "a job's user is not known yet", stack: "dev", plan: []string{bucket(disposable), task(job("backend"), `{}`), jobRole("backend", "backend_readonly")}},
		{name: "a job's role is not known yet", stack: "dev", plan: []string{bucket(disposable), task(job("backend"), job("backend_readonly")),
			resource("aws_iam_role_policy.environment_web-task_task-role_policy_1", "update", policy("x/backend"), `{}`)}},

		{name: "a service gets a route", stack: "dev", plan: []string{bucket(disposable), service("no-op"), resource("aws_lb_target_group.t", "create", "", `{"name": "paperwurks-staging-web"}`)}, want: "would get a route"},
		{name: "a service loses its route", stack: "dev", plan: []string{bucket(disposable), service("update"), resource("aws_lb_target_group.t", "delete", `{"name": "paperwurks-staging-web"}`, "")}, want: "would lose its target group"},
		{name: "a service goes with its route", stack: "staging", plan: []string{bucket(kept), service("delete"), resource("aws_lb_target_group.t", "delete", `{"name": "paperwurks-staging-web"}`, "")}},
		{name: "a service is replaced", stack: "staging", plan: []string{bucket(kept), service("delete create")}, want: "replaces a service and the tasks that answer"},
		{name: "requests for a service without a task", stack: "staging", plan: []string{bucket(kept), resource("aws_lb_target_group.t", "create", "", `{"name": "paperwurks-staging-site"}`),
			resource("aws_lb_listener.l", "update", `{"default_action": [{"target_group_arn": "a"}]}`, `{"default_action": [{"target_group_arn": null}]}`)}, want: "has no task until the backend deploys it"},
		{name: "the same where nobody minds", stack: "dev", plan: []string{bucket(disposable), resource("aws_lb_target_group.t", "create", "", `{"name": "paperwurks-dev-site"}`),
			resource("aws_lb_listener.l", "update", `{"default_action": [{"target_group_arn": "a"}]}`, `{"default_action": [{"target_group_arn": null}]}`)}},
		{name: "rules change places", stack: "dev", plan: []string{bucket(disposable), resource("aws_lb_listener_rule.a", "update", `{"listener_arn": "l", "priority": 10}`, `{"listener_arn": "l", "priority": 20}`), resource("aws_lb_listener_rule.b", "update", `{"listener_arn": "l", "priority": 20}`, `{"listener_arn": "l", "priority": 10}`)},
			want: "it would take priority 20, which aws_lb_listener_rule.b has"},
		{name: "a rule at the end", stack: "dev", plan: []string{bucket(disposable), resource("aws_lb_listener_rule.a", "no-op", `{"listener_arn": "l", "priority": 10}`, `{"listener_arn": "l", "priority": 10}`), resource("aws_lb_listener_rule.b", "create", "", `{"listener_arn": "l", "priority": 20}`)}},
		{name: "a rule of another listener takes the place of one", stack: "dev", plan: []string{bucket(disposable), resource("aws_lb_listener_rule.a", "delete", `{"listener_arn": "l", "priority": 20}`, ""), resource("aws_lb_listener_rule.b", "create", "", `{"priority": 20}`)}},

		{name: "an earlier version", stack: "dev", plan: []string{bucket(disposable), resource("aws_db_instance.d", "update", `{"engine_version": "17.4"}`, `{"engine_version": "16"}`)}, want: "PostgreSQL 17 cannot become 16"},
		{name: "a later version in the window", stack: "dev", plan: []string{bucket(disposable), resource("aws_db_instance.d", "update", `{"engine_version": "17"}`, `{"engine_version": "18", "apply_immediately": false}`)}, want: "PostgreSQL 17 becomes 18"},
		{name: "a later version now", stack: "dev", plan: []string{bucket(disposable), resource("aws_db_instance.d", "update", `{"engine_version": "17"}`, `{"engine_version": "18", "apply_immediately": true}`)}},
		{name: "the same version", stack: "dev", plan: []string{bucket(disposable), resource("aws_db_instance.d", "update", `{"engine_version": "17.4"}`, `{"engine_version": "17"}`)}},

		// Each condition of a rule by itself.
		{name: "one bucket of two was kept", stack: "staging", plan: []string{resource("aws_s3_bucket.a", "no-op", disposable, disposable), resource("aws_ecr_repository.b", "no-op", kept, kept), resource("aws_vpc.a", "delete", `{}`, "")}, want: "staging is not disposable"},
		{name: "nothing in AWS tells", stack: "dev", plan: []string{resource("aws_vpc.a", "delete", `{}`, "")}},
		{name: "nothing in AWS tells, of another", stack: "staging", plan: []string{resource("aws_vpc.a", "delete", `{}`, "")}, want: "staging is not disposable"},
		{name: "another's bucket does not tell", stack: "shared", plan: []string{images("dev", "no-op", disposable), resource("aws_subnet.setup_staging_network_a_1", "delete", `{}`, "")}, want: "staging is not disposable"},
		{name: "approved by environment", stack: "shared", plan: []string{images("staging", "no-op", kept), resource("aws_eip.setup_staging_network_a_1", "delete", `{}`, "")},
			settings: approved(config.Approval{Stack: "shared", Environment: "staging"})},
		{name: "approved for another environment", stack: "shared", plan: []string{images("staging", "no-op", kept), resource("aws_eip.setup_staging_network_a_1", "delete", `{}`, "")},
			settings: approved(config.Approval{Stack: "shared", Environment: "dev"}), want: "destroys an address"},
		{name: "an address approved is no environment", stack: "shared", plan: []string{resource("aws_s3_bucket.setup_state_bucket_1", "delete", kept, "")}, settings: approved(config.Approval{Stack: "shared", Address: "aws_s3_bucket.other"}), want: "the shared stack is not disposable"},
		{name: "a service goes", stack: "staging", plan: []string{bucket(kept), resource("aws_ecs_service.environment_web_service_1", "delete", `{"name": "a"}`, "")}},
		{name: "a gateway endpoint goes", stack: "shared", plan: []string{images("staging", "no-op", kept), resource("aws_vpc_endpoint.setup_staging_network_s3_1", "delete", `{"vpc_endpoint_type": "Gateway"}`, "")}, want: "the network's way to S3"},
		{name: "an interface endpoint goes", stack: "shared", plan: []string{images("staging", "no-op", kept), resource("aws_vpc_endpoint.setup_staging_network_ecr_1", "delete", `{"vpc_endpoint_type": "Interface"}`, "")}},
		{name: "what nobody misses", stack: "staging", plan: []string{bucket(kept), resource("aws_sns_topic.a", "delete", `{}`, "")}},
		{name: "an alias of an environment that is no longer there", stack: "shared", plan: []string{resource("aws_ssm_parameter.setup_sandbox_network_a_1", "delete", `{}`, "")}},
		{name: "an approval that ended, of an environment", stack: "shared", plan: []string{images("staging", "delete", kept)}, settings: func(s *config.Settings) {
			without("staging")(s)
			s.Approved = []config.Approval{{Stack: "shared", Environment: "staging", Until: "2026-11-25"}}
		}, want: "either staging was made for a commit that is not in this one, or it is to be removed"},
		{name: "subnets under a stack that is there", stack: "shared", held: map[string]int{"dev": 1}, plan: []string{images("dev", "no-op", disposable), resource("aws_subnet.setup_dev_network_a_1", "delete create", `{}`, `{}`)}, want: `AWS refuses it half-way`},
		{name: "a gateway under a stack that is there", stack: "shared", held: map[string]int{"dev": 1}, plan: []string{images("dev", "no-op", disposable), resource("aws_nat_gateway.setup_dev_network_a_1", "delete", `{}`, "")}},
		{name: "another environment's subnet", stack: "shared", held: map[string]int{"dev": 1}, plan: []string{images("dev", "no-op", disposable), images("staging", "no-op", disposable), resource("aws_subnet.setup_staging_network_a_1", "delete", `{}`, ""), resource("aws_nat_gateway.setup_dev_network_a_1", "delete", `{}`, "")}},

		{name: "a secret's grant goes elsewhere", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, "", "")), resource("aws_iam_role_policy.a", "update", policy("arn:secret"), policy("arn:secret and arn:other"))}},
		{name: "a grant that only AWS will know", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, "", "")), resource("aws_iam_role_policy.a", "update", policy("arn:secret"), `{}`)}},
		{name: "a policy of another kind", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, "", "")), resource("aws_sns_topic_policy.a", "update", policy("arn:secret"), policy("none"))}},
		{name: "a policy that goes", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, "", "")), resource("aws_iam_role_policy.a", "delete", policy("arn:secret"), "")}},
		{name: "a secret is replaced", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, "", "")), resource("aws_secretsmanager_secret.s", "delete create", `{"arn": "arn:secret"}`, `{}`)}, want: "no longer receives SESSION_KEY"},
		{name: "another secret goes", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, "", "")), resource("aws_secretsmanager_secret.s", "delete", `{"arn": "arn:other"}`, "")}},
		{name: "a secret stays", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, "", "")), resource("aws_secretsmanager_secret.s", "update", `{"arn": "arn:secret"}`, `{"arn": "arn:secret"}`)}},
		{name: "the same secret by another name", stack: "dev", plan: []string{bucket(disposable), task(definition(1, key, ""), definition(1, `{"name": "OTHER", "valueFrom": "arn:secret"}`, "")),
			resource("aws_iam_role_policy.a", "update", policy("arn:secret"), policy("none"))}},
		{name: "a definition that is changed", stack: "dev", plan: []string{bucket(disposable), resource("aws_ecs_task_definition.a", "update", definition(1, key, ""), definition(1, "", "")), resource("aws_iam_role_policy.a", "update", policy("arn:secret"), policy("none"))}, want: "SESSION_KEY"},
		{name: "a definition that goes", stack: "dev", plan: []string{bucket(disposable), resource("aws_ecs_task_definition.a", "delete", definition(1, key, ""), ""), resource("aws_iam_role_policy.a", "update", policy("arn:secret"), policy("none"))}},
		{name: "the migration's definition", stack: "dev", plan: []string{bucket(disposable), task(strings.ReplaceAll(definition(1, key, ""), "web", "migrate"), strings.ReplaceAll(definition(1, "", ""), "web", "migrate")),
			resource("aws_iam_role_policy.a", "update", policy("arn:secret"), policy("none"))}},
		{name: "a definition of two containers", stack: "dev", plan: []string{bucket(disposable), task(`{"container_definitions": "[{\"name\": \"web\", \"portMappings\": [{\"containerPort\": 8080}]}, {}]"}`, definition(1, "", "")),
			resource("aws_vpc_security_group_ingress_rule.a", "update", `{"from_port": 8080}`, `{"from_port": 9090}`)}},
		{name: "a port that stays", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), definition(8080, "", "")), resource("aws_vpc_security_group_ingress_rule.a", "update", `{"from_port": 8080}`, `{"from_port": 9090}`)}},
		{name: "a port's rule goes", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), `{}`), resource("aws_vpc_security_group_ingress_rule.a", "delete", `{"from_port": 8080}`, "")}, want: "no longer listens on port 8080"},
		{name: "one of two rules of a port goes", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), definition(9090, "", "")), resource("aws_vpc_security_group_ingress_rule.a", "delete", `{"from_port": 8080}`, ""),
			resource("aws_vpc_security_group_ingress_rule.b", "no-op", `{"from_port": 8080}`, `{"from_port": 8080}`)}, want: "no longer listens on port 8080"},
		{name: "another port's rule goes", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), definition(9090, "", "")), resource("aws_vpc_security_group_ingress_rule.a", "delete", `{"from_port": 8081}`, "")}},
		{name: "a port's rule stays", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), definition(9090, "", "")), resource("aws_vpc_security_group_ingress_rule.a", "no-op", `{"from_port": 8080}`, `{"from_port": 8080}`)}},
		{name: "a rule of another kind", stack: "dev", plan: []string{bucket(disposable), task(definition(8080, "", ""), definition(9090, "", "")), resource("aws_vpc_security_group_egress_rule.a", "delete", `{"from_port": 8080}`, "")}},
		{name: "the documents at once", stack: "dev", plan: []string{bucket(disposable), task(definition(1, "", `{"name": "DOCUMENTS_BUCKET", "value": "b"}`), definition(1, "", "")),
			resource("aws_iam_role_policy.environment_web-task_task-role_policy_1", "update", policy("b"), policy("none"))}, want: "web no longer uses the documents"},
		{name: "the database by another service's role", stack: "dev", plan: []string{bucket(disposable), task(definition(1, "", database), definition(1, "", "")), resource("aws_iam_role_policy.environment_worker-task_task-role_policy_1", "update", policy("db"), policy("none"))}},
		{name: "the database stays", stack: "dev", plan: []string{bucket(disposable), task(definition(1, "", database), definition(1, "", database)), resource("aws_iam_role_policy.environment_web-task_task-role_policy_1", "update", policy("db"), policy("none"))}},
		{name: "a policy that is no inline one", stack: "dev", plan: []string{bucket(disposable), task(definition(1, "", database), definition(1, "", "")), resource("aws_iam_policy.environment_web-task_task-role_policy_1", "update", policy("db"), policy("none"))}},

		{name: "a target group is replaced", stack: "dev", plan: []string{bucket(disposable), service("no-op"), resource("aws_lb_target_group.t", "create delete", `{"name": "paperwurks-staging-web"}`, `{"name": "paperwurks-staging-web"}`)}, want: "would lose its target group"},
		{name: "a target group is changed", stack: "dev", plan: []string{bucket(disposable), service("no-op"), resource("aws_lb_target_group.t", "update", `{"name": "paperwurks-staging-web"}`, `{"name": "paperwurks-staging-web"}`)}},
		{name: "a service is replaced with its route", stack: "dev", plan: []string{bucket(disposable), service("delete create"), resource("aws_lb_target_group.t", "create", "", `{"name": "paperwurks-staging-web"}`)}},
		{name: "a route of a new service", stack: "dev", plan: []string{bucket(disposable), service("no-op"), resource("aws_lb_target_group.t", "create", "", `{"name": "other"}`)}},
		{name: "requests by path for a service without a task", stack: "staging", plan: []string{bucket(kept), resource("aws_lb_target_group.t", "create", "", `{"name": "site"}`), resource("aws_lb_listener_rule.l", "update", `{"action": [{"target_group_arn": "a"}]}`, `{"action": [{"target_group_arn": null}]}`)}, want: "has no task"},
		{name: "the same, approved", stack: "staging", plan: []string{bucket(kept), resource("aws_lb_target_group.t", "create", "", `{"name": "site"}`), resource("aws_lb_listener.l", "update", `{"default_action": "a"}`, `{"default_action": "b"}`)},
			settings: approved(config.Approval{Stack: "staging", Address: "aws_lb_listener.l"})},
		{name: "a listener that is new", stack: "staging", plan: []string{bucket(kept), resource("aws_lb_target_group.t", "create", "", `{"name": "site"}`), resource("aws_lb_listener.l", "create", "", `{"default_action": "b"}`)}},
		{name: "a listener's certificate", stack: "staging", plan: []string{bucket(kept), resource("aws_lb_target_group.t", "create", "", `{"name": "site"}`), resource("aws_lb_listener.l", "update", `{"certificate_arn": "a"}`, `{"certificate_arn": "b"}`)}},
		{name: "requests for a service that is there", stack: "staging", plan: []string{bucket(kept), resource("aws_lb_listener.l", "update", `{"default_action": "a"}`, `{"default_action": "b"}`)}},
		{name: "an action of something else", stack: "staging", plan: []string{bucket(kept), resource("aws_lb_target_group.t", "create", "", `{"name": "site"}`), resource("aws_wafv2_web_acl.l", "update", `{"default_action": "a"}`, `{"default_action": "b"}`)}},

		{name: "a new rule takes a place", stack: "dev", plan: []string{bucket(disposable), resource("aws_lb_listener_rule.a", "update", `{"priority": 10}`, `{"priority": 11}`), resource("aws_lb_listener_rule.b", "create", "", `{"priority": 10}`)}, want: "aws_lb_listener_rule.b: it would take priority 10, which aws_lb_listener_rule.a has"},
		{name: "a rule that goes", stack: "dev", plan: []string{bucket(disposable), resource("aws_lb_listener_rule.a", "delete", `{"priority": 10}`, ""), resource("aws_lb_listener_rule.b", "no-op", `{"priority": 20}`, `{"priority": 20}`)}},
		{name: "a rule's path", stack: "dev", plan: []string{bucket(disposable), resource("aws_lb_listener_rule.a", "update", `{"priority": 10, "x": 1}`, `{"priority": 10, "x": 2}`)}},

		{name: "an unknown version", stack: "dev", plan: []string{bucket(disposable), resource("aws_db_instance.d", "update", `{"engine_version": "17"}`, `{}`)}},
		{name: "a version that was unknown", stack: "dev", plan: []string{bucket(disposable), resource("aws_db_instance.d", "update", `{}`, `{"engine_version": "17"}`)}},
		{name: "the version of something else", stack: "dev", plan: []string{bucket(disposable), resource("aws_ecs_service.d", "update", `{"engine_version": "17"}`, `{"engine_version": "16"}`)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := review.Decode([]byte(`{"format_version": "1.2", "resource_changes": [` + strings.Join(test.plan, ",") + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			settings := config.Fixture()
			if test.settings != nil {
				test.settings(&settings)
			}
			refusals := Check(test.stack, plan, Facts{Settings: settings, Held: test.held, Today: today})
			var said []string
			for _, r := range refusals {
				said = append(said, r.Error())
			}
			text := strings.Join(said, "\n")
			if test.want == "" && text != "" || !strings.Contains(text, test.want) {
				t.Errorf("got %q, want %q", text, test.want)
			}
			if strings.Contains(text, "%!") {
				t.Errorf("not a sentence: %s", text)
			}
		})
	}
}

// What an environment that is not disposable keeps, whether it is destroyed or
// replaced, and what is said of it.
func TestKeeps(t *testing.T) {
	for kind, lost := range map[string]string{
		"aws_cloudfront_distribution": "the address that users reach", "aws_db_instance": "the database", "aws_db_subnet_group": "place in the network", "aws_ecr_repository": "the images", "aws_ecs_cluster": "the cluster", "aws_eip": "an address",
		"aws_iam_openid_connect_provider": "way in", "aws_internet_gateway": "way out", "aws_kms_alias": "the name", "aws_kms_key": "the key", "aws_lb": "the load balancer", "aws_nat_gateway": "way out", "aws_route": "a route",
		"aws_route_table": "routes", "aws_route_table_association": "routes", "aws_s3_bucket": "the bucket", "aws_secretsmanager_secret": "the secret", "aws_subnet": "the network", "aws_vpc": "the network",
	} {
		for actions, does := range map[string]string{"delete": "destroys", "delete create": "replaces", "create delete": "replaces"} {
			plan, err := review.Decode([]byte(`{"format_version": "1.2", "resource_changes": [` + resource(kind+".a", actions, `{}`, "") + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			refusals := Check("staging", plan, Facts{Settings: config.Fixture(), Today: today})
			if len(refusals) != 1 || !strings.HasPrefix(refusals[0].Reason, "it "+does+" ") || !strings.Contains(refusals[0].Reason, lost) ||
				!strings.Contains(refusals[0].Next, `{Stack: "staging", Address: "`+kind+`.a", Reason: "…", Until: "2026-12-10"}`) {
				t.Errorf("%s, %s: %v", kind, actions, refusals)
			}
		}
	}
}

// Whose foundation a resource of the shared stack is.
func TestFoundation(t *testing.T) {
	for address, want := range map[string]string{
		"aws_vpc.setup_dev_network_vpc_1": "dev", "aws_ecr_repository.setup_dev_images_repository_1": "dev", "aws_kms_key.setup_dev_images-key_key_1": "dev", "aws_kms_key.setup_qa-2_data-key_key_1": "qa-2", "aws_kms_alias.setup_dev_logs-key_alias_1": "dev",
		"aws_s3_bucket.setup_state_bucket_1": "", "aws_iam_role.setup_infra-role_role_1": "", "aws_kms_key.setup_dev_other-key_key_1": "", "data.aws_vpc.setup_dev_network_vpc_1": "", "aws_vpc.environment_dev_network_vpc_1": "",
	} {
		if got := Foundation(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	plan, err := review.Decode([]byte(`{"format_version": "1.2", "resource_changes": [` + strings.Join([]string{
		resource("aws_vpc.setup_prod_network_vpc_1", "delete", `{}`, ""), resource("aws_vpc.setup_dev_network_vpc_1", "delete create", `{}`, `{}`), resource("aws_subnet.setup_prod_network_a_1", "delete", `{}`, ""),
		resource("aws_vpc.setup_qa_network_vpc_1", "update", `{}`, `{}`), resource("aws_s3_bucket.setup_state_bucket_1", "delete", `{}`, ""),
	}, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := Foundations(plan); !slices.Equal(got, []string{"dev", "prod"}) {
		t.Errorf("%q", got)
	}
}

// The states of environments are read next to that of the shared stack.
func TestHeld(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"prod.tfstate": `{"version": 4, "resources": [{"mode": "managed", "type": "aws_lb", "name": "a", "instances": [{}]}, {"mode": "managed", "type": "aws_lb", "name": "b", "instances": [{}]}]}`,
		"bad.tfstate":  "x",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	asked := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	load := func(name, backend string) synthesised.Stack {
		t.Helper()
		var content map[string]any
		if err := json.Unmarshal([]byte(`{"terraform": {"backend": `+backend+`}, "provider": {"aws": [{"region": "eu-central-1", "https_proxy": "`+server.URL+`"}]}}`), &content); err != nil {
			t.Fatal(err)
		}
		s, err := synthesised.Load(name, content)
		if err != nil {
			t.Fatal(err)
		}
		s.Dir = dir
		return s
	}
	const local = `{"local": {"path": "shared.tfstate"}}`
	destroys := func(name string) *review.Plan {
		return &review.Plan{ResourceChanges: []review.ResourceChange{{Address: "aws_vpc.setup_" + name + "_network_vpc_1", Type: "aws_vpc", Change: review.Change{Actions: []string{"delete"}}}}}
	}
	for _, test := range []struct {
		stack synthesised.Stack
		name  string
		want  map[string]int
	}{
		{load("shared", local), "prod", map[string]int{"prod": 2}},
		{load("shared", local), "none", map[string]int{}},
		{load("dev", local), "prod", map[string]int{}},
		{load("shared", `{"s3": {"bucket": "b", "key": "shared/terraform.tfstate", "region": "eu-central-1"}}`), "prod", map[string]int{}},
	} {
		if got, err := Held(t.Context(), test.stack, destroys(test.name)); err != nil || !maps.Equal(got, test.want) {
			t.Errorf("%s of %s: %v, %v, want %v", test.name, test.stack.Name, got, err, test.want)
		}
	}
	if asked != "/b/prod/terraform.tfstate" {
		t.Errorf("asked for %q", asked)
	}
	shared := load("shared", `{"s3": {"bucket": "b", "key": "k", "region": "eu-central-1"}}`)
	shared.Providers = nil
	if _, err := Held(t.Context(), shared, destroys("prod")); err == nil || !strings.Contains(err.Error(), `stack "prod": no AWS provider`) {
		t.Errorf("got %v", err)
	}
	shared = load("shared", local)
	if _, err := Held(t.Context(), shared, destroys("bad")); err == nil || !strings.Contains(err.Error(), `the state of "bad", whose network or keys the plan of "shared" destroys`) {
		t.Errorf("got %v", err)
	}
	if shared.Backend.Local.Path != "shared.tfstate" {
		t.Errorf("the stack's own backend is changed: %+v", shared.Backend.Local)
	}
}
