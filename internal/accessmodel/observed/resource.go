package observed

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paperwurks/infra/internal/iamsim"
)

// resourcesOf are the resources that an action is asked for: those that the
// call names and the action takes, and one of each kind that the action needs
// and the call makes.
func (r *request) resourcesOf(action iamsim.Action) ([]string, error) {
	if len(action.Resources) == 0 {
		return []string{"*"}, nil
	}
	if made := r.madeBy(action); made != nil {
		return made, nil
	}
	// CloudFront's calls name by id alone, of the only kind that they take.
	mayLeaveOut := reads.MatchString(r.Operation) || r.Service == "cloudfront"
	var out []string
	for _, candidate := range append(r.named(), r.arns()...) {
		if slices.ContainsFunc(action.Resources, func(p string) bool { return fits(candidate, p) }) && !slices.Contains(out, candidate) {
			out = append(out, candidate)
		}
	}
	for _, pattern := range action.Required {
		if (mayLeaveOut || makes.MatchString(r.Operation)) && !slices.ContainsFunc(out, func(resource string) bool { return fits(resource, pattern) }) {
			out = append(out, filled(pattern))
		}
	}
	if len(out) == 0 && mayLeaveOut {
		out = []string{filled(action.Resources[0])}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no resource among the parameters %q", action.Name, r.topLevel())
	}
	return out, nil
}

// topLevel are the names of the call's parameters, without those of members.
func (r *request) topLevel() []string {
	var out []string
	for name := range r.Parameters {
		top, _, _ := strings.Cut(name, ".")
		out = append(out, top)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// made are the resources that operations make, as they are told in an ARN, for
// those whose tags are set at once.
var made = map[string]string{
	"cloudfront CreateDistributionWithTags":   ":distribution/",
	"cloudfront CreateVpcOrigin":              ":vpcorigin/",
	"ecs CreateCluster":                       ":cluster/",
	"ecs CreateService":                       ":service/",
	"ecs RegisterTaskDefinition":              ":task-definition/",
	"elasticloadbalancing CreateListener":     ":listener/app/",
	"elasticloadbalancing CreateLoadBalancer": ":loadbalancer/app/",
	"elasticloadbalancing CreateTargetGroup":  ":targetgroup/",
	"kms CreateKey":                           ":key/",
	"logs CreateDelivery":                     ":delivery:",
	"logs CreateLogGroup":                     ":log-group:",
	"logs PutDeliveryDestination":             ":delivery-destination:",
	"logs PutDeliverySource":                  ":delivery-source:",
	"rds CreateDBInstance":                    ":db:",
	"rds CreateDBParameterGroup":              ":pg:",
	"rds CreateDBSubnetGroup":                 ":subgrp:",
}

// madeBy are the resources of the tagging of what the call makes; nil where
// the action is another, or where the call makes one kind of thing only.
func (r *request) madeBy(action iamsim.Action) []string {
	if action.Name != tagOf(r.Call) || !makes.MatchString(r.Operation) {
		return nil
	}
	kinds := []string{made[r.Service+" "+r.Operation]}
	if r.Service == "ec2" {
		kinds = nil
		for _, kind := range r.all("TagSpecification.ResourceType") {
			kinds = append(kinds, ":"+kind+"/")
		}
	}
	var out []string
	for _, kind := range kinds {
		is := func(arn string) bool { return kind == "" || !strings.Contains(arn, kind) }
		if found := slices.DeleteFunc(append(r.named(), r.madeByListener()...), is); kind != "" && len(found) > 0 {
			out = append(out, found...)
		} else if patterns := slices.DeleteFunc(slices.Clone(action.Resources), is); kind != "" && len(patterns) > 0 {
			out = append(out, filled(patterns[0]))
		}
	}
	return out
}

// reads are operations that may leave out whose they read: all are meant.
var reads = regexp.MustCompile(`^(Describe|List|Get|Head)`)

var variable = regexp.MustCompile(`\$\{[^}]+\}`)

// filled is an ARN of the pattern's kind with nothing known.
func filled(pattern string) string {
	return variable.ReplaceAllStringFunc(pattern, func(name string) string {
		return cmp.Or(map[string]string{"${Partition}": "aws", "${Region}": "{region}", "${Account}": "{account}"}[name], "{id}")
	})
}

// fits says whether an ARN, or a placeholder for one, is of a pattern's kind.
func fits(resource, pattern string) bool {
	switch {
	case strings.HasPrefix(resource, "{key "):
		return strings.Contains(pattern, ":kms:") && strings.Contains(pattern, ":key/")
	case strings.HasPrefix(resource, "{secret "):
		return strings.Contains(pattern, ":secretsmanager:")
	}
	// An ARN has six parts; only the last may hold what separates them.
	parts, want := strings.SplitN(resource, ":", 6), strings.SplitN(pattern, ":", 6)
	if len(parts) < 6 {
		return false
	}
	for i := range want {
		var expression strings.Builder
		for j, literal := range variable.Split(want[i], -1) {
			if j > 0 {
				expression.WriteString(map[bool]string{true: ".+", false: ".*"}[i == 5])
			}
			expression.WriteString(regexp.QuoteMeta(literal))
		}
		if !regexp.MustCompile("^" + expression.String() + "$").MatchString(parts[i]) {
			return false
		}
	}
	return true
}

// wholeARN is a parameter that is an ARN and nothing else.
var wholeARN = regexp.MustCompile(`^arn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[^\s"{}]+$|^arn:aws:s3:::[^\s"{}]+$`)

// arns are the parameters that are ARNs. In S3, which names by bucket and key,
// they are in policies.
func (r *request) arns() []string {
	var out []string
	if r.Service == "s3" {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		if value := r.Parameters[name]; wholeARN.MatchString(value) {
			out = append(out, r.known.stable(strings.TrimSuffix(value, ":*")))
		}
	}
	return out
}

// arn is an ARN in the call's region.
func (r *request) arn(service, resource string) string {
	return r.known.stable("arn:aws:" + service + ":" + r.Region + ":" + r.known.account + ":" + resource)
}

// byName are the resources that parameters name, by service and parameter; %s
// is the parameter's value. Which of them an action takes, its reference says.
var byName = map[string]map[string]string{
	"access-analyzer":         {"analyzerName": "analyzer/%s"},
	"application-autoscaling": {"ServiceNamespace": "scalable-target/{id}"},
	"cloudwatch":              {"AlarmName": "alarm:%s", "AlarmNames": "alarm:%s"},
	"cloudtrail":              {"Name": "trail/%s"},
	"config":                  {"ConfigurationRecorderName": "configuration-recorder/%s/{id}", "ConfigurationRecorderNames": "configuration-recorder/%s/{id}"},
	"events":                  {"Name": "rule/%s", "Rule": "rule/%s"},
	"guardduty":               {"DetectorId": "detector/{id}"},
	"ecr":                     {"repositoryName": "repository/%s", "repositoryNames": "repository/%s"},
	"elasticloadbalancing": {
		"Name": "loadbalancer/app/%s/{id} targetgroup/%s/{id}", "Names": "loadbalancer/app/%s/{id} targetgroup/%s/{id}",
	},
	"logs": {
		"logGroupName": "log-group:%s", "logGroupNamePrefix": "log-group:%s", "logGroupIdentifier": "log-group:%s",
		"name": "delivery-source:%s delivery-destination:%s", "deliverySourceName": "delivery-source:%s",
		"deliveryDestinationName": "delivery-destination:%s", "id": "delivery:{id}",
	},
	"rds": {
		"DBInstanceIdentifier": "db:%s", "SourceDBInstanceIdentifier": "db:%s", "TargetDBInstanceIdentifier": "db:%s", "DBSubnetGroupName": "subgrp:%s", "DBParameterGroupName": "pg:%s",
		"OptionGroupName": "og:%s", "DBSnapshotIdentifier": "snapshot:%s", "FinalDBSnapshotIdentifier": "snapshot:%s",
	},
	"scheduler": {"Name": "schedule-group/%s"},
	"sns":       {"Name": "%s"},
	"sqs":       {"QueueName": "%s"},
	"ssm":       {"Name": "parameter%s", "Names": "parameter%s", "Path": "parameter%s", "ResourceId": "parameter%s"},
}

// named are the resources that the call names otherwise than by ARN.
func (r *request) named() []string {
	service := prefix(r.Service)
	var out []string
	for parameter, forms := range byName[service] {
		for _, value := range r.all(parameter) {
			if value == "" || strings.HasPrefix(value, "arn:") {
				continue
			}
			for _, form := range strings.Fields(forms) {
				out = append(out, r.arn(service, strings.ReplaceAll(form, "%s", strings.TrimSuffix(value, "/"))))
			}
		}
	}
	switch service {
	case "budgets":
		if name := r.first("BudgetName", "Budget.BudgetName", "NewBudget.BudgetName"); name != "" {
			out = append(out, "arn:aws:budgets::{account}:budget/"+name)
		}
	case "chatbot":
		if name := r.first("ConfigurationName"); name != "" {
			out = append(out, "arn:aws:chatbot::{account}:chat-configuration/slack-channel/"+name)
		}
	case "cloudwatch":
		for _, name := range append(r.all("DashboardName"), r.all("DashboardNames")...) {
			out = append(out, "arn:aws:cloudwatch::{account}:dashboard/"+name)
		}
	case "ec2":
		out = append(out, r.inVPC()...)
	case "ecs":
		out = append(out, r.inECS()...)
	case "iam":
		out = append(out, r.identities()...)
	case "kms":
		out = append(out, r.keys()...)
	case "logs":
		if stream := r.first("logStreamName"); stream != "" {
			out = append(out, r.arn("logs", "log-group:"+r.first("logGroupName")+":log-stream:"+stream))
		}
	case "route53":
		if id := r.first("HealthCheckId"); id != "" || r.first("ResourceType") == "healthcheck" {
			return append(out, "arn:aws:route53:::healthcheck/{id}")
		}
		if id := r.first("Id", "ResourceId"); id != "" {
			out = append(out, "arn:aws:route53:::hostedzone/{id}", "arn:aws:route53:::change/{id}")
		}
	case "s3":
		out = append(out, r.buckets()...)
	case "scheduler":
		if group := r.first("GroupName", "groupName"); group != "" {
			out = append(out, r.arn("scheduler", "schedule/"+group+"/"+r.first("Name")))
		}
	case "sqs":
		if url := r.first("QueueUrl"); url != "" {
			out = append(out, r.arn("sqs", lastPart(url, "/")))
		}
	case "secretsmanager":
		for _, name := range append(r.all("SecretId"), r.all("Name")...) {
			if !strings.HasPrefix(name, "arn:") {
				out = append(out, "{secret "+name+"}")
			}
		}
	case "securityhub":
		out = append(out, r.arn("securityhub", "hub/default")) // a region has one
	case "wafv2":
		scope := map[string]string{"REGIONAL": "regional", "CLOUDFRONT": "global"}[r.first("Scope")]
		if name := r.first("Name"); scope != "" && name != "" {
			kind := "webacl"
			switch {
			case strings.Contains(r.Operation, "IPSet"):
				kind = "ipset"
			case strings.Contains(r.Operation, "RegexPatternSet"):
				kind = "regexpatternset"
			}
			out = append(out, r.arn("wafv2", scope+"/"+kind+"/"+name+"/{id}"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// vpcResources are the kinds of what EC2's ids name, by the id's prefix. The id
// of an association stands for what it associates.
var vpcResources = map[string]string{
	"acl": "network-acl", "eipalloc": "elastic-ip", "eipassoc": "elastic-ip", "fl": "vpc-flow-log", "igw": "internet-gateway", "nat": "natgateway",
	"pl": "prefix-list", "rtb": "route-table", "rtbassoc": "route-table subnet", "sg": "security-group", "sgr": "security-group-rule", "subnet": "subnet",
	"vpc": "vpc", "vpce": "vpc-endpoint",
}

var ec2ID = regexp.MustCompile(`^([a-z]+)-[0-9a-f]{8,17}$`)

// inVPC are the resources that ids name, and those that the call makes.
func (r *request) inVPC() []string {
	kinds := r.all("TagSpecification.ResourceType")
	for _, value := range r.Parameters {
		if id := ec2ID.FindStringSubmatch(value); id != nil {
			kinds = append(kinds, strings.Fields(vpcResources[id[1]])...)
		}
	}
	var out []string
	for _, kind := range kinds {
		out = append(out, r.arn("ec2", kind+"/{id}"))
	}
	return out
}

// inECS are clusters, services, tasks and task definitions.
func (r *request) inECS() []string {
	var out []string
	last := func(text string) string { return text[strings.LastIndexByte(text, '/')+1:] }
	cluster := last(cmp.Or(r.first("cluster"), r.first("clusterName")))
	for _, name := range append(r.all("cluster"), append(r.all("clusterName"), r.all("clusters")...)...) {
		out = append(out, r.arn("ecs", "cluster/"+last(name)))
	}
	for _, parameter := range []string{"service", "serviceName", "services"} {
		for _, name := range r.all(parameter) {
			out = append(out, r.arn("ecs", "service/"+cluster+"/"+last(name)))
		}
	}
	for _, parameter := range []string{"task", "tasks"} {
		for _, name := range r.all(parameter) {
			out = append(out, r.arn("ecs", "task/"+cluster+"/"+last(name)))
		}
	}
	for _, parameter := range []string{"family", "taskDefinition"} {
		if name := last(r.first(parameter)); name != "" {
			family, _, _ := strings.Cut(name, ":")
			out = append(out, r.arn("ecs", "task-definition/"+family+":{id}"))
		}
	}
	return out
}

// madeByListener are the listeners that a load balancer gets, which are named
// like it.
func (r *request) madeByListener() []string {
	if r.Operation != "CreateListener" {
		return nil
	}
	of := r.known.stable(r.first("LoadBalancerArn"))
	return []string{strings.Replace(of, ":loadbalancer/", ":listener/", 1) + "/{id}"}
}

// identities are roles and policies.
func (r *request) identities() []string {
	var out []string
	if role := r.first("RoleName"); role != "" {
		out = append(out, "arn:aws:iam::{account}:role"+cmp.Or(r.known.rolePaths[role], "/")+role)
	}
	if policy := r.first("PolicyName"); policy != "" {
		out = append(out, "arn:aws:iam::{account}:policy"+cmp.Or(r.first("Path"), "/")+policy)
	}
	return out
}

// keys are KMS keys and their aliases.
func (r *request) keys() []string {
	var out []string
	for _, name := range append(r.all("KeyId"), r.all("TargetKeyId")...) {
		out = append(out, r.known.key(name))
	}
	if alias := r.first("AliasName"); alias != "" {
		out = append(out, r.arn("kms", alias))
		if len(out) == 1 { // DeleteAlias names no key
			out = append(out, r.known.key(alias))
		}
	}
	return out
}

// buckets are buckets and their objects.
func (r *request) buckets() []string {
	bucket := r.first("Bucket")
	if bucket == "" {
		return nil
	}
	arn := r.known.stable("arn:aws:s3:::" + bucket)
	out := []string{arn}
	for _, key := range append(r.all("Key"), r.all("Delete.Object.Key")...) {
		out = append(out, arn+"/"+accessLog.ReplaceAllString(key, "{id}"))
	}
	return out
}
