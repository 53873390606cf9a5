package rehearse

import (
	"context"
	"fmt"
	"strings"

	"github.com/paperwurks/infra/config"
)

// bootstrap makes the shared stack as a person does on the first day.
func (r *rehearsal) bootstrap(ctx context.Context) (string, error) {
	_, err := r.runBootstrap(ctx, r.app)
	return "shared made, state moved", err
}

// bootstrapAgain runs the same command once more.
func (r *rehearsal) bootstrapAgain(ctx context.Context) error {
	said, err := r.runBootstrap(ctx, r.app)
	if err != nil {
		return fmt.Errorf("bootstrap a second time: %w", err)
	}
	if !strings.Contains(said, nothingToChange) {
		return fmt.Errorf("bootstrap a second time: it does not say %q:\n%s", nothingToChange, lastLines(said, 20))
	}
	return nil
}

const nothingToChange = "Nothing to change"

// runBootstrap answers what the command asks of an app, and returns what it said.
func (r *rehearsal) runBootstrap(ctx context.Context, app string, flags ...string) (string, error) {
	answers := config.LocalAccountID + strings.Repeat("\nyes", 10) + "\n"
	return r.deploying(ctx, config.SharedStack, answers, program(app), append([]string{"bootstrap", "-dir", r.dir, "-app", app, "-local", r.endpoints.administrator}, flags...)...)
}
