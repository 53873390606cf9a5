package localaws

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"time"
)

// What an account has once: settings of EC2, the public access block of S3, and
// IAM Access Analyzer.
func init() {
	const block = "/v20180820/configuration/publicAccessBlock"
	const hosts = "the name that the SDK asks, the account's id before the endpoint's, is moto's on AWS's own domain only"
	register("s3",
		gap{operation: "PUT " + block, api: "PutPublicAccessBlock of S3 Control", why: hosts, answer: putAccountBlock},
		gap{operation: "GET " + block, api: "GetPublicAccessBlock of S3 Control", why: hosts, answer: getAccountBlock},
		gap{operation: "DELETE " + block, api: "DeletePublicAccessBlock of S3 Control", why: hosts, answer: deleteAccountBlock},
	)
	const noSettings = "moto has no settings of a region's snapshots and instances"
	register("ec2",
		gap{operation: "EnableSnapshotBlockPublicAccess", why: noSettings, answer: blockSnapshots},
		gap{operation: "DisableSnapshotBlockPublicAccess", why: noSettings, answer: blockSnapshots},
		gap{operation: "GetSnapshotBlockPublicAccessState", why: noSettings, answer: snapshotBlock},
		gap{operation: "ModifyInstanceMetadataDefaults", why: noSettings, answer: modifyMetadataDefaults},
		gap{operation: "GetInstanceMetadataDefaults", why: noSettings, answer: metadataDefaults},
	)
	const noAnalyzers = "moto has no Access Analyzer"
	register("access-analyzer",
		gap{operation: "PUT /analyzer", api: "CreateAnalyzer", why: noAnalyzers, answer: createAnalyzer},
		gap{operation: "GET /analyzer", api: "ListAnalyzers", why: noAnalyzers, answer: listAnalyzers},
		gap{operation: "GET /analyzer/{name}", api: "GetAnalyzer", why: noAnalyzers, answer: getAnalyzer},
		gap{operation: "DELETE /analyzer/{name}", api: "DeleteAnalyzer", why: noAnalyzers, answer: deleteAnalyzer},
	)
}

// --- S3 Control ---

const accountBlock = "account's public access block"

func putAccountBlock(f *Front, c *call) (*answer, error) {
	if err := wellFormed(c.body); err != nil {
		return nil, err
	}
	config, _ := inner(c.body, "PublicAccessBlockConfiguration")
	f.memory.put(accountBlock, f.account, config)
	return &answer{http.StatusCreated, http.Header{}, nil}, nil
}

func getAccountBlock(f *Front, _ *call) (*answer, error) {
	config, ok := recall[string](f.memory, accountBlock, f.account)
	if !ok {
		return nil, &apiError{http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"}
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {"application/xml"}},
		[]byte(xml.Header + "<PublicAccessBlockConfiguration>" + config + "</PublicAccessBlockConfiguration>")}, nil
}

func deleteAccountBlock(f *Front, _ *call) (*answer, error) {
	f.memory.remove(accountBlock, f.account)
	return &answer{http.StatusNoContent, http.Header{}, nil}, nil
}

// --- EC2 ---

// ec2Answer is an answer of EC2's, with elements as given.
func ec2Answer(operation, elements string) (*answer, error) {
	return &answer{http.StatusOK, http.Header{"Content-Type": {"text/xml;charset=UTF-8"}},
		[]byte(xml.Header + "<" + operation + "Response><requestId>localaws</requestId>" + elements + "</" + operation + "Response>")}, nil
}

func element(name, value string) string {
	var escaped bytes.Buffer
	xml.EscapeText(&escaped, []byte(value)) // a buffer takes all
	return "<" + name + ">" + escaped.String() + "</" + name + ">"
}

func (c *call) form() (url.Values, error) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, &apiError{http.StatusBadRequest, "MalformedQueryString", err.Error()}
	}
	return form, nil
}

const snapshots = "snapshots' block"

// blockSnapshots enables the block, or disables it.
func blockSnapshots(f *Front, c *call) (*answer, error) {
	form, err := c.form()
	if err != nil {
		return nil, err
	}
	state := "unblocked"
	if c.operation == "EnableSnapshotBlockPublicAccess" {
		state = form.Get("State")
	}
	f.memory.put(snapshots, c.region, state)
	return ec2Answer(c.operation, element("state", state))
}

func snapshotBlock(f *Front, c *call) (*answer, error) {
	state, ok := recall[string](f.memory, snapshots, c.region)
	if !ok {
		state = "unblocked"
	}
	return ec2Answer(c.operation, element("state", state)+element("managedBy", "account"))
}

const metadata = "instances' metadata defaults"

// metadataSettings are the parameters of ModifyInstanceMetadataDefaults, with the
// elements in which they come back.
var metadataSettings = map[string]string{
	"HttpEndpoint": "httpEndpoint", "HttpPutResponseHopLimit": "httpPutResponseHopLimit", "HttpTokens": "httpTokens", "InstanceMetadataTags": "instanceMetadataTags",
}

// modifyMetadataDefaults keeps what is given; "no-preference", or -1, takes a
// setting away (Amazon EC2 API, ModifyInstanceMetadataDefaults).
func modifyMetadataDefaults(f *Front, c *call) (*answer, error) {
	form, err := c.form()
	if err != nil {
		return nil, err
	}
	before, _ := recall[map[string]string](f.memory, metadata, c.region)
	settings := map[string]string{}
	for parameter, name := range metadataSettings {
		value := before[name]
		if form.Has(parameter) {
			value = form.Get(parameter)
		}
		if value != "" && value != "no-preference" && value != "-1" {
			settings[name] = value
		}
	}
	f.memory.put(metadata, c.region, settings)
	return ec2Answer(c.operation, element("return", "true"))
}

func metadataDefaults(f *Front, c *call) (*answer, error) {
	settings, _ := recall[map[string]string](f.memory, metadata, c.region)
	inside := ""
	for name, value := range settings {
		inside += element(name, value)
	}
	return ec2Answer(c.operation, "<accountLevel>"+inside+element("managedBy", "account")+"</accountLevel>")
}

// --- IAM Access Analyzer ---

const analyzers = "analyzer"

func createAnalyzer(f *Front, c *call) (*answer, error) {
	var in struct {
		AnalyzerName, Type string
		Tags               map[string]string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	for key, other := range f.memory.all(analyzers) {
		one, _ := other.(object)
		if key == c.region+"/"+in.AnalyzerName || one["region"] == c.region && one["type"] == in.Type {
			return nil, refuse("one-analyzer-of-a-type", http.StatusConflict, "ConflictException", "An analyzer of this type, or with this name, exists already in the region.")
		}
	}
	arn := f.arn("access-analyzer", c.region, "analyzer/"+in.AnalyzerName)
	f.memory.put(analyzers, c.region+"/"+in.AnalyzerName, object{"region": c.region, "arn": arn, "name": in.AnalyzerName, "type": in.Type,
		"status": "ACTIVE", "createdAt": time.Now().UTC().Format(time.RFC3339)})
	f.memory.tag(arn, in.Tags)
	return jsonAnswer(object{"arn": arn})
}

// shown is an analyzer as the API shows it.
func (f *Front) shown(analyzer object) object {
	out := object{"tags": f.memory.tagsOf(analyzer["arn"].(string))}
	for key, value := range analyzer {
		if key != "region" {
			out[key] = value
		}
	}
	return out
}

func findAnalyzer(f *Front, c *call) (object, error) {
	found, ok := recall[object](f.memory, analyzers, c.region+"/"+c.names["name"])
	if !ok {
		return nil, notFound("ResourceNotFoundException", "The analyzer", c.names["name"])
	}
	return found, nil
}

func getAnalyzer(f *Front, c *call) (*answer, error) {
	found, err := findAnalyzer(f, c)
	if err != nil {
		return nil, err
	}
	return jsonAnswer(object{"analyzer": f.shown(found)})
}

func listAnalyzers(f *Front, c *call) (*answer, error) {
	found := []any{}
	for _, other := range f.memory.all(analyzers) {
		if one, ok := other.(object); ok && one["region"] == c.region {
			found = append(found, f.shown(one))
		}
	}
	return jsonAnswer(object{"analyzers": found})
}

func deleteAnalyzer(f *Front, c *call) (*answer, error) {
	found, err := findAnalyzer(f, c)
	if err != nil {
		return nil, err
	}
	f.memory.remove(analyzers, c.region+"/"+c.names["name"])
	f.memory.forgetTags(found["arn"].(string))
	return jsonAnswer(object{})
}
