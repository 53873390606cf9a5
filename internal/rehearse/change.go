package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// The change that is rehearsed: the first service of the disposable environment
// gets more tasks and bigger ones.
const biggerService = `
	for i := range s.Environments {
		if e := &s.Environments[i]; e.Name == %q {
			web := &e.Services[0]
			web.CPU, web.Memory, web.MinTasks, web.MaxTasks = 512, 1024, 2, 4
		}
	}
`

const changedCPU = "512"

// changed is the service that the change is of.
func (r *rehearsal) changed() string { return r.environment(disposable).Services[0].Name }

// settingsFile holds the platform's settings, in settingsFunction.
const (
	settingsFile     = "config/platform.go"
	settingsFunction = "func Platform() Settings {"
)

// changedSettings is the settings' file with a change of s, the settings.
func changedSettings(source, change string) (string, error) {
	if n := strings.Count(source, settingsFunction); n != 1 {
		return "", fmt.Errorf("%s has %q %d times: exactly one is needed to change the settings", settingsFile, settingsFunction, n)
	}
	return strings.Replace(source, settingsFunction, settingsFunction+" return changed(unchanged()) }\n\n"+
		"func changed(s Settings) Settings {"+change+"\treturn s\n}\n\nfunc unchanged() Settings {", 1), nil
}

// changedApp builds the app with changed settings, and next to it the platform's
// program, which knows them too. The file in the repository stays as it is.
func (r *rehearsal) changedApp(ctx context.Context, name, change string) (string, error) {
	source, err := os.ReadFile(settingsFile)
	if err != nil {
		return "", err
	}
	text, err := changedSettings(string(source), change)
	if err != nil {
		return "", err
	}
	file := r.path(name, "platform.go")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return "", err
	}
	real, err := filepath.Abs(settingsFile)
	if err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{real: file}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(r.path(name, "overlay.json"), overlay, 0o600); err != nil {
		return "", err
	}
	_, err = r.command(ctx, nil, "", "go", "build", "-overlay", r.path(name, "overlay.json"), "-o", r.path(name)+"/", ".", "./cmd/platform")
	return r.path(name, "infra"), err
}

// program is the platform's program with the settings of an app.
func program(app string) string { return filepath.Join(filepath.Dir(app), "platform") }

// deployer deploys the disposable environment with an app, and says what there
// is to say of it.
type deployer func(ctx context.Context, app string) (string, error)

// changeQuietly makes the change on a day without faults.
func (r *rehearsal) changeQuietly(ctx context.Context) (string, error) {
	return r.change(ctx, func(ctx context.Context, app string) (string, error) {
		_, err := r.cli("change", app).Deploy(ctx, prefixed{r.out, "   "}, disposable)
		return "", err
	})
}

// changeOnABadDay makes it while two deploy at once, and AWS is slow and failing.
func (r *rehearsal) changeOnABadDay(ctx context.Context) (string, error) {
	return r.change(ctx, r.deployOnABadDay)
}

// changeBackOnABadDay takes the change back.
func (r *rehearsal) changeBackOnABadDay(ctx context.Context) (string, error) {
	result, err := r.deployOnABadDay(ctx, r.app)
	if err != nil {
		return "", err
	}
	err = r.nothingChanges(ctx, r.app, disposable)
	return result, err
}

// change deploys a change of infrastructure under a running deployment: the
// services keep what they run, and are not recreated. The change goes live
// with the backend's next deployment.
func (r *rehearsal) change(ctx context.Context, deploy deployer) (string, error) {
	app, err := r.changedApp(ctx, "changed", fmt.Sprintf(biggerService, disposable))
	if err != nil {
		return "", err
	}
	before := r.deployed
	result, err := deploy(ctx, app)
	if err != nil {
		return "", err
	}
	if err := r.nothingChanges(ctx, app, disposable); err != nil {
		return "", fmt.Errorf("a diff after the change: %w", err)
	}
	b, err := r.asBackend(ctx)
	if err != nil {
		return "", err
	}
	after, err := b.running(ctx)
	if err != nil {
		return "", err
	}
	var errs []error
	if after.image != before.image || !maps.Equal(after.running, before.running) {
		errs = append(errs, fmt.Errorf("services run %q; before the change they ran %q", after.running, before.running))
	}
	if !maps.Equal(after.created, before.created) {
		errs = append(errs, fmt.Errorf("services were made at %q; before the change they had been made at %q", after.created, before.created))
	}
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	if err := r.deployCommit(ctx, secondCommit, true); err != nil {
		return "", fmt.Errorf("the deployment after the change: %w", err)
	}
	live, err := b.taskDefinition(ctx, r.deployed.running[r.changed()])
	if err != nil {
		return "", err
	}
	if live.CPU != changedCPU || live.image(r.changed()) != r.deployed.image {
		return "", fmt.Errorf("after the next deployment %s has %s CPU units and the image %q; want %s and %q", r.changed(), live.CPU, live.image(r.changed()), changedCPU, r.deployed.image)
	}
	stayed := "image and services stayed; the bigger size went live with " + tagOf(r.deployed.image)
	return strings.TrimPrefix(result+"; "+stayed, "; "), nil
}
