package mutate

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutant is one place of a source file, changed.
type mutant struct {
	// file is the path; function what the place is in.
	file, function string
	line           int
	// operator says how it is changed.
	operator string
	// from and to are offsets in bytes; text is between them afterwards.
	from, to int
	text     string
	// source is what stood there, on one line.
	source string
	// outer is the node around it that a build with several mutants has twice.
	outer outer
}

// outer is a node by its offsets in bytes.
type outer struct {
	kind     kind
	from, to int
}

// kind says how a node is there only where a mutant is not selected.
type kind int

const (
	expression kind = iota
	statement
	// returned is a return statement, entry a function's first.
	returned
	entry
)

// find returns the mutants of a package's files, its tests left out, in their order.
func find(dir string) ([]mutant, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		found, err := inFile(file, source)
		if err != nil {
			return nil, fmt.Errorf("find mutants: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// finder collects the mutants of one file.
type finder struct {
	positions *token.FileSet
	file      string
	source    []byte
	function  string
	// addressed are the literals of which the address is taken, with the expression that does.
	addressed map[ast.Expr]ast.Expr
	found     []mutant
}

func inFile(file string, source []byte) ([]mutant, error) {
	f := &finder{positions: token.NewFileSet(), file: file, source: source, addressed: map[ast.Expr]ast.Expr{}}
	parsed, err := parser.ParseFile(f.positions, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, declaration := range parsed.Decls {
		f.function = "(declarations)"
		switch d := declaration.(type) {
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
		case *ast.FuncDecl:
			f.function = d.Name.Name
			if d.Type.Results == nil && d.Body != nil && len(d.Body.List) > 1 {
				f.add(entry, d.Body.List[0], "early return", d.Body.List[0].Pos(), d.Body.List[0].Pos(), "return\n")
			}
		}
		ast.Inspect(declaration, f.visit)
	}
	slices.SortStableFunc(f.found, func(a, b mutant) int { return a.from - b.from })
	return f.found, nil
}

// boundaries are the comparisons with their neighbours.
var boundaries = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">", token.LAND: "||", token.LOR: "&&"}

func (f *finder) visit(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.IfStmt:
		f.negate(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.add(expression, n.Cond, "condition dropped", n.Cond.Pos(), n.Cond.End(), "false")
		}
	case *ast.BinaryExpr:
		if changed, ok := boundaries[n.Op]; ok {
			f.add(expression, n, "operator", n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), changed)
		}
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.SendStmt:
		f.add(statement, n, "statement dropped", n.Pos(), n.End(), "")
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			f.add(statement, n, "statement dropped", n.Pos(), n.End(), "")
		}
	case *ast.BranchStmt:
		if n.Tok == token.CONTINUE || n.Tok == token.BREAK {
			f.add(statement, n, "statement dropped", n.Pos(), n.End(), "")
		}
	case *ast.ReturnStmt:
		f.returned(n)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			f.addressed[n.X] = n
		}
	case *ast.CompositeLit:
		f.elements(n)
	case *ast.StructType:
		return false // its tags are no strings of the program's own
	case *ast.BasicLit:
		f.text(n)
	}
	return true
}

func (f *finder) negate(condition ast.Expr) {
	text := string(f.source[f.offset(condition.Pos()):f.offset(condition.End())])
	f.add(expression, condition, "condition negated", condition.Pos(), condition.End(), "!("+text+")")
}

// returned drops an error, and turns a truth around.
func (f *finder) returned(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	last := n.Results[len(n.Results)-1]
	switch v := last.(type) {
	case *ast.Ident:
		switch {
		case v.Name == "err" || v.Name == "errs":
			f.add(returned, n, "error dropped", v.Pos(), v.End(), "nil")
		case v.Name == "true" || v.Name == "false":
			f.add(returned, n, "truth turned", v.Pos(), v.End(), strconv.FormatBool(v.Name == "false"))
		}
	case *ast.CallExpr:
		selector, ok := v.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		if from, ok := selector.X.(*ast.Ident); ok && (from.Name == "errors" && (selector.Sel.Name == "New" || selector.Sel.Name == "Join") || from.Name == "fmt" && selector.Sel.Name == "Errorf") {
			f.add(returned, n, "error dropped", v.Pos(), v.End(), "nil")
		}
	}
}

// elements drops each element of a list, table or struct in turn, but prose and
// fields that are set to what they are anyway.
func (f *finder) elements(n *ast.CompositeLit) {
	around := ast.Expr(n)
	if address, ok := f.addressed[n]; ok {
		around = address
	}
	for i, element := range n.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok && (isZero(pair.Value) || isProse(pair.Value)) {
			continue
		}
		to := element.End()
		if i+1 < len(n.Elts) {
			to = n.Elts[i+1].Pos()
		} else if after := f.offset(to); after < len(f.source) && f.source[after] == ',' {
			to++
		}
		f.add(expression, around, "element dropped", element.Pos(), to, "")
	}
}

func isZero(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && (name.Name == "nil" || name.Name == "false")
}

// isProse says whether a value is a text with a blank in it, or several joined:
// tests need not repeat it.
func isProse(e ast.Expr) bool {
	switch v := e.(type) {
	case *ast.BasicLit:
		return v.Kind == token.STRING && strings.ContainsAny(v.Value, " \n")
	case *ast.BinaryExpr:
		return v.Op == token.ADD && (isProse(v.X) || isProse(v.Y))
	}
	return false
}

// text changes a string, unless it is prose.
func (f *finder) text(n *ast.BasicLit) {
	if n.Kind != token.STRING || isProse(n) || len(n.Value) < 4 {
		return
	}
	f.add(expression, n, "string changed", n.Pos(), n.End(), n.Value[:len(n.Value)-1]+"~"+n.Value[len(n.Value)-1:])
}

func (f *finder) offset(at token.Pos) int { return f.positions.Position(at).Offset }

func (f *finder) add(kind kind, around ast.Node, operator string, from, to token.Pos, text string) {
	begin, end := f.offset(from), f.offset(to)
	f.found = append(f.found, mutant{
		file: f.file, function: f.function, line: f.positions.Position(from).Line, operator: operator,
		from: begin, to: end, text: text, source: strings.Join(strings.Fields(string(f.source[begin:end])), " "),
		outer: outer{kind, f.offset(around.Pos()), f.offset(around.End())},
	})
}

// applied is the file's source with the mutant in it. Lines keep their numbers
// where they can.
func (m mutant) applied(source []byte) []byte {
	return slices.Concat(source[:m.from], []byte(m.text), source[m.to:])
}

func (m mutant) String() string {
	what := m.source
	if len(what) > 90 {
		what = what[:90] + "…"
	}
	return fmt.Sprintf("%s:%d %s: %s: %s", m.file, m.line, m.function, m.operator, what)
}
