package config

// interfaceEndpoints are the AWS services that an interface endpoint is offered
// for and that the platform or its application may use (AWS PrivateLink guide,
// "AWS services that integrate with AWS PrivateLink"), by the last part of the
// endpoint's name.
var interfaceEndpoints = []string{
	"ecr.api", "ecr.dkr", "kms", "logs", "secretsmanager", "ssm", "ssmmessages", "sts",
}
