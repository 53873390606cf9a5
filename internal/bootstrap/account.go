package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// checkAccount asks which account is meant, and refuses every other one, and
// every role of CI.
func (b *bootstrap) checkAccount(ctx context.Context) error {
	account, err := b.questions.Line(ctx, "Account id to bootstrap:")
	if err != nil {
		return err
	}
	if named := b.settings.User.AccountID; account != named {
		return fmt.Errorf("account %q: config/user.go names %q", account, named)
	}
	caller, err := b.aws.Do(ctx, awsapi.Request{Service: "sts", Operation: "GetCallerIdentity"})
	if err != nil {
		return fmt.Errorf("who am I: %w", err)
	}
	arn := caller.Value.Text("Arn")
	if found := caller.Value.Text("Account"); found != account {
		return fmt.Errorf("account %q: your credentials are of account %q (%s)", account, found, arn)
	}
	if role := roleOf(arn); slices.Contains(ciRoles(b.settings), role) {
		return fmt.Errorf("%s: %q is a role of CI, which may not change what this makes: an administrator is required", arn, role)
	}
	fmt.Fprintln(b.out, "Account", account, "as", arn)
	return nil
}

// roleOf is the name of the role of a session; "" for what is no role. STS
// leaves the role's path out of a session's ARN.
func roleOf(arn string) string {
	_, session, ok := strings.Cut(arn, ":assumed-role/")
	if !ok {
		return ""
	}
	role, _, _ := strings.Cut(session, "/")
	return role
}

func ciRoles(s config.Settings) []string {
	roles := []string{config.InfraRole, config.InfraDiffRole, config.InfraReportRole}
	for _, env := range s.Environments {
		roles = append(roles, s.Names().DeployRole(env.Name))
	}
	return roles
}

// checkLock refuses to go on while somebody holds the state's lock. It does
// not break it: whether its holder still works only a person can know.
func (b *bootstrap) checkLock(ctx context.Context) error {
	lock, _, err := b.store.Lock(ctx)
	if err != nil || lock == nil {
		return err
	}
	return fmt.Errorf(`the state is locked by %s since %s (%s).
If that still runs, wait for it. If it died, with its Terraform, remove its lock and run this again:

    terraform -chdir=%s force-unlock -force %s`, lock.Who, lock.Created.UTC().Format("2006-01-02 15:04:05 MST"), lock.Operation, b.stack.Dir, lock.ID)
}

// checkBucket checks that the state bucket is one that a state may be kept in.
func (b *bootstrap) checkBucket(ctx context.Context, keyARN string) error {
	var errs []error
	for _, check := range []struct {
		of   string
		read func(awsapi.Value) error
	}{
		{"versioning", func(v awsapi.Value) error {
			if status := v.Text("Status"); status != "Enabled" {
				return fmt.Errorf("versioning is %q, want %q", status, "Enabled")
			}
			return nil
		}},
		{"publicAccessBlock", func(v awsapi.Value) error {
			for _, name := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
				if v.Text(name) != "true" {
					return errors.New("public access is not blocked")
				}
			}
			return nil
		}},
		{"encryption", func(v awsapi.Value) error {
			found := ""
			for _, rule := range v.List("Rule") {
				if d := rule.At("ApplyServerSideEncryptionByDefault"); d.Text("SSEAlgorithm") == "aws:kms" {
					found = d.Text("KMSMasterKeyID")
				}
			}
			if found != keyARN {
				return fmt.Errorf("objects are encrypted with the key %q, want %q", found, keyARN)
			}
			return nil
		}},
	} {
		answer, err := b.aws.Do(ctx, awsapi.Request{Service: "s3", Method: http.MethodGet, Path: "/" + b.store.Bucket,
			Parameters: map[string]any{check.of: ""}})
		if err == nil {
			err = check.read(answer.Value)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("bucket %q: %w", b.store.Bucket, err)
	}
	return nil
}

// checkStateObject checks that the stored state is encrypted with its key, and
// has a version.
func (b *bootstrap) checkStateObject(ctx context.Context, keyARN string) error {
	head, err := b.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("the stored state: %w", err)
	}
	var errs []error
	if by, key := head.Get("X-Amz-Server-Side-Encryption"), head.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"); by != "aws:kms" || key != keyARN {
		errs = append(errs, fmt.Errorf("it is encrypted by %q with %q, want the key %q", by, key, keyARN))
	}
	if version := head.Get("X-Amz-Version-Id"); version == "" || version == "null" {
		errs = append(errs, errors.New("it has no version"))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the stored state: %w", err)
	}
	return nil
}
