package review

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// Record is what a plan was made from. It is kept next to the plan, and what
// is applied is compared with it.
type Record struct {
	Stack string `json:"stack"`
	// Commit of the repository, 40 hexadecimal digits.
	Commit string `json:"commit"`
	// Configuration, PlanFile and LockFile are SHA-256 digests of the stack's
	// synthesised JSON, of Terraform's plan file and of its lock file of
	// providers, in hexadecimal.
	Configuration string `json:"configuration_sha256"`
	PlanFile      string `json:"plan_sha256"`
	LockFile      string `json:"lock_sha256"`
	State         State  `json:"state"`
	// Changes says whether applying the plan would do anything.
	Changes bool `json:"changes"`
}

// State tells one version of a stack's state from every other.
type State struct {
	// Lineage is "" and Serial 0 where there is no state yet.
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
}

// Digest is the SHA-256 of data in hexadecimal.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Stale compares what a plan was made from with what is there now, and gives
// every difference.
func (r Record) Stale(now Record) error {
	var errs []error
	compare := func(what, then, now string) {
		if then != now {
			errs = append(errs, fmt.Errorf("%s: the plan was made for %q, now it is %q", what, then, now))
		}
	}
	compare("stack", r.Stack, now.Stack)
	compare("commit", r.Commit, now.Commit)
	compare("synthesised stack (SHA-256)", r.Configuration, now.Configuration)
	compare("plan file (SHA-256)", r.PlanFile, now.PlanFile)
	compare("provider lock file (SHA-256)", r.LockFile, now.LockFile)
	compare("state lineage", r.State.Lineage, now.State.Lineage)
	compare("state serial", fmt.Sprint(r.State.Serial), fmt.Sprint(now.State.Serial))
	if len(errs) > 0 {
		return fmt.Errorf("stale plan of %q, run the workflow again: %w", r.Stack, errors.Join(errs...))
	}
	return nil
}
