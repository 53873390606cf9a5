package capability

// offHoursRole is the role that switches an environment off and on by its schedules,
// madeOffHours like the roles of MakeRoles.
func offHoursRole(env string) string { return "paperwurks-" + env + "-off-hours" }
func madeOffHours(env string) string { return "paperwurks-" + env + "-made-off-hours" }

// offHours is the table of schedules that switch an environment off and on, for the
// roles of CI. Their names are patterns, so that every environment is asked of.
func (e Environments) offHours() Area {
	var rows []Row
	for _, env := range e {
		name := "paperwurks-" + env
		schedule, role := arn("scheduler", "schedule/"+name+"-off-hours/switch-off"), workload(offHoursRole(env))
		passed := func(service string) map[string]any { return with("iam:PassedToService", service) }
		rows = append(rows, of(env, []Row{
			{Does: "make a schedule that switches " + env + " off", Action: "scheduler:CreateSchedule", On: schedule, May: builder, Why: "infrastructure"},
			{Does: "change a schedule that switches " + env + " off", Action: "scheduler:UpdateSchedule", On: schedule, May: builder, Why: "infrastructure"},
			{Does: "take away a schedule that switches " + env + " off", Action: "scheduler:DeleteSchedule", On: schedule, May: builder, Why: "infrastructure"},
			{Does: "pass the role that switches " + env + " off to a schedule", Action: "iam:PassRole", On: role, With: passed(schedulers), May: builder, Why: "it stops and starts one database"},
			{Does: "pass the role that switches " + env + " off to a task", Action: "iam:PassRole", On: role, With: passed(ecsTasks), May: nobody, Why: "to schedules only"},
			{Does: "pass web's task role of " + env + " to such a schedule", Action: "iam:PassRole", On: workload(name + "-web-task"), With: passed(schedulers), May: nobody, Why: "a schedule could act with it"},
			{Does: "stop the database of " + env, Action: "rds:StopDBInstance", On: arn("rds", "db:"+name), May: nobody, Why: "the schedule's"},
			{Does: "start the database of " + env, Action: "rds:StartDBInstance", On: arn("rds", "db:"+name), May: nobody, Why: "the schedule's"},
			{Does: "silence an alarm of " + env, Action: "cloudwatch:DisableAlarmActions", On: arn("cloudwatch", "alarm:"+name+"-web-5xx"), May: nobody, Why: "a person's"},
		})...)
	}
	return Area{Title: "Off-hours", Rows: rows}
}

// switched is what the roles may that switch environments off and on.
func (e Environments) switched(off []string) []Area {
	var rows []Row
	for _, env := range off {
		may, name := list(offHoursRole(env)), "paperwurks-"+env
		database, alarm := arn("rds", "db:"+name), arn("cloudwatch", "alarm:"+name+"-web-5xx")
		rows = append(rows, []Row{
			{Does: "stop the database of " + env + " in the evening", Action: "rds:StopDBInstance", On: database, May: may, Why: "by its schedule"},
			{Does: "start the database of " + env + " in the morning", Action: "rds:StartDBInstance", On: database, May: may, Why: "by its schedule"},
			{Does: "let alarms of " + env + " call in the morning", Action: "cloudwatch:EnableAlarmActions", On: alarm, May: may, Why: "by its schedule"},
			{Does: "silence alarms of " + env + " by a schedule", Action: "cloudwatch:DisableAlarmActions", On: alarm, May: nobody, Why: "a person's"},
			{Does: "set the state of an alarm of " + env, Action: "cloudwatch:SetAlarmState", On: alarm, May: nobody, Why: "it rolls deployments back"},
			{Does: "let alarms call that are not " + env + "'s", Action: "cloudwatch:EnableAlarmActions", On: arn("cloudwatch", "alarm:paperwurks-other-web-5xx"), May: nobody, Why: "its own only"},
			{Does: "stop a database that is not " + env + "'s", Action: "rds:StopDBInstance", On: arn("rds", "db:paperwurks-other"), May: nobody, Why: "its own only"},
			{Does: "change the database of " + env, Action: "rds:ModifyDBInstance", On: database, May: nobody, Why: "a password of its own"},
			{Does: "delete the database of " + env, Action: "rds:DeleteDBInstance", On: database, May: nobody, Why: "off is not gone"},
			{Does: "copy the database of " + env, Action: "rds:CreateDBSnapshot", On: database, May: nobody, Why: "a way out"},
			{Does: "start a task in " + env + " by a schedule of off-hours", Action: "ecs:RunTask", On: definition(name + "-migrate"), With: with("ecs:cluster", cluster(env)), May: nobody, Why: "tasks are autoscaling's"},
		}...)
	}
	if len(rows) == 0 {
		return nil
	}
	return []Area{{Title: "Off-hours, for workloads", Rows: rows}}
}

// Switching is what `make switch-off` and `make switch-on` ask for, of the first of the
// environments that a person may switch, where there is one: who may, and who may look.
func Switching(environments, may, look []string) []Area {
	if len(environments) == 0 {
		return nil
	}
	env := environments[0]
	name := "paperwurks-" + env
	database, target := arn("rds", "db:"+name), arn("application-autoscaling", "scalable-target/0a1b")
	tagged := with("aws:ResourceTag/environment", env)
	alarms := map[string]string{"": arn("cloudwatch", "alarm:"+name+"-web-5xx"), " in us-east-1": "arn:aws:cloudwatch:us-east-1:{account}:alarm:" + name + "-edge-5xx"}
	var rows []Row
	for _, switches := range []struct{ command, database, does, alarms string }{
		{"make switch-off", "rds:StopDBInstance", "off", "cloudwatch:DisableAlarmActions"},
		{"make switch-on", "rds:StartDBInstance", "on", "cloudwatch:EnableAlarmActions"},
	} {
		what := " to switch " + env + " " + switches.does
		rows = append(rows,
			Row{Does: "see the database's state" + what, Action: "rds:DescribeDBInstances", On: database, May: look, Why: "whether it is done", For: switches.command},
			Row{Does: "have the database change" + what, Action: switches.database, On: database, With: tagged, May: may, Why: "no data is protected", For: switches.command},
			Row{Does: "set how many tasks may run" + what, Action: "application-autoscaling:RegisterScalableTarget", On: target, With: with("application-autoscaling:service-namespace", "ecs", "aws:ResourceTag/environment", env), May: may, Why: "by the target's tag", For: switches.command},
			Row{Does: "list the alarms" + what, Action: "cloudwatch:DescribeAlarms", On: "*", May: look, Why: "their names", For: switches.command},
		)
		for _, where := range []string{"", " in us-east-1"} {
			rows = append(rows, Row{Does: "set whom alarms call" + where + what, Action: switches.alarms, On: alarms[where], With: tagged, May: may, Why: "it is meant", For: switches.command})
		}
	}
	return []Area{{Title: "What switching an environment off and on asks for", Rows: rows}}
}

// notSwitched is what nobody may do by the tags of an environment that may be switched:
// they are not the platform's alone.
func notSwitched(environments []string) []Area {
	if len(environments) == 0 {
		return nil
	}
	tagged := with("aws:ResourceTag/environment", environments[0])
	return []Area{{Title: "What switching an environment does not open", Rows: []Row{
		{Does: "stop a database of another project whose tags are the same", Action: "rds:StopDBInstance", On: arn("rds", "db:other"), With: tagged, May: nobody, Why: "not the platform's"},
		{Does: "silence an alarm of another project whose tags are the same", Action: "cloudwatch:DisableAlarmActions", On: arn("cloudwatch", "alarm:other"), With: tagged, May: nobody, Why: "not the platform's"},
		{Does: "scale something else than a service", Action: "application-autoscaling:RegisterScalableTarget", On: arn("application-autoscaling", "scalable-target/0a1b"), With: with("application-autoscaling:service-namespace", "dynamodb", "aws:ResourceTag/environment", environments[0]), May: nobody, Why: "not in use"},
	}}}
}
