package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

const chatbot = "chatbot.amazonaws.com"

// chatActions are what Amazon Q Developer in chat applications asks for to post an alarm
// with its chart: AWS's policy "Notification Permissions" (its administrator guide, "IAM
// policies for Amazon Q Developer in chat applications"), and the names of log groups and
// queries, for which it asks at every alarm (DataBiosphere/azul #4966). A call that is
// refused counts in the account's alarm on unauthorized calls.
func chatActions() []string {
	return []string{"cloudwatch:Describe*", "cloudwatch:Get*", "cloudwatch:List*", "logs:DescribeLogGroups", "logs:DescribeQueryDefinitions"}
}

// Chat is what the role of the channels may do.
func Chat() policy.Document { return policy.Document{Statements: []policy.Statement{postAlarms()}} }

func postAlarms() policy.Statement {
	return policy.Statement{Sid: "PostAlarms", Effect: policy.Allow, Actions: chatActions(), Resources: []string{"*"}}
}

// ChatTrust lets Amazon Q Developer in chat applications use it (its administrator guide,
// "Editing IAM roles").
func ChatTrust() policy.Document {
	return policy.Document{Statements: []policy.Statement{{
		Sid: "AssumedByService", Effect: policy.Allow, Principals: service(chatbot), Actions: []string{"sts:AssumeRole"},
	}}}
}

// ChatBoundary is what that role cannot exceed, and the guardrail of every channel: what
// its members ask for is "the intersection of your guardrail policies and what is allowed
// by their roles" (administrator guide, "Understanding permissions"). A role that a member
// brings may do nothing by it.
func ChatBoundary(n config.Names) policy.Document {
	nothingElse := deny("NothingElse", nil)
	nothingElse.NotActions = chatActions()
	return policy.Document{Statements: []policy.Statement{
		postAlarms(), nothingElse,
		onlyFor([]string{n.ChatRoleARN()}, deny("ForTheChannelRoleOnly", []string{"*"})),
	}}
}

// slackConfigurations match the configurations of the environments' channels.
func slackConfigurations(n config.Names) string {
	return "arn:aws:chatbot::" + n.Account() + ":chat-configuration/slack-channel/" + n.Project() + "-*"
}

// infraChat builds the configurations of channels, with the one role that is for them; its
// denials had no room among infra-role's other limits. It neither authorises a workspace
// nor maps a member to a role.
func infraChat(n config.Names) []policy.Statement {
	return []policy.Statement{
		{
			// AWS knows no resource for it.
			Sid: "MakeSlackChannels", Effect: policy.Allow, Actions: []string{"chatbot:CreateSlackChannelConfiguration"}, Resources: []string{"*"},
		},
		{
			Sid:       "BuildSlackChannels",
			Effect:    policy.Allow,
			Actions:   []string{"chatbot:DeleteSlackChannelConfiguration", "chatbot:TagResource", "chatbot:UntagResource", "chatbot:UpdateSlackChannelConfiguration"},
			Resources: []string{slackConfigurations(n)},
		},
		{
			Sid:        "PassTheRoleOfChatToChannels",
			Effect:     policy.Allow,
			Actions:    []string{"iam:PassRole"},
			Resources:  []string{n.ChatRoleARN()},
			Conditions: []policy.Condition{policy.If(policy.StringEquals, "iam:PassedToService", chatbot)},
		},
		except(deny("NoOtherRoleForChat", []string{"iam:PassRole"}, policy.If(policy.StringEquals, "iam:PassedToService", chatbot)), n.ChatRoleARN()),
		on(deny("ChatsRoleForChatOnly", []string{"iam:PassRole"}, policy.If(policy.StringNotEquals, "iam:PassedToService", chatbot)), n.ChatRoleARN()),
		except(deny("NoOtherChannel", []string{
			"chatbot:DeleteSlackChannelConfiguration", "chatbot:TagResource", "chatbot:UntagResource", "chatbot:UpdateSlackChannelConfiguration",
		}), slackConfigurations(n)),
	}
}
