package cost

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/architecture/platform"
)

// stacksOf writes a shared stack with a network for env, and env's stack with
// the resources given, and reads them back.
func stacksOf(t *testing.T, resources map[string]any) *platform.Stacks {
	t.Helper()
	folder := t.TempDir()
	at := func(path string) map[string]any { return map[string]any{"metadata": map[string]any{"path": path}} }
	write := func(name string, content any) {
		data, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("manifest.json", map[string]any{"stacks": map[string]any{
		"shared": map[string]any{"name": "shared", "synthesizedStackPath": "shared.json"},
		"dev":    map[string]any{"name": "dev", "synthesizedStackPath": "dev.json", "dependencies": []string{"shared"}},
	}})
	write("shared.json", map[string]any{"resource": map[string]any{
		"aws_vpc": map[string]any{"vpc": map[string]any{"//": at("shared/setup/dev/network/vpc")}},
		"aws_subnet": map[string]any{"a": map[string]any{
			"//": at("shared/setup/dev/network/a"), "availability_zone": "eu-central-1a", "tags": map[string]any{"Name": "p-dev-private-a"},
		}},
		"aws_kms_key": map[string]any{
			"state": map[string]any{"//": at("shared/setup/state/key")},
			"data":  map[string]any{"//": at("shared/setup/dev/data-key")},
		},
	}})
	write("dev.json", map[string]any{"resource": resources})
	s, err := platform.Read(folder, []string{"dev"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func one(attributes map[string]any) map[string]any { return map[string]any{"it": attributes} }

// TestEstimate compares amounts with what they are by hand.
func TestEstimate(t *testing.T) {
	prices, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	estimate, err := prices.Estimate(stacksOf(t, map[string]any{
		"aws_db_instance":         one(map[string]any{"instance_class": "db.m7g.large", "multi_az": true, "allocated_storage": 100, "storage_type": "gp3", "manage_master_user_password": true}),
		"aws_lb":                  one(nil),
		"aws_ecs_task_definition": one(map[string]any{"family": "web", "cpu": "512", "memory": "1024"}),
		"aws_ecs_service": one(map[string]any{
			"name": "web", "desired_count": 3, "task_definition": "${aws_ecs_task_definition.it.arn}",
			"capacity_provider_strategy": []any{
				map[string]any{"capacity_provider": "FARGATE", "base": 1, "weight": 50},
				map[string]any{"capacity_provider": "FARGATE_SPOT", "weight": 50},
			},
		}),
	}))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	sum := Cents(0)
	for _, item := range estimate.Items {
		for column := range item.Quantity {
			got[item.What+" of "+column] = prices.Amount(item, column).String()
		}
		sum += prices.Amount(item, "dev")
	}
	for what, want := range map[string]string{
		"RDS db.m7g.large of dev":          "284.70", // 2 × 0.195 × 730
		"RDS storage of dev":               "27.40",  // 2 × 100 × 0.137
		"Secrets of dev":                   "0.40",
		"Load balancer of dev":             "19.71", // 0.027 × 730
		"ECS tasks, vCPU of dev":           "33.99", // 2 tasks × 0.5 × 0.04656 × 730
		"ECS tasks on Spot, vCPU of dev":   "5.44",  // 1 task × 0.5 × 0.0149 × 730
		"ECS tasks, memory of dev":         "7.46",  // 2 × 1 × 0.00511 × 730
		"ECS tasks on Spot, memory of dev": "1.20",
		"KMS keys of dev":                  "1.00", // the shared stack makes it for dev
		"KMS keys of shared":               "1.00",
	} {
		if got[what] != want {
			t.Errorf("%s costs %q, want %q", what, got[what], want)
		}
	}
	if prices.Sum(estimate, "dev") != sum {
		t.Errorf("sum %v, want %v", prices.Sum(estimate, "dev"), sum)
	}
}

// TestUnpriced refuses what there is no price for, naming it.
func TestUnpriced(t *testing.T) {
	prices, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for want, resources := range map[string]map[string]any{
		"aws_new_thing has no price rule": {"aws_new_thing": one(nil)},
		`no price "db-storage-io2"`:       {"aws_db_instance": one(map[string]any{"instance_class": "db.m7g.large", "storage_type": "io2", "allocated_storage": 100})},
		"is kept forever":                 {"aws_cloudwatch_log_group": one(map[string]any{"name": "log"})},
	} {
		if _, err := prices.Estimate(stacksOf(t, resources)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestUnknownPrice: an instance class without a price is listed, and the sum of
// its column says that it is not whole; so does another region.
func TestUnknownPrice(t *testing.T) {
	prices, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	stacks := stacksOf(t, map[string]any{"aws_db_instance": one(map[string]any{"instance_class": "db.x9.huge", "storage_type": "gp3"})})
	prices.Region = "eu-west-1"
	estimate, err := prices.Estimate(stacks)
	if err != nil {
		t.Fatal(err)
	}
	if estimate.IsComplete("dev") || !estimate.IsComplete("shared") {
		t.Errorf("dev is complete: %v, shared: %v", estimate.IsComplete("dev"), estimate.IsComplete("shared"))
	}
	if estimate.Elsewhere != "eu-central-1" {
		t.Errorf("elsewhere is %q", estimate.Elsewhere)
	}
	if estimate, err = prices.Estimate(stacksOf(t, nil)); err != nil || !estimate.IsComplete("dev") {
		t.Errorf("without the instance dev is not complete: %v", err)
	}
}

// TestPricesFile refuses a file that lacks something.
func TestPricesFile(t *testing.T) {
	for want, change := range map[string][2]string{
		"date:":                            {`"date": "2025-06-30"`, `"date": "lately"`},
		`price "alarm"`:                    {`"alarm":                  {"price": 0.10`, `"alarm":                  {"price": 0`},
		`"aws_vpc": the reason is missing`: {`"aws_vpc": "free"`, `"aws_vpc": ""`},
		`has a price rule as well`:         {`"aws_vpc": "free"`, `"aws_vpc": "free", "aws_lb": "free"`},
		"a number is wanted":               {`"dev": 0.2`, `"dev": "few"`},
		"unknown field":                    {`"region"`, `"regoin"`},
	} {
		if !strings.Contains(string(pricesFile), change[0]) {
			t.Fatalf("prices.json lacks %q: the test would prove nothing", change[0])
		}
		if _, err := parse([]byte(strings.Replace(string(pricesFile), change[0], change[1], 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestOrder has every rule listed once: one that is not would be left out of the
// estimate.
func TestOrder(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(order)), slices.Sorted(maps.Keys(rules)); !slices.Equal(got, want) {
		t.Errorf("order is %v, want %v", got, want)
	}
}

// TestLimits compares the default limits with what they are by hand: dev has a
// database of 0.195 and a load balancer of 0.027 dollars an hour, and storage,
// capacity and secret; its key is in the shared stack and counts for the account.
func TestLimits(t *testing.T) {
	prices, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	got, err := prices.Limits(stacksOf(t, map[string]any{
		"aws_db_instance": one(map[string]any{"instance_class": "db.m7g.large", "allocated_storage": 100, "storage_type": "gp3", "manage_master_user_password": true}),
		"aws_lb":          one(nil),
	}))
	if err != nil {
		t.Fatal(err)
	}
	// 142.35 + 13.70 + 0.40 + 19.71 + 0.58 = 176.74, and two keys of 1.00.
	if got.Environments["dev"] != 270 || got.Account != 270 || len(got.Environments) != 1 {
		t.Errorf("got %+v, want 270 for dev (1.5 times 176.74) and 270 for the account (1.5 times 178.74)", got)
	}
	for sum, want := range map[Cents]int{0: 0, 1: 10, 666: 10, 667: 20, 2000: 30, 2001: 40} {
		if got := limit(sum); got != want {
			t.Errorf("limit(%s) = %d, want %d", sum, got, want)
		}
	}
	for _, test := range []struct{ before, now, want int }{
		{0, 150, 150}, {120, 150, 120}, {119, 150, 150}, {200, 150, 200}, {201, 150, 150}, {150, 150, 150},
	} {
		if got := Kept(test.before, test.now); got != test.want {
			t.Errorf("Kept(%d, %d) = %d, want %d", test.before, test.now, got, test.want)
		}
	}
}
