package rehearse

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/paperwurks/infra/internal/runbook"
)

// operations holds the runbooks that are run as they are written there.
const operations = "docs/operations.md"

// byTheBook runs the commands of a section of the runbooks, in a folder of their
// own, with the AWS CLI and Terraform at the local AWS. `make synth` is the app
// itself, since this rehearsal's AWS is not that of `make up`. Its calls are not
// noted: what an administrator may do by them is asked of the access model.
func (r *rehearsal) byTheBook(ctx context.Context, section, env string) (int, error) {
	document, err := os.ReadFile(operations)
	if err != nil {
		return 0, err
	}
	blocks := runbook.Under(runbook.Read(string(document)), section)
	if len(blocks) == 0 {
		return 0, fmt.Errorf("%s has no commands under %q", operations, section)
	}
	folder := r.path("runbook")
	if err := os.MkdirAll(filepath.Join(folder, "bin"), 0o755); err != nil {
		return 0, err
	}
	made := fmt.Sprintf("#!/bin/bash\n[ \"$*\" = synth ] || { echo \"make $*: not rehearsed\" >&2; exit 1; }\nexec %q -o cdktf.out -local %q\n", r.app, r.doors.nobody)
	if err := os.WriteFile(filepath.Join(folder, "bin", "make"), []byte(made), 0o755); err != nil {
		return 0, err
	}
	environment := []string{
		"AWS_ENDPOINT_URL=" + r.doors.nobody, "AWS_REGION=" + r.settings.Region, "AWS_DEFAULT_REGION=" + r.settings.Region, "AWS_PAGER=",
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_EC2_METADATA_DISABLED=true",
		"PATH=" + filepath.Join(folder, "bin") + ":" + r.tool("aws-cli", "bin") + ":" + os.Getenv("PATH"),
	}
	for _, block := range blocks {
		text, err := block.Filled(map[string]string{"env": env, "time": time.Now().UTC().Format(time.RFC3339)})
		if err == nil {
			_, err = r.command(ctx, environment, "", "bash", "-euo", "pipefail", "-c", fmt.Sprintf("cd %q\n%s", folder, text))
		}
		if err != nil {
			return 0, fmt.Errorf("%s, %q, line %d: %w", operations, section, block.Line, err)
		}
	}
	return len(blocks), nil
}

// secretByTheBook sets a secret of the application and rotates the database's.
func (r *rehearsal) secretByTheBook(ctx context.Context) (string, error) {
	b, err := r.asBackend(ctx)
	if err != nil {
		return "", err
	}
	before, err := b.running(ctx)
	if err != nil {
		return "", err
	}
	if _, err := r.byTheBook(ctx, "Rotate a secret", disposable); err != nil {
		return "", err
	}
	after, err := b.running(ctx)
	if err != nil {
		return "", err
	}
	if before.image != after.image {
		return "", fmt.Errorf("services run %q; before they ran %q", after.image, before.image)
	}
	return fmt.Sprintf("a value set, the master secret rotated, %d services restarted", len(after.running)), nil
}
