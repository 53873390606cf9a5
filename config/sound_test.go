package config

import (
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// checkSound fails when settings that Validate accepts give names, addresses
// or parameters that AWS would refuse or that two resources would share.
func checkSound(t *testing.T, s Settings) {
	t.Helper()
	checkAddresses(t, s)
	checkNames(t, s)
	checkParameters(t, s)
	checkVariables(t, s)
}

func checkAddresses(t *testing.T, s Settings) {
	t.Helper()
	plan := netip.MustParsePrefix(s.AddressPlan)
	var all []netip.Prefix
	for _, e := range s.Environments {
		subnets, err := Subnets(e.Network.CIDR, s.AvailabilityZones)
		if err != nil {
			t.Errorf("subnets of %q: %v", e.Name, err)
			continue
		}
		if want := len(Tiers()) * len(s.AvailabilityZones); len(subnets) != want {
			t.Errorf("subnets of %q: %d, want %d", e.Name, len(subnets), want)
		}
		block := netip.MustParsePrefix(e.Network.CIDR)
		if !holds(plan, block) {
			t.Errorf("%s of %q is outside the plan %s", block, e.Name, plan)
		}
		for _, subnet := range subnets {
			cidr := netip.MustParsePrefix(subnet.CIDR)
			if !holds(block, cidr) || cidr != cidr.Masked() {
				t.Errorf("%v of %q is no block inside %s", subnet, e.Name, block)
			}
			// Amazon VPC user guide, "Subnet CIDR blocks".
			if cidr.Bits() < 16 || cidr.Bits() > 28 {
				t.Errorf("%v of %q: AWS takes /16 to /28", subnet, e.Name)
			}
			for _, other := range all {
				if cidr.Overlaps(other) {
					t.Errorf("%v of %q overlaps %s", subnet, e.Name, other)
				}
			}
			all = append(all, cidr)
		}
	}
}

// Forms of the names that AWS takes, by kind (the creating call in each
// service's API reference).
var nameForms = map[string]*regexp.Regexp{
	"IAM role":               regexp.MustCompile(`^[\w+=,.@-]{1,64}$`),
	"S3 bucket":              regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`),
	"load balancer":          regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`),
	"target group":           regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`),
	"RDS instance":           regexp.MustCompile(`^[a-z](-?[a-z0-9]){0,62}$`),
	"ECR repository":         regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$`),
	"task definition family": regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`),
	"log group":              regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`),
	// IAM API, CreatePolicy: PolicyName.
	"IAM policy": regexp.MustCompile(`^[\w+=,.@-]{1,128}$`),
	// Amazon EventBridge API, PutRule: Name.
	"EventBridge rule": regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`),
	"secret":           regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`),
}

func checkNames(t *testing.T, s Settings) {
	t.Helper()
	n := s.Names()
	for _, e := range s.Environments {
		for _, name := range n.Limited(e) {
			if len(name.Name) > name.Max {
				t.Errorf("%s %q of %q: %d characters, AWS takes %d", name.Kind, name.Name, e.Name, len(name.Name), name.Max)
			}
			checkForm(t, name.Kind, name.Name)
		}
	}
	owners := map[string]string{}
	for _, o := range s.owned() {
		checkForm(t, o.kind, o.name)
		key := o.kind + " " + strings.ToLower(o.name)
		if owner, taken := owners[key]; taken {
			t.Errorf("%s %q is both %s's and %s's", o.kind, o.name, owner, o.path)
		}
		owners[key] = o.path
	}
	checkPatterns(t, s)
}

func checkForm(t *testing.T, kind, name string) {
	t.Helper()
	form, known := nameForms[kind]
	if !known {
		t.Errorf("no form is known for %s", kind)
	} else if !form.MatchString(name) {
		t.Errorf("%s %q: AWS takes %s", kind, name, form)
	}
}

// checkPatterns compares each environment's roles with the patterns that
// policies name another's by.
func checkPatterns(t *testing.T, s Settings) {
	t.Helper()
	n := s.Names()
	for _, e := range s.Environments {
		for _, other := range s.Environments {
			if e.Name == other.Name {
				continue
			}
			prefix, suffix, _ := strings.Cut(n.TaskRole(e.Name, "*"), "*")
			for _, service := range append(other.Services, Service{Name: MigrationTask}) {
				if role := n.TaskRole(other.Name, service.Name); strings.HasPrefix(role, prefix) && strings.HasSuffix(role, suffix) {
					t.Errorf("role %q of %q matches %s*%s of %q", role, other.Name, prefix, suffix, e.Name)
				}
			}
		}
	}
}

// published are all parameters of the settings: every method of Parameters
// that gives one, with every environment, service and secret.
func published(s Settings) map[string][]Parameter {
	parameter := reflect.TypeFor[Parameter]()
	methods := reflect.ValueOf(s.Parameters())
	out := map[string][]Parameter{}
	for i := range methods.NumMethod() {
		method, name := methods.Method(i), methods.Type().Method(i).Name
		if method.Type().NumOut() != 1 || method.Type().Out(0) != parameter {
			continue
		}
		call := func(args ...string) {
			values := make([]reflect.Value, len(args))
			for i, arg := range args {
				values[i] = reflect.ValueOf(arg)
			}
			out[name] = append(out[name], method.Call(values)[0].Interface().(Parameter))
		}
		if method.Type().NumIn() == 0 {
			call()
			continue
		}
		for _, e := range s.Environments {
			if method.Type().NumIn() == 1 {
				call(e.Name)
				continue
			}
			of := append([]string(nil), e.Secrets...)
			if name != "SecretARN" {
				of = []string{MigrationTask}
				for _, task := range e.Tasks() {
					of = append(of, task.Name)
				}
				if strings.HasPrefix(name, "Job") {
					of = of[1+len(e.Services):]
				}
			}
			for _, second := range of {
				call(e.Name, second)
			}
		}
	}
	return out
}

var parameterForm = regexp.MustCompile(`^(/[A-Za-z0-9_.-]+)+$`)

func checkParameters(t *testing.T, s Settings) {
	t.Helper()
	n := s.Names()
	seen, seenAsOutput := map[string]string{}, map[string]string{}
	for method, parameters := range published(s) {
		for _, p := range parameters {
			if method2, taken := seen[p.Name]; taken {
				t.Errorf("%s is both %s and %s", p.Name, method2, method)
			}
			seen[p.Name] = method
			output := OutputName(s.Project, p)
			if method2, taken := seenAsOutput[output]; taken {
				t.Errorf("output %s is both %s and %s", output, method2, method)
			}
			seenAsOutput[output] = method
			if strings.HasPrefix(output, CrossingPrefix) {
				t.Errorf("output %s of %s starts as one that is not published", output, method)
			}
			// Systems Manager API, PutParameter: Name.
			if arn := n.ARN("ssm", "parameter"+p.Name); len(arn) > 1011 {
				t.Errorf("%s: %d characters, AWS takes 1011", arn, len(arn))
			}
			if depth := strings.Count(p.Name, "/"); depth > 15 {
				t.Errorf("%s: %d levels, AWS takes 15", p.Name, depth)
			}
			if !parameterForm.MatchString(p.Name) {
				t.Errorf("%s: AWS takes %s", p.Name, parameterForm)
			}
			if first := strings.ToLower(p.Name[1:]); strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm") {
				t.Errorf("%s starts with what AWS keeps for itself", p.Name)
			}
			if p.Description == "" || len(p.Description) > 1024 {
				t.Errorf("%s: a description of 1 to 1024 characters is wanted, not %q", p.Name, p.Description)
			}
		}
	}
}

// checkVariables: ECS refuses a container with two values for one environment
// variable.
func checkVariables(t *testing.T, s Settings) {
	t.Helper()
	for _, e := range s.Environments {
		for _, service := range append(e.Services, Service{Name: MigrationTask, Secrets: e.Migration.Secrets, Variables: e.Migration.Variables}) {
			variables := PlatformVariables()
			for name, value := range e.VariablesFor(service.Variables) {
				if slices.Contains(variables, name) {
					t.Errorf("%s of service %q of %q has two values", name, service.Name, e.Name)
				}
				// Amazon ECS API, KeyValuePair; what a shell and a program read.
				if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`).MatchString(name) || value == "" || len(value) > 4096 || strings.ContainsFunc(value, unicode.IsControl) {
					t.Errorf("%q=%q of service %q of %q", name, value, service.Name, e.Name)
				}
				variables = append(variables, name)
			}
			for _, secret := range service.Secrets {
				if v := variable(secret); slices.Contains(variables, v) {
					t.Errorf("%s of service %q of %q has two values", v, service.Name, e.Name)
				} else {
					variables = append(variables, v)
				}
			}
		}
	}
}
