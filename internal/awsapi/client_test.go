package awsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// answering is a client of a server that answers with one text after the other,
// a status and a body each, and notes what it was asked.
func answering(t *testing.T, answers ...string) (Client, *[]string) {
	t.Helper()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		service, region := Scope(r)
		asked = append(asked, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s %s", service, region, r.Method, r.URL, Target(r), body)))
		if len(answers) == 0 {
			t.Error("asked once too often")
			return
		}
		status, text := 200, answers[0]
		if before, after, ok := strings.Cut(answers[0], " "); ok && len(before) == 3 {
			fmt.Sscan(before, &status)
			text = after
		}
		answers = answers[1:]
		w.WriteHeader(status)
		io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	client, err := Connect(t.Context(), "eu-central-1", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 50 * time.Millisecond })
	}
	return client, &asked
}

func TestDo(t *testing.T) {
	for name, test := range map[string]struct {
		request     Request
		answer      string
		asked       string
		path, value string
	}{
		"JSON": {Request{Service: "kms", Operation: "DescribeKey", Parameters: map[string]any{"KeyId": "k"}}, `{"KeyMetadata":{"Enabled":true,"N":12345678}}`,
			`kms eu-central-1 POST / DescribeKey {"KeyId":"k"}`, "KeyMetadata.N", "12345678"},
		"JSON without parameters": {Request{Service: "ecs", Operation: "ListClusters"}, `{"clusterArns":["a","b"]}`, `ecs eu-central-1 POST / ListClusters {}`, "clusterArns.1", "b"},
		"query": {Request{Service: "iam", Operation: "GetRole", Parameters: map[string]any{"RoleName": "r"}},
			"<GetRoleResponse><GetRoleResult><Role><Arn>a</Arn></Role></GetRoleResult></GetRoleResponse>", "iam us-east-1 POST /  Action=GetRole&RoleName=r&Version=2010-05-08", "Role.Arn", "a"},
		"query with a list": {Request{Service: "ec2", Operation: "DescribeVpcs", Parameters: map[string]any{"Filter": []any{map[string]any{"Name": "tag:a", "Value": []any{"b", "c"}}}}},
			"<DescribeVpcsResponse><vpcSet><item><vpcId>v</vpcId></item><item><vpcId>w</vpcId></item></vpcSet></DescribeVpcsResponse>",
			"ec2 eu-central-1 POST /  Action=DescribeVpcs&Filter.1.Name=tag%3Aa&Filter.1.Value.1=b&Filter.1.Value.2=c&Version=2016-11-15", "vpcSet.item.1.vpcId", "w"},
		"REST": {Request{Service: "route53", Method: "GET", Path: "/2013-04-01/hostedzone/Z/rrset", Parameters: map[string]any{"name": "a b"}}, "<R><A>x</A></R>",
			"route53 us-east-1 GET /2013-04-01/hostedzone/Z/rrset?name=a%20b", "A", "x"},
		"an object": {Request{Service: "s3", Method: "GET", Path: "/b/k"}, "<not read", "s3 eu-central-1 GET /b/k", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			client, asked := answering(t, test.answer)
			answer, err := client.Do(t.Context(), test.request)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(*asked, []string{test.asked}) {
				t.Errorf("asked\n%q, want\n%q", *asked, test.asked)
			}
			if got := answer.Value.Text(test.path); got != test.value || string(answer.Body) != test.answer {
				t.Errorf("%q is %q in %s", test.path, got, answer.Body)
			}
		})
	}
}

func TestFaultsAndRetries(t *testing.T) {
	const throttled, denied = `400 {"__type":"ThrottlingException","message":"slow"}`, `400 {"__type":"AccessDeniedException","message":"no right"}`
	for name, test := range map[string]struct {
		answers []string
		fault   string
	}{
		"throttled once":         {[]string{throttled, "{}"}, ""},
		"an error of the server": {[]string{"500 ", "{}"}, ""},
		"throttled for good":     {[]string{throttled, throttled, throttled}, "ecs ListClusters: ThrottlingException: slow"},
		"denied":                 {[]string{denied}, "ecs ListClusters: AccessDeniedException: no right"},
		"no JSON":                {[]string{"{"}, "ecs ListClusters: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			client, asked := answering(t, test.answers...)
			_, err := client.Do(t.Context(), Request{Service: "ecs", Operation: "ListClusters"})
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || err.Error() != test.fault) {
				t.Errorf("got %v, want %q", err, test.fault)
			}
			if len(*asked) != len(test.answers) {
				t.Errorf("asked %d times, want %d", len(*asked), len(test.answers))
			}
		})
	}
	t.Run("in XML", func(t *testing.T) {
		client, _ := answering(t, "403 <ErrorResponse><Error><Code>AccessDenied</Code><Message>no right</Message></Error></ErrorResponse>")
		_, err := client.Do(t.Context(), Request{Service: "iam", Operation: "ListRoles"})
		var fault *Fault
		if !errors.As(err, &fault) || *fault != (Fault{403, "AccessDenied", "no right"}) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("cancelled while it waits", func(t *testing.T) {
		client, _ := answering(t, throttled, throttled, throttled)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if _, err := client.Do(ctx, Request{Service: "ecs", Operation: "ListClusters"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an unknown service", func(t *testing.T) {
		client, _ := answering(t)
		if _, err := client.Do(t.Context(), Request{Service: "sqs", Operation: "ListQueues"}); err == nil {
			t.Error("no error")
		}
	})
}

func TestAll(t *testing.T) {
	client, asked := answering(t,
		"<R><ResourceRecordSets><ResourceRecordSet><Name>a</Name></ResourceRecordSet></ResourceRecordSets><NextRecordName>b</NextRecordName><NextRecordType>A</NextRecordType></R>",
		"<R><ResourceRecordSets><ResourceRecordSet><Name>b</Name></ResourceRecordSet><ResourceRecordSet><Name>c</Name></ResourceRecordSet></ResourceRecordSets></R>")
	parameters := map[string]any{}
	all, err := client.All(t.Context(), Request{Service: "route53", Method: "GET", Path: "/z", Parameters: parameters}, "ResourceRecordSets.ResourceRecordSet")
	if err != nil || len(all) != 3 || all[2].Text("Name") != "c" {
		t.Errorf("%v, %v", all, err)
	}
	if want := []string{"route53 us-east-1 GET /z", "route53 us-east-1 GET /z?name=b&type=A"}; !slices.Equal(*asked, want) {
		t.Errorf("asked %q, want %q", *asked, want)
	}
	if len(parameters) > 0 {
		t.Errorf("the caller's parameters became %v", parameters)
	}
}

// Without an emulator, each service has a host of AWS's, and every call a
// signature for it.
func TestHosts(t *testing.T) {
	for service, want := range map[string]string{
		"ec2": "ec2.eu-central-1.amazonaws.com", "ecr": "api.ecr.eu-central-1.amazonaws.com", "iam": "iam.amazonaws.com",
		"cloudfront": "cloudfront.amazonaws.com", "s3": "s3.eu-central-1.amazonaws.com",
		"budgets": "budgets.amazonaws.com", "ce": "ce.us-east-1.amazonaws.com",
	} {
		client, _ := answering(t)
		client.BaseEndpoint = nil
		request, body, err := client.request(t.Context(), services[service], Request{Service: service, Operation: "X", Method: "GET", Path: "/x"})
		if err != nil || request.URL.Host != want || request.URL.Scheme != "https" {
			t.Errorf("%s: %v, %v; want %s", service, request.URL, err, want)
			continue
		}
		if err := client.sign(t.Context(), services[service], service, request, body); err != nil {
			t.Error(err)
		}
		signed, region := Scope(request)
		if wantRegion := map[bool]string{true: "us-east-1", false: "eu-central-1"}[services[service].global]; signed != service || region != wantRegion {
			t.Errorf("%s: signed for %s in %s", service, signed, region)
		}
	}
}
