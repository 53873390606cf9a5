package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// ofJob is a fault of staging's job of the fixture.
func ofJob(name, field string, value any, problem string, more ...string) row {
	return is(fmt.Sprintf("environments[%q].jobs[%q].%s", "staging", name, field), value, problem, more...)
}

// cronMissed is nightly with another schedule, for which an alarm would ring between two
// good runs.
func cronMissed(expression string, hours int, problem string) row {
	return refuses(func(s *Settings) {
		job := &environment(s, "staging").Jobs[0]
		job.Schedule, job.MissedAfterHours = expression, hours
	}, fmt.Sprintf(`environments["staging"].jobs["nightly"].missedAfterHours: %d: %s`, hours, problem))
}

const wantCron = `"cron(minutes hours day-of-month month day-of-week year)" is allowed, such as "cron(0 3 * * ? *)", or "rate(6 hours)": `

var jobRows = []row{
	is(`environments["staging"].jobs[0].name`, "", wantKebab),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[0].Name = "web" },
		`environments["staging"].jobs["web"].name: "web": each name is allowed once`),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[1].Name = "nightly" },
		`environments["staging"].jobs[1].name: "nightly": each name is allowed once`),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[0].Name = "migrate" },
		`environments["staging"].jobs["migrate"].name: "migrate": `+wantReserved),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[0].Name = "scheduled" },
		`environments["staging"].jobs["scheduled"].name: "scheduled": `+wantReserved),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[0].Name = "mail-job" },
		`environments["staging"].jobs["mail-job"].name: "mail-job": a name that does not end in "-job" is allowed: its alarms are called so`),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[0].Name = "import-of-all-documents-of-a-day" },
		`environments["staging"].jobs["import-of-all-documents-of-a-day"].name: "import-of-all-documents-of-a-day": a shorter name is required: the EventBridge rule would be "paperwurks-staging-import-of-all-documents-of-a-day-job-succeeded", of 65 characters, and AWS takes 64`),
	refuses(func(s *Settings) {
		e := environment(s, "staging")
		for i := range 21 - len(e.Jobs) {
			job := e.Jobs[2]
			job.Name = fmt.Sprintf("j%d", i)
			e.Jobs = append(e.Jobs, job)
		}
	}, `environments["staging"].jobs: 21: at most 20 jobs are allowed`),
	ofJob("nightly", "service", "cron", `a service of the environment is allowed, whose data the job reaches: "web" or "worker"`),
	ofJob("nightly", "cpu", 300, `256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 CPU units are allowed`),
	ofJob("nightly", "memory", 4096, `512, 1024 or 2048 MiB are allowed with 256 CPU units`),
	ofJob("nightly", "command[0]", "", "an argument that is not empty is allowed"),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[0].Command = nil },
		`environments["staging"].jobs["nightly"].command: []: a command is required: all services run the same image`),
	refuses(func(s *Settings) {
		service(s, "staging", environment(s, "staging").Jobs[0].Service).Variables = long(14)
		environment(s, "staging").Jobs[0].Command = []string{strings.Repeat("y", maxCommand)}
	}, `environments["staging"].jobs["nightly"].command: 15: at most 65536 bytes are allowed in a task definition, as JSON with the environment's variables and the command; there would be up to 69010`),
	refuses(func(s *Settings) {
		service(s, "staging", "worker").Database = false
		job := &environment(s, "staging").Jobs[2]
		job.ReadOnly, job.FormerUser = true, true
	}, `environments["staging"].jobs["reindex"].readOnly: true: false is required: its service "worker" does not reach the database`,
		`environments["staging"].jobs["reindex"].formerUser: true: false is required: its service "worker" does not reach the database`),
	ofJob("reindex", "timeLimitSeconds", 59, "60 to 86400 seconds are allowed"),
	ofJob("reindex", "timeLimitSeconds", 86401, "60 to 86400 seconds are allowed"),
	refuses(func(s *Settings) { environment(s, "staging").Jobs[1].Schedule = "rate(10 minutes)" },
		`environments["staging"].jobs["sync"].timeLimitSeconds: 900: at most 600, the seconds from one run to the next, are allowed`),
	ofJob("sync", "missedAfterHours", 169, "0 to 168 hours are allowed: CloudWatch looks back seven days at most; 0 is no alarm"),
	ofJob("sync", "missedAfterHours", 6, "as many hours as from one run to the end of the next are required, 7 or more, or 0"),
	cronMissed("cron(0 3 ? * MON *)", 168, "0 is required: from one run to the end of the next it is more than the seven days that CloudWatch looks back"),
	cronMissed("cron(0 3 1 * ? *)", 100, "0 is required: from one run to the end of the next it is more than the seven days that CloudWatch looks back"),
	cronMissed("cron(0 3 ? * MON-FRI *)", 72, "as many hours as from one run to the end of the next are required, 73 or more, or 0"),
	cronMissed("cron(30 8-18/2 * * ? *)", 13, "as many hours as from one run to the end of the next are required, 15 or more, or 0"),
	ofJob("reindex", "missedAfterHours", 1, "0 is required of a job without a schedule"),
	ofJob("reindex", "timeZone", "UTC", "none is allowed without a schedule"),
	ofJob("sync", "timeZone", "UTC", "none is allowed with a rate: it has no time of day"),
	ofJob("nightly", "timeZone", "", `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`),
	ofJob("nightly", "timeZone", "Local", `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`),
	ofJob("nightly", "timeZone", "Europe/Bielefeld", `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`),
	ofJob("sync", "schedule", "rate(1 hours)", `a rate in whole minutes, hours or days is allowed, such as "rate(6 hours)" or "rate(1 day)"`),
	ofJob("nightly", "schedule", "at(2027-01-01T00:00:00)", wantCron+"six fields between the brackets are required, one space between two"),
	ofJob("nightly", "schedule", "cron(0 24 * * ? *)", wantCron+`hours is "24"`),
}

// TestSchedules are expressions that EventBridge Scheduler takes and refuses (its
// user guide, "Schedule types").
func TestSchedules(t *testing.T) {
	for expression, want := range map[string]time.Duration{
		"rate(1 minute)": time.Minute, "rate(5 minutes)": 5 * time.Minute, "rate(1 day)": 24 * time.Hour, "rate(99999 days)": 99999 * 24 * time.Hour,
		"rate(1 minutes)": 0, "rate(5 minute)": 0, "rate(0 hours)": 0, "rate(1.5 hours)": 0, "rate(100000 days)": 0, "rate(1 week)": 0, "rate(01 hours)": 0, "rate( 2 hours)": 0, "rate(2 hours": 0,
	} {
		if got := rateOf(expression); got != want {
			t.Errorf("%s: every %v, want %v", expression, got, want)
		}
	}
	for _, expression := range []string{
		"cron(0 3 * * ? *)", "cron(*/10 8-17 ? * MON-FRI *)", "cron(15,45 0,12 ? * 2-6 2026-2030)", "cron(0 10 L * ? *)", "cron(0 10 LW JAN,JUL ? *)",
		"cron(0 10 15W * ? *)", "cron(0 10 ? * 6L *)", "cron(0 10 ? * FRI#2 *)", "cron(0/15 * * jan-mar ? 2199)", "cron(5-50/15 * 1-7 * ? *)",
	} {
		if fault := cronFault(expression); fault != "" {
			t.Errorf("%s is refused: %s", expression, fault)
		}
	}
	const fields = "six fields between the brackets are required, one space between two"
	const days = `"?" is required in one of day-of-month and day-of-week, and not in both`
	for expression, want := range map[string]string{
		"0 3 * * ? *": fields, "cron(0 3 * * ?)": fields, "cron(0 3 * * ? *": fields, "cron(0  3 * * ? *)": fields, "cron(0 3 * * ? * *)": fields,
		"cron(60 3 * * ? *)": `minutes is "60"`, "cron(-1 3 * * ? *)": `minutes is "-1"`, "cron(+1 3 * * ? *)": `minutes is "+1"`, "cron(5-1 3 * * ? *)": `minutes is "5-1"`,
		"cron(*/0 3 * * ? *)": `minutes is "*/0"`, "cron(*/60 3 * * ? *)": `minutes is "*/60"`, "cron(1,, 3 * * ? *)": `minutes is "1,,"`, "cron(0/x 3 * * ? *)": `minutes is "0/x"`,
		"cron(0 3 32 * ? *)": `day-of-month is "32"`, "cron(0 3 32W * ? *)": `day-of-month is "32W"`, "cron(0 3 * 13 ? *)": `month is "13"`, "cron(0 3 * XXX ? *)": `month is "XXX"`,
		"cron(0 3 ? * 8 *)": `day-of-week is "8"`, "cron(0 3 ? * 2#6 *)": `day-of-week is "2#6"`, "cron(0 3 * * ? 1969)": `year is "1969"`, "cron(0 3 * * ? ?)": `year is "?"`,
		"cron(0 3 * * * *)": days, "cron(0 3 ? * ? *)": days, "cron(0 ? * * ? *)": `hours is "?"`,
	} {
		if got := cronFault(expression); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
}
