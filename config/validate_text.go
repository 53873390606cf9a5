package config

import (
	"reflect"
	"strings"
	"unicode"
)

// texts visits every string of the settings, whatever the field, so that a new
// field needs no line here. What the settings' own rules allow is a subset.
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
	case reflect.Struct:
		for i := range v.NumField() {
			c.texts(join(path, lowerCamel(v.Type().Field(i).Name)), v.Field(i))
		}
	}
}

// text refuses what does not show in an editor or means something to Terraform.
func (c *checker) text(path, value string) {
	problem := ""
	switch {
	case strings.ContainsFunc(value, unicode.IsControl):
		problem = "no control character is allowed: only printable ASCII"
	case strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII }):
		problem = "only ASCII is allowed: a look-alike of another script would make another name"
	case strings.TrimSpace(value) != value:
		problem = "no space is allowed at the start or the end"
	case strings.Contains(value, "${"), strings.Contains(value, "%{"):
		// Terraform language, "Strings and templates".
		problem = `neither "${" nor "%{" is allowed: Terraform would read a template of its own; a shell takes $NAME`
	case strings.Contains(value, "TfToken["):
		problem = `"TfToken[" is not allowed: cdktf would read a token of its own`
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

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// lowerCamel is a Go field's name as paths spell it: CPUTarget is cpuTarget,
// AccountID is accountID, GitHub is gitHub.
func lowerCamel(field string) string {
	upper := 0
	for upper < len(field) && field[upper] >= 'A' && field[upper] <= 'Z' {
		upper++
	}
	if upper > 1 && upper < len(field) {
		upper--
	}
	return strings.ToLower(field[:upper]) + field[upper:]
}
