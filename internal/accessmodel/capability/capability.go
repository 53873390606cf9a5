package capability

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/accessmodel/inventory"
	"github.com/paperwurks/infra/internal/iamsim"
)

// The roles of CI; dev's and prod's deploy roles are those that rows name.
const (
	infra  = "infra-role"
	diff   = "infra-diff-role"
	report = "infra-report-role"
	dev    = "deploy-role-dev"
	prod   = "deploy-role-prod"
)

func deployRole(env string) string { return "deploy-role-" + env }

// Environments are the platform's, in the order in which they are listed. Rows
// that name one speak of dev, which can be destroyed, or of prod, which is
// protected; what holds for every environment is asked of each.
type Environments []string

// CIRoles in the order in which they are listed. Where the account has no topic, none reports
// failed runs.
func (e Environments) CIRoles(reports bool) []string {
	roles := []string{infra, diff}
	if reports {
		roles = append(roles, report)
	}
	return append(roles, e.deployers()...)
}

func (e Environments) deployers() []string {
	var roles []string
	for _, env := range e {
		roles = append(roles, deployRole(env))
	}
	return roles
}

// Row is one thing that somebody could do.
type Row struct {
	// Does says it in plain words.
	Does string
	// Action such as "s3:GetObject".
	Action string
	// On is the resource: an ARN, in which {account} and {region} stand for the
	// platform's, {key ALIAS}, {secret NAME}, {master INSTANCE} and {dbuser
	// INSTANCE} for what only AWS would know; or "*".
	On string
	// With are the request's condition keys, each with a text or a list of
	// texts; texts as in On.
	With map[string]any
	// May are the roles that may; every other of the roles asked must not.
	May []string
	// Why in a few words.
	Why string
	// For is the command of the runbooks that asks for it, as far as it says
	// what is done: "aws rds modify-db-instance", "make recover"; "" for none.
	For string
	// Of is the environment that the row is about, where each has one; "" for
	// rows that stand for all.
	Of string
}

// of says which environment rows are about.
func of(env string, rows []Row) []Row {
	for i := range rows {
		rows[i].Of = env
	}
	return rows
}

// Area is a group of rows.
type Area struct {
	Title string
	Rows  []Row
}

// Areas are the whole table for the roles of CI. An environment that takes its
// images from another one has that one in from.
func (e Environments) Areas(from map[string]string, jobs Jobs) []Area {
	return e.those(slices.Concat([]Area{e.images(from), e.deployment()}, jobs.ci(e), []Area{e.offHours()}, []Area{
		e.logsAndParameters(), state(), baseline(),
		network(), ways(), compute(), data(), edge(), observation(), chat(), costs(), status(), identity(), readers(),
		documents(), secrets(), databases(), keys(), destruction(),
		escalation(), otherServices(),
	}))
}

// those leaves out the rows that name an environment which the platform does
// not have.
func (e Environments) those(areas []Area) []Area {
	for _, env := range []string{"dev", "staging", "prod"} {
		if slices.Contains(e, env) {
			continue
		}
		word := regexp.MustCompile(`\b` + env + `\b`)
		for i := range areas {
			areas[i].Rows = slices.DeleteFunc(areas[i].Rows, func(r Row) bool { return word.MatchString(fmt.Sprint(r.Does, r.On, r.With)) })
		}
	}
	return slices.DeleteFunc(areas, func(a Area) bool { return len(a.Rows) == 0 })
}

// Request is the row as a role's session asks it.
func (r Row) Request(p *inventory.Platform, role *inventory.Role) (iamsim.Request, error) {
	resource, err := expand(p, r.On)
	if err != nil {
		return iamsim.Request{}, fmt.Errorf("%q: %w", r.Does, err)
	}
	context := map[string]any{}
	for key, value := range r.With {
		switch value := value.(type) {
		case string:
			if context[key], err = expand(p, value); err != nil {
				return iamsim.Request{}, fmt.Errorf("%q: %w", r.Does, err)
			}
		case []string:
			texts := make([]string, len(value))
			for i, text := range value {
				if texts[i], err = expand(p, text); err != nil {
					return iamsim.Request{}, fmt.Errorf("%q: %w", r.Does, err)
				}
			}
			context[key] = texts
		default:
			context[key] = value
		}
	}
	return p.Request(role, r.Action, resource, context)
}

var placeholder = regexp.MustCompile(`\{([a-z]+)(?: ([^}]+))?\}`)

// kinds are the resources of package inventory that placeholders name.
var kinds = map[string]string{"key": "kms", "secret": "secretsmanager", "master": "master", "dbuser": "rds-db", "subnet": "subnet"}

func expand(p *inventory.Platform, in string) (string, error) {
	var fault error
	out := placeholder.ReplaceAllStringFunc(in, func(whole string) string {
		m := placeholder.FindStringSubmatch(whole)
		switch m[1] {
		case "account":
			return p.Account
		case "region":
			return p.Region
		case "elsewhere":
			if p.Region == "us-west-2" {
				return "eu-west-1"
			}
			return "us-west-2"
		}
		arn, err := p.ARN(kinds[m[1]], m[2])
		if err != nil && fault == nil {
			fault = err
		}
		return arn
	})
	return out, fault
}

// arn is one of the platform's region and account.
func arn(service, resource string) string {
	return "arn:aws:" + service + ":{region}:{account}:" + resource
}

// iam is an ARN of IAM in the platform's account.
func iam(resource string) string { return "arn:aws:iam::{account}:" + resource }

// bucket is an ARN of S3; the platform's buckets end in the account.
func bucket(name string, object ...string) string {
	return "arn:aws:s3:::" + strings.Join(append([]string{name + "-{account}"}, object...), "/")
}

func workload(role string) string { return iam("role/paperwurks/workload/" + role) }
func ci(role string) string       { return iam("role/paperwurks/ci/" + role) }
func key(alias string) string     { return "{key alias/paperwurks/" + alias + "}" }

func repository(env string) string { return arn("ecr", "repository/paperwurks/"+env+"/backend") }
func service(env, name string) string {
	return arn("ecs", "service/paperwurks-"+env+"/paperwurks-"+env+"-"+name)
}
func definition(family string) string { return arn("ecs", "task-definition/"+family+":7") }

// subnet is the id of an environment's first private subnet.
func subnet(env string) string  { return "{subnet paperwurks-" + env + "-private}" }
func cluster(env string) string { return arn("ecs", "cluster/paperwurks-"+env) }

// with makes a context of keys and values in turn.
func with(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func list(values ...string) []string { return values }

// The sets of roles that rows are for.
var (
	nobody   []string
	builder  = list(infra)
	planners = list(infra, diff)
	reader   = list(diff)
	reporter = list(report)
)

// unnamedAlarm is what Application Auto Scaling tries in its caller's name,
// before it makes alarms of its own.
const unnamedAlarm = "arn:aws:cloudwatch:{region}:{account}:alarm:"

const (
	bounded    = "arn:aws:iam::{account}:policy/paperwurks/boundary/paperwurks-workload-boundary-dev"
	ecsTasks   = "ecs-tasks.amazonaws.com"
	throughSNS = "sns.{region}.amazonaws.com"
	throughSQS = "sqs.{region}.amazonaws.com"
	schedulers = "scheduler.amazonaws.com"
	throughS3  = "s3.{region}.amazonaws.com"
	throughRDS = "rds.{region}.amazonaws.com"
	throughSM  = "secretsmanager.{region}.amazonaws.com"
	throughECR = "ecr.{region}.amazonaws.com"
)
