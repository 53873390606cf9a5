package localaws

import (
	"fmt"
	"strings"
	"testing"
)

const (
	vpcOriginBody = `<CreateVpcOriginRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><VpcOriginEndpointConfig><Arn>arn:aws:elb:lb</Arn><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><Name>%s</Name><OriginProtocolPolicy>https-only</OriginProtocolPolicy></VpcOriginEndpointConfig><Tags><Items><Tag><Key>a</Key><Value>1 &amp; 2</Value></Tag></Items></Tags></CreateVpcOriginRequest>`
	// As the Go SDK writes it: the cookie's Name comes before the policy's own.
	originPolicyBody = `<OriginRequestPolicyConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CookiesConfig><CookieBehavior>whitelist</CookieBehavior><Cookies><Quantity>1</Quantity><Items><Name>session</Name></Items></Cookies></CookiesConfig><HeadersConfig><HeaderBehavior>none</HeaderBehavior></HeadersConfig><Name>%s</Name><QueryStringsConfig><QueryStringBehavior>all</QueryStringBehavior></QueryStringsConfig></OriginRequestPolicyConfig>`
)

func TestCloudFrontPolicies(t *testing.T) {
	for _, p := range policyKinds {
		t.Run(p.element, func(t *testing.T) {
			b := newBench(t, nil)
			path := "/2020-05-31/" + p.path
			body := func(name, comment string) string {
				return fmt.Sprintf(`<%[1]s xmlns="u"><Comment>%[3]s</Comment><Name>%[2]s</Name></%[1]s>`, p.config(), name, comment)
			}
			made := b.rest("cloudfront", "POST", path, body("one", "first"))
			b.wantStatus("create", made, 201)
			id, etag := text([]byte(made.body), "Id"), made.header.Get("ETag")
			b.wantContains("create", made.body, "<"+p.config()+"><Comment>first</Comment><Name>one</Name></"+p.config()+">")
			b.wantError("the same name again", b.rest("cloudfront", "POST", path, body("one", "")), 409, p.element+"AlreadyExists")
			b.wantError("no name", b.rest("cloudfront", "POST", path, body("", "")), 400, "InvalidArgument")
			b.wantError("no XML", b.rest("cloudfront", "POST", path, "<"), 400, "MalformedXML")

			read := b.rest("cloudfront", "GET", path+"/"+id, "")
			b.want("get", read.body, made.body)
			b.want("get's version", read.header.Get("ETag"), etag)
			b.wantContains("get config", b.rest("cloudfront", "GET", path+"/"+id+"/config", "").body, "<"+p.config()+"><Comment>first</Comment>")
			b.wantError("get of nothing", b.rest("cloudfront", "GET", path+"/none", ""), 404, "NoSuch"+p.element)

			b.wantError("update without If-Match", b.rest("cloudfront", "PUT", path+"/"+id, body("one", "x")), 400, "InvalidIfMatchVersion")
			b.wantError("update of an old version", b.rest("cloudfront", "PUT", path+"/"+id, body("one", "x"), "If-Match", "EOLD"), 412, "PreconditionFailed")
			changed := b.rest("cloudfront", "PUT", path+"/"+id, body("one", "second"), "If-Match", etag)
			b.wantStatus("update", changed, 200)
			b.wantContains("update", changed.body, "second")
			if next := changed.header.Get("ETag"); next == etag || next == "" {
				t.Errorf("the version did not change: %q", next)
			}

			list := b.rest("cloudfront", "GET", path, "").body
			b.wantContains("list", list, "<Type>custom</Type><"+p.element+"><Id>"+id)
			b.want("listed", len(findElements([]byte(list), p.element+"Summary")), len(p.managed)+1)
			b.want("managed only", len(findElements([]byte(b.rest("cloudfront", "GET", path+"?Type=managed", "").body), p.element+"Summary")), len(p.managed))
			b.want("custom only", len(findElements([]byte(b.rest("cloudfront", "GET", path+"?Type=custom", "").body), p.element+"Summary")), 1)

			b.wantError("delete of an old version", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", etag), 412, "PreconditionFailed")
			b.wantStatus("delete", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", changed.header.Get("ETag")), 204)
			b.wantError("get after delete", b.rest("cloudfront", "GET", path+"/"+id, ""), 404, "NoSuch"+p.element)

			for id, config := range p.managed {
				managed := b.rest("cloudfront", "GET", path+"/"+id, "")
				b.wantStatus("managed "+id, managed, 200)
				b.wantContains("managed "+id, managed.body, "<Name>"+child(config, "Name")+"</Name>")
				if err := wellFormed([]byte(managed.body)); err != nil {
					t.Errorf("managed %s: %v", id, err)
				}
				b.wantError("update of a managed one", b.rest("cloudfront", "PUT", path+"/"+id, body("x", ""), "If-Match", managed.header.Get("ETag")), 400, "IllegalUpdate")
				b.wantError("delete of a managed one", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", managed.header.Get("ETag")), 400, "IllegalDelete")
			}
		})
	}
}

func TestPolicyNameIsItsOwn(t *testing.T) {
	b := newBench(t, nil)
	const path = "/2020-05-31/origin-request-policy"
	b.wantStatus("one", b.rest("cloudfront", "POST", path, fmt.Sprintf(originPolicyBody, "one")), 201)
	b.wantStatus("another with the same cookie", b.rest("cloudfront", "POST", path, fmt.Sprintf(originPolicyBody, "two")), 201)
	b.wantError("the same name", b.rest("cloudfront", "POST", path, fmt.Sprintf(originPolicyBody, "two")), 409, "OriginRequestPolicyAlreadyExists")
}

func TestVPCOrigin(t *testing.T) {
	b := newBench(t, map[string]string{"GET /2020-05-31/tagging?Resource=arn:aws:cloudfront::1:distribution/D": "<Tags>moto's</Tags>"})
	const path = "/2020-05-31/vpc-origin"
	made := b.rest("cloudfront", "POST", path, fmt.Sprintf(vpcOriginBody, "o"))
	b.wantStatus("create", made, 202)
	id, arn, etag := text([]byte(made.body), "Id"), text([]byte(made.body), "Arn"), made.header.Get("ETag")
	b.want("arn", arn, "arn:aws:cloudfront::123456789012:vpcorigin/"+id)
	b.wantContains("deployed at once", made.body, "<Status>Deployed</Status>")
	b.wantError("without a name", b.rest("cloudfront", "POST", path, fmt.Sprintf(vpcOriginBody, "")), 400, "InvalidArgument")

	read := b.rest("cloudfront", "GET", path+"/"+id, "")
	b.want("get", read.body, made.body)
	b.wantContains("list", b.rest("cloudfront", "GET", path, "").body, "<Name>o</Name>")
	b.wantError("get of nothing", b.rest("cloudfront", "GET", path+"/none", ""), 404, "EntityNotFound")

	tags := func() string {
		return b.rest("cloudfront", "GET", "/2020-05-31/tagging?Resource="+arn, "").body
	}
	b.wantContains("tags", tags(), "<Tag><Key>a</Key><Value>1 &amp; 2</Value></Tag>")
	b.wantStatus("tag", b.rest("cloudfront", "POST", "/2020-05-31/tagging?Operation=Tag&Resource="+arn, "<Tags><Items><Tag><Key>b</Key><Value>3</Value></Tag></Items></Tags>"), 204)
	b.wantContains("tags", tags(), "<Key>b</Key>")
	b.wantStatus("untag", b.rest("cloudfront", "POST", "/2020-05-31/tagging?Operation=Untag&Resource="+arn, "<TagKeys><Items><Key>a</Key></Items></TagKeys>"), 204)
	b.wantNotContains("tags", tags(), "<Key>a</Key>")
	b.wantError("some other operation", b.rest("cloudfront", "POST", "/2020-05-31/tagging?Operation=X&Resource="+arn, ""), 400, "InvalidArgument")
	b.want("tags of a distribution", b.rest("cloudfront", "GET", "/2020-05-31/tagging?Resource=arn:aws:cloudfront::1:distribution/D", "").body, "<Tags>moto's</Tags>")

	changed := b.rest("cloudfront", "PUT", path+"/"+id, strings.ReplaceAll(fmt.Sprintf(vpcOriginBody, "p"), "CreateVpcOriginRequest", "UpdateVpcOriginRequest"), "If-Match", etag)
	b.wantStatus("update", changed, 202)
	b.want("arn after update", text([]byte(changed.body), "Arn"), arn)
	b.wantContains("update", changed.body, "<Name>p</Name>")
	b.wantError("delete of an old version", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", etag), 412, "PreconditionFailed")
	b.wantStatus("delete", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", changed.header.Get("ETag")), 202)
	b.wantError("get after delete", b.rest("cloudfront", "GET", path+"/"+id, ""), 404, "EntityNotFound")
	b.wantError("tags after delete", b.rest("cloudfront", "GET", "/2020-05-31/tagging?Resource="+arn, ""), 404, "NoSuchResource")
}

func TestDistribution(t *testing.T) {
	const motosAnswer = `<Distribution xmlns="u"><Id>D1</Id><Status>Deployed</Status><LastModifiedTime>2021</LastModifiedTime><DistributionConfig><Comment>little</Comment></DistributionConfig></Distribution>`
	b := newBench(t, map[string]string{
		"POST /2020-05-31/distribution?WithTags=":   motosAnswer,
		"GET /2020-05-31/distribution/D1":           motosAnswer,
		"GET /2020-05-31/distribution/D1/config":    `<DistributionConfig xmlns="u"><Comment>little</Comment></DistributionConfig>`,
		"PUT /2020-05-31/distribution/D1/config":    motosAnswer,
		"DELETE /2020-05-31/distribution/D1":        "",
		"GET /2020-05-31/distribution/of-moto-only": motosAnswer,
	})
	const path = "/2020-05-31/distribution"
	vpcOrigin := b.rest("cloudfront", "POST", "/2020-05-31/vpc-origin", fmt.Sprintf(vpcOriginBody, "o"))
	origin := text([]byte(vpcOrigin.body), "Id")
	config := func(enabled string) string {
		return `<Comment>much</Comment><DefaultCacheBehavior><TrustedSigners><Enabled>false</Enabled></TrustedSigners></DefaultCacheBehavior><Enabled>` + enabled + `</Enabled><Origins><Items><Origin><VpcOriginConfig><VpcOriginId>` + origin + `</VpcOriginId></VpcOriginConfig></Origin></Items></Origins>`
	}
	made := b.rest("cloudfront", "POST", path+"?WithTags=", `<DistributionConfigWithTags xmlns="u"><DistributionConfig>`+config("true")+`</DistributionConfig></DistributionConfigWithTags>`)
	b.wantStatus("create", made, 200)
	for what, r := range map[string]reply{"create": made, "get": b.rest("cloudfront", "GET", path+"/D1", ""), "get config": b.rest("cloudfront", "GET", path+"/D1/config", "")} {
		b.wantContains(what, r.body, config("true"))
		b.wantNotContains(what, r.body, "little")
		b.wantContains(what+" fills in", r.body, "<OriginGroups><Quantity>0</Quantity></OriginGroups>")
		b.want(what+" version", r.header.Get("ETag"), made.header.Get("ETag"))
	}
	b.wantContains("one that only moto knows", b.rest("cloudfront", "GET", path+"/of-moto-only", "").body, "little")

	const subscription = "/2020-05-31/distributions/D1/monitoring-subscription"
	const subscribed = "<MonitoringSubscription><RealtimeMetricsSubscriptionConfig><RealtimeMetricsSubscriptionStatus>Enabled</RealtimeMetricsSubscriptionStatus></RealtimeMetricsSubscriptionConfig></MonitoringSubscription>"
	b.wantError("subscription before", b.rest("cloudfront", "GET", subscription, ""), 404, "NoSuchMonitoringSubscription")
	b.wantStatus("subscribe", b.rest("cloudfront", "POST", subscription, subscribed), 200)
	b.wantContains("subscription", b.rest("cloudfront", "GET", subscription, "").body, subscribed)
	b.wantStatus("unsubscribe", b.rest("cloudfront", "DELETE", subscription, ""), 200)
	b.wantError("unsubscribe again", b.rest("cloudfront", "DELETE", subscription, ""), 404, "NoSuchMonitoringSubscription")
	b.wantError("subscribe for nothing", b.rest("cloudfront", "POST", "/2020-05-31/distributions/none/monitoring-subscription", subscribed), 404, "NoSuchDistribution")

	b.wantError("delete of the origin in use", b.rest("cloudfront", "DELETE", "/2020-05-31/vpc-origin/"+origin, "", "If-Match", vpcOrigin.header.Get("ETag")), 409, "CannotDeleteEntityWhileInUse")
	b.wantError("delete while enabled", b.rest("cloudfront", "DELETE", path+"/D1", "", "If-Match", made.header.Get("ETag")), 409, "DistributionNotDisabled")
	b.wantError("update of an old version", b.rest("cloudfront", "PUT", path+"/D1/config", "<DistributionConfig>"+config("false")+"</DistributionConfig>", "If-Match", "EOLD"), 412, "PreconditionFailed")
	changed := b.rest("cloudfront", "PUT", path+"/D1/config", `<DistributionConfig xmlns="u">`+config("false")+"</DistributionConfig>", "If-Match", made.header.Get("ETag"))
	b.wantStatus("update", changed, 200)
	b.wantContains("update", b.rest("cloudfront", "GET", path+"/D1", "").body, config("false"))
	b.wantStatus("delete", b.rest("cloudfront", "DELETE", path+"/D1", "", "If-Match", changed.header.Get("ETag")), 200)
	b.wantStatus("delete of the origin, free now", b.rest("cloudfront", "DELETE", "/2020-05-31/vpc-origin/"+origin, "", "If-Match", vpcOrigin.header.Get("ETag")), 202)
	b.wantError("update after delete", b.rest("cloudfront", "PUT", path+"/D1/config", "<x/>", "If-Match", "E"), 404, "NoSuchDistribution")
}

func TestDistributionThatMotoRefusesIsNotRemembered(t *testing.T) {
	b := newBench(t, map[string]string{"POST /2020-05-31/distribution": "<ErrorResponse/>"})
	b.moto.status["POST /2020-05-31/distribution"] = 409
	b.wantStatus("create", b.rest("cloudfront", "POST", "/2020-05-31/distribution", "<DistributionConfig><Comment>x</Comment></DistributionConfig>"), 409)
	b.wantError("update", b.rest("cloudfront", "PUT", "/2020-05-31/distribution/D1/config", "<x/>"), 404, "NoSuchDistribution")
}
