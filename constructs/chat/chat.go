// Package chat has channels of chat applications get what SNS topics are sent. It is a
// part: see package constructs for what a part may import.
package chat

import (
	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/chatbotslackchannelconfiguration"

	"github.com/paperwurks/infra/constructs/tf"
)

// SlackChannelProps configures a channel.
type SlackChannelProps struct {
	Name string
	// Workspace and Channel are Slack's ids.
	Workspace, Channel string
	// TopicARNs may be of any region.
	TopicARNs []string
	// RoleARN is the channel role, GuardrailARN the policy that nothing which is asked for
	// in the channel exceeds.
	RoleARN, GuardrailARN string
}

// NewSlackChannel makes the configuration of a channel by Amazon Q Developer in chat
// applications. Its members have no rights by the channel: each needs a role of their own,
// within the guardrail. Without a guardrail AWS takes AdministratorAccess (Amazon Q
// Developer in chat applications API, CreateSlackChannelConfiguration: GuardrailPolicyArns).
func NewSlackChannel(scope cdk.Construct, id string, props SlackChannelProps) {
	chatbotslackchannelconfiguration.NewChatbotSlackChannelConfiguration(scope, &id, &chatbotslackchannelconfiguration.ChatbotSlackChannelConfigurationConfig{
		ConfigurationName:         &props.Name,
		SlackTeamId:               &props.Workspace,
		SlackChannelId:            &props.Channel,
		SnsTopicArns:              tf.List(props.TopicARNs...),
		IamRoleArn:                &props.RoleARN,
		GuardrailPolicyArns:       tf.List(props.GuardrailARN),
		UserAuthorizationRequired: true,
		LoggingLevel:              new("ERROR"),
	})
}
