// Package loadbalancer makes internal application load balancers, their listeners and target
// groups. It is a part: see package
// constructs for what a part may import.
package loadbalancer

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsec2managedprefixlist"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistener"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistenerrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webaclassociation"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// LoadBalancer is an internal application load balancer in the private tier.
// It has no public address: only CloudFront reaches it, through a VPC origin.
type LoadBalancer struct {
	ARN, ARNSuffix, DNSName string
	// Way is what a request from CloudFront passes: the security group's rule,
	// the listener and the listener's rules.
	Way []cdktf.ITerraformDependable

	scope           cdk.Construct
	vpcID           string
	securityGroupID string
	listenerARN     string
	// prefix of the ids of what belongs to the listener.
	prefix string
}

// Props configures a LoadBalancer.
type Props struct {
	Name string
	// SecurityGroupName is the name of its security group.
	SecurityGroupName string
	VPCID             string
	// SubnetIDs is Terraform's list of the private tier's subnets.
	SubnetIDs *[]*string
	// LogBucket is the name of the bucket of access and connection logs,
	// LogReady what must be there before it takes a log.
	LogBucket string
	LogReady  []cdktf.ITerraformDependable
	// DeletionProtection makes AWS refuse to delete the load balancer.
	DeletionProtection bool
	// CertificateARN is the certificate of HTTPS. "" serves HTTP, inside the
	// VPC only: without a domain there is no name to certify.
	CertificateARN string
	// Default is the service that gets what no path names.
	Default Target
}

// Target is a service that the load balancer sends requests to.
type Target struct {
	// Service is the service's name in the settings.
	Service string
	// Name of the target group.
	Name  string
	Route config.Route
}

// The prefixes of the load balancer's logs in the environment's log bucket.
const (
	accessLogPrefix     = config.LoadBalancerLogPrefix + "access"
	connectionLogPrefix = config.LoadBalancerLogPrefix + "connection"
)

// New makes the load balancer, its listeners and the target group
// of the default service.
func New(scope cdk.Construct, id string, props Props) (*LoadBalancer, *TargetGroup) {
	scope = tf.Group(scope, id)
	accessID := *securitygroup.NewSecurityGroup(scope, new("security-group"), &securitygroup.SecurityGroupConfig{
		Name:        &props.SecurityGroupName,
		Description: new("Load balancer, from CloudFront"),
		VpcId:       &props.VPCID,
		Tags:        tf.NameTag(props.SecurityGroupName),
	}).Id()
	// CloudFront's list counts as 55 of the 60 rules that a group may have (VPC
	// user guide, "AWS-managed prefix lists"): the two ports cannot be open in one.
	httpsName := props.SecurityGroupName + "-https"
	httpsID := *securitygroup.NewSecurityGroup(scope, new("https-security-group"), &securitygroup.SecurityGroupConfig{
		Name:        &httpsName,
		Description: new("Load balancer, from CloudFront by HTTPS"),
		VpcId:       &props.VPCID,
		Tags:        tf.NameTag(httpsName),
	}).Id()
	// AWS's list of the addresses that CloudFront reaches origins from.
	cloudFront := dataawsec2managedprefixlist.NewDataAwsEc2ManagedPrefixList(scope, new("cloudfront"), &dataawsec2managedprefixlist.DataAwsEc2ManagedPrefixListConfig{
		Name: new("com.amazonaws.global.cloudfront.origin-facing"),
	})
	// HTTP and HTTPS have a listener each, never one that changes: whoever sets a
	// domain, or takes it away, has both until CloudFront has left the old one.
	port, prefix, open := 80, "", accessID
	if props.CertificateARN != "" {
		port, prefix, open = 443, "https-", httpsID
	}
	ingress := vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(scope, new(prefix+"ingress"), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId: &open,
		Description:     new("CloudFront"),
		PrefixListId:    cloudFront.Id(),
		IpProtocol:      new("tcp"),
		FromPort:        tf.Number(port),
		ToPort:          tf.Number(port),
		Lifecycle:       tf.NewFirst(),
	})
	balancer := lb.NewLb(scope, new("load-balancer"), &lb.LbConfig{
		Name:                     &props.Name,
		LoadBalancerType:         new("application"),
		Internal:                 new(true),
		Subnets:                  props.SubnetIDs,
		SecurityGroups:           tf.List(accessID, httpsID),
		DropInvalidHeaderFields:  new(true),
		DesyncMitigationMode:     new("strictest"),
		EnableDeletionProtection: new(props.DeletionProtection),
		IdleTimeout:              tf.Number(config.ResponseTimeoutSeconds),
		AccessLogs:               &lb.LbAccessLogs{Enabled: new(true), Bucket: &props.LogBucket, Prefix: new(accessLogPrefix)},
		ConnectionLogs:           &lb.LbConnectionLogs{Enabled: new(true), Bucket: &props.LogBucket, Prefix: new(connectionLogPrefix)},
		DependsOn:                &props.LogReady,
	})
	b := &LoadBalancer{
		ARN:             *balancer.Arn(),
		ARNSuffix:       *balancer.ArnSuffix(),
		DNSName:         *balancer.DnsName(),
		scope:           scope,
		vpcID:           props.VPCID,
		securityGroupID: accessID,
		prefix:          prefix,
	}
	target := b.newTargetGroup(props.Default)
	forward := []*lblistener.LbListenerDefaultAction{{Type: new("forward"), TargetGroupArn: &target.ARN}}
	listener := &lblistener.LbListenerConfig{
		LoadBalancerArn: &b.ARN,
		Port:            tf.Number(port),
		Protocol:        new("HTTP"),
		DefaultAction:   forward,
		Lifecycle:       tf.NewFirst(),
	}
	if props.CertificateARN != "" {
		listener.Protocol = new("HTTPS")
		listener.CertificateArn = &props.CertificateARN
		// TLS 1.3 and 1.2 with forward secrecy and AES-GCM only.
		listener.SslPolicy = new("ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
	}
	made := lblistener.NewLbListener(scope, new(prefix+"listener"), listener)
	if props.CertificateARN == "" {
		compliance.Except(made, compliance.Exception{
			Rule:    "PW-ELB-04",
			Reason:  "Without a domain there is no name to certify. The listener has no public address; its security group admits CloudFront only.",
			Expires: "2027-07-15",
		})
	}
	b.listenerARN = *made.Arn()
	b.Way = []cdktf.ITerraformDependable{ingress, made}
	target.Routed = made
	return b, target
}

// TargetGroup is where the load balancer finds a service's tasks.
type TargetGroup struct {
	ARN, ARNSuffix string
	// Routed is the listener, or its rule, that sends requests here. Until it is
	// there ECS refuses a service with "The target group … does not have an
	// associated load balancer" (aws-cdk #1160, provider #32908).
	Routed cdktf.ITerraformDependable
}

// RoutePaths makes the target group of a service and sends its paths there.
// The priority orders rules; lower ones are tried first.
func (b *LoadBalancer) RoutePaths(to Target, priority int) *TargetGroup {
	target := b.newTargetGroup(to)
	target.Routed = lblistenerrule.NewLbListenerRule(b.scope, new(b.prefix+"rule-"+to.Service), &lblistenerrule.LbListenerRuleConfig{
		ListenerArn: &b.listenerARN,
		Priority:    tf.Number(priority),
		Condition: []*lblistenerrule.LbListenerRuleCondition{{
			PathPattern: &lblistenerrule.LbListenerRuleConditionPathPattern{Values: tf.List(to.Route.Paths...)},
		}},
		Action:    []*lblistenerrule.LbListenerRuleAction{{Type: new("forward"), TargetGroupArn: &target.ARN}},
		Lifecycle: tf.NewFirst(),
	})
	b.Way = append(b.Way, target.Routed)
	return target
}

func (b *LoadBalancer) newTargetGroup(to Target) *TargetGroup {
	target := lbtargetgroup.NewLbTargetGroup(b.scope, new("target-group-"+to.Service), &lbtargetgroup.LbTargetGroupConfig{
		Name:       &to.Name,
		VpcId:      &b.vpcID,
		TargetType: new("ip"),
		Protocol:   new("HTTP"),
		Port:       tf.Number(to.Route.Port),
		// The connections of a task that is to end are broken after it: no sooner
		// than a request may take (Amazon ECS best practices guide, "Load balancer
		// connection draining").
		DeregistrationDelay: tf.Decimal(config.ResponseTimeoutSeconds),
		HealthCheck: &lbtargetgroup.LbTargetGroupHealthCheck{
			Path:               &to.Route.HealthCheckPath,
			Matcher:            new("200"),
			Interval:           tf.Number(15),
			Timeout:            tf.Number(5),
			HealthyThreshold:   tf.Number(2),
			UnhealthyThreshold: tf.Number(3),
		},
		Lifecycle: &cdktf.TerraformResourceLifecycle{
			// A listener leaves the old one before that can go.
			CreateBeforeDestroy: new(true),
			// ECS registers each task with its container's own port; this one is
			// for targets without (Elastic Load Balancing API, RegisterTargets).
			// Another one would replace the group, under the same name.
			IgnoreChanges: tf.List("port"),
		},
	})
	compliance.Except(target, compliance.Exception{
		Rule:    "PW-ELB-06",
		Reason:  "TLS ends at the load balancer: the image carries no certificate. The way on stays inside the VPC, and the tasks' security groups admit the load balancer's only.",
		Expires: "2027-04-15",
	})
	return &TargetGroup{ARN: *target.Arn(), ARNSuffix: *target.ArnSuffix()}
}

// Protect puts a regional web ACL, by its ARN, in front of the load balancer.
func (b *LoadBalancer) Protect(webACL string) {
	wafv2webaclassociation.NewWafv2WebAclAssociation(b.scope, new("web-acl"), &wafv2webaclassociation.Wafv2WebAclAssociationConfigA{
		ResourceArn: &b.ARN,
		WebAclArn:   &webACL,
	})
}

// AllowTo lets the load balancer reach a service's tasks, by the id of their
// security group, on their port, and on the former one unless that is 0. It
// returns the rules.
func (b *LoadBalancer) AllowTo(to Target, tasks string, former int) []cdktf.ITerraformDependable {
	var out []cdktf.ITerraformDependable
	allow := func(suffix string, port int) {
		// After the others: two rules must not speak of one port, not even while
		// one of them changes.
		after := dependables(out)
		egress := vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(b.scope, new("egress-"+to.Service+suffix), &vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{
			SecurityGroupId:           &b.securityGroupID,
			ReferencedSecurityGroupId: &tasks,
			Description:               new("Tasks of " + to.Service),
			IpProtocol:                new("tcp"),
			FromPort:                  tf.Number(port),
			ToPort:                    tf.Number(port),
			DependsOn:                 after,
		})
		ingress := vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(b.scope, new("ingress-"+to.Service+suffix), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
			SecurityGroupId:           &tasks,
			ReferencedSecurityGroupId: &b.securityGroupID,
			Description:               new("Load balancer"),
			IpProtocol:                new("tcp"),
			FromPort:                  tf.Number(port),
			ToPort:                    tf.Number(port),
			DependsOn:                 after,
		})
		out = append(out, egress, ingress)
	}
	allow("", to.Route.Port)
	if former != 0 {
		allow("-former", former)
	}
	return out
}

// dependables is nil for none: an empty list would stand in the stack.
func dependables(list []cdktf.ITerraformDependable) *[]cdktf.ITerraformDependable {
	if len(list) == 0 {
		return nil
	}
	return &list
}
