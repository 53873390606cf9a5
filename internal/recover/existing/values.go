package existing

import (
	"fmt"
	"strconv"
	"strings"
)

// Values are the attributes of a resource, planned or in the state, and which
// of them are not known yet.
type Values struct {
	Known, Unknown map[string]any
}

// Text gives a scalar attribute by its path, such as "tags_all.Name"; "" where
// it is null. It is not known while the plan cannot tell it.
func (v Values) Text(path string) (text string, known bool) {
	parts := strings.Split(path, ".")
	var value, unknown any = v.Known, v.Unknown
	for _, part := range parts {
		value, unknown = step(value, part), step(unknown, part)
		if unknown == true {
			return "", false
		}
	}
	switch value := value.(type) {
	case nil:
		return "", true
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), true
	default:
		return fmt.Sprint(value), true
	}
}

// step goes into a map by name and into a list by number; true stays true, as
// Terraform marks a whole value unknown.
func step(value any, part string) any {
	switch value := value.(type) {
	case map[string]any:
		return value[part]
	case []any:
		if i, err := strconv.Atoi(part); err == nil && i < len(value) {
			return value[i]
		}
		return nil
	case bool:
		return value
	default:
		return nil
	}
}

// text is Text for values of the state, all of which are known.
func (v Values) text(path string) string {
	text, _ := v.Text(path)
	return text
}

// lastOf is the last part of an ARN's path: "dev" of "…:cluster/dev".
func lastOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
