// Package network makes VPCs: subnets, routes, NAT and endpoints. It is a part: see package
// constructs for what a part may import.
package network

import (
	"fmt"
	"slices"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/defaultroutetable"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/defaultsecuritygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eip"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/internetgateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/natgateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetable"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetableassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/subnet"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpc"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpoint"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Network is one environment's VPC: three tiers of subnets over the zones,
// laid out by config.Subnets. Nothing reaches in from the internet: the public
// tier holds NAT gateways only.
type Network struct {
	VPCID string
	// PrivateSubnetIDs and IsolatedSubnetIDs have one id a zone.
	PrivateSubnetIDs  []string
	IsolatedSubnetIDs []string
}

// Props configures a Network.
type Props struct {
	// Names and Environment make the names of all parts.
	Names       config.Names
	Environment string
	// Settings of the VPC.
	Settings config.Network
	// Zones in any order: what is made for a zone is known by its letter.
	Zones []string
	// PreventDestroy makes Terraform refuse to destroy what carries the network,
	// or to replace it, as another block of addresses would.
	PreventDestroy bool
	// S3Policy is the policy of the VPC endpoint of S3.
	S3Policy policy.Document
}

// New makes the VPC and all that is in it. It returns an error if
// the address plan has no room or the policy is invalid.
func New(scope cdk.Construct, id string, props Props) (*Network, error) {
	n, env := props.Names, props.Environment
	props.Zones = slices.Sorted(slices.Values(props.Zones))
	plan, err := config.Subnets(props.Settings.CIDR, props.Zones)
	if err != nil {
		return nil, fmt.Errorf("network of %q: %w", env, err)
	}
	scope = tf.Group(scope, id)

	network := vpc.NewVpc(scope, new("vpc"), &vpc.VpcConfig{
		CidrBlock:          &props.Settings.CIDR,
		EnableDnsSupport:   new(true),
		EnableDnsHostnames: new(true),
		Tags:               tf.NameTag(n.VPC(env)),
		Lifecycle:          tf.PreventDestroy(props.PreventDestroy),
	})
	vpcID := network.Id()
	// Adopting both and giving them no rule closes what AWS leaves open: no
	// traffic for what forgets to name a security group, no route for a subnet
	// without a table (AWS Foundational Security Best Practices EC2.2).
	defaultsecuritygroup.NewDefaultSecurityGroup(scope, new("default-security-group"), &defaultsecuritygroup.DefaultSecurityGroupConfig{
		VpcId: vpcID,
		Tags:  tf.NameTag(n.DefaultSecurityGroup(env)),
	})
	defaultroutetable.NewDefaultRouteTable(scope, new("default-route-table"), &defaultroutetable.DefaultRouteTableConfig{
		DefaultRouteTableId: network.DefaultRouteTableId(),
		Tags:                tf.NameTag(n.DefaultRouteTable(env)),
	})
	internet := internetgateway.NewInternetGateway(scope, new("internet-gateway"), &internetgateway.InternetGatewayConfig{
		VpcId:     vpcID,
		Tags:      tf.NameTag(n.VPC(env)),
		Lifecycle: tf.PreventDestroy(props.PreventDestroy),
	})

	tables := newRouteTables(scope, vpcID, props)
	subnetIDs := map[config.Tier][]string{}
	for _, s := range plan {
		suffix := zoneSuffix(s.Zone)
		made := *subnet.NewSubnet(scope, new(string(s.Tier)+"-subnet-"+suffix), &subnet.SubnetConfig{
			VpcId:               vpcID,
			AvailabilityZone:    &s.Zone,
			CidrBlock:           &s.CIDR,
			MapPublicIpOnLaunch: new(false),
			Tags:                tf.NameTag(n.Subnet(env, s.Tier, suffix)),
			Lifecycle:           tf.PreventDestroy(props.PreventDestroy),
		}).Id()
		routetableassociation.NewRouteTableAssociation(scope, new(string(s.Tier)+"-association-"+suffix), &routetableassociation.RouteTableAssociationConfig{
			SubnetId:     &made,
			RouteTableId: tables.of(s),
		})
		subnetIDs[s.Tier] = append(subnetIDs[s.Tier], made)
	}

	route.NewRoute(scope, new("public-route"), &route.RouteConfig{
		RouteTableId:         tables.public,
		DestinationCidrBlock: new("0.0.0.0/0"),
		GatewayId:            internet.Id(),
	})
	newNAT(scope, internet, subnetIDs[config.TierPublic], tables, props)
	if err := newEndpoints(scope, vpcID, subnetIDs[config.TierPrivate], tables, props); err != nil {
		return nil, fmt.Errorf("network of %q: %w", env, err)
	}
	return &Network{
		VPCID:             *vpcID,
		PrivateSubnetIDs:  subnetIDs[config.TierPrivate],
		IsolatedSubnetIDs: subnetIDs[config.TierIsolated],
	}, nil
}

// zoneSuffix is a zone's letter: "a" of "eu-central-1a".
func zoneSuffix(zone string) string { return zone[len(zone)-1:] }

// routeTables are the ids of one for the public tier, one a zone for the private
// tier, since each may leave by its own zone's NAT gateway, and one for the
// isolated tier, which has no way out.
type routeTables struct {
	public   *string
	private  map[string]*string
	isolated *string
}

func newRouteTables(scope cdk.Construct, vpcID *string, props Props) routeTables {
	table := func(tier config.Tier, zone string) *string {
		id := string(tier) + "-routes"
		if zone != "" {
			id += "-" + zone
		}
		return routetable.NewRouteTable(scope, &id, &routetable.RouteTableConfig{
			VpcId:     vpcID,
			Tags:      tf.NameTag(props.Names.RouteTable(props.Environment, tier, zone)),
			Lifecycle: tf.PreventDestroy(props.PreventDestroy),
		}).Id()
	}
	tables := routeTables{
		public:   table(config.TierPublic, ""),
		private:  map[string]*string{},
		isolated: table(config.TierIsolated, ""),
	}
	for _, zone := range props.Zones {
		tables.private[zone] = table(config.TierPrivate, zoneSuffix(zone))
	}
	return tables
}

func (t routeTables) of(s config.Subnet) *string {
	switch s.Tier {
	case config.TierPublic:
		return t.public
	case config.TierPrivate:
		return t.private[s.Zone]
	default:
		return t.isolated
	}
}

// newNAT makes the gateways of the environment's strategy and the private
// tier's routes to them.
func newNAT(scope cdk.Construct, internet internetgateway.InternetGateway, publicSubnetIDs []string, tables routeTables, props Props) {
	zonesWithGateway := map[config.NATStrategy]int{
		config.NATNone:    0,
		config.NATSingle:  1,
		config.NATPerZone: len(props.Zones),
	}[props.Settings.NAT]
	var gatewayIDs []*string
	for z, zone := range props.Zones[:zonesWithGateway] {
		suffix := zoneSuffix(zone)
		address := eip.NewEip(scope, new("nat-address-"+suffix), &eip.EipConfig{
			Domain:    new("vpc"),
			Tags:      tf.NameTag(props.Names.NATAddress(props.Environment, suffix)),
			Lifecycle: tf.NewFirst(),
			DependsOn: &[]cdktf.ITerraformDependable{internet},
		})
		gatewayIDs = append(gatewayIDs, natgateway.NewNatGateway(scope, new("nat-gateway-"+suffix), &natgateway.NatGatewayConfig{
			AllocationId: address.Id(),
			SubnetId:     &publicSubnetIDs[z],
			Tags:         tf.NameTag(props.Names.NATGateway(props.Environment, suffix)),
			// One that is taken away goes after the routes have left it (Terraform
			// keeps this in the state).
			Lifecycle: tf.NewFirst(),
			DependsOn: &[]cdktf.ITerraformDependable{internet},
		}).Id())
	}
	if len(gatewayIDs) == 0 {
		return
	}
	for z, zone := range props.Zones {
		route.NewRoute(scope, new("private-route-"+zoneSuffix(zone)), &route.RouteConfig{
			RouteTableId:         tables.private[zone],
			DestinationCidrBlock: new("0.0.0.0/0"),
			NatGatewayId:         gatewayIDs[z%len(gatewayIDs)],
		})
	}
}

// newEndpoints keeps traffic to AWS inside the VPC: S3 always, since it is
// free and carries every image layer, others by setting.
func newEndpoints(scope cdk.Construct, vpcID *string, subnetIDs []string, tables routeTables, props Props) error {
	n, env := props.Names, props.Environment
	document, err := props.S3Policy.JSON()
	if err != nil {
		return fmt.Errorf("policy of the S3 endpoint: %w", err)
	}
	var privateTables []string
	for _, zone := range props.Zones {
		privateTables = append(privateTables, *tables.private[zone])
	}
	objects := vpcendpoint.NewVpcEndpoint(scope, new("s3-endpoint"), &vpcendpoint.VpcEndpointConfig{
		VpcId:           vpcID,
		ServiceName:     new("com.amazonaws." + n.Region() + ".s3"),
		VpcEndpointType: new("Gateway"),
		RouteTableIds:   tf.List(privateTables...),
		Policy:          &document,
		Tags:            tf.NameTag(n.Endpoint(env, "s3")),
	})
	compliance.Except(objects, compliance.Exception{
		Rule:    "PW-POL-01",
		Reason:  "Image layers come by ECR's signed URLs, whose principal is AWS's and not this account's: the statement names no principal but only one bucket of AWS, to read.",
		Expires: "2027-05-15",
	})
	if len(props.Settings.InterfaceEndpoints) == 0 {
		return nil
	}
	group := securitygroup.NewSecurityGroup(scope, new("endpoints-security-group"), &securitygroup.SecurityGroupConfig{
		Name:        new(n.EndpointGroup(env)),
		Description: new("Interface endpoints of AWS services"),
		VpcId:       vpcID,
		Tags:        tf.NameTag(n.EndpointGroup(env)),
	})
	groupID := group.Id()
	vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(scope, new("endpoints-ingress"), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId: groupID,
		Description:     new("HTTPS from the VPC"),
		CidrIpv4:        &props.Settings.CIDR,
		IpProtocol:      new("tcp"),
		FromPort:        tf.Number(443),
		ToPort:          tf.Number(443),
	})
	for _, service := range props.Settings.InterfaceEndpoints {
		id := strings.ReplaceAll(service, ".", "-")
		vpcendpoint.NewVpcEndpoint(scope, new(id+"-endpoint"), &vpcendpoint.VpcEndpointConfig{
			VpcId:             vpcID,
			ServiceName:       new("com.amazonaws." + n.Region() + "." + service),
			VpcEndpointType:   new("Interface"),
			PrivateDnsEnabled: new(true),
			SubnetIds:         tf.List(subnetIDs...),
			SecurityGroupIds:  tf.List(*groupID),
			Tags:              tf.NameTag(n.Endpoint(env, service)),
		})
	}
	return nil
}
