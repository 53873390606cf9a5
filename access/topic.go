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
