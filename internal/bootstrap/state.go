package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// state is what is read of a Terraform state (format 4).
type state struct {
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	Outputs map[string]struct {
		Value any `json:"value"`
	} `json:"outputs"`
	Resources []struct {
		Mode      string `json:"mode"`
		Type      string `json:"type"`
		Name      string `json:"name"`
		Instances []struct {
			// Status is "tainted" where Terraform was interrupted while it
			// made the resource.
			Status     string         `json:"status"`
			Attributes map[string]any `json:"attributes"`
		} `json:"instances"`
	} `json:"resources"`
}

func parseState(data []byte) (*state, error) {
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return &s, nil
}

// readLocalState reads the local state; nil where there is none, or one that
// Terraform has only begun to write.
func readLocalState(file string) (*state, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || len(data) == 0 {
		return nil, err
	}
	return parseState(data)
}

// addresses of the managed resources, sorted.
func (s *state) addresses() []string {
	var out []string
	for _, r := range s.Resources {
		if r.Mode == "managed" && len(r.Instances) > 0 {
			out = append(out, r.Type+"."+r.Name)
		}
	}
	slices.Sort(out)
	return out
}

// tainted are the addresses of the resources whose creation was interrupted,
// but for those of the types given.
func (s *state) tainted(except map[string]string) []string {
	var out []string
	for _, r := range s.Resources {
		for _, i := range r.Instances {
			if i.Status == "tainted" && except[r.Type] == "" {
				out = append(out, r.Type+"."+r.Name)
			}
		}
	}
	return out
}

// attribute of a resource; "" where state or resource lack it.
func (s *state) attribute(address, name string) string {
	for _, r := range s.Resources {
		if r.Type+"."+r.Name == address && len(r.Instances) > 0 {
			text, _ := r.Instances[0].Attributes[name].(string)
			return text
		}
	}
	return ""
}

// ids of all managed resources.
func (s *state) ids() map[string]bool {
	out := map[string]bool{}
	for _, r := range s.Resources {
		for _, i := range r.Instances {
			if id, ok := i.Attributes["id"].(string); ok && r.Mode == "managed" {
				out[id] = true
			}
		}
	}
	return out
}

// texts are the outputs that are text.
func (s *state) texts() map[string]string {
	out := map[string]string{}
	for name, o := range s.Outputs {
		if text, is := o.Value.(string); is {
			out[name] = text
		}
	}
	return out
}

// holds says why the state is not what another one became by being moved; nil
// when it is.
func (s *state) holds(moved *state) error {
	if s.Lineage != moved.Lineage {
		return fmt.Errorf("lineage %q, want %q", s.Lineage, moved.Lineage)
	}
	if s.Serial < moved.Serial {
		return fmt.Errorf("serial %d, want at least %d", s.Serial, moved.Serial)
	}
	here := s.addresses()
	var missing []string
	for _, address := range moved.addresses() {
		if !slices.Contains(here, address) {
			missing = append(missing, address)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%q are missing", missing)
	}
	return nil
}
