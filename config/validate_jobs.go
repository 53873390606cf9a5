package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // so that a time zone is known on every machine
)

const (
	// maxTimeLimit of a job in seconds: a day.
	maxTimeLimit = 24 * 60 * 60
	// maxMissedHours is as far as an alarm looks back (CloudWatch user guide,
	// "Alarm evaluation": seven days where periods are an hour or longer).
	maxMissedHours = 7 * 24
	// maxJobs of an environment is the platform's own bound.
	maxJobs = 20
)

func (c *checker) jobs(list string, e Environment) {
	names := make([]string, len(e.Jobs))
	for i, job := range e.Jobs {
		names[i] = job.Name
	}
	var services []string
	for _, s := range e.Services {
		services = append(services, s.Name)
	}
	if len(e.Jobs) > maxJobs {
		c.refuse(list, len(e.Jobs), "at most %d jobs are allowed", maxJobs)
	}
	for i, job := range e.Jobs {
		path := element(list, names, i)
		c.serviceName(path+".name", job.Name, slices.Concat(services, names[:i]))
		if strings.HasSuffix(job.Name, "-job") {
			c.refuse(path+".name", job.Name, `a name that does not end in "-job" is allowed: its alarms are called so`)
		}
		c.size(path, job.CPU, job.Memory)
		c.command(path+".command", job.Command)
		if k := slices.Index(services, job.Service); k < 0 {
			c.refuse(path+".service", job.Service, "a service of the environment is allowed, whose data the job reaches: %s", or(services))
		} else if !c.isRefused(element(strings.TrimSuffix(list, ".jobs")+".services", services, k) + ".variables") {
			c.definition(path+".command", e.VariablesFor(e.Services[k].Variables), e.Services[k].Secrets, job.Command, nil)
		}
		c.between(path+".timeLimitSeconds", job.TimeLimitSeconds, 60, maxTimeLimit, "seconds are allowed")
		c.schedule(path, job)
		if k := slices.Index(services, job.Service); k >= 0 && e.Services[k].ReachesDatabase() {
			c.whileOn(path, job, strings.TrimSuffix(list, ".jobs")+".offHours", e.OffHours)
		} else if k >= 0 {
			const problem = "false is required: its service %s does not reach the database"
			if job.ReadOnly {
				c.refuse(path+".readOnly", true, problem, show(job.Service))
			}
			if job.FormerUser {
				c.refuse(path+".formerUser", true, problem, show(job.Service))
			}
		}
	}
}

// schedule checks when a job runs, and when it is missed.
func (c *checker) schedule(path string, job Job) {
	var every time.Duration
	switch {
	case job.Schedule == "":
		if job.MissedAfterHours != 0 {
			c.refuse(path+".missedAfterHours", job.MissedAfterHours, "0 is required of a job without a schedule")
		}
		if job.TimeZone != "" {
			c.refuse(path+".timeZone", job.TimeZone, "none is allowed without a schedule")
		}
		return
	case strings.HasPrefix(job.Schedule, "rate("):
		if every = rateOf(job.Schedule); every == 0 {
			c.refuse(path+".schedule", job.Schedule, `a rate in whole minutes, hours or days is allowed, such as "rate(6 hours)" or "rate(1 day)"`)
		}
		if job.TimeZone != "" {
			c.refuse(path+".timeZone", job.TimeZone, "none is allowed with a rate: it has no time of day")
		}
	default:
		if fault := cronFault(job.Schedule); fault != "" {
			c.refuse(path+".schedule", job.Schedule, `"cron(minutes hours day-of-month month day-of-week year)" is allowed, such as "cron(0 3 * * ? *)", or "rate(6 hours)": %s`, fault)
		} else {
			every = longestWait(job.Schedule)
		}
		if _, err := time.LoadLocation(job.TimeZone); err != nil || job.TimeZone == "" || job.TimeZone == "Local" {
			c.refuse(path+".timeZone", job.TimeZone, `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`)
		}
	}
	limit := time.Duration(job.TimeLimitSeconds) * time.Second
	if strings.HasPrefix(job.Schedule, "rate(") && every > 0 && limit > every && !c.isRefused(path+".timeLimitSeconds") {
		c.refuse(path+".timeLimitSeconds", job.TimeLimitSeconds, "at most %d, the seconds from one run to the next, are allowed", int(every.Seconds()))
	}
	c.between(path+".missedAfterHours", job.MissedAfterHours, 0, maxMissedHours, "hours are allowed: CloudWatch looks back seven days at most; 0 is no alarm")
	missed := time.Duration(job.MissedAfterHours) * time.Hour
	switch {
	case missed == 0 || missed >= every+limit || c.isRefused(path+".missedAfterHours"):
	case every+limit > maxMissedHours*time.Hour:
		c.refuse(path+".missedAfterHours", job.MissedAfterHours, "0 is required: from one run to the end of the next it is more than the seven days that CloudWatch looks back")
	default:
		c.refuse(path+".missedAfterHours", job.MissedAfterHours, "as many hours as from one run to the end of the next are required, %d or more, or 0", int((every+limit+time.Hour-1)/time.Hour))
	}
}

// whileOn refuses a job that would run while its database is stopped, or starts.
func (c *checker) whileOn(path string, job Job, hours string, o OffHours) {
	if job.Schedule == "" || !o.IsSet() || slices.ContainsFunc([]string{path + ".schedule", path + ".timeZone", path + ".timeLimitSeconds",
		hours, hours + ".from", hours + ".to", hours + ".timeZone", hours + ".weekends"}, c.isRefused) {
		return
	}
	const whose = "a job whose service reaches the database"
	if strings.HasPrefix(job.Schedule, "rate(") {
		c.refuse(path+".schedule", job.Schedule, "a cron expression is required of %s where there are off-hours: a rate has no time of day", whose)
		return
	}
	if at, ok := firstOutside(job, o); ok {
		c.refuse(path+".schedule", job.Schedule, "times at which the environment is on are required of %s, from %d minutes after it is switched on, and no run may last into the evening; it is off %s, and one would start at %s and last %d minutes",
			whose, StartMinutes, o, at.Format("Mon 15:04"), job.TimeLimitSeconds/60)
	}
}

// firstOutside is a run of a job, in five years, that does not start and end
// while the environment is on, by the clock of the off-hours. Of day-of-month it looks at
// what a weekday follows from only: every date is a Saturday in some year.
func firstOutside(job Job, o OffHours) (time.Time, bool) {
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(job.Schedule, "cron("), ")"), " ")
	days := cronFields[4].values(parts[4])
	switch nth, _, _ := strings.Cut(parts[4], "#"); {
	case strings.HasSuffix(parts[2], "W"): // the nearest weekday
		days = []int{2, 3, 4, 5, 6}
	case parts[4] == "?":
		days = cronFields[4].values("*")
	case parts[4] == "L":
		days = []int{7}
	case days == nil: // 6L and FRI#2
		days = []int{cronFields[4].value(strings.TrimSuffix(nth, "L"))}
	}
	zone, err := time.LoadLocation(job.TimeZone)
	if err != nil {
		return time.Time{}, false
	}
	own := o.location()
	minutes, hours, months := cronFields[0].values(parts[0]), cronFields[1].values(parts[1]), cronFields[3].values(parts[3])
	every := 5 * 366
	if job.TimeZone == o.TimeZone {
		every, months = 7, cronFields[3].values("*") // a week is like another
	}
	for n := range every {
		day := time.Date(2026, 1, 5+n, 0, 0, 0, 0, zone) // a Monday
		if !slices.Contains(days, int(day.Weekday())+1) || !slices.Contains(months, int(day.Month())) {
			continue
		}
		for _, hour := range hours {
			for _, minute := range minutes {
				at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, zone).In(own)
				of := at.Hour()*60 + at.Minute()
				if o.isOff(at) || of < minuteOfDay(o.To)+StartMinutes || of*60+job.TimeLimitSeconds > minuteOfDay(o.From)*60 {
					return at, true
				}
			}
		}
	}
	return time.Time{}, false
}

// values of a field that has no special one; nil for one that has.
func (f cronField) values(text string) []int {
	var out []int
	for n := f.least; n <= f.most; n++ {
		if slices.ContainsFunc(strings.Split(text, ","), func(part string) bool { return f.has(part, n) }) {
			out = append(out, n)
		}
	}
	return out
}

// has says whether a value is in a part of a field: "*", "5", "8-17", "*/10", "5-50/15".
func (f cronField) has(part string, n int) bool {
	span, step, stepped := strings.Cut(part, "/")
	from, to := f.least, f.most
	if span != "*" {
		first, last, isRange := strings.Cut(span, "-")
		if from, to = f.value(first), f.value(last); !isRange {
			if to = from; stepped {
				to = f.most
			}
		}
		if from < 0 {
			return false
		}
	}
	every := 1
	if stepped {
		every, _ = strconv.Atoi(step)
	}
	return every > 0 && n >= from && n <= to && (n-from)%every == 0
}

var rateForm = regexp.MustCompile(`^rate\((?:1 (minute|hour|day)|([1-9][0-9]{0,4}) (minute|hour|day)s)\)$`)

// rateOf is the time from one run to the next of a rate; 0 for no rate
// (EventBridge Scheduler user guide, "Rate-based schedules").
func rateOf(expression string) time.Duration {
	m := rateForm.FindStringSubmatch(expression)
	if m == nil {
		return 0
	}
	n := 1
	if m[2] != "" {
		n, _ = strconv.Atoi(m[2])
		if n == 1 {
			return 0
		}
	}
	return time.Duration(n) * map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[1]+m[3]]
}

// longestWait is the longest time from one run of a valid cron expression to the next, a
// day's daylight saving aside. L, W and # name one day of a week or a month: seven days
// or more.
func longestWait(expression string) time.Duration {
	parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(expression, "cron("), ")"), " ")
	var sets [6][]int
	for i, f := range cronFields {
		sets[i] = f.set(parts[i])
		if len(sets[i]) == 0 {
			return 7 * 24 * time.Hour
		}
	}
	var inDay []time.Duration
	for _, hour := range sets[1] {
		for _, minute := range sets[0] {
			inDay = append(inDay, time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute)
		}
	}
	var longest time.Duration
	for i := range inDay[1:] {
		longest = max(longest, inDay[i+1]-inDay[i])
	}
	overNight := inDay[0] - inDay[len(inDay)-1]
	last := -1
	first := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := range 2 * 366 {
		day := first.AddDate(0, 0, d)
		if !slices.Contains(sets[2], day.Day()) || !slices.Contains(sets[3], int(day.Month())) || !slices.Contains(sets[4], int(day.Weekday())+1) {
			continue
		}
		if last >= 0 {
			longest = max(longest, time.Duration(d-last)*24*time.Hour+overNight)
		}
		last = d
	}
	return max(longest, time.Duration(2*366-1-last)*24*time.Hour)
}

// set is the values of a field that takes the text, in order; none of what is special.
func (f cronField) set(text string) []int {
	var out []int
	for n := f.least; n <= f.most; n++ {
		if text == "*" || text == "?" || slices.ContainsFunc(strings.Split(text, ","), func(part string) bool {
			span, step, _ := strings.Cut(part, "/")
			every, err := strconv.Atoi(step)
			if err != nil {
				every = 1
			}
			first, last, isRange := strings.Cut(span, "-")
			from, to := f.value(first), f.value(last)
			switch {
			case span == "*":
				from, to = f.least, f.most
			case !isRange && step != "":
				to = f.most
			case !isRange:
				to = from
			}
			return from >= 0 && n >= from && n <= to && (n-from)%every == 0
		}) {
			out = append(out, n)
		}
	}
	return out
}

// cronField is a field of a cron expression (EventBridge Scheduler user guide,
// "Cron-based schedules").
type cronField struct {
	name        string
	least, most int
	// words are names of the values, the first for least.
	words []string
	// special is what else is allowed.
	special *regexp.Regexp
}

var cronFields = []cronField{
	{name: "minutes", least: 0, most: 59},
	{name: "hours", least: 0, most: 23},
	{name: "day-of-month", least: 1, most: 31, special: regexp.MustCompile(`^(\?|L|LW|([1-9]|[12][0-9]|3[01])W)$`)},
	{name: "month", least: 1, most: 12, words: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{name: "day-of-week", least: 1, most: 7, words: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"},
		special: regexp.MustCompile(`^(\?|L|[1-7]L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5])$`)},
	{name: "year", least: 1970, most: 2199},
}

// cronFault says why EventBridge Scheduler would refuse a cron expression; "" where
// it does not.
func cronFault(expression string) string {
	inner, ok := strings.CutPrefix(expression, "cron(")
	inner, closed := strings.CutSuffix(inner, ")")
	parts := strings.Split(inner, " ")
	if !ok || !closed || len(parts) != len(cronFields) {
		return "six fields between the brackets are required, one space between two"
	}
	for i, f := range cronFields {
		if !f.takes(parts[i]) {
			return f.name + " is " + show(parts[i])
		}
	}
	if (parts[2] == "?") == (parts[4] == "?") {
		return `"?" is required in one of day-of-month and day-of-week, and not in both`
	}
	return ""
}

// takes says whether a field has a value that the field may have.
func (f cronField) takes(text string) bool {
	if text == "*" || f.special != nil && f.special.MatchString(text) {
		return true
	}
	for part := range strings.SplitSeq(text, ",") {
		span, step, stepped := strings.Cut(part, "/")
		if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || n > f.most || step != strconv.Itoa(n)) {
			return false
		}
		if span == "*" && stepped {
			continue
		}
		first, last, isRange := strings.Cut(span, "-")
		from, to := f.value(first), f.value(last)
		if from < 0 || isRange && (to < 0 || to < from) {
			return false
		}
	}
	return true
}

// value of a number or a word; -1 for none that is allowed.
func (f cronField) value(text string) int {
	if i := slices.Index(f.words, strings.ToUpper(text)); i >= 0 {
		return f.least + i
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < f.least || n > f.most || strings.Trim(text, "0123456789") != "" {
		return -1
	}
	return n
}
