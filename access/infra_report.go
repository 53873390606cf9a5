package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// InfraReportRole is what it takes to say at the account's topic that a run failed:
// to publish there, and what SNS does with the topic's key in the publisher's name
// (Amazon SNS developer guide, "Managing Amazon SNS encryption keys and costs").
func InfraReportRole(n config.Names) []ManagedPolicy {
	topic := n.ARN("sns", n.AccountTopic())
	const ofTopic = "kms:EncryptionContext:aws:sns:topicArn"
	nothingElse := deny("NothingButReporting", nil)
	nothingElse.NotActions = append([]string{"sns:Publish"}, publishEncrypted()...)
	return []ManagedPolicy{
		{
			Name:        n.CIPolicy(config.InfraReportRole, "publish"),
			Description: "Reports a failed run at the account's topic",
			Document: policy.Document{Statements: []policy.Statement{
				{Sid: "PublishToTheAccountsTopic", Effect: policy.Allow, Actions: []string{"sns:Publish"}, Resources: []string{topic}},
				{
					Sid: "EncryptWhatIsPublished", Effect: policy.Allow, Actions: publishEncrypted(), Resources: []string{n.ARN("kms", "key/*")},
					Conditions: []policy.Condition{through(n, "sns"), policy.If(policy.StringEquals, ofTopic, topic)},
				},
			}},
		},
		{
			Name:        n.CIPolicy(config.InfraReportRole, "limits"),
			Description: "What infra-report-role never does",
			Document: policy.Document{Statements: []policy.Statement{
				nothingElse,
				except(deny("NoOtherTopic", []string{"sns:Publish"}), topic),
				deny("NoKeyButForTheTopic", publishEncrypted(), policy.If(policy.StringNotEquals, ofTopic, topic)),
			}},
		},
	}
}

func publishEncrypted() []string { return []string{"kms:Decrypt", "kms:GenerateDataKey*"} }
