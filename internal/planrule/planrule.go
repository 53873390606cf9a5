package planrule

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/review"
)

// Facts are what the rules know besides the plan.
type Facts struct {
	Settings config.Settings
	// Held is how many resources the state of an environment's stack holds, by
	// its name, for those that Foundations names.
	Held map[string]int
	// Today ends approvals.
	Today time.Time
}

// Check returns what a stack's plan may not do. The plan is Terraform's whole
// one, not what review.Reduce leaves of it.
func Check(stack string, plan *review.Plan, facts Facts) []review.Refusal {
	c := &checker{stack: stack, plan: plan, Facts: facts}
	c.destruction()
	c.foundations()
	c.takenAway()
	c.otherUser()
	c.routes()
	c.priorities()
	c.engine()
	return c.refusals
}

// Foundations are the environments of which a plan of the shared stack destroys
// or replaces the network, keys or images.
func Foundations(plan *review.Plan) []string {
	var names []string
	for _, r := range destroyed(plan) {
		if name := Foundation(r.Address); name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

type checker struct {
	stack string
	plan  *review.Plan
	Facts
	refusals []review.Refusal
}

func (c *checker) refuse(r review.ResourceChange, reason, next string, args ...any) {
	c.refusals = append(c.refusals, review.Refusal{Address: r.Address, Reason: reason, Next: fmt.Sprintf(next, args...)})
}

// destroyed are the resources that a plan destroys or replaces.
func destroyed(plan *review.Plan) []review.ResourceChange {
	return append(plan.Of(review.Destroy), plan.Of(review.Replace)...)
}

// part is the address of what constructs.Foundation makes: its id begins with
// the environment's.
var part = regexp.MustCompile(`^aws_[a-z0-9_]+\.setup_([a-z0-9-]+)_(?:network|images|(?:images|data|logs)-key)_`)

// Foundation is the environment whose network, keys or images a resource of the
// shared stack belongs to; "" for none.
func Foundation(address string) string {
	if m := part.FindStringSubmatch(address); m != nil {
		return m[1]
	}
	return ""
}

// environment is whose a resource is; "" for what all share.
func (c *checker) environment(r review.ResourceChange) string {
	if c.stack != config.SharedStack {
		return c.stack
	}
	return Foundation(r.Address)
}

// isDisposable says whether an environment was disposable before this plan, by
// what AWS has of it: a commit that makes it so and destroys it at once would
// be no protection.
func (c *checker) isDisposable(name string) bool {
	known := false
	for _, r := range c.plan.ResourceChanges {
		if c.environment(r) != name {
			continue
		}
		for kind, force := range map[string]string{"aws_ecr_repository": "force_delete", "aws_s3_bucket": "force_destroy"} {
			if before, ok := r.Change.Before.(map[string]any); ok && r.Type == kind {
				known = true
				if before[force] != true {
					return false
				}
			}
		}
	}
	if known {
		return true
	}
	i := slices.IndexFunc(c.Settings.Environments, func(e config.Environment) bool { return e.Name == name })
	return i >= 0 && c.Settings.Environments[i].IsDisposable()
}

// isApproved says whether a person approved that a resource goes.
func (c *checker) isApproved(r review.ResourceChange) bool {
	return slices.ContainsFunc(c.Settings.Approved, func(a config.Approval) bool {
		return a.Stack == c.stack && (a.Address == r.Address || a.Environment != "" && a.Environment == c.environment(r)) && a.Until >= c.Today.Format(time.DateOnly)
	})
}

// keeps are the kinds that are not destroyed or replaced where an environment
// is not disposable, with what is lost.
var keeps = map[string]string{
	"aws_cloudfront_distribution": "the address that users reach",
	"aws_db_instance":             "the database and what it holds",

	"aws_db_instance_automated_backups_replication": "the copying of backups to another region",
	"aws_db_subnet_group":                           "the database's place in the network",
	"aws_ecr_repository":                            "the images that a rollback needs",
	"aws_ecs_cluster":                               "the cluster that everything runs in",
	"aws_ecs_service":                               "a service and the tasks that answer",
	"aws_eip":                                       "an address that others may have let in",
	"aws_iam_openid_connect_provider":               "every pipeline's way in",
	"aws_internet_gateway":                          "the network's way out",
	"aws_kms_alias":                                 "the name that protects a key",
	"aws_kms_key":                                   "the key: what it encrypts cannot be read again",
	"aws_lb":                                        "the load balancer",
	"aws_nat_gateway":                               "the network's way out",
	"aws_route":                                     "a route of the network",
	"aws_route_table":                               "the network's routes",
	"aws_route_table_association":                   "a subnet's routes",
	"aws_s3_bucket":                                 "the bucket and what it holds",

	"aws_s3_bucket_replication_configuration": "the copying of documents to another region",

	"aws_secretsmanager_secret": "the secret's value",
	"aws_subnet":                "the network that tasks and database are in",
	"aws_vpc":                   "the network",
	"aws_vpc_endpoint":          "the network's way to S3 or another service of AWS",
}

// destruction refuses what loses data or network. A secret and a service may
// be taken away; with them goes what only they use.
func (c *checker) destruction() {
	for _, r := range destroyed(c.plan) {
		lost, name := keeps[r.Type], c.environment(r)
		before, _ := r.Change.Before.(map[string]any)
		switch {
		case r.Deposed != "":
			lost = "" // the new one has taken its place
		case r.Type == "aws_ecs_service" && r.Action() == review.Destroy:
			lost = "" // who takes a service out of the settings means it
		case r.Action() == review.Destroy && c.endsCopies(r, name):
			lost = "" // who ends the copying in the settings means it; what was copied is kept
		case r.Type == "aws_vpc_endpoint" && before["vpc_endpoint_type"] != "Gateway":
			lost = "" // what it carried goes by NAT, without which synth asks for it
		}
		if lost == "" || c.isApproved(r) || name != "" && c.isDisposable(name) || !c.inSettings(name) {
			continue
		}
		what := "destroys"
		if r.Action() == review.Replace {
			what = "replaces"
		}
		c.refuse(r, fmt.Sprintf("it %s %s, and %s is not disposable", what, lost, cmp.Or(name, "the shared stack")),
			"take the change of the settings back. If it is meant, add `{Stack: %q, Address: %q, Reason: \"…\", Until: \"%s\"}` to `Approved` in config/platform.go: docs/operations.md, \"Approve a destruction\"",
			c.stack, r.Address, c.Today.AddDate(0, 0, 14).Format(time.DateOnly))
	}
}

// endsCopies says whether a resource is the copying that an environment's settings end.
func (c *checker) endsCopies(r review.ResourceChange, name string) bool {
	return (r.Type == "aws_db_instance_automated_backups_replication" || r.Type == "aws_s3_bucket_replication_configuration") &&
		slices.ContainsFunc(c.Settings.Environments, func(e config.Environment) bool { return e.Name == name && e.Copies.Ended != "" })
}

func (c *checker) inSettings(name string) bool {
	return name == "" || slices.ContainsFunc(c.Settings.Environments, func(e config.Environment) bool { return e.Name == name })
}

// foundations refuses to take the network from under a stack that is still
// there, and to remove an environment that nobody said is to be removed.
func (c *checker) foundations() {
	if c.stack != config.SharedStack {
		return
	}
	for _, name := range Foundations(c.plan) {
		i := slices.IndexFunc(c.plan.ResourceChanges, func(r review.ResourceChange) bool {
			return Foundation(r.Address) == name && (r.Action() == review.Destroy || r.Action() == review.Replace) && keeps[r.Type] != ""
		})
		if i < 0 {
			continue
		}
		r, held := c.plan.ResourceChanges[i], c.Held[name]
		switch {
		case !c.inSettings(name) && held > 0:
			c.refuse(r, fmt.Sprintf("environment %q is no longer in the settings, and its stack still has %d resources in AWS, which would lose their network and keys and be in no plan any more", name, held),
				"put the entry back into `Environments`. To remove %s for good, destroy its stack first: docs/operations.md, \"Remove an environment\"", name)
		case !c.inSettings(name) && !c.isApproved(r):
			c.refuse(r, fmt.Sprintf("the network, the keys and the images of %q are in AWS and not in these settings: either %[1]s was made for a commit that is not in this one, or it is to be removed", name),
				"merge or rebase onto the commit that adds %s; nothing here has to wait for it to be removed. To remove it for good, add `{Stack: %q, Environment: %[1]q, Reason: \"…\", Until: \"%[3]s\"}` to `Approved`: docs/operations.md, \"Remove an environment\"",
				name, c.stack, c.Today.AddDate(0, 0, 14).Format(time.DateOnly))
		case c.inSettings(name) && held > 0 && c.isDisposable(name) && c.losesNetwork(name):
			c.refuse(r, fmt.Sprintf("the stack %q has %d resources in the network that would go; AWS refuses it half-way", name, held),
				"destroy the stack first, deploy shared, deploy the stack again: docs/operations.md, \"Other addresses or zones\"")
		}
	}
}

func (c *checker) losesNetwork(name string) bool {
	return slices.ContainsFunc(destroyed(c.plan), func(r review.ResourceChange) bool {
		return Foundation(r.Address) == name && (r.Type == "aws_vpc" || r.Type == "aws_subnet")
	})
}

// container is what matters here of an ECS container definition.
type container struct {
	Name        string
	Environment []struct{ Name, Value string }
	Secrets     []struct{ Name, ValueFrom string }
	Ports       []struct{ ContainerPort int } `json:"portMappings"`
}

func containerOf(side any) (c container, ok bool) {
	values, _ := side.(map[string]any)
	text, _ := values["container_definitions"].(string)
	var all []container
	if json.Unmarshal([]byte(text), &all) != nil || len(all) != 1 {
		return container{}, false
	}
	return all[0], true
}

// takenAway refuses to take a grant or a port away in the apply that takes it
// from the task's definition: what runs is of an earlier revision, and uses it
// until the backend has deployed again.
func (c *checker) takenAway() {
	const next = "keep it in `Former` of the service in config/platform.go, let the backend deploy, and empty `Former` then: docs/operations.md, \"Take something away from a service\""
	for _, r := range c.plan.ResourceChanges {
		if r.Type != "aws_ecs_task_definition" || r.Action() != review.Replace && r.Action() != review.Update {
			continue
		}
		was, known := containerOf(r.Change.Before)
		is, knownToo := containerOf(r.Change.After)
		if !known || was.Name == config.RolesTask || was.Name == config.MigrationTask {
			continue
		}
		for _, secret := range was.Secrets {
			kept := knownToo && slices.ContainsFunc(is.Secrets, func(s struct{ Name, ValueFrom string }) bool { return s.ValueFrom == secret.ValueFrom })
			if !kept && c.loses(secret.ValueFrom) {
				c.refuse(r, fmt.Sprintf("%s no longer receives %s, but the revision that runs does: without its grant no task of it starts any more", was.Name, secret.Name), next)
			}
		}
		for _, port := range was.Ports {
			kept := knownToo && slices.ContainsFunc(is.Ports, func(p struct{ ContainerPort int }) bool { return p == port })
			if !kept && c.closes(port.ContainerPort) {
				c.refuse(r, fmt.Sprintf("%s no longer listens on port %d, but the revision that runs does: no request would reach it", was.Name, port.ContainerPort), next)
			}
		}
		for _, use := range []struct{ variable, what string }{
			{"DATABASE_HOST", "the database"}, {"DOCUMENTS_BUCKET", "the documents"},
		} {
			has := func(c container) bool {
				return slices.ContainsFunc(c.Environment, func(v struct{ Name, Value string }) bool { return v.Name == use.variable })
			}
			if has(was) && knownToo && !has(is) && c.changesRole(was.Name) {
				c.refuse(r, fmt.Sprintf("%s no longer uses %s, but the revision that runs does, and its role may no longer reach it", was.Name, use.what), next)
			}
		}
	}
}

// otherUser refuses to take the database's user of the revision that runs from a job's
// role in the apply that gives its definition another one.
func (c *checker) otherUser() {
	for _, r := range c.plan.ResourceChanges {
		name, was := databaseUser(r, r.Change.Before)
		_, is := databaseUser(r, r.Change.After)
		if is == "" || !slices.ContainsFunc(c.plan.ResourceChanges, func(p review.ResourceChange) bool {
			return isTaskRolePolicy(p, name) && takes(p, "/"+was+`"`)
		}) {
			continue
		}
		c.refuse(r, fmt.Sprintf("%s is to sign in to the database as %s, but the revision that runs signs in as %s, which its role no longer may", name, is, was),
			"set `FormerUser` of the job in config/platform.go, let the backend deploy, and take it out then: docs/operations.md, \"Let a job only read\"")
	}
}

// databaseUser is the container of a task's definition that signs in to the database,
// and as whom; "" for none. A job's definition has a second container.
func databaseUser(r review.ResourceChange, side any) (container, user string) {
	values, _ := side.(map[string]any)
	text, _ := values["container_definitions"].(string)
	var all []struct {
		Name        string
		Environment []struct{ Name, Value string }
	}
	if r.Type != "aws_ecs_task_definition" || json.Unmarshal([]byte(text), &all) != nil {
		return "", ""
	}
	for _, c := range all {
		for _, v := range c.Environment {
			if v.Name == "DATABASE_USER" {
				return c.Name, v.Value
			}
		}
	}
	return "", ""
}

// loses says whether the plan takes the right to read a secret from a role, or
// the secret itself.
func (c *checker) loses(arn string) bool {
	return slices.ContainsFunc(c.plan.ResourceChanges, func(r review.ResourceChange) bool {
		before, _ := r.Change.Before.(map[string]any)
		if r.Type == "aws_secretsmanager_secret" {
			return before["arn"] == arn && (r.Action() == review.Destroy || r.Action() == review.Replace)
		}
		return takes(r, arn)
	})
}

// takes says whether a change takes what is spelt so out of a role's own policy.
func takes(r review.ResourceChange, text string) bool {
	before, _ := r.Change.Before.(map[string]any)
	after, _ := r.Change.After.(map[string]any)
	was, _ := before["policy"].(string)
	is, _ := after["policy"].(string)
	return r.Type == "aws_iam_role_policy" && r.Action() == review.Update && strings.Contains(was, text) && is != "" && !strings.Contains(is, text)
}

// closes says whether the plan closes a port of the load balancer's way to
// tasks without opening it again.
func (c *checker) closes(port int) bool {
	closed := false
	for _, r := range c.plan.ResourceChanges {
		if r.Type != "aws_vpc_security_group_ingress_rule" {
			continue
		}
		before, _ := r.Change.Before.(map[string]any)
		after, _ := r.Change.After.(map[string]any)
		was, is := before["from_port"] == float64(port), after["from_port"] == float64(port)
		if is && before["from_port"] != after["from_port"] {
			return false
		}
		closed = closed || was && !is && r.Action() != review.None
	}
	return closed
}

// changesRole says whether the plan changes what a service's task role may do.
func (c *checker) changesRole(service string) bool {
	return slices.ContainsFunc(c.plan.Of(review.Update), func(r review.ResourceChange) bool { return isTaskRolePolicy(r, service) })
}

func isTaskRolePolicy(r review.ResourceChange, task string) bool {
	return r.Type == "aws_iam_role_policy" && strings.Contains(r.Address, "_"+task+"-task_task-role_")
}

// routes refuses a route that a service gets or loses while it is there: ECS
// takes a load balancer only with a revision that has its port, and Terraform
// leaves both to the backend. It refuses the requests of users for a service
// that has no task yet.
func (c *checker) routes() {
	services := map[string]review.Action{}
	for _, r := range c.plan.ResourceChanges {
		if before, ok := r.Change.Before.(map[string]any); ok && r.Type == "aws_ecs_service" {
			services[fmt.Sprint(before["name"])] = r.Action()
		}
	}
	made := false
	for _, r := range c.plan.ResourceChanges {
		if r.Type != "aws_lb_target_group" {
			continue
		}
		made = made || r.Action() == review.Create
		name := nameOf(r)
		action, there := services[name]
		if !there || action == review.Destroy || action == review.Replace {
			continue
		}
		switch r.Action() {
		case review.Create:
			c.refuse(r, fmt.Sprintf("service %q would get a route, and the revision that runs has no port for it", name),
				"add a service of another name with the route, and take this one away once the backend has deployed both: docs/operations.md, \"Rename a service, or give it a route\"")
		case review.Destroy, review.Replace:
			c.refuse(r, fmt.Sprintf("service %q would lose its target group while its tasks are registered there", name),
				"add a service of another name without the route, and take this one away once the backend has deployed both: docs/operations.md, \"Rename a service, or give it a route\"")
		}
	}
	if c.stack == config.SharedStack || c.isDisposable(c.stack) {
		return
	}
	for _, r := range c.plan.ResourceChanges {
		if r.Type != "aws_lb_listener" && r.Type != "aws_lb_listener_rule" || r.Action() != review.Update || !made || c.isApproved(r) {
			continue
		}
		if changed := review.Attributes(review.Differences(r.Change)); slices.Contains(changed, "default_action") || slices.Contains(changed, "action") {
			c.refuse(r, "requests would go to a service that has no task until the backend deploys it",
				"add the new service next to the old one, let the backend deploy it, then give it the requests, then take the old one away: docs/operations.md, \"Rename a service, or give it a route\"")
		}
	}
}

func nameOf(r review.ResourceChange) string {
	for _, side := range []any{r.Change.Before, r.Change.After} {
		if values, ok := side.(map[string]any); ok && values["name"] != nil {
			return fmt.Sprint(values["name"])
		}
	}
	return ""
}

// priorities refuses rules that change places: AWS takes no priority of a
// listener twice, and Terraform changes one rule after the other.
func (c *checker) priorities() {
	type place struct{ listener, priority any }
	taken := map[place]string{}
	for _, r := range c.plan.ResourceChanges {
		if before, ok := r.Change.Before.(map[string]any); ok && r.Type == "aws_lb_listener_rule" {
			taken[place{before["listener_arn"], before["priority"]}] = r.Address
		}
	}
	for _, r := range c.plan.ResourceChanges {
		if r.Type != "aws_lb_listener_rule" || r.Action() == review.Destroy {
			continue
		}
		before, _ := r.Change.Before.(map[string]any)
		after, _ := r.Change.After.(map[string]any)
		// A listener that is not there yet, whose ARN is unknown, has no rules.
		if other := taken[place{after["listener_arn"], after["priority"]}]; after["priority"] != before["priority"] && other != "" && other != r.Address {
			c.refuse(r, fmt.Sprintf("it would take priority %v, which %s has: AWS takes none twice", after["priority"], other),
				"put a new routed service after the others in `Services`; to take one away or to change their order, see docs/operations.md, \"The order of routed services\"")
		}
	}
}

// engine refuses another major version that cannot be, or that would end
// half-way: RDS changes it in the maintenance window unless told otherwise, and
// until then the old parameter group is in use.
func (c *checker) engine() {
	for _, r := range c.plan.Of(review.Update) {
		if r.Type != "aws_db_instance" {
			continue
		}
		before, _ := r.Change.Before.(map[string]any)
		after, _ := r.Change.After.(map[string]any)
		was, is := major(before["engine_version"]), major(after["engine_version"])
		switch {
		case was == 0 || is == 0:
		case is < was:
			c.refuse(r, fmt.Sprintf("PostgreSQL %d cannot become %d: RDS goes to a later major version only", was, is),
				"take the change back, or restore a snapshot of that version: docs/operations.md, \"Restore the database to a point in time\"")
		case is > was && after["apply_immediately"] != true:
			c.refuse(r, fmt.Sprintf("PostgreSQL %d becomes %d, which stops the database for minutes; RDS would do it in the next maintenance window, after this apply has failed on the parameter group that is still in use", was, is),
				"rehearse it on a restored copy, then set `ChangeNow: true` in the same commit: docs/operations.md, \"Another major version of PostgreSQL\"")
		}
	}
}

func major(version any) int {
	text, _ := version.(string)
	var n int
	fmt.Sscanf(text, "%d", &n) // 0 for none
	return n
}
