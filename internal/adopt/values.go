package adopt

import (
	"github.com/paperwurks/infra/internal/awsapi"
)

// Values are the attributes of a resource, planned or in the state, and which
// of them are not known yet.
type Values struct {
	Known, Unknown map[string]any
}

// Text returns a scalar attribute by its path, such as "tags_all.Name"; "" for
// null. It is not known while the plan cannot tell it: Terraform marks an
// unknown value, or all of a value, as true.
func (v Values) Text(path string) (text string, known bool) {
	unknown := awsapi.NewValue(v.Unknown)
	for i, r := range path + "." {
		if r == '.' && unknown.Text(path[:i]) == "true" {
			return "", false
		}
	}
	return awsapi.NewValue(v.Known).Text(path), true
}
