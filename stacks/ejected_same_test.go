package stacks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/paperwurks/infra/internal/eject"
	"github.com/paperwurks/infra/internal/synthesised"
)

// sameMeaning reads a stack as it was synthesised and as it was ejected with
// Terraform's own parsers, and compares every block: what each argument is, where
// a reference is the name of what it refers to.
func sameMeaning(t *testing.T, stack synthesised.Stack, files map[string][]byte) {
	t.Helper()
	data, err := os.ReadFile(stack.File)
	if err != nil {
		t.Fatal(err)
	}
	file, problems := hcljson.Parse(data, stack.File)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	want := meaning(t, file.Body)
	got := map[string]any{}
	for name, text := range files {
		file, problems := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		for address, block := range meaning(t, file.Body) {
			if _, twice := got[address]; twice {
				t.Errorf("%s: %s is there twice", name, address)
			}
			got[address] = block
		}
	}
	if len(want) < len(stack.Resources()) {
		t.Errorf("%d blocks read, and there are %d resources", len(want), len(stack.Resources()))
	}
	for address := range want {
		if !reflect.DeepEqual(got[address], want[address]) {
			a, _ := json.Marshal(got[address])
			b, _ := json.Marshal(want[address])
			t.Errorf("%s: %s is ejected as\n%s\nand was synthesised as\n%s", stack.Name, address, a, b)
		}
		delete(got, address)
	}
	for address := range got {
		t.Errorf("%s: %s is ejected, and was not synthesised", stack.Name, address)
	}
}

// meaning is each resource, data source and output of a file, by its address.
func meaning(t *testing.T, body hcl.Body) map[string]any {
	t.Helper()
	schema, err := providerSchema()
	if err != nil {
		t.Fatal(err)
	}
	content, _, problems := body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "resource", LabelNames: []string{"type", "name"}},
		{Type: "data", LabelNames: []string{"type", "name"}},
		{Type: "output", LabelNames: []string{"name"}},
	}})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	out := map[string]any{}
	for _, b := range content.Blocks {
		address := b.Type + "." + strings.Join(b.Labels, ".")
		switch b.Type {
		case "resource":
			out[address] = blockMeaning(t, b.Body, schema.Resources[b.Labels[0]].Block, true)
		case "data":
			if b.Labels[0] == "terraform_remote_state" {
				out[address] = blockMeaning(t, b.Body, eject.Block{Attributes: map[string]eject.Attribute{"backend": {}, "workspace": {}, "config": {}}}, false)
				continue
			}
			out[address] = blockMeaning(t, b.Body, schema.Data[b.Labels[0]].Block, true)
		case "output":
			out[address] = blockMeaning(t, b.Body, eject.Block{Attributes: map[string]eject.Attribute{"description": {}, "value": {}, "sensitive": {}}}, false)
		}
	}
	return out
}

func blockMeaning(t *testing.T, body hcl.Body, of eject.Block, meta bool) map[string]any {
	t.Helper()
	var schema hcl.BodySchema
	for name := range of.Attributes {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: name})
	}
	for name := range of.Blocks {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: name})
	}
	if meta {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: "provider"}, hcl.AttributeSchema{Name: "depends_on"}, hcl.AttributeSchema{Name: "//"})
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: "lifecycle"})
	}
	content, problems := body.Content(&schema)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	out := map[string]any{}
	for name, attribute := range content.Attributes {
		switch {
		case name == "//":
		case meta && (name == "provider" || name == "depends_on"):
			out[name] = addresses(t, attribute.Expr)
		default:
			if v := argument(t, attribute.Expr); v != nil {
				out[name] = v
			}
		}
	}
	for _, b := range content.Blocks {
		if meta && b.Type == "lifecycle" {
			attributes, problems := b.Body.JustAttributes()
			if problems.HasErrors() {
				t.Fatal(problems)
			}
			for name, a := range attributes {
				if name == "ignore_changes" || name == "replace_triggered_by" {
					out["lifecycle."+name] = addresses(t, a.Expr)
				} else {
					out["lifecycle."+name] = argument(t, a.Expr)
				}
			}
			continue
		}
		blocks, _ := out[b.Type].([]any)
		out[b.Type] = append(blocks, blockMeaning(t, b.Body, of.Blocks[b.Type].Block, false))
	}
	return out
}

// addresses are what an argument names that takes no expressions.
func addresses(t *testing.T, e hcl.Expression) []string {
	t.Helper()
	list, problems := hcl.ExprList(e)
	if problems.HasErrors() {
		list = []hcl.Expression{e}
	}
	var out []string
	for _, e := range list {
		traversal, problems := hcl.AbsTraversalForExpr(e)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		out = append(out, written(traversal))
	}
	return out
}

func written(traversal hcl.Traversal) string {
	var b strings.Builder
	for _, step := range traversal {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			key, _ := ctyjson.SimpleJSONValue{Value: s.Key}.MarshalJSON()
			fmt.Fprintf(&b, "[%s]", key)
		}
	}
	return b.String()
}

// argument is the value of an expression in which each reference is a text with
// its name; text that is JSON is decoded, and numbers and truths are texts, as Terraform makes them for the
// argument's type.
func argument(t *testing.T, e hcl.Expression) any {
	t.Helper()
	variables := map[string]cty.Value{}
	tree := map[string]any{}
	for _, traversal := range e.Variables() {
		place(tree, traversal)
	}
	for name, v := range tree {
		variables[name] = valueOf(v)
	}
	value, problems := e.Value(&hcl.EvalContext{Variables: variables, Functions: map[string]function.Function{
		"join": stdlib.JoinFunc, "jsonencode": stdlib.JSONEncodeFunc, "tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
	}})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	encoded, err := ctyjson.SimpleJSONValue{Value: value}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(encoded, &out); err != nil {
		t.Fatal(err)
	}
	return plain(out)
}

// place puts a reference where an expression looks for it: objects for names,
// lists of one element for indices.
func place(tree map[string]any, traversal hcl.Traversal) {
	name := written(traversal)
	at := tree
	key := traversal.RootName()
	for _, step := range traversal[1:] {
		next, ok := at[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[key] = next
		}
		at = next
		switch s := step.(type) {
		case hcl.TraverseAttr:
			key = s.Name
		case hcl.TraverseIndex:
			key = "[]"
		}
	}
	if strings.HasSuffix(name, ".domain_validation_options") { // used as a list of objects
		at[key] = map[string]any{"[]": map[string]any{"resource_record_name": name + ".name", "resource_record_type": name + ".type", "resource_record_value": name + ".value"}}
		return
	}
	at[key] = name
}

func valueOf(v any) cty.Value {
	m, ok := v.(map[string]any)
	if !ok {
		return cty.StringVal(v.(string))
	}
	if element, ok := m["[]"]; ok {
		return cty.TupleVal([]cty.Value{valueOf(element)})
	}
	attributes := map[string]cty.Value{}
	for name, inner := range m {
		attributes[name] = valueOf(inner)
	}
	return cty.ObjectVal(attributes)
}

func plain(v any) any {
	switch v := v.(type) {
	case string:
		var document any
		if (strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[")) && json.Unmarshal([]byte(v), &document) == nil {
			return document
		}
		return v
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = plain(out[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			out[name] = plain(inner)
		}
		return out
	case nil:
		return nil
	}
	return fmt.Sprint(v)
}
