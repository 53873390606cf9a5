package eject

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// width that a line may have before a list or object is broken over several.
const width = 120

// expression is a part of HCL that can be laid out on one line or on several.
type expression interface {
	// inline is the expression on one line; ok is false where that would not
	// be written by hand.
	inline() (text string, ok bool)
	// broken is the expression on several lines, those after the first one
	// indented by the depth of nesting.
	broken(depth int) string
}

// atom is an expression that is never broken: a literal, a reference, a
// template.
type atom string

func (a atom) inline() (string, bool) { return string(a), true }
func (a atom) broken(int) string      { return string(a) }

type list []expression

func (l list) inline() (string, bool) {
	parts := make([]string, len(l))
	for i, e := range l {
		text, ok := e.inline()
		if o, isObject := e.(object); !ok || isObject && len(o) > 1 && len(l) > 1 {
			return "", false
		}
		parts[i] = text
	}
	return "[" + strings.Join(parts, ", ") + "]", true
}

func (l list) broken(depth int) string {
	// Elements look alike: all on one line each, or none.
	mayInline := !slices.ContainsFunc(l, func(e expression) bool {
		text, ok := e.inline()
		return !ok || 2*(depth+1)+utf8.RuneCountInString(text) > width
	})
	var b strings.Builder
	b.WriteString("[\n")
	for _, e := range l {
		_, isObject := e.(object)
		b.WriteString(indent(depth+1) + layOut(e, depth+1, 0, mayInline || !isObject) + ",\n")
	}
	b.WriteString(indent(depth) + "]")
	return b.String()
}

// object is a map or an object, in the order in which it was written.
type object []entry

type entry struct {
	key   string
	value expression
}

// inlineEntries is how many entries of an object a line may have.
const inlineEntries = 3

func (o object) inline() (string, bool) {
	if len(o) == 0 {
		return "{}", true
	}
	if len(o) > inlineEntries {
		return "", false
	}
	parts := make([]string, len(o))
	for i, e := range o {
		text, ok := e.value.inline()
		if _, isAtom := e.value.(atom); !ok || !isAtom && len(o) > 1 {
			return "", false
		}
		parts[i] = e.key + " = " + text
	}
	return "{ " + strings.Join(parts, ", ") + " }", true
}

func (o object) broken(depth int) string {
	if len(o) == 0 {
		return "{}"
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, e := range o {
		// Of several entries only the short ones stay on their line: a nested
		// object with a single entry, such as a principal.
		inner, isObject := e.value.(object)
		b.WriteString(indent(depth+1) + e.key + " = " + layOut(e.value, depth+1, len(e.key)+3, !isObject || len(inner) < 2) + "\n")
	}
	b.WriteString(indent(depth) + "}")
	return b.String()
}

// call is a function with one argument, which opens on the function's line.
type call struct {
	function string
	argument expression
}

func (c call) inline() (string, bool) {
	text, ok := c.argument.inline()
	return c.function + "(" + text + ")", ok
}

func (c call) broken(depth int) string {
	return c.function + "(" + c.argument.broken(depth) + ")"
}

func indent(depth int) string { return strings.Repeat("  ", depth) }

// layOut writes an expression after a text of the given length on its line.
func layOut(e expression, depth, before int, mayInline bool) string {
	if text, ok := e.inline(); mayInline && ok && 2*depth+before+utf8.RuneCountInString(text) <= width {
		return text
	}
	return e.broken(depth)
}

// value is a value of a synthesised stack as an expression of the type that
// the schema has for it; a nil type is any.
func value(v any, kind any) expression {
	switch v := v.(type) {
	case string:
		if literal := strings.TrimSpace(v); kind == "number" && number.MatchString(literal) || kind == "bool" && (literal == "true" || literal == "false") {
			return atom(literal)
		}
		return text(v)
	case float64:
		digits := strconv.FormatFloat(v, 'f', -1, 64)
		if kind == "string" {
			return atom(quote(digits))
		}
		return atom(digits)
	case bool:
		if kind == "string" {
			return atom(quote(strconv.FormatBool(v)))
		}
		return atom(strconv.FormatBool(v))
	case []any:
		out := list{}
		for _, inner := range v {
			out = append(out, value(inner, element(kind, "")))
		}
		return out
	case map[string]any:
		out := object{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, entry{objectKey(key), value(v[key], element(kind, key))})
		}
		return out
	}
	return atom("null")
}

var number = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// element is the type of what a list, set, map or object holds.
func element(kind any, key string) any {
	pair, ok := kind.([]any)
	if !ok || len(pair) != 2 {
		return nil
	}
	if attributes, ok := pair[1].(map[string]any); ok && pair[0] == "object" {
		return attributes[key]
	}
	return pair[1]
}

// piece of a template: literal text as the template has it, or the expression
// of an interpolation.
type piece struct {
	text         string
	interpolated bool
}

// pieces splits a template. It returns none for one with directives, such as
// %{ if … }, or one that is broken.
func pieces(template string) []piece {
	tokens, problems := hclsyntax.LexTemplate([]byte(template), "", hcl.InitialPos)
	if problems.HasErrors() {
		return nil
	}
	var out []piece
	depth, begin := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenTemplateControl:
			return nil
		case hclsyntax.TokenTemplateInterp:
			if depth == 0 {
				begin = t.Range.End.Byte
			}
			depth++
		case hclsyntax.TokenTemplateSeqEnd:
			depth--
			if depth == 0 {
				out = append(out, piece{source(template[begin:t.Range.Start.Byte]), true})
			}
		default:
			if depth == 0 && len(t.Bytes) > 0 {
				out = append(out, piece{string(t.Bytes), false})
			}
		}
	}
	return out
}

// legacyIndex is how HCL 1 wrote an index, which cdktf still does.
var legacyIndex = regexp.MustCompile(`([\w\])])\.(\d+)\b`)

// source is the expression of an interpolation as written by hand.
func source(expression string) string {
	expression = strings.TrimSpace(expression)
	if strings.Contains(expression, `"`) {
		return expression // a text between quotes is not touched
	}
	return legacyIndex.ReplaceAllString(expression, "$1[$2]")
}

// text is a string of Terraform's JSON syntax, which is a template
// (https://developer.hashicorp.com/terraform/language/syntax/json, "Expression Mapping").
func text(template string) expression {
	parts := pieces(template)
	if len(parts) == 1 && parts[0].interpolated {
		return atom(parts[0].text)
	}
	if parts == nil {
		return atom(`"` + escape(template) + `"`)
	}
	return atom(quoted(parts))
}

func quoted(parts []piece) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, p := range parts {
		if p.interpolated {
			b.WriteString("${" + p.text + "}")
		} else {
			b.WriteString(escape(p.text))
		}
	}
	b.WriteByte('"')
	return b.String()
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// escape is the literal text of a template as it is between quotes; its own
// escapes, $${ and %%{, mean the same there.
func escape(literal string) string { return escapes.Replace(literal) }

// quote is a text without interpolations.
func quote(s string) string {
	return `"` + escapedTemplate.Replace(escape(s)) + `"`
}

// objectKey is a key that Terraform reads as the text.
func objectKey(key string) string {
	if bareKey(key) {
		return key
	}
	return `"` + escape(key) + `"`
}

// bareKey says whether a key needs no quotes.
func bareKey(key string) bool {
	return hclsyntax.ValidIdentifier(key) && !slices.Contains([]string{"null", "true", "false", "for"}, key)
}

// document is a template that is JSON as a call of jsonencode, with the
// references within; ok is false where it is none. Such a document may have
// its keys in another order afterwards, as jsonencode sorts them: same says
// whether the text stays the same. A reference that isText does not know as
// text is made one: it was between quotes.
func document(template string, isText func(expression string) bool) (e expression, same, ok bool) {
	if !strings.HasPrefix(template, "{") && !strings.HasPrefix(template, "[") {
		return nil, false, false
	}
	parts := pieces(template)
	var plain strings.Builder
	var interpolations []string
	for _, p := range parts {
		if p.interpolated {
			fmt.Fprintf(&plain, placeholder+"%d;", len(interpolations))
			interpolations = append(interpolations, p.text)
		} else {
			plain.WriteString(unescapedTemplate.Replace(p.text))
		}
	}
	decoder := json.NewDecoder(strings.NewReader(plain.String()))
	decoder.UseNumber()
	e, err := reader{decoder, interpolations, isText}.value()
	if err != nil || decoder.More() {
		return nil, false, false
	}
	var again any
	if json.Unmarshal([]byte(plain.String()), &again) == nil {
		encoded, err := json.Marshal(again)
		same = err == nil && string(encoded) == plain.String()
	}
	return call{"jsonencode", e}, same, true
}

// placeholder stands for an interpolation while JSON is read.
const placeholder = "\uE000"

var (
	escapedTemplate   = strings.NewReplacer("${", "$${", "%{", "%%{")
	unescapedTemplate = strings.NewReplacer("$${", "${", "%%{", "%{")
	placeholders      = regexp.MustCompile(placeholder + `(\d+);`)
)

// reader reads a document whose interpolations are placeholders.
type reader struct {
	*json.Decoder
	interpolations []string
	isText         func(string) bool
}

// value reads the next JSON value, objects in their order.
func (r reader) value() (expression, error) {
	token, err := r.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			out := list{}
			for r.More() {
				inner, err := r.value()
				if err != nil {
					return nil, err
				}
				out = append(out, inner)
			}
			_, err = r.Token()
			return out, err
		}
		out := object{}
		for r.More() {
			token, err := r.Token()
			if err != nil {
				return nil, err
			}
			inner, err := r.value()
			if err != nil {
				return nil, err
			}
			key := token.(string) // JSON has no other keys
			if !bareKey(key) {
				key = quoted(r.pieces(key))
			}
			out = append(out, entry{key, inner})
		}
		_, err = r.Token()
		return out, err
	case string:
		parts := r.pieces(t)
		if len(parts) != 1 || !parts[0].interpolated {
			return atom(quoted(parts)), nil
		}
		if e := parts[0].text; !r.isText(e) {
			return atom("tostring(" + e + ")"), nil
		}
		return atom(parts[0].text), nil
	case json.Number:
		return atom(t.String()), nil
	case bool:
		return atom(strconv.FormatBool(t)), nil
	}
	return atom("null"), nil
}

// pieces are a text with its interpolations where their placeholders are.
func (r reader) pieces(s string) []piece {
	var parts []piece
	literal := func(s string) {
		if s != "" {
			parts = append(parts, piece{escapedTemplate.Replace(s), false})
		}
	}
	at := 0
	for _, m := range placeholders.FindAllStringSubmatchIndex(s, -1) {
		literal(s[at:m[0]])
		i, _ := strconv.Atoi(s[m[2]:m[3]]) // digits by the expression
		parts = append(parts, piece{r.interpolations[i], true})
		at = m[1]
	}
	literal(s[at:])
	return parts
}
