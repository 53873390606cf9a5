package alarm

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paperwurks/infra/config"
)

// math evaluates a metric math expression at one minute: of numbers, of series that
// have a value or nil, and of the functions that the alarms use, by their descriptions
// in the Amazon CloudWatch user guide, "Metric math functions".
func math(t *testing.T, expression string) func(at time.Time, series map[string]*float64) *float64 {
	t.Helper()
	tree, err := parser.ParseExpr(strings.NewReplacer(" AND ", " && ", " OR ", " || ").Replace(expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return func(at time.Time, series map[string]*float64) *float64 { return evaluate(t, tree, at.UTC(), series) }
}

func evaluate(t *testing.T, tree ast.Expr, at time.Time, series map[string]*float64) *float64 {
	t.Helper()
	var value func(e ast.Expr) *float64
	truth := func(is bool) *float64 {
		if is {
			return new(1.0)
		}
		return new(0.0)
	}
	value = func(e ast.Expr) *float64 {
		switch e := e.(type) {
		case *ast.ParenExpr:
			return value(e.X)
		case *ast.BasicLit:
			n, err := strconv.ParseFloat(e.Value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return &n
		case *ast.Ident:
			v, known := series[e.Name]
			if !known {
				t.Fatalf("no series %q", e.Name)
			}
			return v
		case *ast.BinaryExpr:
			x, y := value(e.X), value(e.Y)
			if x == nil || y == nil {
				return nil
			}
			switch e.Op {
			case token.ADD:
				return new(*x + *y)
			case token.SUB:
				return new(*x - *y)
			case token.MUL:
				return new(*x * *y)
			case token.GEQ:
				return truth(*x >= *y)
			case token.LSS:
				return truth(*x < *y)
			case token.LAND:
				return truth(*x != 0 && *y != 0)
			case token.LOR:
				return truth(*x != 0 || *y != 0)
			}
		case *ast.CallExpr:
			switch e.Fun.(*ast.Ident).Name {
			case "DAY":
				return new(float64((int(at.Weekday())+6)%7 + 1))
			case "HOUR":
				return new(float64(at.Hour()))
			case "MINUTE":
				return new(float64(at.Minute()))
			case "FILL":
				if v := value(e.Args[0]); v != nil {
					return v
				}
				return value(e.Args[1])
			case "IF":
				if condition := value(e.Args[0]); condition == nil || *condition == 0 {
					return value(e.Args[2])
				}
				return value(e.Args[1])
			}
		}
		t.Fatalf("what is %T?", e)
		return nil
	}
	return value(tree)
}

// TestOffHours asks each alarm that knows of off-hours on every quarter of an hour of a
// year, with a good value, a bad one and none: it says bad while the environment is
// surely on, and never while it is off or starts.
func TestOffHours(t *testing.T) {
	hours := config.OffHours{From: "20:00", To: "07:00", Weekends: true, TimeZone: "Europe/Berlin"}
	zone, err := time.LoadLocation(hours.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	p := Props{Names: config.Fixture().Names(), Environment: "dev", Thresholds: config.Alarms{ServerErrors: 20, DatabaseConnections: 300}, StorageGiB: 20, MemoryGiB: 4}
	service := Service{Name: "web", TargetGroup: "targetgroup/web/1"}
	alarms := append(append(append(loadBalancerAlarms(p), rollbackAlarms(p, service)...), serviceAlarms(p, service)...), databaseAlarms(p)...)
	known := 0
	for _, a := range alarms {
		if !a.whileOn {
			if a.missing == isBad {
				t.Errorf("%s: no data is bad, and it does not know that the environment may be off", a.id)
			}
			continue
		}
		known++
		minute, expression := whileOn(a, hours.Watched())
		minuteOf, valueOf := math(t, minute), math(t, expression)
		rings := func(at time.Time, measured *float64) bool {
			m := minuteOf(at, map[string]*float64{"measured": measured})
			v := valueOf(at, map[string]*float64{"measured": measured, "minute": m})
			switch {
			case v == nil:
				return a.missing == isBad
			case a.bad == above:
				return *v > a.threshold
			default:
				return *v < a.threshold
			}
		}
		bad, good := a.threshold+0.5, a.threshold
		if a.bad == below {
			bad = a.threshold - 0.5
		}
		var looked int
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2027; at = at.Add(15 * time.Minute) {
			local := at.In(zone)
			isOff := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday || local.Hour() >= 20 || local.Hour() < 7
			starts := !isOff && local.Hour() == 7 && local.Minute() < 30
			surelyOn := !isOff && local.Hour() >= 9 && local.Hour() < 18
			got := [3]bool{rings(at, &bad), rings(at, &good), rings(at, nil)}
			want := [3]bool{true, false, a.missing == isBad}
			if isOff || starts {
				want = [3]bool{}
			} else if !surelyOn && got == [3]bool{} {
				continue // the hour by which summer differs from winter
			}
			if got != want {
				t.Fatalf("%s at %s: rings with a bad value, a good one, none: %v, want %v (%s)", a.id, local, got, want, expression)
			}
			looked++
		}
		if looked < 30_000 {
			t.Errorf("%s: asked %d times", a.id, looked)
		}
		if len(expression) > 1024 || len(minute) > 1024 {
			t.Errorf("%s: %d characters", a.id, len(expression))
		}
	}
	if known != 6 {
		t.Errorf("%d alarms know of off-hours: %s", known, fmt.Sprint(alarms))
	}
}

// TestLateMinutes: where FILL makes the newest minutes bad that CloudWatch has not received
// yet, an alarm waits for as many minutes that were measured to be bad as without it.
func TestLateMinutes(t *testing.T) {
	hours := config.OffHours{From: "20:00", To: "07:00", TimeZone: "Europe/Berlin"}
	for _, test := range []struct {
		a     alarm
		hours config.OffHours
		want  int
	}{
		{alarm{whileOn: true, missing: isBad}, hours, 3},
		{alarm{whileOn: true, missing: isBad}, config.OffHours{}, 0},
		{alarm{whileOn: true, missing: isGood}, hours, 0},
		{alarm{missing: isBad}, hours, 0},
	} {
		if got := late(test.a, test.hours); got != test.want {
			t.Errorf("%+v, %s: %d more, want %d", test.a, test.hours, got, test.want)
		}
		if _, value := whileOn(test.a, hours.Watched()); test.a.whileOn && strings.Contains(value, "FILL") != (test.a.missing == isBad) {
			t.Errorf("%+v: %s", test.a, value)
		}
	}
}
