package config

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// texts visits every string of the settings, whatever the field, so that no
// field added later escapes.
func (c *checker) texts(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		c.text(path, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			c.texts(path, v.Elem())
		}
	case reflect.Slice:
		names := make([]string, v.Len())
		for i := range names {
			names[i] = nameOf(v.Index(i))
		}
		for i := range names {
			c.texts(element(path, names, i), v.Index(i))
		}
	case reflect.Map:
		for _, name := range slices.SortedFunc(v.Seq(), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
			c.text(key(path, name.String()), name.String())
			c.texts(key(path, name.String()), v.MapIndex(name))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			c.texts(join(path, lowerCamel(v.Type().Field(i).Name)), v.Field(i))
		}
	}
}

// text refuses what an editor does not show, and what Terraform or cdktf would
// read as their own.
func (c *checker) text(path, value string) {
	problem := ""
	switch {
	case strings.ContainsFunc(value, unicode.IsControl):
		problem = "no tab, line break or other control character is allowed"
	case strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII }):
		problem = "only ASCII is allowed: a look-alike from another script makes another name"
	case strings.TrimSpace(value) != value:
		problem = "no space is allowed at the start or the end"
	// Terraform language, "Strings and templates": the JSON of a stack has
	// templates too, and no way to tell whose they are.
	case strings.Contains(value, "${"), strings.Contains(value, "%{"):
		problem = `neither "${" nor "%{" is allowed: Terraform would expand them; a shell takes $NAME`
	// cdktf, "Tokens": this is how it marks a value that it fills in later.
	case strings.Contains(value, "TfToken["):
		problem = `"TfToken[" is not allowed: cdktf would expand it`
	default:
		return
	}
	c.refuse(path, value, "%s", problem)
	c.unreadable[path] = true
}

// nameOf is the Name of an environment or a service; "" for anything else.
func nameOf(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return ""
	}
	name := v.FieldByName("Name")
	if !name.IsValid() {
		return ""
	}
	return name.String()
}
