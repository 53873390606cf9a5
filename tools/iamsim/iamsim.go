// Package iamsim asks the IAM simulator that package.json pins
// (@cloud-copilot/iam-simulate), which runs as a Node program of its own: one
// process for any number of requests.
package iamsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// Install is the command that installs the simulator.
const Install = "npm ci --prefix tools/iamsim"

// ErrNotInstalled is returned while the simulator is not installed.
var ErrNotInstalled = errors.New("the IAM simulator is not installed; install it with: " + Install)

// Decision is the outcome of a request.
type Decision string

const (
	Allowed          Decision = "Allowed"
	ExplicitlyDenied Decision = "ExplicitlyDenied"
	ImplicitlyDenied Decision = "ImplicitlyDenied"
)

// Request is what somebody wants to do. Policies are given by their names
// among the documents.
type Request struct {
	Principal string `json:"principal"`
	Action    string `json:"action"`
	// Resource is an ARN, or "*" for an action that takes none.
	Resource string `json:"resource"`
	// Account owns the resource.
	Account string `json:"account"`
	// Context are condition keys, each with a string or a list of strings. It
	// is an error when AWS does not send one with the action.
	Context map[string]any `json:"context"`
	// Ambient are keys that are sent wherever AWS sends them.
	Ambient        map[string]any `json:"ambient"`
	Identity       []string       `json:"identity"`
	Boundary       []string       `json:"boundary,omitempty"`
	ResourcePolicy string         `json:"resourcePolicy,omitempty"`
}

// Answer is the simulator's.
type Answer struct {
	Decision Decision `json:"decision"`
	// By are the Sids of the statements that decided; none for an implicit
	// denial.
	By []string `json:"by"`
	// Error says why there is no decision: an unknown action, a resource that
	// the action does not take, a policy that is not one.
	Error string `json:"error"`
}

// Simulate answers the requests in their order.
func Simulate(documents map[string]json.RawMessage, requests []Request) ([]Answer, error) {
	var answers []Answer
	err := run("simulate.mjs", map[string]any{"documents": documents, "requests": requests}, &answers)
	if err == nil && len(answers) != len(requests) {
		err = fmt.Errorf("simulate: %d answers to %d requests", len(answers), len(requests))
	}
	return answers, err
}

// Action is what AWS's service authorization reference says of an action.
type Action struct {
	Name string `json:"action"`
	// Resources are the ARN patterns that the action takes, such as
	// "arn:${Partition}:s3:::${BucketName}"; none when it takes no resource.
	Resources []string `json:"resources"`
	// Keys are the service's condition keys, in lower case.
	Keys []string `json:"keys"`
}

// Reference is what AWS's reference says of some actions.
type Reference struct {
	// GlobalKeys are the condition keys of every action, in lower case.
	GlobalKeys []string
	// Matches are the actions that each pattern matches.
	Matches map[string][]Action
}

// Describe looks up patterns of actions, such as "s3:Get*".
func Describe(patterns []string) (Reference, error) {
	var answer map[string]json.RawMessage
	if err := run("describe.mjs", patterns, &answer); err != nil {
		return Reference{}, err
	}
	out := Reference{Matches: map[string][]Action{}}
	for pattern, text := range answer {
		if pattern == "*" {
			if err := json.Unmarshal(text, &out.GlobalKeys); err != nil {
				return Reference{}, fmt.Errorf("describe: %w", err)
			}
			continue
		}
		var actions []Action
		if err := json.Unmarshal(text, &actions); err != nil {
			return Reference{}, fmt.Errorf("describe %q: %w", pattern, err)
		}
		out.Matches[pattern] = actions
	}
	return out, nil
}

func run(program string, in, out any) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "tools", "iamsim")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "@cloud-copilot", "iam-simulate")); errors.Is(err, fs.ErrNotExist) {
		return ErrNotInstalled
	}
	input, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(node(root), filepath.Join(dir, program))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, stderr.Bytes())
	}
	if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}

// node is the Node that tools/node pins, or else the machine's.
func node(root string) string {
	pinned := filepath.Join(root, "tools", "node", "node_modules", ".bin", "node")
	if _, err := os.Stat(pinned); err == nil {
		return pinned
	}
	return "node"
}

// moduleRoot is the nearest folder above the working directory with a go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find the module: no go.mod above the working directory")
		}
		dir = parent
	}
}
