package terraform

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/paperwurks/infra/internal/awsapi"
)

// Store is an S3 backend: an object that holds a state, and its lock next to it
// under the same name with ".tflock".
type Store struct {
	awsapi.Client
	Bucket, Key string
}

func (s Store) String() string { return "s3://" + s.Bucket + "/" + s.Key }

func (s Store) object(ctx context.Context, method, key string, header http.Header, body []byte) (*awsapi.Answer, error) {
	return s.Do(ctx, awsapi.Request{Service: "s3", Method: method, Path: "/" + s.Bucket + "/" + key, Header: header, Body: body})
}

// get reads an object; nil where there is none.
func (s Store) get(ctx context.Context, key string) (*awsapi.Answer, error) {
	answer, err := s.object(ctx, http.MethodGet, key, nil, nil)
	var fault *awsapi.Fault
	if errors.As(err, &fault) && fault.Status == http.StatusNotFound {
		return nil, nil
	}
	return answer, err
}

// State reads the state; nil where there is none.
func (s Store) State(ctx context.Context) (*State, error) {
	answer, err := s.get(ctx, s.Key)
	if err != nil || answer == nil {
		return nil, err
	}
	return ParseState(answer.Body)
}

// Head is the header of the stored state.
func (s Store) Head(ctx context.Context) (http.Header, error) {
	answer, err := s.object(ctx, http.MethodHead, s.Key, nil, nil)
	if err != nil {
		return nil, err
	}
	return answer.Header, nil
}

// PutFirst writes the first state; it returns an error if there is one.
func (s Store) PutFirst(ctx context.Context, data []byte) error {
	_, err := s.object(ctx, http.MethodPut, s.Key, http.Header{"Content-Type": {"application/json"}, "If-None-Match": {"*"}}, data)
	var fault *awsapi.Fault
	if errors.As(err, &fault) && fault.Status == http.StatusPreconditionFailed {
		return fmt.Errorf("somebody else wrote a state to %s meanwhile: %w", s, err)
	}
	return err
}

// Lock reads the lock; nil when there is none. Written is when the state or the
// lock was last written, by the clock of S3.
func (s Store) Lock(ctx context.Context) (lock *Lock, written time.Time, err error) {
	answer, err := s.get(ctx, s.Key+".tflock")
	if err != nil || answer == nil {
		return nil, time.Time{}, err
	}
	if lock, err = ParseLock(answer.Body); err != nil {
		return nil, time.Time{}, fmt.Errorf("%s.tflock: %w", s, err)
	}
	headers := []http.Header{answer.Header}
	head, err := s.Head(ctx)
	var fault *awsapi.Fault
	switch {
	case errors.As(err, &fault) && fault.Status == http.StatusNotFound:
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("look at the state: %w", err)
	default:
		headers = append(headers, head)
	}
	for _, h := range headers {
		at, err := http.ParseTime(h.Get("Last-Modified"))
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("%s: %w", s, err)
		}
		if at.After(written) {
			written = at
		}
	}
	return lock, written, nil
}
