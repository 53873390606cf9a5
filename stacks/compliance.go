package stacks

import (
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/constructs/compliance"
)

// complianceFacts are what the rules have to know of the settings.
func complianceFacts(s config.Settings, target config.Target) compliance.Facts {
	facts := compliance.Facts{
		AccountID:    s.User.AccountID,
		Environments: map[string]compliance.Environment{},
		Local:        target.IsLocal(),
		Today:        time.Now(),
	}
	for _, env := range s.Environments {
		facts.Environments[env.Name] = compliance.Environment{Protected: env.IsProtected(), Disposable: env.IsDisposable()}
	}
	return facts
}
