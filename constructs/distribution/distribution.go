// Package distribution makes CloudFront distributions. It is a part: see package
// constructs for what a part may import.
package distribution

import (
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudfrontdistribution"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudfrontoriginaccesscontrol"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudfrontresponseheaderspolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudfrontvpcorigin"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogdelivery"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogdeliverydestination"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogdeliverysource"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Distribution is the CloudFront distribution in front of an environment: the
// only way in. It reaches the internal load balancer through a VPC origin.
type Distribution struct {
	ID string
	// URL is where users find the application, Host its host name.
	URL, Host string
}

// Props configures a Distribution.
type Props struct {
	// Name of the VPC origin and the security headers; the comment of the
	// distribution, which has no name.
	Name string
	// The origin is an internal load balancer; OriginWay is what must be there
	// before a request reaches it.
	OriginARN, OriginDNSName string
	OriginWay                []cdktf.ITerraformDependable
	WebACLARN                string
	// LogName names the source and the destination of the delivery of the
	// access log, which goes to LogPrefix of LogBucketARN; LogReady must be there
	// before it takes a log.
	LogName, LogBucketARN, LogPrefix string
	LogReady                         []cdktf.ITerraformDependable
	// Pages is where the pages are that it shows in the place of errors.
	Pages Pages
	// CachedPaths are the path patterns that are cached, in the order in which
	// CloudFront compares them; all else is not.
	CachedPaths []string
	// Edge is us-east-1's provider: CloudFront's log delivery lives there.
	Edge cdktf.TerraformProvider
	// All three are "" without a domain.
	Hostname, HostedZoneID, CertificateARN string
}

// Pages is a bucket with what a distribution answers with where the load balancer
// gives one of the codes, or nothing.
type Pages struct {
	// Name of the access to the bucket.
	Name, BucketDomainName string
	// Path of the page, which no request for the application has.
	Path  string
	Codes []int
}

// originKeepaliveSeconds is how long CloudFront keeps an idle connection to the
// load balancer. It is CloudFront's default, and less than the load balancer's
// idle timeout: CloudFront is the first to hang up, so that no request meets a
// connection that is being closed.
const originKeepaliveSeconds = 5

// AWS's managed policies (CloudFront developer guide, "Use managed cache
// policies" and "Use managed origin request policies").
const (
	cachingDisabled           = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	cachingOptimized          = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	hostHeaderOnly            = "bf0718e1-ba1e-49d1-88b1-f726733018ae"
	allViewer                 = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// New makes the distribution, its log and, with a domain, its DNS
// records.
func New(scope cdk.Construct, id string, props Props) *Distribution {
	scope = tf.Group(scope, id)
	hasDomain := props.CertificateARN != ""

	originID, originName, protocol, requestPolicy := "vpc-origin", props.Name, "http-only", allViewerExceptHostHeader
	if hasDomain {
		// The load balancer's certificate is for the viewer's host name, so
		// that header has to reach it. It is another origin: CloudFront changes
		// none that a distribution uses (CloudFront API, UpdateVpcOrigin:
		// CannotUpdateEntityWhileInUse).
		originID, originName, protocol, requestPolicy = "https-vpc-origin", props.Name+"-https", "https-only", allViewer
	}
	origin := cloudfrontvpcorigin.NewCloudfrontVpcOrigin(scope, &originID, &cloudfrontvpcorigin.CloudfrontVpcOriginConfig{
		VpcOriginEndpointConfig: []*cloudfrontvpcorigin.CloudfrontVpcOriginVpcOriginEndpointConfig{{
			Name:                 &originName,
			Arn:                  &props.OriginARN,
			HttpPort:             tf.Number(80),
			HttpsPort:            tf.Number(443),
			OriginProtocolPolicy: &protocol,
			OriginSslProtocols: []*cloudfrontvpcorigin.CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols{{
				Items:    tf.List("TLSv1.2"),
				Quantity: tf.Number(1),
			}},
		}},
		// AWS takes up to 15 minutes, which is the provider's own limit: one
		// that takes longer would be left tainted, and made again (CloudFront
		// developer guide, "Restrict access with VPC origins";
		// terraform-aws-cloudfront #163).
		Timeouts:  &cloudfrontvpcorigin.CloudfrontVpcOriginTimeouts{Create: new("30m"), Update: new("30m"), Delete: new("30m")},
		DependsOn: &props.OriginWay,
		// The distribution leaves the old one before that can go.
		Lifecycle: tf.NewFirst(),
	})
	if !hasDomain {
		compliance.Except(origin, compliance.Exception{
			Rule:    "PW-CFR-05",
			Reason:  "Without a domain the load balancer has no certificate to offer. A VPC origin is reached over AWS's own network, never over the internet.",
			Expires: "2027-09-15",
		})
	}
	headers := newSecurityHeaders(scope, props.Name)

	pages := cloudfrontoriginaccesscontrol.NewCloudfrontOriginAccessControl(scope, new("pages-access"), &cloudfrontoriginaccesscontrol.CloudfrontOriginAccessControlConfig{
		Name:                          &props.Pages.Name,
		Description:                   new("Reads the pages that are shown in the place of errors"),
		OriginAccessControlOriginType: new("s3"),
		SigningBehavior:               new("always"),
		SigningProtocol:               new("sigv4"),
	})

	settings := &cloudfrontdistribution.CloudfrontDistributionConfig{
		Comment:       &props.Name,
		Enabled:       new(true),
		IsIpv6Enabled: new(true),
		HttpVersion:   new("http2and3"),
		PriceClass:    new("PriceClass_100"),
		WebAclId:      &props.WebACLARN,
		Origin: []*cloudfrontdistribution.CloudfrontDistributionOrigin{{
			OriginId:   new("load-balancer"),
			DomainName: &props.OriginDNSName,
			VpcOriginConfig: &cloudfrontdistribution.CloudfrontDistributionOriginVpcOriginConfig{
				VpcOriginId:            origin.Id(),
				OriginReadTimeout:      tf.Number(config.ResponseTimeoutSeconds),
				OriginKeepaliveTimeout: tf.Number(originKeepaliveSeconds),
			},
		}, {
			OriginId:              new("pages"),
			DomainName:            &props.Pages.BucketDomainName,
			OriginAccessControlId: pages.Id(),
		}},
		CustomErrorResponse: errorResponses(props.Pages),
		DefaultCacheBehavior: &cloudfrontdistribution.CloudfrontDistributionDefaultCacheBehavior{
			TargetOriginId:          new("load-balancer"),
			ViewerProtocolPolicy:    new("redirect-to-https"),
			AllowedMethods:          tf.List("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"),
			CachedMethods:           tf.List("GET", "HEAD"),
			Compress:                new(true),
			CachePolicyId:           new(cachingDisabled),
			OriginRequestPolicyId:   &requestPolicy,
			ResponseHeadersPolicyId: headers.Id(),
		},
		Restrictions: &cloudfrontdistribution.CloudfrontDistributionRestrictions{
			GeoRestriction: &cloudfrontdistribution.CloudfrontDistributionRestrictionsGeoRestriction{RestrictionType: new("none")},
		},
		// CloudFront's own certificate; with it the oldest TLS version is
		// CloudFront's to choose.
		ViewerCertificate: &cloudfrontdistribution.CloudfrontDistributionViewerCertificate{CloudfrontDefaultCertificate: new(true)},
	}
	settings.OrderedCacheBehavior = append([]*cloudfrontdistribution.CloudfrontDistributionOrderedCacheBehavior{
		pageBehavior(props.Pages, settings.DefaultCacheBehavior),
	}, cached(props.CachedPaths, settings.DefaultCacheBehavior, hasDomain)...)
	if hasDomain {
		settings.Aliases = tf.List(props.Hostname)
		settings.ViewerCertificate = &cloudfrontdistribution.CloudfrontDistributionViewerCertificate{
			AcmCertificateArn:      &props.CertificateARN,
			MinimumProtocolVersion: new("TLSv1.2_2021"),
			SslSupportMethod:       new("sni-only"),
		}
	}
	distribution := cloudfrontdistribution.NewCloudfrontDistribution(scope, new("distribution"), settings)
	if !hasDomain {
		compliance.Except(distribution, compliance.Exception{
			Rule:    "PW-CFR-02",
			Reason:  "Without a domain there is only CloudFront's own name and certificate, whose oldest TLS version cannot be chosen. Setting a domain in config/user.go ends it.",
			Expires: "2027-08-16",
		})
	}
	newEdgeLog(scope, distribution, props)

	out := &Distribution{ID: *distribution.Id(), Host: *distribution.DomainName()}
	if hasDomain {
		out.Host = props.Hostname
		for _, kind := range []string{"A", "AAAA"} {
			route53record.NewRoute53Record(scope, new("record-"+kind), &route53record.Route53RecordConfig{
				ZoneId: &props.HostedZoneID,
				Name:   &props.Hostname,
				Type:   &kind,
				Alias: &route53record.Route53RecordAlias{
					Name:                 distribution.DomainName(),
					ZoneId:               distribution.HostedZoneId(),
					EvaluateTargetHealth: new(false),
				},
			})
		}
	}
	out.URL = "https://" + out.Host
	return out
}

// cached are the behaviours of the paths that are cached, else like all. Nothing of the viewer
// but the path is passed on, so that no answer for one is kept for another: no
// cookie, neither way (CloudFront developer guide, "Cache content based on
// cookies"), and of the headers the host alone, where the load balancer's
// certificate is for it.
func cached(paths []string, all *cloudfrontdistribution.CloudfrontDistributionDefaultCacheBehavior, hasDomain bool) []*cloudfrontdistribution.CloudfrontDistributionOrderedCacheBehavior {
	var out []*cloudfrontdistribution.CloudfrontDistributionOrderedCacheBehavior
	for _, path := range paths {
		behavior := &cloudfrontdistribution.CloudfrontDistributionOrderedCacheBehavior{
			PathPattern:             &path,
			TargetOriginId:          all.TargetOriginId,
			ViewerProtocolPolicy:    all.ViewerProtocolPolicy,
			AllowedMethods:          tf.List("GET", "HEAD"),
			CachedMethods:           all.CachedMethods,
			Compress:                all.Compress,
			CachePolicyId:           new(cachingOptimized),
			ResponseHeadersPolicyId: all.ResponseHeadersPolicyId,
		}
		if hasDomain {
			behavior.OriginRequestPolicyId = new(hostHeaderOnly)
		}
		out = append(out, behavior)
	}
	return out
}

// pageBehavior takes a page from its bucket, for a second as its Cache-Control is
// no-store and the policy's least is one (CloudFront developer guide, "Use managed
// cache policies").
func pageBehavior(pages Pages, all *cloudfrontdistribution.CloudfrontDistributionDefaultCacheBehavior) *cloudfrontdistribution.CloudfrontDistributionOrderedCacheBehavior {
	return &cloudfrontdistribution.CloudfrontDistributionOrderedCacheBehavior{
		PathPattern:             &pages.Path,
		TargetOriginId:          new("pages"),
		ViewerProtocolPolicy:    all.ViewerProtocolPolicy,
		AllowedMethods:          tf.List("GET", "HEAD"),
		CachedMethods:           all.CachedMethods,
		Compress:                all.Compress,
		CachePolicyId:           new(cachingOptimized),
		ResponseHeadersPolicyId: all.ResponseHeadersPolicyId,
	}
}

// errorResponses show the page, with the code that the error has. CloudFront asks
// again for the next request: one user's error is not another's, and the end of an
// outage is seen at once.
func errorResponses(pages Pages) []*cloudfrontdistribution.CloudfrontDistributionCustomErrorResponse {
	var out []*cloudfrontdistribution.CloudfrontDistributionCustomErrorResponse
	for _, code := range pages.Codes {
		out = append(out, &cloudfrontdistribution.CloudfrontDistributionCustomErrorResponse{
			ErrorCode:          tf.Number(code),
			ResponseCode:       tf.Number(code),
			ResponsePagePath:   &pages.Path,
			ErrorCachingMinTtl: tf.Number(0),
		})
	}
	return out
}

func newSecurityHeaders(scope cdk.Construct, name string) cloudfrontresponseheaderspolicy.CloudfrontResponseHeadersPolicy {
	return cloudfrontresponseheaderspolicy.NewCloudfrontResponseHeadersPolicy(scope, new("security-headers"), &cloudfrontresponseheaderspolicy.CloudfrontResponseHeadersPolicyConfig{
		Name:    &name,
		Comment: new("Security headers that the application does not set itself"),
		SecurityHeadersConfig: &cloudfrontresponseheaderspolicy.CloudfrontResponseHeadersPolicySecurityHeadersConfig{
			// Two years, as the preload list asks (hstspreload.org).
			StrictTransportSecurity: &cloudfrontresponseheaderspolicy.CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity{
				AccessControlMaxAgeSec: tf.Number(63072000),
				IncludeSubdomains:      new(true),
				Preload:                new(true),
				Override:               new(true),
			},
			ContentTypeOptions: &cloudfrontresponseheaderspolicy.CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions{Override: new(true)},
			FrameOptions: &cloudfrontresponseheaderspolicy.CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions{
				FrameOption: new("DENY"),
				Override:    new(false),
			},
			ReferrerPolicy: &cloudfrontresponseheaderspolicy.CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy{
				ReferrerPolicy: new("strict-origin-when-cross-origin"),
				Override:       new(false),
			},
		},
	})
}

// newEdgeLog delivers CloudFront's access log to the log bucket by CloudWatch's
// log delivery (standard logging v2), which unlike the first version needs no
// ACL on the bucket.
func newEdgeLog(scope cdk.Construct, distribution cloudfrontdistribution.CloudfrontDistribution, props Props) {
	source := cloudwatchlogdeliverysource.NewCloudwatchLogDeliverySource(scope, new("log-source"), &cloudwatchlogdeliverysource.CloudwatchLogDeliverySourceConfig{
		Name:        &props.LogName,
		LogType:     new("ACCESS_LOGS"),
		ResourceArn: distribution.Arn(),
		Provider:    props.Edge,
	})
	destination := cloudwatchlogdeliverydestination.NewCloudwatchLogDeliveryDestination(scope, new("log-destination"), &cloudwatchlogdeliverydestination.CloudwatchLogDeliveryDestinationConfig{
		Name:         &props.LogName,
		OutputFormat: new("json"),
		DeliveryDestinationConfiguration: []*cloudwatchlogdeliverydestination.CloudwatchLogDeliveryDestinationDeliveryDestinationConfiguration{{
			DestinationResourceArn: new(props.LogBucketARN + "/" + strings.TrimSuffix(props.LogPrefix, "/")),
		}},
		Provider:  props.Edge,
		DependsOn: &props.LogReady,
	})
	cloudwatchlogdelivery.NewCloudwatchLogDelivery(scope, new("log-delivery"), &cloudwatchlogdelivery.CloudwatchLogDeliveryConfig{
		DeliverySourceName:     source.Name(),
		DeliveryDestinationArn: destination.Arn(),
		Provider:               props.Edge,
	})
}
