package access

import (
	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
)

// Who pushes and who pulls an environment's images: its deploy-role pushes;
// deploy-role, the execution roles of its tasks and the deploy-role of an
// environment that takes its images from this one pull; nobody else does either. The repository's policy denies it to everybody else; infra-role builds
// the repository and is denied its images (noImages).

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

// ImageRepository is the policy of an environment's repository. It denies images
// to whoever is not its pipeline or one of its tasks, whatever their own
// policies allow.
func ImageRepository(n config.Names, env string, environments []config.Environment) policy.Document {
	pipeline := n.CIRoleARN(n.DeployRole(env))
	pullers := []string{
		pipeline,
		n.WorkloadRoleARN(n.ExecutionRole(env, "*")),
		// Amazon Inspector reads images by its service-linked role.
		"arn:aws:iam::" + n.Account() + ":role/aws-service-role/*",
	}
	for _, e := range environments {
		if e.Images.From == env {
			pullers = append(pullers, n.CIRoleARN(n.DeployRole(e.Name)))
		}
	}
	push := denyAnyone("DenyPushToOthers", pushImages(), policy.If(policy.ArnNotEquals, "aws:PrincipalArn", pipeline))
	pull := denyAnyone("DenyPullToOthers", pullImages(), policy.If(policy.ArnNotLike, "aws:PrincipalArn", pullers...))
	// A repository's policy names no resource.
	return policy.Document{Statements: []policy.Statement{on(push), on(pull)}}
}

// ImagesKey is the policy of the key of container images: ECR gets it from
// whoever makes the repository.
func ImagesKey(n config.Names) policy.Document {
	return keyPolicy(n,
		grantThrough(n, "RepositoryIsMade", []string{n.CIRoleARN(config.InfraRole)}, "ecr"),
		byAdministrators(n, "RepositoryIsMadeAtFirst", grantOfKey(), through(n, "ecr")))
}

// images is what deploy-role allows.
func (d deployment) images() []policy.Statement {
	statements := []policy.Statement{
		logInToECR(),
		{
			Sid:    "PushAndPullItsImages",
			Effect: policy.Allow,
			Actions: []string{
				"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload",
				"ecr:DescribeImageScanFindings", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer",
				"ecr:InitiateLayerUpload", "ecr:ListImages", "ecr:PutImage", "ecr:UploadLayerPart",
			},
			Resources: []string{d.repository},
		},
		{
			// Where the account has Amazon Inspector, ECR asks for the first in the
			// caller's name when it says what a scan found (Amazon ECR user guide, "IAM
			// permissions required for enhanced scanning"); the second tells that an
			// image was scanned. AWS knows no resource for either.
			Sid:       "ReadWhatInspectorFinds",
			Effect:    policy.Allow,
			Actions:   []string{"inspector2:ListCoverage", "inspector2:ListFindings"},
			Resources: []string{"*"},
		},
	}
	if d.source != "" {
		statements = append(statements, policy.Statement{Sid: "PullWhatItPromotes", Effect: policy.Allow, Actions: promoted(), Resources: []string{d.source}})
	}
	return statements
}

// promoted is what copies an image from another environment's repository.
func promoted() []string { return append(pullImages(), "ecr:BatchCheckLayerAvailability") }

// logInToECR reaches no image by itself.
func logInToECR() policy.Statement {
	return policy.Statement{
		Sid:       "LogInToECR",
		Effect:    policy.Allow,
		Actions:   []string{"ecr:GetAuthorizationToken"},
		Resources: []string{"*"},
	}
}

// pullItsImage is what the execution role of a task allows.
func pullItsImage(repositoryARN string) policy.Statement {
	return policy.Statement{
		Sid:       "PullItsImage",
		Effect:    policy.Allow,
		Actions:   []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
		Resources: []string{repositoryARN},
	}
}

// buildRepositories makes image repositories. Their policies, which say who
// reaches images, are an administrator's to write.
func buildRepositories(n config.Names) []policy.Statement {
	return []policy.Statement{{
		Sid:    "BuildRepositories",
		Effect: policy.Allow,
		Actions: []string{
			"ecr:CreateRepository", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository", "ecr:PutImageScanningConfiguration",
			"ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource",
		},
		Resources: []string{n.ARN("ecr", "repository/"+n.Project()+"/*")},
	}}
}

// noImages is denied to infra-role.
func noImages() []policy.Statement {
	return []policy.Statement{
		deny("NoImages", concat(pushImages(), pullImages(), []string{
			"ecr:BatchCheckLayerAvailability", "ecr:DescribeImage*", "ecr:GetAuthorizationToken", "ecr:ListImages", "inspector2:List*",
		})),
		deny("NoHandingOnOfImages", []string{
			"ecr:CreatePullThroughCacheRule", "ecr:DeleteRegistryPolicy", "ecr:DeleteRepositoryPolicy",
			"ecr:PutRegistryPolicy", "ecr:PutRegistryScanningConfiguration", "ecr:PutReplicationConfiguration", "ecr:SetRepositoryPolicy",
		}),
	}
}
