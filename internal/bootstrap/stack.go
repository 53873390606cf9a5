package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
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
	i := slices.IndexFunc(all, func(s synthesised.Stack) bool { return s.Name == config.SharedStack })
	if i < 0 {
		return nil, fmt.Errorf("%s: no stack %q", folder, config.SharedStack)
	}
	s := &stack{Stack: all[i]}
	if s.Dir, err = filepath.Abs(s.Dir); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(s.File)
	if err != nil {
		return nil, err
	}
	var content struct {
		Terraform struct {
			Backend struct {
				S3 struct{ Bucket, Key string }
			}
		}
		Provider struct {
			AWS []struct {
				DefaultTags []struct{ Tags map[string]string } `json:"default_tags"`
			}
		}
	}
	if err := json.Unmarshal(data, &content); err != nil {
		return nil, fmt.Errorf("stack %q: %w", s.Name, err)
	}
	s.bucket, s.key = content.Terraform.Backend.S3.Bucket, content.Terraform.Backend.S3.Key
	if s.bucket == "" || s.key == "" {
		return nil, fmt.Errorf("stack %q: no S3 backend", s.Name)
	}
	for _, p := range content.Provider.AWS {
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
	for _, attributes := range s.Resource["aws_s3_bucket"] {
		if attributes["bucket"] == s.bucket {
			home = path.Dir(path.Dir(constructPath(attributes))) + "/"
		}
	}
	if home == "" {
		return fmt.Errorf("stack %q: no resource makes the bucket %q of its backend", s.Name, s.bucket)
	}
	var errs []error
	for kind, resources := range s.Resource {
		for name, attributes := range resources {
			if !strings.HasPrefix(constructPath(attributes), home) || kind == cleanUp {
				continue
			}
			address := kind + "." + name
			s.home = append(s.home, address)
			if kind == "aws_kms_key" {
				if s.stateKey != "" {
					errs = append(errs, fmt.Errorf("stack %q: two keys under %q", s.Name, home))
				}
				s.stateKey = address
			}
		}
	}
	if s.stateKey == "" {
		errs = append(errs, fmt.Errorf("stack %q: no key under %q", s.Name, home))
	}
	slices.Sort(s.home)
	return errors.Join(errs...)
}

// constructPath is where cdktf notes the construct that made a resource.
func constructPath(attributes map[string]any) string {
	comment, _ := attributes["//"].(map[string]any)
	metadata, _ := comment["metadata"].(map[string]any)
	text, _ := metadata["path"].(string)
	return text
}

// aliasOf is the name of the alias of a key of the stack.
func (s *stack) aliasOf(address string) string {
	for _, attributes := range s.Resource["aws_kms_alias"] {
		target, _ := attributes["target_key_id"].(string)
		if strings.HasPrefix(target, "${"+address+".") {
			name, _ := attributes["name"].(string)
			return name
		}
	}
	return ""
}
