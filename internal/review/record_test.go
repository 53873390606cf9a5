package review

import (
	"strings"
	"testing"
)

func TestStale(t *testing.T) {
	approved := Record{Stack: "dev", Commit: "c", Configuration: "s", PlanFile: "p", LockFile: "l", State: State{"lineage", 7}, Changes: true}
	if err := approved.Stale(approved); err != nil {
		t.Errorf("a fresh plan: %v", err)
	}
	for want, change := range map[string]func(*Record){
		`stack: the plan was made for "dev", now it is "prod"`: func(r *Record) { r.Stack = "prod" },
		`commit: the plan was made for "c"`:                    func(r *Record) { r.Commit = "d" },
		`synthesised stack`:                                    func(r *Record) { r.Configuration = "other" },
		`plan file`:                                            func(r *Record) { r.PlanFile = "other" },
		`provider lock file`:                                   func(r *Record) { r.LockFile = "other" },
		`state lineage`:                                        func(r *Record) { r.State.Lineage = "other" },
		`state serial: the plan was made for "7", now it is "8"`: func(r *Record) { r.State.Serial = 8 },
	} {
		now := approved
		change(&now)
		if err := approved.Stale(now); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `stale plan of "dev"`) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	err := approved.Stale(Record{})
	if err == nil || strings.Count(err.Error(), "the plan was made for") != 7 {
		t.Errorf("got %v, want all seven differences", err)
	}
}
