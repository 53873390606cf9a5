package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// usage looks at what an account holds that is not the platform's: whatever
// has not its tag "project".
type usage struct {
	ctx     context.Context
	aws     awsapi.Client
	project string
}

// foreign returns the members of an EC2 answer without the platform's own.
func (u usage) foreign(operation, members string) ([]awsapi.Value, error) {
	all, err := u.aws.All(u.ctx, awsapi.Request{Service: "ec2", Operation: operation}, members)
	return slices.DeleteFunc(all, func(v awsapi.Value) bool {
		return slices.ContainsFunc(v.List("tagSet.item"), func(tag awsapi.Value) bool {
			return tag.Text("key") == "project" && tag.Text("value") == u.project
		})
	}), err
}

func (u usage) count(operation, members string) (float64, error) {
	found, err := u.foreign(operation, members)
	return float64(len(found)), err
}

func (u usage) addresses() (float64, error) { return u.count("DescribeAddresses", "addressesSet.item") }
func (u usage) networks() (float64, error)  { return u.count("DescribeVpcs", "vpcSet.item") }
func (u usage) internetGateways() (float64, error) {
	return u.count("DescribeInternetGateways", "internetGatewaySet.item")
}

// natGateways counts in the zone that has most. AWS counts those that are
// pending, active or being deleted.
func (u usage) natGateways() (float64, error) {
	gateways, err := u.foreign("DescribeNatGateways", "natGatewaySet.item")
	if err != nil {
		return 0, err
	}
	subnets, err := u.aws.All(u.ctx, awsapi.Request{Service: "ec2", Operation: "DescribeSubnets"}, "subnetSet.item")
	if err != nil {
		return 0, err
	}
	zones := map[string]string{}
	for _, s := range subnets {
		zones[s.Text("subnetId")] = s.Text("availabilityZone")
	}
	inZone, most := map[string]float64{}, 0.0
	for _, g := range gateways {
		switch g.Text("state") {
		case "pending", "available", "deleting":
			zone := zones[g.Text("subnetId")]
			inZone[zone]++
			most = max(most, inZone[zone])
		}
	}
	return most, nil
}

// limit is the quota that the account has: the applied one, or AWS's default
// where none was ever applied.
func limit(ctx context.Context, regional, edge awsapi.Client, q quota) (float64, error) {
	client := regional
	if q.edge {
		client = edge
	}
	var faults []error
	for _, operation := range []string{"GetServiceQuota", "GetAWSDefaultServiceQuota"} {
		answer, err := client.Do(ctx, awsapi.Request{Service: "servicequotas", Operation: operation,
			Parameters: map[string]any{"ServiceCode": q.service, "QuotaCode": q.code}})
		if err != nil {
			faults = append(faults, err)
			continue
		}
		value, err := strconv.ParseFloat(answer.Value.Text("Quota.Value"), 64)
		if err == nil {
			return value, nil
		}
		faults = append(faults, fmt.Errorf("servicequotas %s: value %q: a number is expected", operation, answer.Value.Text("Quota.Value")))
	}
	return 0, errors.Join(faults...)
}

// serviceRoles are the service-linked roles that AWS makes when a service is
// used for the first time.
var serviceRoles = []struct{ role, principal, path string }{
	{"AWSServiceRoleForECS", "ecs.amazonaws.com", "ECS cluster"},
	{"AWSServiceRoleForElasticLoadBalancing", "elasticloadbalancing.amazonaws.com", "load balancer"},
	{"AWSServiceRoleForRDS", "rds.amazonaws.com", "database"},
	{"AWSServiceRoleForApplicationAutoScaling_ECSService", "ecs.application-autoscaling.amazonaws.com", "scaling target"},
	{"AWSServiceRoleForCloudFrontVPCOrigin", "vpcorigin.cloudfront.amazonaws.com", "VPC origin"},
}

// serviceRole looks whether one exists. The first ECS cluster of an account
// may fail once while AWS makes its role, so that one is made beforehand.
func serviceRole(ctx context.Context, aws awsapi.Client, role, principal, first string) Check {
	c := Check{What: "Service-linked role " + role}
	_, err := aws.Do(ctx, awsapi.Request{Service: "iam", Operation: "GetRole", Parameters: map[string]any{"RoleName": role}})
	var fault *awsapi.Fault
	switch {
	case err == nil:
		c.Found, c.State = "exists", Good
	case errors.As(err, &fault) && fault.Code == "NoSuchEntity":
		c.Found, c.State = "missing", Advice
		c.Do = fmt.Sprintf("nothing: AWS makes it with the first %s. If that fails once, run it again, or before it: aws iam create-service-linked-role --aws-service-name %s", first, principal)
	default:
		c.noAnswer(err)
	}
	return c
}

// oidcProvider looks for a provider of GitHub's that another stack made: an
// account can have only one of each URL.
func oidcProvider(ctx context.Context, aws awsapi.Client, account, project string) Check {
	c := Check{What: "OIDC provider " + config.GitHubOIDCHost}
	arn := "arn:aws:iam::" + account + ":oidc-provider/" + config.GitHubOIDCHost
	tags, err := aws.All(ctx, awsapi.Request{Service: "iam", Operation: "ListOpenIDConnectProviderTags",
		Parameters: map[string]any{"OpenIDConnectProviderArn": arn}}, "Tags.member")
	var fault *awsapi.Fault
	ours := func(tag awsapi.Value) bool { return tag.Text("Key") == "project" && tag.Text("Value") == project }
	switch {
	case errors.As(err, &fault) && fault.Code == "NoSuchEntity":
		c.Found, c.State = "none: bootstrap makes it", Good
	case err != nil:
		c.noAnswer(err)
	case slices.ContainsFunc(tags, ours):
		c.Found, c.State = "the platform's own", Good
	default:
		c.Found, c.State = "exists, and is not the platform's", Missing
		c.Do = "an account has one provider of a URL, and creating it again is refused (EntityAlreadyExists): whoever manages " + arn + " must let go of it first, or the platform gets an account of its own"
	}
	return c
}

// zones looks whether this account has the availability zones of the settings.
func zones(ctx context.Context, aws awsapi.Client, wanted []string) Check {
	c := Check{What: "Availability zones", Need: strings.Join(wanted, ", ")}
	found, err := aws.All(ctx, awsapi.Request{Service: "ec2", Operation: "DescribeAvailabilityZones"}, "availabilityZoneInfo.item")
	if err != nil {
		c.noAnswer(err)
		return c
	}
	var available []string
	for _, z := range found {
		if z.Text("zoneState") == "available" {
			available = append(available, z.Text("zoneName"))
		}
	}
	slices.Sort(available)
	c.Found, c.State = strings.Join(available, ", "), Good
	for _, z := range wanted {
		if !slices.Contains(available, z) {
			c.State, c.Do = Missing, "set availabilityZones in config/platform.go to zones that this account has"
		}
	}
	return c
}

// cloudFront looks whether CloudFront may be called. Whether AWS has verified
// the account, without which CreateDistribution is refused ("Your account must
// be verified before you can add new CloudFront resources"), no API tells.
func cloudFront(ctx context.Context, aws awsapi.Client) Check {
	c := Check{What: "CloudFront may be used"}
	answer, err := aws.Do(ctx, awsapi.Request{Service: "cloudfront", Method: "GET", Path: "/2020-05-31/distribution"})
	switch {
	case err != nil:
		c.noAnswer(err)
	case answer.Value.Text("Quantity") != "0" && answer.Value.Text("Quantity") != "":
		c.Found, c.State = answer.Value.Text("Quantity")+" distributions exist", Good
	default:
		c.Found, c.State = "no distribution exists; AWS does not say whether the account is verified", Advice
		c.Do = `in a new account, ask AWS Support to verify it for CloudFront before the first deployment: else CreateDistribution fails with "Your account must be verified before you can add new CloudFront resources"`
	}
	return c
}

// hostedZone looks whether the zone of the settings is a public zone of the
// domain in this account.
func hostedZone(ctx context.Context, aws awsapi.Client, domain config.Domain) Check {
	c := Check{What: "Hosted zone " + domain.HostedZoneID, Need: domain.Name}
	answer, err := aws.Do(ctx, awsapi.Request{Service: "route53", Method: "GET", Path: "/2013-04-01/hostedzone/" + domain.HostedZoneID})
	if err != nil {
		c.noAnswer(err)
		return c
	}
	name := strings.TrimSuffix(answer.Value.Text("HostedZone.Name"), ".")
	c.Found, c.State = name, Good
	switch {
	case answer.Value.Text("HostedZone.Config.PrivateZone") == "true":
		c.Found, c.State = name+", private", Missing
		c.Do = "name a public zone in config/user.go: ACM validates certificates by public DNS"
	case name != domain.Name:
		c.State, c.Do = Missing, "correct domain.name or domain.hostedZoneID in config/user.go"
	default:
		var servers []string
		for _, s := range answer.Value.List("DelegationSet.NameServers.NameServer") {
			servers = append(servers, s.Text(""))
		}
		c.Do = "not looked up here: the domain must be delegated to " + strings.Join(servers, ", ")
	}
	return c
}

// slackWorkspace looks whether a person has authorised the workspace of the settings,
// without which AWS refuses its channels.
func slackWorkspace(ctx context.Context, aws awsapi.Client, id string) Check {
	c := Check{What: "Slack workspace " + id, Need: "authorised"}
	found, err := aws.All(ctx, awsapi.Request{Service: "chatbot", Path: "/describe-slack-workspaces"}, "SlackWorkspaces")
	if err != nil {
		c.noAnswer(err)
		return c
	}
	c.Found, c.State = "not authorised", Missing
	c.Do = "authorise it in the console of Amazon Q Developer in chat applications (docs/operations.md, Send alarms to Slack), or correct user.slackWorkspace in config/user.go"
	for _, w := range found {
		switch {
		case w.Text("SlackTeamId") != id:
		case w.Text("State") == "DISABLED":
			c.Found, c.Do = "disabled: "+w.Text("StateReason"), "a policy of the organisation forbids it: ask whoever keeps its chat applications policies"
		default:
			c.Found, c.State, c.Do = w.Text("SlackTeamName"), Good, ""
		}
	}
	return c
}

// slackChannel looks whether a configuration that the stacks do not make has the channel:
// AWS takes one configuration of a channel (terraform-provider-awscc #1011).
func slackChannel(ctx context.Context, aws awsapi.Client, workspace, channel, name string) Check {
	c := Check{What: "Slack channel " + channel, Need: "no other configuration"}
	found, err := aws.All(ctx, awsapi.Request{Service: "chatbot", Path: "/describe-slack-channel-configurations"}, "SlackChannelConfigurations")
	if err != nil {
		c.noAnswer(err)
		return c
	}
	c.Found, c.State = "none", Good
	for _, configuration := range found {
		if configuration.Text("SlackTeamId") != workspace || configuration.Text("SlackChannelId") != channel {
			continue
		}
		if c.Found = configuration.Text("ConfigurationName"); c.Found != name {
			c.State, c.Do = Missing, "delete it, which ends what it posts: aws chatbot delete-slack-channel-configuration --region us-east-2 --chat-configuration-arn "+configuration.Text("ChatConfigurationArn")
		}
	}
	return c
}

// copies looks whether RDS copies backups from the platform's region to that of an
// environment's copies.
func copies(ctx context.Context, there awsapi.Client, from string, env config.Environment) Check {
	c := Check{What: "RDS copies backups of " + env.Name + " to " + env.Copies.Region, Need: "from " + from}
	found, err := there.All(ctx, awsapi.Request{Service: "rds", Operation: "DescribeSourceRegions", Parameters: map[string]any{"RegionName": from}}, "SourceRegions.SourceRegion")
	if err != nil {
		c.noAnswer(err)
		return c
	}
	c.Found, c.State = "no", Missing
	c.Do = "choose another region for environments[" + strconv.Quote(env.Name) + "].copies in config/platform.go"
	for _, v := range found {
		if v.Text("RegionName") == from && v.Text("SupportsDBInstanceAutomatedBackupsReplication") == "true" {
			c.Found, c.State, c.Do = "yes", Good, ""
		}
	}
	return c
}
