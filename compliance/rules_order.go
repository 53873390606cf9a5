package compliance

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var orderRules = []Rule{{
	ID: "PW-ALL-05", Title: "Terraform knows the order",
	Why: "A resource that names another of its stack by a literal may be made before it: AWS then answers that there is no such thing, and only luck decides.",
	Fix: "Refer to the other resource's attribute, or name it in depends_on.",
	check: func(p *Platform, r *Resource) []string {
		if !strings.HasPrefix(r.Type, "aws_") {
			return nil
		}
		var faults []string
		var before map[*Resource]bool
		lookedUp := literals(r)
		for _, path := range slices.Sorted(maps.Keys(lookedUp)) {
			literal := lookedUp[path]
			named := p.named(r, literal)
			if len(named) == 0 {
				continue
			}
			if before == nil {
				before = p.before(r)
			}
			if !slices.ContainsFunc(named, func(other *Resource) bool { return before[other] }) {
				faults = append(faults, fmt.Sprintf("%s names %s by the literal %q and does not depend on it", path, named[0].Address(), literal))
			}
		}
		return faults
	},
}, {
	ID: "PW-ALL-06", Title: "A service waits for what ECS looks up", Types: []string{"aws_ecs_service"},
	Why: "ECS refuses a service whose capacity provider is not yet its cluster's, or whose target group no load balancer sends requests to, and the service refers to neither: only luck decides.",
	Fix: "Name in depends_on the cluster's aws_ecs_cluster_capacity_providers, and the listener or listener rule that forwards to the target group.",
	check: func(p *Platform, r *Resource) []string {
		before := p.before(r)
		cluster := p.target(r, r.Attributes["cluster"], "aws_ecs_cluster")
		if cluster == nil {
			return []string{fmt.Sprintf("cluster is %s, which is no cluster of the platform", show(r.Attributes["cluster"]))}
		}
		waits := slices.ContainsFunc(p.partsOf(cluster, "aws_ecs_cluster_capacity_providers", "cluster_name"), func(other *Resource) bool { return before[other] })
		faults := one(!waits, "does not wait for the capacity providers of %s", cluster.Address())
		for _, balancer := range list(r.Attributes["load_balancer"]) {
			group := p.target(r, at(balancer, "target_group_arn"), "aws_lb_target_group")
			if group == nil {
				faults = append(faults, fmt.Sprintf("load_balancer.target_group_arn is %s, which is no target group of the platform", show(at(balancer, "target_group_arn"))))
				continue
			}
			forwards := false
			for other := range before {
				routes := other.Type == "aws_lb_listener" || other.Type == "aws_lb_listener_rule"
				forwards = forwards || routes && slices.Contains(p.targets(other, withoutDependencies(other.Attributes)), group)
			}
			faults = append(faults, one(!forwards, "does not wait for the listener or rule that forwards to %s", group.Address())...)
		}
		return faults
	},
}, {
	ID: "PW-ALL-07", Title: "What requests pass is made before the old one goes",
	Types: []string{"aws_cloudfront_vpc_origin", "aws_lb_listener", "aws_lb_listener_rule", "aws_lb_target_group", "aws_nat_gateway"},
	Why:   "AWS refuses to delete what is in use, or lets it go from under what uses it, and Terraform destroys what is taken away before it changes what used it: the apply ends half-way, and every later one too, or requests find no way meanwhile.",
	Fix:   "Set lifecycle.create_before_destroy; give one that differs in what AWS cannot change an id and a name of its own.",
	check: func(_ *Platform, r *Resource) []string {
		return one(!isTrue(at(r.Attributes, "lifecycle", "create_before_destroy")), "it is destroyed first")
	},
}}

// naming attributes say what a resource itself is called.
var naming = []string{"name", "bucket", "identifier", "family", "alarm_name", "dashboard_name"}

// unresolved attributes may name what does not exist: AWS does not look it up
// when the resource is made. Policies speak of resources by pattern, and a
// metric is there once somebody measures.
var unresolved = append([]string{
	"//", "lifecycle", "tags", "description", "comment", "alarm_description", "policy", "assume_role_policy", "dashboard_body",
	"dimensions", "metric_name", "depends_on",
}, naming...)

// expression is what Terraform fills in.
var expression = regexp.MustCompile(`\$\{[^}]*\}`)

// literals are the strings of a resource that AWS looks up, by their path,
// without what is an expression.
func literals(r *Resource) map[string]string {
	out := map[string]string{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case string:
			var inner any
			if strings.HasPrefix(v, "[{") && json.Unmarshal([]byte(v), &inner) == nil {
				walk(path, inner) // container definitions
				return
			}
			out[path] = expression.ReplaceAllString(v, "\x00")
		case []any:
			for i, inner := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), inner)
			}
		case map[string]any:
			for key, inner := range v {
				// The name of a container or variable is its own.
				if !slices.Contains(unresolved, key) {
					walk(strings.TrimPrefix(path+"."+key, "."), inner)
				}
			}
		}
	}
	walk("", map[string]any(r.Attributes))
	return out
}

// named are the other resources of r's stack whose name is the literal, or a
// part of it between the signs that ARNs and paths are made with.
func (p *Platform) named(r *Resource, literal string) []*Resource {
	if p.names == nil {
		p.names = map[string]map[string][]*Resource{}
	}
	names, known := p.names[r.Stack]
	if !known {
		names = map[string][]*Resource{}
		for _, s := range p.Stacks {
			for _, other := range s.Resources {
				if other.Type == "aws_route53_record" {
					continue // its name is a host name, which nothing is looked up by
				}
				for _, attribute := range naming {
					name := text(other.Attributes[attribute])
					if s.Name == r.Stack && strings.HasPrefix(other.Type, "aws_") && name != "" && !strings.Contains(name, "${") {
						names[name] = append(names[name], other)
					}
				}
			}
		}
		p.names[r.Stack] = names
	}
	var out []*Resource
	for name, resources := range names {
		if mentions(literal, name) {
			out = append(out, resources...)
		}
	}
	out = slices.DeleteFunc(out, func(other *Resource) bool { return other == r })
	slices.SortFunc(out, func(a, b *Resource) int { return strings.Compare(a.Address(), b.Address()) })
	return out
}

// mentions says whether a literal holds a name as a whole part.
func mentions(literal, name string) bool {
	for rest := literal; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return false
		}
		const signs = ":/*\x00"
		before := i == 0 || strings.ContainsRune(signs, rune(rest[i-1]))
		end := i + len(name)
		if before && (end == len(rest) || strings.ContainsRune(signs, rune(rest[end]))) {
			return true
		}
		rest = rest[i+1:]
	}
}

// before are the resources that Terraform makes before r, in its stack.
func (p *Platform) before(r *Resource) map[*Resource]bool {
	seen := map[*Resource]bool{}
	next := []*Resource{r}
	for len(next) > 0 {
		first := next[0]
		next = next[1:]
		found := p.targets(first, map[string]any(first.Attributes))
		for _, name := range texts(first.Attributes["depends_on"]) {
			kind, name, _ := strings.Cut(name, ".")
			if other := p.byAddress[address{first.Stack, kind, name}]; other != nil {
				found = append(found, other)
			}
		}
		for _, other := range found {
			if other.Stack == r.Stack && !seen[other] {
				seen[other] = true
				next = append(next, other)
			}
		}
	}
	return seen
}
