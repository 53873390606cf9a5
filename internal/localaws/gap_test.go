package localaws

import (
	"net/url"
	"strings"
	"testing"
)

func TestAnalyzer(t *testing.T) {
	b := newBench(t, nil)
	b.wantStatus("create", b.rest("access-analyzer", "PUT", "/analyzer", `{"analyzerName":"a","type":"ACCOUNT","tags":{"x":"1"}}`), 200)
	b.wantError("create again", b.rest("access-analyzer", "PUT", "/analyzer", `{"analyzerName":"a","type":"ACCOUNT"}`), 409, "ConflictException")
	b.wantError("create without a type", b.rest("access-analyzer", "PUT", "/analyzer", `{"analyzerName":"b"}`), 400, "ValidationException")
	b.wantError("no JSON", b.rest("access-analyzer", "PUT", "/analyzer", `{`), 400, "SerializationException")

	const arn = "arn:aws:access-analyzer:eu-central-1:123456789012:analyzer/a"
	got := b.rest("access-analyzer", "GET", "/analyzer/a", "").body
	for _, want := range []string{`"arn":"` + arn + `"`, `"status":"ACTIVE"`, `"type":"ACCOUNT"`, `"tags":{"x":"1"}`} {
		b.wantContains("get", got, want)
	}
	b.wantContains("list", b.rest("access-analyzer", "GET", "/analyzer?type=ACCOUNT", "").body, arn)
	b.wantNotContains("list of others", b.rest("access-analyzer", "GET", "/analyzer?type=ORGANIZATION", "").body, arn)

	tags := "/tags/" + url.PathEscape(arn)
	b.wantStatus("tag", b.rest("access-analyzer", "POST", tags, `{"tags":{"y":"2"}}`), 200)
	b.wantStatus("untag", b.rest("access-analyzer", "DELETE", tags+"?tagKeys=x", ""), 200)
	b.wantContains("tags", b.rest("access-analyzer", "GET", tags, "").body, `{"tags":{"y":"2"}}`)
	b.wantError("tags of nothing", b.rest("access-analyzer", "GET", "/tags/arn", ""), 404, "ResourceNotFoundException")

	b.wantStatus("delete", b.rest("access-analyzer", "DELETE", "/analyzer/a?clientToken=t", ""), 200)
	b.wantError("delete again", b.rest("access-analyzer", "DELETE", "/analyzer/a", ""), 404, "ResourceNotFoundException")
	b.wantError("get after delete", b.rest("access-analyzer", "GET", "/analyzer/a", ""), 404, "ResourceNotFoundException")
}

func TestScalableTargetTags(t *testing.T) {
	b := newBench(t, map[string]string{"RegisterScalableTarget": `{"ScalableTargetARN":"arn:t"}`, "DescribeScalableTargets": `{"ScalableTargets":[]}`})
	b.json("application-autoscaling", "RegisterScalableTarget", object{"ResourceId": "service/a/b", "Tags": object{"x": "1", "y": "2"}})
	b.json("application-autoscaling", "UntagResource", object{"ResourceARN": "arn:t", "TagKeys": []string{"x"}})
	b.json("application-autoscaling", "TagResource", object{"ResourceARN": "arn:t", "Tags": object{"z": "3"}})
	out, _ := b.json("application-autoscaling", "ListTagsForResource", object{"ResourceARN": "arn:t"})
	b.want("tags", out, object{"Tags": object{"y": "2", "z": "3"}})
	out, _ = b.json("application-autoscaling", "ListTagsForResource", object{"ResourceARN": "arn:other"})
	b.want("tags of another", out, object{"Tags": object{}})
	_, r := b.json("application-autoscaling", "DescribeScalableTargets", object{})
	b.wantStatus("what moto has", r, 200)
}

func TestBudget(t *testing.T) {
	b := newBench(t, map[string]string{"CreateBudget": "{}", "DeleteBudget": "{}", "CreateNotification": "{}", "DeleteNotification": "{}"})
	const arn = "arn:aws:budgets::123456789012:budget/monthly"
	condition := func(threshold float64) object {
		return object{"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": threshold, "ThresholdType": "PERCENTAGE"}
	}
	ops := []object{{"SubscriptionType": "EMAIL", "Address": "ops@example.com"}}
	about := func(more object) object {
		setDefaults(more, object{"AccountId": DefaultAccount, "BudgetName": "monthly"})
		return more
	}
	b.json("budgets", "CreateBudget", object{"AccountId": DefaultAccount, "Budget": object{"BudgetName": "monthly"},
		"NotificationsWithSubscribers": []object{{"Notification": condition(80), "Subscribers": ops}}, "ResourceTags": []object{{"Key": "x", "Value": "1"}}})

	out, _ := b.json("budgets", "DescribeSubscribersForNotification", about(object{"Notification": condition(80.0)}))
	b.want("subscribers", out["Subscribers"], []object{{"Address": "ops@example.com", "SubscriptionType": "EMAIL"}})
	_, r := b.json("budgets", "DescribeSubscribersForNotification", about(object{"Notification": condition(90)}))
	b.wantError("subscribers of nothing", r, 404, "NotFoundException")
	b.json("budgets", "CreateNotification", about(object{"Notification": condition(100), "Subscribers": ops}))
	b.json("budgets", "DeleteNotification", about(object{"Notification": condition(80)}))
	_, r = b.json("budgets", "DescribeSubscribersForNotification", about(object{"Notification": condition(80)}))
	b.wantError("subscribers after delete", r, 404, "NotFoundException")

	b.json("budgets", "UpdateBudget", object{"AccountId": DefaultAccount, "NewBudget": object{"BudgetName": "monthly", "BudgetType": "COST"}})
	b.wantContains("budget made anew", b.moto.bodies["CreateBudget"], `"BudgetType":"COST"`)
	b.wantContains("with its notification", b.moto.bodies["CreateBudget"], `"Threshold":100`)
	out, _ = b.json("budgets", "DescribeSubscribersForNotification", about(object{"Notification": condition(100)}))
	b.wantContains("subscribers after update", out["Subscribers"].([]any)[0].(object)["Address"].(string), "ops@example.com")

	b.json("budgets", "TagResource", object{"ResourceARN": arn, "ResourceTags": []object{{"Key": "y", "Value": "2"}}})
	b.json("budgets", "UntagResource", object{"ResourceARN": arn, "ResourceTagKeys": []string{"x"}})
	out, _ = b.json("budgets", "ListTagsForResource", object{"ResourceARN": arn})
	b.want("tags", out["ResourceTags"], []object{{"Key": "y", "Value": "2"}})
	b.json("budgets", "DeleteBudget", about(object{}))
	out, _ = b.json("budgets", "ListTagsForResource", object{"ResourceARN": arn})
	b.want("tags after delete", out["ResourceTags"], []any{})
}

func TestBackupSelection(t *testing.T) {
	b := newBench(t, map[string]string{"GET /backup/plans/p/": `{"BackupPlanId":"p"}`, "DELETE /backup/plans/p": `{}`})
	const path = "/backup/plans/p/selections"
	selection := `{"BackupSelection":{"SelectionName":"s","IamRoleArn":"arn:role","Resources":["arn:db"]},"CreatorRequestId":"c"}`
	made := b.rest("backup", "PUT", path+"/", selection)
	b.wantStatus("create", made, 200)
	id := strings.Split(strings.Split(made.body, `"SelectionId":"`)[1], `"`)[0]
	b.wantError("the same name", b.rest("backup", "PUT", path, selection), 400, "AlreadyExistsException")
	b.wantError("no name", b.rest("backup", "PUT", path, `{"BackupSelection":{}}`), 400, "MissingParameterValueException")
	b.wantError("no plan", b.rest("backup", "PUT", "/backup/plans/none/selections", selection), 404, "ResourceNotFoundException")
	got := b.rest("backup", "GET", path+"/"+id, "").body
	b.wantContains("get", got, `"BackupSelection":{"SelectionName":"s","IamRoleArn":"arn:role","Resources":["arn:db"]}`)
	b.wantContains("list", b.rest("backup", "GET", path, "").body, `"IamRoleArn":"arn:role"`)
	b.wantError("delete of a plan with selections", b.rest("backup", "DELETE", "/backup/plans/p", ""), 400, "InvalidRequestException")
	b.wantStatus("delete", b.rest("backup", "DELETE", path+"/"+id, ""), 200)
	b.wantError("delete again", b.rest("backup", "DELETE", path+"/"+id, ""), 404, "ResourceNotFoundException")
	b.wantError("get after delete", b.rest("backup", "GET", path+"/"+id, ""), 404, "ResourceNotFoundException")
	b.wantStatus("delete of the plan", b.rest("backup", "DELETE", "/backup/plans/p", ""), 200)
}

func TestBackupPlanUpdate(t *testing.T) {
	motos := `{"BackupPlanId":"p","VersionId":"v1","BackupPlan":{"BackupPlanName":"old"}}`
	b := newBench(t, map[string]string{"GET /backup/plans/p/": motos, "GET /backup/plans/p": motos, "DELETE /backup/plans/p": "{}",
		"GET /tags/arn:aws:backup:x/": `{"Tags":{"x":"1"}}`})
	b.wantContains("before", b.rest("backup", "GET", "/backup/plans/p", "").body, `"old"`)
	b.wantStatus("update", b.rest("backup", "POST", "/backup/plans/p", `{"BackupPlan":{"BackupPlanName":"new","Rules":[{"RuleName":"r","StartWindowMinutes":60}]}}`), 200)
	got := b.rest("backup", "GET", "/backup/plans/p", "").body
	for _, want := range []string{`"BackupPlanName":"new"`, `"StartWindowMinutes":60`, `"CompletionWindowMinutes":10080`} {
		b.wantContains("after", got, want)
	}
	b.wantNotContains("after", got, `"v1"`)
	b.wantStatus("delete", b.rest("backup", "DELETE", "/backup/plans/p", ""), 200)
	b.wantContains("after delete moto's own answer", b.rest("backup", "GET", "/backup/plans/p", "").body, `"old"`)
	b.wantContains("tags", b.rest("backup", "GET", "/tags/"+url.PathEscape("arn:aws:backup:x"), "").body, `"x":"1"`)
}

func TestFlowLogOptions(t *testing.T) {
	const described = `<R><flowLogSet><item><flowLogId>fl-1</flowLogId><tagSet><item><key>k</key></item></tagSet></item><item><flowLogId>fl-2</flowLogId></item></flowLogSet></R>`
	b := newBench(t, map[string]string{"CreateFlowLogs": `<R><flowLogIdSet><item>fl-1</item></flowLogIdSet></R>`, "DescribeFlowLogs": described})
	b.want("before", b.query("ec2", "Action", "DescribeFlowLogs").body, described)
	b.query("ec2", "Action", "CreateFlowLogs", "DestinationOptions.FileFormat", "parquet", "DestinationOptions.PerHourPartition", "true", "DestinationOptions.HiveCompatiblePartitions", "false")
	b.want("after", b.query("ec2", "Action", "DescribeFlowLogs").body,
		`<R><flowLogSet><item><flowLogId>fl-1</flowLogId><tagSet><item><key>k</key></item></tagSet><destinationOptions><fileFormat>parquet</fileFormat><hiveCompatiblePartitions>false</hiveCompatiblePartitions><perHourPartition>true</perHourPartition></destinationOptions></item><item><flowLogId>fl-2</flowLogId></item></flowLogSet></R>`)
}

func TestRuleDescription(t *testing.T) {
	rule := func(id, more string) string {
		return `<item><securityGroupRuleId>` + id + `</securityGroupRuleId><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><prefixListId>pl-1</prefixListId>` + more + `</item>`
	}
	set := func(items ...string) string {
		return `<R><securityGroupRuleSet>` + strings.Join(items, "") + `</securityGroupRuleSet></R>`
	}
	b := newBench(t, map[string]string{"AuthorizeSecurityGroupIngress": set(rule("sgr-1", "")), "DescribeSecurityGroupRules": set(rule("sgr-1", ""), rule("sgr-2", ""))})
	b.query("ec2", "Action", "AuthorizeSecurityGroupIngress", "IpPermissions.1.IpProtocol", "tcp", "IpPermissions.1.FromPort", "443", "IpPermissions.1.ToPort", "443",
		"IpPermissions.1.PrefixListIds.1.PrefixListId", "pl-1", "IpPermissions.1.PrefixListIds.1.Description", "from <CloudFront>")
	b.want("described", b.query("ec2", "Action", "DescribeSecurityGroupRules").body, set(rule("sgr-1", "<description>from &lt;CloudFront&gt;</description>"), rule("sgr-2", "")))
	group := `<item><securityGroupRuleId>sgr-3</securityGroupRuleId><ipProtocol>-1</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort><referencedGroupInfo><groupId>sg-9</groupId></referencedGroupInfo>`
	b.moto.answers["AuthorizeSecurityGroupEgress"], b.moto.answers["DescribeSecurityGroupRules"] = set(group+"</item>"), set(group+"</item>")
	b.query("ec2", "Action", "AuthorizeSecurityGroupEgress", "IpPermissions.1.IpProtocol", "-1", "IpPermissions.1.Groups.1.GroupId", "sg-9", "IpPermissions.1.Groups.1.Description", "to the tasks")
	b.want("described", b.query("ec2", "Action", "DescribeSecurityGroupRules").body, set(group+"<description>to the tasks</description></item>"))
	b.moto.answers["DescribeSecurityGroupRules"] = set(rule("sgr-1", "<description>changed</description>"))
	b.want("changed in moto", b.query("ec2", "Action", "DescribeSecurityGroupRules").body, set(rule("sgr-1", "<description>changed</description>")))
}

func TestKeyRotation(t *testing.T) {
	b := newBench(t, map[string]string{"EnableKeyRotation": "{}", "GetKeyRotationStatus": `{"KeyRotationEnabled":true}`})
	days := func() any {
		out, _ := b.json("kms", "GetKeyRotationStatus", object{"KeyId": "arn:aws:kms:eu-central-1:1:key/k"})
		return out["RotationPeriodInDays"]
	}
	b.want("nothing said", days(), 365)
	b.json("kms", "EnableKeyRotation", object{"KeyId": "k", "RotationPeriodInDays": 180})
	b.want("by id, asked by ARN", days(), 180)
	b.json("kms", "EnableKeyRotation", object{"KeyId": "k"})
	b.want("back to the default", days(), 365)
	b.moto.answers["GetKeyRotationStatus"] = `{"KeyRotationEnabled":false}`
	b.want("off", days(), nil)
}

func TestBucketLoggingAndNotification(t *testing.T) {
	b := newBench(t, map[string]string{
		"PUT /b?logging=": "", "GET /b?logging=": `<BucketLoggingStatus xmlns="u"><LoggingEnabled><TargetBucket>l</TargetBucket></LoggingEnabled></BucketLoggingStatus>`,
		"PUT /b?notification=": "", "GET /b?notification=": `<NotificationConfiguration xmlns="u"/>`, "DELETE /b": "",
	})
	const format = `<TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>EventTime</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>`
	b.rest("s3", "PUT", "/b?logging=", `<BucketLoggingStatus><LoggingEnabled><TargetBucket>l</TargetBucket>`+format+`</LoggingEnabled></BucketLoggingStatus>`)
	b.want("logging", b.rest("s3", "GET", "/b?logging=", "").body, `<BucketLoggingStatus xmlns="u"><LoggingEnabled><TargetBucket>l</TargetBucket>`+format+`</LoggingEnabled></BucketLoggingStatus>`)
	b.rest("s3", "PUT", "/b?notification=", `<NotificationConfiguration><EventBridgeConfiguration></EventBridgeConfiguration></NotificationConfiguration>`)
	b.want("notification", b.rest("s3", "GET", "/b?notification=", "").body, `<NotificationConfiguration xmlns="u"><EventBridgeConfiguration></EventBridgeConfiguration></NotificationConfiguration>`)
	b.rest("s3", "PUT", "/b?notification=", `<NotificationConfiguration/>`)
	b.want("notification taken away", b.rest("s3", "GET", "/b?notification=", "").body, `<NotificationConfiguration xmlns="u"/>`)
	b.rest("s3", "DELETE", "/b", "")
	b.wantNotContains("logging of a new bucket of that name", b.rest("s3", "GET", "/b?logging=", "").body, "TargetObjectKeyFormat")
}

func TestRefusedBucketLoggingIsNotRemembered(t *testing.T) {
	b := newBench(t, map[string]string{"PUT /b?logging=": "<Error/>", "GET /b?logging=": `<BucketLoggingStatus><LoggingEnabled></LoggingEnabled></BucketLoggingStatus>`})
	b.moto.status["PUT /b?logging="] = 400
	b.wantStatus("put", b.rest("s3", "PUT", "/b?logging=", `<BucketLoggingStatus><LoggingEnabled><TargetObjectKeyFormat/></LoggingEnabled></BucketLoggingStatus>`), 400)
	b.wantNotContains("get", b.rest("s3", "GET", "/b?logging=", "").body, "TargetObjectKeyFormat")
}

func TestPerformanceInsights(t *testing.T) {
	instance := func(name, more string) string {
		return `<DBInstance><DBInstanceIdentifier>` + name + `</DBInstanceIdentifier>` + more + `</DBInstance>`
	}
	b := newBench(t, map[string]string{
		"CreateDBInstance":    `<R>` + instance("dev", "") + `</R>`,
		"ModifyDBInstance":    `<R>` + instance("dev", "") + `</R>`,
		"DescribeDBInstances": `<R>` + instance("dev", "") + instance("other", "") + `</R>`,
		"DeleteDBInstance":    `<R/>`,
	})
	on, off := "<PerformanceInsightsEnabled>true</PerformanceInsightsEnabled>", "<PerformanceInsightsEnabled>false</PerformanceInsightsEnabled>"
	b.want("create", b.query("rds", "Action", "CreateDBInstance", "DBInstanceIdentifier", "DEV", "EnablePerformanceInsights", "true").body, `<R>`+instance("dev", on)+`</R>`)
	b.want("describe", b.query("rds", "Action", "DescribeDBInstances").body, `<R>`+instance("dev", on)+instance("other", "")+`</R>`)
	b.want("another change", b.query("rds", "Action", "ModifyDBInstance", "DBInstanceIdentifier", "dev").body, `<R>`+instance("dev", on)+`</R>`)
	b.want("off", b.query("rds", "Action", "ModifyDBInstance", "DBInstanceIdentifier", "dev", "EnablePerformanceInsights", "false").body, `<R>`+instance("dev", off)+`</R>`)
	b.moto.answers["DescribeDBInstances"] = `<R>` + instance("dev", "<PerformanceInsightsRetentionPeriod>0</PerformanceInsightsRetentionPeriod>") + `</R>`
	b.query("rds", "Action", "ModifyDBInstance", "DBInstanceIdentifier", "dev", "PerformanceInsightsRetentionPeriod", "7", "PerformanceInsightsKMSKeyId", "k")
	described := b.query("rds", "Action", "DescribeDBInstances").body
	b.wantContains("retention", described, "<PerformanceInsightsRetentionPeriod>7</PerformanceInsightsRetentionPeriod>")
	b.wantNotContains("retention", described, "<PerformanceInsightsRetentionPeriod>0<")
	b.wantContains("key", described, "<PerformanceInsightsKMSKeyId>k</PerformanceInsightsKMSKeyId>")
	b.query("rds", "Action", "ModifyDBInstance", "DBInstanceIdentifier", "dev", "NewDBInstanceIdentifier", "other")
	b.moto.answers["DescribeDBInstances"] = `<R>` + instance("dev", "") + instance("other", "") + `</R>`
	described = b.query("rds", "Action", "DescribeDBInstances").body
	b.wantContains("renamed", described, instance("dev", ""))
	b.wantContains("renamed", described, "<DBInstance><DBInstanceIdentifier>other</DBInstanceIdentifier><P")
	b.query("rds", "Action", "DeleteDBInstance", "DBInstanceIdentifier", "other")
	b.want("after delete", b.query("rds", "Action", "DescribeDBInstances").body, `<R>`+instance("dev", "")+instance("other", "")+`</R>`)
}

func TestDBParameters(t *testing.T) {
	b := newBench(t, map[string]string{"ModifyDBParameterGroup": "<R/>", "DeleteDBParameterGroup": "<R/>",
		"DescribeDBParameters": `<R><Parameters><Parameter><ParameterName>a</ParameterName></Parameter><Parameter><ParameterName>b</ParameterName></Parameter></Parameters></R>`})
	described := func(pairs ...string) string {
		return b.query("rds", append([]string{"Action", "DescribeDBParameters", "DBParameterGroupName", "g"}, pairs...)...).body
	}
	parameter := func(name string) string {
		return `<Parameter><ParameterName>` + name + `</ParameterName><Source>user</Source></Parameter>`
	}
	both := `<R><Parameters>` + parameter("a") + parameter("b") + `</Parameters></R>`
	b.want("all", described(), both)
	b.want("the user's", described("Source", "user"), both)
	b.want("the engine's", described("Source", "engine-default"), `<R><Parameters></Parameters></R>`)
	b.wantStatus("reset", b.query("rds", "Action", "ResetDBParameterGroup", "DBParameterGroupName", "g", "Parameters.Parameter.1.ParameterName", "a"), 200)
	b.want("after reset", described(), `<R><Parameters>`+parameter("b")+`</Parameters></R>`)
	b.query("rds", "Action", "ModifyDBParameterGroup", "DBParameterGroupName", "g", "Parameters.Parameter.1.ParameterName", "a")
	b.want("set again", described(), both)
	b.wantStatus("reset all", b.query("rds", "Action", "ResetDBParameterGroup", "DBParameterGroupName", "g", "ResetAllParameters", "true"), 200)
	b.want("after reset of all", described(), `<R><Parameters></Parameters></R>`)
	b.query("rds", "Action", "DeleteDBParameterGroup", "DBParameterGroupName", "g")
	b.want("a new group of that name", described(), both)
	b.moto.status["DescribeDBParameters"] = 404
	b.wantError("reset of no group", b.query("rds", "Action", "ResetDBParameterGroup", "DBParameterGroupName", "none"), 404, "DBParameterGroupNotFound")
}

func TestUpdateRoleLeavesTheRest(t *testing.T) {
	b := newBench(t, map[string]string{"UpdateRole": "<R/>", "GetRole": "<R><Role><Description>a &amp; b</Description><MaxSessionDuration>7200</MaxSessionDuration></Role></R>"})
	b.wantStatus("update", b.query("iam", "Action", "UpdateRole", "RoleName", "r", "MaxSessionDuration", "3600"), 200)
	sent, err := url.ParseQuery(b.moto.bodies["UpdateRole"])
	if err != nil {
		t.Fatal(err)
	}
	b.want("description", sent.Get("Description"), "a & b")
	b.want("duration", sent.Get("MaxSessionDuration"), "3600")
	b.wantStatus("update", b.query("iam", "Action", "UpdateRole", "RoleName", "r", "Description", ""), 200)
	sent, _ = url.ParseQuery(b.moto.bodies["UpdateRole"])
	b.want("description taken away", sent["Description"], "[]")
	b.moto.status["GetRole"] = 404
	b.wantError("no role", b.query("iam", "Action", "UpdateRole", "RoleName", "none"), 404, "NoSuchEntity")
}

func TestCreateRecord(t *testing.T) {
	const path = "/2013-04-01/hostedzone/Z1/rrset"
	const list = `<L><ResourceRecordSets><ResourceRecordSet><Name>%s</Name><Type>A</Type></ResourceRecordSet></ResourceRecordSets></L>`
	change := func(action, name string) string {
		return `<ChangeResourceRecordSetsRequest xmlns="u"><ChangeBatch><Changes><Change><Action>` + action + `</Action><ResourceRecordSet><Name>` + name + `</Name><Type>A</Type></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`
	}
	b := newBench(t, map[string]string{"POST " + path: "<ok/>", "GET " + path + "?maxitems=1&name=a.example.com.&type=A": strings.Replace(list, "%s", "b.example.com.", 1)})
	b.wantStatus("create", b.rest("route53", "POST", path+"/", change("CREATE", "a.example.com")), 501) // moto's path has no slash at its end
	b.wantStatus("create", b.rest("route53", "POST", path, change("CREATE", "a.example.com")), 200)
	b.want("what moto is asked", b.moto.bodies["POST "+path], change("UPSERT", "a.example.com"))
	b.moto.answers["GET "+path+"?maxitems=1&name=a.example.com.&type=A"] = strings.Replace(list, "%s", "a.example.com.", 1)
	b.wantError("create of one that is there", b.rest("route53", "POST", path, change("CREATE", "a.example.com")), 400, "InvalidChangeBatch")
	b.wantStatus("delete", b.rest("route53", "POST", path, change("DELETE", "a.example.com")), 200)
	b.want("what moto is asked", b.moto.bodies["POST "+path], change("DELETE", "a.example.com"))
	b.wantError("no XML", b.rest("route53", "POST", path, "x"), 400, "MalformedXML")
}

func TestBucketLifecycle(t *testing.T) {
	b := newBench(t, map[string]string{"PUT /b?lifecycle=": "", "DELETE /b": "",
		"GET /b?lifecycle=": `<LifecycleConfiguration xmlns="u"><Rule><ID>little</ID></Rule></LifecycleConfiguration>`})
	const rules = `<Rule><ID>much</ID><NoncurrentVersionExpiration><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration></Rule>`
	put := func(header ...string) reply {
		return b.rest("s3", "PUT", "/b?lifecycle=", `<LifecycleConfiguration xmlns="u">`+rules+`</LifecycleConfiguration>`, header...)
	}
	b.want("size, not said", put().header.Get(minimumSizeHeader), "all_storage_classes_128K")
	b.want("size, said", put(minimumSizeHeader, "varies_by_storage_class").header.Get(minimumSizeHeader), "varies_by_storage_class")
	got := b.rest("s3", "GET", "/b?lifecycle=", "")
	b.wantContains("rules", got.body, rules)
	b.wantNotContains("rules", got.body, "little")
	b.want("size", got.header.Get(minimumSizeHeader), "varies_by_storage_class")
	b.moto.status["GET /b?lifecycle="] = 404
	b.wantNotContains("rules that were deleted", b.rest("s3", "GET", "/b?lifecycle=", "").body, "much")
	b.rest("s3", "DELETE", "/b", "")
	b.moto.status["GET /b?lifecycle="] = 200
	b.wantContains("rules of a new bucket of that name", b.rest("s3", "GET", "/b?lifecycle=", "").body, "little")
	b.wantError("no XML", b.rest("s3", "PUT", "/b?lifecycle=", "x"), 400, "MalformedXML")
}

func TestBucketPolicy(t *testing.T) {
	b := newBench(t, map[string]string{"PUT /b?policy=": "", "DELETE /b": "", "GET /b?policy=": "moto's"})
	const (
		deny  = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
		allow = `{"Action":"s3:PutObject","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Resource":"*"}`
	)
	policy := `{"Version":"2012-10-17","Statement":[` + deny + `,` + allow + `]}`
	b.wantStatus("put", b.rest("s3", "PUT", "/b?policy=", policy), 200)
	b.want("what moto is told", b.moto.bodies["PUT /b?policy="], `{"Version":"2012-10-17","Statement":[`+allow+`]}`)
	b.want("get", b.rest("s3", "GET", "/b?policy=", "").body, policy)
	b.wantError("no JSON", b.rest("s3", "PUT", "/b?policy=", "x"), 400, "MalformedPolicy")
	b.rest("s3", "DELETE", "/b", "")
	b.want("of a new bucket of that name", b.rest("s3", "GET", "/b?policy=", "").body, "moto's")
}

func TestVaultDocuments(t *testing.T) {
	for _, d := range vaultDocuments {
		t.Run(d.name, func(t *testing.T) {
			b := newBench(t, map[string]string{"GET /backup-vaults/v": "{}", "DELETE /backup-vaults/v": ""})
			path := "/backup-vaults/v/" + d.path
			b.wantError("get before", b.rest("backup", "GET", path, ""), 404, "ResourceNotFoundException")
			b.wantStatus("put", b.rest("backup", "PUT", path, `{"Policy":"p"}`), 200)
			got := b.rest("backup", "GET", path, "").body
			b.wantContains("get", got, `"Policy":"p"`)
			b.wantContains("get", got, `"BackupVaultArn":"arn:aws:backup:eu-central-1:123456789012:backup-vault:v"`)
			b.wantStatus("delete", b.rest("backup", "DELETE", path, ""), 200)
			b.wantError("delete again", b.rest("backup", "DELETE", path, ""), 404, "ResourceNotFoundException")
			b.wantStatus("put", b.rest("backup", "PUT", path, `{}`), 200)
			b.wantStatus("delete of the vault", b.rest("backup", "DELETE", "/backup-vaults/v", ""), 200)
			b.wantError("get after", b.rest("backup", "GET", path, ""), 404, "ResourceNotFoundException")
			b.wantError("put to no vault", b.rest("backup", "PUT", "/backup-vaults/none/"+d.path, `{}`), 404, "ResourceNotFoundException")
			b.wantError("no JSON", b.rest("backup", "PUT", path, `{`), 400, "SerializationException")
		})
	}
}

func TestLogGroupClass(t *testing.T) {
	b := newBench(t, map[string]string{"CreateLogGroup": "", "DeleteLogGroup": "", "DescribeLogGroups": `{"logGroups":[{"logGroupName":"/a","logGroupClass":"STANDARD"},{"logGroupName":"/b"}]}`})
	classes := func() string {
		out, _ := b.json("logs", "DescribeLogGroups", object{})
		all := ""
		for _, group := range out["logGroups"].([]any) {
			all += group.(object)["logGroupName"].(string) + "=" + group.(object)["logGroupClass"].(string) + " "
		}
		return all
	}
	create := func(name, class string) {
		b.send("logs", "POST", "/", `{"logGroupName":"`+name+`","logGroupClass":"`+class+`"}`, map[string]string{"X-Amz-Target": "Logs_20140328.CreateLogGroup"})
	}
	b.want("nothing said", classes(), "/a=STANDARD /b=STANDARD ")
	create("/a", "INFREQUENT_ACCESS")
	b.want("said", classes(), "/a=INFREQUENT_ACCESS /b=STANDARD ")
	b.send("logs", "POST", "/", `{"logGroupName":"/a"}`, map[string]string{"X-Amz-Target": "Logs_20140328.DeleteLogGroup"})
	b.want("a new group of that name", classes(), "/a=STANDARD /b=STANDARD ")
}

func TestCertificateKeyAlgorithm(t *testing.T) {
	b := newBench(t, map[string]string{"RequestCertificate": `{"CertificateArn":"arn:c"}`, "DescribeCertificate": `{"Certificate":{"CertificateArn":"arn:c","KeyAlgorithm":"RSA_2048","Status":"ISSUED"}}`})
	algorithm := func() any {
		out, _ := b.json("acm", "DescribeCertificate", object{"CertificateArn": "arn:c"})
		return out["Certificate"].(object)["KeyAlgorithm"]
	}
	b.json("acm", "RequestCertificate", object{"DomainName": "a"})
	b.want("nothing said", algorithm(), "RSA_2048")
	b.json("acm", "RequestCertificate", object{"DomainName": "a", "KeyAlgorithm": "EC_prime256v1"})
	b.want("said", algorithm(), "EC_prime256v1")
}

func TestMasterSecretStays(t *testing.T) {
	const secret = "<MasterUserSecret><SecretArn>s</SecretArn></MasterUserSecret>"
	b := newBench(t, map[string]string{"ModifyDBInstance": "<R/>", "DescribeDBInstances": "<R>" + secret + "</R>"})
	modify := func() url.Values {
		t.Helper()
		b.query("rds", "Action", "ModifyDBInstance", "DBInstanceIdentifier", "dev", "ManageMasterUserPassword", "true", "MasterUserSecretKmsKeyId", "k", "BackupRetentionPeriod", "7")
		sent, err := url.ParseQuery(b.moto.bodies["ModifyDBInstance"])
		if err != nil {
			t.Fatal(err)
		}
		return sent
	}
	if sent := modify(); sent.Has("ManageMasterUserPassword") || sent.Has("MasterUserSecretKmsKeyId") || sent.Get("BackupRetentionPeriod") != "7" {
		t.Errorf("with a secret: moto got %v", sent)
	}
	b.moto.answers["DescribeDBInstances"] = "<R/>"
	if sent := modify(); sent.Get("ManageMasterUserPassword") != "true" || sent.Get("MasterUserSecretKmsKeyId") != "k" {
		t.Errorf("without a secret: moto got %v", sent)
	}
}

func TestEachDBInstanceHasItsOwnID(t *testing.T) {
	instance := func(name string) string {
		return `<DBInstance><DBInstanceIdentifier>` + name + `</DBInstanceIdentifier><DbiResourceId>db-MOTO</DbiResourceId></DBInstance>`
	}
	b := newBench(t, map[string]string{
		"CreateDBInstance":                `<R>` + instance("one") + `</R>`,
		"ModifyDBInstance":                `<R>` + instance("three") + `</R>`,
		"RestoreDBInstanceToPointInTime":  `<R>` + instance("two") + `</R>`,
		"CreateDBInstanceReadReplica":     `<R>` + instance("four") + `</R>`,
		"RestoreDBInstanceFromDBSnapshot": `<R>` + instance("five") + `</R>`,
		"DescribeDBInstances":             `<R>` + instance("one") + instance("two") + `</R>`,
		"DeleteDBInstance":                `<R>` + instance("two") + `</R>`,
	})
	one := text([]byte(b.query("rds", "Action", "CreateDBInstance", "DBInstanceIdentifier", "ONE").body), "DbiResourceId")
	two := text([]byte(b.query("rds", "Action", "RestoreDBInstanceToPointInTime", "SourceDBInstanceIdentifier", "one", "TargetDBInstanceIdentifier", "two").body), "DbiResourceId")
	if one == two || one == "db-MOTO" || two == "db-MOTO" {
		t.Fatalf("ids: %s, %s", one, two)
	}
	for _, operation := range []string{"CreateDBInstanceReadReplica", "RestoreDBInstanceFromDBSnapshot"} {
		b.wantNotContains(operation, b.query("rds", "Action", operation, "DBInstanceIdentifier", "x").body, "db-MOTO")
	}
	described := b.query("rds", "Action", "DescribeDBInstances").body
	b.wantContains("all", described, "<DBInstanceIdentifier>one</DBInstanceIdentifier><DbiResourceId>"+one)
	b.wantContains("all", described, "<DBInstanceIdentifier>two</DBInstanceIdentifier><DbiResourceId>"+two)

	asked := func(id string) string {
		b.query("rds", "Action", "DescribeDBInstances", "Filters.Filter.1.Name", "engine", "Filters.Filter.1.Values.Value.1", "postgres",
			"Filters.Filter.2.Name", "dbi-resource-id", "Filters.Filter.2.Values.Value.1", id)
		sent, err := url.ParseQuery(b.moto.bodies["DescribeDBInstances"])
		if err != nil {
			t.Fatal(err)
		}
		return sent.Get("Filters.Filter.1.Name") + " " + sent.Get("Filters.Filter.2.Name") + " " + sent.Get("Filters.Filter.2.Values.Value.1")
	}
	b.want("by id", asked(two), "engine db-instance-id two")
	b.want("by nobody's id", asked("db-NONE"), "engine db-instance-id -")
	renamed := b.query("rds", "Action", "ModifyDBInstance", "DBInstanceIdentifier", "one", "NewDBInstanceIdentifier", "three").body
	b.wantContains("renamed", renamed, one)
	b.want("by the renamed one's id", asked(one), "engine db-instance-id three")
	b.wantContains("deleted", b.query("rds", "Action", "DeleteDBInstance", "DBInstanceIdentifier", "two").body, two)
	b.want("by the deleted one's id", asked(two), "engine db-instance-id -")
}
