package eject

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/paperwurks/infra/internal/synthesised"
	"github.com/paperwurks/infra/internal/terraform"
)

// Stack is a stack as Terraform files, by name. It returns every fault at once:
// what of the stack could not be written.
func Stack(stack synthesised.Stack, schema Schema) (map[string][]byte, error) {
	w := &writer{isText: texts(schema)}
	files := map[string]*hclwrite.File{}
	body := func(name string) *hclwrite.Body {
		if files[name] == nil {
			files[name] = hclwrite.NewEmptyFile()
		}
		return files[name].Body()
	}
	for _, part := range slices.Sorted(maps.Keys(stack.Content)) {
		switch part {
		case "//", "resource", "data":
		case "terraform":
			w.terraform(body, stack)
		case "provider":
			w.providers(body("providers.tf"), stack, schema)
		case "output":
			w.outputs(body("outputs.tf"), stack)
		case "moved":
			w.moved(body("moved.tf"), stack)
		case "removed":
			w.removed(body("removed.tf"), stack)
		default:
			w.fail(stack.Name, "%q: only resources, data sources, providers, outputs, moves and what is removed are written", part)
		}
	}
	names := fileNames(stack)
	inFile := map[string][]synthesised.Resource{}
	for _, item := range items(stack) {
		inFile[names[item.Path()]] = append(inFile[names[item.Path()]], item)
	}
	var all []synthesised.Resource
	for _, name := range slices.Sorted(maps.Keys(inFile)) {
		all = append(all, ordered(inFile[name])...)
	}
	for _, item := range all {
		name := names[item.Path()]
		if slices.Contains([]string{"backend.tf", "providers.tf", "outputs.tf", "moved.tf", "removed.tf", "versions.tf"}, name) {
			w.fail(item.Path(), "the construct's file would be %q, which is another one", name)
		}
		to := body(name)
		separate(to)
		if path := item.Path(); path != "" {
			to.AppendUnstructuredTokens(comment(path))
		}
		kind, about := "resource", schema.Resources
		bare, isData := strings.CutPrefix(item.Type, "data.")
		if isData {
			kind, about = "data", schema.Data
		}
		block := to.AppendNewBlock(kind, []string{bare, item.Name}).Body()
		if bare == "terraform_remote_state" {
			w.arguments(block, item.Address(), item.Attributes, remoteState)
			continue
		}
		s, ok := about[bare]
		if !ok {
			w.fail(item.Address(), "the provider has no %s %q", kind, bare)
			continue
		}
		w.resource(block, item.Address(), item.Attributes, s.Block)
	}
	out := map[string][]byte{}
	for name, file := range files {
		text, err := formatted(name, file)
		if err != nil {
			w.fail(stack.Name+"/"+name, "%w", err)
		}
		out[name] = text
	}
	return out, errors.Join(w.errs...)
}

// remoteState is what Terraform's own data source takes.
var remoteState = Block{Attributes: map[string]Attribute{
	"backend": {Type: "string", Required: true}, "workspace": {Type: "string"}, "config": {},
}}

// anything is the schema of a block that has attributes only.
func anything(arguments map[string]any) Block {
	out := Block{Attributes: map[string]Attribute{}}
	for name := range arguments {
		out.Attributes[name] = Attribute{}
	}
	return out
}

func comment(text string) hclwrite.Tokens {
	return hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte("# " + text + "\n")}}
}

// terraform writes versions.tf and backend.tf.
func (w *writer) terraform(body func(string) *hclwrite.Body, stack synthesised.Stack) {
	block, ok := stack.Content["terraform"].(map[string]any)
	if !ok {
		w.fail(stack.Name+".terraform", "one block is required")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(block)) {
		path := stack.Name + ".terraform." + name
		switch name {
		case "backend":
			backends, _ := block[name].(map[string]any)
			for _, kind := range slices.Sorted(maps.Keys(backends)) {
				arguments, ok := backends[kind].(map[string]any)
				if !ok {
					w.fail(path, "one backend is required")
					continue
				}
				inner := body("backend.tf").AppendNewBlock("terraform", nil).Body().AppendNewBlock("backend", []string{kind}).Body()
				w.arguments(inner, path+"."+kind, arguments, anything(arguments))
			}
		case "required_version", "required_providers":
		default:
			w.fail(path, "not written")
		}
	}
	inner := body("versions.tf").AppendNewBlock("terraform", nil).Body()
	if version, ok := block["required_version"]; ok {
		set(inner, "required_version", value(version, "string"))
	}
	required, _ := block["required_providers"].(map[string]any)
	separate(inner)
	providers := inner.AppendNewBlock("required_providers", nil).Body()
	for _, name := range slices.Sorted(maps.Keys(required)) {
		provider, _ := required[name].(map[string]any)
		source, _ := provider["source"].(string)
		if !strings.Contains(source, "/") {
			source = "hashicorp/" + source // what Terraform adds
		}
		set(providers, name, object{{"source", atom(quote(source))}, {"version", value(provider["version"], "string")}})
	}
}

func (w *writer) providers(body *hclwrite.Body, stack synthesised.Stack, schema Schema) {
	kinds, _ := stack.Content["provider"].(map[string]any)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if kind != "aws" {
			w.fail(stack.Name+".provider", "%q: only %q is written", kind, "aws")
			continue
		}
		for i, p := range asList(kinds[kind]) {
			arguments, _ := p.(map[string]any)
			arguments = maps.Clone(arguments)
			separate(body)
			block := body.AppendNewBlock("provider", []string{kind}).Body()
			if alias, ok := arguments["alias"]; ok {
				set(block, "alias", value(alias, "string"))
				delete(arguments, "alias")
			}
			w.arguments(block, fmt.Sprintf("%s.provider[%d]", stack.Name, i), arguments, schema.Provider.Block)
		}
	}
}

func (w *writer) outputs(body *hclwrite.Body, stack synthesised.Stack) {
	for _, name := range slices.Sorted(maps.Keys(stack.Output)) {
		separate(body)
		block := body.AppendNewBlock("output", []string{name}).Body()
		output := stack.Output[name]
		for _, argument := range []string{"description", "value", "sensitive"} {
			if v, ok := output[argument]; ok {
				set(block, argument, value(v, nil))
			}
		}
		for argument := range output {
			if !slices.Contains([]string{"description", "value", "sensitive"}, argument) {
				w.fail(stack.Name+".output."+name, "%q: not written", argument)
			}
		}
	}
}

func (w *writer) moved(body *hclwrite.Body, stack synthesised.Stack) {
	for i, m := range asList(stack.Content["moved"]) {
		move, _ := m.(map[string]any)
		from, isFrom := move["from"].(string)
		to, isTo := move["to"].(string)
		if !isFrom || !isTo || len(move) != 2 {
			w.fail(fmt.Sprintf("%s.moved[%d]", stack.Name, i), "from and to are required, and nothing else")
			continue
		}
		separate(body)
		block := body.AppendNewBlock("moved", nil).Body()
		set(block, "from", atom(from))
		set(block, "to", atom(to))
	}
}

// removed writes what the state forgets, and AWS keeps.
func (w *writer) removed(body *hclwrite.Body, stack synthesised.Stack) {
	for i, r := range asList(stack.Content["removed"]) {
		removed, _ := r.(map[string]any)
		from, isFrom := removed["from"].(string)
		lifecycle, _ := removed["lifecycle"].(map[string]any)
		destroy, isDestroy := lifecycle["destroy"].(bool)
		if !isFrom || !isDestroy || len(removed) != 2 || len(lifecycle) != 1 {
			w.fail(fmt.Sprintf("%s.removed[%d]", stack.Name, i), "from and lifecycle.destroy are required, and nothing else")
			continue
		}
		separate(body)
		block := body.AppendNewBlock("removed", nil).Body()
		set(block, "from", atom(from))
		block.AppendNewline()
		set(block.AppendNewBlock("lifecycle", nil).Body(), "destroy", atom(fmt.Sprint(destroy)))
	}
}

// items are the resources and data sources of a stack: a construct's own before
// those of the constructs within it.
func items(stack synthesised.Stack) []synthesised.Resource {
	out := stack.Resources()
	for kind, named := range stack.Data {
		for name, attributes := range named {
			out = append(out, synthesised.Resource{Stack: stack.Name, Type: "data." + kind, Name: name, Attributes: attributes})
		}
	}
	slices.SortFunc(out, func(a, b synthesised.Resource) int {
		return cmp.Or(cmp.Compare(strings.Count(a.Path(), "/"), strings.Count(b.Path(), "/")),
			slices.Compare([]string{a.Path(), a.Address()}, []string{b.Path(), b.Address()}))
	})
	return out
}

// ordered puts each after what it refers to, and otherwise leaves the order.
func ordered(all []synthesised.Resource) []synthesised.Resource {
	byAddress := map[string]synthesised.Resource{}
	for _, r := range all {
		byAddress[r.Address()] = r
	}
	var out []synthesised.Resource
	done := map[string]bool{}
	var visit func(synthesised.Resource)
	visit = func(r synthesised.Resource) {
		if done[r.Address()] {
			return
		}
		done[r.Address()] = true
		for _, reference := range synthesised.References(r.Attributes) {
			if other, ok := byAddress[reference.Type+"."+reference.Name]; ok {
				visit(other)
			}
		}
		out = append(out, r)
	}
	for _, r := range all {
		visit(r)
	}
	return out
}

// fileNames are the names of the files by the constructs' paths: of a path such
// as dev/environment/database/instance it is the construct, "database.tf". A
// scope that only groups constructs, as an environment of the shared stack does,
// comes before: "dev-network.tf". A service and its task are one file.
func fileNames(stack synthesised.Stack) map[string]string {
	all := items(stack)
	holds := map[string]bool{}
	for _, r := range all {
		if parts := within(r); len(parts) == 1 || len(parts) == 2 {
			holds[parts[0]] = true
		}
	}
	out := map[string]string{"": "remote-state.tf"}
	for _, r := range all {
		path, parts := r.Path(), within(r)
		switch {
		case path == "":
		case parts == nil:
			out[path] = "main.tf"
		case !holds[parts[0]]:
			out[path] = parts[0] + "-" + parts[1] + ".tf"
		default:
			name, isTask := strings.CutSuffix(parts[0], "-task")
			switch {
			case holds[name+"-task"] && (!isTask || holds[name]):
				name = "service-" + name
			case isTask:
				name = "task-" + name
			}
			out[path] = name + ".tf"
		}
	}
	return out
}

// texts says whether an expression is a string: a reference to an attribute
// that is one by the schema, or an output of another stack.
func texts(schema Schema) func(string) bool {
	return func(expression string) bool {
		r, ok := synthesised.ParseReference(expression)
		if !ok {
			return strings.HasPrefix(expression, "join(")
		}
		if _, _, ok := r.Output(); ok {
			return true
		}
		kind, isData := strings.CutPrefix(r.Type, "data.")
		block := schema.Resources[kind].Block
		if isData {
			block = schema.Data[kind].Block
		}
		// What is inside an attribute, such as a secret's ARN in a list, is not
		// looked up: tostring does nothing to a text.
		return block.Attributes[r.Attribute].Type == "string"
	}
}

// Write writes the repository into a folder that is not there yet, or empty:
// all of it or nothing. With rename the resources get short names.
func Write(folder string, stacks synthesised.Stacks, schema Schema, rename bool) error {
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
		return fmt.Errorf("%q: a folder that is not there or empty is required", folder)
	}
	readme, err := readme(stacks, rename)
	if err != nil {
		return err
	}
	files := map[string][]byte{"README.md": readme, ".gitignore": []byte(ignored)}
	var errs []error
	for _, stack := range stacks {
		named := stack
		if rename {
			var err error
			named, err = Renamed(stack)
			errs = append(errs, err)
		}
		written, err := Stack(named, schema)
		errs = append(errs, err)
		for name, text := range written {
			files[filepath.Join(stack.Name, name)] = text
		}
		for _, name := range append(stack.Companions(), terraform.LockFile) {
			data, err := os.ReadFile(filepath.Join(stack.Dir, name))
			errs = append(errs, err)
			files[filepath.Join(stack.Name, name)] = data
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	draft, err := os.MkdirTemp(filepath.Dir(folder), "."+filepath.Base(folder)+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	for name, text := range files {
		file := filepath.Join(draft, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text, 0o644)); err != nil {
			return err
		}
	}
	if err := os.Chmod(draft, 0o755); err != nil {
		return err
	}
	if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty one
		return err
	}
	return os.Rename(draft, folder)
}

const ignored = `.terraform/
*.tfstate
*.tfstate.*
*.tfplan
crash.log
`
