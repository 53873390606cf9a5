package awsapi

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func signed(r *http.Request, service string) *http.Request {
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20261124/eu-central-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	return r
}

func request(service, method, path, contentType, body string, header ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if service == "" {
		return r
	}
	return signed(r, service)
}

const (
	asForm = "application/x-www-form-urlencoded; charset=utf-8"
	asJSON = "application/x-amz-json-1.1"
	asXML  = "application/xml"
)

func TestRead(t *testing.T) {
	type want map[string]string
	tests := []struct {
		r          *http.Request
		operation  string
		parameters want
	}{
		{request("ecs", "POST", "/", asJSON, `{"cluster":"c","count":2,"tags":[{"key":"a"},{"key":"b"}],"none":null,"on":true}`, "X-Amz-Target", "AmazonEC2ContainerServiceV20141113.RunTask"),
			"ecs RunTask", want{"cluster": "c", "count": "2", "tags.1.key": "a", "tags.2.key": "b", "on": "true"}},
		{request("iam", "POST", "/", asForm, "Action=CreateRole&Version=2010-05-08&RoleName=r&Tags.member.1.Key=k"),
			"iam CreateRole", want{"RoleName": "r", "Tags.1.Key": "k"}},
		{request("rds", "POST", "/", asForm, "Action=CreateDBInstance&Version=2014-10-31&Tags.Tag.12.Key=k&MasterUserPassword=p&VpcSecurityGroupIds.VpcSecurityGroupId.1=sg"),
			"rds CreateDBInstance", want{"Tags.12.Key": "k", "MasterUserPassword": LeftOut, "VpcSecurityGroupIds.1": "sg"}},
		{request("ec2", "POST", "/", asForm, "Action=CreateVpc&TagSpecification.1.Tag.2.Key=k&TagSpecification.1.ResourceType=vpc"),
			"ec2 CreateVpc", want{"TagSpecification.1.Tag.2.Key": "k", "TagSpecification.1.ResourceType": "vpc"}},
		{request("", "POST", "/", asForm, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=a&WebIdentityToken=t"),
			"sts AssumeRoleWithWebIdentity", want{"RoleArn": "a", "WebIdentityToken": LeftOut}},
		{request("secretsmanager", "POST", "/", asJSON, `{"SecretId":"s","SecretString":"x"}`, "X-Amz-Target", "secretsmanager.PutSecretValue"),
			"secretsmanager PutSecretValue", want{"SecretId": "s", "SecretString": LeftOut}},
		{request("s3", "GET", "/", "", ""), "s3 ListBuckets", want{}},
		{request("s3", "GET", "/b?list-type=2&prefix=p", "", ""), "s3 ListObjectsV2", want{"Bucket": "b", "list-type": "2", "prefix": "p"}},
		{request("s3", "GET", "/b/?encryption=", "", ""), "s3 GetBucketEncryption", want{"Bucket": "b", "encryption": ""}},
		{request("s3", "GET", "/b?inventory&id=1", "", ""), "s3 GetBucketInventoryConfiguration", want{"Bucket": "b", "inventory": "", "id": "1"}},
		{request("s3", "PUT", "/b/a%20b/c?x-id=PutObject", "text/plain", "contents", "X-Amz-Acl", "private"), "s3 PutObject", want{"Bucket": "b", "Key": "a b/c", "x-amz-acl": "private"}},
		{request("s3", "PUT", "/b/k?x-id=PutObject", "", "<not read"), "s3 PutObject", want{"Bucket": "b", "Key": "k"}},
		{request("s3", "PUT", "/b/k?partNumber=1&uploadId=u", "", "<not read"), "s3 UploadPart", want{"Bucket": "b", "Key": "k", "partNumber": "1", "uploadId": "u"}},
		{request("s3", "PUT", "/b/k", "", "", "X-Amz-Copy-Source", "o/k"), "s3 CopyObject", want{"Bucket": "b", "Key": "k", "x-amz-copy-source": "o/k"}},
		{request("s3", "PUT", "/b?versioning", asXML, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
			"s3 PutBucketVersioning", want{"Bucket": "b", "versioning": "", "VersioningConfiguration.Status": "Enabled"}},
		{request("cloudfront", "POST", "/2020-05-31/distribution?WithTags", asXML, "<D><Tags><Items><Tag><Key>a</Key></Tag><Tag><Key>b</Key></Tag></Items></Tags></D>"),
			"cloudfront CreateDistributionWithTags", want{"WithTags": "", "D.Tags.Items.Tag.1.Key": "a", "D.Tags.Items.Tag.2.Key": "b"}},
		{request("cloudfront", "POST", "/2020-05-31/distribution", asXML, "<D><Comment>c</Comment></D>"), "cloudfront CreateDistribution", want{"D.Comment": "c"}},
		{request("route53", "POST", "/2013-04-01/hostedzone/Z1/rrset", asXML, "<C/>"), "route53 ChangeResourceRecordSets", want{"Id": "Z1", "C": ""}},
		{request("backup", "PUT", "/backup-vaults/v", "application/json", `{"EncryptionKeyArn":"k"}`), "backup CreateBackupVault", want{"backupVaultName": "v", "EncryptionKeyArn": "k"}},
		{request("backup", "GET", "/backup-vaults/v/", "", ""), "backup DescribeBackupVault", want{"backupVaultName": "v"}},
		{request("s3", "PATCH", "/b", "", ""), "s3 PATCH /b", want{}},
		{request("", "GET", "/v2/", "", ""), "ecr GET /v2/", want{}},
		{request("", "POST", "/v2/a/b/blobs/uploads/", "", ""), "ecr InitiateLayerUpload", want{"repositoryName": "a/b"}},
		{request("", "PATCH", "/v2/a/blobs/uploads/1", "application/octet-stream", "layer"), "ecr UploadLayerPart", want{"repositoryName": "a"}},
		{request("", "PUT", "/v2/a/manifests/t", asJSON, "{}"), "ecr PutImage", want{"repositoryName": "a"}},
		{request("", "PUT", "/v2/a/blobs/uploads/1?digest=d", "", "layer"), "ecr CompleteLayerUpload", want{"repositoryName": "a"}},
		{request("", "GET", "/v2/a/blobs/sha256:1", "", ""), "ecr GetDownloadUrlForLayer", want{"repositoryName": "a"}},
		{request("", "HEAD", "/v2/a/manifests/t", "", ""), "ecr BatchGetImage", want{"repositoryName": "a"}},
		{request("", "GET", "/v2/a/manifests/t", "", ""), "ecr BatchGetImage", want{"repositoryName": "a"}},
		{request("", "GET", "/v2/a/tags/list", "", ""), "ecr ListImages", want{"repositoryName": "a"}},
		{request("", "HEAD", "/v2/a/blobs/sha256:1", "", ""), "ecr BatchCheckLayerAvailability", want{"repositoryName": "a"}},
	}
	for _, test := range tests {
		sent := ""
		if body, _ := io.ReadAll(test.r.Body); true {
			sent = string(body)
			test.r.Body = io.NopCloser(strings.NewReader(sent))
		}
		c, err := Read(test.r)
		if err != nil {
			t.Errorf("%s: %v", test.operation, err)
			continue
		}
		if got := c.Service + " " + c.Operation; got != test.operation || !maps.Equal(c.Parameters, test.parameters) {
			t.Errorf("%s %s: got %s %v, want %s %v", test.r.Method, test.r.URL, got, c.Parameters, test.operation, test.parameters)
		}
		if body, _ := io.ReadAll(test.r.Body); string(body) != sent {
			t.Errorf("%s: the body became %q", test.operation, body)
		}
	}
}

// TestReadKeepsLargeBodies: what is too long to be read for parameters still
// arrives whole.
func TestReadKeepsLargeBodies(t *testing.T) {
	large := `{"a":"` + strings.Repeat("x", 2*maxBody) + `"}`
	r := request("ecs", "POST", "/", asJSON, large, "X-Amz-Target", "A.RunTask")
	c, err := Read(r)
	if err != nil || c.Operation != "RunTask" || len(c.Parameters) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if body, _ := io.ReadAll(r.Body); string(body) != large {
		t.Errorf("%d bytes arrived", len(body))
	}
}

func TestReadRefuses(t *testing.T) {
	for _, r := range []*http.Request{
		request("ecs", "POST", "/", asJSON, "{", "X-Amz-Target", "A.RunTask"),
		request("iam", "POST", "/", asForm, "Action=%zz"),
		request("s3", "PUT", "/b?versioning", asXML, "<a"),
	} {
		if _, err := Read(r); err == nil {
			t.Errorf("%s %s: taken", r.Method, r.URL)
		}
	}
}

func TestFault(t *testing.T) {
	tests := []struct {
		r                   *http.Request
		throttled, internal string
		status              int
	}{
		{request("s3", "GET", "/b", "", ""), "SlowDown", "InternalError", 503},
		{request("ec2", "POST", "/", asForm, ""), "RequestLimitExceeded", "InternalError", 503},
		{request("iam", "POST", "/", asForm, ""), "Throttling", "InternalFailure", 400},
		{request("cloudfront", "GET", "/2020-05-31/distribution", "", ""), "Throttling", "InternalFailure", 400},
		{request("ecs", "POST", "/", asJSON, ""), "ThrottlingException", "InternalFailure", 400},
	}
	for _, test := range tests {
		for want, f := range map[string]*Fault{test.throttled: Throttled(test.r), test.internal: Internal(test.r)} {
			header, body := f.Answer(test.r)
			if got := ErrorCode(header, body); got != want {
				t.Errorf("%s: got %q in %s, want %q", test.r.URL, got, body, want)
			}
		}
		if got := Throttled(test.r).Status; got != test.status {
			t.Errorf("%s: got %d, want %d", test.r.URL, got, test.status)
		}
	}
	if code := ErrorCode(http.Header{}, []byte(`{"__type":"com.amazonaws.ecs#AccessDeniedException"}`)); code != "AccessDeniedException" {
		t.Errorf("got %q", code)
	}
}

// TestRestTable: rest.csv is what rest.py writes, and no two operations look
// alike.
func TestRestTable(t *testing.T) {
	python, err := filepath.Abs("../../.local/venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "rest.py").Output()
	if err != nil {
		t.Fatalf("rest.py (`make tools` installs botocore): %v", err)
	}
	if string(out) != restTable {
		t.Error("rest.csv is not what rest.py writes; see the command in rest.py")
	}
	operations, err := restOperations()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for service, all := range operations {
		for _, o := range all {
			var path []string
			for _, segment := range o.path {
				if strings.HasPrefix(segment, "{") {
					segment = strings.Repeat("+", 1+strings.Count(segment, "+"))
				}
				path = append(path, segment)
			}
			key := strings.Join([]string{service, o.method, strings.Join(path, "/"), strings.Join(o.query, "&"), strings.Join(o.headers, " ")}, " ")
			if other, there := seen[key]; there {
				t.Errorf("%s and %s look alike", other, o.name)
			}
			seen[key] = o.name
		}
	}
	if len(seen) < 500 {
		t.Errorf("only %d operations", len(seen))
	}
}

// No value that is secret leaves a call, in whatever protocol and however deep.
func TestSecretsAreLeftOut(t *testing.T) {
	for _, name := range []string{"SecretString", "SecretBinary", "MasterUserPassword", "Plaintext", "WebIdentityToken", "SAMLAssertion", "PrivateKey"} {
		for protocol, r := range map[string]*http.Request{
			"query": request("rds", "POST", "/", asForm, "Action=X&Version=2014-10-31&A."+name+"=hidden&"+name+"=hidden"),
			"JSON":  request("kms", "POST", "/", asJSON, `{"`+name+`":"hidden","A":[{"`+name+`":"hidden"}]}`, "X-Amz-Target", "TrentService.X"),
		} {
			c, err := Read(r)
			if err != nil || c.Parameters[name] != LeftOut || strings.Contains(fmt.Sprint(c.Parameters), "hidden") {
				t.Errorf("%s, %s: %v, %v", name, protocol, c.Parameters, err)
			}
		}
	}
}
