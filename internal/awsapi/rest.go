package awsapi

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

//go:embed rest.csv
var restTable string

// restOperation is one operation of a REST protocol.
type restOperation struct {
	name, method string
	// path are the segments; {Name} takes one, {Name+} all that follow.
	path []string
	// query are names, or name=value, that the request must have.
	query   []string
	headers []string
}

// restOperations are those of rest.csv by service, the more demanding first.
var restOperations = sync.OnceValues(func() (map[string][]restOperation, error) {
	rows, err := csv.NewReader(strings.NewReader(restTable)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("rest.csv: %w", err)
	}
	out := map[string][]restOperation{}
	for _, row := range rows[1:] {
		o := restOperation{name: row[1], method: row[2], path: segments(row[3]), headers: strings.Fields(row[5])}
		if row[4] != "" {
			o.query = strings.Split(row[4], "&")
		}
		out[row[0]] = append(out[row[0]], o)
	}
	for _, operations := range out {
		slices.SortStableFunc(operations, func(a, b restOperation) int { return b.demands() - a.demands() })
	}
	return out, nil
})

func segments(path string) []string {
	if path = strings.Trim(path, "/"); path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// demands counts what a request must have, to find the most fitting operation.
func (o restOperation) demands() int {
	n := 100 * (len(o.query) + len(o.headers))
	for _, segment := range o.path {
		if !strings.HasPrefix(segment, "{") {
			n++
		}
	}
	return n
}

// match says whether a request is for the operation, and gives the path's names.
func (o restOperation) match(r *http.Request, query url.Values) (map[string]string, bool) {
	if o.method != r.Method {
		return nil, false
	}
	for _, want := range o.query {
		name, value, exact := strings.Cut(want, "=")
		if !query.Has(name) || exact && query.Get(name) != value {
			return nil, false
		}
	}
	for _, header := range o.headers {
		if r.Header.Get(header) == "" {
			return nil, false
		}
	}
	return o.names(segments(r.URL.EscapedPath()))
}

func (o restOperation) names(path []string) (map[string]string, bool) {
	names := map[string]string{}
	for i, want := range o.path {
		name, named := strings.CutPrefix(want, "{")
		name = strings.TrimSuffix(name, "}")
		switch {
		case i >= len(path), !named && path[i] != want:
			return nil, false
		case strings.HasSuffix(name, "+"):
			names[strings.TrimSuffix(name, "+")] = unescaped(strings.Join(path[i:], "/"))
			return names, true
		case named:
			names[name] = unescaped(path[i])
		}
	}
	return names, len(path) == len(o.path)
}

func unescaped(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// rest is the operation that a REST request asks for, with the names in its
// path; "" where the table has none.
func rest(service string, r *http.Request) (string, map[string]string, error) {
	operations, err := restOperations()
	if err != nil {
		return "", nil, err
	}
	query := r.URL.Query()
	for _, o := range operations[service] {
		if names, ok := o.match(r, query); ok {
			return o.name, names, nil
		}
	}
	return "", nil, nil
}
