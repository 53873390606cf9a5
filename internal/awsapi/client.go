package awsapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Client calls AWS's API by the names in AWS's own service models. Credentials,
// signatures and the choice of what is tried again are the AWS SDK's; its
// clients of the services are not used, because they take minutes to compile.
type Client struct{ aws.Config }

// Connect reaches AWS in a region, with the credentials that the AWS CLI would
// use; or an emulator at the endpoint, if that is not "", with none.
func Connect(ctx context.Context, region, endpoint string) (Client, error) {
	if endpoint != "" {
		return Client{aws.Config{
			Region: region, BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		}}, nil
	}
	settings, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region))
	if err != nil {
		return Client{}, fmt.Errorf("AWS credentials: %w", err)
	}
	return Client{settings}, nil
}

// In reaches AWS the same way in another region.
func (c Client) In(region string) Client {
	c.Region = region
	return c
}

// service is how one service is called: botocore's service-2.json ("metadata")
// and paginators-1.json.
type service struct {
	// target precedes the operation in the JSON protocols' header, version
	// is in the form of the query protocols; the REST protocols have neither.
	target, version string
	// host, before the region, where it is not the service's name; of a global one
	// before the domain.
	host string
	// global services have one host and are signed for us-east-1.
	global bool
	// region is the one that answers for all, where a service has no endpoint in most.
	region string
	// posted operations of a REST protocol take their parameters in a body of JSON.
	posted bool
	// An answer that goes on has the members of next, by the parameters that
	// the request for the next page repeats them in.
	next map[string]string
}

func next(parameter, member string) map[string]string { return map[string]string{parameter: member} }

var services = map[string]service{
	"access-analyzer":         {next: next("nextToken", "nextToken")},
	"guardduty":               {next: next("nextToken", "nextToken")},
	"securityhub":             {next: next("NextToken", "NextToken")},
	"acm":                     {target: "CertificateManager", next: next("NextToken", "NextToken")},
	"application-autoscaling": {target: "AnyScaleFrontendService", next: next("NextToken", "NextToken")},
	"budgets":                 {target: "AWSBudgetServiceGateway", global: true, next: next("NextToken", "NextToken")},
	"ce":                      {target: "AWSInsightsIndexService", host: "ce.us-east-1", global: true, next: next("NextPageToken", "NextPageToken")},
	// Amazon Q Developer in chat applications; its console is in us-east-2 only.
	"chatbot":              {region: "us-east-2", posted: true, next: next("NextToken", "NextToken")},
	"cloudfront":           {global: true, next: next("Marker", "NextMarker")},
	"cloudtrail":           {target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", next: next("NextToken", "NextToken")},
	"config":               {target: "StarlingDoveService", next: next("NextToken", "NextToken")},
	"ec2":                  {version: "2016-11-15", next: next("NextToken", "nextToken")},
	"ecr":                  {target: "AmazonEC2ContainerRegistry_V20150921", host: "api.ecr", next: next("nextToken", "nextToken")},
	"ecs":                  {target: "AmazonEC2ContainerServiceV20141113", next: next("nextToken", "nextToken")},
	"elasticloadbalancing": {version: "2015-12-01", next: next("Marker", "NextMarker")},
	"iam":                  {version: "2010-05-08", global: true, next: next("Marker", "Marker")},
	"kms":                  {target: "TrentService", next: next("Marker", "NextMarker")},
	"logs":                 {target: "Logs_20140328", next: next("nextToken", "nextToken")},
	"monitoring":           {version: "2010-08-01", next: next("NextToken", "NextToken")},
	"rds":                  {version: "2014-10-31", next: next("Marker", "Marker")},
	"route53":              {global: true, next: map[string]string{"name": "NextRecordName", "type": "NextRecordType", "identifier": "NextRecordIdentifier"}},
	"s3":                   {},
	"scheduler":            {next: next("NextToken", "NextToken")},
	"secretsmanager":       {target: "secretsmanager", next: next("NextToken", "NextToken")},
	"servicequotas":        {target: "ServiceQuotasV20190624", next: next("NextToken", "NextToken")},
	"sns":                  {version: "2010-03-31"},
	"ssm":                  {target: "AmazonSSM", next: next("NextToken", "NextToken")},
	"sts":                  {version: "2011-06-15"},
	"wafv2":                {target: "AWSWAF_20190729", next: next("NextMarker", "NextMarker")},
}

// Request is a call to be made.
type Request struct {
	// Service by its signing name. Operation of the JSON and query protocols;
	// Method and Path of the REST protocols.
	Service, Operation, Method, Path string
	// Parameters in the operation's own names on the wire: scalars, and in the
	// JSON and query protocols lists and maps. In the REST protocols they are
	// the query.
	Parameters map[string]any
	// Header and Body of the REST protocols.
	Header http.Header
	Body   []byte
}

// Answer is what AWS answered.
type Answer struct {
	Header http.Header
	Body   []byte
	// Value is the body of an answer in JSON or XML, in XML without the
	// elements around the operation's result.
	Value Value
}

// maxAnswer is the largest answer taken, in bytes.
const maxAnswer = 256 << 20

// Do makes a call, several times where AWS asks for that or cannot be reached.
// An error of AWS's is a *Fault.
func (c Client) Do(ctx context.Context, r Request) (*Answer, error) {
	s, ok := services[r.Service]
	if !ok {
		return nil, fmt.Errorf("service %q is not in the table of internal/awsapi", r.Service)
	}
	var retryer aws.Retryer = retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = c.RetryMaxAttempts })
	if c.Retryer != nil {
		retryer = c.Retryer()
	}
	for attempt := 1; ; attempt++ {
		answer, err := c.once(ctx, s, r)
		if err == nil {
			return answer, nil
		}
		err = fmt.Errorf("%s %s: %w", r.Service, cmp.Or(r.Operation, r.Method+" "+r.Path), err)
		if attempt >= retryer.MaxAttempts() || !retryer.IsErrorRetryable(err) {
			return nil, err
		}
		delay, delayErr := retryer.RetryDelay(attempt, err)
		if delayErr != nil {
			return nil, err
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c Client) once(ctx context.Context, s service, r Request) (*Answer, error) {
	request, body, err := c.request(ctx, s, r)
	if err != nil {
		return nil, err
	}
	if err := c.sign(ctx, s, r.Service, request, body); err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return nil, readFault(response, read)
	}
	answer := &Answer{Header: response.Header, Body: read}
	// What S3 holds is not read for its meaning.
	if r.Service == "s3" && len(r.Parameters) == 0 || len(bytes.TrimSpace(read)) == 0 {
		return answer, nil
	}
	answer.Value, err = readValue(read, r.Operation)
	return answer, err
}

func (c Client) request(ctx context.Context, s service, r Request) (*http.Request, []byte, error) {
	base := ""
	c.Region = cmp.Or(s.region, c.Region)
	switch {
	case c.BaseEndpoint != nil:
		base = *c.BaseEndpoint
	case s.global:
		base = "https://" + cmp.Or(s.host, r.Service) + ".amazonaws.com"
	case s.host != "":
		base = "https://" + s.host + "." + c.Region + ".amazonaws.com"
	default:
		base = "https://" + r.Service + "." + c.Region + ".amazonaws.com"
	}
	method, path, header, body := http.MethodPost, "/", http.Header{}, r.Body
	switch {
	case s.target != "" || s.posted:
		header.Set("Content-Type", "application/json")
		if path = r.Path; s.target != "" {
			path = "/"
			header.Set("X-Amz-Target", s.target+"."+r.Operation)
			header.Set("Content-Type", "application/x-amz-json-1.1")
		}
		body = []byte("{}")
		if r.Parameters != nil {
			var err error
			if body, err = json.Marshal(r.Parameters); err != nil {
				return nil, nil, err
			}
		}
	case s.version != "":
		form := url.Values{"Action": {r.Operation}, "Version": {s.version}}
		flattenForm(form, "", r.Parameters)
		header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		body = []byte(form.Encode())
	default:
		query := url.Values{}
		flattenForm(query, "", r.Parameters)
		method, path = r.Method, r.Path
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		maps.Copy(header, r.Header)
	}
	request, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header = header
	return request, body, nil
}

// flattenForm writes parameters as the query protocols do: members by their
// path, those of a list counted from 1.
func flattenForm(form url.Values, name string, value any) {
	within := func(part string) string {
		if name == "" {
			return part
		}
		return name + "." + part
	}
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for member, v := range value {
			flattenForm(form, within(member), v)
		}
	case []any:
		for i, v := range value {
			flattenForm(form, within(strconv.Itoa(i+1)), v)
		}
	default:
		form.Set(name, fmt.Sprint(value))
	}
}

func (c Client) sign(ctx context.Context, s service, name string, request *http.Request, body []byte) error {
	identity, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("AWS credentials: %w", err)
	}
	region := cmp.Or(s.region, c.Region)
	if s.global {
		region = "us-east-1"
	}
	digest := sha256.Sum256(body)
	hash := hex.EncodeToString(digest[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	return v4.NewSigner().SignHTTP(ctx, identity, request, hash, name, region, time.Now(), func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = name == "s3"
	})
}

// All makes a call and those for the pages that follow, and returns the
// members at the path of all answers.
func (c Client) All(ctx context.Context, r Request, path string) ([]Value, error) {
	var out []Value
	r.Parameters = maps.Clone(r.Parameters)
	if r.Parameters == nil {
		r.Parameters = map[string]any{}
	}
	for {
		answer, err := c.Do(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, answer.Value.List(path)...)
		more := false
		for parameter, member := range services[r.Service].next {
			delete(r.Parameters, parameter)
			if value := answer.Value.Text(member); value != "" {
				r.Parameters[parameter], more = value, true
			}
		}
		if !more {
			return out, nil
		}
	}
}
