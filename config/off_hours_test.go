package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var berlin = OffHours{From: "20:00", To: "07:00", Weekends: true, TimeZone: "Europe/Berlin"}

var offHoursRows = []row{
	refuses(func(s *Settings) { environment(s, "prod").OffHours = berlin },
		`environments["prod"].offHours: "20:00 to 07:00 and at weekends, Europe/Berlin": none are allowed where data is "protected": users would find nothing`),
	off(`from`, "8pm", `a time of day is required, such as "07:00" or "20:30"`),
	off(`from`, "24:00", `a time of day is required, such as "07:00" or "20:30"`),
	off(`from`, "10:59", `a time in the evening is required, 4 hours or more after the morning's to, "07:00"`),
	off(`from`, "05:00", `a time in the evening is required, 4 hours or more after the morning's to, "07:00"`),
	off(`to`, "7:00", `a time of day is required, such as "07:00" or "20:30"`),
	off(`timeZone`, "", `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`),
	off(`timeZone`, "Local", `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`),
	off(`timeZone`, "CEST", `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`),
	refuses(func(s *Settings) { environment(s, "dev").OffHours = OffHours{Weekends: true} },
		`environments["dev"].offHours.weekends: true: false is required without from, to and timeZone`),
	refuses(func(s *Settings) { environment(s, "dev").OffHours = OffHours{Weekends: true, TimeZone: "UTC"} },
		`environments["dev"].offHours.to: "": a time of day is required, such as "07:00" or "20:30"`,
		`environments["dev"].offHours.from: "": a time of day is required, such as "07:00" or "20:30"`),
}

// TestJobsWhileOn: a job whose service reaches the database runs while it is there.
func TestJobsWhileOn(t *testing.T) {
	for schedule, want := range map[string]string{
		"cron(0 12 ? * MON-FRI *)":      "",
		"cron(30 7 ? * 2-6 *)":          "",
		"cron(*/20 8-17 ? * MON-FRI *)": "",
		"cron(0 12 15W * ? *)":          "",
		"cron(0 12 LW * ? *)":           "",
		"cron(0 12 ? * FRI#2 *)":        "",
		"cron(0 12 ? * 6L *)":           "",
		"cron(0 19 ? * MON,WED *)":      "",
		"cron(0 12 * * ? *)":            "Sat 12:00",
		"cron(0 12 1 * ? *)":            "Sat 12:00",
		"cron(0 12 ? * L *)":            "Sat 12:00",
		"cron(0 12 ? * 7L *)":           "Sat 12:00",
		"cron(0 12 ? * SUN#1 *)":        "Sun 12:00",
		"cron(29 7 ? * MON-FRI *)":      "07:29",
		"cron(1 19 ? * MON-FRI *)":      "19:01",
		"cron(0 3 ? * MON-FRI *)":       "03:00",
		"cron(0/30 12 ? * 2/2 *)":       "",
		"cron(0 8/6 ? * MON-FRI *)":     "20:00",
		"cron(0 8-19/6 ? * MON-FRI *)":  "",
		"rate(6 hours)":                 "a cron expression is required of a job whose service reaches the database where there are off-hours: a rate has no time of day",
	} {
		s := Fixture()
		dev := environment(&s, "dev")
		dev.OffHours = berlin
		dev.Jobs = []Job{{Name: "nightly", Service: "worker", CPU: 256, Memory: 512, Command: []string{"nightly"}, Schedule: schedule, TimeZone: "Europe/Berlin", TimeLimitSeconds: 3600, MissedAfterHours: maxMissedHours}}
		if strings.HasPrefix(schedule, "rate(") {
			dev.Jobs[0].TimeZone = ""
		} else if longestWait(schedule) > (maxMissedHours-1)*time.Hour {
			dev.Jobs[0].MissedAfterHours = 0
		}
		err := s.Validate()
		if want == "" && err == nil {
			continue
		}
		if want == "" || err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `environments["dev"].jobs["nightly"].schedule: `) {
			t.Errorf("%s: %v, want %q", schedule, err, want)
		}
	}
	// By the clock of the off-hours: 12:00 in Los Angeles is 21:00 in Berlin.
	s := Fixture()
	dev := environment(&s, "dev")
	dev.OffHours = berlin
	dev.Jobs = []Job{{Name: "nightly", Service: "worker", CPU: 256, Memory: 512, Command: []string{"nightly"}, Schedule: "cron(0 12 ? * MON-FRI *)", TimeZone: "America/Los_Angeles", TimeLimitSeconds: 3600}}
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "one would start at Mon 21:00 and last 60 minutes") {
		t.Error(err)
	}
	dev.Services[1].Database, dev.Services[1].Former.Database = false, false
	if dev.Services[1].Name != "worker" {
		t.Fatal(dev.Services[1].Name)
	}
	if err := s.Validate(); err != nil && strings.Contains(err.Error(), "off-hours") {
		t.Errorf("a job that does not reach the database: %v", err)
	}
}

// off sets one field of dev's, which has the others.
func off(field, value, problem string) row {
	return refuses(func(s *Settings) {
		environment(s, "dev").OffHours = berlin
		fieldAt(s, `environments["dev"].offHours.`+field).SetString(value)
	}, `environments["dev"].offHours.`+field+`: "`+value+`": `+problem)
}

// weeks have summer, winter, Ramadan, in which Morocco's clocks differ, and each night in
// which a zone below changes its clocks, or a day next to it.
var weeks = []time.Time{
	time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 16, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 6, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC),
}

// TestWatched walks through those weeks in several zones, minute by minute: an alarm
// that knows UTC only looks at no time at which the environment is off, nor in the
// minutes in which it starts, and looks for most of the time that it is on. RDS backs up
// and maintains the database in such minutes only.
func TestWatched(t *testing.T) {
	for _, o := range []OffHours{
		berlin,
		{From: "20:00", To: "07:00", TimeZone: "Europe/Berlin"},
		{From: "18:30", To: "08:15", Weekends: true, TimeZone: "America/Los_Angeles"},
		{From: "23:59", To: "00:01", TimeZone: "Pacific/Auckland"},
		{From: "23:00", To: "05:00", Weekends: true, TimeZone: "Pacific/Honolulu"},
		{From: "11:00", To: "07:00", Weekends: true, TimeZone: "Africa/Casablanca"},
		{From: "17:00", To: "09:00", Weekends: true, TimeZone: "Asia/Kathmandu"},
		{From: "20:00", To: "07:00", TimeZone: "UTC"},
	} {
		watched := make([]bool, MinutesOfWeek)
		for _, span := range o.Watched() {
			if span.From < 0 || span.From >= span.Until || span.Until > MinutesOfWeek {
				t.Errorf("%s: span %v", o, span)
			}
			for m := span.From; m < span.Until; m++ {
				watched[m] = true
			}
		}
		inWindow := windows(t, o)
		var on, looks, backups, maintains int
		zone := o.location()
		for _, week := range weeks {
			for at := week; at.Before(week.AddDate(0, 0, 7)); at = at.Add(time.Minute) {
				minute := (int(at.Weekday())+6)%7*24*60 + at.Hour()*60 + at.Minute()
				isOff, starts := o.isOff(at.In(zone)), o.isOff(at.Add(-StartMinutes*time.Minute).In(zone))
				if watched[minute] && (isOff || starts) {
					t.Fatalf("%s: it looks at %s, when it is off or starts", o, at.In(zone))
				}
				if !isOff {
					on++
				}
				if watched[minute] {
					looks++
				}
				backup, maintenance := inWindow(minute)
				if maintenance && (isOff || starts || backup) {
					t.Fatalf("%s: it is maintained at %s, when it is off, starts or is backed up", o, at.In(zone))
				}
				if maintenance {
					maintains++
				}
				if backup && !isOff && !starts {
					backups++
				}
			}
		}
		days := 5
		if !o.Weekends {
			days = 7
		}
		if maintains != len(weeks)*60 || backups < len(weeks)*days*30 {
			t.Errorf("%s: in %d weeks it is maintained for %d minutes, and backed up for %d", o, len(weeks), maintains, backups)
		}
		if most := on - on/2; looks < most {
			t.Errorf("%s: it looks for %d minutes of the %d that it is on", o, looks, on)
		}
		if share := float64(on) / float64(len(weeks)*MinutesOfWeek); share < o.On()-0.01 || share > o.On()+0.01 {
			t.Errorf("%s: on for %.3f of the time, and On says %.3f", o, share, o.On())
		}
	}
	if never := (OffHours{}); never.IsSet() || never.IsOff(time.Now()) || never.On() != 1 || never.String() != "never" {
		t.Errorf("the zero value is not never: %+v", never)
	}
}

func TestSwitches(t *testing.T) {
	for _, test := range []struct {
		o                      OffHours
		off, database, on, say string
	}{
		{berlin, "cron(0 20 ? * * *)", "cron(0 7 ? * MON-FRI *)", "cron(15 7 ? * MON-FRI *)", "20:00 to 07:00 and at weekends, Europe/Berlin"},
		{OffHours{From: "18:30", To: "08:50", TimeZone: "UTC"}, "cron(30 18 ? * * *)", "cron(50 8 ? * * *)", "cron(5 9 ? * * *)", "18:30 to 08:50, UTC"},
	} {
		if test.o.SwitchOff() != test.off || test.o.StartDatabase() != test.database || test.o.SwitchOn() != test.on || test.o.String() != test.say {
			t.Errorf("%s, %s, %s, %s", test.o.SwitchOff(), test.o.StartDatabase(), test.o.SwitchOn(), test.o)
		}
	}
	for at, want := range map[string]bool{
		"Mon 2026-11-23 06:59": true, "Mon 2026-11-23 07:00": false, "Fri 2026-11-27 19:59": false, "Fri 2026-11-27 20:00": true,
		"Sat 2026-11-28 12:00": true, "Sun 2026-11-29 12:00": true, "Tue 2026-07-07 07:00": false, "Tue 2026-07-07 06:59": true,
	} {
		when, err := time.ParseInLocation("Mon 2006-01-02 15:04", at, berlin.location())
		if err != nil {
			t.Fatal(err)
		}
		if berlin.IsOff(when.UTC()) != want {
			t.Errorf("%s: off is %v", at, !want)
		}
	}
	for at, want := range map[string]bool{
		"Mon 2026-11-23 07:14": true, "Mon 2026-11-23 07:15": false, "Fri 2026-11-27 19:59": false, "Fri 2026-11-27 20:00": true, "Sat 2026-11-28 07:20": true,
	} {
		when, err := time.ParseInLocation("Mon 2006-01-02 15:04", at, berlin.location())
		if err != nil {
			t.Fatal(err)
		}
		if berlin.IsWithoutServices(when.UTC()) != want {
			t.Errorf("%s: without services is %v", at, !want)
		}
	}
}

// windows says whether a minute of the week, of UTC, is in RDS's windows.
func windows(t *testing.T, o OffHours) func(minute int) (backup, maintenance bool) {
	t.Helper()
	minutes := func(text, form string, week bool) (from, until int) {
		of := func(text string) int {
			at, err := time.Parse(form, text)
			if err != nil {
				t.Fatal(err)
			}
			return at.Hour()*60 + at.Minute()
		}
		first, last, _ := strings.Cut(text, "-")
		if !week {
			return of(first), of(last)
		}
		day := func(text string) int {
			return slices.Index([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, text[:3]) * 24 * 60
		}
		return day(first) + of(first[4:]), day(last) + of(last[4:])
	}
	in := func(minute, from, until int) bool {
		if from < until {
			return from <= minute && minute < until
		}
		return from <= minute || minute < until
	}
	backup, maintenance := o.Windows()
	backupFrom, backupUntil := minutes(backup, "15:04", false)
	from, until := minutes(maintenance, "15:04", true)
	return func(minute int) (bool, bool) {
		return in(minute%(24*60), backupFrom, backupUntil), in(minute, from, until)
	}
}

func TestWindows(t *testing.T) {
	for _, test := range []struct {
		o                   OffHours
		backup, maintenance string
	}{
		{OffHours{}, "01:00-02:00", "sun:03:00-sun:04:00"},
		{berlin, "06:30-07:00", "mon:17:00-mon:18:00"},
		{OffHours{From: "23:00", To: "05:00", Weekends: true, TimeZone: "Pacific/Honolulu"}, "15:30-16:00", "tue:08:00-tue:09:00"},
		{OffHours{From: "18:00", To: "06:00", TimeZone: "Asia/Tokyo"}, "21:30-22:00", "mon:08:00-mon:09:00"},
	} {
		if backup, maintenance := test.o.Windows(); backup != test.backup || maintenance != test.maintenance {
			t.Errorf("%s: %s, %s", test.o, backup, maintenance)
		}
	}
}
