package adopt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/recover/existing"
	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Workspace is a folder of its own with a copy of a stack, in which Terraform
// works on the stack's own state. The synthesised stack is left as it is.
type Workspace struct {
	stack    synthesised.Stack
	settings config.Settings
	runner   terraform.Runner
	file     stackFile
	dir      string
	kinds    map[string]existing.Kind
	// seen is what was listed, by type and region.
	seen map[listing][]existing.Object
}

type listing struct{ resourceType, region string }

// Open makes the workspace of a stack and initialises Terraform in it. Close
// removes it.
func Open(ctx context.Context, runner terraform.Runner, stack synthesised.Stack, settings config.Settings) (*Workspace, error) {
	file, err := readStackFile(stack)
	if err != nil {
		return nil, err
	}
	target := file.Provider.AWS[0].target()
	if err := target.Validate(); err != nil {
		return nil, fmt.Errorf("stack %q: %w", stack.Name, err)
	}
	w := &Workspace{stack: stack, settings: target.For(settings), runner: runner, file: file,
		kinds: existing.Kinds(), seen: map[listing][]existing.Object{}}
	// Plan files may hold secrets: only the person who runs this reads them.
	if w.dir, err = os.MkdirTemp("", "recover-"+stack.Name+"-*"); err != nil {
		return nil, err
	}
	if err := w.start(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *Workspace) start(ctx context.Context) error {
	if err := w.write(stackFileName, w.file.content); err != nil {
		return err
	}
	_, err := w.terraform(ctx, nil, "init", "-input=false", "-no-color")
	return err
}

// Close removes the workspace.
func (w *Workspace) Close() error { return os.RemoveAll(w.dir) }

// Backend is where the stack's state is.
func (w *Workspace) Backend() Backend { return w.file.Terraform.Backend }

// What stands in the workspace.
const (
	stackFileName = "cdk.tf.json"
	importsName   = "import.tf.json"
	planName      = "adopt.tfplan"
)

func (w *Workspace) write(name string, content any) error {
	data, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, name), data, 0o600)
}

// terraform runs Terraform in the workspace, and gives what it prints.
func (w *Workspace) terraform(ctx context.Context, allowed []int, args ...string) ([]byte, error) {
	out, err := w.runner.Run(ctx, w.dir, allowed, args...)
	if err != nil {
		return nil, fmt.Errorf("stack %q: %w", w.stack.Name, err)
	}
	return out, nil
}

// Unlock runs `terraform force-unlock` for the lock with the id.
func (w *Workspace) Unlock(ctx context.Context, id string) error {
	_, err := w.terraform(ctx, nil, "force-unlock", "-force", id)
	return err
}

// AWSConfig is how the stack's provider reaches AWS in a region ("" is the
// stack's own): as an emulator takes it, or with the person's credentials, as
// the AWS CLI finds them.
func (w *Workspace) AWSConfig(ctx context.Context, region string) (aws.Config, error) {
	p := w.file.Provider.AWS[0]
	if region == "" {
		region = p.Region
	}
	if url := p.endpoint(); url != "" {
		return aws.Config{
			Region:       region,
			BaseEndpoint: &url,
			Credentials:  credentials.NewStaticCredentialsProvider(p.AccessKey, p.SecretKey, ""),
		}, nil
	}
	return awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region))
}

// list lists what exists of a type, once.
func (w *Workspace) list(ctx context.Context, resourceType, region string) ([]existing.Object, error) {
	key := listing{resourceType, region}
	if found, ok := w.seen[key]; ok {
		return found, nil
	}
	access, err := w.AWSConfig(ctx, region)
	if err != nil {
		return nil, err
	}
	found, err := w.kinds[resourceType].List(ctx, existing.AWS{Config: access, Settings: w.settings, Stack: w.stack.Name})
	if err != nil {
		return nil, fmt.Errorf("list %s in %s: %w", resourceType, region, err)
	}
	w.seen[key] = found
	return found, nil
}
