//go:build moto

package localaws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
)

// These tests run against the real moto: go test -tags moto ./internal/localaws, with LOCALAWS_PYTHON naming a
// Python that has requirements.txt installed. They fail where moto has changed so that a gap no longer fits.

// startReal starts a local AWS with the real moto.
func startReal(t *testing.T) State {
	t.Helper()
	o := testOptions(t)
	if o.Python = os.Getenv("LOCALAWS_PYTHON"); o.Python == "" {
		t.Fatal("LOCALAWS_PYTHON is to name a Python that has moto")
	}
	return start(t, o)
}

func newRealBench(t *testing.T) *bench {
	t.Helper()
	state := startReal(t)
	return &bench{t, nil, &httptest.Server{URL: state.Endpoint}}
}

// call makes an awsJson call that has to succeed.
func (b *bench) call(service, target string, input any) object {
	b.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		b.Fatal(err)
	}
	r := b.send(service, http.MethodPost, "/", string(body), map[string]string{"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"})
	b.wantStatus(target, r, 200)
	var out object
	if len(r.body) > 0 {
		if err := json.Unmarshal([]byte(r.body), &out); err != nil {
			b.Fatalf("%s answered %q: %v", target, r.body, err)
		}
	}
	return out
}

func (b *bench) ask(service string, pairs ...string) string {
	b.Helper()
	r := b.query(service, pairs...)
	b.wantStatus(pairs[1], r, 200)
	return r.body
}

// network makes a VPC with a subnet and a security group.
func (b *bench) network() (subnet, group string) {
	vpc := text([]byte(b.ask("ec2", "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16")), "vpcId")
	subnet = text([]byte(b.ask("ec2", "Action", "CreateSubnet", "VpcId", vpc, "CidrBlock", "10.0.0.0/24")), "subnetId")
	group = text([]byte(b.ask("ec2", "Action", "CreateSecurityGroup", "VpcId", vpc, "GroupName", "g", "GroupDescription", "g")), "groupId")
	return subnet, group
}

func TestMotoEndsWithTheFront(t *testing.T) {
	state := startReal(t)
	if err := syscall.Kill(state.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitGone(t, "moto", state.MotoPID)
}

func TestRealECS(t *testing.T) {
	b := newRealBench(t)
	subnet, group := b.network()
	network := object{"awsvpcConfiguration": object{"subnets": []string{subnet}, "securityGroups": []string{group}}}
	b.call("ecr", "AmazonEC2ContainerRegistry_V20150921.CreateRepository", object{"repositoryName": "app"})
	b.call("ecs", ecsTarget+"CreateCluster", object{"clusterName": "dev"})
	register := func(image string) {
		b.call("ecs", ecsTarget+"RegisterTaskDefinition", object{"family": "web", "networkMode": "awsvpc", "requiresCompatibilities": []string{"FARGATE"}, "cpu": "256", "memory": "512",
			"containerDefinitions": []object{{"name": "web", "image": image, "essential": true}}})
	}
	describe := func() object {
		return b.call("ecs", ecsTarget+"DescribeServices", object{"cluster": "dev", "services": []string{"web"}})["services"].([]any)[0].(object)
	}
	const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:"
	register(publicImage)
	b.call("ecs", ecsTarget+"CreateService", object{"cluster": "dev", "serviceName": "web", "taskDefinition": "web", "desiredCount": 1, "networkConfiguration": network,
		"capacityProviderStrategy": []object{{"capacityProvider": "FARGATE", "weight": 1}}, "availabilityZoneRebalancing": "ENABLED",
		"deploymentConfiguration": object{"deploymentCircuitBreaker": object{"enable": true, "rollback": true}}})
	service := describe()
	b.want("rebalancing", service["availabilityZoneRebalancing"], "ENABLED")
	b.want("running", service["runningCount"], 1)

	manifest := `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":1,"digest":"sha256:` + strings.Repeat("a", 64) + `"},"layers":[]}`
	b.call("ecr", "AmazonEC2ContainerRegistry_V20150921.PutImage", object{"repositoryName": "app", "imageTag": "there", "imageManifest": manifest})
	register(image + "there")
	b.call("ecs", ecsTarget+"UpdateService", object{"cluster": "dev", "service": "web", "taskDefinition": "web"})
	b.wantContains("an image that is there", describe()["taskDefinition"].(string), "task-definition/web:2")

	register(image + "missing")
	b.call("ecs", ecsTarget+"UpdateService", object{"cluster": "dev", "service": "web", "taskDefinition": "web:3"})
	for range 3 {
		service = describe()
	}
	b.wantContains("an image that is missing", service["taskDefinition"].(string), "task-definition/web:2")
	b.wantContains("events", fmt.Sprint(service["events"]), "deployment failed")

	task := b.call("ecs", ecsTarget+"RunTask", object{"cluster": "dev", "taskDefinition": "web:2", "launchType": "FARGATE", "networkConfiguration": network})["tasks"].([]any)[0].(object)
	var last object
	for range 3 {
		last = b.call("ecs", ecsTarget+"DescribeTasks", object{"cluster": "dev", "tasks": []any{task["taskArn"]}})["tasks"].([]any)[0].(object)
	}
	b.want("task", last["lastStatus"], "STOPPED")
	b.want("exit code", last["containers"].([]any)[0].(object)["exitCode"], 0)
	b.call("ecs", ecsTarget+"DeleteService", object{"cluster": "dev", "service": "web", "force": true})
	b.want("deleted", describe()["status"], "INACTIVE")
}

func TestRealCloudFront(t *testing.T) {
	b := newRealBench(t)
	const config = `<CallerReference>c</CallerReference><Comment>all of it</Comment><DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy><CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId></DefaultCacheBehavior><Enabled>%s</Enabled><Origins><Items><Origin><DomainName>a.example.com</DomainName><Id>o</Id><VpcOriginConfig><VpcOriginId>vo_1</VpcOriginId></VpcOriginConfig></Origin></Items><Quantity>1</Quantity></Origins>`
	made := b.rest("cloudfront", "POST", "/2020-05-31/distribution", `<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">`+fmt.Sprintf(config, "true")+`</DistributionConfig>`)
	b.wantStatus("create", made, 201)
	path := "/2020-05-31/distribution/" + text([]byte(made.body), "Id")
	read := b.rest("cloudfront", "GET", path, "")
	b.wantContains("get", read.body, "<VpcOriginId>vo_1</VpcOriginId>")
	b.wantContains("get", read.body, "<Status>Deployed</Status>")
	changed := b.rest("cloudfront", "PUT", path+"/config", `<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">`+fmt.Sprintf(config, "false")+`</DistributionConfig>`, "If-Match", read.header.Get("ETag"))
	b.wantStatus("update", changed, 200)
	b.wantStatus("delete", b.rest("cloudfront", "DELETE", path, "", "If-Match", changed.header.Get("ETag")), 204)
	b.wantError("get after delete", b.rest("cloudfront", "GET", path, ""), 404, "NoSuchDistribution")
}

func TestRealS3(t *testing.T) {
	b := newRealBench(t)
	b.wantStatus("create", b.rest("s3", "PUT", "/bucket", `<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>`), 200)
	const rule = `<Rule><ID>r</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><NoncurrentVersionExpiration><NewerNoncurrentVersions>3</NewerNoncurrentVersions><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration></Rule>`
	b.wantStatus("lifecycle", b.rest("s3", "PUT", "/bucket?lifecycle=", `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`+rule+`</LifecycleConfiguration>`), 200)
	b.wantContains("lifecycle", b.rest("s3", "GET", "/bucket?lifecycle=", "").body, rule)
	b.wantStatus("notification", b.rest("s3", "PUT", "/bucket?notification=", `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EventBridgeConfiguration></EventBridgeConfiguration></NotificationConfiguration>`), 200)
	b.wantContains("notification", b.rest("s3", "GET", "/bucket?notification=", "").body, "EventBridgeConfiguration")
	large := bytes.Repeat([]byte("x"), maxBody+1)
	b.wantStatus("put a large object", b.rest("s3", "PUT", "/bucket/large", string(large)), 200)
	b.want("its size", len(b.rest("s3", "GET", "/bucket/large", "").body), len(large))
	b.wantStatus("head of no object", b.rest("s3", "HEAD", "/bucket/none", ""), 404)
	b.wantError("no bucket", b.rest("s3", "GET", "/none?lifecycle=", ""), 404, "NoSuchBucket")
}

func TestRealRoute53(t *testing.T) {
	b := newRealBench(t)
	made := b.rest("route53", "POST", "/2013-04-01/hostedzone", `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>example.com</Name><CallerReference>c</CallerReference></CreateHostedZoneRequest>`)
	b.wantStatus("zone", made, 201)
	path := "/2013-04-01" + text([]byte(made.body), "Id") + "/rrset"
	change := func(action, name string) reply {
		return b.rest("route53", "POST", path, `<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change><Action>`+action+`</Action><ResourceRecordSet><Name>`+name+`</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`)
	}
	b.wantStatus("a later one", change("CREATE", "z.example.com"), 200)
	for _, step := range []struct {
		action string
		want   int
	}{{"CREATE", 200}, {"CREATE", 400}, {"DELETE", 200}, {"CREATE", 200}} {
		b.wantStatus(step.action, change(step.action, "a.example.com"), step.want)
	}
}

func TestRealRDS(t *testing.T) {
	b := newRealBench(t)
	b.ask("rds", "Action", "CreateDBParameterGroup", "DBParameterGroupName", "g", "DBParameterGroupFamily", "postgres17", "Description", "d", "Version", "2014-10-31")
	b.ask("rds", "Action", "ModifyDBParameterGroup", "DBParameterGroupName", "g", "Parameters.Parameter.1.ParameterName", "rds.force_ssl", "Parameters.Parameter.1.ParameterValue", "1", "Parameters.Parameter.1.ApplyMethod", "immediate", "Version", "2014-10-31")
	described := func() string {
		return b.ask("rds", "Action", "DescribeDBParameters", "DBParameterGroupName", "g", "Version", "2014-10-31")
	}
	b.wantContains("set", described(), "<Source>user</Source>")
	b.ask("rds", "Action", "ResetDBParameterGroup", "DBParameterGroupName", "g", "Parameters.Parameter.1.ParameterName", "rds.force_ssl", "Version", "2014-10-31")
	b.wantNotContains("reset", described(), "rds.force_ssl")
	b.ask("rds", "Action", "CreateDBInstance", "DBInstanceIdentifier", "db", "Engine", "postgres", "DBInstanceClass", "db.t4g.micro", "AllocatedStorage", "20", "MasterUsername", "u", "MasterUserPassword", "passw0rd!", "EnablePerformanceInsights", "true", "PerformanceInsightsRetentionPeriod", "7", "Version", "2014-10-31")
	b.ask("rds", "Action", "CreateDBInstance", "DBInstanceIdentifier", "other", "Engine", "postgres", "DBInstanceClass", "db.t4g.micro", "AllocatedStorage", "20", "MasterUsername", "u", "MasterUserPassword", "passw0rd!", "Version", "2014-10-31")
	id := text([]byte(b.ask("rds", "Action", "DescribeDBInstances", "DBInstanceIdentifier", "db", "Version", "2014-10-31")), "DbiResourceId")
	instance := b.ask("rds", "Action", "DescribeDBInstances", "Filters.Filter.1.Name", "dbi-resource-id", "Filters.Filter.1.Values.Value.1", id, "Version", "2014-10-31")
	b.want("instances of that resource id", len(findElements([]byte(instance), "DBInstance")), 1)
	b.want("instances of no resource id", len(findElements([]byte(b.ask("rds", "Action", "DescribeDBInstances", "Filters.Filter.1.Name", "dbi-resource-id", "Filters.Filter.1.Values.Value.1", "db-NONE", "Version", "2014-10-31")), "DBInstance")), 0)
	b.wantContains("insights", instance, "<PerformanceInsightsEnabled>true</PerformanceInsightsEnabled>")
	b.wantContains("insights", instance, "<PerformanceInsightsRetentionPeriod>7</PerformanceInsightsRetentionPeriod>")
}

func TestRealEC2(t *testing.T) {
	b := newRealBench(t)
	_, group := b.network()
	made := b.ask("ec2", "Action", "AuthorizeSecurityGroupIngress", "GroupId", group, "IpPermissions.1.IpProtocol", "tcp", "IpPermissions.1.FromPort", "443", "IpPermissions.1.ToPort", "443",
		"IpPermissions.1.Groups.1.GroupId", group, "IpPermissions.1.Groups.1.Description", "among themselves")
	rule := text([]byte(made), "securityGroupRuleId")
	b.wantContains("description", b.ask("ec2", "Action", "DescribeSecurityGroupRules", "SecurityGroupRuleId.1", rule), "<description>among themselves</description>")
}

func TestRealTagsAndKeys(t *testing.T) {
	b := newRealBench(t)
	b.call("budgets", "AWSBudgetServiceGateway.CreateBudget", object{"AccountId": DefaultAccount, "Budget": object{"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": object{"Amount": "1", "Unit": "USD"}}, "ResourceTags": []object{{"Key": "x", "Value": "1"}}})
	b.want("budget", b.call("budgets", "AWSBudgetServiceGateway.ListTagsForResource", object{"ResourceARN": "arn:aws:budgets::123456789012:budget/b"})["ResourceTags"], []object{{"Key": "x", "Value": "1"}})
	b.call("budgets", "AWSBudgetServiceGateway.UpdateBudget", object{"AccountId": DefaultAccount, "NewBudget": object{"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": object{"Amount": "2", "Unit": "USD"}}})
	b.wantContains("budget after update", fmt.Sprint(b.call("budgets", "AWSBudgetServiceGateway.DescribeBudget", object{"AccountId": DefaultAccount, "BudgetName": "b"})), "Amount:2")

	key := b.call("kms", "TrentService.CreateKey", object{})["KeyMetadata"].(object)["KeyId"]
	b.call("kms", "TrentService.EnableKeyRotation", object{"KeyId": key, "RotationPeriodInDays": 180})
	b.want("rotation", b.call("kms", "TrentService.GetKeyRotationStatus", object{"KeyId": key})["RotationPeriodInDays"], 180)

	b.call("logs", "Logs_20140328.CreateLogGroup", object{"logGroupName": "/a", "logGroupClass": "INFREQUENT_ACCESS"})
	b.want("log group", b.call("logs", "Logs_20140328.DescribeLogGroups", object{})["logGroups"].([]any)[0].(object)["logGroupClass"], "INFREQUENT_ACCESS")

	made := b.rest("backup", "PUT", "/backup-vaults/v", `{"BackupVaultTags":{"x":"1"}}`)
	b.wantStatus("vault", made, 200)
	b.wantContains("vault's tags", b.rest("backup", "GET", "/tags/"+url.PathEscape("arn:aws:backup:eu-central-1:123456789012:backup-vault:v"), "").body, `"x": "1"`)

	_, r := b.json("ssm", "NoSuchOperation", object{})
	b.wantError("what moto lacks", r, 501, "NotImplemented")
}
