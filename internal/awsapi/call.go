package awsapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Call is what a request asks of AWS.
type Call struct {
	Service, Region string
	// Operation is the API's name of it; "METHOD /path" where it is unknown.
	Operation string
	// Parameters by their path in the request, members counted from 1:
	// "tags.1.key". A value that is secret is left out.
	Parameters map[string]string
}

const (
	// maxBody is the largest body that is read for its parameters.
	maxBody = 1 << 20
	// maxValue is the length at which a parameter's value is cut.
	maxValue = 1 << 10
	// LeftOut stands for a value that must not be kept.
	LeftOut = "(left out)"
)

// secret are the parameters, by their last name, whose values are never kept.
var secret = map[string]bool{
	"SecretString": true, "SecretBinary": true, "MasterUserPassword": true, "Plaintext": true,
	"WebIdentityToken": true, "SAMLAssertion": true, "PrivateKey": true,
}

// Read takes a request apart. It reads the body only where parameters stand in
// it, never that of an object or an image's layer, and puts it back.
func Read(r *http.Request) (*Call, error) {
	c := &Call{Parameters: map[string]string{}}
	c.Service, c.Region = Scope(r)
	switch {
	case Target(r) != "":
		return c, c.json(r, Target(r))
	case IsQuery(r):
		return c, c.query(r)
	case IsRegistry(r):
		c.Service = "ecr"
		operation, repository := registryOperation(r)
		c.Operation = operation
		if operation == "" {
			c.Operation = unknown(r)
		}
		if repository != "" {
			c.set("repositoryName", repository)
		}
		return c, nil
	default:
		return c, c.rest(r)
	}
}

func unknown(r *http.Request) string { return r.Method + " " + r.URL.Path }

func (c *Call) set(name, value string) {
	if secret[name[strings.LastIndexByte(name, '.')+1:]] {
		value = LeftOut
	}
	if len(value) > maxValue {
		value = value[:maxValue] + "…"
	}
	c.Parameters[name] = value
}

// body reads a body for its parameters; nil where there is none or too much.
func body(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	original := r.Body
	read, err := io.ReadAll(io.LimitReader(original, maxBody+1))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(read), original), original}
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	if len(read) > maxBody {
		return nil, nil
	}
	return read, nil
}

func (c *Call) json(r *http.Request, operation string) error {
	c.Operation = operation
	read, err := body(r)
	if err != nil || len(read) == 0 {
		return err
	}
	return c.flattenJSON(read)
}

func (c *Call) flattenJSON(text []byte) error {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return fmt.Errorf("%s %s: %w", c.Service, c.Operation, err)
	}
	c.flatten("", v)
	return nil
}

func (c *Call) flatten(name string, v any) {
	within := func(part string) string {
		if name == "" {
			return part
		}
		return name + "." + part
	}
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			c.flatten(within(key), member)
		}
	case []any:
		for i, member := range v {
			c.flatten(within(strconv.Itoa(i+1)), member)
		}
	case nil:
	default:
		c.set(name, fmt.Sprint(v))
	}
}

// apiVersions are the services whose unsigned requests the platform sends, by
// the API version in their form.
var apiVersions = map[string]string{"2011-06-15": "sts"}

func (c *Call) query(r *http.Request) error {
	read, err := body(r)
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(read))
	if err != nil {
		return fmt.Errorf("%s: %w", c.Service, err)
	}
	c.Operation = form.Get("Action")
	if c.Service == "" {
		c.Service = apiVersions[form.Get("Version")]
	}
	for name, values := range form {
		if name != "Action" && name != "Version" {
			c.set(plainName(name), values[0])
		}
	}
	return nil
}

// plainName is a parameter's name without what awsQuery puts between a list
// and its members: Tags.member.1.Key, or in RDS Tags.Tag.1.Key, is Tags.1.Key.
func plainName(name string) string {
	parts := strings.Split(name, ".")
	var out []string
	for i, part := range parts {
		if i > 0 && i+1 < len(parts) && isNumber(parts[i+1]) && !isNumber(parts[i-1]) {
			continue
		}
		out = append(out, part)
	}
	return strings.Join(out, ".")
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// streamed are the REST operations whose bodies are contents.
var streamed = map[string]bool{"PutObject": true, "UploadPart": true}

// headerParameters are the headers of S3 that say something of the request
// beyond its transport.
var headerParameters = []string{
	"x-amz-acl", "x-amz-copy-source", "x-amz-object-ownership", "x-amz-server-side-encryption",
	"x-amz-server-side-encryption-aws-kms-key-id", "x-amz-tagging", "x-amz-bypass-governance-retention",
}

func (c *Call) rest(r *http.Request) error {
	operation, names, err := rest(c.Service, r)
	if err != nil {
		return err
	}
	c.Operation = operation
	if operation == "" {
		c.Operation = unknown(r)
	}
	for name, value := range names {
		c.set(name, value)
	}
	for name, values := range r.URL.Query() {
		if !strings.HasPrefix(strings.ToLower(name), "x-amz-") && name != "x-id" {
			c.set(name, values[0])
		}
	}
	for _, name := range headerParameters {
		if value := r.Header.Get(name); value != "" {
			c.set(name, value)
		}
	}
	if streamed[operation] || operation == "" {
		return nil
	}
	read, err := body(r)
	if err != nil || len(bytes.TrimSpace(read)) == 0 {
		return err
	}
	if bytes.HasPrefix(bytes.TrimSpace(read), []byte("<")) {
		return c.flattenXML(read)
	}
	return c.flattenJSON(read)
}
