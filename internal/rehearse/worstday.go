package rehearse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/iamsim"
	"github.com/paperwurks/infra/internal/runbook"
)

// The drills that an emulator can carry, by their headings in runbook.WorstDay.
const (
	deletedDocuments  = "Deleted documents"
	stolenCredentials = "Credentials of a role were stolen"
)

// worstDay runs the drills on the disposable environment, both at once.
func (r *rehearsal) worstDay(ctx context.Context) (string, error) {
	document, err := os.ReadFile(runbook.WorstDay)
	if err != nil {
		return "", err
	}
	var undeleted, revoked string
	var undeletedErr, revokedErr error
	var group sync.WaitGroup
	group.Go(func() { undeleted, undeletedErr = r.undelete(ctx, string(document)) })
	group.Go(func() { revoked, revokedErr = r.revoke(ctx, string(document)) })
	group.Wait()
	return undeleted + "; " + revoked, errors.Join(undeletedErr, revokedErr)
}

// drill returns the blocks of a drill that are run here.
func (r *rehearsal) drill(document, section string) ([]runbook.Block, error) {
	for _, d := range runbook.Drills(r.settings) {
		if d.Section == section {
			return d.Run(document)
		}
	}
	return nil, fmt.Errorf("there is no drill %q", section)
}

// undelete deletes documents and brings back by the book those below a prefix.
// Before and after it the bucket's policy is the same, and refuses an
// administrator; what the book sets meanwhile does not.
func (r *rehearsal) undelete(ctx context.Context, document string) (string, error) {
	const folder, prefix = "undelete", "drill/"
	blocks, err := r.drill(document, deletedDocuments)
	if err != nil {
		return "", err
	}
	bucket := r.settings.Names().DocumentsBucket(disposable)
	do := func(method, path string) (string, error) {
		status, answer, err := r.s3(ctx, method, bucket+path)
		if err == nil && status >= http.StatusMultipleChoices {
			err = fmt.Errorf("%s %s%s: status %d: %s", method, bucket, path, status, answer)
		}
		return answer, err
	}
	before, err := do(http.MethodGet, "?policy")
	if err != nil {
		return "", err
	}
	values := in(disposable)
	values["prefix"], values["time"] = prefix, time.Now().UTC().Format(time.RFC3339)
	// What is there after the drill: those below the prefix, but no other.
	documents := map[string]bool{prefix + "a": true, prefix + "b c/d": true, "other/a": false}
	for key := range documents {
		for _, method := range []string{http.MethodPut, http.MethodDelete} {
			if _, err := do(method, "/"+(&url.URL{Path: key}).EscapedPath()); err != nil {
				return "", err
			}
		}
	}
	if _, err := r.runBlocks(ctx, r.app, runbook.WorstDay, folder, blocks, values); err != nil {
		return "", err
	}
	undeleted := 0
	for key, want := range documents {
		there, err := r.exists(ctx, bucket+"/"+(&url.URL{Path: key}).EscapedPath())
		if err != nil {
			return "", err
		}
		if there != want {
			return "", fmt.Errorf("after the drill %s has the document %q: %t; want %t", bucket, key, there, want)
		}
		if there {
			undeleted++
		}
	}
	after, err := do(http.MethodGet, "?policy")
	if err != nil {
		return "", err
	}
	open, err := os.ReadFile(r.path(folder, "open.json"))
	if err != nil {
		return "", err
	}
	var requests []iamsim.Request
	for _, text := range []string{before, string(open), after} {
		resource, err := iamsim.ParsePolicy([]byte(text))
		if err != nil {
			return "", fmt.Errorf("the policy of %s: %w", bucket, err)
		}
		requests = append(requests, iamsim.Request{
			Principal: "arn:aws:iam::" + config.LocalAccountID + ":user/administrator", Account: config.LocalAccountID,
			Action: "s3:DeleteObjectVersion", Resource: config.BucketARN(bucket) + "/" + prefix + "a",
			Ambient:        map[string]any{"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"},
			ResourcePolicy: resource,
		})
	}
	if err := decides(requests, iamsim.ExplicitlyDenied, iamsim.Allowed, iamsim.ExplicitlyDenied); err != nil {
		return "", fmt.Errorf("the policy of %s before, in the middle of and after the drill: %w", bucket, err)
	}
	return fmt.Sprintf("%d documents undeleted, the bucket's policy as before", undeleted), nil
}

// revoke closes a role, refuses its sessions and opens it again, by the book.
func (r *rehearsal) revoke(ctx context.Context, document string) (string, error) {
	const folder = "revoke"
	blocks, err := r.drill(document, stolenCredentials)
	if err != nil {
		return "", err
	}
	role := r.settings.Names().DeployRole(disposable)
	arn := r.settings.Names().CIRoleARN(role)
	run := r.backendRun(r.environment(disposable))
	values := in(disposable)
	values["role"] = role
	do := func(blocks []runbook.Block) error {
		_, err := r.runBlocks(ctx, r.app, runbook.WorstDay, folder, blocks, values)
		return err
	}
	stolen := time.Now().UTC().Add(-time.Second) // IAM counts whole seconds
	last := len(blocks) - 1
	if err := do(blocks[:last]); err != nil {
		return "", err
	}
	trust, providers, err := r.trustOf(ctx, arn)
	if err != nil {
		return "", err
	}
	admitted, err := trust.Admits(providers, run.Token())
	if err != nil {
		return "", err
	}
	if admitted {
		return "", fmt.Errorf("the closed trust of %s admits its run", role)
	}
	answer, err := r.ask(ctx, "GetRolePolicy", "RoleName", role, "PolicyName", "AWSRevokeOlderSessions")
	if err != nil {
		return "", err
	}
	text, err := url.QueryUnescape(answer.Text("PolicyDocument"))
	if err != nil {
		return "", err
	}
	revokes, err := iamsim.ParsePolicy([]byte(text))
	if err != nil {
		return "", err
	}
	var requests []iamsim.Request
	for _, issued := range []time.Time{stolen, time.Now().UTC().Add(time.Second)} {
		requests = append(requests, iamsim.Request{
			Principal: arn, Account: config.LocalAccountID, Action: "ecs:DescribeTaskDefinition", Resource: "*",
			Context: map[string]any{"aws:TokenIssueTime": issued.Format(time.RFC3339)}, Identity: []*iamsim.Policy{revokes},
		})
	}
	if err := decides(requests, iamsim.ExplicitlyDenied, iamsim.Allowed); err != nil {
		return "", fmt.Errorf("sessions of %s that are older and younger than the drill: %w", role, err)
	}
	if err := do(blocks[last:]); err != nil {
		return "", err
	}
	if err := r.admits(ctx, arn, run); err != nil {
		return "", fmt.Errorf("opened again: %w", err)
	}
	left, err := r.ask(ctx, "ListRolePolicies", "RoleName", role)
	if err != nil {
		return "", err
	}
	for _, name := range left.List("PolicyNames.member") {
		if name.Text("") == "AWSRevokeOlderSessions" {
			return "", fmt.Errorf("%s still refuses its older sessions", role)
		}
	}
	return role + " admitted nobody, its older sessions were refused, and both are as before", nil
}

// decides returns an error where the simulator does not decide as wanted, of
// somebody whose own policy allows everything.
func decides(requests []iamsim.Request, want ...iamsim.Decision) error {
	everything, err := iamsim.ParsePolicy([]byte(`{"Version":"2012-10-17","Statement":[{"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}]}`))
	if err != nil {
		return err
	}
	for i := range requests {
		requests[i].Identity = append(requests[i].Identity, everything)
	}
	answers, err := (&iamsim.Simulator{}).Ask(requests)
	if err != nil {
		return err
	}
	var got []string
	wrong := len(answers) != len(want)
	for i, a := range answers {
		got = append(got, strings.TrimSpace(string(a.Decision)+" "+a.Error))
		wrong = wrong || i < len(want) && (a.Decision != want[i] || a.Error != "")
	}
	if wrong {
		return fmt.Errorf("decided %q; want %q", got, want)
	}
	return nil
}
