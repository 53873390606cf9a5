package constructs

import (
	"encoding/json"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrlifecyclepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepository"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepositorypolicy"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
)

// ImageRepository is the ECR repository of one environment's backend image.
// Tags are immutable, images are scanned on push, and only the environment's
// own pipeline and tasks reach them.
type ImageRepository struct {
	Name, ARN, URL string
}

// ImageRepositoryProps configures an ImageRepository.
type ImageRepositoryProps struct {
	Names       config.Names
	Environment config.Environment
	KeyARN      string
}

// NewImageRepository makes the repository. It fails when its policy is not
// one.
func NewImageRepository(scope cdk.Construct, id string, props ImageRepositoryProps) (*ImageRepository, error) {
	n, env := props.Names, props.Environment
	document, err := access.ImageRepository(n, env.Name).JSON()
	if err != nil {
		return nil, fmt.Errorf("repository %q: %w", n.Repository(env.Name), err)
	}
	lifecycle, err := imageLifecycle(env)
	if err != nil {
		return nil, fmt.Errorf("repository %q: %w", n.Repository(env.Name), err)
	}
	scope = group(scope, id)
	repository := ecrrepository.NewEcrRepository(scope, new("repository"), &ecrrepository.EcrRepositoryConfig{
		Name:               new(n.Repository(env.Name)),
		ImageTagMutability: new("IMMUTABLE"),
		ImageScanningConfiguration: &ecrrepository.EcrRepositoryImageScanningConfiguration{
			ScanOnPush: new(true),
		},
		EncryptionConfiguration: []*ecrrepository.EcrRepositoryEncryptionConfiguration{{
			EncryptionType: new("KMS"),
			KmsKey:         &props.KeyARN,
		}},
		ForceDelete: new(env.Documents.DestroyWithContents),
		Lifecycle:   preventDestroy(!env.IsDisposable()),
	})
	name := repository.Name()
	ecrlifecyclepolicy.NewEcrLifecyclePolicy(scope, new("lifecycle"), &ecrlifecyclepolicy.EcrLifecyclePolicyConfig{
		Repository: name,
		Policy:     &lifecycle,
	})
	ecrrepositorypolicy.NewEcrRepositoryPolicy(scope, new("policy"), &ecrrepositorypolicy.EcrRepositoryPolicyConfig{
		Repository: name,
		Policy:     &document,
	})
	return &ImageRepository{
		Name: *name,
		ARN:  *repository.Arn(),
		URL:  *repository.RepositoryUrl(),
	}, nil
}

// imageLifecycle expires what nothing can be running any more. ECR counts by
// age of push, so the newest KeepReleases tagged images stay whatever their
// age: a running one goes only after that many later pushes without a
// deployment.
func imageLifecycle(env config.Environment) (string, error) {
	type selection struct {
		TagStatus      string   `json:"tagStatus"`
		TagPatternList []string `json:"tagPatternList,omitempty"`
		CountType      string   `json:"countType"`
		CountUnit      string   `json:"countUnit,omitempty"`
		CountNumber    int      `json:"countNumber"`
	}
	type rule struct {
		RulePriority int               `json:"rulePriority"`
		Description  string            `json:"description"`
		Selection    selection         `json:"selection"`
		Action       map[string]string `json:"action"`
	}
	expire := map[string]string{"type": "expire"}
	document, err := json.Marshal(map[string][]rule{"rules": {
		{1, "Images without a tag", selection{TagStatus: "untagged", CountType: "sinceImagePushed", CountUnit: "days", CountNumber: env.Images.UntaggedDays}, expire},
		{2, "Older releases", selection{TagStatus: "tagged", TagPatternList: []string{"*"}, CountType: "imageCountMoreThan", CountNumber: env.Images.KeepReleases}, expire},
	}})
	return string(document), err
}
