package stacks_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/tools/synthesised"
	"github.com/paperwurks/infra/tools/terraform"
)

// terraformValidate lets Terraform itself judge a stack, with the real
// provider.
func terraformValidate(t *testing.T, stack synthesised.Stack) {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	source, err := terraform.FindProvider(filepath.Join(repositoryRoot(t), ".local"), config.ProviderVersion, os.Getenv, home)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-backend=false", "-input=false", "-no-color"}, {"validate", "-no-color"}} {
		command := exec.Command("terraform", args...)
		command.Dir = stack.Dir
		command.Env = source.Environment(os.Environ())
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("stack %q: terraform %s: %v\n%s", stack.Name, args[0], err, out)
			return
		}
	}
}

// TestDomain sets a domain: HTTPS to the load balancer, certificates that are
// valid, names in the zone. TestFourthEnvironment has the platform without.
func TestDomain(t *testing.T) {
	settings := config.Platform()
	settings.User.Domain = config.Domain{Name: "paperwurks.example", HostedZoneID: "Z0123456789ABCDEFGHIJ"}
	all := synthesise(t, settings, config.Target{})
	for _, env := range settings.Environments {
		stack := all[env.Name]
		terraformValidate(t, stack)
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
