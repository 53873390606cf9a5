package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/paperwurks/infra/config"
)

// checkAccount asks which account is meant, and refuses every other one, and
// every role of CI.
func (b *bootstrap) checkAccount(ctx context.Context) error {
	account, err := b.questions.line(ctx, "Account id to bootstrap:")
	if err != nil {
		return err
	}
	if named := b.settings.User.AccountID; account != named {
		return fmt.Errorf("account %q: config/user.go names %q", account, named)
	}
	caller, err := b.aws.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return fmt.Errorf("who am I: %w", err)
	}
	arn := aws.ToString(caller.Arn)
	if found := aws.ToString(caller.Account); found != account {
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
	_, session, is := strings.Cut(arn, ":assumed-role/")
	if !is {
		return ""
	}
	role, _, _ := strings.Cut(session, "/")
	return role
}

func ciRoles(s config.Settings) []string {
	roles := []string{config.InfraRole, config.InfraDiffRole}
	for _, env := range s.Environments {
		roles = append(roles, s.Names().DeployRole(env.Name))
	}
	return roles
}
