package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// maxShown is how many characters of a text a message repeats.
const maxShown = 80

// hidden is a value that a message does not repeat.
const hidden secretText = "(not shown)"

type secretText string

// show renders a value for a message.
func show(value any) string {
	if value == hidden {
		return string(hidden)
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.String:
		text := v.String()
		if len(text) > maxShown {
			return strconv.QuoteToASCII(text[:maxShown]) + "…"
		}
		return strconv.QuoteToASCII(text)
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = show(v.Index(i).Interface())
		}
		return "[" + strings.Join(parts, " ") + "]"
	default:
		return fmt.Sprint(value)
	}
}

// or lists what is allowed: "a", "b" or "c".
func or[T any](values []T) string {
	shown := make([]string, len(values))
	for i, v := range values {
		shown[i] = show(v)
	}
	switch n := len(shown); n {
	case 0:
		return "none"
	case 1:
		return shown[0]
	default:
		return strings.Join(shown[:n-1], ", ") + " or " + shown[n-1]
	}
}

// join is the path of a field.
func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// element is the path of an element that has a name: by the name where that
// tells it apart, otherwise by its place.
func element(list string, names []string, i int) string {
	same := 0
	for _, other := range names {
		if other == names[i] {
			same++
		}
	}
	if names[i] == "" || same > 1 {
		return at(list, i)
	}
	return key(list, names[i])
}

// key is the path of a map's entry.
func key(list, name string) string { return list + "[" + strconv.QuoteToASCII(name) + "]" }

// at is the path of an element by its place.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

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
