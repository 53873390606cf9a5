package config

// interfaceServices are AWS services that have an interface endpoint, by the
// last part of its name (AWS PrivateLink guide, "AWS services that integrate
// with AWS PrivateLink"): those that the platform or its application could call
// from inside the VPC. Not every region has all of them.
var interfaceServices = []string{
	"appconfig", "appconfigdata", "application-autoscaling", "athena", "bedrock-agent-runtime", "bedrock-runtime",
	"cloudformation", "comprehend", "ec2", "ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "elasticache",
	"elasticfilesystem", "elasticloadbalancing", "email-smtp", "events", "execute-api", "guardduty-data",
	"kinesis-firehose", "kinesis-streams", "kms", "lambda", "logs", "monitoring", "pi", "polly", "rds", "rds-data",
	"rekognition", "scheduler", "secretsmanager", "servicediscovery", "sns", "sqs", "ssm", "ssmmessages", "states",
	"sts", "synthetics", "textract", "transcribe", "translate", "xray",
}
