package offhours

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/command"
)

// platform is an AWS that keeps what it is asked to change, with a database in a state.
type platform struct {
	state   string
	refuses string
	asked   []string
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	service, _ := awsapi.Scope(r)
	if service == "application-autoscaling" {
		if p.refuses == "scale" || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".RegisterScalableTarget") {
			w.Header().Set("X-Amzn-Errortype", "AccessDeniedException")
			w.WriteHeader(http.StatusForbidden)
			return
		}
		p.asked = append(p.asked, string(text))
		fmt.Fprint(w, "{}")
		return
	}
	form, _ := url.ParseQuery(string(text))
	action := form.Get("Action")
	if action == p.refuses {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`)
		return
	}
	answer := ""
	switch action {
	case "DescribeDBInstances":
		answer = "<DBInstances><DBInstance><DBInstanceStatus>" + p.state + "</DBInstanceStatus></DBInstance></DBInstances>"
	case "DescribeAlarms":
		for i := range 103 {
			answer += fmt.Sprintf("<member><AlarmName>%s%d</AlarmName></member>", form.Get("AlarmNamePrefix"), i)
		}
		answer = "<MetricAlarms>" + answer + "</MetricAlarms>"
	case "DisableAlarmActions", "EnableAlarmActions":
		p.asked = append(p.asked, fmt.Sprint(action, " ", form.Get("AlarmNames.member.1"), " ", len(form)-2))
	default:
		p.asked = append(p.asked, action+" "+form.Get("DBInstanceIdentifier"))
	}
	fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, answer)
}

// ask switches dev.
func (p *platform) ask(t *testing.T, name string, hours config.OffHours) (string, error) {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	s := config.Fixture()
	env, err := choose(s, []string{"dev"})
	if err != nil {
		t.Fatal(err)
	}
	env.OffHours = hours
	client, err := awsapi.Connect(t.Context(), s.Region, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client.RetryMaxAttempts = 1
	var out bytes.Buffer
	e := &environment{s.Names(), env, client, &out}
	do := e.off
	if name == config.SwitchOn {
		do = e.on
	}
	err = do(t.Context())
	return out.String(), err
}

var berlin = config.OffHours{From: "20:00", To: "07:00", Weekends: true, TimeZone: "Europe/Berlin"}

// TestSwitch: each part is switched once, and what is there already is left.
func TestSwitch(t *testing.T) {
	bounds := func(service string, least, most int) string {
		return fmt.Sprintf(`{"MaxCapacity":%d,"MinCapacity":%d,"ResourceId":"service/paperwurks-dev/paperwurks-dev-%s","ScalableDimension":"ecs:service:DesiredCount","ServiceNamespace":"ecs"}`, most, least, service)
	}
	alarms := func(action string) []string {
		return []string{action + " paperwurks-dev-0 100", action + " paperwurks-dev-100 3"}
	}
	for name, test := range map[string]struct {
		command, state string
		hours          config.OffHours
		asked          []string
		says           string
	}{
		"off": {config.SwitchOff, "available", berlin,
			append(alarms("DisableAlarmActions"), bounds("web", 0, 0), bounds("worker", 0, 0), "StopDBInstance paperwurks-dev"),
			"dev is off, until 07:00 in the morning of a day on which it is on (20:00 to 07:00 and at weekends, Europe/Berlin), or `make switch-on ENV=dev`"},
		"off again": {config.SwitchOff, "stopped", config.OffHours{},
			append(alarms("DisableAlarmActions"), bounds("web", 0, 0), bounds("worker", 0, 0)),
			"dev is off, until somebody runs `make switch-on ENV=dev`"},
		"on": {config.SwitchOn, "stopped", berlin,
			append([]string{"StartDBInstance paperwurks-dev", bounds("web", 1, 2), bounds("worker", 1, 2)}, alarms("EnableAlarmActions")...),
			"dev is on, until 20:00 (20:00 to 07:00 and at weekends, Europe/Berlin)."},
		"on again": {config.SwitchOn, "starting", config.OffHours{},
			append([]string{bounds("web", 1, 2), bounds("worker", 1, 2)}, alarms("EnableAlarmActions")...), "dev is on. A database"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &platform{state: test.state}
			says, err := p.ask(t, test.command, test.hours)
			if err != nil || !slices.Equal(p.asked, test.asked) || !strings.Contains(says, test.says) {
				t.Errorf("%v; asked\n%s\nwant\n%s\nand says\n%s", err, strings.Join(p.asked, "\n"), strings.Join(test.asked, "\n"), says)
			}
		})
	}
}

// TestAlarmsElsewhere: those in us-east-1 are silenced too, and said to stay so.
func TestAlarmsElsewhere(t *testing.T) {
	p := &platform{state: "available"}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	s := config.Fixture()
	env, err := choose(s, []string{"dev"})
	if err != nil {
		t.Fatal(err)
	}
	env.OffHours, env.Alarms.Outside, env.Alarms.NoOutside = berlin, true, ""
	client, err := awsapi.Connect(t.Context(), s.Region, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&environment{s.Names(), env, client, &out}).off(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"alarms: 103 in us-east-1 call nobody", "Its alarms in us-east-1 call nobody until `make switch-on ENV=dev`"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("says %q; want %q", out.String(), want)
		}
	}
}

// TestSwitchFails: all that went wrong is said, and the rest was done.
func TestSwitchFails(t *testing.T) {
	for _, test := range []struct {
		command, state, refuses string
		done                    int
		want                    []string
	}{
		{config.SwitchOff, "backing-up", "", 4, []string{"dev is not off in all its parts: the database is backing-up, and has to be available", "Next: run it again"}},
		{config.SwitchOn, "stopping", "", 4, []string{"dev is not on in all its parts: the database is stopping, and has to be stopped"}},
		{config.SwitchOff, "available", "scale", 3, []string{"web: ", "worker: ", "AccessDenied"}},
		{config.SwitchOff, "available", "StopDBInstance", 4, []string{"the database: ", "AccessDenied"}},
		{config.SwitchOn, "stopped", "DescribeAlarms", 3, []string{"alarms: ", "AccessDenied"}},
		{config.SwitchOff, "available", "DisableAlarmActions", 3, []string{"alarms: "}},
		{config.SwitchOff, "available", "DescribeDBInstances", 4, []string{"the database: "}},
	} {
		p := &platform{state: test.state, refuses: test.refuses}
		says, err := p.ask(t, test.command, berlin)
		if err == nil || len(p.asked) != test.done || strings.Contains(says, "dev is") {
			t.Errorf("%+v: %v, asked %q, says %q", test, err, p.asked, says)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: %v", test, err)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	for _, names := range [][]string{{"prod"}, {}, {"dev", "staging"}, {"Dev"}} {
		_, err := choose(config.Fixture(), names)
		if err == nil || !strings.Contains(err.Error(), "an environment without protected data is allowed: dev, staging") {
			t.Errorf("%q: %v", names, err)
		}
	}
}

// TestCommands: both switch the environment named, on the AWS named; where every
// environment has protected data, they refuse whichever is named.
func TestCommands(t *testing.T) {
	var here string
	for _, env := range config.Platform().Environments {
		if !env.IsProtected() {
			here = env.Name
		}
	}
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := command.Run(context.Background(), command.Process{Out: &out, Err: io.Discard}, "platform", "", Commands, args)
		return out.String(), err
	}
	p := &platform{state: "available"}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	for name, want := range map[string]string{config.SwitchOff: " is off, until", config.SwitchOn: " is on"} {
		p.asked, p.state = nil, map[string]string{config.SwitchOff: "available", config.SwitchOn: "stopped"}[name]
		says, err := run(name, "-local", server.URL, here)
		if here == "" {
			if err == nil || !strings.Contains(err.Error(), "an environment without protected data is allowed") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || !strings.Contains(says, here+want) || !strings.Contains(strings.Join(p.asked, "\n"), `"ServiceNamespace":"ecs"`) {
			t.Errorf("%s: %v, asked %q, says %q", name, err, p.asked, says)
		}
		if _, err := run(name, "-local", "https://192.0.2.1", here); err == nil || !strings.Contains(err.Error(), `"https://192.0.2.1"`) {
			t.Errorf("%s on an AWS that is not this machine's: %v", name, err)
		}
		if _, err := run(name, "-local", server.URL); err == nil || !strings.Contains(err.Error(), "an environment without protected data is allowed") {
			t.Errorf("%s without an environment: %v", name, err)
		}
	}
	if says, err := run("help"); err != nil || !strings.Contains(says, "no task, no database and no alarm") {
		t.Errorf("%v, says %q", err, says)
	}
}
