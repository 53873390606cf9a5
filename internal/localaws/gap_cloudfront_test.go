package localaws

import (
	"fmt"
	"strings"
	"testing"
)

const (
	vpcOriginBody = `<CreateVpcOriginRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><VpcOriginEndpointConfig><Arn>arn:aws:elb:lb</Arn><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><Name>%s</Name><OriginProtocolPolicy>https-only</OriginProtocolPolicy></VpcOriginEndpointConfig><Tags><Items><Tag><Key>a</Key><Value>1 &amp; 2</Value></Tag></Items></Tags></CreateVpcOriginRequest>`
)

func TestResponseHeadersPolicy(t *testing.T) {
	b := newBench(t, nil)
	const path = "/2020-05-31/response-headers-policy"
	body := func(name, comment string) string {
		return fmt.Sprintf(`<ResponseHeadersPolicyConfig xmlns="u"><Comment>%[2]s</Comment><Name>%[1]s</Name><CookiesConfig><Name>c</Name></CookiesConfig></ResponseHeadersPolicyConfig>`, name, comment)
	}
	made := b.rest("cloudfront", "POST", path, body("one", "first"))
	b.wantStatus("create", made, 201)
	id, etag := text([]byte(made.body), "Id"), made.header.Get("ETag")
	b.wantContains("create", made.body, "<ResponseHeadersPolicyConfig><Comment>first</Comment><Name>one</Name>")
	b.wantError("the same name again", b.rest("cloudfront", "POST", path, body("one", "")), 409, "ResponseHeadersPolicyAlreadyExists")
	b.wantError("no XML", b.rest("cloudfront", "POST", path, "<"), 400, "MalformedXML")
	read := b.rest("cloudfront", "GET", path+"/"+id, "")
	b.want("get", read.body+read.header.Get("ETag"), made.body+etag)
	b.wantError("get of nothing", b.rest("cloudfront", "GET", path+"/none", ""), 404, "NoSuchResponseHeadersPolicy")

	b.wantError("update without If-Match", b.rest("cloudfront", "PUT", path+"/"+id, body("one", "x")), 400, "InvalidIfMatchVersion")
	b.wantError("update of an old version", b.rest("cloudfront", "PUT", path+"/"+id, body("one", "x"), "If-Match", "EOLD"), 412, "PreconditionFailed")
	changed := b.rest("cloudfront", "PUT", path+"/"+id, body("one", "second"), "If-Match", etag)
	b.wantContains("update", changed.body, "second")
	b.wantContains("list", b.rest("cloudfront", "GET", path, "").body, "<Type>custom</Type><ResponseHeadersPolicy><Id>"+id)
	b.wantError("delete of an old version", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", etag), 412, "PreconditionFailed")
	b.wantStatus("delete", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", changed.header.Get("ETag")), 204)
	b.wantError("get after delete", b.rest("cloudfront", "GET", path+"/"+id, ""), 404, "NoSuchResponseHeadersPolicy")
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
