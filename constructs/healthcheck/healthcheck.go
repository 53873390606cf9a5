// Package healthcheck makes checks of Route 53. It is a part: see package
// constructs for what a part may import.
package healthcheck

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53healthcheck"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Props configures a check of a URL.
type Props struct {
	// Name is its tag Name.
	Name string
	// Host is asked for Path with HTTPS.
	Host, Path string
}

// New makes the check and returns its id. Route 53 asks every 30 seconds from each
// checker, and takes an answer of 200 to 399 within two seconds of four to connect
// for good; the check is unhealthy when, of all checkers, 18 % or fewer have had a
// good answer among the last three (Amazon Route 53 developer guide, "How Amazon
// Route 53 determines whether a health check is healthy").
func New(scope cdk.Construct, id string, props Props) string {
	return *route53healthcheck.NewRoute53HealthCheck(scope, &id, &route53healthcheck.Route53HealthCheckConfig{
		Type:             new("HTTPS"),
		Fqdn:             &props.Host,
		Port:             tf.Number(443),
		ResourcePath:     &props.Path,
		EnableSni:        new(true),
		Regions:          tf.List(config.OutsideRegions()...),
		RequestInterval:  tf.Number(30),
		FailureThreshold: tf.Number(3),
		Tags:             tf.NameTag(props.Name),
	}).Id()
}
