package query

import (
	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// SymbolKind says what a Symbol is; an editor picks its icon by it.
type SymbolKind uint8

const (
	SectionSymbol SymbolKind = iota
	TableSymbol
	ColumnSymbol
	ResourceSymbol
	OperationSymbol
	ViewSymbol
	ActionSymbol
	ConstantSymbol
	RoleSymbol
)

// Symbol is one entry of a file's outline.
type Symbol struct {
	Name     string
	Detail   string
	Kind     SymbolKind
	Span     text.Span // all of it
	At       text.Span // its name
	Children []Symbol
}

// tableCalls make a table of their second argument, definitions a resource of the argument that the map names.
var (
	tableCalls  = map[string]int{"sqliteTable": 1, "pgTable": 1, "mysqlTable": 1, "table": 1, "q.table": 1}
	definitions = map[string]int{"defineTable": 1, "defineResource": 1, "feature": 1, "defineActions": 1, "defineAction": 0, "defineConfig": 0}
)

// Symbols is the outline of a file: its tables with their columns, and the definition with what it declares. It is read from the tree,
// so a file in mid-edit keeps its outline.
func Symbols(s *analysis.Snapshot, path text.Path) []Symbol {
	t := s.Tree(path)
	if t == nil {
		return nil
	}
	var out []Symbol
	for stmt := range t.Root().Children() {
		switch stmt.Kind() {
		case syntax.Var:
			if sym, ok := variable(stmt); ok {
				out = append(out, sym)
			}
		case syntax.ExportValue:
			if sym, ok := defined(stmt); ok {
				out = append(out, sym)
			}
		case syntax.Func, syntax.Enum:
			if stmt.Name() != "" {
				out = append(out, Symbol{Name: stmt.Name(), Kind: ConstantSymbol, Span: stmt.Span(), At: stmt.NameSpan()})
			}
		}
	}
	return out
}

func variable(stmt syntax.Node) (Symbol, bool) {
	if stmt.Name() == "" {
		return Symbol{}, false
	}
	sym := Symbol{Name: stmt.Name(), Kind: ConstantSymbol, Span: stmt.Span(), At: stmt.NameSpan()}
	call := stmt.Value().Inner()
	arg, table := tableCalls[syntax.CallName(call)]
	if call.Kind() != syntax.Call || !table {
		return sym, true
	}
	sym.Kind = TableSymbol
	sym.Detail, _ = call.Child(0).Inner().Str()
	sym.Children = properties(call.Child(arg), ColumnSymbol)
	return sym, true
}

func defined(stmt syntax.Node) (Symbol, bool) {
	value := stmt.Value().Inner()
	sym := Symbol{Name: "default", Kind: ResourceSymbol, Span: stmt.Span(), At: stmt.Value().Span()}
	body := value
	if value.Kind() == syntax.Call {
		arg, known := definitions[syntax.CallName(value)]
		if !known {
			return sym, value.Valid()
		}
		sym.Name, sym.At, body = syntax.CallName(value), value.Callee().Span(), value.Child(arg)
		if first := value.Child(0).Inner(); arg == 1 && first.Valid() {
			sym.Detail = first.Name()
			if name, ok := first.Str(); ok {
				sym.Detail = name
			}
		}
	}
	if body.Inner().Kind() != syntax.Object {
		return sym, value.Valid()
	}
	if sym.Name == "defineActions" {
		sym.Children = properties(body, ActionSymbol)
		return sym, true
	}
	sym.Children = sections(body)
	return sym, true
}

// members are the keys of a policy whose own keys are declarations.
var members = map[string]SymbolKind{
	"crud": OperationSymbol, "views": ViewSymbol, "actions": ActionSymbol, "columns": ColumnSymbol, "masking": ColumnSymbol, "validation": ColumnSymbol,
	"guards": SectionSymbol, "providers": SectionSymbol, "auth": SectionSymbol, "build": SectionSymbol, "compiler": SectionSymbol, "features": SectionSymbol,
}

func sections(body syntax.Node) []Symbol {
	out := properties(body, SectionSymbol)
	for i := range out {
		kind, nested := members[out[i].Name]
		if operationKeys[out[i].Name] {
			out[i].Kind = OperationSymbol
		}
		if p, ok := body.Property(out[i].Name); ok && nested {
			out[i].Children = properties(p.Value(), kind)
		}
		if p, ok := body.Property("read"); ok && out[i].Name == "read" {
			if views, ok := p.Value().Property("views"); ok {
				out[i].Children = properties(views.Value(), ViewSymbol)
			}
		}
	}
	return out
}

var operationKeys = map[string]bool{
	"list": true, "get": true, "create": true, "update": true, "delete": true, "put": true,
	"batchCreate": true, "batchUpdate": true, "batchDelete": true, "batchUpsert": true,
}

func properties(object syntax.Node, kind SymbolKind) []Symbol {
	object = object.Inner()
	if object.Kind() != syntax.Object {
		return nil
	}
	var out []Symbol
	for p := range object.Children() {
		if p.Kind() != syntax.Property || p.Name() == "" {
			continue
		}
		out = append(out, Symbol{Name: p.Name(), Detail: detail(p.Value(), kind), Kind: kind, Span: p.Span(), At: p.NameSpan()})
	}
	return out
}

// detail is a column's builder, and nothing for what is longer than a word.
func detail(value syntax.Node, kind SymbolKind) string {
	name := ""
	if kind == ColumnSymbol {
		chain(value, func(callee string, _ syntax.Node) {
			if name == "" {
				name = callee
			}
		})
	}
	return name
}
