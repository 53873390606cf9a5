package architecture

const operationsIntroduction = `
# {env}: an alarm rings

<!-- Written by ` + "`make docs`" + ` from the synthesised stacks; ` + "`make test`" + ` fails while it is not current. -->

For who has ten minutes. The runbooks are in [operations.md](operations.md); commands are for the [role](operations.md#roles-for-people) of who is on call:

    export AWS_REGION={region} AWS_PAGER={profile}
    aws sts get-caller-identity       # must name account {account}

1. What users see, from outside (what each answer means: [{env} does not answer](operations.md#prod-does-not-answer)):

       curl -sS -o /dev/null -D - https://{host}{path}

2. What is wrong, in one look ([status.md](status.md)); it needs Go, and [there](operations.md#prod-does-not-answer) is what does without:

       make status ENV={env}

3. Find the alarm [below](#alarms) and do its first step.
4. What ECS says of a service, and what the application wrote: [what runs](#what-runs), [logs](#logs-and-what-to-ask-them).
5. Did it begin with a deployment of the backend? [Roll back](operations.md#roll-back-a-deployment) to the newest commit that ran before the one that {env} runs:

       gh workflow run rollback.yml --repo {backend} --ref {branch} -f environment={env} -f sha=<commit>

   With a changed variable? [Change it back](operations.md#change-a-variable). With a deployment of infrastructure? Revert its commit and merge.
   [A migration failed](operations.md#a-migration-failed)? Then the services run as before.
6. Does it take longer, or do users harm by trying? [Maintenance mode](operations.md#maintenance-mode) tells them:

       make maintenance ENV={env} MODE=on ALLOW="<addresses>"

**Not yours to do?** Call an administrator. Nobody there: [break the glass](operations.md#break-the-glass).

Links open AWS's console in the account that you are signed in to. **Not tested here:** AWS does not document them.
`

const logsIntroduction = `
Choose the group in CloudWatch → Logs Insights, the time, and put in the query (CloudWatch Logs user guide, "Logs Insights query syntax").
Whoever is on call asks the application's logs so; those of the firewall, of the database and of the network show what users do, and are an
administrator's; so is Database Insights. **Not tested here:** no query was run on AWS.
`

const rollOutText = `
What is deployed now: ` + "`make status ENV={env}`" + `. What waits for an approval: Actions in both repositories.
What to do where it does not go on: [pipelines.md](pipelines.md#what-happens-when).
`

type query struct{ what, query string }

// logKinds are the kinds of log groups, by what their names have; the first that
// fits counts.
var logKinds = []struct {
	title, has string
	queries    []query
}{
	{"The application", "/ecs/", []query{
		{"Errors, the newest first", "fields @timestamp, @logStream, @message\n| filter @message like /(?i)(error|exception|traceback|fatal|panic)/\n| sort @timestamp desc\n| limit 100"},
		{"Since when: errors a minute", "filter @message like /(?i)(error|exception|traceback|fatal|panic)/\n| stats count(*) as errors by bin(1m)"},
		{"Does one task do it, or all", "filter @message like /(?i)(error|exception|traceback|fatal|panic)/\n| stats count(*) as errors by @logStream\n| sort errors desc"},
	}},
	{"The firewall", "aws-waf-logs-", []query{
		{"Who is blocked, and by which rule", "filter action = \"BLOCK\"\n| stats count(*) as requests by terminatingRuleId, httpRequest.clientIp, httpRequest.uri\n| sort requests desc\n| limit 50"},
	}},
	{"The database", "/aws/rds/", []query{
		{"Errors, and statements that were slow enough to be logged", "fields @timestamp, @message\n| filter @message like /(ERROR|FATAL|PANIC|duration:)/\n| sort @timestamp desc\n| limit 100"},
	}},
	{"The network", "/vpc/flow", []query{
		{"What is refused, and to where", "filter action = \"REJECT\"\n| stats sum(packets) as refused by srcAddr, dstAddr, dstPort\n| sort refused desc\n| limit 50"},
	}},
	{"Other", "", nil},
}
