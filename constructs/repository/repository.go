// Package repository makes repositories of container images in ECR. It is a part: see package
// constructs for what a part may import.
package repository

import (
	"encoding/json"
	"fmt"

	cdk "github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrlifecyclepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepository"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepositorypolicy"

	"github.com/paperwurks/infra/access/policy"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/tf"
)

// Repository is the ECR repository of one environment's backend image.
// Tags are immutable, images are scanned on push, and only the environment's
// own pipeline and tasks reach them.
type Repository struct {
	Name, ARN, URL string
}

// Props configures a Repository.
type Props struct {
	Name   string
	KeyARN string
	// Images says how many images are kept, and how long.
	Images config.Images
	// PreventDestroy makes Terraform refuse to destroy the repository;
	// ForceDelete lets it delete one that holds images.
	PreventDestroy, ForceDelete bool
	// Policy says who pushes and pulls.
	Policy policy.Document
}

// New makes the repository. It returns an error if its policy is
// invalid.
func New(scope cdk.Construct, id string, props Props) (*Repository, error) {
	document, err := props.Policy.JSON()
	if err != nil {
		return nil, fmt.Errorf("repository %q: %w", props.Name, err)
	}
	expiry, err := lifecycle(props.Images)
	if err != nil {
		return nil, fmt.Errorf("repository %q: %w", props.Name, err)
	}
	scope = tf.Group(scope, id)
	repository := ecrrepository.NewEcrRepository(scope, new("repository"), &ecrrepository.EcrRepositoryConfig{
		Name:               &props.Name,
		ImageTagMutability: new("IMMUTABLE"),
		ImageScanningConfiguration: &ecrrepository.EcrRepositoryImageScanningConfiguration{
			ScanOnPush: new(true),
		},
		EncryptionConfiguration: []*ecrrepository.EcrRepositoryEncryptionConfiguration{{
			EncryptionType: new("KMS"),
			KmsKey:         &props.KeyARN,
		}},
		ForceDelete: new(props.ForceDelete),
		Lifecycle:   tf.PreventDestroy(props.PreventDestroy),
	})
	name := repository.Name()
	ecrlifecyclepolicy.NewEcrLifecyclePolicy(scope, new("lifecycle"), &ecrlifecyclepolicy.EcrLifecyclePolicyConfig{
		Repository: name,
		Policy:     &expiry,
	})
	ecrrepositorypolicy.NewEcrRepositoryPolicy(scope, new("policy"), &ecrrepositorypolicy.EcrRepositoryPolicyConfig{
		Repository: name,
		Policy:     &document,
	})
	return &Repository{
		Name: *name,
		ARN:  *repository.Arn(),
		URL:  *repository.RepositoryUrl(),
	}, nil
}

// lifecycle expires what nothing can be running any more. ECR counts by
// age of push, so the newest KeepReleases tagged images stay whatever their
// age: a running one goes only after that many later pushes without a
// deployment.
func lifecycle(images config.Images) (string, error) {
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
		{1, "Images without a tag", selection{TagStatus: "untagged", CountType: "sinceImagePushed", CountUnit: "days", CountNumber: images.UntaggedDays}, expire},
		{2, "Older releases", selection{TagStatus: "tagged", TagPatternList: []string{"*"}, CountType: "imageCountMoreThan", CountNumber: images.KeepReleases}, expire},
	}})
	return string(document), err
}
