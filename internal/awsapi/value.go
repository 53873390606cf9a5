package awsapi

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Value is a part of an answer: JSON as it is decoded, XML alike, each element
// under its name and several of one name as a list.
type Value struct{ any }

// NewValue makes a value of decoded JSON.
func NewValue(decoded any) Value { return Value{decoded} }

// At is the part at a path, such as "vpcSet.item.0.vpcId"; nothing where there
// is none.
func (v Value) At(path string) Value {
	if path == "" {
		return v
	}
	for part := range strings.SplitSeq(path, ".") {
		switch value := v.any.(type) {
		case map[string]any:
			v = Value{value[part]}
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(value) {
				return Value{}
			}
			v = Value{value[i]}
		default:
			return Value{}
		}
	}
	return v
}

// Text is the scalar at a path; "" where there is none.
func (v Value) Text(path string) string {
	switch value := v.At(path).any.(type) {
	case nil, map[string]any, []any:
		return ""
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return fmt.Sprint(value)
	}
}

// List are the members at a path. XML does not tell a list of one from its
// member, nor a list of none from an empty text.
func (v Value) List(path string) []Value {
	var out []Value
	switch value := v.At(path).any.(type) {
	case []any:
		for _, member := range value {
			out = append(out, Value{member})
		}
	case map[string]any:
		out = []Value{{value}}
	case string:
		if value != "" {
			out = []Value{{value}}
		}
	}
	return out
}

// readValue reads an answer in JSON or XML.
func readValue(text []byte, operation string) (Value, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) {
		var v any
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		err := decoder.Decode(&v)
		return Value{v}, err
	}
	var root element
	if err := xml.Unmarshal(text, &root); err != nil {
		return Value{}, err
	}
	v := Value{root.value()}
	if result := v.At(operation + "Result"); result.any != nil {
		return result, nil
	}
	return v, nil
}

func (e element) value() any {
	if len(e.Children) == 0 {
		return strings.TrimSpace(e.Text)
	}
	out := map[string]any{}
	for _, child := range e.Children {
		name := child.XMLName.Local
		switch before := out[name].(type) {
		case nil:
			out[name] = child.value()
		case []any:
			out[name] = append(before, child.value())
		default:
			out[name] = []any{before, child.value()}
		}
	}
	return out
}

// readFault reads the error that a service answered.
func readFault(response *http.Response, body []byte) *Fault {
	f := &Fault{Status: response.StatusCode, Code: ErrorCode(response.Header, body), Message: http.StatusText(response.StatusCode)}
	if v, err := readValue(body, ""); err == nil {
		for _, path := range []string{"message", "Message", "Error.Message", "Errors.Error.Message"} {
			if text := v.Text(path); text != "" {
				f.Message = text
			}
		}
	}
	return f
}

// ErrorCode and HTTPStatusCode tell the AWS SDK whether to try again.
func (f *Fault) ErrorCode() string   { return f.Code }
func (f *Fault) HTTPStatusCode() int { return f.Status }

// Members are the names of a JSON object's members, or of an XML element's
// children, sorted.
func (v Value) Members() []string {
	members, _ := v.any.(map[string]any)
	return slices.Sorted(maps.Keys(members))
}
