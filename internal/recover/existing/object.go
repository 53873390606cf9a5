package existing

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/paperwurks/infra/config"
)

// Object is something that exists in AWS.
type Object struct {
	// ID is what `terraform import` takes.
	ID string
	// Key is what the object is recognised by, made as Kind.KeyOf makes it.
	Key string
	// Stack is the object's tag "stack", where its listing shows tags; else "".
	Stack string
}

// AWS is where to look, and for whose objects.
type AWS struct {
	// Config has the region and the credentials, and for an emulator its endpoint.
	Config   aws.Config
	Settings config.Settings
	// Stack whose tags the objects bear, for types whose listing shows tags.
	Stack string
}

func (a AWS) names() config.Names { return a.Settings.Names() }

// Kind says what is to be known of one type of resource.
type Kind struct {
	// Key are the attributes that tell an object from all others of its type,
	// by their paths. One that ends in "?" may be null.
	Key []string
	// List lists the platform's objects of the type: those with the stack's
	// tags where the listing shows tags, else those with a name of the project.
	List func(context.Context, AWS) ([]Object, error)
	// ImportID is the import id of a resource in the state; nil: its "id".
	ImportID func(Values) string
	// Because says, of a kind without List, why nothing of it is ever adopted.
	Because string
}

// KeyOf gives the key of a resource. It is not ok while an attribute is
// unknown, which means that something the resource stands on is not there yet.
func (k Kind) KeyOf(v Values) (key string, ok bool) {
	var parts []string
	for _, path := range k.Key {
		path, optional := strings.CutSuffix(path, "?")
		text, known := v.Text(path)
		if !known || text == "" && !optional {
			return "", false
		}
		parts = append(parts, text)
	}
	return joined(parts...), true
}

// IDOf gives the import id of a resource in the state.
func (k Kind) IDOf(v Values) string {
	if k.ImportID != nil {
		return k.ImportID(v)
	}
	id, _ := v.Text("id")
	return id
}

// joined joins the parts of a key; no part has the separator.
func joined(parts ...string) string { return strings.Join(parts, " | ") }

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
