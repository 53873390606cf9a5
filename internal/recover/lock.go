package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/paperwurks/infra/internal/recover/adopt"
)

// lock is what Terraform writes into the object that locks a state.
type lock struct {
	ID        string    `json:"ID"`
	Operation string    `json:"Operation"`
	Who       string    `json:"Who"`
	Version   string    `json:"Version"`
	Created   time.Time `json:"Created"`
}

// quiet is how long nothing may have been written before a lock is taken for
// one that was left behind. A run that makes resources writes the state every 20 s.
const quiet = 45 * time.Second

// store is the bucket with a stack's state and its lock.
type store struct {
	client      *s3.Client
	bucket, key string
}

func newStore(ctx context.Context, w *adopt.Workspace) (*store, error) {
	b := w.Backend().S3
	if b == nil {
		return nil, nil
	}
	access, err := w.AWSConfig(ctx, b.Region)
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(access, func(o *s3.Options) { o.UsePathStyle = access.BaseEndpoint != nil })
	return &store{client, b.Bucket, b.Key}, nil
}

// lock reads the lock; nil when there is none. Written is when the state or the
// lock was last written, by the clock of S3.
func (s *store) lock(ctx context.Context) (held *lock, written time.Time, err error) {
	object, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.bucket, Key: aws.String(s.key + ".tflock")})
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the lock: %w", err)
	}
	defer object.Body.Close()
	data, err := io.ReadAll(io.LimitReader(object.Body, 1<<20))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the lock: %w", err)
	}
	held = &lock{}
	if err := json.Unmarshal(data, held); err != nil || held.ID == "" {
		return nil, time.Time{}, fmt.Errorf("s3://%s/%s.tflock is no lock of Terraform's: %q", s.bucket, s.key, data)
	}
	written = aws.ToTime(object.LastModified)
	state, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &s.key})
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && (api.ErrorCode() == "NotFound" || api.ErrorCode() == "NoSuchKey"):
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("look at the state: %w", err)
	case aws.ToTime(state.LastModified).After(written):
		written = *state.LastModified
	}
	return held, written, nil
}

// releaser releases the lock of a stack.
type releaser struct {
	lock   func(context.Context) (held *lock, written time.Time, err error)
	unlock func(ctx context.Context, id string) error
	now    func() time.Time
	quiet  time.Duration
	*conversation
}

// releaseLock releases the lock of the workspace's stack.
func releaseLock(ctx context.Context, w *adopt.Workspace, c *conversation) (bool, error) {
	s, err := newStore(ctx, w)
	if err != nil {
		return false, err
	}
	if s == nil {
		c.say("Lock: none to release. This state is a file, whose lock ends with the process that holds it.")
		return false, nil
	}
	return releaser{s.lock, w.Unlock, time.Now, quiet, c}.release(ctx)
}

// release shows who holds the lock and releases it when the person says so. It
// says whether there was one.
//
// A lock whose run still writes is not offered. That a run is silent does not prove that
// it is dead, it may wait for a database; so the person is asked in any case.
func (r releaser) release(ctx context.Context) (bool, error) {
	held, written, err := r.lock(ctx)
	if err != nil {
		return false, err
	}
	if held == nil {
		r.say("Lock: nobody holds it.")
		return false, nil
	}
	r.say("Lock: held since %s (%s ago) by %s, for %s, id %s.",
		held.Created.UTC().Format("2006-01-02 15:04:05 MST"), r.now().Sub(held.Created).Round(time.Second), held.Who, held.Operation, held.ID)
	if wait := r.quiet - r.now().Sub(written); wait > 0 {
		r.say("The last write was %s ago. Waiting %s for a sign that the run lives.", r.now().Sub(written).Round(time.Second), wait.Round(time.Second))
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(wait):
		}
	}
	r.say(`Before you release it, make sure that this run is over. Two runs at once can destroy the state.
  - runner@… is GitHub Actions: "gh run list --workflow deploy.yml --status in_progress" must show none for this stack.
  - Anyone else is a person at that machine: ask them, or look there with "pgrep -a terraform".
  - A run that waits for a database or a distribution may write nothing for half an hour and live.`)
	if err := r.confirm("Release the lock?"); err != nil {
		return false, err
	}
	// Whoever was slow to answer may be asked of another lock by now.
	again, writtenAgain, err := r.lock(ctx)
	switch {
	case err != nil:
		return false, err
	case again == nil:
		r.say("The lock was given back meanwhile: that run lived, and ended by itself.")
		return false, nil
	case again.ID != held.ID || writtenAgain.After(written):
		return false, fmt.Errorf("the lock is in use: %s wrote at %s; wait for the end of that run", again.Who, writtenAgain.UTC().Format(time.TimeOnly))
	}
	if err := r.unlock(ctx, held.ID); err != nil {
		return false, err
	}
	r.say("Lock %s released (terraform force-unlock).", held.ID)
	return true, nil
}
