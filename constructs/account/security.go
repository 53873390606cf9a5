package account

import (
	"encoding/json"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventtarget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/guarddutydetector"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/guarddutydetectorfeature"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhubaccount"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhubstandardssubscription"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// NewDetector makes the region's GuardDuty detector, of which a region has one. It
// publishes what it finds within a quarter of an hour.
func NewDetector(scope cdk.Construct, id string, settings config.GuardDuty) {
	scope = tf.Group(scope, id)
	detector := guarddutydetector.NewGuarddutyDetector(scope, new("detector"), &guarddutydetector.GuarddutyDetectorConfig{
		Enable:                     new(true),
		FindingPublishingFrequency: new("FIFTEEN_MINUTES"),
	})
	for _, feature := range []struct {
		id, name string
		on       bool
	}{
		{"object-events", "S3_DATA_EVENTS", settings.ObjectEvents},
		{"database-sign-ins", "RDS_LOGIN_EVENTS", settings.DatabaseSignIns},
	} {
		status := "DISABLED"
		if feature.on {
			status = "ENABLED"
		}
		guarddutydetectorfeature.NewGuarddutyDetectorFeature(scope, &feature.id, &guarddutydetectorfeature.GuarddutyDetectorFeatureConfig{
			DetectorId: detector.Id(),
			Name:       &feature.name,
			Status:     &status,
		})
	}
}

// Standard is a set of controls that Security Hub checks.
type Standard struct{ ID, ARN string }

// NewSecurityHub enables the region's Security Hub, with the standards given. One
// finding is made for each control, whatever standards have it. The standards come
// after Config records: one that is enabled before stays INCOMPLETE, without the rules
// of Config that its controls ask, and AWS answers that with success (Security Hub API,
// StandardsSubscription: NO_AVAILABLE_CONFIGURATION_RECORDER).
func NewSecurityHub(scope cdk.Construct, id string, standards []Standard, recording []cdktf.ITerraformDependable) {
	scope = tf.Group(scope, id)
	hub := securityhubaccount.NewSecurityhubAccount(scope, new("hub"), &securityhubaccount.SecurityhubAccountConfig{
		EnableDefaultStandards:  new(false),
		AutoEnableControls:      new(true),
		ControlFindingGenerator: new("SECURITY_CONTROL"),
	})
	ready := append([]cdktf.ITerraformDependable{hub}, recording...)
	for _, standard := range standards {
		securityhubstandardssubscription.NewSecurityhubStandardsSubscription(scope, &standard.ID, &securityhubstandardssubscription.SecurityhubStandardsSubscriptionConfig{
			StandardsArn: &standard.ARN,
			DependsOn:    &ready,
			// AWS takes more than the provider's three minutes at times
			// (terraform-provider-aws #42688).
			Timeouts: &securityhubstandardssubscription.SecurityhubStandardsSubscriptionTimeouts{Create: new("20m"), Delete: new("20m")},
		})
	}
}

// FindingsProps configures which findings are sent to a topic.
type FindingsProps struct {
	Name, Description string
	// Pattern is the pattern of events, as EventBridge takes it.
	Pattern map[string]any
	// Paths are where an event has what Text names in angle brackets.
	Paths    map[string]string
	Text     string
	TopicARN string
}

// NewFindings sends findings to a topic, as a text that a person reads.
func NewFindings(scope cdk.Construct, id string, props FindingsProps) error {
	pattern, err := json.Marshal(props.Pattern)
	if err != nil {
		return fmt.Errorf("rule %q: %w", props.Name, err)
	}
	scope = tf.Group(scope, id)
	paths := map[string]*string{}
	for name, path := range props.Paths {
		paths[name] = &path
	}
	rule := cloudwatcheventrule.NewCloudwatchEventRule(scope, new("rule"), &cloudwatcheventrule.CloudwatchEventRuleConfig{
		Name:         &props.Name,
		Description:  &props.Description,
		EventPattern: new(string(pattern)),
	})
	cloudwatcheventtarget.NewCloudwatchEventTarget(scope, new("target"), &cloudwatcheventtarget.CloudwatchEventTargetConfig{
		Rule:     rule.Name(),
		TargetId: new("topic"),
		Arn:      &props.TopicARN,
		InputTransformer: &cloudwatcheventtarget.CloudwatchEventTargetInputTransformer{
			InputPaths: &paths,
			// A text in quotation marks is sent as it is.
			InputTemplate: new(`"` + props.Text + `"`),
		},
	})
	return nil
}
