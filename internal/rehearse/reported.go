package rehearse

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paperwurks/infra/internal/accessmodel/token"
)

// failureIsReported reports a failed run with the script and the identity of failures.yml, and
// reads at a queue of its own what arrives at the account's topic.
func (r *rehearsal) failureIsReported(ctx context.Context) (string, error) {
	if !r.settings.Account.Topic() {
		return "the account has no topic: only an issue says so", nil
	}
	parameters, err := r.parameters(ctx)
	if err != nil {
		return "", err
	}
	// Nobody's: no role of the platform joins the topic so.
	listener := &backend{r: r, environment: append(r.awsEnvironment(r.endpoints.nobody), "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local")}
	n, g := r.settings.Names(), r.settings.GitHub
	topic := n.ARN("sns", n.AccountTopic())
	// For SQS the AWS CLI (1.46.3) does not look at AWS_ENDPOINT_URL, and asks where the queue's
	// URL says, which moto makes one of AWS.
	sqs := func(into any, args ...string) error {
		return listener.aws(ctx, into, append([]string{"sqs", args[0], "--endpoint-url", r.endpoints.nobody}, args[1:]...)...)
	}
	queue := r.endpoints.nobody + "/" + n.Account() + "/rehearsal"
	if err := sqs(nil, "create-queue", "--queue-name", "rehearsal"); err != nil {
		return "", err
	}
	var joined struct{ SubscriptionArn string }
	if err := listener.aws(ctx, &joined, "sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", n.ARN("sqs", "rehearsal")); err != nil {
		return "", err
	}
	reporter := &backend{r: r, environment: r.awsEnvironment(r.endpoints.infraReport)}
	if err := reporter.signIn(ctx, parameters[r.settings.Parameters().InfraReportRoleARN().Name], token.Run{
		Owner: g.Owner, OwnerID: numberOf(r.settings.User.GitHubOwnerID), Repository: g.InfraRepository, RepositoryID: numberOf(r.settings.User.InfraRepositoryID),
		Ref: "refs/heads/" + g.InfraBranch, Workflow: ".github/workflows/failures.yml", ImmutableSubject: true,
	}); err != nil {
		return "", err
	}
	name := g.Owner + "/" + g.InfraRepository
	if _, err := reporter.script(ctx, "tell.sh", "TOPIC="+n.AccountTopic(), "WORKFLOW=Deploy", "CONCLUSION=failure", "COMMIT="+firstCommit, "RUN=4711", "ISSUE=9",
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY="+name, "GITHUB_REF_NAME="+g.InfraBranch, "GITHUB_RUN_ID=4712"); err != nil {
		return "", err
	}
	var received struct{ Messages []struct{ Body string } }
	if err := sqs(&received, "receive-message", "--queue-url", queue, "--wait-time-seconds", "5"); err != nil {
		return "", err
	}
	if len(received.Messages) != 1 {
		return "", fmt.Errorf("%d messages arrived at %s, want 1", len(received.Messages), topic)
	}
	var told struct{ TopicArn, Subject, Message string }
	if err := json.Unmarshal([]byte(received.Messages[0].Body), &told); err != nil {
		return "", err
	}
	for _, want := range []string{"Deploy", firstCommit, name + "/actions/runs/4711\n", name + "/issues/9\n", "docs/pipelines.md#what-happens-when"} {
		if !strings.Contains(told.Message, want) {
			return "", fmt.Errorf("the message does not say %q:\n%s", want, told.Message)
		}
	}
	if err := listener.aws(ctx, nil, "sns", "unsubscribe", "--subscription-arn", joined.SubscriptionArn); err != nil {
		return "", err
	}
	return fmt.Sprintf("%q arrived at %s", told.Subject, n.AccountTopic()), sqs(nil, "delete-queue", "--queue-url", queue)
}
