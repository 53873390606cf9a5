package architecture

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/platform"
	"github.com/paperwurks/infra/pipelines"
)

// contractFile is the page that says what the platform and the backend expect of each other.
const contractFile = "contract.md"

// contract is contract.md. What follows from the stacks is read from them: the
// variables, the tasks, the time limits; and from the workflows their inputs.
func contract(settings config.Settings, s *platform.Stacks, workflows []pipelines.Reusable) (string, error) {
	c := contracts{variables: map[string]*variable{}, plain: map[string]map[string]map[string]string{}, tasks: map[string]*task{}, limits: map[string]map[float64]bool{}}
	for _, env := range s.Environments() {
		for _, definition := range s.Of(env, "aws_ecs_task_definition") {
			if err := c.add(settings, s, env, definition); err != nil {
				return "", fmt.Errorf("contract: %s: %w", definition.Address(), err)
			}
		}
		for _, r := range s.Of(env, "aws_lb") {
			c.limit("idle", r.Number("idle_timeout"))
		}
		for _, group := range s.Of(env, "aws_lb_target_group") {
			c.limit("drain", group.Number("deregistration_delay"))
			for _, check := range group.Nested("health_check") {
				c.path(s, env, group, check.Text("path"))
			}
		}
	}
	p := &page{}
	p.WriteString(strings.TrimSpace(contractIntroduction) + "\n")
	p.Heading("The image")
	p.Text(imageIntroduction)
	p.Table("what", "required", "checked by")
	for _, row := range imageRows {
		p.Row(row.what, c.filled(row.required), row.checked)
	}
	p.Heading("What a task gets")
	p.Text(taskIntroduction)
	p.Table("task", "arguments to the entry point", "is healthy while")
	for _, name := range slices.Sorted(maps.Keys(c.tasks)) {
		t := c.tasks[name]
		p.Row(name, code(strings.Join(t.command, " ")), t.healthy())
	}
	p.Table("variable", "what it is", "tasks")
	for _, name := range slices.Sorted(maps.Keys(c.variables)) {
		v := c.variables[name]
		p.Row(code(name), v.what, listed(slices.Sorted(maps.Keys(v.tasks))))
	}
	p.Text(variablesContract)
	c.application(p, s.Environments())
	p.Text(databaseContract)
	p.Heading("The repository")
	p.Text(repositoryContract)
	p.Heading("What you can ask for")
	p.Text(askIntroduction)
	p.Table("you want", "how", "who answers")
	for _, row := range askRows {
		p.Row(row.want, row.how, row.who)
	}
	p.Text(limitsIntroduction)
	limitRows(p, settings.Environments)
	p.Heading("What the workflows take")
	p.Text(inputsIntroduction)
	p.Table("workflow", "input", "what", "default")
	for _, w := range workflows {
		for _, input := range w.Inputs {
			p.Row(code(w.File), code(input.Name), input.Description, defaultOf(input))
		}
	}
	return p.String(), nil
}

// defaultOf is an input's default in a table.
func defaultOf(input pipelines.Value) string {
	switch {
	case input.Required:
		return "required"
	case input.Default == nil || input.Default == "":
		return "none"
	}
	return code(fmt.Sprint(input.Default))
}

// limitRows are the limits that the backend meets, of each environment.
func limitRows(p *page, environments []config.Environment) {
	head, address, releases := []string{"limit"}, []string{"`RequestsPerIP`"}, []string{"`KeepReleases`"}
	var services []string
	for _, env := range environments {
		head, address = append(head, env.Name), append(address, fmt.Sprint(env.RequestsPerIP))
		releases = append(releases, fmt.Sprint(env.Images.KeepReleases))
		for _, s := range env.Services {
			if s.Route != nil && !slices.Contains(services, s.Name) {
				services = append(services, s.Name)
			}
		}
	}
	p.Table(head...)
	p.Row(address...)
	for _, name := range services {
		row := []string{"`RequestsPerTarget` of " + name}
		for _, env := range environments {
			value := "–"
			for _, s := range env.Services {
				if s.Name == name && s.RequestsPerTarget > 0 {
					value = fmt.Sprint(s.RequestsPerTarget)
				}
			}
			row = append(row, value)
		}
		p.Row(row...)
	}
	p.Row(releases...)
}

type contracts struct {
	variables map[string]*variable
	// plain are the values of the application's own variables, by variable,
	// environment and task.
	plain map[string]map[string]map[string]string
	tasks map[string]*task
	// limits are the seconds of each kind.
	limits map[string]map[float64]bool
}

type variable struct {
	what  string
	tasks map[string]bool
}

type task struct {
	command, check []string
	path           string
}

func (t task) healthy() string {
	switch {
	case t.path != "":
		return "`GET " + t.path + "` on `$PORT` answers 200"
	case len(t.check) > 1:
		return code(strings.Join(t.check[1:], " ")) + " exits with 0"
	}
	return "it runs; it ends with exit code 0"
}

// known are the variables that are no secret.
var known = map[string]string{
	"AWS_REGION":         "region of every AWS call; credentials come from the task's role, by the SDK's default chain",
	"ENVIRONMENT":        "name of the environment",
	"PORT":               "port to listen on, on all addresses, HTTP",
	"DATABASE_HOST":      "host of PostgreSQL",
	"DATABASE_PORT":      "port of PostgreSQL",
	"DATABASE_NAME":      "database inside the instance",
	"DATABASE_USER":      "user to sign in as, by IAM (below)",
	"DATABASE_ROLES_SQL": "what `roles` runs (below)",
	"DOCUMENTS_BUCKET":   "S3 bucket of the documents; it encrypts by itself and takes HTTPS only",
}

func (c *contracts) add(settings config.Settings, s *platform.Stacks, env string, definition platform.Resource) error {
	var containers []struct {
		Name, Command any
		Environment   []struct{ Name, Value string }
		Secrets       []struct{ Name, ValueFrom string }
		HealthCheck   struct{ Command []string }
		StopTimeout   float64
	}
	if err := json.Unmarshal([]byte(definition.Text("container_definitions")), &containers); err != nil {
		return err
	}
	for _, container := range containers {
		name := fmt.Sprint(container.Name)
		if !strings.HasSuffix(definition.Text("family"), "-"+name) {
			continue // the container of a job's time limit is the platform's own
		}
		t := &task{check: container.HealthCheck.Command}
		command, _ := container.Command.([]any)
		for _, word := range command {
			t.command = append(t.command, fmt.Sprint(word))
		}
		if before := c.tasks[name]; before != nil {
			t.path = before.path
		}
		c.tasks[name] = t
		c.limit("stop", container.StopTimeout)
		note := func(variableName, what string) {
			if c.variables[variableName] == nil {
				c.variables[variableName] = &variable{what, map[string]bool{}}
			}
			c.variables[variableName].tasks[name] = true
		}
		for _, v := range container.Environment {
			what, ok := known[v.Name]
			switch {
			case ok:
				note(v.Name, what)
			case isSetting(settings, env, name, v.Name):
				if c.plain[v.Name] == nil {
					c.plain[v.Name] = map[string]map[string]string{}
				}
				if c.plain[v.Name][env] == nil {
					c.plain[v.Name][env] = map[string]string{}
				}
				c.plain[v.Name][env][name] = v.Value
			default:
				return fmt.Errorf("variable %q: a description in contract.go is required", v.Name)
			}
		}
		for _, secret := range container.Secrets {
			note(secret.Name, secretOf(s, env, secret.ValueFrom))
		}
	}
	return nil
}

// isSetting says whether a task's variable is one of the environment's settings.
func isSetting(settings config.Settings, env, task, name string) bool {
	for _, e := range settings.Environments {
		if e.Name != env {
			continue
		}
		own := e.Migration.Variables
		for _, s := range e.Tasks() {
			if s.Name == task {
				own = s.Variables
			}
		}
		_, ok := e.VariablesFor(own)[name]
		return ok
	}
	return false
}

// application lists the application's own variables: their values in each
// environment, and of which tasks where not all have the same.
func (c *contracts) application(p *page, environments []string) {
	if len(c.plain) == 0 {
		return
	}
	p.Table(append([]string{"variable"}, environments...)...)
	for _, name := range slices.Sorted(maps.Keys(c.plain)) {
		row := []string{code(name)}
		for _, env := range environments {
			tasks := map[string][]string{}
			for _, task := range slices.Sorted(maps.Keys(c.plain[name][env])) {
				value := code(c.plain[name][env][task])
				tasks[value] = append(tasks[value], task)
			}
			var values []string
			for _, value := range slices.Sorted(maps.Keys(tasks)) {
				of := ""
				if len(tasks[value]) < len(c.tasks) {
					of = " (" + listed(tasks[value]) + ")"
				}
				values = append(values, value+of)
			}
			row = append(row, cmp.Or(strings.Join(values, ", "), "–"))
		}
		p.Row(row...)
	}
}

func secretOf(s *platform.Stacks, env, valueFrom string) string {
	for _, r := range s.References(env, valueFrom) {
		if name := r.Text("name"); r.Type == "aws_secretsmanager_secret" && name != "" {
			return "secret `" + name[strings.LastIndexByte(name, '/')+1:] + "` of the application, as text"
		}
	}
	return "secret of the database's master user, JSON with `username` and `password`; RDS replaces the password every seven days"
}

// path notes the health check of the services behind a target group.
func (c *contracts) path(s *platform.Stacks, env string, group platform.Resource, path string) {
	for _, service := range s.Of(env, "aws_ecs_service") {
		for _, route := range service.Nested("load_balancer") {
			if t := c.tasks[route.Text("container_name")]; t != nil && s.Refers(env, route.Attributes["target_group_arn"], group) {
				t.path = path
			}
		}
	}
}

func (c *contracts) limit(kind string, seconds float64) {
	if c.limits[kind] == nil {
		c.limits[kind] = map[float64]bool{}
	}
	c.limits[kind][seconds] = true
}

// filled puts limits in place of their kinds, such as {idle}.
func (c *contracts) filled(text string) string {
	for kind, seconds := range c.limits {
		var each []string
		for _, s := range slices.Sorted(maps.Keys(seconds)) {
			each = append(each, fmt.Sprintf("%g", s))
		}
		text = strings.ReplaceAll(text, "{"+kind+"}", strings.Join(each, " or "))
	}
	return text
}

func code(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }

// Promises are what contract.md says of every platform, whatever its settings:
// one line for each rule of the image ("image …") and variable of a task
// ("variable …").
func Promises() []string {
	var out []string
	for _, row := range imageRows {
		out = append(out, "image "+row.what+": "+row.required)
	}
	for name := range known {
		out = append(out, "variable "+name)
	}
	out = append(out, "variable DATABASE_MASTER_CREDENTIALS") // a secret, as the application's own are
	return out
}
