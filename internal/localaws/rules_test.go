package localaws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/paperwurks/infra/internal/awsapi"
)

// rulesBench is a local AWS with the real moto, which notes the rules that were exercised.
type rulesBench struct {
	*bench
	rules map[string]Rule
	seen  map[string]bool
}

// refused wants a reply to be the error of a rule.
func (b *rulesBench) refused(rule string, r reply) {
	b.Helper()
	b.seen[rule] = true
	want, ok := b.rules[rule]
	if !ok {
		b.Errorf("there is no rule %q", rule)
		return
	}
	if got := awsapi.ErrorCode(r.header, []byte(r.body)); r.status < 400 || got != want.Code {
		b.Errorf("%s: answered %d %s, want %s: %s", rule, r.status, got, want.Code, r.body)
	}
	if by := r.header.Get(ruleHeader); by != "" && by != rule {
		b.Errorf("%s: was refused by rule %s", rule, by)
	}
}

// done wants a call to have succeeded, and a rule to have done something besides.
func (b *rulesBench) done(rule string, r reply) {
	b.Helper()
	b.seen[rule] = true
	if r.status >= 300 || !strings.Contains(strings.Join(r.header.Values(ruleHeader), " "), rule) {
		b.Errorf("%s: answered %d by %q: %s", rule, r.status, r.header.Values(ruleHeader), r.body)
	}
}

// ec2, iam, rds and elb make a query call, with AWS's version of the API.
func (b *rulesBench) form(service, action string, pairs ...string) reply {
	b.Helper()
	version := map[string]string{"ec2": "2016-11-15", "iam": "2010-05-08", "rds": "2014-10-31", "elasticloadbalancing": "2015-12-01"}[service]
	return b.query(service, append([]string{"Action", action, "Version", version}, pairs...)...)
}

func (b *rulesBench) ok(r reply) []byte {
	b.Helper()
	if r.status >= 300 {
		b.Fatalf("answered %d: %s", r.status, r.body)
	}
	return []byte(r.body)
}

// targets of the awsJson services.
var targets = map[string]string{"ecs": ecsTarget, "ecr": "AmazonEC2ContainerRegistry_V20150921.", "logs": "Logs_20140328.", "kms": "TrentService.", "secretsmanager": "secretsmanager.",
	"servicequotas": "ServiceQuotasV20190624.", "application-autoscaling": "AnyScaleFrontendService.", "wafv2": "AWSWAF_20190729.", "ce": "AWSInsightsIndexService.", "budgets": "AWSBudgetServiceGateway.", "acm": "CertificateManager.", "cloudtrail": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.", "config": "StarlingDoveService."}

func (b *rulesBench) to(service, operation string, input object) reply {
	b.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		b.Fatal(err)
	}
	return b.send(service, "POST", "/", string(body), map[string]string{"X-Amz-Target": targets[service] + operation, "Content-Type": "application/x-amz-json-1.1"})
}

// get is a JSON call that has to succeed.
func (b *rulesBench) get(service, operation string, input object) object {
	b.Helper()
	var out object
	if body := b.ok(b.to(service, operation, input)); len(body) > 0 {
		if err := json.Unmarshal(body, &out); err != nil {
			b.Fatalf("%s: %v", operation, err)
		}
	}
	return out
}

// TestRules exercises every rule of AWS's that the local AWS keeps.
func TestRules(t *testing.T) {
	all, err := Rules()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 25 {
		t.Errorf("%d rules, want 25 at least", len(all))
	}
	rules, seen := map[string]Rule{}, map[string]bool{}
	for _, r := range all {
		if _, twice := rules[r.ID]; twice || r.Source == "" || r.What == "" {
			t.Errorf("rule %s: twice, or without what it does or its source", r.ID)
		}
		rules[r.ID] = r
	}
	for name, exercise := range map[string]func(*rulesBench){
		"ECS": ecsRules, "IAM": iamRules, "RDS": rdsRules, "VPC": vpcRules, "ELB": elbRules, "CloudFront": cloudFrontRules,
		"storage and keys": storageRules, "account": accountRules, "costs": costRules, "schedules": scheduleRules, "channels": channelRules, "Fargate's quota": fargateQuotaRule, "models": modelRule,
	} {
		t.Run(name, func(t *testing.T) { exercise(&rulesBench{newRealBench(t), rules, seen}) })
	}
	for id := range rules {
		if !seen[id] && !t.Failed() {
			t.Errorf("no test exercises rule %s", id)
		}
	}
}

// TestReadmeListsTheRules holds the table of README.md to the code.
func TestReadmeListsTheRules(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := WriteRules(&table); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(readme, table.Bytes()) {
		t.Errorf("README.md does not hold the table of rules as it is now; put in what this prints: go run ./cmd/platform local-rules\n%s", table.String())
	}
}

// cluster makes a cluster with both Fargate providers, and a task definition without a task role.
func (b *rulesBench) cluster() (network object) {
	subnet, group := b.network()
	b.get("ecs", "CreateCluster", object{"clusterName": "dev", "capacityProviders": []string{"FARGATE", "FARGATE_SPOT"}})
	b.get("ecs", "RegisterTaskDefinition", definition("web", "256", "512"))
	return object{"awsvpcConfiguration": object{"subnets": []string{subnet}, "securityGroups": []string{group}}}
}

func definition(family, cpu, memory string) object {
	return object{"family": family, "networkMode": "awsvpc", "requiresCompatibilities": []string{"FARGATE"}, "cpu": cpu, "memory": memory,
		"containerDefinitions": []object{{"name": "web", "image": publicImage, "essential": true}}}
}

func with(base object, more object) object {
	out := object{}
	for _, o := range []object{base, more} {
		for name, value := range o {
			out[name] = value
		}
	}
	return out
}

func ecsRules(b *rulesBench) {
	network := b.cluster()
	fargate := []object{{"capacityProvider": "FARGATE", "weight": 1}}
	service := object{"cluster": "dev", "serviceName": "web", "taskDefinition": "web", "desiredCount": 1, "networkConfiguration": network, "capacityProviderStrategy": fargate}
	create := func(more object) reply { return b.to("ecs", "CreateService", with(service, more)) }
	b.refused("exec-needs-a-task-role", create(object{"enableExecuteCommand": true}))
	b.refused("exec-needs-a-task-role", b.to("ecs", "RunTask", object{"cluster": "dev", "taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": network, "enableExecuteCommand": true}))
	b.refused("launch-type-or-strategy", create(object{"launchType": "FARGATE"}))
	b.refused("provider-of-the-cluster", create(object{"capacityProviderStrategy": []object{{"capacityProvider": "mine", "weight": 1}}}))
	b.refused("strategy-adds-up", create(object{"capacityProviderStrategy": []object{{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "base": 1}}}))
	b.refused("strategy-adds-up", create(object{"capacityProviderStrategy": []object{{"capacityProvider": "FARGATE", "weight": 0}, {"capacityProvider": "FARGATE_SPOT"}}}))
	b.refused("target-group-has-a-load-balancer", create(object{"loadBalancers": []object{{"targetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/t/1", "containerName": "web", "containerPort": 80}}}))

	b.get("ecs", "RegisterTaskDefinition", with(definition("role", "256", "512"), object{"taskRoleArn": "arn:aws:iam::123456789012:role/r"}))
	b.ok(create(object{"enableExecuteCommand": true, "taskDefinition": "role"}))
	b.refused("exec-needs-a-task-role", b.to("ecs", "UpdateService", object{"cluster": "dev", "service": "web", "taskDefinition": "web"}))
	b.refused("service-name-is-free", create(object{}))
	b.refused("cluster-is-empty", b.to("ecs", "DeleteCluster", object{"cluster": "dev"}))
	b.refused("service-is-scaled-down", b.to("ecs", "DeleteService", object{"cluster": "dev", "service": "web"}))
	target := object{"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1, "MaxCapacity": 2}
	b.refused("scaled-service-exists", b.to("application-autoscaling", "RegisterScalableTarget", with(target, object{"ResourceId": "service/dev/none"})))
	target["ResourceId"] = "service/dev/web"
	b.wantNotContains("within the bounds", strings.Join(b.to("application-autoscaling", "RegisterScalableTarget", target).header.Values(ruleHeader), " "), "capacity-within-bounds")
	for _, test := range []struct {
		bounds object
		want   string
	}{{object{"MinCapacity": 3, "MaxCapacity": 4}, "3"}, {object{"MinCapacity": 0, "MaxCapacity": 0}, "0"}, {object{"MinCapacity": 1, "MaxCapacity": 2}, "1"}} {
		b.done("capacity-within-bounds", b.to("application-autoscaling", "RegisterScalableTarget", with(target, test.bounds)))
		described := b.get("ecs", "DescribeServices", object{"cluster": "dev", "services": []string{"web"}})["services"].([]any)[0].(object)
		b.want("desired", fmt.Sprint(described["desiredCount"]), test.want)
	}
	b.get("ecs", "UpdateService", object{"cluster": "dev", "service": "web", "desiredCount": 5})
	b.done("capacity-within-bounds", b.to("application-autoscaling", "RegisterScalableTarget", object{"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount", "ResourceId": "service/dev/web"}))
	b.get("ecs", "DeleteService", object{"cluster": "dev", "service": "web", "force": true})
	b.refused("service-is-active", b.to("ecs", "UpdateService", object{"cluster": "dev", "service": "web", "desiredCount": 2}))
	b.get("ecs", "DeleteCluster", object{"cluster": "dev"})
	b.refused("fargate-size", b.to("ecs", "RegisterTaskDefinition", definition("big", "256", "4096")))
}

func fargateQuotaRule(b *rulesBench) {
	b.seen["fargate-quota"] = true
	network := b.cluster()
	b.get("ecs", "RegisterTaskDefinition", definition("large", "4096", "8192"))
	b.wantStatus("AWS's own quotas", b.rest("", "PUT", "/_localaws/quotas", `{"default": true}`), 204)
	quota := func(operation string) string {
		return fmt.Sprint(b.get("servicequotas", operation, object{"ServiceCode": "fargate", "QuotaCode": "L-3032A538"})["Quota"].(object)["Value"])
	}
	b.want("quota", quota("GetServiceQuota"), "6")
	create := func(name string, count int, provider string) {
		b.get("ecs", "CreateService", object{"cluster": "dev", "serviceName": name, "taskDefinition": "large", "desiredCount": count, "networkConfiguration": network,
			"capacityProviderStrategy": []object{{"capacityProvider": provider, "weight": 1}}})
	}
	look := func(name string) (string, string) {
		s := b.get("ecs", "DescribeServices", object{"cluster": "dev", "services": []string{name}})["services"].([]any)[0].(object)
		return fmt.Sprint(s["runningCount"]), fmt.Sprint(s["events"])
	}
	create("one", 1, "FARGATE")
	running, _ := look("one")
	b.want("4 of 6 vCPU", running, "1")
	create("two", 1, "FARGATE")
	running, events := look("two")
	b.want("8 of 6 vCPU", running, "0")
	b.wantContains("events", events, "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.")
	create("three", 1, "FARGATE_SPOT")
	running, _ = look("three")
	b.want("4 of 6 vCPU of Spot", running, "1")
	b.wantStatus("granted", b.rest("", "PUT", "/_localaws/quotas", `{"L-3032A538": 8}`), 204)
	running, _ = look("two")
	b.want("8 of 8 vCPU", running, "1")
	b.want("AWS's own quota", quota("GetAWSDefaultServiceQuota"), "6")
	for _, refused := range []struct {
		method, body string
		status       int
		says         string
	}{
		{"GET", "", 405, "PUT sets quotas"},
		{"POST", `{"L-3032A538": 1}`, 405, "PUT sets quotas"},
		{"DELETE", "", 405, "PUT sets quotas"},
		{"PUT", "", 400, "the quotas: "},
		{"PUT", `[]`, 400, "a JSON object of quota codes is required"},
		{"PUT", `{"default": 1}`, 400, `"default": 1: true or false is required`},
		{"PUT", `{"L-00000000": 1}`, 400, `"L-00000000": allowed are L-0263D0A3, `},
		{"PUT", `{"L-3032A538": "8"}`, 400, `"L-3032A538": "8": a number of at least 0 is required`},
		{"PUT", `{"L-3032A538": true}`, 400, "a number of at least 0 is required"},
		{"PUT", `{"L-3032A538": -1}`, 400, "a number of at least 0 is required"},
	} {
		got := b.rest("", refused.method, "/_localaws/quotas", refused.body)
		b.wantStatus(refused.method+" "+refused.body, got, refused.status)
		b.wantContains(refused.method+" "+refused.body, got.body, refused.says)
		if refused.status == 405 {
			b.want("Allow", got.header.Get("Allow"), "PUT")
		}
	}
	b.want("after all of them", quota("GetServiceQuota"), "8")
	b.want("quotas of a service", len(b.get("servicequotas", "ListServiceQuotas", object{"ServiceCode": "fargate"})["Quotas"].([]any)), 2)
}

const trustOfTests = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}]}`

func iamRules(b *rulesBench) {
	trust := fmt.Sprintf(trustOfTests, "arn:aws:iam::123456789012:root")
	const boundary = "arn:aws:iam::123456789012:policy/boundary"
	role := func(name string, more ...string) reply {
		return b.form("iam", "CreateRole", append([]string{"RoleName", name, "AssumeRolePolicyDocument", trust}, more...)...)
	}
	b.refused("boundary-exists", role("r", "PermissionsBoundary", boundary))
	b.ok(b.form("iam", "CreatePolicy", "PolicyName", "boundary", "PolicyDocument", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`))
	b.ok(role("r", "PermissionsBoundary", boundary))
	b.refused("boundary-exists", b.form("iam", "PutRolePermissionsBoundary", "RoleName", "r", "PermissionsBoundary", boundary+"-other"))
	b.ok(b.form("iam", "AttachRolePolicy", "RoleName", "r", "PolicyArn", boundary))
	b.refused("role-is-bare", b.form("iam", "DeleteRole", "RoleName", "r"))
	trusted := func(name string) string { return fmt.Sprintf(trustOfTests, "arn:aws:iam::123456789012:role/"+name) }
	b.refused("trusted-role-exists", b.form("iam", "UpdateAssumeRolePolicy", "RoleName", "r", "PolicyDocument", trusted("none")))
	b.ok(b.form("iam", "UpdateAssumeRolePolicy", "RoleName", "r", "PolicyDocument", trusted("r")))
}

func rdsRules(b *rulesBench) {
	group := func(family string) {
		b.ok(b.form("rds", "CreateDBParameterGroup", "DBParameterGroupName", family, "DBParameterGroupFamily", family, "Description", "d"))
	}
	set := func(group, name, value, method string) reply {
		return b.form("rds", "ModifyDBParameterGroup", "DBParameterGroupName", group, "Parameters.Parameter.1.ParameterName", name, "Parameters.Parameter.1.ParameterValue", value, "Parameters.Parameter.1.ApplyMethod", method)
	}
	group("postgres14")
	group("postgres17")
	b.refused("static-parameter-waits", set("postgres14", "rds.force_ssl", "1", "immediate"))
	b.refused("static-parameter-waits", set("postgres17", "max_connections", "200", "immediate"))
	b.done("system-parameter-stays", set("postgres17", "rds.force_ssl", "1", "immediate"))
	described := b.form("rds", "DescribeDBParameters", "DBParameterGroupName", "postgres17").body
	b.wantContains("AWS's own value", described, "<Source>system</Source>")
	b.wantContains("AWS's own value", described, "<ApplyMethod>pending-reboot</ApplyMethod>")
	b.ok(set("postgres17", "rds.force_ssl", "0", "immediate"))
	b.wantContains("another value", b.form("rds", "DescribeDBParameters", "DBParameterGroupName", "postgres17").body, "<Source>user</Source>")

	subnet, _ := b.network()
	other := text([]byte(b.ok(b.form("ec2", "CreateSubnet", "VpcId", text([]byte(b.form("ec2", "DescribeSubnets", "SubnetId.1", subnet).body), "vpcId"), "CidrBlock", "10.0.1.0/24", "AvailabilityZone", "eu-central-1b"))), "subnetId")
	b.ok(b.form("rds", "CreateDBSubnetGroup", "DBSubnetGroupName", "isolated", "DBSubnetGroupDescription", "d", "SubnetIds.SubnetIdentifier.1", subnet, "SubnetIds.SubnetIdentifier.2", other))
	b.ok(b.form("rds", "ModifyDBSubnetGroup", "DBSubnetGroupName", "isolated", "SubnetIds.SubnetIdentifier.1", subnet, "SubnetIds.SubnetIdentifier.2", other))
	b.ok(b.form("rds", "DescribeDBSubnetGroups", "DBSubnetGroupName", "isolated"))
	create := func(name, protected string) {
		b.ok(b.form("rds", "CreateDBInstance", "DBInstanceIdentifier", name, "Engine", "postgres", "EngineVersion", "17.5", "DBInstanceClass", "db.t4g.micro", "AllocatedStorage", "20", "MasterUsername", "u", "MasterUserPassword", "passw0rd!",
			"DBParameterGroupName", "postgres17", "DBSubnetGroupName", "isolated", "DeletionProtection", protected))
	}
	create("one", "true")
	restore := func(name string, more ...string) string {
		b.done("restore-takes-defaults", b.form("rds", "RestoreDBInstanceToPointInTime", append([]string{"SourceDBInstanceIdentifier", "one", "TargetDBInstanceIdentifier", name, "UseLatestRestorableTime", "true"}, more...)...))
		described := b.ok(b.form("rds", "DescribeDBInstances", "DBInstanceIdentifier", name))
		return text(described, "DBParameterGroupName") + " " + text(described, "DeletionProtection") + " " + text(described, "IAMDatabaseAuthenticationEnabled")
	}
	b.want("restored", restore("plain"), "default.postgres17 false false")
	b.want("restored as it was", restore("kept", "DBParameterGroupName", "postgres17", "DeletionProtection", "true", "EnableIAMDatabaseAuthentication", "true"), "postgres17 true true")
	b.ok(b.form("rds", "ModifyDBInstance", "DBInstanceIdentifier", "kept", "DeletionProtection", "false"))
	for _, name := range []string{"plain", "kept"} {
		b.ok(b.form("rds", "DeleteDBInstance", "DBInstanceIdentifier", name, "SkipFinalSnapshot", "true"))
	}
	remove := func(name string, more ...string) reply {
		return b.form("rds", "DeleteDBInstance", append([]string{"DBInstanceIdentifier", name}, more...)...)
	}
	b.refused("database-is-unprotected", remove("one", "SkipFinalSnapshot", "true"))
	b.refused("parameter-group-is-free", b.form("rds", "DeleteDBParameterGroup", "DBParameterGroupName", "postgres17"))
	b.refused("subnet-group-is-free", b.form("rds", "DeleteDBSubnetGroup", "DBSubnetGroupName", "isolated"))
	managed := func(more ...string) reply {
		return b.form("rds", "ModifyDBInstance", append([]string{"DBInstanceIdentifier", "one", "ManageMasterUserPassword", "true"}, more...)...)
	}
	b.ok(managed("MasterUserSecretKmsKeyId", "alias/aws/secretsmanager"))
	b.ok(managed())
	b.refused("master-secret-keeps-its-key", managed("MasterUserSecretKmsKeyId", "alias/aws/secretsmanager"))
	create("two", "false")
	b.refused("final-snapshot-is-named", remove("two"))
	b.ok(remove("two", "FinalDBSnapshotIdentifier", "last"))
	create("three", "false")
	b.refused("final-snapshot-is-new", remove("three", "FinalDBSnapshotIdentifier", "last"))
	b.ok(remove("three", "FinalDBSnapshotIdentifier", "last-but-one"))
	copiesOfBackups(b)
}

// copiesOfBackups are those of a database in another region.
func copiesOfBackups(b *rulesBench) {
	in := func(region, service, action string, pairs ...string) reply {
		form := url.Values{"Action": {action}, "Version": {"2014-10-31"}}
		for i := 0; i+1 < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return b.send(service, http.MethodPost, "/", form.Encode(), map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Authorization": credential(service, region)})
	}
	b.ok(b.form("rds", "CreateDBInstance", "DBInstanceIdentifier", "copied", "Engine", "postgres", "EngineVersion", "17.5", "DBInstanceClass", "db.t4g.micro", "AllocatedStorage", "20",
		"MasterUsername", "u", "MasterUserPassword", "passw0rd!", "StorageEncrypted", "true", "BackupRetentionPeriod", "0"))
	arn := text(b.ok(b.form("rds", "DescribeDBInstances", "DBInstanceIdentifier", "copied")), "DBInstanceArn")
	made := b.send("kms", http.MethodPost, "/", "{}", map[string]string{"X-Amz-Target": targets["kms"] + "CreateKey", "Content-Type": "application/x-amz-json-1.1", "Authorization": credential("kms", "eu-west-1")})
	var key struct{ KeyMetadata struct{ Arn string } }
	if err := json.Unmarshal(b.ok(made), &key); err != nil {
		b.Fatal(err)
	}
	start := func(region string, more ...string) reply {
		return in(region, "rds", "StartDBInstanceAutomatedBackupsReplication", append([]string{"SourceDBInstanceArn", arn}, more...)...)
	}
	good := []string{"KmsKeyId", key.KeyMetadata.Arn, "BackupRetentionPeriod", "14"}
	b.refused("copies-are-elsewhere", start("eu-central-1", good...))
	b.refused("copies-need-backups", start("eu-west-1", good...))
	for region, supported := range map[string]string{"eu-west-1": "true", "eu-central-1": "false"} {
		b.want("copies of Frankfurt in "+region, text(b.ok(in(region, "rds", "DescribeSourceRegions", "RegionName", "eu-central-1")), "SupportsDBInstanceAutomatedBackupsReplication"), supported)
	}
	b.ok(b.form("rds", "ModifyDBInstance", "DBInstanceIdentifier", "copied", "BackupRetentionPeriod", "7", "ApplyImmediately", "true"))
	b.refused("copies-need-a-key", start("eu-west-1", "BackupRetentionPeriod", "14"))
	b.refused("copies-need-a-key", start("eu-west-2", good...))
	b.refused("copies-are-kept", start("eu-west-1", "KmsKeyId", key.KeyMetadata.Arn, "BackupRetentionPeriod", "36"))
	copied := text(b.ok(start("eu-west-1", good...)), "DBInstanceAutomatedBackupsArn")
	describe := func(region string, more ...string) reply {
		return in(region, "rds", "DescribeDBInstanceAutomatedBackups", more...)
	}
	b.want("asked for", text(b.ok(describe("eu-west-1", "DBInstanceAutomatedBackupsArn", copied)), "Status"), "pending")
	found := b.ok(describe("eu-west-1", "DBInstanceAutomatedBackupsArn", copied))
	b.want("copied", text(found, "Status")+" "+text(found, "BackupRetentionPeriod")+" "+text(found, "KmsKeyId")+" "+text(found, "DBInstanceArn"), "replicating 14 "+key.KeyMetadata.Arn+" "+arn)
	b.wantNotContains("where they are not", describe("eu-west-2").body, copied)
	b.wantError("copies that nobody made", describe("eu-west-2", "DBInstanceAutomatedBackupsArn", copied), http.StatusNotFound, "DBInstanceAutomatedBackupNotFound")
	b.want("stopped", text(b.ok(in("eu-central-1", "rds", "StopDBInstanceAutomatedBackupsReplication", "SourceDBInstanceArn", arn)), "Status"), "retained")
	b.want("kept", text(b.ok(describe("eu-west-1", "DBInstanceIdentifier", "copied")), "Status"), "retained")
	b.wantError("stopped twice", in("eu-central-1", "rds", "StopDBInstanceAutomatedBackupsReplication", "SourceDBInstanceArn", arn), http.StatusNotFound, "DBInstanceNotFound")
	b.wantError("of a database that there is not", in("eu-west-1", "rds", "StartDBInstanceAutomatedBackupsReplication", "SourceDBInstanceArn", arn+"-x"), http.StatusNotFound, "DBInstanceNotFound")

	copiesOfObjects(b)
	stoppedDatabases(b)
}

// copiesOfObjects are those of a bucket.
func copiesOfObjects(b *rulesBench) {
	for _, name := range []string{"originals", "copies"} {
		b.ok(b.rest("s3", http.MethodPut, "/"+name, `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>`))
	}
	versions := func(bucket, status string) reply {
		return b.rest("s3", http.MethodPut, "/"+bucket+"?versioning", `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>`+status+`</Status></VersioningConfiguration>`)
	}
	const rule = `<Rule><ID>copies</ID><Priority>0</Priority><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>` +
		`<SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>` +
		`<Destination><Bucket>arn:aws:s3:::copies</Bucket><EncryptionConfiguration><ReplicaKmsKeyID>arn:aws:kms:eu-west-1:1:key/k</ReplicaKmsKeyID></EncryptionConfiguration></Destination></Rule>`
	replicate := func(rule string) reply {
		return b.rest("s3", http.MethodPut, "/originals?replication", `<ReplicationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Role>arn:aws:iam::1:role/r</Role>`+rule+`</ReplicationConfiguration>`)
	}
	b.ok(versions("originals", "Enabled"))
	b.refused("copies-keep-versions", replicate(rule))
	b.refused("copies-keep-versions", replicate(strings.ReplaceAll(rule, ":copies<", ":nowhere<")))
	b.ok(versions("copies", "Enabled"))
	b.ok(replicate(rule))
	b.wantContains("the rule", b.rest("s3", http.MethodGet, "/originals?replication", "").body, "<ReplicaKmsKeyID>arn:aws:kms:eu-west-1:1:key/k</ReplicaKmsKeyID>")
	b.refused("replicated-bucket-keeps-versions", versions("originals", "Suspended"))
	b.ok(b.rest("s3", http.MethodDelete, "/originals?replication", ""))
	b.ok(versions("originals", "Suspended"))
}

func vpcRules(b *rulesBench) {
	subnet, group := b.network()
	vpc := text([]byte(b.form("ec2", "DescribeSubnets", "SubnetId.1", subnet).body), "vpcId")
	b.wantStatus("quotas", b.rest("", "PUT", "/_localaws/quotas", `{"L-0263D0A3": 2, "L-F678F1CE": 2, "L-FE5A380F": 1}`), 204)
	b.refused("vpc-quota", b.form("ec2", "CreateVpc", "CidrBlock", "10.1.0.0/16")) // the default VPC is one of them
	b.refused("vpc-is-empty", b.form("ec2", "DeleteVpc", "VpcId", vpc))
	gateway := text(b.ok(b.form("ec2", "CreateInternetGateway")), "internetGatewayId")
	b.ok(b.form("ec2", "AttachInternetGateway", "InternetGatewayId", gateway, "VpcId", vpc))
	allocate := func() reply { return b.form("ec2", "AllocateAddress", "Domain", "vpc") }
	one, two := text(b.ok(allocate()), "allocationId"), text(b.ok(allocate()), "allocationId")
	b.refused("address-quota", allocate())
	nat := text(b.ok(b.form("ec2", "CreateNatGateway", "SubnetId", subnet, "AllocationId", one)), "natGatewayId")
	b.refused("nat-gateway-quota", b.form("ec2", "CreateNatGateway", "SubnetId", subnet, "AllocationId", two))
	b.refused("addresses-are-unmapped", b.form("ec2", "DetachInternetGateway", "InternetGatewayId", gateway, "VpcId", vpc))
	b.refused("address-is-free", b.form("ec2", "ReleaseAddress", "AllocationId", one))
	b.refused("subnet-is-empty", b.form("ec2", "DeleteSubnet", "SubnetId", subnet))
	b.ok(b.form("ec2", "DeleteNatGateway", "NatGatewayId", nat))
	b.ok(b.form("ec2", "ReleaseAddress", "AllocationId", one))
	b.ok(b.form("ec2", "DetachInternetGateway", "InternetGatewayId", gateway, "VpcId", vpc))
	b.ok(b.form("ec2", "DeleteSubnet", "SubnetId", subnet))
	other := text(b.ok(b.form("ec2", "CreateSecurityGroup", "VpcId", vpc, "GroupName", "h", "GroupDescription", "h")), "groupId")
	b.ok(b.form("ec2", "AuthorizeSecurityGroupIngress", "GroupId", other, "IpPermissions.1.IpProtocol", "tcp", "IpPermissions.1.FromPort", "443", "IpPermissions.1.ToPort", "443", "IpPermissions.1.Groups.1.GroupId", group))
	list, _, _ := strings.Cut(b.form("ec2", "DescribeManagedPrefixLists").body, "com.amazonaws.global.cloudfront.origin-facing")
	list = list[strings.LastIndex(list, "<prefixListId>"):]
	open := func(port string) reply {
		return b.form("ec2", "AuthorizeSecurityGroupIngress", "GroupId", group, "IpPermissions.1.IpProtocol", "tcp", "IpPermissions.1.FromPort", port, "IpPermissions.1.ToPort", port, "IpPermissions.1.PrefixListIds.1.PrefixListId", text([]byte(list), "prefixListId"))
	}
	b.ok(open("80"))
	b.refused("rules-of-a-group-quota", open("443"))
	b.refused("security-group-is-free", b.form("ec2", "DeleteSecurityGroup", "GroupId", group))
	b.ok(b.form("ec2", "DeleteSecurityGroup", "GroupId", other))
	b.ok(b.form("ec2", "DeleteSecurityGroup", "GroupId", group))
}

func elbRules(b *rulesBench) {
	subnet, group := b.network()
	vpc := text([]byte(b.form("ec2", "DescribeSubnets", "SubnetId.1", subnet).body), "vpcId")
	other := text(b.ok(b.form("ec2", "CreateSubnet", "VpcId", vpc, "CidrBlock", "10.0.1.0/24", "AvailabilityZone", "eu-central-1b")), "subnetId")
	elb := func(action string, pairs ...string) reply { return b.form("elasticloadbalancing", action, pairs...) }
	balancer := text(b.ok(elb("CreateLoadBalancer", "Name", "lb", "Scheme", "internal", "Subnets.member.1", subnet, "Subnets.member.2", other, "SecurityGroups.member.1", group)), "LoadBalancerArn")
	targets := func(port string) reply {
		return elb("CreateTargetGroup", "Name", "web", "Protocol", "HTTP", "Port", port, "VpcId", vpc, "TargetType", "ip")
	}
	target := text(b.ok(targets("80")), "TargetGroupArn")
	b.refused("target-group-name-is-free", targets("81"))
	listener := func(protocol string, more ...string) reply {
		return elb("CreateListener", append([]string{"LoadBalancerArn", balancer, "Protocol", protocol, "Port", "80", "DefaultActions.member.1.Type", "forward", "DefaultActions.member.1.TargetGroupArn", target}, more...)...)
	}
	b.refused("listener-certificate", listener("HTTPS", "Certificates.member.1.CertificateArn", "arn:aws:acm:eu-central-1:123456789012:certificate/none"))
	b.ok(listener("HTTP"))
	behindPort(b, balancer, target)
	second := text(b.ok(elb("CreateTargetGroup", "Name", "other", "Protocol", "HTTP", "Port", "80", "VpcId", vpc, "TargetType", "ip")), "TargetGroupArn")
	b.refused("listener-port-is-free", elb("CreateListener", "LoadBalancerArn", balancer, "Protocol", "HTTP", "Port", "80", "DefaultActions.member.1.Type", "forward", "DefaultActions.member.1.TargetGroupArn", second))
	b.refused("target-group-is-free", elb("DeleteTargetGroup", "TargetGroupArn", target))
	b.ok(elb("ModifyLoadBalancerAttributes", "LoadBalancerArn", balancer, "Attributes.member.1.Key", "deletion_protection.enabled", "Attributes.member.1.Value", "true"))
	b.refused("load-balancer-is-unprotected", elb("DeleteLoadBalancer", "LoadBalancerArn", balancer))
}

// behindPort asks for a service behind a target group, on ports that its task definition has and has not.
func behindPort(b *rulesBench, balancer, target string) {
	network := b.cluster()
	for _, port := range []int{8080, 9090} {
		withPort := definition(fmt.Sprint("port-", port), "256", "512")
		withPort["containerDefinitions"].([]object)[0]["portMappings"] = []object{{"containerPort": port}}
		b.get("ecs", "RegisterTaskDefinition", withPort)
	}
	behind := func(operation, definition, container string, port int) reply {
		in := object{"cluster": "dev", "taskDefinition": definition, "loadBalancers": []object{{"targetGroupArn": target, "containerName": container, "containerPort": port}}}
		if operation == "CreateService" {
			return b.to("ecs", operation, with(in, object{"serviceName": "behind", "desiredCount": 1, "launchType": "FARGATE", "networkConfiguration": network}))
		}
		return b.to("ecs", operation, with(in, object{"service": "behind"}))
	}
	const rule = "container-port-of-the-definition"
	b.refused(rule, behind("CreateService", "web", "web", 8080))
	b.refused(rule, behind("CreateService", "port-8080", "other", 8080))
	b.ok(behind("CreateService", "port-8080", "web", 8080))
	b.refused(rule, behind("UpdateService", "port-8080", "web", 9090))
	b.refused(rule, b.to("ecs", "UpdateService", object{"cluster": "dev", "service": "behind", "taskDefinition": "port-9090"}))
	b.ok(behind("UpdateService", "port-9090", "web", 9090))
	b.refused(rule, b.to("ecs", "UpdateService", object{"cluster": "dev", "service": "behind", "taskDefinition": "port-8080"}))
	b.byRequests(balancer, target)
	b.get("ecs", "DeleteService", object{"cluster": "dev", "service": "behind", "force": true})
	b.get("ecs", "DeleteCluster", object{"cluster": "dev"})
}

func scheduleRules(b *rulesBench) {
	const group = "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/off"
	trust := func(service, source string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"` + service + `"},"Condition":{"StringEquals":{"aws:SourceArn":"` + source + `"}}}]}`
	}
	b.ok(b.form("iam", "CreateRole", "RoleName", "off", "AssumeRolePolicyDocument", trust("scheduler.amazonaws.com", group)))
	b.ok(b.form("iam", "CreateRole", "RoleName", "tasks", "AssumeRolePolicyDocument", trust("ecs-tasks.amazonaws.com", group)))
	b.ok(b.form("iam", "CreateRole", "RoleName", "another", "AssumeRolePolicyDocument", trust("scheduler.amazonaws.com", group+"-2")))
	b.ok(b.rest("scheduler", "POST", "/schedule-groups/off", "{}"))
	// schedule makes one that stops a database, or changes it, with one thing different.
	schedule := func(method string, change func(schedule, target object)) reply {
		target := object{"Arn": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", "RoleArn": "arn:aws:iam::123456789012:role/off", "Input": `{"DbInstanceIdentifier":"dev"}`}
		made := object{"GroupName": "off", "ScheduleExpression": "cron(0 20 ? * * *)", "ScheduleExpressionTimezone": "Europe/Berlin", "FlexibleTimeWindow": object{"Mode": "OFF"}, "Target": target}
		change(made, target)
		body, err := json.Marshal(made)
		if err != nil {
			b.Fatal(err)
		}
		return b.rest("scheduler", method, "/schedules/switch-off", string(body))
	}
	in := func(key, value string) func(object, object) {
		return func(schedule, target object) {
			if _, is := target[key]; is {
				target[key] = value
			} else {
				schedule[key] = value
			}
		}
	}
	for _, test := range []struct{ rule, key, value string }{
		{"expression-is-a-schedule", "ScheduleExpression", "cron(0 20 * * *)"},
		{"expression-is-a-schedule", "ScheduleExpression", "cron(0 20 * * * *)"},
		{"expression-is-a-schedule", "ScheduleExpression", "cron(0 20 ? * ? *)"},
		{"expression-is-a-schedule", "ScheduleExpression", "rate(6 weeks)"},
		{"time-zone-exists", "ScheduleExpressionTimezone", "Berlin"},
		{"role-is-for-schedules", "RoleArn", "arn:aws:iam::123456789012:role/none"},
		{"role-is-for-schedules", "RoleArn", "arn:aws:iam::123456789012:role/tasks"},
		{"role-is-for-schedules", "RoleArn", "arn:aws:iam::123456789012:role/another"},
		{"universal-target-exists", "Arn", "arn:aws:scheduler:::aws-sdk:rdb:stopDBInstance"},
		{"universal-target-exists", "Arn", "arn:aws:scheduler:::aws-sdk:rds:StopDBInstance"},
		{"universal-target-exists", "Arn", "arn:aws:scheduler:::aws-sdk:rds:haltDBInstance"},
		{"universal-target-exists", "Arn", "arn:aws:scheduler:::aws-sdk:rds:describeDBInstances"},
		{"universal-target-takes-its-input", "Input", `{"DBInstanceIdentifier":"dev"}`},
		{"universal-target-takes-its-input", "Input", `{}`},
		{"universal-target-takes-its-input", "Input", `dev`},
	} {
		b.refused(test.rule, schedule("POST", in(test.key, test.value)))
	}
	b.ok(schedule("POST", func(object, object) {}))
	b.refused("expression-is-a-schedule", schedule("PUT", in("ScheduleExpression", "cron(0 20)")))
	b.ok(schedule("PUT", in("ScheduleExpression", "rate(2 hours)")))
	b.ok(schedule("PUT", in("ScheduleExpression", "at(2026-11-27T20:00:00)")))
	b.ok(schedule("PUT", func(_, target object) {
		target["Arn"], target["Input"] = "arn:aws:scheduler:::aws-sdk:cloudwatch:enableAlarmActions", `{"AlarmNames":["a"]}`
	}))
}

// stoppedDatabases are databases that are stopped and started.
func stoppedDatabases(b *rulesBench) {
	id := []string{"DBInstanceIdentifier", "stops"}
	ask := func(action string, more ...string) reply { return b.form("rds", action, append(id, more...)...) }
	b.refused("windows-do-not-overlap", ask("CreateDBInstance", "Engine", "postgres", "DBInstanceClass", "db.t4g.medium", "AllocatedStorage", "20", "MasterUsername", "u", "MasterUserPassword", "longenough",
		"PreferredBackupWindow", "23:30-00:30", "PreferredMaintenanceWindow", "mon:00:00-mon:01:00"))
	b.ok(ask("CreateDBInstance", "Engine", "postgres", "DBInstanceClass", "db.t4g.medium", "AllocatedStorage", "20", "MasterUsername", "u", "MasterUserPassword", "longenough",
		"PreferredBackupWindow", "06:30-07:00", "PreferredMaintenanceWindow", "mon:17:00-mon:18:00"))
	b.refused("windows-do-not-overlap", ask("ModifyDBInstance", "PreferredBackupWindow", "17:30-18:00"))
	b.refused("database-is-in-state", ask("StartDBInstance"))
	b.ok(ask("StopDBInstance"))
	b.refused("database-is-in-state", ask("StopDBInstance"))
	b.refused("stopped-database-is-kept", ask("ModifyDBInstance", "BackupRetentionPeriod", "9"))
	b.ok(ask("StartDBInstance"))
	b.ok(ask("ModifyDBInstance", "BackupRetentionPeriod", "9"))
}

// byRequests scales the service behind the target group by its requests.
func (b *rulesBench) byRequests(balancer, target string) {
	b.Helper()
	scaled := object{"ServiceNamespace": "ecs", "ResourceId": "service/dev/behind", "ScalableDimension": "ecs:service:DesiredCount"}
	b.ok(b.to("application-autoscaling", "RegisterScalableTarget", with(scaled, object{"MinCapacity": 1, "MaxCapacity": 2})))
	by := func(metric string, label ...string) reply {
		specification := object{"PredefinedMetricType": metric}
		if len(label) > 0 {
			specification["ResourceLabel"] = strings.Join(label, "/")
		}
		return b.to("application-autoscaling", "PutScalingPolicy", with(scaled, object{"PolicyName": "p", "PolicyType": "TargetTrackingScaling",
			"TargetTrackingScalingPolicyConfiguration": object{"TargetValue": 600, "PredefinedMetricSpecification": specification}}))
	}
	suffix := func(arn, kind string) string { return arn[strings.Index(arn, kind):] }
	lb, group := strings.TrimPrefix(suffix(balancer, "loadbalancer/"), "loadbalancer/"), suffix(target, "targetgroup/")
	const rule, requests = "label-names-a-target-group", "ALBRequestCountPerTarget"
	b.refused(rule, by(requests))
	b.refused(rule, by(requests, lb))
	b.refused(rule, by(requests, lb, "targetgroup/other/0"))
	b.refused(rule, by(requests, "app/other/0", group))
	b.refused(rule, by("ECSServiceAverageCPUUtilization", lb, group))
	b.ok(by(requests, lb, group))
	b.ok(by("ECSServiceAverageCPUUtilization"))
}

func cloudFrontRules(b *rulesBench) {
	const base = "/2020-05-31/"
	origin := b.rest("cloudfront", "POST", base+"vpc-origin", fmt.Sprintf(vpcOriginBody, "o"))
	originID, originVersion := text(b.ok(origin), "Id"), origin.header.Get("ETag")
	headers := func(method, path, name string, more ...string) reply {
		return b.rest("cloudfront", method, base+"response-headers-policy"+path, `<ResponseHeadersPolicyConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Name>`+name+`</Name></ResponseHeadersPolicyConfig>`, more...)
	}
	policy := headers("POST", "", "h")
	policyID := text(b.ok(policy), "Id")
	b.refused("headers-policy-name-is-free", headers("POST", "", "h"))
	config := func(enabled, certificate string) string {
		return `<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>c</CallerReference><Comment>c</Comment><DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy>` +
			`<CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId><ResponseHeadersPolicyId>` + policyID + `</ResponseHeadersPolicyId></DefaultCacheBehavior><Enabled>` + enabled + `</Enabled>` +
			`<Origins><Items><Origin><DomainName>a.example.com</DomainName><Id>o</Id><VpcOriginConfig><VpcOriginId>` + originID + `</VpcOriginId></VpcOriginConfig></Origin></Items><Quantity>1</Quantity></Origins>` + certificate + `</DistributionConfig>`
	}
	certificate := b.get("acm", "RequestCertificate", object{"DomainName": "example.com"})["CertificateArn"] // of eu-central-1
	b.refused("viewer-certificate", b.rest("cloudfront", "POST", base+"distribution", config("true", fmt.Sprintf(`<ViewerCertificate><ACMCertificateArn>%s</ACMCertificateArn><SSLSupportMethod>sni-only</SSLSupportMethod></ViewerCertificate>`, certificate))))
	made := b.rest("cloudfront", "POST", base+"distribution", config("true", ""))
	distribution := base + "distribution/" + text(b.ok(made), "Id")

	b.refused("vpc-origin-is-free-to-change", b.rest("cloudfront", "PUT", base+"vpc-origin/"+originID, fmt.Sprintf(vpcOriginChange, "p"), "If-Match", originVersion))
	b.refused("vpc-origin-is-free-to-delete", b.rest("cloudfront", "DELETE", base+"vpc-origin/"+originID, "", "If-Match", originVersion))
	b.refused("headers-policy-is-free", headers("DELETE", "/"+policyID, "h", "If-Match", policy.header.Get("ETag")))
	access := func(method, id, name string, header ...string) reply {
		return b.rest("cloudfront", method, base+"origin-access-control"+id, fmt.Sprintf(`<OriginAccessControlConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Name>%s</Name><OriginAccessControlOriginType>s3</OriginAccessControlOriginType><SigningBehavior>always</SigningBehavior><SigningProtocol>sigv4</SigningProtocol></OriginAccessControlConfig>`, name), header...)
	}
	madeAccess := access("POST", "", "a")
	accessID := "/" + text(b.ok(madeAccess), "Id")
	b.refused("access-control-name-is-free", access("POST", "", "a"))
	changedAccess := access("PUT", accessID+"/config", "b", "If-Match", madeAccess.header.Get("ETag"))
	b.ok(changedAccess)
	b.refused("version-is-current", access("PUT", accessID+"/config", "c", "If-Match", madeAccess.header.Get("ETag")))
	withBucket := strings.Replace(config("false", ""), "<VpcOriginConfig>", "<OriginAccessControlId>"+accessID[1:]+"</OriginAccessControlId><VpcOriginConfig>", 1)
	withAccess := b.rest("cloudfront", "POST", base+"distribution", strings.Replace(withBucket, "<CallerReference>c<", "<CallerReference>d<", 1))
	usesAccess := base + "distribution/" + text(b.ok(withAccess), "Id")
	b.refused("access-control-is-free", access("DELETE", accessID, "", "If-Match", changedAccess.header.Get("ETag")))
	b.ok(b.rest("cloudfront", "DELETE", usesAccess, "", "If-Match", withAccess.header.Get("ETag")))
	b.ok(access("DELETE", accessID, "", "If-Match", changedAccess.header.Get("ETag")))
	b.refused("distribution-is-disabled", b.rest("cloudfront", "DELETE", distribution, "", "If-Match", made.header.Get("ETag")))
	b.refused("version-is-given", b.rest("cloudfront", "PUT", distribution+"/config", config("false", "")))
	b.refused("version-is-current", b.rest("cloudfront", "PUT", distribution+"/config", config("false", ""), "If-Match", "EOLD"))

	bucket := b.bucket("logs")
	destination := b.get("logs", "PutDeliveryDestination", object{"name": "d", "deliveryDestinationConfiguration": object{"destinationResourceArn": "arn:aws:s3:::logs/cloudfront"}})["deliveryDestination"].(object)["arn"]
	for _, source := range []string{"one", "two"} {
		b.get("logs", "PutDeliverySource", object{"name": source, "resourceArn": text([]byte(made.body), "ARN"), "logType": "ACCESS_LOGS"})
		if source == "two" { // has AWS's own statement already
			statement := `{"Sid":"Mine","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":["s3:PutObject"],"Resource":"arn:aws:s3:::logs/cloudfront/*",` +
				`"Condition":{"StringEquals":{"s3:x-amz-acl":["bucket-owner-full-control"],"aws:SourceAccount":"123456789012"},"ArnLike":{"aws:SourceArn":"arn:aws:logs:eu-central-1:123456789012:delivery-source:two"}}}`
			b.ok(b.rest("s3", "PUT", bucket+"?policy", `{"Version":"2012-10-17","Statement":[`+statement+`]}`))
		}
		r := b.to("logs", "CreateDelivery", object{"deliverySourceName": source, "deliveryDestinationArn": destination})
		written := b.rest("s3", "GET", bucket+"?policy", "").body
		if source == "one" {
			b.done("delivery-writes-the-bucket-policy", r)
			b.wantContains("policy", written, `"Sid": "AWSLogDeliveryWrite1"`)
		} else {
			b.ok(r)
			b.wantNotContains("policy", written, "AWSLogDeliveryWrite")
		}
	}
	firewallSets(b)
	b.refused("cloudfront-scope", b.to("wafv2", "CreateWebACL", object{"Name": "w", "Scope": "CLOUDFRONT", "DefaultAction": object{"Allow": object{}}, "VisibilityConfig": object{"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m"}}))
}

// firewallSets are what rules of web ACLs refer to.
func firewallSets(b *rulesBench) {
	visibility := object{"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "m"}
	addresses := func(blocks ...string) object {
		return object{"Name": "i", "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": append([]string{}, blocks...), "Tags": []object{{"Key": "a", "Value": "b"}}}
	}
	b.refused("block-is-a-part", b.to("wafv2", "CreateIPSet", addresses("0.0.0.0/0")))
	made := map[string]object{
		"IPSet":           b.get("wafv2", "CreateIPSet", addresses())["Summary"].(object),
		"RegexPatternSet": b.get("wafv2", "CreateRegexPatternSet", object{"Name": "r", "Scope": "REGIONAL", "RegularExpressionList": []object{{"RegexString": "^/"}}, "Tags": []object{{"Key": "a", "Value": "b"}}})["Summary"].(object),
	}
	acl := func(operation string, statement object, more object) object {
		return b.get("wafv2", operation, with(object{"Name": "w", "Scope": "REGIONAL", "DefaultAction": object{"Allow": object{}}, "VisibilityConfig": visibility,
			"Rules": []object{{"Name": "r", "Priority": 0, "Action": object{"Block": object{}}, "VisibilityConfig": visibility, "Statement": statement}}}, more))
	}
	for kind, summary := range made {
		one := object{"Name": summary["Name"], "Id": summary["Id"], "Scope": "REGIONAL"}
		tags := b.get("wafv2", "ListTagsForResource", object{"ResourceARN": summary["ARN"]})["TagInfoForResource"].(object)["TagList"]
		b.want(kind+"'s tags", fmt.Sprint(tags), "[map[Key:a Value:b]]")
		statement := object{"IPSetReferenceStatement": object{"ARN": summary["ARN"]}}
		if kind == "RegexPatternSet" {
			statement = object{"RegexPatternSetReferenceStatement": object{"ARN": summary["ARN"], "FieldToMatch": object{"UriPath": object{}}, "TextTransformations": []object{{"Priority": 0, "Type": "NONE"}}}}
		}
		used := acl("CreateWebACL", object{"NotStatement": object{"Statement": statement}}, nil)["Summary"].(object)
		lock := b.get("wafv2", "Get"+kind, one)["LockToken"]
		b.refused("set-is-free", b.to("wafv2", "Delete"+kind, with(one, object{"LockToken": lock})))
		b.ok(b.to("wafv2", "DeleteWebACL", object{"Name": "w", "Id": used["Id"], "Scope": "REGIONAL", "LockToken": used["LockToken"]}))
		b.ok(b.to("wafv2", "Delete"+kind, with(one, object{"LockToken": lock})))
	}
}

// bucket makes a bucket.
func (b *rulesBench) bucket(name string) string {
	b.Helper()
	b.ok(b.rest("s3", "PUT", "/"+name, `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>`))
	return "/" + name
}

func storageRules(b *rulesBench) {
	bucket := b.bucket("things")
	b.ok(b.rest("s3", "PUT", bucket+"?versioning", `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`))
	b.ok(b.rest("s3", "PUT", bucket+"/key", "content"))
	b.refused("bucket-is-empty", b.rest("s3", "DELETE", bucket, ""))
	b.ok(b.rest("s3", "DELETE", bucket+"/key", ""))
	b.refused("bucket-is-empty", b.rest("s3", "DELETE", bucket, "")) // its versions are left
	named := fmt.Sprintf(trustOfTests, "arn:aws:iam::123456789012:role/none")
	b.refused("bucket-principal-exists", b.rest("s3", "PUT", bucket+"?policy", named))
	b.refused("key-principal-exists", b.to("kms", "CreateKey", object{"Policy": named}))

	key := b.get("kms", "CreateKey", object{})["KeyMetadata"].(object)["KeyId"]
	b.get("kms", "ScheduleKeyDeletion", object{"KeyId": key, "PendingWindowInDays": 7})
	b.refused("key-is-usable", b.to("kms", "EnableKeyRotation", object{"KeyId": key}))

	secret := object{"Name": "s", "ClientRequestToken": strings.Repeat("t", 32)}
	b.get("secretsmanager", "CreateSecret", secret)
	b.get("secretsmanager", "DeleteSecret", object{"SecretId": "s", "RecoveryWindowInDays": 7})
	b.refused("secret-name-is-free", b.to("secretsmanager", "CreateSecret", secret))

	manifest := func(digest string) object {
		return object{"repositoryName": "app", "imageTag": "t", "imageManifest": `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":1,"digest":"sha256:` + strings.Repeat(digest, 64) + `"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":1,"digest":"sha256:` + strings.Repeat(digest, 64) + `"}]}`}
	}
	b.get("ecr", "CreateRepository", object{"repositoryName": "app", "imageTagMutability": "IMMUTABLE"})
	b.get("ecr", "PutImage", manifest("a"))
	b.refused("image-tag-is-immutable", b.to("ecr", "PutImage", manifest("b")))
	b.refused("repository-is-empty", b.to("ecr", "DeleteRepository", object{"repositoryName": "app"}))
}

func accountRules(b *rulesBench) {
	analyzer := func(name string) reply {
		return b.rest("access-analyzer", "PUT", "/analyzer", `{"analyzerName":"`+name+`","type":"ACCOUNT"}`)
	}
	b.ok(analyzer("one"))
	b.refused("one-analyzer-of-a-type", analyzer("two"))

	detector := func() reply { return b.rest("guardduty", "POST", "/detector", `{"enable":true}`) }
	b.ok(detector())
	b.refused("one-detector", detector())

	recorded := b.bucket("recorded")
	b.get("config", "PutConfigurationRecorder", object{"ConfigurationRecorder": object{"name": "default", "roleARN": "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
		"recordingGroup": object{"allSupported": true, "includeGlobalResourceTypes": true}}})
	channel := func(action string) reply {
		b.ok(b.rest("s3", "PUT", recorded+"?policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":["s3:GetBucketAcl","s3:ListBucket","`+action+`"],
			"Resource":["arn:aws:s3:::recorded","arn:aws:s3:::recorded/AWSLogs/123456789012/Config/*"],"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`))
		return b.to("config", "PutDeliveryChannel", object{"DeliveryChannel": object{"name": "default", "s3BucketName": "recorded"}})
	}
	b.refused("channel-may-write", channel("s3:GetObject"))
	b.ok(channel("s3:PutObject"))

	hub := func() reply { return b.rest("securityhub", "POST", "/accounts", `{"EnableDefaultStandards":false}`) }
	b.ok(hub())
	b.refused("one-hub", hub())
	b.refused("standard-exists", b.rest("securityhub", "POST", "/standards/register", `{"StandardsSubscriptionRequests":[{"StandardsArn":"arn:aws:securityhub:us-east-1::standards/x/v/1"}]}`))

	bucket := b.bucket("trail")
	name := strings.Trim(bucket, "/")
	create := func(trail string) reply {
		return b.to("cloudtrail", "CreateTrail", object{"Name": trail, "S3BucketName": name})
	}
	b.refused("trail-may-write", create("ours")) // without a policy
	put := func(principal, source string) {
		statement := func(action, resource string) object {
			return object{"Effect": "Allow", "Principal": object{"Service": principal}, "Action": action, "Resource": "arn:aws:s3:::" + name + resource,
				"Condition": object{"StringEquals": object{"aws:SourceArn": source}}}
		}
		policy, err := json.Marshal(object{"Version": "2012-10-17", "Statement": []object{
			statement("s3:GetBucketAcl", ""), statement("s3:PutObject", "/AWSLogs/123456789012/*")}})
		if err != nil {
			b.Fatal(err)
		}
		b.ok(b.rest("s3", "PUT", bucket+"?policy", string(policy)))
	}
	const ours = "arn:aws:cloudtrail:eu-central-1:123456789012:trail/ours"
	put("config.amazonaws.com", ours)
	b.refused("trail-may-write", create("ours"))
	put("cloudtrail.amazonaws.com", ours)
	b.refused("trail-may-write", create("theirs"))
	b.ok(create("ours"))

	// With a key, and a bucket that has a key of its own.
	b.ok(b.rest("s3", "PUT", bucket+"?encryption", `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`))
	key := b.get("kms", "CreateKey", object{})["KeyMetadata"].(object)["KeyId"]
	encrypted := func(actions ...string) reply {
		policy, err := json.Marshal(object{"Version": "2012-10-17", "Statement": []object{{"Effect": "Allow", "Principal": object{"Service": "cloudtrail.amazonaws.com"}, "Action": actions, "Resource": "*",
			"Condition": object{"StringEquals": object{"aws:SourceArn": ours}}}}})
		if err != nil {
			b.Fatal(err)
		}
		b.get("kms", "PutKeyPolicy", object{"KeyId": key, "PolicyName": "default", "Policy": string(policy)})
		return b.to("cloudtrail", "UpdateTrail", object{"Name": "ours", "S3BucketName": name, "KmsKeyId": key})
	}
	b.refused("trail-may-encrypt", encrypted("kms:Encrypt"))
	b.refused("trail-may-encrypt", encrypted("kms:GenerateDataKey*", "kms:DescribeKey")) // opens the bucket's own key too
	b.ok(encrypted("kms:GenerateDataKey*", "kms:DescribeKey", "kms:Decrypt"))

	logged := func(principal, action string) reply {
		trust, may := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"`+principal+`"},"Action":"sts:AssumeRole"}]}`, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","`+action+`"],"Resource":"*"}]}`
		role := "log-" + principal[:2] + action[5:9]
		b.ok(b.form("iam", "CreateRole", "RoleName", role, "AssumeRolePolicyDocument", trust))
		b.ok(b.form("iam", "PutRolePolicy", "RoleName", role, "PolicyName", "p", "PolicyDocument", may))
		return b.to("cloudtrail", "UpdateTrail", object{"Name": "ours", "S3BucketName": name, "CloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/" + role,
			"CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-central-1:123456789012:log-group:trail:*"})
	}
	b.refused("trail-may-log", logged("config.amazonaws.com", "logs:PutLogEvents"))
	b.refused("trail-may-log", logged("cloudtrail.amazonaws.com", "logs:GetLogEvents"))
	b.ok(logged("cloudtrail.amazonaws.com", "logs:PutLogEvents"))
}

// modelRule holds requests of every protocol, of moto's and of the front's own operations, to AWS's models.
func modelRule(b *rulesBench) {
	b.seen["service-model"] = true
	for _, test := range []struct {
		what     string
		r        reply
		code, in string
	}{
		{"awsJson, required", b.to("kms", "EnableKeyRotation", object{}), "ValidationException", "Value null at 'keyId' failed to satisfy constraint: Member must not be null"},
		{"awsJson, enum", b.to("logs", "CreateLogGroup", object{"logGroupName": "/a", "logGroupClass": "CHEAP"}), "InvalidParameterException", "Value 'CHEAP' at 'logGroupClass' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, "},
		{"awsJson, pattern", b.to("logs", "CreateLogGroup", object{"logGroupName": "/a b"}), "InvalidParameterException", "Member must satisfy regular expression pattern: [\\\\.\\\\-_/#A-Za-z0-9]+"},
		{"awsJson, range", b.to("kms", "EnableKeyRotation", object{"KeyId": "k", "RotationPeriodInDays": 30}), "ValidationException", "Value 30 at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90"},
		{"awsJson, length in a list", b.to("kms", "CreateKey", object{"Tags": []object{{"TagKey": strings.Repeat("k", 129), "TagValue": "v"}}}), "ValidationException", "at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128"},
		{"awsJson, type", b.to("kms", "EnableKeyRotation", object{"KeyId": 7}), "ValidationException", "Value 7 at 'keyId' failed to satisfy constraint: Member must be a string"},
		{"awsJson, no JSON", b.send("kms", "POST", "/", "{", map[string]string{"X-Amz-Target": "TrentService.EnableKeyRotation", "Content-Type": "application/x-amz-json-1.1"}), "SerializationException", "the request cannot be read"},
		{"awsQuery, length", b.form("iam", "CreateRole", "RoleName", strings.Repeat("r", 65), "AssumeRolePolicyDocument", "{}"), "ValidationError", "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"},
		{"awsQuery, number", b.form("rds", "CreateDBInstance", "DBInstanceIdentifier", "d", "Engine", "postgres", "DBInstanceClass", "c", "AllocatedStorage", "much"), "ValidationError", "the request cannot be read"},
		{"ec2Query, required", b.form("ec2", "DeleteVpc"), "MissingParameter", "Value null at 'vpcId'"},
		{"ec2Query, enum", b.form("ec2", "CreateVpcEndpoint", "VpcId", "vpc-1", "ServiceName", "s", "VpcEndpointType", "Wormhole"), "InvalidParameterValue", "Value 'Wormhole' at 'vpcEndpointType'"},
		{"restXml, S3", b.rest("s3", "PUT", "/b?versioning", `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>On</Status></VersioningConfiguration>`), "InvalidArgument", "Value 'On' at 'versioningConfiguration.status'"},
		{"restXml, S3, required", b.rest("s3", "PUT", "/b?lifecycle", `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>r</ID></Rule></LifecycleConfiguration>`), "MalformedXML", "Value null at 'lifecycleConfiguration.rules.1.member.status'"},
		{"restXml, S3, header", b.rest("s3", "PUT", "/b", "", "X-Amz-Object-Ownership", "Mine"), "InvalidArgument", "at 'objectOwnership'"},
		{"restXml, Route 53", b.rest("route53", "POST", "/2013-04-01/hostedzone", `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>example.com</Name></CreateHostedZoneRequest>`), "InvalidInput", "Value null at 'callerReference'"},
		{"restXml, CloudFront", b.rest("cloudfront", "POST", "/2020-05-31/vpc-origin", strings.Replace(fmt.Sprintf(vpcOriginBody, "o"), "https-only", "ftp", 1)), "InvalidArgument", "at 'vpcOriginEndpointConfig.originProtocolPolicy'"},
		{"awsJson, answered by the front", b.to("ecs", "CreateService", object{"serviceName": "s", "taskDefinition": "t", "propagateTags": "ALL"}), "InvalidParameterException", "at 'propagateTags'"},
	} {
		if got := awsapi.ErrorCode(test.r.header, []byte(test.r.body)); got != test.code || test.r.header.Get(ruleHeader) != "service-model" {
			b.Errorf("%s: answered %d %s by %q, want %s: %s", test.what, test.r.status, got, test.r.header.Get(ruleHeader), test.code, test.r.body)
		}
		b.wantContains(test.what, strings.NewReplacer("&#39;", "'", "&#34;", `"`).Replace(test.r.body), test.in)
	}
}

// costRules: budgets and Cost Anomaly Detection, which moto has in part; what
// Terraform sets is told back.
func costRules(b *rulesBench) {
	monitor := object{"AnomalyMonitor": object{"MonitorName": "m", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}}
	made := string(b.ok(b.to("ce", "CreateAnomalyMonitor", monitor)))
	arn := strings.Split(made, `"`)[3]
	b.refused("one-monitor-of-a-dimension", b.to("ce", "CreateAnomalyMonitor", monitor))
	subscription := func(frequency string) object {
		return object{"AnomalySubscription": object{"SubscriptionName": "s", "MonitorArnList": []any{arn}, "Frequency": frequency, "Threshold": 50,
			"Subscribers": []any{object{"Type": "EMAIL", "Address": "a@b.example"}}}}
	}
	b.refused("frequency-fits-the-subscriber", b.to("ce", "CreateAnomalySubscription", subscription("IMMEDIATE")))
	b.ok(b.to("ce", "CreateAnomalySubscription", subscription("DAILY")))
	b.wantContains("subscriptions", string(b.ok(b.to("ce", "GetAnomalySubscriptions", object{}))), arn)

	notification := object{"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 100, "ThresholdType": "PERCENTAGE"}
	budget := func(amount string) object {
		return object{"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": object{"Amount": amount, "Unit": "USD"}}
	}
	of := func(more object) object {
		more["AccountId"] = "123456789012"
		return more
	}
	b.ok(b.to("budgets", "CreateBudget", of(object{"Budget": budget("10"), "ResourceTags": []any{object{"Key": "k", "Value": "v"}}})))
	b.ok(b.to("budgets", "CreateNotification", of(object{"BudgetName": "b", "Notification": notification, "Subscribers": []any{object{"SubscriptionType": "EMAIL", "Address": "a@b.example"}}})))
	b.ok(b.to("budgets", "UpdateBudget", of(object{"NewBudget": budget("20")})))
	b.wantContains("limit", string(b.ok(b.to("budgets", "DescribeBudget", of(object{"BudgetName": "b"})))), `"Amount": "20"`)
	b.wantContains("subscribers", string(b.ok(b.to("budgets", "DescribeSubscribersForNotification", of(object{"BudgetName": "b", "Notification": notification})))), "a@b.example")
	tags := object{"ResourceARN": "arn:aws:budgets::123456789012:budget/b"}
	b.wantContains("tags", string(b.ok(b.to("budgets", "ListTagsForResource", tags))), `"Value": "v"`)
}

func channelRules(b *rulesBench) {
	create := func(name, workspace, channel string) reply {
		return b.rest("chatbot", "POST", "/create-slack-channel-configuration",
			`{"ConfigurationName":"`+name+`","SlackTeamId":"`+workspace+`","SlackChannelId":"`+channel+`","IamRoleArn":"arn:aws:iam::`+DefaultAccount+`:role/chat"}`)
	}
	b.ok(create("a", "T1", "C1"))
	b.wantStatus("authorised", b.rest("", "PUT", "/_localaws/slack-workspaces", `["T1"]`), 204)
	b.refused("workspace-is-authorised", create("b", "T2", "C1"))
	b.refused("configuration-name-is-free", create("a", "T1", "C2"))
	b.refused("channel-is-free", create("b", "T1", "C1"))
	b.ok(create("b", "T1", "C2"))
	update := func(channel string) reply {
		return b.rest("chatbot", "POST", "/update-slack-channel-configuration", `{"ChatConfigurationArn":"`+channelARN("b")+`","SlackChannelId":"`+channel+`"}`)
	}
	b.refused("channel-is-free", update("C1"))
	b.ok(update("C2"))
	b.ok(update("C3"))
	for body, want := range map[string]string{`{}`: "a JSON list of ids is required", `[1]`: "a JSON list of ids is required", `[`: "the Slack workspaces: "} {
		got := b.rest("", "PUT", "/_localaws/slack-workspaces", body)
		b.wantStatus(body, got, 400)
		b.wantContains(body, got.body, want)
	}
}

func channelARN(name string) string {
	return "arn:aws:chatbot::" + DefaultAccount + ":chat-configuration/slack-channel/" + name
}
