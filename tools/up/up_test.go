package main

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

func TestProgressCountsEachStack(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(0, 0)
	p := newProgress([]string{"shared", "dev"}, &out, func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	})
	p.print()
	p.follow(strings.NewReader(strings.Join([]string{
		"shared  Initializing the backend...",
		"        Plan: 2 to add, 1 to change, 0 to destroy.",
		"shared  aws_vpc.a (setup/dev): Creation complete after 1s [id=vpc-1]",
		"dev  Plan: 7 to add, 0 to change, 0 to destroy.",
		"shared  aws_vpc.b (setup/prod): Modifications complete after 1s",
		"shared  Apply complete! Resources: 2 added, 1 changed, 0 destroyed.",
	}, "\n")), nil)
	p.print()
	last := p.follow(strings.NewReader("dev  No changes. Your infrastructure matches the configuration."), nil)
	if s := p.stacks["shared"]; s.planned != 3 || s.done != 2 {
		t.Errorf("shared: %+v, want 3 planned and 2 done", s)
	}
	if s := p.stacks["dev"]; s.planned != 7 || s.done != 0 {
		t.Errorf("dev: %+v, want 7 planned and none done", s)
	}
	for _, want := range []string{"shared           deployed in", "dev              deployed in", "dev 0 of 7", "synth, or terraform init and plan"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("progress does not say %q:\n%s", want, out.String())
		}
	}
	if !strings.HasSuffix(last, "matches the configuration.") {
		t.Errorf("last lines: %q", last)
	}
	if seconds := p.finish(); len(seconds) != 2 || seconds["shared"] <= 0 {
		t.Errorf("seconds: %v", seconds)
	}
}

func TestFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	if got, err := freePort(port); err != nil || got == port || got == 0 {
		t.Errorf("freePort of a taken one: %d, %v", got, err)
	}
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := freePort(port); err != nil || got != port {
		t.Errorf("freePort(%d): %d, %v", port, got, err)
	}
}

func TestCompare(t *testing.T) {
	states := func(outputs map[string]any) map[string]state {
		s := state{Outputs: map[string]struct {
			Value any `json:"value"`
		}{}}
		for name, value := range outputs {
			s.Outputs[name] = struct {
				Value any `json:"value"`
			}{value}
		}
		return map[string]state{"dev": s}
	}
	parameters := map[string]string{"/paperwurks/dev/ecs/cluster-name": "c"}
	for _, test := range []struct {
		name       string
		parameters map[string]string
		outputs    map[string]any
		want       string
	}{
		{"equal", parameters, map[string]any{"dev_ecs_cluster_name": "c"}, ""},
		{"for other stacks only", parameters, map[string]any{"dev_ecs_cluster_name": "c", "for_dev_vpc_id": "v"}, ""},
		{"another value", parameters, map[string]any{"dev_ecs_cluster_name": "d"}, `"c" in SSM, "d" in the output`},
		{"no output", parameters, map[string]any{}, `"" in the output dev_ecs_cluster_name`},
		{"no parameter", nil, map[string]any{"dev_ecs_cluster_name": "c"}, "no such parameter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fmt.Sprint(compare("paperwurks", test.parameters, states(test.outputs)))
			if test.want == "" && got != "<nil>" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
