package adopt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/awsapi"
)

// AWS is where to look, and for whose objects.
type AWS struct {
	awsapi.Client
	Settings config.Settings
	// Stack whose tags the objects have, for types whose listing shows tags.
	Stack string
}

// list lists objects of one type.
type list func(context.Context, AWS) ([]Object, error)

// call is an operation that lists, and where its answer has the members.
type call struct {
	service, operation, members string
	parameters                  map[string]any
}

func (a AWS) all(ctx context.Context, c call) ([]awsapi.Value, error) {
	r := awsapi.Request{Service: c.service, Operation: c.operation, Parameters: c.parameters}
	if strings.HasPrefix(c.operation, "/") {
		r.Method, r.Path, r.Operation = http.MethodGet, c.operation, ""
	}
	return a.All(ctx, r, c.members)
}

// named lists what has a name of the project at the path name, after one of the
// prefixes; id is the path of what Terraform imports it by.
func named(c call, id, name string, prefixes ...string) list {
	return func(ctx context.Context, a AWS) ([]Object, error) {
		return a.objects(ctx, c, func(v awsapi.Value) (Object, bool) {
			return Object{ID: v.Text(id), Key: v.Text(name)}, a.project(v.Text(name), prefixes...)
		})
	}
}

// objects lists what of makes an object of.
func (a AWS) objects(ctx context.Context, c call, of func(awsapi.Value) (Object, bool)) ([]Object, error) {
	members, err := a.all(ctx, c)
	var found []Object
	for _, m := range members {
		if o, ok := of(m); ok {
			found = append(found, o)
		}
	}
	return found, err
}

// within lists the objects of each parent, such as the services of each cluster.
func within(parents func(context.Context, AWS) ([]Object, error), of func(context.Context, AWS, string) ([]Object, error)) list {
	return func(ctx context.Context, a AWS) ([]Object, error) {
		outer, err := parents(ctx, a)
		if err != nil {
			return nil, err
		}
		var found []Object
		for _, o := range outer {
			inner, err := of(ctx, a, o.ID)
			if err != nil {
				return nil, err
			}
			found = append(found, inner...)
		}
		return found, nil
	}
}

// project says whether a name is one of the project's: project, project-… or
// project/…, after any of the prefixes.
func (a AWS) project(name string, prefixes ...string) bool {
	p := a.Settings.Project
	for _, prefix := range append(prefixes, "") {
		rest, ok := strings.CutPrefix(name, prefix+p)
		if ok && (rest == "" || rest[0] == '-' || rest[0] == '/') {
			return true
		}
	}
	return false
}

// HasBucket looks for a bucket of this account. It returns an error for one of
// another account, whose name nobody else can have.
func (a AWS) HasBucket(ctx context.Context, name string) (bool, error) {
	_, err := a.Do(ctx, awsapi.Request{Service: "s3", Method: http.MethodHead, Path: "/" + name,
		Header: http.Header{"X-Amz-Expected-Bucket-Owner": {a.Settings.User.AccountID}}})
	var fault *awsapi.Fault
	switch {
	case errors.As(err, &fault) && fault.Status == http.StatusNotFound:
		return false, nil
	case errors.As(err, &fault) && fault.Status == http.StatusForbidden:
		return false, fmt.Errorf("bucket %q: it is another account's, or you may not see it: %w", name, err)
	}
	return err == nil, err
}
