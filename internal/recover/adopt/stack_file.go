package adopt

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/synthesised"
)

// provider is one of a stack's AWS providers.
type provider struct {
	Alias     string `json:"alias"`
	Region    string `json:"region"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	// Endpoints all name the same emulator, or there are none.
	Endpoints []map[string]string `json:"endpoints"`
}

// endpoint is the emulator's address; "" means AWS itself.
func (p provider) endpoint() string {
	for _, services := range p.Endpoints {
		for _, url := range services {
			return url
		}
	}
	return ""
}

// target is where the stack is deployed to.
func (p provider) target() config.Target { return config.Target{LocalEndpoint: p.endpoint()} }

// Backend is where a stack's state is.
type Backend struct {
	S3 *struct {
		Bucket string `json:"bucket"`
		Key    string `json:"key"`
		Region string `json:"region"`
	} `json:"s3"`
	Local *struct {
		Path string `json:"path"`
	} `json:"local"`
}

// stackFile is the part of a stack's JSON that is used here.
type stackFile struct {
	Provider struct {
		AWS []provider `json:"aws"`
	} `json:"provider"`
	Terraform struct {
		Backend Backend `json:"backend"`
	} `json:"terraform"`
	// content is all of it.
	content map[string]any
}

func readStackFile(s synthesised.Stack) (stackFile, error) {
	var f stackFile
	data, err := os.ReadFile(s.File)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("stack %q: %w", s.Name, err)
	}
	if err := json.Unmarshal(data, &f.content); err != nil {
		return f, fmt.Errorf("stack %q: %w", s.Name, err)
	}
	if !slices.ContainsFunc(f.Provider.AWS, func(p provider) bool { return p.Alias == "" }) {
		return f, fmt.Errorf("stack %q: no AWS provider without an alias", s.Name)
	}
	return f, nil
}

// providerOf is the provider of a resource, by the resource's "aws.alias".
func (f stackFile) providerOf(resource map[string]any) (provider, error) {
	named, _ := resource["provider"].(string)
	alias := strings.TrimPrefix(strings.TrimPrefix(named, "aws"), ".")
	for _, p := range f.Provider.AWS {
		if p.Alias == alias {
			return p, nil
		}
	}
	return provider{}, fmt.Errorf("provider %q: the stack has none of the name", named)
}
