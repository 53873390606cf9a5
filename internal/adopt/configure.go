package adopt

import (
	"maps"
	"strconv"
	"strings"
)

// configure writes the stack with import blocks. Every difference between an
// imported object and its configuration is ignored, so that the import changes
// nothing in AWS; the next deployment sees the differences and shows them.
//
// When alone, the imported resources depend on no other: with its references
// and depends_on Terraform would plan to create what they name, too.
func (w *Workspace) configure(imports []Adoption, alone bool) error {
	content := maps.Clone(w.stack.Content)
	all, _ := content["resource"].(map[string]any)
	resources := map[string]any{}
	for resourceType, named := range all {
		resources[resourceType] = maps.Clone(named.(map[string]any))
	}
	content["resource"] = resources
	for _, a := range imports {
		named := resources[a.Type].(map[string]any)
		name := strings.TrimPrefix(a.Address, a.Type+".")
		named[name] = imported(named[name].(map[string]any), a, alone)
	}
	if err := w.write(stackFileName, content); err != nil {
		return err
	}
	return w.write(importsName, ImportBlocks(imports))
}

// imported is a resource's block while it is imported.
func imported(block map[string]any, a Adoption, alone bool) map[string]any {
	out := maps.Clone(block)
	lifecycle := map[string]any{}
	if given, ok := block["lifecycle"].(map[string]any); ok {
		lifecycle = maps.Clone(given)
	}
	lifecycle["ignore_changes"] = "all"
	out["lifecycle"] = lifecycle
	if !alone {
		return out
	}
	delete(out, "depends_on")
	for name, value := range out {
		if name == "provider" || name == "lifecycle" || name == "//" {
			continue
		}
		delete(out, name)
		for _, from := range []Values{a.values, a.planned} {
			if value, ok := literal(value, from.Known[name]); ok {
				out[name] = value
				break
			}
		}
	}
	return out
}

// literal is a configured value with its references replaced by what they
// refer to; not ok where that is not known. The result only has to be
// well-formed, because every difference is ignored.
func literal(configured, known any) (value any, ok bool) {
	switch configured := configured.(type) {
	case string:
		if !strings.Contains(strings.ReplaceAll(configured, "$${", ""), "${") {
			return configured, true
		}
		return escaped(known), known != nil
	case map[string]any:
		// A block that is allowed once is a list of one in a plan.
		if one, ok := known.([]any); ok {
			if len(one) == 0 {
				return nil, false
			}
			known = one[0]
		}
		values, _ := known.(map[string]any)
		out := map[string]any{}
		for name, v := range configured {
			v, ok := literal(v, values[name])
			if !ok {
				return nil, false // without it the block may not be well-formed
			}
			out[name] = v
		}
		return out, true
	case []any:
		values, _ := known.([]any)
		out := []any{}
		for i, v := range configured {
			var element any
			if i < len(values) {
				element = values[i]
			}
			if v, ok := literal(v, element); ok {
				out = append(out, v)
			}
		}
		return out, true
	default:
		return configured, true
	}
}

// escaped is a value as Terraform's JSON takes it literally.
func escaped(value any) any {
	switch value := value.(type) {
	case string:
		return escape(value)
	case []any:
		out := make([]any, len(value))
		for i, v := range value {
			out[i] = escaped(v)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, v := range value {
			out[name] = escaped(v)
		}
		return out
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return value
	}
}

func escape(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(text)
}
