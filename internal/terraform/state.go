package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paperwurks/infra/internal/synthesised"
)

// State is what is read of a Terraform state, as its backends store it and
// `terraform state pull` writes it (format 4). The stacks have no modules.
type State struct {
	Version int    `json:"version"`
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	Outputs map[string]struct {
		Value any `json:"value"`
	} `json:"outputs"`
	Resources []StateResource `json:"resources"`
}

// StateResource is a resource of a state, or a data source.
type StateResource struct {
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Provider  string `json:"provider"`
	Instances []struct {
		// Status is "tainted" where Terraform was interrupted while it made
		// the resource.
		Status     string         `json:"status"`
		Attributes map[string]any `json:"attributes"`
	} `json:"instances"`
}

// Address of the resource.
func (r StateResource) Address() string {
	address := r.Type + "." + r.Name
	if r.Mode == "data" {
		address = "data." + address
	}
	if r.Module != "" {
		address = r.Module + "." + address
	}
	return address
}

// ParseState parses a state; nil for an empty one, which is what there is
// before the first deployment. It returns an error for another format than 4.
func ParseState(data []byte) (*State, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	var s State
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	if s.Version != 4 {
		return nil, fmt.Errorf("state: format %d: 4 is allowed", s.Version)
	}
	return &s, nil
}

// ReadStateFile reads a state in a file; nil where there is none, or one that
// Terraform has only begun to write.
func ReadStateFile(file string) (*State, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseState(data)
}

// Managed are the attributes of the managed resources' instances by type; none
// of a nil state.
func (s *State) Managed() map[string][]map[string]any {
	byType := map[string][]map[string]any{}
	if s == nil {
		return byType
	}
	for _, r := range s.Resources {
		for _, i := range r.Instances {
			if r.Mode == "managed" {
				byType[r.Type] = append(byType[r.Type], i.Attributes)
			}
		}
	}
	return byType
}

// Addresses of the managed resources, sorted.
func (s *State) Addresses() []string {
	var out []string
	for _, r := range s.Resources {
		if r.Mode == "managed" && len(r.Instances) > 0 {
			out = append(out, r.Address())
		}
	}
	slices.Sort(out)
	return out
}

// Tainted are the addresses of the resources whose creation was interrupted,
// without those of the types given.
func (s *State) Tainted(except []string) []string {
	var out []string
	for _, r := range s.Resources {
		for _, i := range r.Instances {
			if i.Status == "tainted" && !slices.Contains(except, r.Type) {
				out = append(out, r.Address())
			}
		}
	}
	return out
}

// Attribute of a resource that is text; "" where state or resource lack it.
func (s *State) Attribute(address, name string) string {
	for _, r := range s.Resources {
		if r.Address() == address && len(r.Instances) > 0 {
			text, _ := r.Instances[0].Attributes[name].(string)
			return text
		}
	}
	return ""
}

// Texts are the outputs that are text.
func (s *State) Texts() map[string]string {
	out := map[string]string{}
	for name, o := range s.Outputs {
		if text, ok := o.Value.(string); ok {
			out[name] = text
		}
	}
	return out
}

// Holds says why the state is not what another one became by being moved; nil
// when it is.
func (s *State) Holds(moved *State) error {
	if s.Lineage != moved.Lineage {
		return fmt.Errorf("lineage %q, want %q", s.Lineage, moved.Lineage)
	}
	if s.Serial < moved.Serial {
		return fmt.Errorf("serial %d, want at least %d", s.Serial, moved.Serial)
	}
	here := s.Addresses()
	missing := slices.DeleteFunc(moved.Addresses(), func(address string) bool { return slices.Contains(here, address) })
	if len(missing) > 0 {
		return fmt.Errorf("%q are missing", missing)
	}
	return nil
}

// Lock is what Terraform writes into the object that locks a state.
type Lock struct {
	ID        string    `json:"ID"`
	Operation string    `json:"Operation"`
	Who       string    `json:"Who"`
	Created   time.Time `json:"Created"`
}

// ParseLock parses a lock.
func ParseLock(data []byte) (*Lock, error) {
	var l Lock
	if err := json.Unmarshal(data, &l); err != nil || l.ID == "" {
		return nil, fmt.Errorf("%q is not a lock of Terraform's", data)
	}
	return &l, nil
}

// The hosts of a provider's address that names none: Terraform's, and OpenTofu's.
const (
	registry         = "registry.terraform.io"
	openTofuRegistry = "registry.opentofu.org"
)

// builtin providers are a part of Terraform.
const builtin = "terraform.io/builtin/"

// providerAddress is how a state writes a provider:
// `provider["registry.terraform.io/hashicorp/aws"].edge`. The stacks have no
// modules, whose providers have more before it.
var providerAddress = regexp.MustCompile(`^provider\["([^"]*)"\](?:\.([\w-]+))?$`)

// CheckProviders returns an error that names each resource whose provider is
// none of the required ones, by their sources, such as "hashicorp/aws", which is
// allowed at each of the registries.
//
// `terraform init` installs every provider that a state names, and a plan runs
// it, with the credentials of whoever plans (Terraform, "Provider
// Requirements").
func (s *State) CheckProviders(required []string, registries ...string) error {
	allowed := map[string]bool{}
	for _, source := range required {
		if !strings.Contains(source, "/") {
			source = "hashicorp/" + source
		}
		allowed[source] = strings.Count(source, "/") == 2
		for _, host := range registries {
			allowed[host+"/"+source] = true
		}
	}
	var errs []error
	for _, r := range s.Resources {
		address := ""
		if m := providerAddress.FindStringSubmatch(r.Provider); m != nil {
			address = m[1]
		}
		if !allowed[address] && !strings.HasPrefix(address, builtin) {
			errs = append(errs, fmt.Errorf("%s: provider %q", r.Address(), r.Provider))
		}
	}
	return errors.Join(errs...)
}

// CheckRegions returns an error that names each resource of another region than the
// platform's which none of the providers can reach: none has its provider's alias, or
// that one's region is not the resource's, by its ARN. Terraform destroys nothing without
// its provider (hashicorp/terraform issue 30179), and one of another region would not find
// it.
func (s *State) CheckRegions(providers []synthesised.Provider) error {
	regions := map[string]string{}
	for _, p := range providers {
		regions[p.Alias] = p.Region
	}
	var errs []error
	for _, r := range s.Resources {
		m := providerAddress.FindStringSubmatch(r.Provider)
		if r.Mode != "managed" || len(r.Instances) == 0 || m == nil || m[2] == "" {
			continue
		}
		arn, _ := r.Instances[0].Attributes["arn"].(string)
		parts := strings.Split(arn, ":")
		switch region, configured := regions[m[2]]; {
		case !configured:
			errs = append(errs, fmt.Errorf("%s: no provider has the alias %q", r.Address(), m[2]))
		case len(parts) > 3 && parts[3] != "" && parts[3] != region:
			errs = append(errs, fmt.Errorf("%s: it is in %s, and the provider %q in %s", r.Address(), parts[3], m[2], region))
		}
	}
	return errors.Join(errs...)
}
