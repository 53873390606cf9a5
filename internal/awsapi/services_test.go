package awsapi

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// model is the start of a service's model in botocore.
type model struct {
	APIVersion, EndpointPrefix, TargetPrefix, GlobalEndpoint, SigningName, Protocol string
}

// TestServices compares the table with botocore's models, whose folders are
// called otherwise at times.
func TestServices(t *testing.T) {
	folders := map[string]string{"access-analyzer": "accessanalyzer", "elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "servicequotas": "service-quotas"}
	for name, s := range services {
		folder := name
		if folders[name] != "" {
			folder = folders[name]
		}
		found, err := filepath.Glob(filepath.Join("..", "..", ".local", "venv", "lib", "python3*", "site-packages", "botocore", "data", folder, "*", "service-2.json.gz"))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: botocore has no model (`make tools` installs it): %v", name, err)
		}
		file := slices.Max(found)
		m := readModel(t, file)
		if signed := m.SigningName; signed != name && (signed != "" || m.EndpointPrefix != name) {
			t.Errorf("%s: the model is of %q, signed as %q", name, m.EndpointPrefix, signed)
		}
		switch {
		case s.target != "" && (s.target != m.TargetPrefix || m.Protocol != "json"):
			t.Errorf("%s: target %q, botocore has %q in %s", name, s.target, m.TargetPrefix, m.Protocol)
		case s.version != "" && s.version != m.APIVersion:
			t.Errorf("%s: version %q, botocore has %q", name, s.version, m.APIVersion)
		case s.target == "" && s.version == "" && !strings.HasPrefix(m.Protocol, "rest-"):
			t.Errorf("%s: called as REST, botocore calls it in %s", name, m.Protocol)
		}
		if host := strings.TrimSuffix(s.host, ".us-east-1"); m.GlobalEndpoint != "" && name != "s3" && name != "sns" && name != "sts" && !s.global || host != "" && host != m.EndpointPrefix {
			t.Errorf("%s: host %q, global %t; botocore has %q, %q", name, s.host, s.global, m.EndpointPrefix, m.GlobalEndpoint)
		}
		var paginators struct {
			Pagination map[string]struct {
				In  any `json:"input_token"`
				Out any `json:"output_token"`
			}
		}
		data, err := os.ReadFile(filepath.Join(filepath.Dir(file), "paginators-1.json"))
		if err != nil || json.Unmarshal(data, &paginators) != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pages := map[string]bool{}
		for _, p := range paginators.Pagination {
			parameters, members := texts(p.In), texts(p.Out)
			for i := range min(len(parameters), len(members)) {
				// Route 53 has names of its own in the URL; a member may be within the root element.
				parameter := strings.ToLower(strings.TrimPrefix(parameters[i], "StartRecord"))
				pages[parameter+" "+strings.ToLower(members[i][strings.LastIndexByte(members[i], '.')+1:])] = true
			}
		}
		for parameter, member := range s.next {
			if len(pages) > 0 && !pages[strings.ToLower(parameter+" "+member)] {
				t.Errorf("%s: the next page is by %s from %s; botocore has %v", name, parameter, member, pages)
			}
		}
		if len(pages) > 0 && len(s.next) == 0 && name != "s3" && name != "sns" && name != "sts" {
			t.Errorf("%s: its answers go on, %v, and nobody asks for the next page", name, pages)
		}
	}
}

// readModel reads what a model says of the service, and not the operations.
func readModel(t *testing.T, file string) model {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(unpacked)
	for {
		token, err := decoder.Token()
		if err != nil {
			t.Fatalf("%s: no metadata: %v", file, err)
		}
		if token == "metadata" {
			break
		}
	}
	var m model
	if err := decoder.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// texts are one text, or the members of a list.
func texts(v any) []string {
	if text, ok := v.(string); ok {
		return []string{text}
	}
	var out []string
	list, _ := v.([]any)
	for _, member := range list {
		text, _ := member.(string)
		out = append(out, text)
	}
	return out
}
