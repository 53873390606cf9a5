package planrule

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
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
