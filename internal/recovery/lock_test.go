package recovery

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/internal/prompt"
	"github.com/paperwurks/infra/internal/terraform"
)

func TestRelease(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 10, 0, 0, time.UTC)
	old := now.Add(-9 * time.Minute)
	mine := &terraform.Lock{ID: "l-1", Who: "runner@fv-az1", Operation: "OperationTypeApply", Created: old}
	type look struct {
		held    *terraform.Lock
		written time.Time
	}
	for name, c := range map[string]struct {
		looks    []look
		answer   string
		released bool
		fault    string
		says     string
	}{
		"free":                    {[]look{{}}, "", false, "", "nobody holds it"},
		"confirmed":               {[]look{{mine, old}, {mine, old}}, "yes\n", true, "", "by runner@fv-az1, for OperationTypeApply, id l-1"},
		"confirmed without a end": {[]look{{mine, old}, {mine, old}}, "yes", true, "", ""},
		"refused":                 {[]look{{mine, old}}, "no\n", false, `"no" is not "yes"`, ""},
		"y is not yes":            {[]look{{mine, old}}, "y\n", false, `"y" is not "yes"`, ""},
		"nobody there":            {[]look{{mine, old}}, "", false, "no answer", ""},
		"ended meanwhile":         {[]look{{mine, old}, {}}, "yes\n", false, "", "released meanwhile"},
		"writes meanwhile":        {[]look{{mine, old}, {mine, now}}, "yes\n", false, "the lock is in use", ""},
		"another meanwhile":       {[]look{{mine, old}, {&terraform.Lock{ID: "l-2", Who: "me"}, old}}, "yes\n", false, "the lock is in use: me", ""},
		"nobody may unlock":       {[]look{{mine, old}, {mine, old}}, "yes\n", false, "no right", ""},
		"nobody may look again":   {[]look{{mine, old}}, "yes\n", false, "looked once too often", ""},
		"just silent long enough": {[]look{{mine, now.Add(-time.Millisecond)}, {mine, now.Add(-time.Millisecond)}}, "yes\n", true, "", ""},
		"young, silent":           {[]look{{mine, now}, {mine, now}}, "yes\n", true, "", "Waiting"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			var unlocked []string
			looks := c.looks
			released, err := releaser{
				lock: func(context.Context) (*terraform.Lock, time.Time, error) {
					if len(looks) == 0 {
						return nil, time.Time{}, errors.New("looked once too often")
					}
					l := looks[0]
					looks = looks[1:]
					return l.held, l.written, nil
				},
				unlock: func(_ context.Context, id string) error {
					if name == "nobody may unlock" {
						return errors.New("no right")
					}
					unlocked = append(unlocked, id)
					return nil
				},
				now:   func() time.Time { return now },
				quiet: time.Millisecond,
				talk:  talk{prompt.New(strings.NewReader(c.answer), &out), &out},
			}.release(t.Context())
			if released != c.released || (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%t, %v", released, err)
			}
			if (len(unlocked) == 1 && unlocked[0] == "l-1") != c.released {
				t.Errorf("unlocked %q", unlocked)
			}
			says := []string{c.says}
			if c.looks[0].held != nil {
				says = append(says, "Lock: held since 2026-11-24 03:01:00 UTC (9m0s ago) by runner@fv-az1, for OperationTypeApply, id l-1.\n", "Before you release it, make sure that this run is over. Two runs at once can destroy the state.\n", "Release the lock?")
			}
			if c.released {
				says = append(says, "Lock l-1 released (terraform force-unlock).\n")
			}
			for _, want := range says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("it does not say %q: %q", want, out.String())
				}
			}
			if strings.Contains(out.String(), "Waiting") != strings.Contains(name, "young") {
				t.Errorf("said %q", out.String())
			}
		})
	}
}
