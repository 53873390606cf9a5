package stacks_test

import (
	"os"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
)

// TestDomain sets a domain: HTTPS to the load balancer, certificates that are
// valid, names in the zone. TestOptions has a platform without.
func TestDomain(t *testing.T) {
	settings := config.Fixture()
	all := synthesise(t, settings, config.Target{})
	for _, env := range settings.Environments {
		stack := all[env.Name]
		terraformValidates(t, stack)
		protocols := map[string]string{}
		for _, l := range stack.Resource["aws_lb_listener"] {
			protocols[l["protocol"].(string)] = at(l, "default_action", 0, "type").(string)
		}
		if protocols["HTTPS"] != "forward" || protocols["HTTP"] != "redirect" {
			t.Errorf("%s: listeners %v, want HTTPS to forward and HTTP to redirect", env.Name, protocols)
		}
		host := settings.Hostname(env)
		for _, d := range stack.Resource["aws_cloudfront_distribution"] {
			if got := at(d, "aliases", 0); got != host {
				t.Errorf("%s: alias %v, want %q", env.Name, got, host)
			}
			if got := at(d, "viewer_certificate", "minimum_protocol_version"); got != "TLSv1.2_2021" {
				t.Errorf("%s: oldest TLS %v", env.Name, got)
			}
		}
		for _, o := range stack.Resource["aws_cloudfront_vpc_origin"] {
			if got := at(o, "vpc_origin_endpoint_config", 0, "origin_protocol_policy"); got != "https-only" {
				t.Errorf("%s: CloudFront speaks %v to the load balancer", env.Name, got)
			}
		}
		names := map[any]bool{}
		for _, r := range stack.Resource["aws_route53_record"] {
			if r["type"] == "A" || r["type"] == "AAAA" {
				names[r["name"]] = true
			}
		}
		if !names[host] {
			t.Errorf("%s: no DNS record for %q", env.Name, host)
		}
	}
}

// TestOptions turns on what this platform leaves off: interface endpoints in
// place of NAT, and a second routed service.
func TestOptions(t *testing.T) {
	settings := config.Fixture()
	settings.User.Domain = config.Domain{}
	env := &settings.Environments[0]
	env.Network.NAT = config.NATNone
	env.Network.InterfaceEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms", "ssm"}
	api := env.Services[0]
	api.Name = "api"
	api.Route = &config.Route{Port: 9090, HealthCheckPath: "/health", Paths: []string{"/api/*"}}
	env.Services = append(env.Services, api)
	all := synthesise(t, settings, config.Target{})
	terraformValidates(t, all[config.SharedStack])
	terraformValidates(t, all[env.Name])

	interfaces := map[any]bool{}
	for _, e := range all[config.SharedStack].Resource["aws_vpc_endpoint"] {
		if e["vpc_endpoint_type"] == "Interface" {
			interfaces[e["service_name"]] = true
			if e["private_dns_enabled"] != true {
				t.Errorf("%v: tasks would not find it", e["service_name"])
			}
		}
	}
	for _, service := range env.Network.InterfaceEndpoints {
		if !interfaces["com.amazonaws."+settings.Region+"."+service] {
			t.Errorf("no interface endpoint for %s", service)
		}
	}
	for name, rule := range all[env.Name].Resource["aws_vpc_security_group_egress_rule"] {
		if cidr, ok := rule["cidr_ipv4"]; ok && cidr != env.Network.CIDR {
			t.Errorf("%s leads to %v, where there is no way to", name, cidr)
		}
	}
	lists := map[any]bool{}
	for _, l := range all[env.Name].Data["aws_ec2_managed_prefix_list"] {
		lists[l["name"]] = true
	}
	if !lists["com.amazonaws."+settings.Region+".s3"] {
		t.Error("tasks do not reach S3, where ECR keeps image layers")
	}
	rules := all[env.Name].Resource["aws_lb_listener_rule"]
	if len(rules) != 1 {
		t.Fatalf("%d listener rules, want one for the second routed service", len(rules))
	}
	for _, rule := range rules {
		if got := at(rule, "condition", 0, "path_pattern", "values", 0); got != "/api/*" {
			t.Errorf("the rule matches %v", got)
		}
	}
	if got := len(all[env.Name].Resource["aws_lb_target_group"]); got != 2 {
		t.Errorf("%d target groups, want 2", got)
	}
}

// The local target reaches nothing but the emulator, and leaves nothing of
// itself in stacks for AWS.
func TestLocalTarget(t *testing.T) {
	endpoint := "http://127.0.0.1:4566"
	local := synthesise(t, config.Platform(), config.Target{LocalEndpoint: endpoint, LocalState: t.TempDir()})
	for name, stack := range local {
		for _, p := range providersOf(t, stack.File) {
			endpoints, _ := at(p, "endpoints", 0).(map[string]any)
			if len(endpoints) == 0 {
				t.Errorf("%s: a provider without endpoints", name)
			}
			for service, url := range endpoints {
				if url != endpoint {
					t.Errorf("%s: %s goes to %v", name, service, url)
				}
			}
		}
	}
	for name, stack := range platform(t) {
		text, err := os.ReadFile(stack.File)
		if err != nil {
			t.Fatal(err)
		}
		for _, trace := range []string{"127.0.0.1", "localhost", "access_key", "secret_key", "path_style", "skip_credentials_validation", `"local"`} {
			if strings.Contains(string(text), trace) {
				t.Errorf("%s: %q is in a stack for AWS", name, trace)
			}
		}
	}
}

// The state bucket of an emulator is the emulator's too, for its own account.
func TestLocalTargetWithItsStateBucket(t *testing.T) {
	endpoint := "http://127.0.0.1:4566"
	for name, stack := range synthesise(t, config.Platform(), config.Target{LocalEndpoint: endpoint}) {
		backend := readBackend(t, stack.File)
		if got := at(backend, "allowed_account_ids", 0); got != config.LocalAccountID {
			t.Errorf("%s: state of account %v is allowed", name, got)
		}
		if got := at(backend, "endpoints", "s3"); got != endpoint {
			t.Errorf("%s: the state's S3 is %v", name, got)
		}
		for _, p := range providersOf(t, stack.File) {
			if got := at(p, "allowed_account_ids", 0); got != config.LocalAccountID {
				t.Errorf("%s: account %v is allowed", name, got)
			}
		}
	}
}

// While an example is left no account but the documentation's example is
// allowed, which belongs to nobody; then exactly the user's.
func TestAllowedAccount(t *testing.T) {
	filledIn, exampleLeft := config.Fixture(), config.Fixture()
	exampleLeft.User.AlarmEmail = config.ExampleUser().AlarmEmail
	for want, settings := range map[string]config.Settings{filledIn.User.AccountID: filledIn, config.ExampleAccountID: exampleLeft} {
		for name, stack := range synthesise(t, settings, config.Target{}) {
			for _, p := range providersOf(t, stack.File) {
				if got := at(p, "allowed_account_ids", 0); got != want {
					t.Errorf("%s: account %v is allowed, want %q", name, got, want)
				}
			}
			if got := at(readBackend(t, stack.File), "allowed_account_ids", 0); got != want {
				t.Errorf("%s: state of account %v is allowed, want %q", name, got, want)
			}
		}
	}
}

func providersOf(t *testing.T, file string) []any {
	t.Helper()
	providers, _ := at(readJSON(t, file), "provider", "aws").([]any)
	if len(providers) == 0 {
		t.Fatalf("%s: no provider", file)
	}
	return providers
}
