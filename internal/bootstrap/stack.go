package bootstrap

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// stack is the synthesised shared stack, as a bootstrap needs it.
type stack struct {
	synthesised.Stack
	// stateResources are the addresses of what the state needs: the bucket with
	// its settings, its key and the bucket of its log. Rules that clean up are not
	// among them: they can wait, and Terraform waits a minute for each.
	stateResources []string
	// stateKey is the address of the state's KMS key.
	stateKey string
}

// sharedOf is the shared stack among the synthesised ones.
func sharedOf(all synthesised.Stacks) (*stack, error) {
	shared, ok := all.Get(config.SharedStack)
	if !ok {
		return nil, fmt.Errorf("no stack %q was synthesised", config.SharedStack)
	}
	s := &stack{Stack: shared}
	var err error
	if s.Dir, err = filepath.Abs(s.Dir); err != nil {
		return nil, err
	}
	if s.Backend.S3 == nil {
		return nil, fmt.Errorf("stack %q: no S3 backend", s.Name)
	}
	return s, s.findStateResources()
}

// cleanUp is the type of a bucket's rules that delete what is old.
const cleanUp = "aws_s3_bucket_lifecycle_configuration"

// findStateResources finds what is in the construct tree under the parent of
// the construct that made the backend's bucket.
func (s *stack) findStateResources() error {
	parent := ""
	for _, r := range s.Resources("aws_s3_bucket") {
		if r.Text("bucket") == s.Backend.S3.Bucket {
			parent = path.Dir(path.Dir(r.Path())) + "/"
		}
	}
	if parent == "" {
		return fmt.Errorf("stack %q: no resource makes the bucket %q of its backend", s.Name, s.Backend.S3.Bucket)
	}
	var errs []error
	for _, r := range s.Resources() {
		if !strings.HasPrefix(r.Path(), parent) || r.Type == cleanUp {
			continue
		}
		s.stateResources = append(s.stateResources, r.Address())
		if r.Type == "aws_kms_key" {
			if s.stateKey != "" {
				errs = append(errs, fmt.Errorf("stack %q: two keys under %q", s.Name, parent))
			}
			s.stateKey = r.Address()
		}
	}
	if s.stateKey == "" {
		errs = append(errs, fmt.Errorf("stack %q: no key under %q", s.Name, parent))
	}
	return errors.Join(errs...)
}
