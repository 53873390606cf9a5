package capability

import (
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/accessmodel/inventory"
)

// ChatRole is the role that alarms are posted to channels with. Member is a role that a
// member of a channel brings: whatever its policies, it acts within the guardrail.
const (
	ChatRole = "paperwurks-account-chat"
	Member   = "member"
)

const chatbot = "chatbot.amazonaws.com"

// chat is the table of the channels that get alarms, for the roles of CI.
func chat() Area {
	channel := func(name string) string { return "arn:aws:chatbot::{account}:chat-configuration/slack-channel/" + name }
	role, itsChannel := iam("role/paperwurks/account/"+ChatRole), channel("paperwurks-prod-alarms-T0123ABCDEF")
	build := func(does, action, on string) Row {
		return Row{Does: does, Action: action, On: on, May: builder, Why: "infrastructure"}
	}
	never := func(does, action, on, why string) Row {
		return Row{Does: does, Action: action, On: on, May: nobody, Why: why}
	}
	// Amazon Q Developer in chat applications is asked where it has an endpoint.
	there := func(r Row) Row {
		r.With = with("aws:RequestedRegion", "{elsewhere}")
		return r
	}
	pass := func(does, role, service string, may []string, why string) Row {
		return Row{Does: does, Action: "iam:PassRole", On: role, With: with("iam:PassedToService", service, "aws:RequestedRegion", "{elsewhere}"), May: may, Why: why}
	}
	return Area{Title: "Chat", Rows: []Row{
		there(build("have a channel get alarms", "chatbot:CreateSlackChannelConfiguration", "*")),
		there(build("change which topics a channel gets", "chatbot:UpdateSlackChannelConfiguration", itsChannel)),
		there(build("take a channel's alarms away", "chatbot:DeleteSlackChannelConfiguration", itsChannel)),
		there(build("tag a channel", "chatbot:TagResource", itsChannel)),
		there(build("take a channel's tag away", "chatbot:UntagResource", itsChannel)),
		there(Row{Does: "see how channels are set", Action: "chatbot:DescribeSlackChannelConfigurations", On: "*", May: planners, Why: "to plan"}),
		there(Row{Does: "see a channel's tags", Action: "chatbot:ListTagsForResource", On: "*", May: planners, Why: "to plan"}),
		pass("pass the role of chat to channels", role, chatbot, builder, "it shows metrics"),
		pass("pass the role of chat to a task", role, ecsTasks, nobody, "to channels only"),
		pass("pass the bootstrap role to a channel", workload("paperwurks-dev-bootstrap"), chatbot, nobody, "the role of chat only"),
		pass("pass web's task role of prod to a channel", workload("paperwurks-prod-web-task"), chatbot, nobody, "whoever may write there would have it"),
		pass("pass infra-role to a channel", ci(infra), chatbot, nobody, "whoever may write there would have it"),
		never("change a channel that is not the platform's", "chatbot:UpdateSlackChannelConfiguration", channel("other"), "not theirs"),
		never("take the alarms of a channel away that is not the platform's", "chatbot:DeleteSlackChannelConfiguration", channel("other"), "not theirs"),
		never("tag a channel that is not the platform's", "chatbot:TagResource", channel("other"), "not theirs"),
		never("authorise a workspace", "chatbot:RedeemSlackOauthCode", "*", "a person's"),
		never("end the authorisation of a workspace", "chatbot:DeleteSlackWorkspaceAuthorization", "*", "a person's"),
		never("let members of channels do without a role of their own", "chatbot:UpdateAccountPreferences", "*", "the account's"),
		never("have a button of a channel run a command", "chatbot:CreateCustomAction", "*", "a way in"),
		never("put a button into a channel", "chatbot:AssociateToConfiguration", itsChannel, "a way in"),
		never("have a channel of another kind get alarms", "chatbot:CreateChimeWebhookConfiguration", "*", "not in use"),
		never("have a channel of Teams get alarms", "chatbot:CreateMicrosoftTeamsChannelConfiguration", "*", "not in use"),
		never("let the role of chat do more", "iam:PutRolePolicy", role, "an administrator's"),
		never("give the role of chat another policy", "iam:AttachRolePolicy", role, "an administrator's"),
		never("take the boundary off the role of chat", "iam:DeleteRolePermissionsBoundary", role, "an administrator's"),
		never("change who may assume the role of chat", "iam:UpdateAssumeRolePolicy", role, "an administrator's"),
		never("assume the role of chat", "sts:AssumeRole", role, "Amazon Q Developer's"),
		never("let channels permit more", "iam:CreatePolicyVersion", iam("policy/paperwurks/boundary/paperwurks-chat-boundary"), "an administrator's"),
	}}
}

// Chatting is the table of what a message in a channel may come to: nothing but what
// Amazon Q Developer in chat applications asks for to show an alarm, and for a role that a
// member brings nothing.
func (e Environments) Chatting(of map[string]string, jobs Jobs) []Area {
	may := list(ChatRole)
	shows := []Area{{Title: "Chat, for whoever may write in a channel", Rows: []Row{
		{Does: "see an alarm", Action: "cloudwatch:DescribeAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: may, Why: "it is posted"},
		{Does: "see an alarm in us-east-1", Action: "cloudwatch:DescribeAlarms", On: "arn:aws:cloudwatch:us-east-1:{account}:alarm:paperwurks-prod-public-url", May: may, Why: "it is posted"},
		{Does: "see an alarm's metric", Action: "cloudwatch:GetMetricData", On: "*", May: may, Why: "its chart"},
		{Does: "see an alarm's chart", Action: "cloudwatch:GetMetricWidgetImage", On: "*", May: may, Why: "its chart"},
		{Does: "list metrics", Action: "cloudwatch:ListMetrics", On: "*", May: may, Why: "its chart"},
		{Does: "list log groups by name", Action: "logs:DescribeLogGroups", On: "*", May: may, Why: "AWS asks at each alarm"},
		{Does: "list saved queries", Action: "logs:DescribeQueryDefinitions", On: "*", May: may, Why: "AWS asks at each alarm"},
		{Does: "read an event of a log", Action: "logs:GetLogEvents", On: arn("logs", "log-group:/paperwurks/prod/ecs/web:log-stream:s"), May: nobody, Why: "what the application wrote"},
		{Does: "search a log", Action: "logs:FilterLogEvents", On: arn("logs", "log-group:/paperwurks/prod/ecs/web"), May: nobody, Why: "what the application wrote"},
		{Does: "query a log", Action: "logs:StartQuery", On: arn("logs", "log-group:/paperwurks/prod/ecs/web"), May: nobody, Why: "what the application wrote"},
		{Does: "silence an alarm", Action: "cloudwatch:DisableAlarmActions", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: nobody, Why: "a person's"},
		{Does: "set an alarm's state", Action: "cloudwatch:SetAlarmState", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: nobody, Why: "it rolls deployments back"},
		{Does: "delete an alarm", Action: "cloudwatch:DeleteAlarms", On: arn("cloudwatch", "alarm:paperwurks-prod-web-5xx"), May: nobody, Why: "infrastructure"},
		{Does: "publish an alarm", Action: "sns:Publish", On: arn("sns", "paperwurks-prod-alarms"), May: nobody, Why: "CloudWatch's"},
		{Does: "see the data of a database's load", Action: "pi:GetResourceMetrics", On: arn("pi", "metrics/rds/db-0A1B"), May: nobody, Why: "statements of users"},
		{Does: "restart a service", Action: "ecs:UpdateService", On: service("prod", "web"), May: nobody, Why: "on-call's"},
		{Does: "see how a service is set", Action: "ecs:DescribeServices", On: service("prod", "web"), May: nobody, Why: "alarms only"},
		{Does: "run a function", Action: "lambda:InvokeFunction", On: arn("lambda", "function:f"), May: nobody, Why: "not in use"},
		{Does: "ask Amazon Q", Action: "q:SendMessage", On: "*", May: nobody, Why: "not in use"},
		{Does: "open a case with AWS Support", Action: "support:CreateCase", On: "*", May: nobody, Why: "a person's"},
	}}}
	for _, area := range e.Areas(of, jobs) {
		rows := make([]Row, 0, len(area.Rows))
		for _, r := range area.Rows {
			if strings.HasPrefix(r.Action, "cloudwatch:Describe") || strings.HasPrefix(r.Action, "cloudwatch:Get") || strings.HasPrefix(r.Action, "cloudwatch:List") || r.Action == "logs:DescribeLogGroups" {
				continue // above
			}
			r.May = nobody
			rows = append(rows, r)
		}
		shows = append(shows, Area{Title: area.Title + ", by chat", Rows: rows})
	}
	return shows
}

// AddMember adds Member to a platform whose channels have a guardrail: AWS intersects it
// with the role's policies, as IAM does a boundary.
func AddMember(p *inventory.Platform) error {
	like := p.Roles[ChatRole]
	if like == nil {
		return nil
	}
	return p.AddRole(&inventory.Role{
		Name: Member, Path: "/", ARN: strings.TrimSuffix(like.ARN, like.Path[1:]+like.Name) + Member,
		Trust: like.Trust, Boundary: like.Boundary, BoundaryARN: like.BoundaryARN,
	}, Everything)
}

// Chatters are the roles of Chatting.
func Chatters(s config.Settings) []string {
	if !s.HasSlack() {
		return nil
	}
	return []string{ChatRole, Member}
}
