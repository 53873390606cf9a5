package observed

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

const (
	keyID = "0a1b2c3d-0000-4000-8000-0123456789ab"
	at    = "arn:aws:%s:eu-central-1:123456789012:"
)

var here = Where{Account: "123456789012", Region: "eu-central-1", Environments: []string{"dev", "prod"}}

// call is a recorded call with parameters and values in turn.
func call(role, service, operation string, parameters ...string) awsapi.Recorded {
	c := awsapi.Recorded{Role: role, Call: awsapi.Call{Service: service, Region: here.Region, Operation: operation, Parameters: map[string]string{}}}
	for i := 0; i < len(parameters); i += 2 {
		c.Parameters[parameters[i]] = parameters[i+1]
	}
	return c
}

func arn(service, resource string) string { return strings.Replace(at, "%s", service, 1) + resource }

// earlier are the calls that name what later ones call by an id.
var earlier = []awsapi.Recorded{
	call(Administrator, "kms", "CreateAlias", "AliasName", "alias/p/dev/data", "TargetKeyId", keyID),
	call(Administrator, "s3", "PutBucketEncryption", "Bucket", "state",
		"ServerSideEncryptionConfiguration.Rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID", arn("kms", "key/"+keyID)),
	call(Administrator, "iam", "CreateRole", "RoleName", "r", "Path", "/w/"),
	call(Administrator, "secretsmanager", "CreateSecret", "Name", "p/dev/session-key", "KmsKeyId", arn("kms", "key/"+keyID)),
	call(Administrator, "rds", "CreateDBInstance", "DBInstanceIdentifier", "p-dev-source", "KmsKeyId", arn("kms", "key/"+keyID)),
	call(Administrator, "sns", "SetTopicAttributes", "TopicArn", arn("sns", "p-account-alarms"), "AttributeName", "KmsMasterKeyId", "AttributeValue", arn("kms", "key/"+keyID)),
	call(Administrator, "logs", "PutDeliveryDestination", "name", "p-dev-cloudfront", "deliveryDestinationConfiguration.destinationResourceArn", "arn:aws:s3:::p-dev-log/prefix"),
}

func TestNeeds(t *testing.T) {
	// Each need as "action resource key=value; …", without the role.
	tests := []struct {
		call awsapi.Recorded
		want []string
	}{
		{call("x", "s3", "PutBucketEncryption", "Bucket", "b"), []string{"s3:PutEncryptionConfiguration arn:aws:s3:::b"}},
		{call("x", "s3", "HeadObject", "Bucket", "b", "Key", "k/l"), []string{"s3:GetObject arn:aws:s3:::b/k/l"}},
		{call("x", "s3", "ListObjectsV2", "Bucket", "b", "prefix", "p"), []string{"s3:ListBucket arn:aws:s3:::b"}},
		{call("x", "s3", "DeleteObjects", "Bucket", "b", "Delete.Object.1.Key", "k", "Delete.Object.1.VersionId", "1"),
			[]string{"s3:DeleteObjectVersion arn:aws:s3:::b/k"}},
		{call("x", "s3", "PutObject", "Bucket", "state", "Key", "dev/terraform.tfstate"), []string{
			"kms:GenerateDataKey {key alias/p/{env}/data} kms:ViaService=s3.{region}.amazonaws.com",
			"s3:PutObject arn:aws:s3:::state/{env}/terraform.tfstate"}},
		{call("x", "s3", "PutBucketPolicy", "Bucket", "b", "Statement.1.Resource", "arn:aws:s3:::other"), []string{"s3:PutBucketPolicy arn:aws:s3:::b"}},
		{call("x", "sts", "GetCallerIdentity"), nil},
		{call("x", "sns", "Publish", "TopicArn", arn("sns", "p-account-alarms"), "Message", "m"), []string{
			"kms:Decrypt {key alias/p/{env}/data} kms:EncryptionContext:aws:sns:topicArn=arn:aws:sns:{region}:{account}:p-account-alarms; kms:ViaService=sns.{region}.amazonaws.com",
			"kms:GenerateDataKey {key alias/p/{env}/data} kms:EncryptionContext:aws:sns:topicArn=arn:aws:sns:{region}:{account}:p-account-alarms; kms:ViaService=sns.{region}.amazonaws.com",
			"sns:Publish arn:aws:sns:{region}:{account}:p-account-alarms"}},
		{call("x", "ec2", "DisassociateAddress", "AssociationId", "eipassoc-0a1b2c3d4e5f60718"), []string{"ec2:DisassociateAddress arn:aws:ec2:{region}:{account}:elastic-ip/{id}"}},
		{call("x", "ec2", "DisassociateRouteTable", "AssociationId", "rtbassoc-0a1b2c3d4e5f60718"), []string{
			"ec2:DisassociateRouteTable arn:aws:ec2:{region}:{account}:route-table/{id}",
			"ec2:DisassociateRouteTable arn:aws:ec2:{region}:{account}:subnet/{id}"}},
		{call("x", "iam", "GetRole", "RoleName", "r"), []string{"iam:GetRole arn:aws:iam::{account}:role/w/r"}},
		{call("x", "iam", "CreateRole", "RoleName", "r", "Path", "/w/", "PermissionsBoundary", "arn:aws:iam::123456789012:policy/b", "Tags.1.Key", "k"), []string{
			"iam:CreateRole arn:aws:iam::{account}:role/w/r iam:PermissionsBoundary=arn:aws:iam::{account}:policy/b",
			"iam:TagRole arn:aws:iam::{account}:role/w/r"}},
		{call("x", "kms", "CreateKey", "Tags.1.TagKey", "project", "Tags.1.TagValue", "p"), []string{
			"kms:CreateKey * aws:RequestTag/project=p",
			"kms:TagResource arn:aws:kms:{region}:{account}:key/{id} aws:RequestTag/project=p"}},
		{call("x", "kms", "DescribeKey", "KeyId", keyID), []string{"kms:DescribeKey {key alias/p/{env}/data}"}},
		{call("x", "kms", "DeleteAlias", "AliasName", "alias/p/dev/data"), []string{
			"kms:DeleteAlias arn:aws:kms:{region}:{account}:alias/p/{env}/data", "kms:DeleteAlias {key alias/p/{env}/data}"}},
		{call("x", "ec2", "CreateSubnet", "VpcId", "vpc-0123456789abcdef0", "TagSpecification.1.ResourceType", "subnet", "TagSpecification.1.Tag.1.Key", "k"), []string{
			"ec2:CreateSubnet arn:aws:ec2:{region}:{account}:subnet/{id}", "ec2:CreateSubnet arn:aws:ec2:{region}:{account}:vpc/{id}",
			"ec2:CreateTags arn:aws:ec2:{region}:{account}:subnet/{id} ec2:CreateAction=CreateSubnet"}},
		{call("x", "ec2", "CreateFlowLogs", "ResourceId.1", "vpc-0123456789abcdef0", "DeliverLogsPermissionArn", "arn:aws:iam::123456789012:role/f"), []string{
			"ec2:CreateFlowLogs arn:aws:ec2:{region}:{account}:vpc-flow-log/{id}", "ec2:CreateFlowLogs arn:aws:ec2:{region}:{account}:vpc/{id}",
			"iam:PassRole arn:aws:iam::{account}:role/f iam:PassedToService=vpc-flow-logs.amazonaws.com"}},
		{call("x", "ecs", "CreateService", "cluster", arn("ecs", "cluster/c"), "serviceName", "s", "taskDefinition", arn("ecs", "task-definition/f:7"),
			"enableExecuteCommand", "true", "networkConfiguration.awsvpcConfiguration.assignPublicIp", "DISABLED", "tags.1.key", "k"), []string{
			"ecs:CreateService arn:aws:ecs:{region}:{account}:service/c/s ecs:auto-assign-public-ip=false; ecs:enable-execute-command=true; ecs:task-definition=arn:aws:ecs:{region}:{account}:task-definition/f:{id}",
			"ecs:TagResource arn:aws:ecs:{region}:{account}:service/c/s ecs:CreateAction=CreateService"}},
		{call("x", "ecs", "UpdateService", "cluster", "c", "service", "s"), []string{"ecs:UpdateService arn:aws:ecs:{region}:{account}:service/c/s"}},
		{call("x", "ecs", "RegisterTaskDefinition", "family", "f", "executionRoleArn", "arn:aws:iam::123456789012:role/e"), []string{
			"ecs:RegisterTaskDefinition arn:aws:ecs:{region}:{account}:task-definition/f:{id}",
			"iam:PassRole arn:aws:iam::{account}:role/e iam:PassedToService=ecs-tasks.amazonaws.com"}},
		{call("x", "rds", "CreateDBInstance", "DBInstanceIdentifier", "p-dev", "KmsKeyId", arn("kms", "key/"+keyID), "PubliclyAccessible", "false"), []string{
			"iam:CreateServiceLinkedRole arn:aws:iam::{account}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS iam:AWSServiceName=rds.amazonaws.com",
			"kms:CreateGrant {key alias/p/{env}/data} kms:GrantIsForAWSResource=true; kms:ViaService=rds.{region}.amazonaws.com",
			"kms:DescribeKey {key alias/p/{env}/data}",
			"rds:CreateDBInstance arn:aws:rds:{region}:{account}:db:p-{env} rds:PubliclyAccessible=false"}},
		{call("x", "secretsmanager", "DescribeSecret", "SecretId", arn("secretsmanager", "secret:p/dev/session-key-aB3xYz")), []string{
			"secretsmanager:DescribeSecret {secret p/{env}/session-key}"}},
		{call("x", "elasticloadbalancing", "CreateListener", "LoadBalancerArn", arn("elasticloadbalancing", "loadbalancer/app/p-dev/0123456789abcdef"), "Tags.1.Key", "k"), []string{
			"elasticloadbalancing:AddTags arn:aws:elasticloadbalancing:{region}:{account}:listener/app/p-{env}/{id}/{id} elasticloadbalancing:CreateAction=CreateListener",
			"elasticloadbalancing:CreateListener arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/p-{env}/{id}"}},
		{call("x", "logs", "GetLogEvents", "logGroupName", "/p/dev/ecs/web", "logStreamName", "a/b/0123456789abcdef0123456789abcdef"), []string{
			"logs:GetLogEvents arn:aws:logs:{region}:{account}:log-group:/p/{env}/ecs/web:log-stream:a/b/{id}"}},
		{call("x", "monitoring", "DescribeAlarms", "AlarmNames.1", "p-dev-5xx"), []string{"cloudwatch:DescribeAlarms arn:aws:cloudwatch:{region}:{account}:alarm:p-{env}-5xx"}},
		{call("x", "cloudfront", "CreateDistributionWithTags", "DistributionConfigWithTags.Tags.Items.Tag.1.Key", "k"), []string{
			"cloudfront:CreateDistribution *", "cloudfront:TagResource arn:aws:cloudfront::{account}:distribution/{id}"}},
		{call("x", "route53", "ChangeResourceRecordSets", "Id", "Z0123456789ABCDEFGHIJ", "ChangeResourceRecordSetsRequest.ChangeBatch.Changes.Change.1.ResourceRecordSet.Type", "A",
			"ChangeResourceRecordSetsRequest.ChangeBatch.Changes.Change.2.ResourceRecordSet.Type", "AAAA"), []string{
			"route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/{id} route53:ChangeResourceRecordSetsRecordTypes=A|AAAA"}},
		{call("x", "application-autoscaling", "PutScalingPolicy", "ServiceNamespace", "ecs", "ResourceId", "service/p-dev/p-dev-web"), []string{
			"application-autoscaling:PutScalingPolicy arn:aws:application-autoscaling:{region}:{account}:scalable-target/{id} application-autoscaling:service-namespace=ecs",
			"cloudwatch:DeleteAlarms arn:aws:cloudwatch:{region}:{account}:alarm:", "cloudwatch:DescribeAlarms arn:aws:cloudwatch:{region}:{account}:alarm:",
			"cloudwatch:PutMetricAlarm arn:aws:cloudwatch:{region}:{account}:alarm:",
			"ecs:DescribeServices arn:aws:ecs:{region}:{account}:service/p-{env}/p-{env}-web", "ecs:UpdateService arn:aws:ecs:{region}:{account}:service/p-{env}/p-{env}-web"}},
		{call("x", "secretsmanager", "PutSecretValue", "SecretId", "p/dev/session-key"), []string{
			"kms:Decrypt {key alias/p/{env}/data} kms:EncryptionContext:SecretARN={secret p/{env}/session-key}; kms:ViaService=secretsmanager.{region}.amazonaws.com",
			"kms:GenerateDataKey {key alias/p/{env}/data} kms:EncryptionContext:SecretARN={secret p/{env}/session-key}; kms:ViaService=secretsmanager.{region}.amazonaws.com",
			"secretsmanager:PutSecretValue {secret p/{env}/session-key}"}},
		{call("x", "rds", "RestoreDBInstanceToPointInTime", "SourceDBInstanceIdentifier", "p-dev-source", "TargetDBInstanceIdentifier", "p-dev-restored"), []string{
			"kms:CreateGrant {key alias/p/{env}/data} kms:GrantIsForAWSResource=true; kms:ViaService=rds.{region}.amazonaws.com",
			"kms:DescribeKey {key alias/p/{env}/data}",
			"rds:RestoreDBInstanceToPointInTime arn:aws:rds:{region}:{account}:db:p-{env}-restored", "rds:RestoreDBInstanceToPointInTime arn:aws:rds:{region}:{account}:db:p-{env}-source"}},
		{call("x", "rds", "ModifyDBInstance", "DBInstanceIdentifier", "p-dev", "ManageMasterUserPassword", "true", "MasterUserSecretKmsKeyId", keyID), []string{
			"kms:CreateGrant {key alias/p/{env}/data} kms:GrantIsForAWSResource=true; kms:ViaService=secretsmanager.{region}.amazonaws.com",
			"kms:Decrypt {key alias/p/{env}/data} kms:EncryptionContext:SecretARN=arn:aws:secretsmanager:{region}:{account}:secret:rds!db-{id}; kms:EncryptionContext:SecretVersionId=RequestToValidateKeyAccess; kms:ViaService=secretsmanager.{region}.amazonaws.com",
			"kms:DescribeKey {key alias/p/{env}/data}",
			"kms:GenerateDataKey {key alias/p/{env}/data} kms:EncryptionContext:SecretARN=arn:aws:secretsmanager:{region}:{account}:secret:rds!db-{id}; kms:ViaService=secretsmanager.{region}.amazonaws.com",
			"rds:ModifyDBInstance arn:aws:rds:{region}:{account}:db:p-{env} rds:ManageMasterUserPassword=true",
			"secretsmanager:CreateSecret arn:aws:secretsmanager:{region}:{account}:secret:rds!db-{id}", "secretsmanager:TagResource arn:aws:secretsmanager:{region}:{account}:secret:rds!db-{id}"}},
		{call("x", "logs", "CreateDelivery", "deliverySourceName", "p-dev-cloudfront", "deliveryDestinationArn", arn("logs", "delivery-destination:p-dev-cloudfront")), []string{
			"logs:CreateDelivery arn:aws:logs:{region}:{account}:delivery-destination:p-{env}-cloudfront", "logs:CreateDelivery arn:aws:logs:{region}:{account}:delivery-source:p-{env}-cloudfront",
			"logs:CreateDelivery arn:aws:logs:{region}:{account}:delivery:{id}",
			"s3:GetBucketPolicy arn:aws:s3:::p-{env}-log", "s3:PutBucketPolicy arn:aws:s3:::p-{env}-log"}},
	}
	calls := slices.Clone(earlier)
	for i, test := range tests {
		test.call.Role = fmt.Sprint("x", i)
		calls = append(calls, test.call)
	}
	rows, err := Needs(calls, here)
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range tests {
		var got []string
		for _, r := range rows {
			if r.Role == fmt.Sprint("x", i) {
				f := r.fields()
				got = append(got, strings.TrimSpace(strings.Join(f[2:5], " ")))
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s %s:\ngot  %s\nwant %s", test.call.Service, test.call.Operation, strings.Join(got, "\n     "), strings.Join(test.want, "\n     "))
		}
	}
}

// TestUnknownOperationIsAnError: nothing is dropped in silence, and all that is
// not understood is said at once.
func TestUnknownOperationIsAnError(t *testing.T) {
	_, err := Needs([]awsapi.Recorded{
		call("x", "ecs", "RunTsk", "cluster", "c"), call("x", "s3", "PATCH /b"), call("x", "elasticloadbalancing", "ModifyListener"),
	}, here)
	for _, want := range []string{"RunTsk", "PATCH /b", "ModifyListener: no resource"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

// TestSameTwice: two recordings differ in what AWS makes up, and their tables
// do not.
func TestSameTwice(t *testing.T) {
	table := func(vpc, key string, order ...int) string {
		calls := []awsapi.Recorded{
			call("x", "kms", "CreateAlias", "AliasName", "alias/a", "TargetKeyId", key),
			call("x", "kms", "DescribeKey", "KeyId", arn("kms", "key/"+key)),
			call("x", "ec2", "DeleteVpc", "VpcId", vpc),
			call("x", "cloudfront", "GetDistribution", "Id", "E"+strings.ToUpper(vpc[4:])),
			call("x", "logs", "ListTagsForResource", "resourceArn", "arn:aws:logs:us-east-1:"+here.Account+":delivery:"+"aB"+vpc[4:18]),
			call("x", "rds", "DescribeDBInstances", "DBInstanceIdentifier", "db-"+strings.ToUpper(vpc[4:])+"ABCDEFGHI"),
			call("x", "s3", "DeleteObjects", "Bucket", "p-dev-log", "Delete.Object.1.Key", "documents/2026-11-25-01-23-0"+strconv.Itoa(len(order))+"-"+strings.ToUpper(vpc[4:20]), "Delete.Object.1.VersionId", "1"),
		}
		var some []awsapi.Recorded
		for _, i := range order {
			some = append(some, calls[i])
		}
		rows, err := Needs(some, here)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := Write(&b, rows); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	a := table("vpc-0123456789abcdef0", keyID, 0, 1, 2, 3, 4, 5, 6, 6)
	b := table("vpc-fedcba98765432100", strings.Replace(keyID, "0a1b", "ffff", 1), 6, 3, 5, 2, 0, 4, 1)
	if a != b || strings.Count(a, "\n") < 5 {
		t.Errorf("%s\n%s", a, b)
	}
}

func TestReadWrite(t *testing.T) {
	rows, err := Needs(append(slices.Clone(earlier), call("deploy-role-dev", "s3", "PutObject", "Bucket", "state", "Key", "prod/k"),
		call("deploy-role-dev", "s3", "GetBucketAcl", "Bucket", "p-dev-a, b")), here)
	if err != nil {
		t.Fatal(err)
	}
	var once, again strings.Builder
	if err := Write(&once, rows); err != nil {
		t.Fatal(err)
	}
	read, err := Read(strings.NewReader(once.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(&again, read); err != nil || once.String() != again.String() {
		t.Errorf("%v\n%s\n%s", err, once.String(), again.String())
	}
	for _, text := range []string{"", "role\nx\n", strings.Join(header, ",") + "\na,b,c,d,e,f\n"} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%q: taken", text)
		}
	}
}

func TestMissingAndMerge(t *testing.T) {
	needs := func(calls ...awsapi.Recorded) []Row {
		rows, err := Needs(calls, here)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	dev, prod, other := call("x", "s3", "GetBucketAcl", "Bucket", "p-dev"), call("x", "s3", "GetBucketAcl", "Bucket", "p-prod"), call("x", "s3", "GetBucketAcl", "Bucket", "o")
	table := needs(dev)
	for name, test := range map[string]struct {
		rows []Row
		want int
	}{"the same": {needs(dev), 0}, "another environment": {needs(prod), 1}, "another bucket": {needs(dev, other), 1}} {
		if got := Missing(test.rows, table); len(got) != test.want {
			t.Errorf("%s: missing are %v", name, got)
		}
	}
	merged := Merge(table, needs(prod, other))
	if len(merged) != 2 || len(Missing(needs(dev, prod, other), merged)) > 0 || !slices.Equal(merged[1].Environments, []string{"dev", "prod"}) {
		t.Errorf("%+v", merged)
	}
	if in := In(merged, []config.Environment{{Name: "prod"}}); len(in) != 2 || in[1].Resource != "arn:aws:s3:::p-prod" || in[1].Environments != nil {
		t.Errorf("%+v", in)
	}
}

// TestTagKeys: in one order, whatever that of a call's parameters.
func TestTagKeys(t *testing.T) {
	parameters, want := map[string]string{"Name": "n"}, []string{}
	for i := range 9 {
		parameters[fmt.Sprintf("TagKeys.%d", 9-i)] = fmt.Sprint("k", i)
		want = append(want, fmt.Sprint("k", i))
	}
	r := request{Call: awsapi.Call{Parameters: parameters}}
	if got := r.tagKeys(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A deploy role is asked for calls about the jobs that its environment has.
func TestJobsOfOtherEnvironments(t *testing.T) {
	dev := config.Environment{Name: "dev", Jobs: []config.Job{{Name: "nightly", Schedule: "rate(1 day)"}, {Name: "mail"}}}
	prod := config.Environment{Name: "prod", Jobs: []config.Job{{Name: "mail"}}}
	for _, test := range []struct {
		call, resource string
		want           int
	}{
		{"ecs RunTask", "arn:aws:ecs:{region}:{account}:task-definition/p-{env}-nightly:{id}", 1},
		{"ecs RunTask", "arn:aws:iam::{account}:role/p/workload/p-{env}-nightly-task", 1},
		{"ecs RunTask", "arn:aws:iam::{account}:role/p/workload/p-{env}-nightly-execution", 1},
		{"logs GetLogEvents", "arn:aws:logs:{region}:{account}:log-group:/p/{env}/ecs/nightly:log-stream:nightly/nightly/{id}", 1},
		{"scheduler CreateSchedule", "arn:aws:scheduler:{region}:{account}:schedule/p-{env}/nightly", 1},
		{"scheduler ListSchedules", "*", 1},
		{"ecs RunTask", "arn:aws:ecs:{region}:{account}:task-definition/p-{env}-mail:{id}", 2},
		{"ecs RunTask", "arn:aws:ecs:{region}:{account}:task-definition/p-{env}-nightly-report:{id}", 2},
		{"ecs RunTask", "arn:aws:iam::{account}:role/p/workload/p-{env}-web-task", 2},
	} {
		row := Row{Role: "deploy-role-{env}", Call: test.call, Need: Need{Resource: test.resource}, Environments: []string{"dev"}}
		if got := len(In([]Row{row}, []config.Environment{dev, prod})); got != test.want {
			t.Errorf("%s on %s: asked of %d deploy roles, want %d", test.call, test.resource, got, test.want)
		}
	}
}
