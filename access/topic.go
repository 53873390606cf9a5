package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// AlarmTopic is the policy of the topic of an environment's alarms, or of the
// account's (config.AccountPrefix): CloudWatch publishes there, with TLS.
func AlarmTopic(n config.Names, env string) policy.Document {
	return alarmTopic(n, n.ARN("sns", n.AlarmTopic(env)))
}

// EdgeAlarmTopic is that of the topic in EdgeRegion, which has the same name.
func EdgeAlarmTopic(n config.Names, env string) policy.Document {
	return alarmTopic(n, n.EdgeARN("sns", n.AlarmTopic(env)))
}

// PageTopic is that of the topic of those alarms that are pages.
func PageTopic(n config.Names, env string) policy.Document {
	return alarmTopic(n, n.ARN("sns", n.PageTopic(env)))
}

// EdgePageTopic is that of the one in EdgeRegion, which has the same name.
func EdgePageTopic(n config.Names, env string) policy.Document {
	return alarmTopic(n, n.EdgeARN("sns", n.PageTopic(env)))
}

func alarmTopic(n config.Names, topic string) policy.Document {
	return policy.Document{Statements: []policy.Statement{
		{
			Sid:        "AlarmsPublish",
			Effect:     policy.Allow,
			Principals: service("cloudwatch.amazonaws.com"),
			Actions:    []string{"sns:Publish"},
			Resources:  []string{topic},
			Conditions: forThisAccount(n),
		},
		on(denyAnyone("DenyWithoutTLS", []string{"sns:Publish"}, policy.If(policy.Bool, "aws:SecureTransport", "false")), topic),
	}}
}
