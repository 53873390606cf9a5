package existing

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"github.com/paperwurks/infra/config"
)

func edgeKinds() map[string]Kind {
	return map[string]Kind{
		// CloudFront knows no names of distributions; the comment is ours.
		"aws_cloudfront_distribution":            {Key: []string{"comment"}, List: listDistributions},
		"aws_cloudfront_response_headers_policy": {Key: []string{"name"}, List: listHeadersPolicies},
		"aws_cloudfront_vpc_origin":              {Key: []string{"vpc_origin_endpoint_config.0.name"}, List: listVPCOrigins},
		"aws_wafv2_web_acl": {Key: []string{"name", "scope"}, List: listWebACLs, ImportID: func(v Values) string {
			return webACLID(v.text("id"), v.text("name"), v.text("scope"))
		}},
		"aws_acm_certificate": {Key: []string{"domain_name"}, List: listCertificates},
		"aws_route53_record": {Key: []string{"zone_id", "name", "type"}, List: listRecords, ImportID: func(v Values) string {
			return recordID(v.text("zone_id"), v.text("name"), v.text("type"))
		}},
	}
}

func listDistributions(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	pages := cloudfront.NewListDistributionsPaginator(cloudfront.NewFromConfig(a.Config), &cloudfront.ListDistributionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, d := range page.DistributionList.Items {
			if a.project(*d.Comment) {
				found = append(found, Object{ID: *d.Id, Key: *d.Comment})
			}
		}
	}
	return found, nil
}

func listHeadersPolicies(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	client := cloudfront.NewFromConfig(a.Config)
	ask := &cloudfront.ListResponseHeadersPoliciesInput{Type: cloudfronttypes.ResponseHeadersPolicyTypeCustom}
	for {
		page, err := client.ListResponseHeadersPolicies(ctx, ask)
		if err != nil {
			return nil, err
		}
		for _, i := range page.ResponseHeadersPolicyList.Items {
			p := i.ResponseHeadersPolicy
			if name := *p.ResponseHeadersPolicyConfig.Name; a.project(name) {
				found = append(found, Object{ID: *p.Id, Key: name})
			}
		}
		ask.Marker = page.ResponseHeadersPolicyList.NextMarker
		if aws.ToString(ask.Marker) == "" {
			return found, nil
		}
	}
}

func listVPCOrigins(ctx context.Context, a AWS) ([]Object, error) {
	var found []Object
	client := cloudfront.NewFromConfig(a.Config)
	ask := &cloudfront.ListVpcOriginsInput{}
	for {
		page, err := client.ListVpcOrigins(ctx, ask)
		if err != nil {
			return nil, err
		}
		for _, o := range page.VpcOriginList.Items {
			if a.project(*o.Name) {
				found = append(found, Object{ID: *o.Id, Key: *o.Name})
			}
		}
		ask.Marker = page.VpcOriginList.NextMarker
		if aws.ToString(ask.Marker) == "" {
			return found, nil
		}
	}
}

func webACLID(id, name, scope string) string { return id + "/" + name + "/" + scope }

// listWebACLs lists the region's; those of CloudFront are us-east-1's too.
func listWebACLs(ctx context.Context, a AWS) ([]Object, error) {
	scopes := []waftypes.Scope{waftypes.ScopeRegional}
	if a.Config.Region == config.EdgeRegion {
		scopes = append(scopes, waftypes.ScopeCloudfront)
	}
	client := wafv2.NewFromConfig(a.Config)
	var found []Object
	for _, scope := range scopes {
		for ask := (&wafv2.ListWebACLsInput{Scope: scope}); ; {
			page, err := client.ListWebACLs(ctx, ask)
			if err != nil {
				return nil, err
			}
			for _, w := range page.WebACLs {
				if a.project(*w.Name) {
					found = append(found, Object{ID: webACLID(*w.Id, *w.Name, string(scope)), Key: joined(*w.Name, string(scope))})
				}
			}
			ask.NextMarker = page.NextMarker
			if aws.ToString(ask.NextMarker) == "" {
				break
			}
		}
	}
	return found, nil
}

// hostnames are the names that the environments answer under.
func (a AWS) hostnames() map[string]bool {
	names := map[string]bool{}
	for _, e := range a.Settings.Environments {
		if name := a.Settings.Hostname(e); name != "" {
			names[name] = true
		}
	}
	return names
}

func listCertificates(ctx context.Context, a AWS) ([]Object, error) {
	hostnames := a.hostnames()
	var found []Object
	pages := acm.NewListCertificatesPaginator(acm.NewFromConfig(a.Config), &acm.ListCertificatesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range page.CertificateSummaryList {
			requested := c.Type == acmtypes.CertificateTypeAmazonIssued &&
				(c.Status == acmtypes.CertificateStatusPendingValidation || c.Status == acmtypes.CertificateStatusIssued)
			if requested && hostnames[*c.DomainName] {
				found = append(found, Object{ID: *c.CertificateArn, Key: *c.DomainName})
			}
		}
	}
	return found, nil
}

func recordID(zone, name, kind string) string { return zone + "_" + name + "_" + kind }

// listRecords lists the records at the environments' names, and those below
// that ACM asked for.
func listRecords(ctx context.Context, a AWS) ([]Object, error) {
	if !a.Settings.User.Domain.IsSet() {
		return nil, nil
	}
	zone, hostnames := a.Settings.User.Domain.HostedZoneID, a.hostnames()
	var found []Object
	pages := route53.NewListResourceRecordSetsPaginator(route53.NewFromConfig(a.Config), &route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.ResourceRecordSets {
			name := strings.TrimSuffix(*r.Name, ".")
			_, above, _ := strings.Cut(name, ".")
			ours := hostnames[name] && (r.Type == route53types.RRTypeA || r.Type == route53types.RRTypeAaaa)
			proof := strings.HasPrefix(name, "_") && hostnames[above] && r.Type == route53types.RRTypeCname
			if ours || proof {
				found = append(found, Object{ID: recordID(zone, name, string(r.Type)), Key: joined(zone, name, string(r.Type))})
			}
		}
	}
	return found, nil
}
