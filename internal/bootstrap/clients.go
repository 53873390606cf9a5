package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// clients are the parts of AWS that are looked at here; what is changed,
// Terraform changes.
type clients struct {
	sts     *sts.Client
	s3      *s3.Client
	kms     *kms.Client
	ssm     *ssm.Client
	tagging *resourcegroupstaggingapi.Client
}

// newClients speaks to AWS with the caller's own credentials, or to an
// emulator with none.
func newClients(ctx context.Context, region, endpoint string) (clients, error) {
	settings := aws.Config{Region: region}
	if endpoint == "" {
		var err error
		if settings, err = awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region)); err != nil {
			return clients{}, fmt.Errorf("AWS credentials: %w", err)
		}
	} else {
		settings.BaseEndpoint = &endpoint
		settings.Credentials = credentials.NewStaticCredentialsProvider("local", "local", "")
	}
	return clients{
		sts:     sts.NewFromConfig(settings),
		s3:      s3.NewFromConfig(settings, func(o *s3.Options) { o.UsePathStyle = endpoint != "" }),
		kms:     kms.NewFromConfig(settings),
		ssm:     ssm.NewFromConfig(settings),
		tagging: resourcegroupstaggingapi.NewFromConfig(settings),
	}, nil
}
