package adopt

import "strings"

// Object is something that exists in AWS.
type Object struct {
	// ID is what `terraform import` takes.
	ID string
	// Key is what the object is recognised by, made as Kind.KeyOf makes it.
	Key string
	// Stack is the object's tag "stack", where its listing shows tags; else "".
	Stack string
}

// Kind says what is to be known of one type of resource.
type Kind struct {
	// Key are the attributes that tell an object from all others of its type,
	// by their paths. One that ends in "?" may be null.
	Key []string
	// List lists the platform's objects of the type: those with the stack's
	// tags where the listing shows tags, else those with a name of the project.
	List list
	// ImportID is the import id of a resource in the state: attributes in
	// braces, {cluster} or {cluster/} for what follows its last slash. Default:
	// "{id}".
	ImportID string
	// Because says, of a kind without List, why none is ever adopted.
	Because string
}

// KeyOf returns the key of a resource. It is not ok while an attribute is
// unknown, because something that the resource needs does not exist yet.
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

// IDOf returns the import id of a resource in the state.
func (k Kind) IDOf(v Values) string {
	template := k.ImportID
	if template == "" {
		template = "{id}"
	}
	var id strings.Builder
	for template != "" {
		before, rest, _ := strings.Cut(template, "{")
		name, after, _ := strings.Cut(rest, "}")
		id.WriteString(before)
		if name != "" {
			name, last := strings.CutSuffix(name, "/")
			text, _ := v.Text(name)
			if last {
				text = lastOf(text)
			}
			id.WriteString(text)
		}
		template = after
	}
	return id.String()
}

// joined joins the parts of a key; no part has the separator.
func joined(parts ...string) string { return strings.Join(parts, " | ") }

// lastOf is the last part of an ARN's path: "dev" of "…:cluster/dev".
func lastOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
