package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/config"
)

const (
	// RDS writes its log to S3 every five minutes (Amazon RDS user guide,
	// "Restoring a DB instance to a specified time").
	restorableWithin = 30 * time.Minute
	// ACM begins to renew 60 days before the end (ACM user guide, "Managed
	// certificate renewal"); RDS's own certificates a person rotates.
	certificateDays = 30
	// A stack is applied within two hours, which is its job's time limit.
	lockHours = 2
	// lowStorage is where storage autoscaling should have helped (Amazon RDS
	// user guide, "Managing capacity automatically": ten percent).
	lowStorage = 0.1
	// Drift is looked for each night.
	driftHours = 48
	// nearQuota is how much of a quota is worth saying.
	nearQuota = 0.8
)

// check says what is wrong, most urgent first.
func (r *Report) check() {
	r.Healthy = true
	for i := range r.Environments {
		env := &r.Environments[i]
		env.Off = env.off(r.At)
		env.Wrong = env.faults(r.At)
		if len(env.Wrong)+len(env.Unread) > 0 {
			r.Healthy = false
		}
	}
	r.Wrong = r.faults()
	if len(r.Wrong)+len(r.Unread) > 0 {
		r.Healthy = false
	}
}

// off says why no service is to run a task, where that is meant: the clock, or
// somebody who ran `make switch-off`, which also keeps all alarms from calling anybody.
func (e *Environment) off(now time.Time) string {
	if len(e.Services) == 0 || slices.ContainsFunc(e.Services, func(s Service) bool { return s.Revision == "" || s.Desired > 0 }) {
		return ""
	}
	switch {
	case e.hours.IsWithoutServices(now):
		return "by the clock: " + e.hours.String()
	case e.Alarms != nil && e.Alarms.All > 0 && len(e.Alarms.Muted) == e.Alarms.All:
		return "by somebody: make switch-on ENV=" + e.Name
	default:
		return ""
	}
}

func (e *Environment) faults(now time.Time) []string {
	var out []string
	fault := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	if e.Maintenance != "" {
		fault("%s", e.Maintenance)
	}
	for _, s := range e.Services {
		switch {
		case s.Revision == "":
			fault("%s does not exist", s.Name)
			continue
		case s.Commit == "":
			fault("%s was never deployed", s.Name)
			continue
		case e.Off != "":
		case s.Desired == 0:
			fault("%s is to run 0 tasks", s.Name)
		case s.Running < s.Desired:
			fault("%s runs %d of %d tasks", s.Name, s.Running, s.Desired)
		}
		if d := s.Deployment; d != nil && !slices.Contains([]string{"SUCCESSFUL", "PENDING", "IN_PROGRESS"}, d.Outcome) {
			fault("%s: the last deployment %s", s.Name, ended(d.Outcome))
		}
	}
	if commits := commitsOf(e.Services); len(commits) > 1 && !e.deploys() {
		fault("services run different commits: %s", strings.Join(commits, ", "))
	}
	if e.Alarms != nil && e.Off == "" {
		for _, a := range e.Alarms.Ringing {
			fault("%s rings", a.Name)
		}
		if n := len(e.Alarms.Muted); n > 0 {
			next := ""
			if e.switchable {
				// No schedule lets those in us-east-1 call again.
				next = ": make switch-on ENV=" + e.Name
			}
			fault("%s not mailed: %s%s", plural(n, "alarm is", "alarms are"), strings.Join(e.Alarms.Muted, ", "), next)
		}
		if e.Alarms.All == 0 {
			fault("there are no alarms")
		}
	}
	for _, t := range e.Topics {
		if text := t.fault(); text != "" {
			fault("%s", text)
		}
	}
	if d := e.Database; d != nil {
		switch {
		case d.State == "":
			fault("there is no database")
		case e.Off != "" && slices.Contains([]string{"stopped", "stopping", "starting"}, d.State):
		case d.State == "stopped" && e.switchable && !e.hours.IsSet():
			fault("the database is stopped, and no off-hours start it: make switch-on ENV=%s", e.Name)
		case d.State == "stopped" && e.switchable:
			fault("the database is stopped: make switch-on ENV=%s", e.Name)
		case d.State != "available":
			fault("the database is %s", d.State)
		case d.Restorable.IsZero():
			fault("the database cannot be restored to any point in time")
		case now.Sub(d.Restorable) > restorableWithin:
			fault("the database can be restored only to %s ago", ago(now, d.Restorable))
		}
		if d.FreeGiB != nil && *d.FreeGiB < lowStorage*d.StorageGiB {
			fault("the database has %.1f of %.0f GiB free", *d.FreeGiB, d.StorageGiB)
		}
		if endsSoon(now, d.CertificateEnds) {
			fault("the database's certificate ends on %s", day(d.CertificateEnds))
		}
	}
	for _, s := range e.Secrets {
		switch {
		case !s.DeletedAt.IsZero():
			fault("the secret %s is to be deleted on %s", s.Name, day(s.DeletedAt))
		case !s.HasValue:
			fault("the secret %s has no value", s.Name)
		}
	}
	for _, c := range e.Certificates {
		if c.State == "MISSING" {
			fault("%s has no certificate in %s", c.Host, c.Region)
		} else if c.State != "ISSUED" {
			fault("the certificate of %s in %s is %s", c.Host, c.Region, words(c.State))
		} else if endsSoon(now, c.Ends) {
			fault("the certificate of %s in %s ends on %s and was not renewed", c.Host, c.Region, day(c.Ends))
		}
	}
	return out
}

func (r *Report) faults() []string {
	var out []string
	if a := r.Alarms; a != nil {
		for _, ringing := range a.Ringing {
			out = append(out, "account-"+ringing.Name+" rings")
		}
		if n := len(a.Muted); n > 0 {
			out = append(out, fmt.Sprintf("%s not mailed: %s", plural(n, "alarm of the account is", "alarms of the account are"), strings.Join(a.Muted, ", ")))
		}
		if a.All == 0 {
			out = append(out, "there are no alarms of the account")
		}
	}
	for _, t := range r.Topics {
		if text := t.fault(); text != "" {
			out = append(out, text)
		}
	}
	for _, l := range r.Locks {
		if r.At.Sub(l.Since) > lockHours*time.Hour {
			out = append(out, fmt.Sprintf("%s is locked since %s by %s", l.Stack, ago(r.At, l.Since), l.Who))
		}
	}
	for _, q := range r.Quotas {
		// Of networks and addresses the platform needs what it has; tasks come and go.
		if strings.Contains(q.Name, "vCPU") && q.Used >= nearQuota*q.Limit {
			out = append(out, fmt.Sprintf("%s: %g of %g are used", q.Name, q.Used, q.Limit))
		}
	}
	if r.Drift != nil {
		if r.Drift.Issue > 0 {
			out = append(out, fmt.Sprintf("drift: issue #%d is open", r.Drift.Issue))
		}
		if o := r.Drift.Outcome; o != "" && o != "success" && r.Drift.Issue == 0 {
			out = append(out, "the last check for drift ended in "+words(o))
		}
		if r.Drift.Checked.IsZero() {
			out = append(out, "nobody has looked for drift yet")
		} else if r.At.Sub(r.Drift.Checked) > driftHours*time.Hour {
			out = append(out, fmt.Sprintf("the last check for drift was %s ago: does drift.yml run each night?", ago(r.At, r.Drift.Checked)))
		}
	}
	return out
}

// fault is who is not told of what is published; "" where all are.
func (t Topic) fault() string {
	name := "the topic " + t.Name + " in " + t.Region
	switch {
	case !t.Exists:
		return name + " does not exist"
	case t.Pending > 0:
		return fmt.Sprintf("%s has %s, and %s for confirmation: open the mail (docs/operations.md, First day)", name, subscribers(t.Confirmed), plural(t.Pending, "waits", "wait"))
	case t.Confirmed < t.Wanted:
		return fmt.Sprintf("%s has %s of %d, and none waits: Deploy subscribes the address and the channel again, an administrator the webhook", name, subscribers(t.Confirmed), t.Wanted)
	default:
		return ""
	}
}

func subscribers(n int) string {
	return plural(n, "confirmed subscriber", "confirmed subscribers")
}

// deploys says whether a deployment is at work.
func (e *Environment) deploys() bool {
	return slices.ContainsFunc(e.Services, func(s Service) bool { return s.Deployment != nil && s.Deployment.Ended.IsZero() })
}

// commitsOf are the commits that services run, where they were deployed.
func commitsOf(services []Service) []string {
	var out []string
	for _, s := range services {
		if s.Commit != "" && !slices.Contains(out, short(s.Commit)) {
			out = append(out, short(s.Commit))
		}
	}
	return out
}

func endsSoon(now, end time.Time) bool {
	return !end.IsZero() && end.Sub(now) < certificateDays*24*time.Hour
}

// ended says how a deployment did.
func ended(outcome string) string {
	switch outcome {
	case "SUCCESSFUL":
		return "succeeded"
	case "ROLLBACK_SUCCESSFUL":
		return "was rolled back"
	case "ROLLBACK_IN_PROGRESS":
		return "is being rolled back"
	case "ROLLBACK_FAILED":
		return "failed, and so did its rollback"
	case "STOPPED":
		return "was stopped"
	default:
		return "is " + words(outcome)
	}
}

// commitOf is the commit in an image's tag; "" where it has none.
func commitOf(env, tag string) string {
	sha, found := strings.CutPrefix(tag, env+"-")
	if !found || len(sha) != 40 {
		return ""
	}
	return sha
}

// stacks are shared and the environments asked for.
func stacks(environments []config.Environment) []string {
	names := []string{config.SharedStack}
	for _, e := range environments {
		names = append(names, e.Name)
	}
	return names
}
