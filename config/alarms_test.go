package config

import "testing"

// TestAlarmSeverity: each kind has one, it wakes nobody where no user data is
// protected, and its description says what it reads back.
func TestAlarmSeverity(t *testing.T) {
	g := Fixture().GitHub
	pages := 0
	for _, k := range AlarmKinds() {
		if k.Severity != Page && k.Severity != Ticket {
			t.Errorf("%s is of severity %q", k.ID, k.Severity)
		}
		if k.Severity == Page {
			pages++
		}
		service := ""
		if k.OfService || k.OfJob {
			service = "web"
		}
		for protected, want := range map[bool]Severity{true: k.Severity, false: Ticket} {
			d := ReadAlarmDescription(g.AlarmDescriptions(service, protected)[k.ID])
			if d.Severity != want || d.Runbook != g.RunbookURL(k.ID) || d.Means == "" {
				t.Errorf("%s, protected %t: got %+v, want %s", k.ID, protected, d, want)
			}
		}
	}
	if pages == 0 || pages == len(AlarmKinds()) {
		t.Errorf("%d of %d kinds page somebody: that tells nothing apart", pages, len(AlarmKinds()))
	}
	for description, want := range map[string]AlarmDescription{
		"It rings. Runbook: https://x#y":                 {"It rings", "", "https://x#y"},
		"It rings. Severity: page. Runbook: https://x#y": {"It rings", Page, "https://x#y"},
		"It rings": {"It rings", "", ""}, "": {},
	} {
		if got := ReadAlarmDescription(description); got != want {
			t.Errorf("%q: got %+v, want %+v", description, got, want)
		}
	}
}
