package status

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes the report for a person: what is wrong first, then a screen for
// each environment.
func (r *Report) Print(out io.Writer) {
	fmt.Fprintln(out, r.headline())
	fmt.Fprintf(out, "account %s, %s, read at %s UTC\n", r.Account, r.Region, r.At.Format("2006-01-02 15:04"))
	for i := range r.Environments {
		r.Environments[i].print(out, r.At)
	}
	r.printAccount(out)
}

// headline is the first line, and one more for each thing that is wrong.
func (r *Report) headline() string {
	var wrong, unread []string
	for _, e := range r.Environments {
		for _, w := range e.Wrong {
			wrong = append(wrong, e.Name+": "+w)
		}
		for _, u := range e.Unread {
			unread = append(unread, e.Name+": "+u.Part)
		}
	}
	wrong = append(wrong, r.Wrong...)
	for _, u := range r.Unread {
		unread = append(unread, u.Part)
	}
	text := "healthy"
	switch {
	case len(wrong) > 0:
		text = plural(len(wrong), "thing is wrong", "things are wrong")
	case len(unread) > 0:
		text = "nothing is wrong in what could be read"
	}
	if len(unread) > 0 {
		text += "; not read: " + strings.Join(unread, ", ")
	}
	return strings.Join(append([]string{text}, wrong...), "\n  ")
}

func (e *Environment) print(out io.Writer, now time.Time) {
	fmt.Fprintf(out, "\n%s  %s  %s\n", strings.ToUpper(e.Name), orHealthy(e.Wrong, e.Unread), e.URL)
	if e.Off != "" {
		fmt.Fprintf(out, "  off         %s\n", e.Off)
	}
	if len(e.Services) > 0 {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "  service\ttasks\tcommit\trevision\tsince\tlast deployment")
		for _, s := range e.Services {
			fmt.Fprintf(w, "  %s\t%d of %d\t%s\t%s\t%s\t%s\n", s.Name, s.Running, s.Desired, orNone(short(s.Commit)), orNone(s.Revision), orNone(ago(now, s.Since)), s.Deployment.text(now))
		}
		w.Flush()
		for _, s := range e.Services {
			if d := s.Deployment; d != nil && d.Outcome != "SUCCESSFUL" && d.Reason != "" {
				fmt.Fprintf(out, "    %s: %s\n", s.Name, d.Reason)
			}
		}
	}
	printAlarms(out, now, e.Alarms)
	printTopics(out, e.Topics)
	if d := e.Database; d != nil {
		fmt.Fprintf(out, "  database    %s\n", d.text(now))
	}
	if len(e.Secrets) > 0 {
		var empty []string
		for _, s := range e.Secrets {
			if !s.HasValue {
				empty = append(empty, s.Name)
			}
		}
		if len(empty) == 0 {
			fmt.Fprintf(out, "  secrets     all %d have a value\n", len(e.Secrets))
		} else {
			fmt.Fprintf(out, "  secrets     without a value: %s\n", strings.Join(empty, ", "))
		}
	}
	for _, c := range e.Certificates {
		if c.State == "MISSING" {
			fmt.Fprintf(out, "  certificate %s in %s: none\n", c.Host, c.Region)
			continue
		}
		fmt.Fprintf(out, "  certificate %s in %s: %s, until %s\n", c.Host, c.Region, words(c.State), day(c.Ends))
	}
	printUnread(out, e.Unread)
}

func (r *Report) printAccount(out io.Writer) {
	fmt.Fprintf(out, "\nACCOUNT  %s\n", orHealthy(r.Wrong, r.Unread))
	printAlarms(out, r.At, r.Alarms)
	printTopics(out, r.Topics)
	if len(r.Locks) == 0 {
		fmt.Fprintln(out, "  locks       nobody holds a state")
	}
	for _, l := range r.Locks {
		fmt.Fprintf(out, "  lock        %s: %s since %s, by %s\n", l.Stack, l.Operation, ago(r.At, l.Since), l.Who)
	}
	if len(r.Quotas) > 0 {
		var near []string
		for _, q := range r.Quotas {
			if q.Used >= nearQuota*q.Limit {
				near = append(near, fmt.Sprintf("%s %g of %g", q.Name, q.Used, q.Limit))
			}
		}
		if len(near) == 0 {
			fmt.Fprintf(out, "  quotas      less than %.0f%% of each of %d is used\n", 100*nearQuota, len(r.Quotas))
		}
		for _, text := range near {
			fmt.Fprintf(out, "  quota       %s\n", text)
		}
	}
	switch d := r.Drift; {
	case d != nil && d.Issue > 0:
		fmt.Fprintf(out, "  drift       issue #%d, open since %s; last check %s ago: %s\n", d.Issue, ago(r.At, d.Since), ago(r.At, d.Checked), words(d.Outcome))
	case d != nil && d.Checked.IsZero():
		fmt.Fprintln(out, "  drift       never looked for")
	case d != nil:
		fmt.Fprintf(out, "  drift       none; last check %s ago: %s\n", ago(r.At, d.Checked), words(d.Outcome))
	case r.isLocal:
		fmt.Fprintln(out, "  drift       not looked for on a local AWS: make drift ON=local")
	}
	printUnread(out, r.Unread)
}

func printAlarms(out io.Writer, now time.Time, a *Alarms) {
	if a == nil {
		return
	}
	fmt.Fprintf(out, "  alarms      %d of %d ring", len(a.Ringing), a.All)
	if a.WithoutData > 0 {
		fmt.Fprintf(out, ", %d without data yet", a.WithoutData)
	}
	fmt.Fprintln(out)
	for _, alarm := range a.Ringing {
		severity := ""
		if alarm.Severity != "" {
			severity = " (" + alarm.Severity + ")"
		}
		fmt.Fprintf(out, "    %s%s for %s: %s\n      %s\n", alarm.Name, severity, ago(now, alarm.Since), alarm.Means, alarm.Runbook)
	}
}

func printTopics(out io.Writer, topics []Topic) {
	if len(topics) == 0 {
		return
	}
	confirmed := 0
	for _, t := range topics {
		confirmed += t.Confirmed
	}
	fmt.Fprintf(out, "  told        %s of %s\n", subscribers(confirmed), plural(len(topics), "topic", "topics"))
}

func printUnread(out io.Writer, unread []Unread) {
	for _, u := range unread {
		fmt.Fprintf(out, "  not read    %s: %s\n", u.Part, u.Why)
	}
}

func (d *Deployment) text(now time.Time) string {
	switch {
	case d == nil:
		return "none"
	case d.Ended.IsZero():
		return fmt.Sprintf("%s, begun %s ago", ended(d.Outcome), ago(now, d.Began))
	default:
		return fmt.Sprintf("%s %s ago", ended(d.Outcome), ago(now, d.Ended))
	}
}

func (d *Database) text(now time.Time) string {
	if d.State == "" {
		return "none"
	}
	parts := []string{d.State, d.Class, "PostgreSQL " + d.Version}
	if d.FreeGiB != nil {
		parts = append(parts, fmt.Sprintf("%.0f of %.0f GiB free", *d.FreeGiB, d.StorageGiB))
	} else {
		parts = append(parts, fmt.Sprintf("%.0f GiB, no measurement of what is free", d.StorageGiB))
	}
	if !d.Restorable.IsZero() {
		parts = append(parts, "restorable to "+ago(now, d.Restorable)+" ago")
	}
	if len(d.Pending) > 0 {
		parts = append(parts, "pending: "+strings.Join(d.Pending, ", "))
	} else {
		parts = append(parts, "nothing pending")
	}
	return strings.Join(parts, ", ")
}

func orHealthy(wrong []string, unread []Unread) string {
	switch {
	case len(wrong) > 0:
		return plural(len(wrong), "thing wrong", "things wrong")
	case len(unread) > 0:
		return "not all was read"
	default:
		return "healthy"
	}
}

func orNone(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

// short is the start of a commit, as git shows it.
func short(commit string) string { return commit[:min(len(commit), 12)] }

// words are AWS's and GitHub's words in small letters.
func words(text string) string { return strings.ToLower(strings.ReplaceAll(text, "_", " ")) }

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func day(at time.Time) string { return at.Format("2006-01-02") }

// ago is how long ago a time was, in its largest unit; "" for none.
func ago(now, at time.Time) string {
	switch d := now.Sub(at); {
	case at.IsZero():
		return ""
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(max(d, 0).Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	}
}
