package config

import "time"

// minOn is how long an environment is on at least each day, in minutes: less leaves
// alarms no time to look.
const minOn = 4 * 60

func (c *checker) offHours(path string, e Environment) {
	o := e.OffHours
	if !o.IsSet() {
		return
	}
	if e.IsProtected() {
		c.refuse(path, o.String(), "none are allowed where data is \"protected\": users would find nothing")
		return
	}
	if o == (OffHours{Weekends: true}) {
		c.refuse(path+".weekends", true, "false is required without from, to and timeZone")
		return
	}
	const wantTime = `a time of day is required, such as "07:00" or "20:30"`
	from, to := minuteOfDay(o.From), minuteOfDay(o.To)
	if to < 0 {
		c.refuse(path+".to", o.To, wantTime)
	}
	switch {
	case from < 0:
		c.refuse(path+".from", o.From, wantTime)
	case to >= 0 && from < to+minOn:
		c.refuse(path+".from", o.From, "a time in the evening is required, %d hours or more after the morning's to, %s", minOn/60, show(o.To))
	}
	if _, err := time.LoadLocation(o.TimeZone); err != nil || o.TimeZone == "" || o.TimeZone == "Local" {
		c.refuse(path+".timeZone", o.TimeZone, `a time zone of the IANA database is required, such as "UTC" or "Europe/Berlin"`)
	}
}
