package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// offHoursActions are all that EventBridge Scheduler does to an environment with
// off-hours. Application Auto Scaling does the rest, with its own role.
func offHoursActions() []string {
	return []string{"cloudwatch:EnableAlarmActions", "rds:StartDBInstance", "rds:StopDBInstance"}
}

// OffHours lets EventBridge Scheduler stop and start one environment's database, and
// let its alarms call again that somebody had silenced. It reaches no data, so that
// infra-role passes it to its schedules.
func OffHours(n config.Names, env string) policy.Document {
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:       "StopAndStartTheDatabase",
			Effect:    policy.Allow,
			Actions:   []string{"rds:StartDBInstance", "rds:StopDBInstance"},
			Resources: []string{n.ARN("rds", "db:"+n.Database(env))},
		},
		{
			Sid:       "LetAlarmsCallAgain",
			Effect:    policy.Allow,
			Actions:   []string{"cloudwatch:EnableAlarmActions"},
			Resources: []string{n.ARN("cloudwatch", "alarm:"+n.Alarm(env, "*"))},
		},
	}}
}

// offHoursSchedules match the schedules that switch an environment off and on.
func offHoursSchedules(n config.Names) string {
	return n.ARN("scheduler", "schedule/"+n.OffHoursGroup("*")+"/*")
}

// OffHoursBoundary is what that role cannot exceed, whoever wrote its policies; no
// other role has anything within it.
func OffHoursBoundary(n config.Names, env string) policy.Document {
	nothingElse := deny("NothingElse", nil)
	nothingElse.NotActions = offHoursActions()
	return policy.Document{Statements: []policy.Statement{
		{Sid: "WhatOffHoursNeed", Effect: policy.Allow, Actions: offHoursActions(), Resources: []string{"*"}},
		nothingElse,
		notForAWebIdentity(),
		onlyFor([]string{n.WorkloadRoleARN(n.OffHoursRole(env))}, deny("ForOffHoursOnly", []string{"*"})),
		except(deny("NothingOfAnother", []string{"*"}), n.ARN("rds", "db:"+n.Database(env)), n.ARN("cloudwatch", "alarm:"+n.Alarm(env, "*"))),
	}}
}
