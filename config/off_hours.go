package config

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // so that a time zone is known on every machine
)

// OffHours are when an environment without protected data is switched off, to cost
// less: its services run no task, its database is stopped, and alarms that would ring
// for that do not. The zero value is never.
type OffHours struct {
	// From and To are times of day, such as "20:00" and "07:00": it is off from the
	// evening to the next morning, when its database starts, and ServiceMinutes later
	// its services.
	From, To string
	// Weekends says that it stays off from Friday's From to Monday's To.
	Weekends bool
	// TimeZone of both in the IANA database, such as "Europe/Berlin".
	TimeZone string
}

// SwitchOff and SwitchOn are the names of the two scheduled actions of a service, and
// of the two commands of a person.
const (
	SwitchOff = "switch-off"
	SwitchOn  = "switch-on"
)

// Minutes after To, when the database is switched on. RDS takes minutes to start it: the
// services come ServiceMinutes later, for one whose health check asks the database would
// be replaced again and again, and alarms look again StartMinutes later.
const (
	ServiceMinutes = 15
	StartMinutes   = 30
)

// IsSet says whether the environment is ever switched off by a schedule.
func (o OffHours) IsSet() bool { return o != OffHours{} }

// SwitchOff, StartDatabase and SwitchOn are the cron expressions of Application Auto Scaling
// and EventBridge Scheduler. It is switched off on every day: whoever switched it on in
// between, and RDS, which starts an instance that has been stopped for seven days
// (Amazon RDS user guide, "Stopping an Amazon RDS DB instance temporarily"), does so
// until the evening.
func (o OffHours) SwitchOff() string     { return cron(minuteOfDay(o.From), "*") }
func (o OffHours) StartDatabase() string { return cron(minuteOfDay(o.To), o.cronDays()) }
func (o OffHours) SwitchOn() string      { return cron(minuteOfDay(o.To)+ServiceMinutes, o.cronDays()) }

func (o OffHours) cronDays() string {
	if o.Weekends {
		return "MON-FRI"
	}
	return "*"
}

func cron(minute int, days string) string {
	return fmt.Sprintf("cron(%d %d ? * %s *)", minute%60, minute/60, days)
}

// String is for people: "20:00 to 07:00 and at weekends, Europe/Berlin".
func (o OffHours) String() string {
	if !o.IsSet() {
		return "never"
	}
	weekends := ""
	if o.Weekends {
		weekends = " and at weekends"
	}
	return o.From + " to " + o.To + weekends + ", " + o.TimeZone
}

// IsOff says whether the environment is off at a time, by its schedule.
func (o OffHours) IsOff(at time.Time) bool { return o.isOff(at.In(o.location())) }

// IsWithoutServices says whether it is off or its database starts, by its schedule: no
// service has a task.
func (o OffHours) IsWithoutServices(at time.Time) bool {
	return o.IsOff(at) || o.IsOff(at.Add(-ServiceMinutes*time.Minute))
}

// isOff at a time of the zone.
func (o OffHours) isOff(at time.Time) bool {
	if !o.IsSet() {
		return false
	}
	minute := at.Hour()*60 + at.Minute()
	return minute < minuteOfDay(o.To) || minute >= minuteOfDay(o.From) || !slices.Contains(o.days(), at.Weekday())
}

// On is the share of the hours of a week in which it is on: 1 where it is never off.
func (o OffHours) On() float64 {
	if !o.IsSet() {
		return 1
	}
	return float64(len(o.days())*(minuteOfDay(o.From)-minuteOfDay(o.To))) / MinutesOfWeek
}

// MinutesOfWeek are from Monday, 00:00, to the next.
const MinutesOfWeek = 7 * 24 * 60

// Span is a part of the week: minutes since Monday, 00:00 UTC, Until excluded.
type Span struct{ From, Until int }

// Watched are the spans in which alarms look: those in which it has been on for
// StartMinutes in summer and in winter alike, since an alarm knows UTC only (Amazon
// CloudWatch user guide, "Metric math functions": DAY, HOUR, MINUTE).
func (o OffHours) Watched() []Span {
	least, most := o.offsets()
	var spans []Span
	for _, day := range o.days() {
		midnight := (int(day) + 6) % 7 * 24 * 60 // Monday is 0
		from, until := midnight+minuteOfDay(o.To)+StartMinutes-least, midnight+minuteOfDay(o.From)-most
		switch {
		case until <= 0:
			spans = append(spans, Span{from + MinutesOfWeek, until + MinutesOfWeek})
		case from < 0:
			spans = append(spans, Span{from + MinutesOfWeek, MinutesOfWeek}, Span{0, until})
		case from >= MinutesOfWeek:
			spans = append(spans, Span{from - MinutesOfWeek, until - MinutesOfWeek})
		case until > MinutesOfWeek:
			spans = append(spans, Span{from, MinutesOfWeek}, Span{0, until - MinutesOfWeek})
		default:
			spans = append(spans, Span{from, until})
		}
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
	return spans
}

// Windows are when RDS backs up the database and when it maintains it, as RDS spells
// them, in UTC: the night where it never stops. A database that is stopped is neither
// backed up nor maintained (Amazon RDS user guide, "Backup retention period": "Automated
// backups aren't created while a DB instance or cluster is stopped"; "Introduction to
// backups": it must be available), so with off-hours it is backed up as soon as
// it is on, and maintained for the last hour of a Monday, in summer and in winter. They
// do not overlap, which RDS refuses.
func (o OffHours) Windows() (backup, maintenance string) {
	if !o.IsSet() {
		return "01:00-02:00", "sun:03:00-sun:04:00"
	}
	least, most := o.offsets()
	on, off := minuteOfDay(o.To)+StartMinutes-least, minuteOfDay(o.From)-most
	clock := func(minute int) (day, at string) {
		minute = (minute + MinutesOfWeek) % MinutesOfWeek
		return [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}[minute/(24*60)], fmt.Sprintf("%02d:%02d", minute/60%24, minute%60)
	}
	_, from := clock(on)
	_, until := clock(on + 30)
	fromDay, fromAt := clock(off - 60)
	untilDay, untilAt := clock(off)
	return from + "-" + until, fromDay + ":" + fromAt + "-" + untilDay + ":" + untilAt
}

// days on which it is switched on.
func (o OffHours) days() []time.Weekday {
	days := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	if !o.Weekends {
		days = append(days, time.Saturday, time.Sunday)
	}
	return days
}

func (o OffHours) location() *time.Location {
	location, err := time.LoadLocation(o.TimeZone)
	if err != nil {
		return time.UTC // Validate has refused it
	}
	return location
}

// offsets are the least and the most minutes by which the zone's clocks are ahead of
// UTC, from 2026 on for five years: some zones have other weeks of summer each year.
func (o OffHours) offsets() (least, most int) {
	least, most = 24*60, -24*60
	for at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC); at.Year() < 2031; at = at.AddDate(0, 0, 1) {
		_, seconds := at.In(o.location()).Zone()
		least, most = min(least, seconds/60), max(most, seconds/60)
	}
	return least, most
}

// minuteOfDay of a time such as "07:30"; -1 for none.
func minuteOfDay(text string) int {
	at, err := time.Parse("15:04", text)
	if err != nil || at.Format("15:04") != text {
		return -1
	}
	return at.Hour()*60 + at.Minute()
}
