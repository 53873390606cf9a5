package adopt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestEveryTypeOfTheStacks compares the table with the snapshots of the stacks, in
// both directions but for the types that only an option brings.
func TestEveryTypeOfTheStacks(t *testing.T) {
	files, err := filepath.Glob("../../__snapshots__/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d stacks, %v", len(files), err)
	}
	withOption := map[string]bool{
		"aws_db_instance_automated_backups_replication": true, "aws_s3_bucket_replication_configuration": true, "aws_acm_certificate": true, "aws_acm_certificate_validation": true, "aws_chatbot_slack_channel_configuration": true, "aws_route53_record": true, "aws_lb_listener_rule": true,
	}
	kinds, used := Kinds(), map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var s struct {
			Resource map[string]map[string]map[string]any
		}
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		for resourceType, resources := range s.Resource {
			used[resourceType] = true
			kind, ok := kinds[resourceType]
			if !ok {
				t.Errorf("%s: %d of %s, of which the table knows nothing: how is one found in AWS, or why is it never adopted?", file, len(resources), resourceType)
				continue
			}
			// A name that the configuration states is where a key comes from.
			for name, block := range resources {
				for _, path := range kind.Key {
					if path == "name" && block["name"] == nil {
						t.Errorf("%s: %s.%s has no name to be found by", file, resourceType, name)
					}
				}
			}
		}
	}
	for resourceType, kind := range kinds {
		if !used[resourceType] && !withOption[resourceType] {
			t.Errorf("%s: no stack has one", resourceType)
		}
		if (kind.List == nil) == (kind.Because == "") || (kind.List == nil) != (kind.Key == nil) {
			t.Errorf("%s: a key and a listing, or a reason is required", resourceType)
		}
	}
	t.Logf("%d types, %d of them found in AWS", len(kinds), len(kinds)-reasons(kinds))
}

func reasons(kinds map[string]Kind) int {
	n := 0
	for _, k := range kinds {
		if k.Because != "" {
			n++
		}
	}
	return n
}

func TestKeysAndIDs(t *testing.T) {
	type m = map[string]any
	for name, c := range map[string]struct {
		resourceType   string
		known, unknown m
		key, id        string
	}{
		"a role":                    {"aws_iam_role", m{"name": "paperwurks-dev-web-task", "id": "paperwurks-dev-web-task"}, nil, "paperwurks-dev-web-task", "paperwurks-dev-web-task"},
		"a VPC by its tag":          {"aws_vpc", m{"tags_all": m{"Name": "paperwurks-dev"}, "id": "vpc-1"}, nil, "paperwurks-dev", "vpc-1"},
		"a subnet of a VPC to come": {"aws_subnet", m{"tags_all": m{"Name": "a"}}, m{"vpc_id": true}, "", ""},
		"a subnet":                  {"aws_subnet", m{"tags_all": m{"Name": "a"}, "vpc_id": "vpc-1", "id": "subnet-1"}, nil, "vpc-1 | a", "subnet-1"},
		"tags unknown as a whole":   {"aws_vpc", m{}, m{"tags_all": true}, "", ""},
		"no name at all":            {"aws_vpc", m{"tags_all": m{}}, nil, "", ""},
		"a route":                   {"aws_route", m{"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0", "id": "r-1"}, nil, "rtb-1 | 0.0.0.0/0", "rtb-1_0.0.0.0/0"},
		"an association":            {"aws_route_table_association", m{"route_table_id": "rtb-1", "subnet_id": "subnet-1", "id": "rtbassoc-1"}, nil, "subnet-1 | rtb-1", "subnet-1/rtb-1"},
		"a rule from a group": {"aws_vpc_security_group_ingress_rule",
			m{"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 5432.0, "to_port": 5432.0, "referenced_security_group_id": "sg-2", "cidr_ipv4": nil, "id": "sgr-1"}, nil,
			"sg-1 | tcp | 5432 | 5432 |  |  |  | sg-2", "sgr-1"},
		"a rule from a group to come": {"aws_vpc_security_group_ingress_rule",
			m{"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 5432.0, "to_port": 5432.0}, m{"referenced_security_group_id": true}, "", ""},
		"a service": {"aws_ecs_service", m{"cluster": "arn:aws:ecs:r:1:cluster/c", "name": "web", "id": "arn:aws:ecs:r:1:service/c/web"}, nil,
			"arn:aws:ecs:r:1:cluster/c | web", "c/web"},
		"a scalable target": {"aws_appautoscaling_target", m{"resource_id": "service/c/web", "scalable_dimension": "ecs:service:DesiredCount", "service_namespace": "ecs", "id": "service/c/web"}, nil,
			"service/c/web | ecs:service:DesiredCount", "ecs/service/c/web/ecs:service:DesiredCount"},
		"a database, whose id is another": {"aws_db_instance", m{"identifier": "paperwurks-dev", "id": "db-ABC"}, nil, "paperwurks-dev", "paperwurks-dev"},
		"a cluster, whose id is its ARN":  {"aws_ecs_cluster", m{"name": "c", "id": "arn:aws:ecs:r:1:cluster/c"}, nil, "c", "c"},
		"a web ACL":                       {"aws_wafv2_web_acl", m{"name": "w", "scope": "CLOUDFRONT", "id": "1"}, nil, "w | CLOUDFRONT", "1/w/CLOUDFRONT"},
		"a VPC origin":                    {"aws_cloudfront_vpc_origin", m{"vpc_origin_endpoint_config": []any{m{"name": "o"}}, "id": "vo_1"}, nil, "o", "vo_1"},
		"a record":                        {"aws_route53_record", m{"zone_id": "Z1", "name": "a.example.com", "type": "A", "id": "Z1_a.example.com_A"}, nil, "Z1 | a.example.com | A", "Z1_a.example.com_A"},
		"a listener":                      {"aws_lb_listener", m{"load_balancer_arn": "arn:lb", "port": 80.0, "id": "arn:listener"}, nil, "arn:lb | 80", "arn:listener"},
	} {
		t.Run(name, func(t *testing.T) {
			kind := Kinds()[c.resourceType]
			v := Values{Known: c.known, Unknown: c.unknown}
			key, ok := kind.KeyOf(v)
			if key != c.key || ok != (c.key != "") {
				t.Errorf("key %q, %t; want %q", key, ok, c.key)
			}
			if !ok {
				return
			}
			if id := kind.IDOf(v); id != c.id {
				t.Errorf("id %q, want %q", id, c.id)
			}
		})
	}
}
