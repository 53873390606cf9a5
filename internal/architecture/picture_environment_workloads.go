package architecture

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// workloadBox shows a workload; starts says when one that is no service runs.
func workloadBox(w platform.Workload, starts string) picture.Box {
	b := picture.Box{Zone: picture.Private, Name: w.Name}
	size := fmt.Sprintf("%s vCPU, %s GiB", plain(w.CPU/1024), plain(w.Memory/1024))
	if w.IsService {
		b.Kind = "ECS service"
		tasks := between(w.Min, w.Max) + " tasks of " + size
		if w.Max == 1 {
			tasks = "1 task of " + size
		}
		b.Lines = append(b.Lines, tasks+spot(w))
	} else {
		b.Kind = "ECS task, " + starts
		b.Lines = append(b.Lines, size)
	}
	if uses := usesOf(w); len(uses) > 0 {
		b.Lines = append(b.Lines, "uses "+listed(uses))
	}
	return b
}

// starts says when a task that belongs to no service runs: the migration, or a job by
// the schedule that SSM has of it.
func (e *environmentPicture) starts(w platform.Workload) string {
	for _, stack := range []string{platform.Shared, e.env} {
		for _, r := range e.stacks.Of(stack, "aws_ssm_parameter") {
			at, isJob := strings.CutSuffix(r.Text("name"), "/time-limit-seconds")
			if !isJob || !strings.HasSuffix(w.Name, "-"+e.env+"-"+last(at)) || !strings.Contains(at, "/"+e.env+"/") {
				continue
			}
			for _, schedule := range e.stacks.Of(stack, "aws_ssm_parameter") {
				if schedule.Text("name") == at+"/schedule" {
					return schedule.Text("value")
				}
			}
			return "when somebody starts it"
		}
	}
	return "once before each deployment"
}

// spot says which of a service's tasks run on Fargate Spot.
func spot(w platform.Workload) string {
	switch share := plain(100 * w.SpotWeight / (w.SpotWeight + w.OnDemandWeight)); {
	case w.SpotWeight == 0:
		return ""
	case w.OnDemandBase == 0:
		return " · " + share + "% on Spot"
	default:
		return fmt.Sprintf(" · above %s, %s%% on Spot", plain(w.OnDemandBase), share)
	}
}

// usesOf are the data stores that a workload is told of.
func usesOf(w platform.Workload) []string {
	var out []string
	for _, r := range w.Uses {
		use := ""
		switch {
		case r.Type == "aws_db_instance" && strings.HasPrefix(r.Attribute, "master_user_secret"):
			use = "its master secret"
		case r.Type == "aws_db_instance":
			use = "database"
		case r.Type == "aws_s3_bucket":
			use = "documents"
		case r.Type == "aws_secretsmanager_secret":
			use = "secret " + last(r.Text("name"))
		}
		if use != "" && !slices.Contains(out, use) {
			out = append(out, use)
		}
	}
	return out
}

func databaseBox(db platform.Resource) picture.Box {
	zones := "in one zone"
	if db.Is("multi_az") {
		zones = "Multi-AZ: a standby in another zone"
	}
	protected := ""
	if db.Is("deletion_protection") {
		protected = ", protected from deletion"
	}
	engine := map[string]string{"postgres": "PostgreSQL"}[db.Text("engine")]
	if engine == "" {
		engine = db.Text("engine")
	}
	return picture.Box{
		Zone: picture.Isolated, Icon: picture.Database,
		Kind: "RDS for " + engine + " " + db.Text("engine_version"), Name: db.Text("identifier"),
		Lines: []string{
			fmt.Sprintf("%s, %s GiB of %s, %s", db.Text("instance_class"), between(db.Number("allocated_storage"), db.Number("max_allocated_storage")), db.Text("storage_type"), zones),
			fmt.Sprintf("%s days of backups%s", plain(db.Number("backup_retention_period")), protected),
		},
	}
}
