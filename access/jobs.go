package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Who starts the tasks of jobs, and who hears how they ended. The roles of those
// tasks are like a service's (workload.go).

// Scheduler is what EventBridge Scheduler may do: start the tasks of the
// environment's jobs in its cluster, with their roles, and keep what it could not
// start. Whoever passes this role decides what a job's task runs, since a schedule
// may name another command; infra-role passes it to nobody.
func Scheduler(n config.Names, env config.Environment, logsKeyARN string) policy.Document {
	families, roles := scheduled(n, env)
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:       "StartJobs",
			Effect:    policy.Allow,
			Actions:   []string{"ecs:RunTask"},
			Resources: families,
			Conditions: []policy.Condition{
				policy.If(policy.ArnEquals, "ecs:cluster", n.ARN("ecs", "cluster/"+n.Cluster(env.Name))),
				policy.If(policy.StringEqualsIfExists, "ecs:enable-execute-command", "false"),
			},
		},
		{
			Sid:        "PassTheRolesOfJobs",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  roles,
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", ecsTasks)},
		},
		{
			Sid:       "KeepWhatDidNotStart",
			Effect:    policy.Allow,
			Actions:   []string{"sqs:SendMessage"},
			Resources: []string{n.ARN("sqs", n.DeadLetterQueue(env.Name))},
		},
		{
			Sid:        "EncryptIt",
			Effect:     policy.Allow,
			Actions:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resources:  []string{logsKeyARN},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "kms:ViaService", via(n, "sqs")...)},
		},
	}}
}

// scheduled are the families of the scheduled jobs' task definitions, and the roles
// of their tasks.
func scheduled(n config.Names, env config.Environment) (families, roles []string) {
	var jobs []config.Service
	for _, j := range env.ScheduledJobs() {
		jobs = append(jobs, config.Service{Name: j.Name})
		families = append(families, family(n, env, j.Name))
	}
	return families, rolesOf(n, env, jobs)
}

// SchedulerBoundary is what the scheduler's role cannot exceed, whoever wrote its
// policies: no other role has anything within it, and a new job is named here by an
// administrator, with `make bootstrap`. In the boundary of the other workloads it
// would not fit.
func SchedulerBoundary(n config.Names, env config.Environment) policy.Document {
	families, roles := scheduled(n, env)
	allowed := []string{"ecs:RunTask", "iam:PassRole", "kms:Decrypt", "kms:GenerateDataKey", "sqs:SendMessage"}
	nothingElse := deny("NothingElse", nil)
	nothingElse.NotActions = allowed
	return policy.Document{Statements: []policy.Statement{
		{Sid: "WhatTheSchedulerNeeds", Effect: policy.Allow, Actions: allowed, Resources: []string{"*"}},
		nothingElse,
		notForAWebIdentity(),
		onlyFor([]string{n.WorkloadRoleARN(n.SchedulerRole(env.Name))}, deny("ForTheSchedulerOnly", []string{"*"})),
		except(deny("NothingButJobs", []string{"ecs:RunTask", "iam:PassRole", "sqs:SendMessage"}),
			concat(families, roles, []string{n.ARN("sqs", n.DeadLetterQueue(env.Name))})...),
		deny("OnlyInItsCluster", []string{"ecs:RunTask"}, policy.If(policy.ArnNotEquals, "ecs:cluster", n.ARN("ecs", "cluster/"+n.Cluster(env.Name)))),
		deny("NoShell", []string{"ecs:RunTask"}, policy.If(policy.StringEquals, "ecs:enable-execute-command", "true")),
		deny("RolesForTasksOnly", []string{"iam:PassRole"}, policy.If(policy.StringNotEquals, "iam:PassedToService", ecsTasks)),
		deny("KeysThroughQueuesOnly", []string{"kms:*"}, policy.If(policy.StringNotEquals, "kms:ViaService", via(n, "sqs")...)),
	}}
}

// EndedQueue is the policy of the queue of how runs ended: EventBridge writes
// there, by the rules of the environment's jobs.
func EndedQueue(n config.Names, env config.Environment) policy.Document {
	var rules []string
	for _, j := range env.ScheduledJobs() {
		rules = append(rules, n.ARN("events", "rule/"+n.JobRule(env.Name, j.Name, "*")))
	}
	queue := n.ARN("sqs", n.EndedQueue(env.Name))
	return policy.Document{Statements: []policy.Statement{
		{
			Sid: "RulesOfJobs", Effect: policy.Allow, Principals: service(events),
			Actions: []string{"sqs:SendMessage"}, Resources: []string{queue}, Conditions: forThisAccount(n, rules...),
		},
		on(plainTextQueue(), queue),
	}}
}

// DeadLetterQueue is the policy of the queue of what the scheduler could not start.
func DeadLetterQueue(n config.Names, env string) policy.Document {
	return policy.Document{Statements: []policy.Statement{on(plainTextQueue(), n.ARN("sqs", n.DeadLetterQueue(env)))}}
}

// plainTextQueue refuses what is not encrypted on its way.
func plainTextQueue() policy.Statement {
	return denyAnyone("DenyPlainText", []string{"sqs:*"}, policy.If(policy.Bool, "aws:SecureTransport", "false"))
}

// queueKey lets the queues of an environment's jobs use a key: EventBridge and the
// scheduler's role write, and people read. EventBridge's statement is the one that
// its user guide asks for where a target's queue is encrypted ("Event bus targets",
// without a condition), for this queue only: SQS gives the queue as encryption
// context. It has no aws:SourceAccount, as for the account's topic; whose rules write
// there is the queue's policy to say. The scheduler's is its guide's ("Troubleshooting":
// "If your DLQ is encrypted with a KMS key, ensure the key policy allows EventBridge
// Scheduler to use it"), for its queue only. SQS's guide ("Key management") asks for the
// key on behalf of who sends, which is the schedule's role: so that role has it too.
func queueKey(n config.Names, env config.Environment) []policy.Statement {
	if len(env.ScheduledJobs()) == 0 {
		return nil
	}
	return []policy.Statement{
		{
			Sid: "EndsOfJobs", Effect: policy.Allow, Principals: service(events),
			Actions: []string{"kms:Decrypt", "kms:GenerateDataKey*"}, Resources: []string{"*"},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "kms:EncryptionContext:aws:sqs:arn", n.ARN("sqs", n.EndedQueue(env.Name)))},
		},
		{
			Sid: "DeadLetters", Effect: policy.Allow, Principals: service(scheduler),
			Actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resources: []string{"*"},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "kms:EncryptionContext:aws:sqs:arn", n.ARN("sqs", n.DeadLetterQueue(env.Name)))},
		},
		useThrough(n, "JobsThatDidNotStart", []string{n.WorkloadRoleARN(n.SchedulerRole(env.Name))}, "sqs"),
		byAdministrators(n, "QueuesAreReadByPeople", []string{"kms:Decrypt"}, through(n, "sqs")),
	}
}
