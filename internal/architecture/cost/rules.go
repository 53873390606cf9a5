package cost

import (
	"fmt"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/architecture/platform"
)

// order is how the estimate lists what costs.
var order = []string{
	"aws_ecs_service", "aws_ecs_task_definition", "aws_ecs_cluster", "aws_db_instance",
	"aws_nat_gateway", "aws_eip", "aws_vpc_endpoint",
	"aws_cloudfront_distribution", "aws_wafv2_web_acl", "aws_lb",
	"aws_s3_bucket", "aws_db_instance_automated_backups_replication", "aws_s3_bucket_replication_configuration", "aws_ecr_repository", "aws_secretsmanager_secret", "aws_kms_key",
	"aws_cloudtrail", "aws_guardduty_detector", "aws_securityhub_account", "aws_config_configuration_recorder", "aws_cloudwatch_log_group", "aws_cloudwatch_metric_alarm", "aws_route53_health_check", "aws_cloudwatch_dashboard",
}

// rules price all resources of a type in one column.
var rules = map[string]func(*bill, []platform.Resource){
	"aws_ecs_service":         services,
	"aws_ecs_task_definition": runs,
	"aws_ecs_cluster":         containerInsights,
	"aws_db_instance":         databases,
	"aws_nat_gateway": func(b *bill, gateways []platform.Resource) {
		b.add("NAT gateway", "nat-gateway", float64(len(gateways)))
		b.add("NAT gateway, data", "nat-data", b.assumed("nat-data"))
	},
	"aws_eip": func(b *bill, addresses []platform.Resource) {
		b.add("Public IPv4 address", "public-address", float64(len(addresses)))
	},
	"aws_vpc_endpoint": endpoints,
	"aws_cloudfront_distribution": func(b *bill, _ []platform.Resource) {
		b.add("CloudFront, requests", "cloudfront-requests", b.assumed("requests"))
		b.add("CloudFront, data", "cloudfront-data", b.assumed("cloudfront-data"))
	},
	"aws_wafv2_web_acl": webACLs,
	"aws_lb": func(b *bill, balancers []platform.Resource) {
		b.add("Load balancer", "load-balancer", float64(len(balancers)))
		b.add("Load balancer, capacity", "load-balancer-capacity", b.assumed("load-balancer-units"))
	},
	"aws_s3_bucket": func(b *bill, _ []platform.Resource) {
		b.add("S3 buckets", "s3-storage", b.assumed("bucket-data"))
	},
	"aws_db_instance_automated_backups_replication": func(b *bill, _ []platform.Resource) {
		b.add("Copies of backups", "backup-storage", b.assumed("copied-backups"))
		b.add("Copies of backups, to their region", "region-transfer", b.assumed("changed-backups"))
	},
	"aws_s3_bucket_replication_configuration": replications,
	"aws_ecr_repository": func(b *bill, _ []platform.Resource) {
		b.add("ECR images", "ecr-storage", b.assumed("image-data"))
	},
	"aws_secretsmanager_secret": func(b *bill, secrets []platform.Resource) {
		b.add("Secrets", "secret", float64(len(secrets)))
	},
	"aws_kms_key": func(b *bill, keys []platform.Resource) {
		b.add("KMS keys", "kms-key", float64(len(keys)))
	},
	"aws_cloudtrail":         trails,
	"aws_guardduty_detector": detectors,
	"aws_config_configuration_recorder": func(b *bill, _ []platform.Resource) {
		b.add("Config, changes of resources", "config-items", b.assumed("config-items"))
	},
	"aws_securityhub_account": func(b *bill, _ []platform.Resource) {
		b.add("Security Hub, checks", "security-checks", b.assumed("security-checks"))
	},
	"aws_route53_health_check": func(b *bill, checks []platform.Resource) {
		b.add("Checks from outside", "health-check", float64(len(checks)))
		for _, check := range checks {
			if check.Text("type") == "HTTPS" {
				b.add("Checks from outside, HTTPS", "health-check-https", 1)
			}
		}
	},
	"aws_cloudwatch_log_group": logs,
	"aws_cloudwatch_metric_alarm": func(b *bill, alarms []platform.Resource) {
		b.add("Alarms", "alarm", float64(len(alarms)))
	},
	"aws_cloudwatch_dashboard": func(b *bill, dashboards []platform.Resource) {
		b.add("Dashboards", "dashboard", float64(len(dashboards)))
	},
}

// on is the share of a month in which the column's services run, or what is switched on
// some minutes earlier.
func (b *bill) on(earlier int) float64 {
	share, err := b.stacks.On(b.column, earlier)
	if err != nil {
		*b.faults = append(*b.faults, err)
	}
	return share
}

// services prices the least number of tasks that autoscaling keeps, for as long as the
// environment is on.
func services(b *bill, _ []platform.Resource) {
	b.workloads(func(w platform.Workload) {
		if w.IsService {
			onDemand, spot := w.OnDemandTasks(w.Min)
			b.tasks("ECS tasks", "", w, onDemand*b.on(0))
			b.tasks("ECS tasks", "spot-", w, spot*b.on(0))
		}
	})
}

// runs prices the tasks that end: jobs, and what runs before a deployment.
func runs(b *bill, _ []platform.Resource) {
	b.workloads(func(w platform.Workload) {
		if !w.IsService {
			b.tasks("Jobs and migrations", "", w, b.assumed("run-hours")/b.prices.HoursPerMonth)
		}
	})
}

func (b *bill) workloads(price func(w platform.Workload)) {
	all, err := b.stacks.Workloads(b.column)
	if err != nil {
		*b.faults = append(*b.faults, err)
	}
	for _, w := range all {
		price(w)
	}
}

// tasks prices a number of tasks, on Spot or on demand.
func (b *bill) tasks(what, spot string, w platform.Workload, number float64) {
	of := "fargate-"
	if w.Architecture == string(config.ARM) {
		what, of = what+" on ARM64", "fargate-arm-"
	}
	if spot != "" {
		what += " on Spot"
	}
	b.add(what+", vCPU", of+spot+"vcpu", number*w.CPU/1024)
	b.add(what+", memory", of+spot+"memory", number*w.Memory/1024)
}

func containerInsights(b *bill, clusters []platform.Resource) {
	for _, cluster := range clusters {
		for _, setting := range cluster.Nested("setting") {
			if setting.Text("name") == "containerInsights" && setting.Text("value") != "disabled" {
				services := float64(len(b.stacks.Of(b.column, "aws_ecs_service")))
				b.add("Container Insights", "container-insights", b.assumed("cluster-metrics")+services*b.assumed("service-metrics"))
			}
		}
	}
}

// databases prices instances for as long as they run, and storage, twice for a
// standby, and the master secret that RDS keeps. Backups up to the size of the storage cost nothing.
func databases(b *bill, instances []platform.Resource) {
	for _, db := range instances {
		copies := 1.0
		if db.Is("multi_az") {
			copies = 2
		}
		class := db.Text("instance_class")
		b.add("RDS "+class, class, copies*b.on(config.ServiceMinutes))
		b.add("RDS storage", "db-storage-"+db.Text("storage_type"), copies*db.Number("allocated_storage"))
		if db.Is("manage_master_user_password") {
			b.with("aws_secretsmanager_secret").add("Secrets", "secret", 1)
		}
	}
}

// replications prices the copies of documents, at the platform's region's price.
func replications(b *bill, all []platform.Resource) {
	for _, replication := range all {
		b.add("Copies of documents", "s3-storage", b.assumed("copied-documents"))
		b.add("Copies of documents, to their region", "region-transfer", b.assumed("new-documents"))
		for _, rule := range replication.Nested("rule") {
			for _, destination := range rule.Nested("destination") {
				if len(destination.Nested("replication_time")) > 0 {
					b.add("Copies of documents, in 15 minutes", "replication-time", b.assumed("new-documents"))
				}
			}
		}
	}
}

// endpoints prices interface endpoints; those of a gateway cost nothing.
func endpoints(b *bill, all []platform.Resource) {
	for _, endpoint := range all {
		if endpoint.Text("vpc_endpoint_type") == "Interface" {
			b.add("Interface endpoint", "interface-endpoint", float64(len(b.stacks.References(endpoint.Stack, endpoint.Attributes["subnet_ids"]))))
		}
	}
}

func webACLs(b *bill, acls []platform.Resource) {
	b.add("Web ACL", "web-acl", float64(len(acls)))
	for _, acl := range acls {
		b.add("Web ACL, rules", "web-acl-rule", float64(len(acl.Nested("rule"))))
		b.add("Web ACL, requests", "web-acl-requests", b.assumed("requests"))
	}
}

// trails prices requests for objects; the first copy of management events costs
// nothing. Insights, off by default, are $0.35 for 100,000 events and not priced.
func trails(b *bill, all []platform.Resource) {
	for _, trail := range all {
		if len(trail.Nested("advanced_event_selector")) > 0 {
			b.add("CloudTrail, requests for objects", "data-events", b.assumed("object-events"))
		}
	}
}

// detectors prices what GuardDuty looks at. The first 30 days are free.
func detectors(b *bill, _ []platform.Resource) {
	b.add("GuardDuty, management events", "guardduty-events", b.assumed("management-events"))
	b.add("GuardDuty, network", "guardduty-logs", b.assumed("network-logs"))
	for _, feature := range b.stacks.Of(b.column, "aws_guardduty_detector_feature") {
		switch feature.Text("name") + " " + feature.Text("status") {
		case "S3_DATA_EVENTS ENABLED":
			b.add("GuardDuty, requests for objects", "guardduty-objects", b.assumed("object-events"))
		case "RDS_LOGIN_EVENTS ENABLED":
			b.add("GuardDuty, databases", "guardduty-database", b.assumed("database-vcpus"))
		}
	}
}

// logs prices what is written, and what of it is kept by the longest retention.
func logs(b *bill, groups []platform.Resource) {
	days := 0.0
	for _, group := range groups {
		if group.Number("retention_in_days") == 0 {
			*b.faults = append(*b.faults, fmt.Errorf("log group %q is kept forever, which has no price a month", group.Text("name")))
		}
		days = max(days, group.Number("retention_in_days"))
	}
	const daysPerMonth = 365.0 / 12
	written := b.assumed("logs")
	b.add("Logs, written", "log-ingestion", written)
	b.add("Logs, kept", "log-storage", written*b.assumed("log-compression")*days/daysPerMonth)
}
