package architecture

import (
	"fmt"
	"strings"

	"github.com/paperwurks/infra/internal/architecture/picture"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// services are what the tasks reach outside of the VPC.
func (e *environmentPicture) services() []picture.Box {
	var boxes []picture.Box
	for _, r := range e.stacks.In(e.env, "aws_ecr_repository") {
		boxes = append(boxes, picture.Box{Zone: picture.Service, Kind: "ECR repository", Name: r.Text("name"), Lines: []string{"tags " + strings.ToLower(r.Text("image_tag_mutability"))}})
	}
	for _, r := range e.stacks.In(e.env, "aws_s3_bucket") {
		if !e.isLogBucket(r) && !isCopies(r) && !e.isOfPages(r) {
			boxes = append(boxes, picture.Box{Zone: picture.Service, Icon: picture.Bucket, Kind: "S3 bucket, through its endpoint", Name: r.Text("bucket")})
		}
	}
	secrets := picture.Box{Zone: picture.Service, Icon: picture.Key, Kind: "Secrets Manager"}
	for _, r := range e.stacks.Of(e.env, "aws_secretsmanager_secret") {
		if secrets.Name == "" {
			secrets.Name = r.Text("name")
		} else {
			secrets.Lines = append(secrets.Lines, r.Text("name"))
		}
	}
	for _, db := range e.stacks.Of(e.env, "aws_db_instance") {
		if db.Is("manage_master_user_password") {
			secrets.Lines = append(secrets.Lines, "master secret of "+db.Text("identifier")+", kept by RDS")
		}
	}
	return append(boxes, secrets)
}

func (e *environmentPicture) isLogBucket(bucket platform.Resource) bool {
	for _, logging := range e.stacks.In(e.env, "aws_s3_bucket_logging") {
		if e.stacks.Refers(logging.Stack, logging.Attributes["target_bucket"], bucket) {
			return true
		}
	}
	return false
}

// outside sets the internet, the log bucket and the services that tasks reach,
// level with where the arrows leave.
func (e *environmentPicture) outside(reached []picture.Box) (bottom int) {
	internet := picture.Box{Zone: picture.Outside, Name: "Internet", Lines: []string{"through the internet gateway"}}
	internet.W = serviceWidth
	height := internet.NeededHeight()
	if len(e.network.NATs()) > 0 {
		internet.Rect = picture.Rect{X: serviceX, Y: e.public.CenterY() - height/2, W: serviceWidth, H: height}
		place := e.Box(internet)
		e.Arrow("internet", point(e.public.Right(), place.CenterY()), point(serviceX, place.CenterY()))
	}
	for _, r := range e.stacks.In(e.env, "aws_s3_bucket") {
		if e.isLogBucket(r) && !isCopies(r) {
			b := picture.Box{Zone: picture.Service, Icon: picture.Bucket, Kind: "S3 bucket, access logs", Name: r.Text("bucket"), Lines: []string{"of CloudFront, load balancer and buckets"}}
			_, _ = stack(e.Picture, point(serviceX, e.balancer.Y-30), serviceWidth, 12, b)
		}
	}
	places, bottom := stack(e.Picture, point(serviceX, e.cluster.Y+4), serviceWidth, 12, reached...)
	for _, p := range places {
		e.Arrow("service "+p.String(), point(e.cluster.Right(), p.CenterY()), point(serviceX, p.CenterY()))
	}
	return bottom
}

// isCopies says of a bucket whether it is in the region of the copies.
func isCopies(bucket platform.Resource) bool {
	return strings.HasSuffix(bucket.Text("provider"), ".copies")
}

// copies are those of documents and backups in another region; none where there are
// none.
func (e *environmentPicture) copies() []picture.Box {
	b := picture.Box{Zone: picture.Service, Icon: picture.Bucket, Kind: "S3 bucket, copies in another region"}
	for _, r := range e.stacks.In(e.env, "aws_s3_bucket") {
		switch {
		case isCopies(r) && e.isLogBucket(r):
			b.Lines = append(b.Lines, "bucket "+r.Text("bucket"))
		case isCopies(r):
			b.Name = r.Text("bucket")
		}
	}
	for _, r := range e.stacks.In(e.env, "aws_db_instance_automated_backups_replication") {
		b.Lines = append(b.Lines, fmt.Sprintf("and backups of %v days, by RDS", r.Number("retention_period")))
	}
	if b.Name == "" {
		return nil
	}
	return []picture.Box{b}
}

func (e *environmentPicture) observation() picture.Box {
	b := picture.Box{Zone: picture.Service, Kind: "CloudWatch", Name: counted(len(e.stacks.In(e.env, "aws_cloudwatch_metric_alarm")), "alarm", "alarms")}
	for _, topic := range e.stacks.Of(e.env, "aws_sns_topic") {
		b.Lines = append(b.Lines, "mailed by SNS topic "+topic.Text("name"))
	}
	for _, channel := range e.stacks.Of(e.env, "aws_chatbot_slack_channel_configuration") {
		b.Lines = append(b.Lines, "posted to Slack channel "+channel.Text("slack_channel_id"))
	}
	b.Lines = append(b.Lines, counted(len(e.stacks.In(e.env, "aws_cloudwatch_log_group")), "log group", "log groups")+", encrypted")
	return b
}

// jobs are what the environment's schedules need; none has no box. The schedules of jobs
// are the backend's to make, those of off-hours are here.
func (e *environmentPicture) jobs() []picture.Box {
	var boxes []picture.Box
	for _, group := range e.stacks.In(e.env, "aws_scheduler_schedule_group") {
		b := picture.Box{Zone: picture.Service, Kind: "EventBridge Scheduler, group", Name: group.Text("name")}
		schedules := 0
		for _, s := range e.stacks.In(e.env, "aws_scheduler_schedule") {
			if s.Text("group_name") == group.Text("name") || e.stacks.Refers(s.Stack, s.Attributes["group_name"], group) {
				schedules++
			}
		}
		if schedules > 0 {
			b.Lines = append(b.Lines, counted(schedules, "schedule", "schedules")+" of off-hours")
			boxes = append(boxes, b)
			continue
		}
		b.Lines = append(b.Lines, counted(len(e.stacks.In(e.env, "aws_cloudwatch_event_rule")), "rule", "rules")+" on how jobs end")
		for _, queue := range e.stacks.In(e.env, "aws_sqs_queue") {
			b.Lines = append(b.Lines, "queue "+queue.Text("name"))
		}
		boxes = append(boxes, b)
	}
	return boxes
}

func (e *environmentPicture) keys() picture.Box {
	b := picture.Box{Zone: picture.Service, Icon: picture.Key, Kind: "KMS", Name: counted(len(e.stacks.In(e.env, "aws_kms_key")), "key", "keys") + ", rotating"}
	for _, alias := range e.stacks.In(e.env, "aws_kms_alias") {
		b.Lines = append(b.Lines, alias.Text("name"))
	}
	return b
}

// publishedFor is how many parameters both stacks publish for an environment, and
// the path that all are under.
func publishedFor(s *platform.Stacks, env string) (n int, path string) {
	for _, stackName := range []string{platform.Shared, env} {
		for _, r := range s.Of(stackName, "aws_ssm_parameter") {
			if parts := strings.Split(r.Text("name"), "/"); len(parts) > 2 && parts[2] == env {
				n++
				path = strings.Join(parts[:3], "/")
			}
		}
	}
	return n, path
}

func (e *environmentPicture) parameters() picture.Box {
	n, path := publishedFor(e.stacks, e.env)
	return picture.Box{Zone: picture.Service, Kind: "SSM parameters", Name: path + "/…", Lines: []string{counted(n, "value", "values") + " for the backend's pipeline"}}
}
