package stacks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"github.com/paperwurks/infra/compliance"
	"github.com/paperwurks/infra/config"
)

// judge holds every stack that cdktf wrote into folder against the rules. Its
// error lists all violations.
func judge(folder string, facts compliance.Facts) error {
	files, err := fs.Glob(os.DirFS(folder), "stacks/*/cdk.tf.json")
	if err != nil {
		return fmt.Errorf("compliance: %w", err)
	}
	if want := 1 + len(facts.Environments); len(files) != want {
		return fmt.Errorf("compliance: %d stacks were written as cdk.tf.json (the rules read no HCL) and not %d", len(files), want)
	}
	platform := compliance.Platform{Facts: facts, Stacks: make([]compliance.Stack, len(files))}
	errs := make([]error, len(files))
	var reading sync.WaitGroup
	for i, file := range files {
		reading.Go(func() {
			platform.Stacks[i], errs[i] = compliance.Read(path.Base(path.Dir(file)), filepath.Join(folder, file))
		})
	}
	reading.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if violations := compliance.Evaluate(&platform); len(violations) > 0 {
		return violations
	}
	return nil
}

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
