package constructs

import (
	"slices"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iampolicy"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/alarm"
	"github.com/paperwurks/infra/constructs/chat"
	"github.com/paperwurks/infra/constructs/role"
	"github.com/paperwurks/infra/constructs/tf"
)

// newChatRole makes the role that alarms are posted with, and the policy that is both its
// permissions boundary and the guardrail of every channel. They are of the shared stack,
// which an administrator deploys: no role of CI changes either.
func newChatRole(scope cdk.Construct, id string, n config.Names) error {
	scope = tf.Group(scope, id)
	limits, err := access.ManagedPolicy{Name: n.ChatBoundary(), Document: access.ChatBoundary(n)}.JSON()
	if err != nil {
		return err
	}
	boundary := iampolicy.NewIamPolicy(scope, new("boundary"), &iampolicy.IamPolicyConfig{
		Name: new(n.ChatBoundary()), Path: new(n.BoundaryPath()),
		Description: new("What the role that posts alarms to chat cannot exceed, and all that a channel permits"), Policy: &limits,
	})
	_, err = role.New(scope, "role", role.Props{
		Name: n.ChatRole(), Path: n.AccountPath(), Description: "Posts alarms to chat; sees metrics and alarms, and nothing else",
		BoundaryARN: *boundary.Arn(), Trust: access.ChatTrust(), Policy: access.Chat(),
		SourceUnknown: "No document of AWS's says that Amazon Q Developer in chat applications sends aws:SourceArn or aws:SourceAccount when it assumes a channel's role (its administrator guide, \"Identity and Access Management\" and \"IAM policies\"); only who may pass it in this account can give it to a channel, and all it can do is to see metrics and alarms.",
	})
	return err
}

// newSlack has the channels of the environment get its alarms, of its region and of
// EdgeRegion.
func newSlack(scope cdk.Construct, id string, props EnvironmentProps, alarms, outside *alarm.Alarms) {
	s, env := props.Settings, props.Environment
	n, workspace := s.Names(), s.User.SlackWorkspace
	for _, c := range []struct {
		of, channel string
		topics      []string
	}{
		{"alarms", env.Slack.Alarms, []string{alarms.TopicARN, outside.TopicARN}},
		{"pages", env.Slack.Pages, []string{alarms.PageTopicARN, outside.PageTopicARN}},
	} {
		if c.channel == "" {
			continue
		}
		chat.NewSlackChannel(tf.Group(tf.Group(scope, id), c.of), workspace, chat.SlackChannelProps{
			Name: n.SlackConfiguration(env.Name, c.of, workspace), Workspace: workspace, Channel: c.channel,
			TopicARNs: slices.DeleteFunc(c.topics, func(arn string) bool { return arn == "" }),
			RoleARN:   n.ChatRoleARN(), GuardrailARN: n.BoundaryARN(n.ChatBoundary()),
		})
	}
}
