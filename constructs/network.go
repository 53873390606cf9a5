package constructs

import (
	"fmt"
	"strings"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/defaultroutetable"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/defaultsecuritygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eip"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/flowlog"
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

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
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

// NetworkProps configures a Network.
type NetworkProps struct {
	Names       config.Names
	Environment config.Environment
	Zones       []string
	// LogsKeyARN encrypts the flow log.
	LogsKeyARN string
}

// NewNetwork makes the VPC and all that is in it. It fails when the address
// plan has no room.
func NewNetwork(scope cdk.Construct, id string, props NetworkProps) (*Network, error) {
	env := props.Environment
	plan, err := config.Subnets(env.Network.CIDR, props.Zones)
	if err != nil {
		return nil, fmt.Errorf("network of %q: %w", env.Name, err)
	}
	scope = group(scope, id)
	name := func(parts ...string) *map[string]*string { return named(props.Names.In(env.Name, parts...)) }

	network := vpc.NewVpc(scope, new("vpc"), &vpc.VpcConfig{
		CidrBlock:          &env.Network.CIDR,
		EnableDnsSupport:   new(true),
		EnableDnsHostnames: new(true),
		Tags:               named(props.Names.Environment(env.Name)),
	})
	vpcID := network.Id()
	// Adopting both and giving them no rule closes what AWS leaves open: no
	// traffic for what forgets to name a security group, no route for a subnet
	// without a table (AWS Foundational Security Best Practices EC2.2).
	defaultsecuritygroup.NewDefaultSecurityGroup(scope, new("default-security-group"), &defaultsecuritygroup.DefaultSecurityGroupConfig{
		VpcId: vpcID,
		Tags:  name("default-closed"),
	})
	defaultroutetable.NewDefaultRouteTable(scope, new("default-route-table"), &defaultroutetable.DefaultRouteTableConfig{
		DefaultRouteTableId: network.DefaultRouteTableId(),
		Tags:                name("default-empty"),
	})
	internet := internetgateway.NewInternetGateway(scope, new("internet-gateway"), &internetgateway.InternetGatewayConfig{
		VpcId: vpcID,
		Tags:  named(props.Names.Environment(env.Name)),
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
			Tags:                name(string(s.Tier), suffix),
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
		return nil, fmt.Errorf("network of %q: %w", env.Name, err)
	}
	if err := newFlowLog(scope, vpcID, props); err != nil {
		return nil, fmt.Errorf("network of %q: %w", env.Name, err)
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

func newRouteTables(scope cdk.Construct, vpcID *string, props NetworkProps) routeTables {
	table := func(parts ...string) *string {
		id := parts[0] + "-routes"
		if len(parts) > 1 {
			id += "-" + parts[1]
		}
		return routetable.NewRouteTable(scope, &id, &routetable.RouteTableConfig{
			VpcId: vpcID,
			Tags:  named(props.Names.In(props.Environment.Name, parts...)),
		}).Id()
	}
	tables := routeTables{
		public:   table(string(config.TierPublic)),
		private:  map[string]*string{},
		isolated: table(string(config.TierIsolated)),
	}
	for _, zone := range props.Zones {
		tables.private[zone] = table(string(config.TierPrivate), zoneSuffix(zone))
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
func newNAT(scope cdk.Construct, internet internetgateway.InternetGateway, publicSubnetIDs []string, tables routeTables, props NetworkProps) {
	zonesWithGateway := map[config.NATStrategy]int{
		config.NATNone:    0,
		config.NATSingle:  1,
		config.NATPerZone: len(props.Zones),
	}[props.Environment.Network.NAT]
	var gatewayIDs []*string
	for z, zone := range props.Zones[:zonesWithGateway] {
		suffix := zoneSuffix(zone)
		address := eip.NewEip(scope, new("nat-address-"+suffix), &eip.EipConfig{
			Domain:    new("vpc"),
			Tags:      named(props.Names.In(props.Environment.Name, "nat", suffix)),
			DependsOn: &[]cdktf.ITerraformDependable{internet},
		})
		gatewayIDs = append(gatewayIDs, natgateway.NewNatGateway(scope, new("nat-gateway-"+suffix), &natgateway.NatGatewayConfig{
			AllocationId: address.Id(),
			SubnetId:     &publicSubnetIDs[z],
			Tags:         named(props.Names.In(props.Environment.Name, suffix)),
			DependsOn:    &[]cdktf.ITerraformDependable{internet},
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
func newEndpoints(scope cdk.Construct, vpcID *string, subnetIDs []string, tables routeTables, props NetworkProps) error {
	n, env := props.Names, props.Environment
	document, err := access.S3Endpoint(n).JSON()
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
		RouteTableIds:   list(privateTables...),
		Policy:          &document,
		Tags:            named(n.In(env.Name, "s3")),
	})
	compliance.Except(objects, compliance.Exception{
		Rule:    "PW-POL-01",
		Reason:  "Image layers come by ECR's signed URLs, whose principal is AWS's and not this account's: the statement names no principal but only one bucket of AWS, to read.",
		Expires: "2027-06-30",
	})
	if len(env.Network.InterfaceEndpoints) == 0 {
		return nil
	}
	group := securitygroup.NewSecurityGroup(scope, new("endpoints-security-group"), &securitygroup.SecurityGroupConfig{
		Name:        new(n.In(env.Name, "endpoints")),
		Description: new("Interface endpoints of AWS services"),
		VpcId:       vpcID,
		Tags:        named(n.In(env.Name, "endpoints")),
	})
	groupID := group.Id()
	vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(scope, new("endpoints-ingress"), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId: groupID,
		Description:     new("HTTPS from the VPC"),
		CidrIpv4:        &env.Network.CIDR,
		IpProtocol:      new("tcp"),
		FromPort:        number(443),
		ToPort:          number(443),
	})
	for _, service := range env.Network.InterfaceEndpoints {
		id := strings.ReplaceAll(service, ".", "-")
		vpcendpoint.NewVpcEndpoint(scope, new(id+"-endpoint"), &vpcendpoint.VpcEndpointConfig{
			VpcId:             vpcID,
			ServiceName:       new("com.amazonaws." + n.Region() + "." + service),
			VpcEndpointType:   new("Interface"),
			PrivateDnsEnabled: new(true),
			SubnetIds:         list(subnetIDs...),
			SecurityGroupIds:  list(*groupID),
			Tags:              named(n.In(env.Name, id)),
		})
	}
	return nil
}

// newFlowLog records every connection of the VPC.
func newFlowLog(scope cdk.Construct, vpcID *string, props NetworkProps) error {
	n, env := props.Names, props.Environment
	logs := cloudwatchloggroup.NewCloudwatchLogGroup(scope, new("flow-log-group"), &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            new(n.LogGroups(env.Name) + "vpc/flow"),
		RetentionInDays: number(env.Logs.RetentionDays),
		KmsKeyId:        &props.LogsKeyARN,
	})
	logsARN := logs.Arn()
	role, err := NewServiceRole(scope, "flow-log-role", ServiceRoleProps{
		Names:       n,
		Environment: env.Name,
		Name:        n.FlowLogRole(env.Name),
		Description: "Writes the flow log of " + env.Name + "'s VPC",
		Trust:       access.FlowLogTrust(n),
		Policy:      access.FlowLog(*logsARN),
	})
	if err != nil {
		return err
	}
	flowlog.NewFlowLog(scope, new("flow-log"), &flowlog.FlowLogConfig{
		VpcId:                  vpcID,
		TrafficType:            new("ALL"),
		LogDestinationType:     new("cloud-watch-logs"),
		LogDestination:         logsARN,
		IamRoleArn:             &role.ARN,
		MaxAggregationInterval: number(60),
		Tags:                   named(n.Environment(env.Name)),
	})
	return nil
}
