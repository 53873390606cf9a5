package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucketExists looks for a bucket of this account. One of another account is
// an error: nobody here can make it any longer.
func (b *bootstrap) bucketExists(ctx context.Context, name string) (bool, error) {
	_, err := b.aws.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name, ExpectedBucketOwner: &b.settings.User.AccountID})
	switch status(err) {
	case 0:
		if err != nil {
			return false, fmt.Errorf("bucket %q: %w", name, err)
		}
		return true, nil
	case http.StatusNotFound:
		return false, nil
	case http.StatusForbidden:
		return false, fmt.Errorf("bucket %q: it is another account's, or you may not see it: %w", name, err)
	default:
		return false, fmt.Errorf("bucket %q: %w", name, err)
	}
}

// status is the HTTP status that AWS answered with; 0 where it did not.
func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// object reads an object of the state bucket; nil where there is none.
func (b *bootstrap) object(ctx context.Context, key string) ([]byte, error) {
	got, err := b.aws.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.stack.bucket, Key: &key})
	if status(err) == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("s3://%s/%s: %w", b.stack.bucket, key, err)
	}
	defer got.Body.Close()
	return io.ReadAll(got.Body)
}

// readRemoteState reads the state in the bucket; nil where there is none.
func (b *bootstrap) readRemoteState(ctx context.Context) (*state, error) {
	data, err := b.object(ctx, b.stack.key)
	if err != nil || data == nil {
		return nil, err
	}
	return parseState(data)
}

// putState writes the first state of the stack.
func (b *bootstrap) putState(ctx context.Context, data []byte) error {
	_, err := b.aws.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.stack.bucket, Key: &b.stack.key, Body: bytes.NewReader(data),
		ContentType: aws.String("application/json"), IfNoneMatch: aws.String("*"),
	})
	if status(err) == http.StatusPreconditionFailed {
		return fmt.Errorf("somebody else wrote a state to s3://%s/%s meanwhile: %w", b.stack.bucket, b.stack.key, err)
	}
	if err != nil {
		return fmt.Errorf("write the state to s3://%s/%s: %w", b.stack.bucket, b.stack.key, err)
	}
	return nil
}

// checkLock refuses to go on while somebody holds the state's lock. It does
// not break it: whether its holder still works only a person can know.
func (b *bootstrap) checkLock(ctx context.Context) error {
	data, err := b.object(ctx, b.stack.key+".tflock")
	if err != nil || data == nil {
		return err
	}
	var lock struct{ ID, Operation, Who, Created string }
	if err := json.Unmarshal(data, &lock); err != nil {
		return fmt.Errorf("lock of the state: %w", err)
	}
	return fmt.Errorf(`the state is locked by %s since %s (%s).
If that still runs, wait for it. If it died, with its Terraform, remove its lock and run this again:

    terraform -chdir=%s force-unlock -force %s`, lock.Who, lock.Created, lock.Operation, b.stack.Dir, lock.ID)
}

// checkBucket holds the state bucket against what a state may be kept in.
func (b *bootstrap) checkBucket(ctx context.Context, keyARN string) error {
	name := &b.stack.bucket
	var errs []error
	versioning, err := b.aws.s3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: name})
	if err != nil {
		errs = append(errs, err)
	} else if versioning.Status != types.BucketVersioningStatusEnabled {
		errs = append(errs, fmt.Errorf("versioning is %q, want %q", versioning.Status, types.BucketVersioningStatusEnabled))
	}
	access, err := b.aws.s3.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: name})
	if err != nil {
		errs = append(errs, err)
	} else if c := access.PublicAccessBlockConfiguration; c == nil || !aws.ToBool(c.BlockPublicAcls) || !aws.ToBool(c.BlockPublicPolicy) ||
		!aws.ToBool(c.IgnorePublicAcls) || !aws.ToBool(c.RestrictPublicBuckets) {
		errs = append(errs, errors.New("public access is not blocked"))
	}
	encryption, err := b.aws.s3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: name})
	if err != nil {
		errs = append(errs, err)
	} else {
		found := ""
		for _, rule := range encryption.ServerSideEncryptionConfiguration.Rules {
			if d := rule.ApplyServerSideEncryptionByDefault; d != nil && d.SSEAlgorithm == types.ServerSideEncryptionAwsKms {
				found = aws.ToString(d.KMSMasterKeyID)
			}
		}
		if found != keyARN {
			errs = append(errs, fmt.Errorf("objects are encrypted with the key %q, want %q", found, keyARN))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("bucket %q: %w", *name, err)
	}
	return nil
}

// checkStateObject holds the stored state against its key.
func (b *bootstrap) checkStateObject(ctx context.Context, keyARN string) error {
	head, err := b.aws.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.stack.bucket, Key: &b.stack.key})
	if err != nil {
		return fmt.Errorf("the stored state: %w", err)
	}
	var errs []error
	if head.ServerSideEncryption != types.ServerSideEncryptionAwsKms || aws.ToString(head.SSEKMSKeyId) != keyARN {
		errs = append(errs, fmt.Errorf("it is encrypted by %q with %q, want the key %q", head.ServerSideEncryption, aws.ToString(head.SSEKMSKeyId), keyARN))
	}
	if version := aws.ToString(head.VersionId); version == "" || version == "null" {
		errs = append(errs, errors.New("it has no version"))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the stored state: %w", err)
	}
	return nil
}
