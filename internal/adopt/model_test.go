package adopt

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
	"github.com/paperwurks/infra/internal/golden"
)

// model is a part of AWS's model of one service, as botocore has it.
type model struct {
	Metadata   struct{ APIVersion, EndpointPrefix, SigningName, TargetPrefix, Protocol string }
	Operations map[string]struct {
		Input  struct{ Shape string }
		Output struct{ Shape, ResultWrapper string }
	}
	Shapes map[string]shape
	// foreign fills shapes with what is not the platform's.
	foreign bool
	// instead are the values of members that are not those of the samples, by name;
	// seen are the members so far, with their type.
	instead, seen map[string]string
}

type shape struct {
	Type    string
	Payload string
	Members map[string]member
	Member  member
	// Flattened lists have no element around their members.
	Flattened bool
}

type member struct {
	Shape, LocationName, QueryName string
}

// readModel reads a service's newest model.
func readModel(t *testing.T, service string) (m model) {
	t.Helper()
	service = cmp.Or(map[string]string{"access-analyzer": "accessanalyzer", "elasticloadbalancing": "elbv2"}[service], service)
	files, err := filepath.Glob("../../.local/venv/lib/python3*/site-packages/botocore/data/" + service + "/*/service-2.json.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no model of %s (`make tools` installs botocore): %v", service, err)
	}
	f, err := os.Open(slices.Max(files))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(unpacked).Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// nextPage are the members by which an answer says how it goes on, and the
// parameters that ask for it.
var nextPage = []string{"NextToken", "nextToken", "NextMarker", "Marker", "NextPageToken", "NextRecordName", "NextRecordType", "NextRecordIdentifier", "name", "type", "identifier"}

// samples are what a sample needs for its object to be one of the platform's.
var samples = map[string]string{
	"Origin": "CreateRoute", "Type": "AMAZON_ISSUED", "Status": "ISSUED", "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Key": "Name", "MonitorDimension": "SERVICE",
	"State": "available", "AliasName": "alias/paperwurks/x", "DomainName": "dev.example.com", "Arn": "x/" + config.GitHubOIDCHost,
	"rds Status": "replicating", "route53 Name": "dev.example.com.", "route53 Type": "AAAA", "TagKey": "stack", "TagValue": "dev", "HomeRegion": config.EdgeRegion,
}

// foreign are the samples of objects that are nobody's of the platform.
var foreign = map[string]string{
	"AliasName": "alias/foreign/x", "DomainName": "dev.foreign.com", "Arn": "x/foreign", "route53 Name": "dev.foreign.com.", "TagValue": "foreign",
}

// sample fills a shape, with the names that it has in JSON or XML.
func (m model) sample(name, shapeName string, isXML bool, without []string, depth int) any {
	s := m.Shapes[shapeName]
	if depth > 9 {
		return nil
	}
	switch s.Type {
	case "structure":
		out := map[string]any{}
		for n, of := range s.Members {
			wire := n
			if of.LocationName != "" {
				wire = of.LocationName
			}
			if !slices.Contains(without, n) {
				if v := m.sample(n, of.Shape, isXML, without, depth+1); v != nil {
					out[wire] = v
				}
			}
		}
		return out
	case "list":
		v := m.sample(name, s.Member.Shape, isXML, without, depth+1)
		if !isXML || s.Flattened {
			return []any{v}
		}
		element := s.Member.LocationName
		if element == "" {
			element = "member"
		}
		return map[string]any{element: v}
	case "string":
		m.seen[name] = s.Type
		if value, ok := m.instead[name]; ok {
			return value
		}
		for _, known := range []string{m.Metadata.EndpointPrefix + " " + name, name} {
			if value := foreign[known]; value != "" && m.foreign {
				return value
			}
			if value := samples[known]; value != "" {
				return value
			}
		}
		if m.foreign {
			return "foreign-" + strings.ToLower(name)
		}
		return "paperwurks-" + strings.ToLower(name)
	case "boolean":
		m.seen[name] = s.Type
		return (name == "IsEgress") != (m.instead[name] != "")
	case "integer", "long":
		return 80
	default:
		return nil
	}
}

func writeXML(b *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			list, ok := value.([]any)
			if !ok {
				list = []any{value}
			}
			for _, member := range list {
				fmt.Fprintf(b, "<%s>", name)
				writeXML(b, member)
				fmt.Fprintf(b, "</%s>", name)
			}
		}
	default:
		xml.EscapeText(b, []byte(fmt.Sprint(v)))
	}
}

// modelAWS answers by AWS's own models.
type modelAWS struct {
	models map[string]model
	// pages are how many are asked for of an operation that has them; 1 for the
	// first alone.
	pages map[string]int
	// foreign, instead and seen are those of model.
	foreign       bool
	instead, seen map[string]string
	// asked are the calls so far.
	asked []string
}

// spelled is a call with its parameters, but those that ask for the next page.
func spelled(c *awsapi.Call) string {
	text := c.Service + " " + c.Operation
	for _, name := range slices.Sorted(maps.Keys(c.Parameters)) {
		if first, _, _ := strings.Cut(name, "."); !slices.Contains(nextPage, first) {
			text += " " + name + "=" + c.Parameters[name]
		}
	}
	return text
}

func newModelAWS(t *testing.T) (f *modelAWS, a AWS) {
	t.Helper()
	f = &modelAWS{models: map[string]model{}, pages: map[string]int{}, seen: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := awsapi.Read(r)
		if err != nil {
			t.Error(err)
		}
		f.asked = append(f.asked, spelled(asked))
		if asked.Service == "s3" {
			return
		}
		m, known := f.models[asked.Service]
		if !known {
			m = readModel(t, asked.Service)
			f.models[asked.Service] = m
		}
		m.foreign, m.instead, m.seen = f.foreign, f.instead, f.seen
		o, known := m.Operations[asked.Operation]
		if !known {
			t.Errorf("%s: no operation %q", asked.Service, asked.Operation)
		}
		if target := r.Header.Get("X-Amz-Target"); target != "" && target != m.Metadata.TargetPrefix+"."+asked.Operation {
			t.Errorf("target %q, want %q", target, m.Metadata.TargetPrefix)
		}
		if version := r.FormValue("Version"); version != "" && version != m.Metadata.APIVersion {
			t.Errorf("%s: version %q, want %q", asked.Service, version, m.Metadata.APIVersion)
		}
		allowed := map[string]bool{}
		for name, of := range m.Shapes[o.Input.Shape].Members {
			allowed[name], allowed[of.LocationName] = true, true
		}
		page := false
		for name := range asked.Parameters {
			first, _, _ := strings.Cut(name, ".")
			if !allowed[first] {
				t.Errorf("%s %s: no parameter %q", asked.Service, asked.Operation, name)
			}
			page = page || slices.Contains(nextPage, first)
		}
		isXML := !strings.Contains(m.Metadata.Protocol, "json")
		output := o.Output.Shape
		if payload := m.Shapes[output].Payload; payload != "" {
			output = m.Shapes[output].Members[payload].Shape
		}
		if asked.Service == "ec2" && asked.Operation != "DescribeSecurityGroupRules" &&
			(asked.Parameters["Filter.1.Name"] != "tag:project" || asked.Parameters["Filter.2.Name"] != "tag:stack" || asked.Parameters["Filter.2.Value.1"] != "dev") {
			t.Errorf("%s lists more than the stack's: %v", asked.Operation, asked.Parameters)
		}
		var without []string
		operation := asked.Service + " " + asked.Operation
		switch {
		case page:
			f.pages[operation], without = 2, nextPage
		case f.pages[operation] == 0 && slices.ContainsFunc(nextPage, func(name string) bool {
			_, ok := m.Shapes[output].Members[name]
			return ok
		}):
			f.pages[operation] = 1
		}
		answer := m.sample("", output, isXML, without, 0)
		if !isXML {
			json.NewEncoder(w).Encode(answer)
			return
		}
		if o.Output.ResultWrapper != "" {
			answer = map[string]any{o.Output.ResultWrapper: answer}
		}
		var b strings.Builder
		writeXML(&b, map[string]any{"Answer": answer})
		fmt.Fprint(w, b.String())
	}))
	t.Cleanup(server.Close)
	client, err := awsapi.Connect(t.Context(), config.EdgeRegion, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	a = AWS{Client: client, Settings: config.Fixture(), Stack: "dev"}
	a.Settings.User.Domain = config.Domain{Name: "example.com", HostedZoneID: "Z0123456789ABCDEFGHIJ"}
	return f, a
}

// TestListingsAgainstModels answers every listing by AWS's own model of the
// service: the operation and its parameters exist there, the members are where
// the table of kinds looks for them, and every page is asked for.
func TestListingsAgainstModels(t *testing.T) {
	f, a := newModelAWS(t)
	for resourceType, kind := range Kinds() {
		if kind.List == nil {
			continue
		}
		t.Run(resourceType, func(t *testing.T) {
			found, err := kind.List(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			// A key needs two tags, and every sample rule is for egress.
			if len(found) == 0 && resourceType != "aws_kms_key" && resourceType != "aws_vpc_security_group_ingress_rule" {
				t.Error("nothing is found in a full answer")
			}
			for _, o := range found {
				if parts := strings.Split(o.Key, " | "); o.ID == "" || parts[0] == "" || parts[len(parts)-1] == "" && !strings.Contains(resourceType, "_rule") {
					t.Errorf("%+v lacks a part", o)
				}
			}
		})
	}
	// What is another's is not listed, but where AWS itself is asked for the
	// platform's alone: by tags, or by a path. Of the monitor an account has one.
	f.foreign = true
	for resourceType, kind := range Kinds() {
		if kind.List == nil || resourceType == "aws_s3_bucket" {
			continue
		}
		found, err := kind.List(t.Context(), a)
		isAsked := slices.Contains(NetworkParts, resourceType) || strings.HasPrefix(resourceType, "aws_route") && resourceType != "aws_route53_record" || strings.Contains(resourceType, "security_group") || resourceType == "aws_ce_anomaly_monitor" || resourceType == "aws_iam_service_linked_role" || strings.HasPrefix(resourceType, "aws_guardduty") || strings.HasPrefix(resourceType, "aws_securityhub") || resourceType == "aws_config_delivery_channel" || resourceType == "aws_iam_role" || resourceType == "aws_iam_policy"
		if err != nil || len(found) > 0 && !isAsked {
			t.Errorf("%s: another's is listed: %+v, %v", resourceType, found, err)
		}
	}
	for operation, n := range f.pages {
		if n == 1 {
			t.Errorf("%s: only the first page is asked for", operation)
		}
	}
}

// What each kind is recognised and imported by, what it asks AWS for, what it
// finds in a full answer, and what is none of it: a member's value that, in the
// place of the sample's, makes the object another's.
func TestEveryKind(t *testing.T) {
	f, a := newModelAWS(t)
	source, err := os.ReadFile("kinds.go")
	if err != nil {
		t.Fatal(err)
	}
	read := strings.ToLower(string(source)) // a member that is not in it decides nothing
	kinds := Kinds()
	var text strings.Builder
	for _, resourceType := range slices.Sorted(maps.Keys(kinds)) {
		kind := kinds[resourceType]
		fmt.Fprintf(&text, "%s\n", resourceType)
		if kind.List == nil {
			fmt.Fprintf(&text, "\tis never adopted: %s\n", kind.Because)
			continue
		}
		fmt.Fprintf(&text, "\tkey %s\n\timport %s\n", strings.Join(kind.Key, ", "), cmp.Or(kind.ImportID, "{id}"))
		list := func(instead map[string]string) []Object {
			f.instead, f.asked = instead, nil
			found, err := kind.List(t.Context(), a)
			if err != nil {
				t.Fatalf("%s: %v", resourceType, err)
			}
			return found
		}
		clear(f.seen)
		found := list(nil)
		for _, call := range slices.Compact(f.asked) {
			fmt.Fprintf(&text, "\tasks %s\n", call)
		}
		for _, o := range slices.Compact(found) {
			fmt.Fprintf(&text, "\tfinds %s, key %s, stack %q\n", o.ID, o.Key, o.Stack)
		}
		seen := maps.Clone(f.seen)
		for _, name := range slices.Sorted(maps.Keys(seen)) {
			lower := strings.ToLower(name)
			if !strings.Contains(read, lower) {
				continue
			}
			others := []string{"another's"}
			if seen[name] == "string" && (strings.HasSuffix(lower, "state") || strings.HasSuffix(lower, "status")) {
				others = append(others, "deleting", "deleted", "failed", "PendingDeletion", "ISSUED", "PENDING_VALIDATION", "EXPIRED")
			}
			for _, other := range others {
				if got := len(list(map[string]string{name: other})); got < len(found) {
					fmt.Fprintf(&text, "\tnot with %s %s\n", name, other)
				}
			}
		}
	}
	golden.Check(t, "testdata/kinds.txt", text.String(), "UPDATE_GOLDEN=1 go test -run TestEveryKind ./internal/adopt")
}
