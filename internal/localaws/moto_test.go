package localaws

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// These tests run against the real moto of `make tools`, or the one of the Python in LOCALAWS_PYTHON. They fail where
// moto has changed so that a gap or a patch no longer fits.

// motoPython is a Python that has moto.
func motoPython(t *testing.T) string {
	t.Helper()
	python, err := filepath.Abs(cmp.Or(os.Getenv("LOCALAWS_PYTHON"), "../../.local/venv/bin/python"))
	if err == nil {
		_, err = os.Stat(python)
	}
	if err != nil {
		t.Fatalf("no Python that has moto, which `make tools` installs: %v", err)
	}
	return python
}

// real is the one local AWS of all tests that share it, started by the first.
var real struct {
	once  sync.Once
	dir   string
	state State
	err   error
}

// newRealBench is an empty local AWS with the real moto.
func newRealBench(t *testing.T) *bench {
	t.Helper()
	python := motoPython(t)
	real.once.Do(func() {
		if real.dir, real.err = os.MkdirTemp("", "localaws-test"); real.err != nil {
			return
		}
		port, err := freePort()
		if err != nil {
			real.err = err
			return
		}
		real.state, real.err = Start(context.Background(), os.Args[0], Options{Dir: real.dir, Port: port, Python: python})
	})
	if real.err != nil {
		t.Fatal(real.err)
	}
	b := &bench{t, nil, &httptest.Server{URL: real.state.Endpoint}}
	b.wantStatus("reset", b.rest("", "POST", "/moto-api/reset", ""), 200)
	return b
}

// stopReal ends the local AWS that the tests shared.
func stopReal() error {
	if real.dir == "" {
		return nil
	}
	_, err := Stop(context.Background(), real.dir)
	return errors.Join(err, os.RemoveAll(real.dir))
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

// text is the text of the first element of that name, empty when there is none.
func text(document []byte, name string) string {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := decoder.Token()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			var content string
			if decoder.DecodeElement(&content, &start) == nil {
				return content
			}
		}
	}
}

// TestLocalAWSOfItsOwn starts one that is slow at CloudFront, and ends it the hard way.
func TestLocalAWSOfItsOwn(t *testing.T) {
	o := testOptions(t)
	o.Python, o.VPCOriginDelay = motoPython(t), 2*time.Second
	state := start(t, o)
	t.Run("a VPC origin takes its time", func(t *testing.T) {
		b := &bench{t, nil, &httptest.Server{URL: state.Endpoint}}
		made := b.rest("cloudfront", "POST", "/2020-05-31/vpc-origin", fmt.Sprintf(vpcOriginBody, "o"))
		status := text([]byte(made.body), "Status")
		b.want("just made", status, "Deploying")
		for began := time.Now(); status == "Deploying" && time.Since(began) < time.Minute; time.Sleep(100 * time.Millisecond) {
			status = text([]byte(b.rest("cloudfront", "GET", "/2020-05-31/vpc-origin/"+text([]byte(made.body), "Id"), "").body), "Status")
		}
		b.want("later", status, "Deployed")
	})
	t.Run("moto ends with the front", func(t *testing.T) {
		if err := syscall.Kill(state.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		waitGone(t, "moto", state.MotoPID)
	})
}

func TestRealECS(t *testing.T) {
	b := newRealBench(t)
	subnet, group := b.network()
	network := object{"awsvpcConfiguration": object{"subnets": []string{subnet}, "securityGroups": []string{group}}}
	b.call("ecr", "AmazonEC2ContainerRegistry_V20150921.CreateRepository", object{"repositoryName": "app"})
	b.call("ecs", ecsTarget+"CreateCluster", object{"clusterName": "dev", "capacityProviders": []string{"FARGATE", "FARGATE_SPOT"}})
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
	put := b.call("ecr", "AmazonEC2ContainerRegistry_V20150921.PutImage", object{"repositoryName": "app", "imageTag": "there", "imageManifest": manifest})
	b.want("the digest of an image", put["image"].(object)["imageId"].(object)["imageDigest"], fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(manifest))))
	scan := func(tag string) reply {
		return (&rulesBench{bench: b}).to("ecr", "DescribeImageScanFindings", object{"repositoryName": "app", "imageId": object{"imageTag": tag}})
	}
	b.wantContains("the scan of a pushed image", scan("there").body, `"status": "COMPLETE"`)
	b.wantContains("what it found", scan("there").body, `"findings": []`)
	b.wantError("of an image that is not there", scan("never-pushed"), 400, "ImageNotFoundException")
	b.call("ecr", "AmazonEC2ContainerRegistry_V20150921.PutImage", object{"repositoryName": "app", "imageTag": "index", "imageManifest": `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`})
	b.wantError("of an index, which ECR does not scan", scan("index"), 400, "ScanNotFoundException")
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

func TestRealS3(t *testing.T) {
	b := newRealBench(t)
	b.wantStatus("create", b.rest("s3", "PUT", "/bucket", `<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>`), 200)
	const rule = `<ID>r</ID><Filter><And><Prefix>logs/</Prefix><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan></And></Filter><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration>`
	const minimum = "X-Amz-Transition-Default-Minimum-Object-Size"
	b.wantStatus("lifecycle", b.rest("s3", "PUT", "/bucket?lifecycle=", `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>`+rule+`</Rule></LifecycleConfiguration>`, minimum, "varies_by_storage_class"), 200)
	read := b.rest("s3", "GET", "/bucket?lifecycle=", "")
	b.wantContains("lifecycle", read.body, rule)
	b.want("smallest size", read.header.Get(minimum), "varies_by_storage_class")
	b.wantStatus("delete lifecycle", b.rest("s3", "DELETE", "/bucket?lifecycle=", ""), 204)
	b.wantError("no lifecycle", b.rest("s3", "GET", "/bucket?lifecycle=", ""), 404, "NoSuchLifecycleConfiguration")

	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*"},` +
		`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	b.wantStatus("policy", b.rest("s3", "PUT", "/bucket?policy=", policy), 200)
	b.want("policy", b.rest("s3", "GET", "/bucket?policy=", "").body, policy)
	const format = `<TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>EventTime</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>`
	b.wantStatus("logging", b.rest("s3", "PUT", "/bucket?logging=", `<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LoggingEnabled><TargetBucket>bucket</TargetBucket><TargetPrefix>l/</TargetPrefix>`+format+`</LoggingEnabled></BucketLoggingStatus>`), 200)
	logging := b.rest("s3", "GET", "/bucket?logging=", "").body
	b.wantContains("logging", logging, format)
	b.wantContains("logging", logging, "<TargetPrefix>l/</TargetPrefix>")

	large := bytes.Repeat([]byte("x"), maxBody+1)
	b.wantStatus("put a large object", b.rest("s3", "PUT", "/bucket/large", string(large)), 200)
	b.want("its size", len(b.rest("s3", "GET", "/bucket/large", "").body), len(large))
	b.wantStatus("head of no object", b.rest("s3", "HEAD", "/bucket/none", ""), 404)
	b.wantError("no bucket", b.rest("s3", "GET", "/none?lifecycle=", ""), 404, "NoSuchBucket")
}

// TestRealS3Suspended: a bucket is emptied after its versioning is gone, as the
// provider destroys them, delete markers too.
func TestRealS3Suspended(t *testing.T) {
	b := newRealBench(t)
	versioning := func(status string) {
		b.wantStatus(status, b.rest("s3", "PUT", "/suspended?versioning=", `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>`+status+`</Status></VersioningConfiguration>`), 200)
	}
	b.wantStatus("bucket", b.rest("s3", "PUT", "/suspended", `<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>`), 200)
	versioning("Enabled")
	b.wantStatus("put", b.rest("s3", "PUT", "/suspended/key", "x"), 200)
	b.wantStatus("delete", b.rest("s3", "DELETE", "/suspended/key", ""), 204)
	versioning("Suspended")
	versions := b.rest("s3", "GET", "/suspended?versions=", "").body
	objects := ""
	for _, id := range regexp.MustCompile(`<VersionId>([^<]+)</VersionId>`).FindAllStringSubmatch(versions, -1) {
		objects += "<Object><Key>key</Key><VersionId>" + id[1] + "</VersionId></Object>"
	}
	b.want("versions", strings.Count(objects, "<Object>"), 2)
	deleted := b.rest("s3", "POST", "/suspended?delete=", `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`+objects+`</Delete>`)
	b.wantStatus("delete both", deleted, 200)
	b.wantNotContains("errors", deleted.body, "<Error>")
	b.wantStatus("the empty bucket goes", b.rest("s3", "DELETE", "/suspended", ""), 204)
}

func TestRealRoute53(t *testing.T) {
	b := newRealBench(t)
	made := b.rest("route53", "POST", "/2013-04-01/hostedzone", `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>example.com</Name><CallerReference>c</CallerReference></CreateHostedZoneRequest>`)
	b.wantStatus("zone", made, 201)
	b.wantContains("the zone's id", made.body, "<Id>/hostedzone/Z")
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
	rds := func(action string, pairs ...string) []byte {
		return []byte(b.ask("rds", append([]string{"Action", action, "Version", "2014-10-31"}, pairs...)...))
	}
	rds("CreateDBParameterGroup", "DBParameterGroupName", "g", "DBParameterGroupFamily", "postgres17", "Description", "d")
	rds("ModifyDBParameterGroup", "DBParameterGroupName", "g", "Parameters.Parameter.1.ParameterName", "log_min_duration_statement", "Parameters.Parameter.1.ParameterValue", "500", "Parameters.Parameter.1.ApplyMethod", "immediate")
	b.wantContains("set", string(rds("DescribeDBParameters", "DBParameterGroupName", "g", "Source", "user")), "<ParameterName>log_min_duration_statement</ParameterName>")
	rds("ResetDBParameterGroup", "DBParameterGroupName", "g", "Parameters.Parameter.1.ParameterName", "log_min_duration_statement", "Parameters.Parameter.1.ApplyMethod", "immediate")
	b.wantNotContains("reset", string(rds("DescribeDBParameters", "DBParameterGroupName", "g", "Source", "user")), "log_min_duration_statement")

	create := func(name string, more ...string) []byte {
		return rds("CreateDBInstance", append([]string{"DBInstanceIdentifier", name, "Engine", "postgres", "DBInstanceClass", "db.t4g.micro", "AllocatedStorage", "20", "MasterUsername", "u"}, more...)...)
	}
	byID := func(id string) int {
		return bytes.Count(rds("DescribeDBInstances", "Filters.Filter.1.Name", "dbi-resource-id", "Filters.Filter.1.Values.Value.1", id), []byte("<DBInstance>"))
	}
	b.wantContains("maintenance", string(rds("DescribePendingMaintenanceActions")), "<PendingMaintenanceActions/>")
	one := create("one", "ManageMasterUserPassword", "true", "EnablePerformanceInsights", "true", "PerformanceInsightsRetentionPeriod", "7")
	two := create("two", "MasterUserPassword", "passw0rd!")
	id := text(one, "DbiResourceId")
	if id == text(two, "DbiResourceId") || byID(id) != 1 || byID("db-NONE") != 0 {
		t.Errorf("two instances with ids %s and %s", id, text(two, "DbiResourceId"))
	}
	b.want("insights", text(one, "PerformanceInsightsEnabled")+" "+text(one, "PerformanceInsightsRetentionPeriod"), "true 7")
	secret := text(one, "SecretArn")
	changed := rds("ModifyDBInstance", "DBInstanceIdentifier", "one", "ManageMasterUserPassword", "true", "PerformanceInsightsRetentionPeriod", "31", "ApplyImmediately", "true")
	b.want("its secret stays", text(changed, "SecretArn"), secret)
	b.want("insights after a change", text(changed, "PerformanceInsightsRetentionPeriod"), "31")
	copied := rds("RestoreDBInstanceToPointInTime", "SourceDBInstanceIdentifier", "one", "TargetDBInstanceIdentifier", "copy", "UseLatestRestorableTime", "true")
	b.want("insights of a copy", text(copied, "PerformanceInsightsRetentionPeriod"), "31")
	b.want("master secret of a copy", text(copied, "SecretArn"), "")
	b.want("what a copy is a read replica of", text(copied, "ReadReplicaSourceDBInstanceIdentifier"), "")
	copied = rds("ModifyDBInstance", "DBInstanceIdentifier", "copy", "ManageMasterUserPassword", "true", "MasterUserSecretKmsKeyId", "alias/aws/secretsmanager", "ApplyImmediately", "true")
	if made := text(copied, "SecretArn"); made == "" || made == secret {
		t.Errorf("master secret of a copy that asked for one: %q", made)
	}
	if text(copied, "DbiResourceId") == id {
		t.Error("a restored instance has the id of the one it was restored from")
	}
	renamed := rds("ModifyDBInstance", "DBInstanceIdentifier", "one", "NewDBInstanceIdentifier", "three", "ApplyImmediately", "true")
	b.want("id of the renamed one", text(renamed, "DbiResourceId"), id)
	rds("DeleteDBInstance", "DBInstanceIdentifier", "three", "SkipFinalSnapshot", "true")
	b.want("instances with the deleted one's id", byID(id), 0)
}

func TestRealEC2(t *testing.T) {
	b := newRealBench(t)
	subnet, group := b.network()
	for _, named := range [][]string{{"Groups", "GroupId", group}, {"PrefixListIds", "PrefixListId", "pl-1"}} {
		list := "IpPermissions.1." + named[0] + ".1."
		made := b.ask("ec2", "Action", "AuthorizeSecurityGroupIngress", "GroupId", group, "IpPermissions.1.IpProtocol", "tcp", "IpPermissions.1.FromPort", "443", "IpPermissions.1.ToPort", "443",
			list+named[1], named[2], list+"Description", "from "+named[0])
		rule := text([]byte(made), "securityGroupRuleId")
		b.wantContains("description", b.ask("ec2", "Action", "DescribeSecurityGroupRules", "SecurityGroupRuleId.1", rule), "<description>from "+named[0]+"</description>")
	}
	b.wantStatus("bucket", b.rest("s3", "PUT", "/flows", `<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>`), 200)
	b.ask("ec2", "Action", "CreateFlowLogs", "ResourceType", "Subnet", "ResourceId.1", subnet, "TrafficType", "ALL", "LogDestinationType", "s3", "LogDestination", "arn:aws:s3:::flows",
		"DestinationOptions.FileFormat", "parquet", "DestinationOptions.PerHourPartition", "true", "DestinationOptions.HiveCompatiblePartitions", "false")
	b.wantContains("flow log", b.ask("ec2", "Action", "DescribeFlowLogs"), "<fileFormat>parquet</fileFormat>")

	vpc := text([]byte(b.ask("ec2", "Action", "DescribeSubnets", "SubnetId.1", subnet)), "vpcId")
	tables := []string{}
	for range 2 {
		tables = append(tables, text([]byte(b.ask("ec2", "Action", "CreateRouteTable", "VpcId", vpc)), "routeTableId"))
	}
	endpoint := text([]byte(b.ask("ec2", "Action", "CreateVpcEndpoint", "VpcId", vpc, "ServiceName", "com.amazonaws.eu-central-1.s3", "VpcEndpointType", "Gateway", "RouteTableId.1", tables[0])), "vpcEndpointId")
	routes := func(table string) string {
		return b.ask("ec2", "Action", "DescribeRouteTables", "RouteTableId.1", table)
	}
	b.ask("ec2", "Action", "ModifyVpcEndpoint", "VpcEndpointId", endpoint, "AddRouteTableId.1", tables[1], "RemoveRouteTableId.1", tables[0])
	b.wantContains("the route of a table that is added", routes(tables[1]), "<destinationPrefixListId>")
	b.wantNotContains("the route of a table that is taken away", routes(tables[0]), "<destinationPrefixListId>")
	b.ask("ec2", "Action", "DeleteVpcEndpoints", "VpcEndpointId.1", endpoint)
	b.wantNotContains("the route of an endpoint that is deleted", routes(tables[1]), "<destinationPrefixListId>")
}

func TestRealSettings(t *testing.T) {
	b := newRealBench(t)
	key := b.call("kms", "TrentService.CreateKey", object{})["KeyMetadata"].(object)
	for _, test := range []struct {
		input object
		days  int
	}{{object{"KeyId": key["KeyId"]}, 365}, {object{"KeyId": key["Arn"], "RotationPeriodInDays": 180}, 180}} {
		b.call("kms", "TrentService.EnableKeyRotation", test.input)
		b.want("rotation", b.call("kms", "TrentService.GetKeyRotationStatus", object{"KeyId": key["KeyId"]})["RotationPeriodInDays"], test.days)
	}

	b.call("logs", "Logs_20140328.CreateLogGroup", object{"logGroupName": "/a", "logGroupClass": "INFREQUENT_ACCESS"})
	b.call("logs", "Logs_20140328.CreateLogGroup", object{"logGroupName": "/b"})
	for i, class := range []string{"INFREQUENT_ACCESS", "STANDARD"} {
		b.want("log group", b.call("logs", "Logs_20140328.DescribeLogGroups", object{})["logGroups"].([]any)[i].(object)["logGroupClass"], class)
	}

	certificate := b.call("acm", "CertificateManager.RequestCertificate", object{"DomainName": "example.com", "KeyAlgorithm": "EC_prime256v1"})["CertificateArn"]
	b.want("certificate", b.call("acm", "CertificateManager.DescribeCertificate", object{"CertificateArn": certificate})["Certificate"].(object)["KeyAlgorithm"], "EC_prime256v1")

	const trust = `{"Version":"2012-10-17","Statement":[]}`
	b.ask("iam", "Action", "CreateRole", "Version", "2010-05-08", "RoleName", "r", "AssumeRolePolicyDocument", trust, "Description", "what for", "MaxSessionDuration", "7200")
	b.ask("iam", "Action", "UpdateRole", "Version", "2010-05-08", "RoleName", "r", "MaxSessionDuration", "3600")
	role := []byte(b.ask("iam", "Action", "GetRole", "Version", "2010-05-08", "RoleName", "r"))
	b.want("role", text(role, "Description")+" "+text(role, "MaxSessionDuration"), "what for 3600")

	b.call("ecs", ecsTarget+"CreateCluster", object{"clusterName": "dev"})
	const autoscaling = "AnyScaleFrontendService."
	target := b.call("application-autoscaling", autoscaling+"RegisterScalableTarget", object{"ServiceNamespace": "dynamodb", "ResourceId": "table/t", "ScalableDimension": "dynamodb:table:ReadCapacityUnits", "MinCapacity": 1, "MaxCapacity": 2, "Tags": object{"x": "1", "y": "2"}})["ScalableTargetARN"]
	// Registering again, to change the bounds, keeps the tags.
	b.call("application-autoscaling", autoscaling+"RegisterScalableTarget", object{"ServiceNamespace": "dynamodb", "ResourceId": "table/t", "ScalableDimension": "dynamodb:table:ReadCapacityUnits", "MinCapacity": 2, "MaxCapacity": 2})
	b.call("application-autoscaling", autoscaling+"UntagResource", object{"ResourceARN": target, "TagKeys": []string{"x"}})
	b.call("application-autoscaling", autoscaling+"TagResource", object{"ResourceARN": target, "Tags": object{"z": "3"}})
	b.want("tags", b.call("application-autoscaling", autoscaling+"ListTagsForResource", object{"ResourceARN": target})["Tags"], object{"y": "2", "z": "3"})

	_, r := b.json("ssm", "NoSuchOperation", object{})
	b.wantError("what moto lacks", r, 501, "NotImplemented")
}

// TestReadsWhileOthersWrite: moto's threads share their dictionaries, and a reader met one that a writer changed.
func TestReadsWhileOthersWrite(t *testing.T) {
	b := newRealBench(t)
	call := func(operation string, input object) reply {
		body, err := json.Marshal(input)
		if err != nil {
			panic(err)
		}
		return b.send("ssm", "POST", "/", string(body), map[string]string{"X-Amz-Target": "AmazonSSM." + operation, "Content-Type": "application/x-amz-json-1.1"})
	}
	var writers, readers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 80 {
				if r := call("PutParameter", object{"Name": fmt.Sprintf("/p/%d/%d", w, i), "Value": "v", "Type": "String"}); r.status != 200 {
					t.Errorf("PutParameter: %d %s", r.status, r.body)
				}
			}
		})
	}
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if r := call("DescribeParameters", object{}); r.status != 200 {
						t.Errorf("DescribeParameters: %d %s", r.status, r.body)
						return
					}
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}
