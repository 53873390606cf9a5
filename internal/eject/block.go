package eject

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// writer writes blocks, and gathers everything that it could not write.
type writer struct {
	// isText says whether an expression is a string by the schema.
	isText func(expression string) bool
	errs   []error
}

func (w *writer) fail(path, format string, args ...any) {
	w.errs = append(w.errs, fmt.Errorf("%s: %w", path, fmt.Errorf(format, args...)))
}

// metaArguments of resources and data sources are no part of the schema. What
// else Terraform has of them (count, for_each, connection, provisioner), the
// stacks do not use; it is refused.
var metaArguments = []string{"//", "provider", "lifecycle", "depends_on"}

// resource fills the body of a resource or data source.
func (w *writer) resource(body *hclwrite.Body, path string, attributes map[string]any, schema Block) {
	if provider, ok := attributes["provider"].(string); ok {
		set(body, "provider", atom(provider))
		body.AppendNewline()
	}
	rest := maps.Clone(attributes)
	for _, name := range metaArguments {
		delete(rest, name)
	}
	w.arguments(body, path, rest, schema)
	if lifecycle, ok := attributes["lifecycle"]; ok {
		w.lifecycle(body, path+".lifecycle", lifecycle)
	}
	if dependencies, ok := attributes["depends_on"]; ok {
		separate(body)
		set(body, "depends_on", w.addresses(path+".depends_on", dependencies))
	}
}

func (w *writer) lifecycle(body *hclwrite.Body, path string, value any) {
	arguments, ok := value.(map[string]any)
	if !ok {
		w.fail(path, "one block is required")
		return
	}
	separate(body)
	inner := body.AppendNewBlock("lifecycle", nil).Body()
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		switch v := arguments[name].(type) {
		case bool:
			set(inner, name, atom(fmt.Sprint(v)))
		case string:
			set(inner, name, atom(v)) // "all"
		case []any:
			if name != "ignore_changes" && name != "replace_triggered_by" {
				w.fail(path+"."+name, "only settings, ignore_changes and replace_triggered_by are written")
				continue
			}
			set(inner, name, w.addresses(path+"."+name, v))
		default:
			w.fail(path+"."+name, "%v: not written", v)
		}
	}
}

// addresses is a list of texts that are references.
func (w *writer) addresses(path string, value any) expression {
	values, _ := value.([]any)
	out := list{}
	for _, v := range values {
		address, ok := v.(string)
		if !ok {
			w.fail(path, "%v: an address is required", v)
		}
		out = append(out, atom(address))
	}
	return out
}

// arguments writes attributes, those on one line first, and then blocks.
func (w *writer) arguments(body *hclwrite.Body, path string, arguments map[string]any, schema Block) {
	names := slices.DeleteFunc(slices.Collect(maps.Keys(arguments)), func(name string) bool { return arguments[name] == nil })
	slices.SortFunc(names, func(a, b string) int {
		return 2*(rank(a, schema)-rank(b, schema)) + strings.Compare(a, b)
	})
	var long, blocks []string
	expressions := map[string]expression{}
	for _, name := range names {
		if _, ok := schema.Blocks[name]; ok {
			blocks = append(blocks, name)
			continue
		}
		attribute, ok := schema.Attributes[name]
		if !ok {
			w.fail(path+"."+name, "the provider has no such argument")
			continue
		}
		if asBlocks(attribute.Type, arguments[name]) {
			blocks = append(blocks, name)
			continue
		}
		e := w.attribute(name, arguments[name], attribute.Type)
		if strings.Contains(written(name, e), "\n") {
			expressions[name] = e
			long = append(long, name)
			continue
		}
		set(body, name, e)
	}
	for _, name := range long {
		separate(body)
		set(body, name, expressions[name])
	}
	if i := slices.Index(blocks, "timeouts"); i >= 0 {
		blocks = append(slices.Delete(blocks, i, i+1), "timeouts")
	}
	for _, name := range blocks {
		nested := schema.Blocks[name].Block
		if attribute, ok := schema.Attributes[name]; ok {
			nested = objectBlock(attribute.Type)
		}
		for i, block := range asList(arguments[name]) {
			inside := fmt.Sprintf("%s.%s[%d]", path, name, i)
			inner, ok := block.(map[string]any)
			if !ok || inner["dynamic"] != nil {
				w.fail(inside, "%v: only blocks with arguments are written", block)
				continue
			}
			separate(body)
			if len(inner) == 0 {
				body.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(name + " {}\n")}})
				continue
			}
			w.arguments(body.AppendNewBlock(name, nil).Body(), inside, inner, nested)
		}
	}
}

// normalised are attributes whose JSON the provider compares by its meaning,
// so that the order of keys, which jsonencode sorts, makes no difference.
var normalised = []string{"assume_role_policy", "container_definitions", "dashboard_body", "policy"}

func (w *writer) attribute(name string, v, kind any) expression {
	if template, ok := v.(string); ok && kind == "string" {
		if e, same, ok := document(template, w.isText); ok && (same || slices.Contains(normalised, name)) {
			return e
		}
	}
	return value(v, kind)
}

// isMap says whether an attribute is a map such as tags, which takes a line for
// each entry.
func isMap(e expression) bool {
	o, ok := e.(object)
	return ok && len(o) > 0
}

// asBlocks says whether an attribute is written as blocks, as Terraform allows
// for lists of objects ("Attributes as Blocks"); an empty list is not.
func asBlocks(kind, v any) bool {
	pair, ok := kind.([]any)
	if !ok || len(pair) != 2 || pair[0] != "list" && pair[0] != "set" {
		return false
	}
	inner, ok := pair[1].([]any)
	if !ok || inner[0] != "object" {
		return false
	}
	blocks := asList(v)
	return len(blocks) > 0 && !slices.ContainsFunc(blocks, func(b any) bool { _, ok := b.(map[string]any); return !ok })
}

func objectBlock(kind any) Block {
	out := Block{Attributes: map[string]Attribute{}}
	pair, _ := kind.([]any)
	object, _ := pair[1].([]any)
	attributes, _ := object[1].(map[string]any)
	for name, kind := range attributes {
		out.Attributes[name] = Attribute{Type: kind}
	}
	return out
}

// asList are the blocks of a kind, of which JSON may have one without a list.
func asList(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// rank orders the attributes of a block: what it is called, what is required,
// the rest, tags.
func rank(name string, schema Block) int {
	switch attribute := schema.Attributes[name]; {
	case name == "name" || name == "family" || name == "identifier" || name == "bucket" || attribute.Required && strings.HasSuffix(name, "_name"):
		return 0
	case name == "description" || name == "alarm_description":
		return 1
	case attribute.Required:
		return 2
	case name == "tags":
		return 4
	}
	return 3
}

func set(body *hclwrite.Body, name string, e expression) {
	body.SetAttributeRaw(name, hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(" " + written(name, e))}})
}

// written is the expression of an attribute. The depth of its block does not
// matter: the whole file is formatted in the end.
func written(name string, e expression) string { return layOut(e, 1, len(name)+3, !isMap(e)) }

// separate puts an empty line between what is in a body and what follows.
func separate(body *hclwrite.Body) {
	if len(body.Attributes()) > 0 || len(body.Blocks()) > 0 {
		body.AppendNewline()
	}
}

// formatted is a file as `terraform fmt` leaves it. It returns an error for
// what Terraform could not parse, which is a bug here.
func formatted(name string, file *hclwrite.File) ([]byte, error) {
	out := hclwrite.Format(file.Bytes())
	if _, problems := hclsyntax.ParseConfig(out, name, hcl.InitialPos); problems.HasErrors() {
		return nil, errors.Join(errors.New("the HCL is not valid"), problems)
	}
	return out, nil
}
