package cost

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
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
	service := func(definition string) map[string]any {
		return map[string]any{
			"name": definition, "desired_count": 3, "task_definition": "${aws_ecs_task_definition." + definition + ".arn}",
			"capacity_provider_strategy": []any{
				map[string]any{"capacity_provider": "FARGATE", "base": 1, "weight": 50},
				map[string]any{"capacity_provider": "FARGATE_SPOT", "weight": 50},
			},
		}
	}
	estimate, err := prices.Estimate(stacksOf(t, map[string]any{
		"aws_db_instance": one(map[string]any{"instance_class": "db.m7g.large", "multi_az": true, "allocated_storage": 100, "storage_type": "gp3", "manage_master_user_password": true}),
		"aws_lb":          one(nil),
		"aws_ecs_task_definition": map[string]any{
			"it":  map[string]any{"family": "web", "cpu": "512", "memory": "1024", "runtime_platform": map[string]any{"cpu_architecture": "X86_64"}},
			"arm": map[string]any{"family": "arm", "cpu": "512", "memory": "1024", "runtime_platform": map[string]any{"cpu_architecture": "ARM64"}},
			"job": map[string]any{"family": "job", "cpu": "1024", "memory": "2048", "runtime_platform": map[string]any{"cpu_architecture": "X86_64"}},
		},
		"aws_ecs_service": map[string]any{"it": service("it"), "arm": service("arm")},
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
		"RDS db.m7g.large of dev":            "284.70", // 2 × 0.195 × 730
		"RDS storage of dev":                 "27.40",  // 2 × 100 × 0.137
		"Secrets of dev":                     "0.40",
		"Load balancer of dev":               "19.71", // 0.027 × 730
		"ECS tasks, vCPU of dev":             "33.99", // 2 tasks × 0.5 × 0.04656 × 730
		"ECS tasks on Spot, vCPU of dev":     "5.44",  // 1 task × 0.5 × 0.0149 × 730
		"ECS tasks, memory of dev":           "7.46",  // 2 × 1 × 0.00511 × 730
		"ECS tasks on Spot, memory of dev":   "1.20",
		"Jobs and migrations, vCPU of dev":   "0.93", // 20 hours × 1 × 0.04656
		"Jobs and migrations, memory of dev": "0.20", // 20 × 2 × 0.00511
		// A fifth less.
		"ECS tasks on ARM64, vCPU of dev":           "27.19", // 2 × 0.5 × 0.03725 × 730
		"ECS tasks on ARM64, memory of dev":         "5.97",  // 2 × 1 × 0.00409 × 730
		"ECS tasks on ARM64 on Spot, vCPU of dev":   "4.34",  // 0.5 × 0.0119 × 730
		"ECS tasks on ARM64 on Spot, memory of dev": "0.96",
		"KMS keys of dev":                           "1.00", // the shared stack makes it for dev
		"KMS keys of shared":                        "1.00",
	} {
		if got[what] != want {
			t.Errorf("%s costs %q, want %q", what, got[what], want)
		}
	}
	if prices.Sum(estimate, "dev") != sum {
		t.Errorf("sum %v, want %v", prices.Sum(estimate, "dev"), sum)
	}
}

// TestOffHours: tasks cost nothing while the environment is off, nor does its database,
// which is on 15 minutes before them.
func TestOffHours(t *testing.T) {
	prices, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	actions := func(off, on string) map[string]any {
		return map[string]any{
			"aws_db_instance":         one(map[string]any{"instance_class": "db.t4g.medium", "storage_type": "gp3"}),
			"aws_ecs_task_definition": one(map[string]any{"family": "web", "cpu": "512", "memory": "1024"}),
			"aws_ecs_service": one(map[string]any{"name": "web", "desired_count": 2, "task_definition": "${aws_ecs_task_definition.it.arn}",
				"capacity_provider_strategy": []any{map[string]any{"capacity_provider": "FARGATE", "base": 2, "weight": 1}}}),
			"aws_appautoscaling_scheduled_action": map[string]any{
				"off": map[string]any{"name": "switch-off", "schedule": off}, "on": map[string]any{"name": "switch-on", "schedule": on},
			},
		}
	}
	estimate, err := prices.Estimate(stacksOf(t, actions("cron(0 20 ? * * *)", "cron(0 7 ? * MON-FRI *)")))
	if err != nil {
		t.Fatal(err)
	}
	// 2 tasks × 0.5 × 65 of 168 hours; × 0.04656 × 730.
	vCPU := estimate.Items[slices.IndexFunc(estimate.Items, func(i Item) bool { return i.What == "ECS tasks, vCPU" })]
	if got := prices.Amount(vCPU, "dev").String(); got != "13.15" {
		t.Errorf("%s, want 13.15: %+v", got, vCPU)
	}
	// 66.25 of 168 hours; × 0.075 × 730.
	database := estimate.Items[slices.IndexFunc(estimate.Items, func(i Item) bool { return i.What == "RDS db.t4g.medium" })]
	if got := prices.Amount(database, "dev").String(); got != "21.59" {
		t.Errorf("%s, want 21.59: %+v", got, database)
	}
	for _, odd := range []string{"rate(1 day)", "cron(0 7 ? * SUN *)"} {
		if _, err := prices.Estimate(stacksOf(t, actions("cron(0 20 ? * * *)", odd))); err == nil || !strings.Contains(err.Error(), odd) {
			t.Errorf("%q: %v", odd, err)
		}
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

// TestEachRule: how much of what each kind of resource needs.
func TestEachRule(t *testing.T) {
	prices, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	named := func(n int, attributes map[string]any) map[string]any {
		out := map[string]any{}
		for i := range n {
			out[string(rune('a'+i))] = attributes
		}
		return out
	}
	assumed := func(name string) float64 {
		for _, a := range prices.Assumptions {
			if a.Name == name {
				return a.Of("dev")
			}
		}
		t.Errorf("no assumption %q", name)
		return 0
	}
	estimate, err := prices.Estimate(stacksOf(t, map[string]any{
		"aws_nat_gateway": named(2, nil), "aws_eip": named(3, nil), "aws_cloudfront_distribution": named(1, nil), "aws_s3_bucket": named(2, nil), "aws_ecr_repository": named(1, nil),
		"aws_vpc_endpoint": map[string]any{
			"interface": map[string]any{"vpc_endpoint_type": "Interface", "subnet_ids": []any{"${aws_eip.a.id}", "${aws_eip.b.id}"}},
			"gateway":   map[string]any{"vpc_endpoint_type": "Gateway"},
		},
		"aws_wafv2_web_acl":           one(map[string]any{"rule": []any{map[string]any{}, map[string]any{}, map[string]any{}}}),
		"aws_cloudwatch_metric_alarm": named(4, nil), "aws_cloudwatch_dashboard": named(1, nil), "aws_secretsmanager_secret": named(2, nil),
		"aws_db_instance":          named(1, map[string]any{"instance_class": "db.x9.huge", "storage_type": "gp3", "manage_master_user_password": true}),
		"aws_cloudwatch_log_group": map[string]any{"a": map[string]any{"retention_in_days": 30}, "b": map[string]any{"retention_in_days": 90}},
		"aws_ecs_cluster":          one(map[string]any{"setting": []any{map[string]any{"name": "other", "value": "x"}, map[string]any{"name": "containerInsights", "value": "enhanced"}}}),
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		what, price string
		quantity    float64
	}{
		{"Container Insights", "container-insights", assumed("cluster-metrics")},
		{"RDS db.x9.huge", "db.x9.huge", 1},
		{"NAT gateway", "nat-gateway", 2}, {"NAT gateway, data", "nat-data", assumed("nat-data")}, {"Public IPv4 address", "public-address", 3}, {"Interface endpoint", "interface-endpoint", 2},
		{"CloudFront, data", "cloudfront-data", assumed("cloudfront-data")}, {"CloudFront, requests", "cloudfront-requests", assumed("requests")},
		{"Web ACL", "web-acl", 1}, {"Web ACL, requests", "web-acl-requests", assumed("requests")}, {"Web ACL, rules", "web-acl-rule", 3},
		{"S3 buckets", "s3-storage", assumed("bucket-data")}, {"ECR images", "ecr-storage", assumed("image-data")}, {"Secrets", "secret", 3}, {"KMS keys", "kms-key", 1},
		{"Logs, kept", "log-storage", assumed("logs") * assumed("log-compression") * 90 * 12 / 365}, {"Logs, written", "log-ingestion", assumed("logs")},
		{"Alarms", "alarm", 4}, {"Dashboards", "dashboard", 1},
	}
	for i, item := range estimate.Items {
		if i >= len(want) || item.What != want[i].what || item.PriceName != want[i].price || math.Abs(item.Quantity["dev"]-want[i].quantity) > 1e-9 {
			t.Errorf("%d: %s by %s, %v of dev; want %v", i, item.What, item.PriceName, item.Quantity["dev"], want[min(i, len(want)-1)])
		}
	}
	if len(estimate.Items) != len(want) {
		t.Errorf("%d items, want %d", len(estimate.Items), len(want))
	}
	off := one(map[string]any{"setting": []any{map[string]any{"name": "containerInsights", "value": "disabled"}}})
	if estimate, err = prices.Estimate(stacksOf(t, map[string]any{"aws_ecs_cluster": off})); err != nil || len(estimate.Items) != 1 {
		t.Errorf("%+v, %v; want the key alone", estimate.Items, err)
	}
}

// TestChanges: a column that costs something else, with what of it does.
func TestChanges(t *testing.T) {
	prices, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	of := func(resources map[string]any) *Estimate {
		t.Helper()
		e, err := prices.Estimate(stacksOf(t, resources))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	db := func(class string) map[string]any {
		return one(map[string]any{"instance_class": class, "storage_type": "gp3", "allocated_storage": 100})
	}
	before := of(map[string]any{"aws_db_instance": db("db.m7g.large"), "aws_cloudwatch_dashboard": one(nil)})
	after := of(map[string]any{"aws_db_instance": db("db.m7g.large"), "aws_lb": one(nil)})
	capacity := after.Items[slices.IndexFunc(after.Items, func(i Item) bool { return i.What == "Load balancer, capacity" })].Quantity["dev"]
	dashboard := before.Items[slices.IndexFunc(before.Items, func(i Item) bool { return i.What == "Dashboards" })]
	units := prices.Amount(after.Items[slices.IndexFunc(after.Items, func(i Item) bool { return i.What == "Load balancer, capacity" })], "dev")
	want := []Change{{"dev", 1971 + units - prices.Amount(dashboard, "dev"), prices.Sum(before, "dev"), true, []ItemChange{
		{"Dashboards", dashboard.Price.Unit, 1, 0, true, -prices.Amount(dashboard, "dev")},
		{"Load balancer", prices.Prices["load-balancer"].Unit, 0, 1, true, 1971},
		{"Load balancer, capacity", prices.Prices["load-balancer-capacity"].Unit, 0, capacity, true, units},
	}}}
	got := prices.Changes(before, after)
	for i := range got {
		slices.SortFunc(got[i].Items, func(a, b ItemChange) int { return strings.Compare(a.What, b.What) })
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if same := prices.Changes(before, before); same != nil {
		t.Errorf("nothing changes, and it says %+v", same)
	}
	unpriced := prices.Changes(before, of(map[string]any{"aws_db_instance": db("db.x9.huge"), "aws_cloudwatch_dashboard": one(nil)}))
	if len(unpriced) != 1 || unpriced[0].IsComplete || unpriced[0].Amount != -14235 || len(unpriced[0].Items) != 2 {
		t.Errorf("%+v", unpriced)
	}
	item := func(column string) []Item {
		return []Item{{What: "A", PriceName: "alarm", Price: prices.Prices["alarm"], Quantity: map[string]float64{column: 10}}}
	}
	moved := prices.Changes(&Estimate{Columns: []string{"gone", "shared"}, Items: item("gone")}, &Estimate{Columns: []string{"new", "shared"}, Items: item("new")})
	if len(moved) != 2 || moved[0].Column != "new" || moved[0].Amount != 100 || moved[0].Before != 0 || moved[1].Column != "gone" || moved[1].Amount != -100 || moved[1].Before != 100 {
		t.Errorf("%+v", moved)
	}
	for amount, text := range map[Cents]string{-205: "-2.05", 0: "+0.00", 7: "+0.07", 12345: "+123.45"} {
		if got := amount.Signed(); got != text {
			t.Errorf("%d: %q, want %q", amount, got, text)
		}
	}
}
