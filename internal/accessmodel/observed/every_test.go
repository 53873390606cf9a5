package observed

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/golden"
)

// parameterName is a name of a parameter in the source of this package.
var parameterName = regexp.MustCompile(`"([A-Za-z][A-Za-z.]*[A-Za-z](?:\.1)?)"`)

// operationName is an operation in it.
var operationName = regexp.MustCompile(`\b[a-z][a-z0-9-]+ (?:Add|Allocate|Assoc|Attach|Authorize|Create|De[a-z]|Dis|Enable|Get|Head|List|Modify|Put|Register|Release|Replace|Request|Restore|Revoke|Run|Schedule|Set|Stop|Subscribe|Tag|Un|Update)[A-Za-z0-9]*\b`)

// TestEveryOperation compares what IAM is asked for each operation that this
// package names: with every parameter that it reads, and with each one alone
// where that makes a difference of its own.
func TestEveryOperation(t *testing.T) {
	names, operations := map[string]bool{"Tags.1.Key": true, "x.VersionId": true, "subnets.1": true}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range operationName.FindAllString(string(source), -1) {
			operations[m] = true
		}
		if !slices.Contains([]string{"resource.go", "context.go", "consequence.go", "action.go"}, file) {
			continue // the others read no parameters of a call that is asked for
		}
		for _, m := range parameterName.FindAllStringSubmatch(string(source), -1) {
			names[m[1]] = true
		}
	}
	value := func(name string) string {
		switch last := lastPart(name, "."); {
		case name == "Scope":
			return "CLOUDFRONT"
		case name == "TagSpecification.ResourceType":
			return "vpc"
		case name == "networkConfiguration.awsvpcConfiguration.assignPublicIp":
			return "ENABLED"
		case name == "Tags.1.Key":
			return "project"
		case name == "subnets.1":
			return "subnet-0123456789abcdef0"
		case name == "ManageMasterUserPassword":
			return "true"
		case name == "ResourceId":
			return "service/c/s"
		case name == "LoadBalancerArn":
			return arn("elasticloadbalancing", "loadbalancer/app/lb/0123456789abcdef")
		case strings.Contains(strings.ToLower(last), "kmskey"):
			return arn("kms", "key/"+keyID)
		case strings.HasSuffix(strings.ToLower(last), "rolearn"), strings.HasSuffix(last, "PermissionArn"):
			return "arn:aws:iam::123456789012:role/" + last
		case name == "DBInstanceIdentifier", name == "SourceDBInstanceIdentifier":
			return "p-dev-source"
		case name == "SecretId":
			return "p/dev/session-key"
		case name == "Bucket":
			return "state"
		case name == "family", name == "taskDefinition":
			return "f"
		case name == "repositoryName":
			return "repository"
		case name == "deliveryDestinationArn":
			return arn("logs", "delivery-destination:p-dev-cloudfront")
		case name == "RoleName":
			return "r"
		case strings.HasSuffix(strings.ToLower(last), "arn"):
			return "arn:aws:s3:::" + last
		default:
			return "p-" + last
		}
	}
	before := append(slices.Clone(earlier),
		call("deploy-role-dev", "ecs", "RegisterTaskDefinition", "family", "f", "taskRoleArn", "arn:aws:iam::123456789012:role/task", "executionRoleArn", "arn:aws:iam::123456789012:role/execution"),
		// A task runs what the deployment registered, not the template.
		call("infra-role", "ecs", "RegisterTaskDefinition", "family", "f", "taskRoleArn", "arn:aws:iam::123456789012:role/template"),
		call(Administrator, "ecr", "CreateRepository", "repositoryName", "repository", "encryptionConfiguration.kmsKey", arn("kms", "key/"+keyID)))
	whole := map[string]string{}
	for name := range names {
		whole[name] = value(name)
	}
	var calls []awsapi.Recorded
	for _, operation := range slices.Sorted(maps.Keys(operations)) {
		if service, name, ok := strings.Cut(operation, " "); ok {
			calls = append(calls, awsapi.Recorded{Role: "x", Call: awsapi.Call{Service: service, Region: here.Region, Operation: name, Parameters: whole}})
		}
	}
	k := learn(before, here.Account, here.Region)
	reference, err := describe(calls)
	if err != nil {
		t.Fatal(err)
	}
	needs := func(c awsapi.Recorded, parameters map[string]string) []string {
		c.Parameters = parameters
		if free[c.Service+" "+c.Operation] != "" {
			return nil
		}
		found, err := k.needs(c.Call, reference)
		var out []string
		if err != nil {
			fault, _, _ := strings.Cut(err.Error(), " among the parameters")
			out = append(out, "fault: "+fault)
		}
		for _, n := range found {
			f := Row{Need: n}.fields()
			out = append(out, strings.TrimSpace(strings.Join(f[2:5], " ")))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	var text strings.Builder
	for _, c := range calls {
		all, none := needs(c, whole), needs(c, nil)
		fmt.Fprintf(&text, "%s %s\n\t%s\n", c.Service, c.Operation, strings.Join(all, "\n\t"))
		for _, name := range slices.Sorted(maps.Keys(names)) {
			for _, need := range needs(c, map[string]string{name: whole[name]}) {
				if !slices.Contains(all, need) && !slices.Contains(none, need) && !strings.HasPrefix(need, "fault") {
					fmt.Fprintf(&text, "\twith %s alone: %s\n", name, need)
				}
			}
		}
	}
	golden.Check(t, "testdata/every.txt", text.String(), "UPDATE_GOLDEN=1 go test -run TestEveryOperation ./internal/accessmodel/observed")
}

// TestFits: an ARN is of a pattern's kind in each of its six parts.
func TestFits(t *testing.T) {
	for _, test := range []struct {
		resource, pattern string
		want              bool
	}{
		{"arn:aws:ecs:{region}:{account}:cluster/c", "arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}", true},
		{"arn:aws:ecs:{region}:{account}:cluster/", "arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}", false},
		{"arn:aws:ecs:{region}:{account}:service/c", "arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}", false},
		{"arn:aws:eks:{region}:{account}:cluster/c", "arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}", false},
		{"arn:aws:iam::{account}:role/w/r", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", true},
		{"arn:aws:iam:{region}:{account}:role/w/r", "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", false},
		{"arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}", true},
		{"arn:aws:logs:{region}:{account}:log-group:/a:log-stream:b", "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}", true},
		{"*", "arn:${Partition}:s3:::${BucketName}", false}, {"", "arn:${Partition}:s3:::${BucketName}", false}, {"arn:aws:s3::", "arn:${Partition}:s3:::${BucketName}", false},
		{"{key alias/a}", "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}", true},
		{"{key alias/a}", "arn:${Partition}:kms:${Region}:${Account}:alias/${Alias}", false},
		{"{key alias/a}", "arn:${Partition}:ecs:${Region}:${Account}:key/${KeyId}", false},
		{"{secret a}", "arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${SecretId}", true},
		{"{secret a}", "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}", false},
	} {
		if got := fits(test.resource, test.pattern); got != test.want {
			t.Errorf("%s, %s: %t", test.resource, test.pattern, got)
		}
	}
	if got := filled("arn:${Partition}:ecs:${Region}:${Account}:service/${ClusterName}/${ServiceName}"); got != "arn:aws:ecs:{region}:{account}:service/{id}/{id}" {
		t.Errorf("%s", got)
	}
}

// TestStable: what AWS makes up is replaced, and nothing else.
func TestStable(t *testing.T) {
	k := learn(earlier, here.Account, here.Region)
	const id = "0123456789abcdef0"
	for text, want := range map[string]string{
		arn("ecs", "task-definition/f:7"):                                    "arn:aws:ecs:{region}:{account}:task-definition/f:{id}",
		arn("ecs", "task-definition/f"):                                      "arn:aws:ecs:{region}:{account}:task-definition/f",
		arn("ecs", "task/c/0123456789abcdef0123456789abcdef"):                "arn:aws:ecs:{region}:{account}:task/c/{id}",
		arn("application-autoscaling", "scalable-target/0ec5abc"):            "arn:aws:application-autoscaling:{region}:{account}:scalable-target/{id}",
		arn("logs", "delivery:aBc123"):                                       "arn:aws:logs:{region}:{account}:delivery:{id}",
		arn("rds", "db:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"):                       "arn:aws:rds:{region}:{account}:db:{id}",
		arn("rds", "db:p-dev"):                                               "arn:aws:rds:{region}:{account}:db:p-dev",
		"arn:aws:cloudfront::123456789012:distribution/EABCDEFGHIJ":          "arn:aws:cloudfront::{account}:distribution/{id}",
		"arn:aws:route53:::hostedzone/Z0123456789ABC":                        "arn:aws:route53:::hostedzone/{id}",
		arn("ec2", "vpc/vpc-"+id):                                            "arn:aws:ec2:{region}:{account}:vpc/vpc-{id}",
		arn("sns", "topic:"+keyID):                                           "arn:aws:sns:{region}:{account}:topic",
		arn("kms", "key/"+keyID):                                             "{key alias/p/dev/data}",
		arn("kms", "key/0b1b2c3d-0000-4000-8000-0123456789ab"):               "arn:aws:kms:{region}:{account}:key/{id}",
		arn("secretsmanager", "secret:p/dev/a-aB3xYz"):                       "{secret p/dev/a}",
		arn("secretsmanager", "secret:rds!db-"+keyID+"-aB3xYz"):              "arn:aws:secretsmanager:{region}:{account}:secret:rds!db-{id}-{id}",
		arn("elasticloadbalancing", "loadbalancer/app/p/"+id):                "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/p/{id}",
		arn("elasticloadbalancing", "listener/app/p/"+id+"/"+id):             "arn:aws:elasticloadbalancing:{region}:{account}:listener/app/p/{id}/{id}",
		arn("elasticloadbalancing", "listener-rule/app/p/"+id+"/"+id+"/"+id): "arn:aws:elasticloadbalancing:{region}:{account}:listener-rule/app/p/{id}/{id}/{id}",
		arn("elasticloadbalancing", "targetgroup/p/"+id):                     "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/p/{id}",
	} {
		if got := k.stable(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for key, want := range map[string]string{"alias/aws/rds": "arn:aws:kms:{region}:{account}:key/{id}", "alias/a": "{key alias/a}", keyID: "{key alias/p/dev/data}", "": "arn:aws:kms:{region}:{account}:key/{id}"} {
		if got := k.key(key); got != want {
			t.Errorf("%q: %s, want %s", key, got, want)
		}
	}
}
