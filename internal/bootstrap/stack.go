package main

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
	// bucket and key are where its state belongs.
	bucket, key string
	// home are the addresses of what the state needs: the bucket with its
	// settings, its key and the bucket of its log. Rules that clean up are not
	// among them: they can wait, and Terraform waits a minute for each.
	home []string
	// stateKey is the address of the state's KMS key.
	stateKey string
	// tags that each of its resources carries.
	tags map[string]string
}

// readStack reads the shared stack of cdktf's output.
func readStack(folder string) (*stack, error) {
	all, err := synthesised.Read(folder)
	if err != nil {
		return nil, err
	}
	shared, ok := all.Get(config.SharedStack)
	if !ok {
		return nil, fmt.Errorf("%s: no stack %q", folder, config.SharedStack)
	}
	s := &stack{Stack: shared}
	if s.Dir, err = filepath.Abs(s.Dir); err != nil {
		return nil, err
	}
	if s.Backend.S3 == nil {
		return nil, fmt.Errorf("stack %q: no S3 backend", s.Name)
	}
	s.bucket, s.key = s.Backend.S3.Bucket, s.Backend.S3.Key
	for _, p := range s.Providers {
		for _, d := range p.DefaultTags {
			s.tags = d.Tags
		}
	}
	if len(s.tags) == 0 {
		return nil, fmt.Errorf("stack %q: no default tags", s.Name)
	}
	return s, s.findHome()
}

// cleanUp is the type of a bucket's rules that delete what is old.
const cleanUp = "aws_s3_bucket_lifecycle_configuration"

// findHome finds the state's home: what stands in the construct tree under the
// parent of the construct that made the backend's bucket.
func (s *stack) findHome() error {
	home := ""
	for _, r := range s.Resources("aws_s3_bucket") {
		if r.Text("bucket") == s.bucket {
			home = path.Dir(path.Dir(r.Path())) + "/"
		}
	}
	if home == "" {
		return fmt.Errorf("stack %q: no resource makes the bucket %q of its backend", s.Name, s.bucket)
	}
	var errs []error
	for _, r := range s.Resources() {
		if !strings.HasPrefix(r.Path(), home) || r.Type == cleanUp {
			continue
		}
		s.home = append(s.home, r.Address())
		if r.Type == "aws_kms_key" {
			if s.stateKey != "" {
				errs = append(errs, fmt.Errorf("stack %q: two keys under %q", s.Name, home))
			}
			s.stateKey = r.Address()
		}
	}
	if s.stateKey == "" {
		errs = append(errs, fmt.Errorf("stack %q: no key under %q", s.Name, home))
	}
	return errors.Join(errs...)
}

// aliasOf is the name of the alias of a key of the stack.
func (s *stack) aliasOf(address string) string {
	all := synthesised.Stacks{s.Stack}
	for _, r := range s.Resources("aws_kms_alias") {
		for _, key := range all.Targets(s.Name, r.Attributes["target_key_id"]) {
			if key.Address() == address {
				return r.Text("name")
			}
		}
	}
	return ""
}
