package localaws

import (
	"fmt"
	"testing"
)

const (
	cloudFrontSpace = `xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"`
	vpcOriginConfig = `<Arn>arn:aws:elb:lb</Arn><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><Name>%s</Name><OriginProtocolPolicy>https-only</OriginProtocolPolicy>`
	vpcOriginBody   = `<CreateVpcOriginRequest ` + cloudFrontSpace + `><VpcOriginEndpointConfig>` + vpcOriginConfig + `</VpcOriginEndpointConfig><Tags><Items><Tag><Key>a</Key><Value>1 + 2</Value></Tag></Items></Tags></CreateVpcOriginRequest>`
	vpcOriginChange = `<VpcOriginEndpointConfig ` + cloudFrontSpace + `>` + vpcOriginConfig + `</VpcOriginEndpointConfig>`
)

func TestResponseHeadersPolicy(t *testing.T) {
	b := newRealBench(t)
	const path = "/2020-05-31/response-headers-policy"
	body := func(name, comment string) string {
		return fmt.Sprintf(`<ResponseHeadersPolicyConfig %s><Comment>%s</Comment><Name>%s</Name><RemoveHeadersConfig><Quantity>1</Quantity><Items><ResponseHeadersPolicyRemoveHeader><Header>h</Header></ResponseHeadersPolicyRemoveHeader></Items></RemoveHeadersConfig></ResponseHeadersPolicyConfig>`, cloudFrontSpace, comment, name)
	}
	made := b.rest("cloudfront", "POST", path, body("one", "first"))
	b.wantStatus("create", made, 201)
	id, etag := text([]byte(made.body), "Id"), made.header.Get("ETag")
	b.wantContains("create", made.body, "<ResponseHeadersPolicyConfig><Comment>first</Comment><Name>one</Name>")
	b.wantContains("create", made.body, "<Header>h</Header>")
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
	b := newRealBench(t)
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

	tagging := func(method, operation, body string) reply {
		return b.rest("cloudfront", method, "/2020-05-31/tagging?"+operation+"Resource="+arn, body)
	}
	b.wantContains("tags", tagging("GET", "", "").body, "<Tag><Key>a</Key><Value>1 + 2</Value></Tag>")
	b.wantStatus("tag", tagging("POST", "Operation=Tag&", "<Tags "+cloudFrontSpace+"><Items><Tag><Key>b</Key><Value>3</Value></Tag></Items></Tags>"), 204)
	b.wantContains("tags", tagging("GET", "", "").body, "<Key>b</Key>")
	b.wantStatus("untag", tagging("POST", "Operation=Untag&", "<TagKeys "+cloudFrontSpace+"><Items><Key>a</Key></Items></TagKeys>"), 204)
	b.wantNotContains("tags", tagging("GET", "", "").body, "<Key>a</Key>")

	changed := b.rest("cloudfront", "PUT", path+"/"+id, fmt.Sprintf(vpcOriginChange, "p"), "If-Match", etag)
	b.wantStatus("update", changed, 202)
	b.want("arn after update", text([]byte(changed.body), "Arn"), arn)
	b.wantContains("update", changed.body, "<Name>p</Name>")
	b.wantError("delete of an old version", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", etag), 412, "PreconditionFailed")
	b.wantStatus("delete", b.rest("cloudfront", "DELETE", path+"/"+id, "", "If-Match", changed.header.Get("ETag")), 202)
	b.wantError("get after delete", b.rest("cloudfront", "GET", path+"/"+id, ""), 404, "EntityNotFound")
	b.wantError("tags after delete", tagging("GET", "", ""), 404, "NoSuchResource")
}

func TestDistribution(t *testing.T) {
	b := newRealBench(t)
	const path = "/2020-05-31/distribution"
	vpcOrigin := b.rest("cloudfront", "POST", "/2020-05-31/vpc-origin", fmt.Sprintf(vpcOriginBody, "o"))
	origin := text([]byte(vpcOrigin.body), "Id")
	config := func(enabled string) string {
		return `<CallerReference>c</CallerReference><Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>a.example.com</DomainName><VpcOriginConfig><VpcOriginId>` + origin + `</VpcOriginId></VpcOriginConfig></Origin></Items></Origins>` +
			`<DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><TrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy><GrpcConfig><Enabled>true</Enabled></GrpcConfig><CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId></DefaultCacheBehavior>` +
			`<Comment>much</Comment><Enabled>` + enabled + `</Enabled>`
	}
	body := func(enabled string) string {
		return `<DistributionConfig ` + cloudFrontSpace + `>` + config(enabled) + `</DistributionConfig>`
	}
	made := b.rest("cloudfront", "POST", path+"?WithTags=", `<DistributionConfigWithTags `+cloudFrontSpace+`><DistributionConfig>`+config("true")+`</DistributionConfig><Tags><Items><Tag><Key>k</Key><Value>v</Value></Tag></Items></Tags></DistributionConfigWithTags>`)
	b.wantStatus("create", made, 201)
	one := path + "/" + text([]byte(made.body), "Id")
	b.wantContains("deployed", b.rest("cloudfront", "GET", one, "").body, "<Status>Deployed</Status>")
	for what, r := range map[string]reply{"create": made, "get": b.rest("cloudfront", "GET", one, ""), "get config": b.rest("cloudfront", "GET", one+"/config", "")} {
		for _, written := range []string{"<VpcOriginId>" + origin + "</VpcOriginId>", "<GrpcConfig><Enabled>true</Enabled></GrpcConfig>", "<TrustedSigners><Enabled>false</Enabled>", "<Comment>much</Comment>"} {
			b.wantContains(what, r.body, written)
		}
		b.wantNotContains(what, r.body, "<MinTTL>")
		for _, filled := range []string{"Aliases", "OriginGroups", "CacheBehaviors", "CustomErrorResponses"} {
			b.wantContains(what+" fills in", r.body, "<"+filled+"><Quantity>0</Quantity></"+filled+">")
		}
		b.want(what+" version", r.header.Get("ETag"), made.header.Get("ETag"))
	}
	b.wantContains("tags of a distribution", b.rest("cloudfront", "GET", "/2020-05-31/tagging?Resource="+text([]byte(made.body), "ARN"), "").body, "<Tag><Key>k</Key><Value>v</Value></Tag>")

	b.wantError("delete of the origin in use", b.rest("cloudfront", "DELETE", "/2020-05-31/vpc-origin/"+origin, "", "If-Match", vpcOrigin.header.Get("ETag")), 409, "CannotDeleteEntityWhileInUse")
	b.wantError("delete while enabled", b.rest("cloudfront", "DELETE", one, "", "If-Match", made.header.Get("ETag")), 409, "DistributionNotDisabled")
	b.wantError("update of an old version", b.rest("cloudfront", "PUT", one+"/config", body("false"), "If-Match", "EOLD"), 412, "PreconditionFailed")
	changed := b.rest("cloudfront", "PUT", one+"/config", body("false"), "If-Match", made.header.Get("ETag"))
	b.wantStatus("update", changed, 200)
	if changed.header.Get("ETag") == made.header.Get("ETag") {
		t.Error("the version after an update is the one before")
	}
	b.wantContains("update", b.rest("cloudfront", "GET", one, "").body, "<PriceClass>PriceClass_All</PriceClass><Enabled>false</Enabled>")
	b.wantStatus("delete", b.rest("cloudfront", "DELETE", one, "", "If-Match", changed.header.Get("ETag")), 204)
	b.wantStatus("delete of the origin, free now", b.rest("cloudfront", "DELETE", "/2020-05-31/vpc-origin/"+origin, "", "If-Match", vpcOrigin.header.Get("ETag")), 202)
	b.wantError("get after delete", b.rest("cloudfront", "GET", one, ""), 404, "NoSuchDistribution")
	b.wantError("update after delete", b.rest("cloudfront", "PUT", one+"/config", body("false"), "If-Match", "E"), 404, "NoSuchDistribution")
}
