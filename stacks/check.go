package stacks

import (
	"fmt"
	"os"
	"time"

	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
)

// check checks every stack that cdktf wrote into folder against the rules. Its
// error lists all violations; what has expired is written to standard error.
func check(folder string, facts compliance.Facts) error {
	stacks, err := compliance.Read(folder)
	if err != nil {
		return err
	}
	if want := 1 + len(facts.Environments); len(stacks) != want {
		return fmt.Errorf("compliance: %d stacks were written and not %d", len(stacks), want)
	}
	platform := compliance.Platform{Facts: facts, Stacks: stacks}
	if violations := compliance.Evaluate(&platform); len(violations) > 0 {
		return violations
	}
	compliance.WriteExpired(os.Stderr, stacks, time.Now())
	return nil
}

// complianceFacts are what the rules have to know of the settings.
func complianceFacts(s config.Settings, target config.Target) compliance.Facts {
	facts := compliance.Facts{
		AccountID:    s.User.AccountID,
		Environments: map[string]compliance.Environment{},
		Account:      s.Account,
		Local:        target.IsLocal(),
	}
	for _, env := range s.Environments {
		facts.Environments[env.Name] = compliance.Environment{Protected: env.IsProtected(), Disposable: env.IsDisposable()}
	}
	return facts
}
