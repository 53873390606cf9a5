package capability

import (
	"maps"
	"slices"

	"github.com/paperwurks/infra/config"
)

// Jobs are the jobs that the tables ask of: of each environment the first that has a
// schedule, and the first that only reads.
type Jobs map[string][]Job

// Job is a job, and what it reaches because its service does.
type Job struct {
	Name                             string
	Documents, SessionKey, Scheduled bool
	// Users are those of the database that it may sign in as.
	Users []string
}

func (j Job) task(env string) string      { return "paperwurks-" + env + "-" + j.Name + "-task" }
func (j Job) execution(env string) string { return "paperwurks-" + env + "-" + j.Name + "-execution" }
func scheduler(env string) string         { return "paperwurks-" + env + "-scheduler" }

// madeScheduler is like the roles of MakeRoles.
func madeScheduler(env string) string { return "paperwurks-" + env + "-made-scheduler" }

// with adds the roles of the environment's jobs that reach what is asked.
func (j Jobs) with(env string, reaches func(Job) bool, role func(Job, string) string, roles ...string) []string {
	for _, job := range j[env] {
		if reaches(job) {
			roles = append(roles, role(job, env))
		}
	}
	return roles
}

// scheduled is the environment's job that has a schedule.
func (j Jobs) scheduled(env string) (Job, bool) {
	i := slices.IndexFunc(j[env], func(job Job) bool { return job.Scheduled })
	if i < 0 {
		return Job{}, false
	}
	return j[env][i], true
}

func always(Job) bool            { return true }
func ofDocuments(j Job) bool     { return j.Documents }
func ofTheDatabase(j Job) bool   { return slices.Contains(j.Users, config.DatabaseUser) }
func ofReading(j Job) bool       { return slices.Contains(j.Users, config.DatabaseReader) }
func ofTheSessionKey(j Job) bool { return j.SessionKey }

// executions are the execution roles of the jobs.
func (j Jobs) executions() []string {
	var roles []string
	for _, env := range slices.Sorted(maps.Keys(j)) {
		roles = append(roles, j.with(env, always, Job.execution)...)
	}
	return roles
}

// ofJobs is what the scheduler's role and the roles of a job may, in each environment
// that has a job. In dev and prod the table of workloads asks for their data.
func (e Environments) ofJobs(jobs Jobs) []Area {
	var rows, logs []Row
	for _, env := range e {
		name := "paperwurks-" + env
		in := func(cluster string) map[string]any {
			return with("ecs:cluster", cluster, "ecs:enable-execute-command", "false")
		}
		passed := func(service string) map[string]any { return with("iam:PassedToService", service) }
		dead := arn("sqs", name+"-jobs-dead-letter")
		made := func(roles ...string) []string {
			if env == "dev" {
				roles = append(roles, madeInDev)
			}
			return roles
		}
		if len(jobs[env]) > 0 && env != "dev" && env != "prod" {
			s3, sm := with("kms:ViaService", throughS3), with("kms:ViaService", throughSM)
			rows = append(rows, []Row{
				{Does: "read a document of " + env, Action: "s3:GetObject", On: bucket(name+"-documents", "contract.pdf"), May: jobs.with(env, ofDocuments, Job.task), Why: "the documents of the job's service"},
				{Does: "decrypt a document of " + env, Action: "kms:Decrypt", On: key(env + "/data"), With: s3, May: jobs.with(env, ofDocuments, Job.task), Why: "through S3"},
				{Does: "sign in to the database of " + env, Action: "rds-db:connect", On: "{dbuser " + name + "}/backend", May: jobs.with(env, ofTheDatabase, Job.task), Why: "as the application"},
				{Does: "read a secret of " + env, Action: "secretsmanager:GetSecretValue", On: "{secret paperwurks/" + env + "/session-key}", May: jobs.with(env, ofTheSessionKey, Job.execution), Why: "ECS gives it to the task"},
				{Does: "decrypt a secret of " + env, Action: "kms:Decrypt", On: key(env + "/data"), With: sm, May: jobs.with(env, ofTheSessionKey, Job.execution), Why: "through Secrets Manager"},
				{Does: "pull an image of " + env, Action: "ecr:BatchGetImage", On: repository(env), May: jobs.with(env, always, Job.execution), Why: "to start its tasks"},
			}...)
		}
		rows = append(rows, Row{Does: "sign in to the database of " + env + " as who only reads", Action: "rds-db:connect", On: "{dbuser " + name + "}/backend_readonly", May: jobs.with(env, ofReading, Job.task), Why: "jobs that only read"})
		job, ok := jobs.scheduled(env)
		if !ok {
			continue
		}
		starter := scheduler(env)
		rows = append(rows, []Row{
			{Does: "start a job of " + env, Action: "ecs:RunTask", On: definition(name + "-" + job.Name), With: in(cluster(env)), May: list(starter), Why: "by its schedule"},
			{Does: "start a job of " + env + " with a shell", Action: "ecs:RunTask", On: definition(name + "-" + job.Name), With: with("ecs:cluster", cluster(env), "ecs:enable-execute-command", "true"), May: nobody, Why: "no shell"},
			{Does: "start a job of " + env + " in another cluster", Action: "ecs:RunTask", On: definition(name + "-" + job.Name), With: in(arn("ecs", "cluster/other")), May: nobody, Why: "not its cluster"},
			{Does: "start " + env + "'s migration by a schedule", Action: "ecs:RunTask", On: definition(name + "-migrate"), With: in(cluster(env)), May: nobody, Why: "jobs only"},
			{Does: "start " + env + "'s database setup by a schedule", Action: "ecs:RunTask", On: definition(name + "-roles"), With: in(cluster(env)), May: nobody, Why: "jobs only"},
			{Does: "start web of " + env + " as a task by a schedule", Action: "ecs:RunTask", On: definition(name + "-web"), With: in(cluster(env)), May: nobody, Why: "jobs only"},
			{Does: "pass the task role of a job of " + env, Action: "iam:PassRole", On: workload(job.task(env)), With: passed(ecsTasks), May: list(starter), Why: "its tasks act with it"},
			{Does: "pass the execution role of a job of " + env, Action: "iam:PassRole", On: workload(job.execution(env)), With: passed(ecsTasks), May: list(starter), Why: "its tasks start with it"},
			{Does: "pass the task role of a job of " + env + " to a function", Action: "iam:PassRole", On: workload(job.task(env)), With: passed("lambda.amazonaws.com"), May: nobody, Why: "to tasks only"},
			{Does: "pass the migration's execution role of " + env + " by a schedule", Action: "iam:PassRole", On: workload(name + "-migrate-execution"), With: passed(ecsTasks), May: nobody, Why: "jobs only"},
			{Does: "pass the database setup's execution role of " + env + " by a schedule", Action: "iam:PassRole", On: workload(name + "-roles-execution"), With: passed(ecsTasks), May: nobody, Why: "jobs only"},
			{Does: "pass the scheduler's role of " + env + " on", Action: "iam:PassRole", On: workload(starter), With: passed(schedulers), May: nobody, Why: "a schedule could make schedules"},
			{Does: "write a schedule of " + env, Action: "scheduler:CreateSchedule", On: arn("scheduler", "schedule/"+name+"/"+job.Name), May: nobody, Why: "the pipeline's"},
			{Does: "keep what did not start in " + env, Action: "sqs:SendMessage", On: dead, May: list(starter), Why: "the dead-letter queue"},
			{Does: "read what did not start in " + env, Action: "sqs:ReceiveMessage", On: dead, May: nobody, Why: "a person's"},
			{Does: "say that a job of " + env + " has ended", Action: "sqs:SendMessage", On: arn("sqs", name+"-jobs-ended"), May: nobody, Why: "EventBridge's"},
			{Does: "send to another queue from " + env, Action: "sqs:SendMessage", On: "arn:aws:sqs:{region}:999999999999:other", May: nobody, Why: "a way out"},
			{Does: "encrypt what did not start in " + env, Action: "kms:GenerateDataKey", On: key(env + "/logs"), With: with("kms:ViaService", throughSQS), May: list(starter), Why: "through SQS"},
			{Does: "decrypt what did not start, past SQS, in " + env, Action: "kms:Decrypt", On: key(env + "/logs"), May: nobody, Why: "through SQS only"},
			{Does: "encrypt with the key of data, through SQS, in " + env, Action: "kms:GenerateDataKey", On: key(env + "/data"), With: with("kms:ViaService", throughSQS), May: nobody, Why: "the key of logs only"},
		}...)
		logs = append(logs, Row{Does: "write the log of a job of " + env, Action: "logs:PutLogEvents", On: arn("logs", "log-group:/paperwurks/"+env+"/ecs/"+job.Name+":log-stream:s"), May: made(job.execution(env), "paperwurks-"+env+"-bootstrap"), Why: "its tasks' log"})
	}
	if len(rows) == 0 {
		return nil
	}
	return []Area{{Title: "Jobs, for workloads", Rows: rows}, {Title: "Logs, for workloads", Rows: logs}}
}

// CI is the table of jobs for the roles of CI.
func (j Jobs) ci(e Environments) []Area {
	passed := func(service string) map[string]any { return with("iam:PassedToService", service) }
	var rows, watch []Row
	lists := slices.Clone(planners) // one that was interrupted looks for what it made
	for _, env := range e {
		job, ok := j.scheduled(env)
		if !ok {
			continue
		}
		deploy, name := list(deployRole(env)), "paperwurks-"+env
		lists = append(lists, deploy...)
		both := append(list(infra), deploy...)
		family := definition(name + "-" + job.Name)
		schedule := arn("scheduler", "schedule/"+name+"/"+job.Name)
		rows = append(rows, of(env, []Row{
			{Does: "register a definition of a job of " + env, Action: "ecs:RegisterTaskDefinition", On: family, May: both, Why: "infra its bootstrap, deploy each release"},
			{Does: "tag what it registers for a job of " + env, Action: "ecs:TagResource", On: family, With: with("ecs:CreateAction", "RegisterTaskDefinition"), May: both, Why: "part of registering"},
			{Does: "tag a definition of a job of " + env + " that is there", Action: "ecs:TagResource", On: family, May: builder, Why: "infrastructure"},
			{Does: "run a job of " + env, Action: "ecs:RunTask", On: family, With: with("ecs:cluster", cluster(env), "ecs:enable-execute-command", "false"), May: deploy, Why: "once, when a person asks"},
			{Does: "run a job of " + env + " with a shell", Action: "ecs:RunTask", On: family, With: with("ecs:cluster", cluster(env), "ecs:enable-execute-command", "true"), May: nobody, Why: "no shell"},
			{Does: "run a job of " + env + " in another cluster", Action: "ecs:RunTask", On: family, With: with("ecs:cluster", arn("ecs", "cluster/paperwurks-other")), May: nobody, Why: "not its cluster"},
			{Does: "pass the task role of a job of " + env, Action: "iam:PassRole", On: workload(job.task(env)), With: passed(ecsTasks), May: deploy, Why: "its tasks act with it"},
			{Does: "pass the execution role of a job of " + env, Action: "iam:PassRole", On: workload(job.execution(env)), With: passed(ecsTasks), May: deploy, Why: "its tasks start with it"},
			{Does: "pass the task role of a job of " + env + " to the scheduler", Action: "iam:PassRole", On: workload(job.task(env)), With: passed(schedulers), May: nobody, Why: "to tasks only"},
			{Does: "make a schedule of " + env, Action: "scheduler:CreateSchedule", On: schedule, May: deploy, Why: "it names the revision, and could name another command"},
			{Does: "put a schedule of " + env + " on another revision", Action: "scheduler:UpdateSchedule", On: schedule, May: deploy, Why: "part of a deployment"},
			{Does: "make a schedule in the default group, next to those of " + env, Action: "scheduler:CreateSchedule", On: arn("scheduler", "schedule/default/"+job.Name), May: nobody, Why: "its own group only"},
			{Does: "make a schedule in a group that is not " + env + "'s", Action: "scheduler:CreateSchedule", On: arn("scheduler", "schedule/paperwurks-qa/"+job.Name), May: nobody, Why: "its own group only"},
			{Does: "pass the scheduler's role of " + env, Action: "iam:PassRole", On: workload(scheduler(env)), With: passed(schedulers), May: deploy, Why: "a schedule starts its task with it"},
			{Does: "pass the scheduler's role of " + env + " to a task", Action: "iam:PassRole", On: workload(scheduler(env)), With: passed(ecsTasks), May: nobody, Why: "to the scheduler only"},
			{Does: "pass web's task role of " + env + " to the scheduler", Action: "iam:PassRole", On: workload(name + "-web-task"), With: passed(schedulers), May: nobody, Why: "a schedule could act with it"},
			{Does: "pass the bootstrap role of " + env + " to the scheduler", Action: "iam:PassRole", On: workload(name + "-bootstrap"), With: passed(schedulers), May: nobody, Why: "to tasks only"},
			{Does: "change who may assume the scheduler's role of " + env, Action: "iam:UpdateAssumeRolePolicy", On: workload(scheduler(env)), May: nobody, Why: "a stranger could start jobs"},
		})...)
		rule := arn("events", "rule/"+name+"-x-job-failed")
		watch = append(watch, of(env, []Row{
			{Does: "delete a schedule of " + env, Action: "scheduler:DeleteSchedule", On: schedule, May: deploy, Why: "of what is no job any more"},
			{Does: "read a schedule of " + env, Action: "scheduler:GetSchedule", On: schedule, May: append(list(infra, diff), deploy...), Why: "to see what is there"},
			{Does: "destroy the group of " + env + "'s schedules", Action: "scheduler:DeleteScheduleGroup", On: arn("scheduler", "schedule-group/"+name), May: builder, Why: "infrastructure"},
			{Does: "let others send to a queue of " + env, Action: "sqs:SetQueueAttributes", On: arn("sqs", name+"-jobs-ended"), May: builder, Why: "infrastructure"},
			{Does: "read the queue of what did not start in " + env, Action: "sqs:ReceiveMessage", On: arn("sqs", name+"-jobs-dead-letter"), May: nobody, Why: "a person's"},
			{Does: "say that a job of " + env + " has ended", Action: "sqs:SendMessage", On: arn("sqs", name+"-jobs-ended"), May: nobody, Why: "EventBridge's"},
			{Does: "see what ECS says of tasks of " + env, Action: "events:PutRule", On: rule, With: with("events:source", list("aws.ecs")), May: builder, Why: "the ends of jobs"},
			{Does: "see what others say next to the rules of " + env, Action: "events:PutRule", On: rule, With: with("events:source", list("aws.ecs", "aws.s3")), May: nobody, Why: "ECS's only"},
			{Does: "start something by a clock next to the rules of " + env, Action: "events:PutRule", On: rule, May: nobody, Why: "a rule without a source is a schedule"},
			{Does: "keep it in the queue of " + env + "'s jobs", Action: "events:PutTargets", On: rule, With: with("events:TargetArn", list(arn("sqs", name+"-jobs-ended"))), May: builder, Why: "the ends of jobs"},
			{Does: "hand it to another queue from " + env, Action: "events:PutTargets", On: rule, With: with("events:TargetArn", list(arn("sqs", name+"-jobs-ended"), "arn:aws:sqs:{region}:999999999999:other")), May: nobody, Why: "a way out"},
			{Does: "start a task with the rules of " + env, Action: "events:PutTargets", On: rule, With: with("events:TargetArn", list(cluster(env))), May: nobody, Why: "rules start nothing"},
			{Does: "hand what a rule of " + env + " sees to nobody in particular", Action: "events:PutTargets", On: rule, May: nobody, Why: "it names its target"},
			{Does: "delete a rule of " + env, Action: "events:DeleteRule", On: rule, May: builder, Why: "infrastructure"},
			{Does: "make the group of " + env + "'s schedules", Action: "scheduler:CreateScheduleGroup", On: arn("scheduler", "schedule-group/"+name), May: builder, Why: "infrastructure"},
			{Does: "make a queue of " + env + "'s jobs", Action: "sqs:CreateQueue", On: arn("sqs", name+"-jobs-ended"), May: builder, Why: "infrastructure"},
		})...)
	}
	if len(rows) == 0 {
		return nil
	}
	other := arn("events", "rule/other")
	ecs := with("events:source", list("aws.ecs"))
	return []Area{{Title: "Jobs", Rows: rows}, {Title: "What jobs need next to their tasks", Rows: append(watch, []Row{
		{Does: "list schedules", Action: "scheduler:ListSchedules", On: "*", May: lists, Why: "AWS knows no resource for it"},
		{Does: "make a group of schedules that is not the platform's", Action: "scheduler:CreateScheduleGroup", On: arn("scheduler", "schedule-group/other"), May: nobody, Why: "not theirs"},
		{Does: "make a queue that is not the platform's", Action: "sqs:CreateQueue", On: arn("sqs", "other"), May: nobody, Why: "not theirs"},
		{Does: "change a rule that is not the platform's", Action: "events:PutRule", On: other, With: ecs, May: nobody, Why: "not theirs"},
		{Does: "hand on what a rule sees that is not the platform's", Action: "events:PutTargets", On: other, With: with("events:TargetArn", list(arn("sqs", "paperwurks-dev-jobs-ended"))), May: nobody, Why: "not theirs"},
		{Does: "delete a rule that is not the platform's", Action: "events:DeleteRule", On: other, May: nobody, Why: "not theirs"},
	}...)}}
}
