// Package certificate makes certificates in ACM. It is a part: see package
// constructs for what a part may import.
package certificate

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificate"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificatevalidation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/constructs/tf"
)

// Certificates are the two public certificates of one host name: CloudFront
// takes its own from us-east-1, the load balancer from its region. ACM renews
// both.
type Certificates struct {
	// EdgeARN and RegionalARN are valid only once ACM has validated them.
	EdgeARN, RegionalARN string
}

// Props configures Certificates.
type Props struct {
	Hostname     string
	HostedZoneID string
	// Edge is us-east-1's provider.
	Edge cdktf.TerraformProvider
}

// New makes both certificates and the DNS record that validates
// them. ACM asks an account for the same record in every region, so there is
// one.
func New(scope cdk.Construct, id string, props Props) *Certificates {
	scope = tf.Group(scope, id)
	request := func(id string, provider cdktf.TerraformProvider) acmcertificate.AcmCertificate {
		return acmcertificate.NewAcmCertificate(scope, &id, &acmcertificate.AcmCertificateConfig{
			DomainName:       &props.Hostname,
			ValidationMethod: new("DNS"),
			Provider:         provider,
			Lifecycle:        &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: new(true)},
		})
	}
	edge, regional := request("edge", props.Edge), request("regional", nil)
	proof := edge.DomainValidationOptions().Get(tf.Number(0))
	record := route53record.NewRoute53Record(scope, new("validation-record"), &route53record.Route53RecordConfig{
		ZoneId:  &props.HostedZoneID,
		Name:    proof.ResourceRecordName(),
		Type:    proof.ResourceRecordType(),
		Records: tf.List(*proof.ResourceRecordValue()),
		Ttl:     tf.Number(300),
	})
	validated := func(id string, certificate acmcertificate.AcmCertificate, provider cdktf.TerraformProvider) string {
		v := acmcertificatevalidation.NewAcmCertificateValidation(scope, &id, &acmcertificatevalidation.AcmCertificateValidationConfig{
			CertificateArn:        certificate.Arn(),
			ValidationRecordFqdns: tf.List(*record.Fqdn()),
			Provider:              provider,
		})
		return *v.CertificateArn()
	}
	return &Certificates{
		EdgeARN:     validated("edge-validation", edge, props.Edge),
		RegionalARN: validated("regional-validation", regional, nil),
	}
}
