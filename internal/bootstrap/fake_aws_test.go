package bootstrap

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

const (
	testBucket    = "paperwurks-terraform-state-123456789012"
	testLogBucket = "paperwurks-terraform-state-log-123456789012"
	testKeyARN    = "arn:aws:kms:eu-central-1:123456789012:key/k1"
	stateObject   = testBucket + "/shared/terraform.tfstate"
	adminARN      = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0/ada"
)

// fakeKey and fakeVPC are of the project; stack is their tag.
type (
	fakeKey struct{ description, stack string }
	fakeVPC struct{ name, stack string }
)

// fakeAWS answers the few calls that a bootstrap makes, and nothing else.
type fakeAWS struct {
	*httptest.Server
	mu sync.Mutex
	// account and arn are the caller's.
	account, arn string
	// buckets are there; what they lack is in flaws: "versioning", a setting of the
	// block of public access, "encryption", "algorithm", "object", "unencrypted",
	// "version", "null version", "forbidden", "forgets" (what is written).
	buckets map[string]bool
	flaws   map[string]bool
	// objects by bucket/key, aliases to key ids, parameters by name; keys and
	// vpcs by id, roles by name.
	objects    map[string]string
	aliases    map[string]string
	keys       map[string]fakeKey
	vpcs       map[string]fakeVPC
	roles      []string
	parameters map[string]string
	// quota is the value of every quota.
	quota float64
	// asked are the signed calls so far; the one of the number refused is refused,
	// counted from 1.
	asked      []string
	refused    int
	unexpected []string
}

func newFakeAWS(t *testing.T) *fakeAWS {
	f := &fakeAWS{
		account: "123456789012", arn: adminARN, quota: 1000,
		buckets: map[string]bool{}, flaws: map[string]bool{}, objects: map[string]string{}, aliases: map[string]string{},
		vpcs: map[string]fakeVPC{}, keys: map[string]fakeKey{}, parameters: map[string]string{},
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(func() {
		f.Close()
		if len(f.unexpected) > 0 {
			t.Errorf("calls that the fake does not know: %q", f.unexpected)
		}
	})
	return f
}

func (f *fakeAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	r.PostForm, _ = url.ParseQuery(string(body))
	answer := func(v any) { json.NewEncoder(w).Encode(v) }
	if r.Header.Get("Authorization") != "" { // Terraform's stand-in does not sign
		f.asked = append(f.asked, strings.TrimSpace(r.Header.Get("X-Amz-Target")+" "+r.PostForm.Get("Action")+" "+r.Method+" "+r.URL.String()))
		if len(f.asked) == f.refused {
			w.WriteHeader(http.StatusForbidden)
			return
		}
	}
	switch target := r.Header.Get("X-Amz-Target"); {
	case strings.Contains(string(body), "Action=GetCallerIdentity"):
		fmt.Fprintf(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn><Account>%s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, f.arn, f.account)
	case target == "ServiceQuotasV20190624.GetServiceQuota":
		answer(map[string]any{"Quota": map[string]any{"Value": f.quota}})
	case target == "TrentService.ListAliases":
		var list []map[string]string
		for name, id := range f.aliases {
			list = append(list, map[string]string{"AliasName": name, "TargetKeyId": id})
		}
		answer(map[string]any{"Aliases": list})
	case target == "TrentService.ListKeys":
		var list []map[string]string
		for id := range f.keys {
			list = append(list, map[string]string{"KeyId": id})
		}
		answer(map[string]any{"Keys": list})
	case target == "TrentService.DescribeKey", target == "TrentService.ListResourceTags":
		var in struct{ KeyId string }
		json.Unmarshal(body, &in)
		answer(map[string]any{
			"KeyMetadata": map[string]string{"KeyId": in.KeyId, "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Description": f.keys[in.KeyId].description},
			"Tags":        []map[string]string{{"TagKey": "project", "TagValue": "paperwurks"}, {"TagKey": "stack", "TagValue": f.keys[in.KeyId].stack}},
		})
	case r.PostForm.Get("Action") == "DescribeVpcs":
		filters := map[string]string{}
		for i := 1; r.PostForm.Has(fmt.Sprintf("Filter.%d.Name", i)); i++ {
			filters[r.PostForm.Get(fmt.Sprintf("Filter.%d.Name", i))] = r.PostForm.Get(fmt.Sprintf("Filter.%d.Value.1", i))
		}
		fmt.Fprint(w, "<DescribeVpcsResponse><vpcSet>")
		for id, vpc := range f.vpcs {
			if filters["tag:project"] == "paperwurks" && (filters["tag:stack"] == "" || filters["tag:stack"] == vpc.stack) {
				fmt.Fprintf(w, "<item><vpcId>%s</vpcId><tagSet><item><key>Name</key><value>%s</value></item></tagSet></item>", id, vpc.name)
			}
		}
		fmt.Fprint(w, "</vpcSet></DescribeVpcsResponse>")
	case r.PostForm.Get("Action") == "ListRoles":
		fmt.Fprint(w, "<ListRolesResponse><ListRolesResult><Roles>")
		for _, role := range f.roles {
			fmt.Fprintf(w, "<member><RoleName>%s</RoleName></member>", role)
		}
		fmt.Fprint(w, "</Roles></ListRolesResult></ListRolesResponse>")
	case strings.HasSuffix(target, ".DescribeTrails"):
		answer(map[string]any{"trailList": []any{}})
	case strings.HasSuffix(target, ".DescribeBudgets"), strings.HasSuffix(target, ".GetAnomalyMonitors"), // none, and Cost Explorer was opened
		strings.HasSuffix(target, ".DescribeConfigurationRecorders"), strings.HasSuffix(target, ".DescribeDeliveryChannels"):
		answer(map[string]any{})
	case target == "AmazonSSM.GetParametersByPath":
		var list []map[string]string
		for name, value := range f.parameters {
			list = append(list, map[string]string{"Name": name, "Value": value})
		}
		answer(map[string]any{"Parameters": list})
	case target == "":
		f.s3(w, r, string(body))
	default:
		f.unexpected = append(f.unexpected, target)
		w.WriteHeader(http.StatusNotImplemented)
	}
}

func (f *fakeAWS) s3(w http.ResponseWriter, r *http.Request, body string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	bucket, key, _ := strings.Cut(path, "/")
	if path == "fake/make-buckets" {
		f.buckets[testBucket], f.buckets[testLogBucket] = true, true
		return
	}
	if key != "" {
		f.object(w, r, path, body)
		return
	}
	query := r.URL.Query()
	switch {
	case f.flaws["forbidden"]:
		w.WriteHeader(http.StatusForbidden)
	case !f.buckets[bucket]:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodHead && r.Header.Get("X-Amz-Expected-Bucket-Owner") == f.account:
	case query.Has("versioning"):
		status := "Enabled"
		if f.flaws["versioning"] {
			status = "Suspended"
		}
		fmt.Fprintf(w, `<VersioningConfiguration><Status>%s</Status></VersioningConfiguration>`, status)
	case query.Has("publicAccessBlock"):
		fmt.Fprint(w, "<PublicAccessBlockConfiguration>")
		for _, name := range []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"} {
			fmt.Fprintf(w, "<%s>%t</%s>", name, !f.flaws[name], name)
		}
		fmt.Fprint(w, "</PublicAccessBlockConfiguration>")
	case query.Has("encryption"):
		arn := testKeyARN
		if f.flaws["encryption"] {
			arn = "arn:aws:kms:eu-central-1:123456789012:key/other"
		}
		algorithm := "aws:kms"
		if f.flaws["algorithm"] {
			algorithm = "AES256"
		}
		fmt.Fprintf(w, `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>%s</SSEAlgorithm><KMSMasterKeyID>%s</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`, algorithm, arn)
	default:
		f.unexpected = append(f.unexpected, r.Method+" "+r.URL.String())
		w.WriteHeader(http.StatusNotImplemented)
	}
}

func (f *fakeAWS) object(w http.ResponseWriter, r *http.Request, path, body string) {
	content, there := f.objects[path]
	if r.Method == http.MethodPut {
		if there && r.Header.Get("If-None-Match") == "*" {
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		}
		if !f.flaws["forgets"] {
			f.objects[path] = body
		}
		return
	}
	if !there {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
		return
	}
	arn := testKeyARN
	if f.flaws["object"] {
		arn = "arn:aws:kms:eu-central-1:123456789012:key/other"
	}
	w.Header().Set("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT")
	if !f.flaws["unencrypted"] {
		w.Header().Set("x-amz-server-side-encryption", "aws:kms")
	}
	w.Header().Set("x-amz-server-side-encryption-aws-kms-key-id", arn)
	switch {
	case f.flaws["null version"]:
		w.Header().Set("x-amz-version-id", "null")
	case !f.flaws["version"]:
		w.Header().Set("x-amz-version-id", "v1")
	}
	if r.Method == http.MethodGet {
		fmt.Fprint(w, content)
	}
}
