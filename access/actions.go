package access

import "github.com/paperwurks/infra/config"

// pushImages and pullImages move an image's layers and manifest (Service
// authorization reference, Amazon ECR). Logging in, ecr:GetAuthorizationToken,
// reaches no image by itself.
func pushImages() []string {
	return []string{
		"ecr:BatchDeleteImage", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload",
		"ecr:PutImage", "ecr:UploadLayerPart",
	}
}

func pullImages() []string { return []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} }

// readSecrets and writeSecrets touch a secret's value, or have somebody touch
// it.
func readSecrets() []string {
	return []string{"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}
}

func writeSecrets() []string {
	return []string{
		"secretsmanager:PutSecretValue", "secretsmanager:ReplicateSecretToRegions", "secretsmanager:RotateSecret",
		"secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
	}
}

// The services that roles are passed to.
const (
	ecsTasks        = "ecs-tasks.amazonaws.com"
	rdsMonitoring   = "monitoring.rds.amazonaws.com"
	flowLogDelivery = "vpc-flow-logs.amazonaws.com"
)

// edgeRegion is where AWS keeps what is global: IAM, CloudFront, Route 53 and
// what belongs to CloudFront.
const edgeRegion = "us-east-1"

// regional is the ARN pattern of a resource in the platform's region and at
// the edge.
func regional(n config.Names, service, resource string) []string {
	return []string{
		n.ARN(service, resource),
		"arn:aws:" + service + ":" + edgeRegion + ":" + n.Account() + ":" + resource,
	}
}

// logGroup is a log group in both spellings that AWS uses: some actions check
// the one that ends in :*, which also covers its streams.
func logGroup(n config.Names, name string) []string {
	group := n.ARN("logs", "log-group:"+name)
	return []string{group, group + ":*"}
}

// named matches what starts with the project's prefix.
func named(n config.Names) string { return n.Project() + "-*" }

// via is a service's name in kms:ViaService.
func via(n config.Names, services ...string) []string {
	out := make([]string, len(services))
	for i, s := range services {
		out[i] = s + "." + n.Region() + ".amazonaws.com"
	}
	return out
}

func concat(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}
