package localaws

import (
	"fmt"
	"strings"
)

// AWS's own CloudFront policies, with the ids under which every account has them:
// "Use managed cache policies", "Use managed origin request policies" and "Use managed response headers
// policies" in the Amazon CloudFront developer guide.

var managedCachePolicies = map[string]string{
	"4135ea2d-6df8-44a3-9df3-4b5a84be39ad": cachePolicy("Managed-CachingDisabled", "Policy with caching disabled", 0, 0, 0, false, nil, "none", "none"),
	"658327ea-f89d-4fab-a63d-7e88639e58f6": cachePolicy("Managed-CachingOptimized", "Policy with caching enabled. Supports Gzip and Brotli compression.", 1, 86400, 31536000, true, nil, "none", "none"),
	"b2884449-e4de-46a7-ac36-70bc7f1ddd6d": cachePolicy("Managed-CachingOptimizedForUncompressedObjects", "Default policy when compression is disabled", 1, 86400, 31536000, false, nil, "none", "none"),
	"83da9c7e-98b4-4e11-a168-04f0df8e2c65": cachePolicy("UseOriginCacheControlHeaders", "Policy that honors the origin's Cache-Control headers", 0, 0, 31536000, true,
		[]string{"host", "origin", "x-http-method-override", "x-http-method", "x-method-override"}, "all", "none"),
	"4cc15a8a-d715-48a4-82b8-cc0b614638fe": cachePolicy("UseOriginCacheControlHeaders-QueryStrings", "Policy that honors the origin's Cache-Control headers, with query strings in the cache key", 0, 0, 31536000, true,
		[]string{"host", "origin", "x-http-method-override", "x-http-method", "x-method-override"}, "all", "all"),
}

var managedOriginRequestPolicies = map[string]string{
	"216adef6-5c7f-47e4-b989-5492eafa07d3": originRequestPolicy("Managed-AllViewer", "Policy to forward all parameters in viewer requests", "allViewer", nil, "all", "all"),
	"b689b0a8-53d0-40ab-baf2-68738e2966ac": originRequestPolicy("Managed-AllViewerExceptHostHeader", "Policy to forward all parameters in viewer requests except for the Host header", "allExcept", []string{"host"}, "all", "all"),
	"59781a5b-3903-41f3-afcb-af62929ccde1": originRequestPolicy("Managed-CORS-CustomOrigin", "Policy for CORS requests to a custom origin", "whitelist", []string{"origin"}, "none", "none"),
	"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": originRequestPolicy("Managed-CORS-S3Origin", "Policy for S3 origin with CORS", "whitelist", []string{"origin", "access-control-request-headers", "access-control-request-method"}, "none", "none"),
	"acba4595-bd28-49b8-b9fe-13317c0390fa": originRequestPolicy("Managed-UserAgentRefererHeaders", "Policy to forward user-agent and referer headers to origin", "whitelist", []string{"user-agent", "referer"}, "none", "none"),
}

var managedResponseHeadersPolicies = map[string]string{
	"60669652-455b-4ae9-85a4-c4c02393f86c": responseHeadersPolicy("Managed-SimpleCORS", "Allows all origins for simple CORS requests", simpleCORS, ""),
	"5cc3b908-e619-4b99-88e5-2cf7f45965bd": responseHeadersPolicy("Managed-CORS-With-Preflight", "Allows all origins for CORS requests, including preflight requests", preflightCORS, ""),
	"e61eb60c-9c35-4d20-a928-2b84e02af89c": responseHeadersPolicy("Managed-CORS-and-SecurityHeadersPolicy", "Allows all origins for simple CORS requests and adds security headers", simpleCORS, securityHeaders),
	"eaab4381-ed33-4a86-88ca-d9558dc6cd63": responseHeadersPolicy("Managed-CORS-with-preflight-and-SecurityHeadersPolicy", "Allows all origins for CORS requests, including preflight requests, and adds security headers", preflightCORS, securityHeaders),
	"67f7725c-6f97-4210-82d7-5512b31e9d03": responseHeadersPolicy("Managed-SecurityHeadersPolicy", "Adds a set of security headers to every response", "", securityHeaders),
}

const simpleCORS = `<CorsConfig><AccessControlAllowOrigins><Quantity>1</Quantity><Items><Origin>*</Origin></Items></AccessControlAllowOrigins>` +
	`<AccessControlAllowHeaders><Quantity>1</Quantity><Items><Header>*</Header></Items></AccessControlAllowHeaders>` +
	`<AccessControlAllowMethods><Quantity>2</Quantity><Items><Method>GET</Method><Method>HEAD</Method></Items></AccessControlAllowMethods>` +
	`<AccessControlAllowCredentials>false</AccessControlAllowCredentials><OriginOverride>false</OriginOverride></CorsConfig>`

const preflightCORS = `<CorsConfig><AccessControlAllowOrigins><Quantity>1</Quantity><Items><Origin>*</Origin></Items></AccessControlAllowOrigins>` +
	`<AccessControlAllowHeaders><Quantity>1</Quantity><Items><Header>*</Header></Items></AccessControlAllowHeaders>` +
	`<AccessControlAllowMethods><Quantity>7</Quantity><Items><Method>DELETE</Method><Method>GET</Method><Method>HEAD</Method><Method>OPTIONS</Method><Method>PATCH</Method><Method>POST</Method><Method>PUT</Method></Items></AccessControlAllowMethods>` +
	`<AccessControlAllowCredentials>false</AccessControlAllowCredentials>` +
	`<AccessControlExposeHeaders><Quantity>1</Quantity><Items><Header>*</Header></Items></AccessControlExposeHeaders><OriginOverride>false</OriginOverride></CorsConfig>`

const securityHeaders = `<SecurityHeadersConfig><XSSProtection><Override>false</Override><Protection>true</Protection><ModeBlock>true</ModeBlock></XSSProtection>` +
	`<FrameOptions><Override>false</Override><FrameOption>SAMEORIGIN</FrameOption></FrameOptions>` +
	`<ReferrerPolicy><Override>false</Override><ReferrerPolicy>strict-origin-when-cross-origin</ReferrerPolicy></ReferrerPolicy>` +
	`<ContentTypeOptions><Override>true</Override></ContentTypeOptions>` +
	`<StrictTransportSecurity><Override>false</Override><AccessControlMaxAgeSec>31536000</AccessControlMaxAgeSec></StrictTransportSecurity></SecurityHeadersConfig>`

// cachePolicy writes the settings of a cache policy.
func cachePolicy(name, comment string, minTTL, defaultTTL, maxTTL int, compressed bool, headers []string, cookies, queries string) string {
	behavior := "none"
	if len(headers) > 0 {
		behavior = "whitelist"
	}
	return fmt.Sprintf("<Comment>%s</Comment><Name>%s</Name><DefaultTTL>%d</DefaultTTL><MaxTTL>%d</MaxTTL><MinTTL>%d</MinTTL>"+
		"<ParametersInCacheKeyAndForwardedToOrigin><EnableAcceptEncodingGzip>%[6]t</EnableAcceptEncodingGzip><EnableAcceptEncodingBrotli>%[6]t</EnableAcceptEncodingBrotli>%[7]s"+
		"<CookiesConfig><CookieBehavior>%[8]s</CookieBehavior></CookiesConfig><QueryStringsConfig><QueryStringBehavior>%[9]s</QueryStringBehavior></QueryStringsConfig></ParametersInCacheKeyAndForwardedToOrigin>",
		escaped(comment), name, defaultTTL, maxTTL, minTTL, compressed, headersConfig(behavior, headers), cookies, queries)
}

// originRequestPolicy writes the settings of an origin request policy.
func originRequestPolicy(name, comment, behavior string, headers []string, cookies, queries string) string {
	return fmt.Sprintf("<Comment>%s</Comment><Name>%s</Name>%s<CookiesConfig><CookieBehavior>%s</CookieBehavior></CookiesConfig>"+
		"<QueryStringsConfig><QueryStringBehavior>%s</QueryStringBehavior></QueryStringsConfig>",
		escaped(comment), name, headersConfig(behavior, headers), cookies, queries)
}

// responseHeadersPolicy writes the settings of a response headers policy.
func responseHeadersPolicy(name, comment, cors, security string) string {
	return fmt.Sprintf("<Comment>%s</Comment><Name>%s</Name>%s%s", escaped(comment), name, cors, security)
}

func headersConfig(behavior string, headers []string) string {
	items := ""
	if len(headers) > 0 {
		items = fmt.Sprintf("<Headers><Quantity>%d</Quantity><Items><Name>%s</Name></Items></Headers>", len(headers), strings.Join(headers, "</Name><Name>"))
	}
	return "<HeadersConfig><HeaderBehavior>" + behavior + "</HeaderBehavior>" + items + "</HeadersConfig>"
}
