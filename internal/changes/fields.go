package changes

import (
	"reflect"
	"slices"

	"github.com/paperwurks/infra/config"
)

// Fields are the paths of every setting, as Go spells them:
// "Environments[].Services[].Route.Port". What is a list of structs, or a
// pointer, is a setting too: it can come and go.
func Fields() []string {
	var out []string
	fields("", reflect.TypeFor[config.Settings](), &out)
	slices.Sort(out)
	return out
}

func fields(path string, t reflect.Type, out *[]string) {
	switch {
	case t.Kind() == reflect.Pointer:
		*out = append(*out, path)
		fields(path, t.Elem(), out)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		*out = append(*out, path)
		fields(path+"[]", t.Elem(), out)
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			name := t.Field(i).Name
			if path != "" {
				name = path + "." + name
			}
			fields(name, t.Field(i).Type, out)
		}
	default:
		*out = append(*out, path)
	}
}
