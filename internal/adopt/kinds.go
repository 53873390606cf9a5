package adopt

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// Why a resource that exists does no harm.
const (
	put    = "its creation puts a whole document or setting onto its parent, again as well as once"
	once   = "an account, or a region, has one; its creation sets it, whatever it was"
	adopts = "Terraform adopts what AWS made with the VPC"
)

// Kinds are the types of resources that the stacks use.
func Kinds() map[string]Kind {
	kinds := map[string]Kind{
		"aws_cloudwatch_dashboard":                           {Because: put},
		"aws_ebs_encryption_by_default":                      {Because: once},
		"aws_ebs_snapshot_block_public_access":               {Because: once},
		"aws_ec2_instance_metadata_defaults":                 {Because: once},
		"aws_iam_account_password_policy":                    {Because: once},
		"aws_s3_account_public_access_block":                 {Because: once},
		"aws_cloudwatch_metric_alarm":                        {Because: put},
		"aws_default_route_table":                            {Because: adopts},
		"aws_default_security_group":                         {Because: adopts},
		"aws_ecr_lifecycle_policy":                           {Because: put},
		"aws_ecr_repository_policy":                          {Because: put},
		"aws_ecs_cluster_capacity_providers":                 {Because: put},
		"aws_iam_role_policy":                                {Because: put},
		"aws_iam_role_policy_attachment":                     {Because: "attaching a policy that is attached changes nothing"},
		"aws_appautoscaling_policy":                          {Because: put},
		"aws_appautoscaling_scheduled_action":                {Because: put},
		"aws_s3_bucket_lifecycle_configuration":              {Because: put},
		"aws_s3_bucket_logging":                              {Because: put},
		"aws_s3_bucket_ownership_controls":                   {Because: put},
		"aws_s3_bucket_policy":                               {Because: put},
		"aws_s3_bucket_public_access_block":                  {Because: put},
		"aws_s3_bucket_replication_configuration":            {Because: put},
		"aws_s3_bucket_server_side_encryption_configuration": {Because: put},
		"aws_s3_bucket_versioning":                           {Because: put},
		"aws_s3_object":                                      {Because: put},
		"aws_secretsmanager_secret_policy":                   {Because: put},
		"aws_sns_topic_policy":                               {Because: put},
		"aws_cloudwatch_event_rule":                          {Because: put},
		"aws_cloudwatch_event_target":                        {Because: put},
		"aws_cloudwatch_log_metric_filter":                   {Because: put},
		"aws_sqs_queue":                                      {Because: "CreateQueue returns the queue that has the name, if it has the same settings"},
		"aws_sqs_queue_policy":                               {Because: put},
		"aws_wafv2_web_acl_association":                      {Because: put},
		"aws_wafv2_web_acl_logging_configuration":            {Because: put},
		"aws_acm_certificate_validation":                     {Because: "it is no object, only Terraform's wait for a certificate"},
		"aws_ecs_task_definition":                            {Because: "another revision is registered; the one before stays, as every earlier one does"},
		"aws_route53_health_check":                           {Because: "another check of the same URL is made; the one before rings no alarm, and costs a dollar a month until it is deleted"},
		"aws_sns_topic":                                      {Because: "CreateTopic returns the topic that has the name"},
		"aws_sns_topic_subscription":                         {Because: "Subscribe returns the subscription that exists; a mail to confirm may come twice"},
	}
	for _, table := range []map[string]Kind{networkKinds(), identityKinds(), storageKinds(), computeKinds(), edgeKinds(), logKinds(), accountKinds(), costKinds()} {
		maps.Copy(kinds, table)
	}
	return kinds
}

// Once says of a type that an account, or a region, has one: its creation sets it,
// and its destruction puts AWS's default in place.
func (k Kind) Once() bool { return k.Because == once }

// NetworkParts are the types of the parts of a network that have no name of
// their own: of one whose creation was interrupted, nothing is used yet.
var NetworkParts = []string{
	"aws_eip", "aws_flow_log", "aws_internet_gateway", "aws_nat_gateway", "aws_route_table", "aws_subnet", "aws_vpc", "aws_vpc_endpoint",
}

// Terraform sends EC2 the tags with the creation, so what exists has them.
func networkKinds() map[string]Kind {
	const name, vpc = "tags_all.Name", "vpc_id"
	rule := []string{"security_group_id", "ip_protocol", "from_port?", "to_port?", "cidr_ipv4?", "cidr_ipv6?", "prefix_list_id?", "referenced_security_group_id?"}
	return map[string]Kind{
		"aws_vpc":    {Key: []string{name}, List: tagged("DescribeVpcs", "vpcSet.item", "vpcId")},
		"aws_subnet": {Key: []string{vpc, name}, List: tagged("DescribeSubnets", "subnetSet.item", "subnetId", "vpcId")},
		// The gateway is made first and attached then.
		"aws_internet_gateway": {Key: []string{name}, List: tagged("DescribeInternetGateways", "internetGatewaySet.item", "internetGatewayId")},
		"aws_eip":              {Key: []string{name}, List: tagged("DescribeAddresses", "addressesSet.item", "allocationId")},
		"aws_nat_gateway":      {Key: []string{name}, List: tagged("DescribeNatGateways", "natGatewaySet.item", "natGatewayId")},
		"aws_vpc_endpoint":     {Key: []string{vpc, name}, List: tagged("DescribeVpcEndpoints", "vpcEndpointSet.item", "vpcEndpointId", "vpcId")},
		"aws_flow_log":         {Key: []string{vpc, name}, List: tagged("DescribeFlowLogs", "flowLogSet.item", "flowLogId", "resourceId")},
		"aws_route_table": {Key: []string{vpc, name}, List: ofRouteTables("", func(a AWS, table, _ awsapi.Value) (Object, bool) {
			return a.taggedObject(table, "routeTableId", "vpcId"), true
		})},
		"aws_route": {Key: []string{"route_table_id", "destination_cidr_block"}, ImportID: "{route_table_id}_{destination_cidr_block}",
			List: ofRouteTables("routeSet.item", func(a AWS, table, route awsapi.Value) (Object, bool) {
				id, to := table.Text("routeTableId"), route.Text("destinationCidrBlock")
				// The others are the VPC's own and those of gateway endpoints.
				return Object{id + "_" + to, joined(id, to), a.Stack}, route.Text("origin") == "CreateRoute" && to != ""
			})},
		"aws_route_table_association": {Key: []string{"subnet_id", "route_table_id"}, ImportID: "{subnet_id}/{route_table_id}",
			List: ofRouteTables("associationSet.item", func(a AWS, table, association awsapi.Value) (Object, bool) {
				id, subnet := table.Text("routeTableId"), association.Text("subnetId")
				return Object{subnet + "/" + id, joined(subnet, id), a.Stack}, subnet != ""
			})},
		"aws_security_group": {Key: []string{"vpc_id", "name"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, a.ec2("DescribeSecurityGroups", "securityGroupInfo.item"), func(v awsapi.Value) (Object, bool) {
				// A VPC's default one is aws_default_security_group's.
				return Object{v.Text("groupId"), joined(v.Text("vpcId"), v.Text("groupName")), a.Stack}, v.Text("groupName") != "default"
			})
		}},
		egressRule:                            {Key: rule, List: listRules("true")},
		"aws_vpc_security_group_ingress_rule": {Key: rule, List: listRules("false")},
	}
}

// ec2 is a call for what has the project's and the stack's tags.
func (a AWS) ec2(operation, members string) call {
	return call{"ec2", operation, members, map[string]any{"Filter": []any{
		map[string]any{"Name": "tag:project", "Value": []any{a.Settings.Project}},
		map[string]any{"Name": "tag:stack", "Value": []any{a.Stack}},
	}}}
}

// tagged lists what is recognised by its tag Name, within what the paths name.
// What is being deleted, or has failed, is none: AWS shows it for an hour.
func tagged(operation, members, id string, within ...string) list {
	return func(ctx context.Context, a AWS) ([]Object, error) {
		return a.objects(ctx, a.ec2(operation, members), func(v awsapi.Value) (Object, bool) {
			gone := []string{"deleting", "deleted", "failed"}
			return a.taggedObject(v, id, within...), !slices.Contains(gone, strings.ToLower(v.Text("state")))
		})
	}
}

func (a AWS) taggedObject(v awsapi.Value, id string, within ...string) Object {
	var key []string
	for _, path := range within {
		key = append(key, v.Text(path))
	}
	name := ""
	for _, tag := range v.List("tagSet.item") {
		if tag.Text("key") == "Name" {
			name = tag.Text("value")
		}
	}
	return Object{ID: v.Text(id), Key: joined(append(key, name)...), Stack: a.Stack}
}

// ofRouteTables lists what of makes of the members of each route table, or of
// the table itself. A VPC's main table is aws_default_route_table's.
func ofRouteTables(members string, of func(a AWS, table, member awsapi.Value) (Object, bool)) list {
	return func(ctx context.Context, a AWS) ([]Object, error) {
		tables, err := a.all(ctx, a.ec2("DescribeRouteTables", "routeTableSet.item"))
		var found []Object
		for _, table := range tables {
			if slices.ContainsFunc(table.List("associationSet.item"), func(v awsapi.Value) bool { return v.Text("main") == "true" }) {
				continue
			}
			for _, member := range table.List(members) {
				if o, ok := of(a, table, member); ok {
					found = append(found, o)
				}
			}
		}
		return found, err
	}
}

// listRules lists the rules of the stack's groups whatever their own tags: the
// rule that lets everything out, with which AWS makes a group, has none, and
// stays where Terraform was killed before it revoked it.
func listRules(egress string) list {
	return func(ctx context.Context, a AWS) ([]Object, error) {
		groups, err := Kinds()["aws_security_group"].List(ctx, a)
		if err != nil || len(groups) == 0 {
			return nil, err
		}
		var ids []any
		for _, g := range groups {
			ids = append(ids, g.ID)
		}
		filter := map[string]any{"Filter": []any{map[string]any{"Name": "group-id", "Value": ids}}}
		return a.objects(ctx, call{"ec2", "DescribeSecurityGroupRules", "securityGroupRuleSet.item", filter}, func(v awsapi.Value) (Object, bool) {
			// EC2 says -1 where a protocol has no ports, and Terraform null.
			port := func(path string) string { return strings.TrimPrefix(v.Text(path), "-1") }
			return Object{ID: v.Text("securityGroupRuleId"), Stack: a.Stack, Key: joined(v.Text("groupId"), v.Text("ipProtocol"), port("fromPort"), port("toPort"),
				v.Text("cidrIpv4"), v.Text("cidrIpv6"), v.Text("prefixListId"), v.Text("referencedGroupInfo.groupId"))}, v.Text("isEgress") == egress
		})
	}
}

func identityKinds() map[string]Kind {
	inPath := func(c call, id string, key ...string) list {
		return func(ctx context.Context, a AWS) ([]Object, error) {
			c.parameters = map[string]any{"PathPrefix": "/" + a.Settings.Project + "/", "Scope": "Local"}
			if c.operation == "ListRoles" {
				delete(c.parameters, "Scope")
			}
			return a.objects(ctx, c, func(v awsapi.Value) (Object, bool) {
				var parts []string
				for _, path := range key {
					parts = append(parts, v.Text(path))
				}
				return Object{ID: v.Text(id), Key: joined(parts...)}, true
			})
		}
	}
	return map[string]Kind{
		"aws_iam_role":   {Key: []string{"name"}, List: inPath(call{service: "iam", operation: "ListRoles", members: "Roles.member"}, "RoleName", "RoleName")},
		"aws_iam_policy": {Key: []string{"path", "name"}, List: inPath(call{service: "iam", operation: "ListPolicies", members: "Policies.member"}, "Arn", "Path", "PolicyName")},
		"aws_iam_openid_connect_provider": {Key: []string{"url"}, ImportID: "{arn}", List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, call{"iam", "ListOpenIDConnectProviders", "OpenIDConnectProviderList.member", nil}, func(v awsapi.Value) (Object, bool) {
				return Object{v.Text("Arn"), "https://" + config.GitHubOIDCHost, config.SharedStack}, lastOf(v.Text("Arn")) == config.GitHubOIDCHost
			})
		}},
		"aws_kms_key": {Key: []string{"description"}, List: listKeys},
		"aws_kms_alias": {Key: []string{"name"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, call{"kms", "ListAliases", "Aliases", nil}, func(v awsapi.Value) (Object, bool) {
				name := v.Text("AliasName")
				return Object{ID: name, Key: name}, strings.HasPrefix(name, a.Settings.Names().KeyAliasPrefix())
			})
		}},
	}
}

// listKeys lists by tags: a key has no name before its alias, and AWS makes as
// many as are asked for. A key that awaits its deletion is none.
func listKeys(ctx context.Context, a AWS) ([]Object, error) {
	keys, err := a.all(ctx, call{"kms", "ListKeys", "Keys", nil})
	if err != nil {
		return nil, err
	}
	var found []Object
	for _, k := range keys {
		id := map[string]any{"KeyId": k.Text("KeyId")}
		key, err := a.Do(ctx, awsapi.Request{Service: "kms", Operation: "DescribeKey", Parameters: id})
		if err != nil {
			return nil, err
		}
		m := key.Value.At("KeyMetadata")
		if m.Text("KeyManager") != "CUSTOMER" || m.Text("KeyState") == "PendingDeletion" {
			continue
		}
		list, err := a.all(ctx, call{"kms", "ListResourceTags", "Tags", id})
		if err != nil {
			return nil, err
		}
		tags := map[string]string{}
		for _, t := range list {
			tags[t.Text("TagKey")] = t.Text("TagValue")
		}
		if tags["project"] == a.Settings.Project && tags["stack"] == a.Stack {
			found = append(found, Object{k.Text("KeyId"), m.Text("Description"), a.Stack})
		}
	}
	return found, nil
}

func storageKinds() map[string]Kind {
	name, rds := []string{"name"}, func(operation, members string) call { return call{"rds", operation, members, nil} }
	return map[string]Kind{
		"aws_s3_bucket": {Key: []string{"bucket"}, List: listBuckets},
		"aws_ecr_repository": {Key: name, List: named(call{"ecr", "DescribeRepositories", "repositories", nil},
			"repositoryName", "repositoryName")},
		"aws_db_instance": {Key: []string{"identifier"}, ImportID: "{identifier}", List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, rds("DescribeDBInstances", "DBInstances.DBInstance"), func(v awsapi.Value) (Object, bool) {
				name := v.Text("DBInstanceIdentifier")
				return Object{ID: name, Key: name}, a.project(name) && v.Text("DBInstanceStatus") != "deleting"
			})
		}},
		"aws_db_instance_automated_backups_replication": {Key: []string{"source_db_instance_arn"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, rds("DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups.DBInstanceAutomatedBackup"), func(v awsapi.Value) (Object, bool) {
				// The instances' own are "active"; those that are no longer copied are "retained".
				copied := v.Text("Status") == "pending" || v.Text("Status") == "replicating"
				return Object{ID: v.Text("DBInstanceAutomatedBackupsArn"), Key: v.Text("DBInstanceArn")}, copied && a.project(v.Text("DBInstanceIdentifier"))
			})
		}},
		"aws_db_parameter_group": {Key: name, List: named(rds("DescribeDBParameterGroups", "DBParameterGroups.DBParameterGroup"),
			"DBParameterGroupName", "DBParameterGroupName")},
		"aws_db_subnet_group": {Key: name, List: named(rds("DescribeDBSubnetGroups", "DBSubnetGroups.DBSubnetGroup"),
			"DBSubnetGroupName", "DBSubnetGroupName")},
		"aws_secretsmanager_secret": {Key: name, List: named(call{"secretsmanager", "ListSecrets", "SecretList", nil}, "ARN", "Name")},
		"aws_ssm_parameter": {Key: name, List: func(ctx context.Context, a AWS) ([]Object, error) {
			ours := map[string]any{"ParameterFilters": []any{map[string]any{"Key": "Name", "Option": "BeginsWith", "Values": []any{"/" + a.Settings.Project + "/"}}}}
			return named(call{"ssm", "DescribeParameters", "Parameters", ours}, "Name", "Name", "/")(ctx, a)
		}},
	}
}

// listBuckets asks for the platform's buckets one by one: infra-role may not
// list the account's.
func listBuckets(ctx context.Context, a AWS) ([]Object, error) {
	n := a.Settings.Names()
	wanted := []string{n.StateBucket(), n.StateLogBucket()}
	for _, e := range a.Settings.Environments {
		wanted = append(wanted, n.DocumentsBucket(e.Name), n.LogBucket(e.Name))
		if e.Copies.Are() {
			wanted = append(wanted, n.CopiesBucket(e.Name), n.CopiesLogBucket(e.Name))
		}
	}
	var found []Object
	for _, name := range wanted {
		exists, err := a.HasBucket(ctx, name)
		if err != nil {
			return nil, err
		}
		if exists {
			found = append(found, Object{ID: name, Key: name})
		}
	}
	return found, nil
}

func computeKinds() map[string]Kind {
	elb := func(operation, members string) call { return call{"elasticloadbalancing", operation, members, nil} }
	loadBalancers := named(elb("DescribeLoadBalancers", "LoadBalancers.member"), "LoadBalancerArn", "LoadBalancerName")
	listeners := within(loadBalancers, func(ctx context.Context, a AWS, balancer string) ([]Object, error) {
		c := elb("DescribeListeners", "Listeners.member")
		c.parameters = map[string]any{"LoadBalancerArn": balancer}
		return a.objects(ctx, c, func(v awsapi.Value) (Object, bool) {
			return Object{ID: v.Text("ListenerArn"), Key: joined(balancer, v.Text("Port"))}, true
		})
	})
	return map[string]Kind{
		"aws_ecs_cluster": {Key: []string{"name"}, ImportID: "{name}", List: func(ctx context.Context, a AWS) ([]Object, error) {
			found, err := clusters(ctx, a)
			for i := range found {
				found[i].ID = found[i].Key
			}
			return found, err
		}},
		"aws_ecs_service": {Key: []string{"cluster", "name"}, ImportID: "{cluster/}/{name}", List: within(clusters, func(ctx context.Context, a AWS, cluster string) ([]Object, error) {
			return a.objects(ctx, call{"ecs", "ListServices", "serviceArns", map[string]any{"cluster": cluster}}, func(v awsapi.Value) (Object, bool) {
				name := lastOf(v.Text(""))
				return Object{ID: lastOf(cluster) + "/" + name, Key: joined(cluster, name)}, true
			})
		})},
		"aws_scheduler_schedule": {Key: []string{"group_name", "name"}, ImportID: "{group_name}/{name}",
			List: func(ctx context.Context, a AWS) ([]Object, error) {
				return a.objects(ctx, call{"scheduler", "/schedules", "Schedules", nil}, func(v awsapi.Value) (Object, bool) {
					group, name := v.Text("GroupName"), v.Text("Name")
					return Object{ID: group + "/" + name, Key: joined(group, name)}, a.project(group) && !strings.HasPrefix(v.Text("Target.Arn"), "arn:aws:ecs:") // those of jobs are the backend's
				})
			}},
		"aws_scheduler_schedule_group": {Key: []string{"name"}, List: named(call{"scheduler", "/schedule-groups", "ScheduleGroups", nil}, "Name", "Name")},
		"aws_appautoscaling_target": {Key: []string{"resource_id", "scalable_dimension"}, ImportID: "{service_namespace}/{resource_id}/{scalable_dimension}",
			List: func(ctx context.Context, a AWS) ([]Object, error) {
				ecs := map[string]any{"ServiceNamespace": "ecs"}
				return a.objects(ctx, call{"application-autoscaling", "DescribeScalableTargets", "ScalableTargets", ecs}, func(v awsapi.Value) (Object, bool) {
					resource, dimension := v.Text("ResourceId"), v.Text("ScalableDimension")
					return Object{ID: "ecs/" + resource + "/" + dimension, Key: joined(resource, dimension)}, a.project(resource, "service/")
				})
			}},
		"aws_lb":              {Key: []string{"name"}, List: loadBalancers},
		"aws_lb_target_group": {Key: []string{"name"}, List: named(elb("DescribeTargetGroups", "TargetGroups.member"), "TargetGroupArn", "TargetGroupName")},
		"aws_lb_listener":     {Key: []string{"load_balancer_arn", "port"}, List: listeners},
		"aws_lb_listener_rule": {Key: []string{"listener_arn", "priority"}, List: within(listeners, func(ctx context.Context, a AWS, listener string) ([]Object, error) {
			c := elb("DescribeRules", "Rules.member")
			c.parameters = map[string]any{"ListenerArn": listener}
			return a.objects(ctx, c, func(v awsapi.Value) (Object, bool) {
				// A listener's default rule is a part of it.
				return Object{ID: v.Text("RuleArn"), Key: joined(listener, v.Text("Priority"))}, v.Text("IsDefault") != "true"
			})
		})},
	}
}

// clusters by ARN.
func clusters(ctx context.Context, a AWS) ([]Object, error) {
	return a.objects(ctx, call{"ecs", "ListClusters", "clusterArns", nil}, func(v awsapi.Value) (Object, bool) {
		return Object{ID: v.Text(""), Key: lastOf(v.Text(""))}, a.project(lastOf(v.Text("")))
	})
}

func edgeKinds() map[string]Kind {
	name := []string{"name"}
	return map[string]Kind{
		// CloudFront knows no names of distributions; the comment is ours.
		"aws_cloudfront_distribution": {Key: []string{"comment"}, List: named(call{"cloudfront", "/2020-05-31/distribution", "Items.DistributionSummary", nil}, "Id", "Comment")},
		"aws_cloudfront_origin_access_control": {Key: name, List: named(
			call{"cloudfront", "/2020-05-31/origin-access-control", "Items.OriginAccessControlSummary", nil}, "Id", "Name")},
		"aws_cloudfront_response_headers_policy": {Key: name, List: named(
			call{"cloudfront", "/2020-05-31/response-headers-policy", "Items.ResponseHeadersPolicySummary", map[string]any{"Type": "custom"}},
			"ResponseHeadersPolicy.Id", "ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name")},
		"aws_cloudfront_vpc_origin": {Key: []string{"vpc_origin_endpoint_config.0.name"},
			List: named(call{"cloudfront", "/2020-05-31/vpc-origin", "Items.VpcOriginSummary", nil}, "Id", "Name")},
		"aws_wafv2_ip_set":            {Key: []string{"name", "scope"}, ImportID: "{id}/{name}/{scope}", List: listFirewall("ListIPSets", "IPSets")},
		"aws_wafv2_regex_pattern_set": {Key: []string{"name", "scope"}, ImportID: "{id}/{name}/{scope}", List: listFirewall("ListRegexPatternSets", "RegexPatternSets")},
		"aws_wafv2_web_acl":           {Key: []string{"name", "scope"}, ImportID: "{id}/{name}/{scope}", List: listFirewall("ListWebACLs", "WebACLs")},
		"aws_acm_certificate":         {Key: []string{"domain_name"}, List: listCertificates},
		"aws_route53_record":          {Key: []string{"zone_id", "name", "type"}, ImportID: "{zone_id}_{name}_{type}", List: listRecords},
	}
}

// listFirewall lists AWS WAF's of the region; those of CloudFront are the edge
// region's too.
func listFirewall(operation, members string) list {
	return func(ctx context.Context, a AWS) ([]Object, error) {
		scopes := []string{"REGIONAL"}
		if a.Region == config.EdgeRegion {
			scopes = append(scopes, "CLOUDFRONT")
		}
		var found []Object
		for _, scope := range scopes {
			inScope, err := a.objects(ctx, call{"wafv2", operation, members, map[string]any{"Scope": scope}}, func(v awsapi.Value) (Object, bool) {
				name := v.Text("Name")
				return Object{ID: v.Text("Id") + "/" + name + "/" + scope, Key: joined(name, scope)}, a.project(name)
			})
			if err != nil {
				return nil, err
			}
			found = append(found, inScope...)
		}
		return found, nil
	}
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
	return a.objects(ctx, call{"acm", "ListCertificates", "CertificateSummaryList", nil}, func(v awsapi.Value) (Object, bool) {
		requested := v.Text("Type") == "AMAZON_ISSUED" && slices.Contains([]string{"PENDING_VALIDATION", "ISSUED"}, v.Text("Status"))
		return Object{ID: v.Text("CertificateArn"), Key: v.Text("DomainName")}, requested && hostnames[v.Text("DomainName")]
	})
}

// listRecords lists the records at the environments' names, and those below
// that ACM asked for.
func listRecords(ctx context.Context, a AWS) ([]Object, error) {
	if !a.Settings.User.Domain.IsSet() {
		return nil, nil
	}
	zone, hostnames := a.Settings.User.Domain.HostedZoneID, a.hostnames()
	records := call{"route53", "/2013-04-01/hostedzone/" + zone + "/rrset", "ResourceRecordSets.ResourceRecordSet", nil}
	return a.objects(ctx, records, func(v awsapi.Value) (Object, bool) {
		name, kind := strings.TrimSuffix(v.Text("Name"), "."), v.Text("Type")
		_, above, _ := strings.Cut(name, ".")
		ours := hostnames[name] && (kind == "A" || kind == "AAAA")
		proof := strings.HasPrefix(name, "_") && hostnames[above] && kind == "CNAME"
		return Object{ID: zone + "_" + name + "_" + kind, Key: joined(zone, name, kind)}, ours || proof
	})
}

func logKinds() map[string]Kind {
	name, logs := []string{"name"}, func(operation, members string) call { return call{"logs", operation, members, nil} }
	return map[string]Kind{
		"aws_cloudwatch_log_group": {Key: name, List: named(logs("DescribeLogGroups", "logGroups"),
			"logGroupName", "logGroupName", "/", "/aws/rds/instance/", "aws-waf-logs-")},
		"aws_cloudwatch_log_delivery": {Key: []string{"delivery_source_name", "delivery_destination_arn"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, logs("DescribeDeliveries", "deliveries"), func(v awsapi.Value) (Object, bool) {
				source := v.Text("deliverySourceName")
				return Object{ID: v.Text("id"), Key: joined(source, v.Text("deliveryDestinationArn"))}, a.project(source)
			})
		}},
		"aws_cloudwatch_log_delivery_source":      {Key: name, ImportID: "{name}", List: named(logs("DescribeDeliverySources", "deliverySources"), "name", "name")},
		"aws_cloudwatch_log_delivery_destination": {Key: name, ImportID: "{name}", List: named(logs("DescribeDeliveryDestinations", "deliveryDestinations"), "name", "name")},
	}
}

func accountKinds() map[string]Kind {
	return map[string]Kind{
		// Each region shows the trails of all.
		"aws_cloudtrail": {Key: []string{"name"}, ImportID: "{arn}", List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, call{"cloudtrail", "ListTrails", "Trails", nil}, func(v awsapi.Value) (Object, bool) {
				name := v.Text("Name")
				return Object{ID: v.Text("TrailARN"), Key: name}, a.project(name) && v.Text("HomeRegion") == a.Region
			})
		}},
		// A region has one detector, whatever it is called: it is adopted, and set.
		"aws_guardduty_detector": {Key: []string{"enable"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, call{"guardduty", "/detector", "detectorIds", nil}, func(v awsapi.Value) (Object, bool) {
				return Object{ID: v.Text(""), Key: "true"}, true
			})
		}},
		"aws_guardduty_detector_feature": {Because: put},
		// So is Security Hub where it is enabled, with its standards.
		"aws_securityhub_account": {Key: []string{"auto_enable_controls"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			_, err := a.Do(ctx, awsapi.Request{Service: "securityhub", Method: http.MethodGet, Path: "/accounts"})
			if isNotEnabled(err) {
				return nil, nil
			}
			return []Object{{ID: a.Settings.User.AccountID, Key: "true"}}, err
		}},
		"aws_securityhub_standards_subscription": {Key: []string{"standards_arn"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			var found []Object
			for page := map[string]string{}; ; {
				body, _ := json.Marshal(page) // texts always encode
				answer, err := a.Do(ctx, awsapi.Request{Service: "securityhub", Method: http.MethodPost, Path: "/standards/get", Body: body, Header: http.Header{"Content-Type": {"application/json"}}})
				if isNotEnabled(err) {
					return nil, nil
				}
				if err != nil {
					return nil, err
				}
				for _, v := range answer.Value.List("StandardsSubscriptions") {
					found = append(found, Object{ID: v.Text("StandardsSubscriptionArn"), Key: v.Text("StandardsArn")})
				}
				if page["NextToken"] = answer.Value.Text("NextToken"); page["NextToken"] == "" {
					return found, nil
				}
			}
		}},
		// One that was imported keeps what it leaves out, and AWS refuses that together
		// with what the stack sets (terraform-provider-aws #38820).
		"aws_config_configuration_recorder":        {Because: put},
		"aws_config_configuration_recorder_status": {Because: put},
		// To put it again would send to the platform's bucket what somebody else has sent to
		// his, and the plan that is shown would not say so.
		"aws_config_delivery_channel": {Key: []string{"name"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, call{"config", "DescribeDeliveryChannels", "DeliveryChannels", nil}, func(v awsapi.Value) (Object, bool) {
				return Object{ID: v.Text("name"), Key: v.Text("name")}, true
			})
		}},
		"aws_iam_service_linked_role": {Key: []string{"aws_service_name"}, ImportID: "{arn}", List: func(ctx context.Context, a AWS) ([]Object, error) {
			c := call{"iam", "ListRoles", "Roles.member", map[string]any{"PathPrefix": "/aws-service-role/" + config.ConfigPrincipal + "/"}}
			return a.objects(ctx, c, func(v awsapi.Value) (Object, bool) {
				return Object{ID: v.Text("Arn"), Key: config.ConfigPrincipal}, true
			})
		}},
		"aws_chatbot_slack_channel_configuration": {Key: []string{"configuration_name"}, ImportID: "{chat_configuration_arn}",
			List: named(call{"chatbot", "/describe-slack-channel-configurations", "SlackChannelConfigurations", nil}, "ChatConfigurationArn", "ConfigurationName")},
		"aws_accessanalyzer_analyzer": {Key: []string{"analyzer_name"}, List: named(call{"access-analyzer", "/analyzer", "analyzers", nil}, "name", "name")},
	}
}

// isNotEnabled says whether Security Hub is not enabled in the region.
func isNotEnabled(err error) bool {
	var fault *awsapi.Fault
	return errors.As(err, &fault) && fault.Code == "InvalidAccessException"
}

func costKinds() map[string]Kind {
	return map[string]Kind{
		"aws_budgets_budget": {Key: []string{"name"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			account := a.Settings.User.AccountID
			return a.objects(ctx, call{"budgets", "DescribeBudgets", "Budgets", map[string]any{"AccountId": account}}, func(v awsapi.Value) (Object, bool) {
				name := v.Text("BudgetName")
				return Object{ID: account + ":" + name, Key: name}, a.project(name)
			})
		}},
		// An account has one, whatever its name: AWS makes it for whoever opens Cost
		// Explorer first (AWS Cost Management user guide, "Getting started with AWS
		// Cost Anomaly Detection"). It is adopted, and renamed.
		"aws_ce_anomaly_monitor": {Key: []string{"monitor_dimension"}, List: func(ctx context.Context, a AWS) ([]Object, error) {
			return a.objects(ctx, call{"ce", "GetAnomalyMonitors", "AnomalyMonitors", nil}, func(v awsapi.Value) (Object, bool) {
				dimension := v.Text("MonitorDimension")
				return Object{ID: v.Text("MonitorArn"), Key: dimension}, dimension == "SERVICE"
			})
		}},
		"aws_ce_anomaly_subscription": {Key: []string{"name"}, List: named(
			call{"ce", "GetAnomalySubscriptions", "AnomalySubscriptions", nil}, "SubscriptionArn", "SubscriptionName")},
	}
}
