package query

import (
	"fmt"
	"path"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// field is a column as completion knows it, whether it came from the linked project or from the bare tree.
type field struct {
	Key      string
	Type     string // string, number, boolean, date, json, blob
	Enum     []string
	Required bool
	System   bool // primary key, scope or audit column: never written by a client
	Injected bool
	Guards   []string // what the column says of itself: "immutable", "protected"
}

func (f field) detail() string {
	t := f.Type
	if len(f.Enum) > 0 {
		t = strings.Join(f.Enum, " | ")
	}
	switch {
	case f.Injected:
		return t + ", added by qbls"
	case f.Required:
		return t + ", required"
	}
	return t
}

// findFields returns the columns of the table that a file's policy or actions are about: from the linked resource, else from
// what the file declares, else from the syntax tree alone, so that a file that cannot be linked yet still has its columns.
func findFields(s *analysis.Snapshot, p text.Path, r *model.Resource) []field {
	if r != nil && r.Table != nil && len(r.Table.Columns) > 0 {
		out := make([]field, 0, len(r.Table.Columns))
		for _, c := range r.Table.Columns {
			out = append(out, field{
				Key: c.Key, Type: c.Type(), Enum: c.Enum, Required: c.NotNull && c.Default == nil,
				System: c.Role != model.Plain, Injected: c.Injected, Guards: guardsOf(c.Source),
			})
		}
		return out
	}
	if t := declaredTable(s, s.Definition(p)); t != nil && len(t.Columns) > 0 {
		return withAudit(declaredFields(t))
	}
	if f := treeFields(s.Tree(p), ""); len(f) > 0 {
		return withAudit(f)
	}
	return withAudit(importedFields(s, p))
}

func declaredTable(s *analysis.Snapshot, f *definition.File) *definition.Table {
	if f == nil {
		return nil
	}
	binding := ""
	switch {
	case f.Table != nil:
		binding = f.Table.Binding
	case f.Actions != nil:
		binding = f.Actions.Binding
	}
	for _, t := range f.Tables {
		if t.Binding == binding || binding == "" {
			return t
		}
	}
	for _, im := range f.Imports {
		if im.Local != binding || im.Target == "" {
			continue
		}
		if other := s.Definition(im.Target); other != nil {
			for _, t := range other.Tables {
				if t.Binding == im.Imported || im.Imported == "*" {
					return t
				}
			}
		}
	}
	return nil
}

func declaredFields(t *definition.Table) []field {
	var out []field
	for _, c := range t.Columns {
		m := model.Column{Builder: c.Builder, Mode: c.Mode.Or("")}
		f := field{Key: c.Key.Text, Type: m.Type(), Required: c.NotNull && c.Default == nil, System: c.PrimaryKey || c.Generated != nil || c.Scope.Present() || isScope(c.Key.Text), Guards: guardsOf(c)}
		for _, e := range c.Enum {
			f.Enum = append(f.Enum, e.Text)
		}
		out = append(out, f)
	}
	return out
}

func guardsOf(c *definition.Column) (out []string) {
	if c != nil && c.Immutable != nil {
		out = append(out, "immutable")
	}
	if c != nil && c.Protected != nil {
		out = append(out, "protected")
	}
	return out
}

func isScope(key string) bool {
	switch key {
	case "organizationId", "organization_id", "organisationId", "orgId", "org_id", "ownerId", "owner_id", "teamId", "team_id":
		return true
	}
	return false
}

// treeFields reads columns from the first table call of a tree whose constant has the given name ("": any).
func treeFields(t *syntax.Tree, binding string) []field {
	if t == nil {
		return nil
	}
	for stmt := range t.Root().Children() {
		if stmt.Kind() != syntax.Var || binding != "" && stmt.Name() != binding {
			continue
		}
		call := stmt.Value().Inner()
		if call.Kind() != syntax.Call {
			continue
		}
		switch call.Callee().Name() {
		case "sqliteTable", "pgTable", "mysqlTable", "table":
			if columns := call.Child(1).Inner(); columns.Kind() == syntax.Object {
				return objectFields(columns)
			}
		}
	}
	return nil
}

func objectFields(columns syntax.Node) []field {
	var out []field
	for p := range columns.Children() {
		if p.Kind() != syntax.Property || p.Name() == "" {
			continue
		}
		f := field{Key: p.Name(), Type: "string", System: isScope(p.Name())}
		chain(p.Value(), func(name string, call syntax.Node) {
			switch name {
			case "notNull", "required":
				f.Required = true
			case "default", "defaultNow", "$default", "$defaultFn":
				f.Required = false
			case "primaryKey":
				f.System = true
			case "integer", "real", "int":
				f.Type = "number"
			}
			for arg := range call.Children() {
				readOptions(&f, arg.Inner())
			}
		})
		out = append(out, f)
	}
	return out
}

func readOptions(f *field, options syntax.Node) {
	if options.Kind() != syntax.Object {
		return
	}
	if mode, ok := options.Property("mode"); ok {
		if m, _ := mode.Value().Inner().Str(); m == "boolean" {
			f.Type = "boolean"
		} else if strings.HasPrefix(m, "timestamp") {
			f.Type = "date"
		}
	}
	if enum, ok := options.Property("enum"); ok {
		for e := range enum.Value().Inner().Children() {
			if v, ok := e.Inner().Str(); ok {
				f.Enum = append(f.Enum, v)
			}
		}
	}
}

// chain visits the calls of text('x').notNull().default(…) from the innermost outwards.
func chain(n syntax.Node, visit func(name string, call syntax.Node)) {
	n = n.Inner()
	if n.Kind() != syntax.Call {
		return
	}
	callee := n.Callee()
	if callee.Kind() == syntax.Member {
		chain(callee.Operand(), visit)
	}
	visit(callee.Name(), n)
}

// importedFields reads the table that the first argument of defineTable or defineActions names from the file it comes from.
func importedFields(s *analysis.Snapshot, p text.Path) []field {
	t := s.Tree(p)
	if t == nil {
		return nil
	}
	for stmt := range t.Root().Children() {
		if stmt.Kind() != syntax.Import {
			continue
		}
		module := stmt.Module()
		if !strings.HasPrefix(module, ".") {
			continue
		}
		base := path.Join(path.Dir(string(p)), strings.TrimSuffix(module, ".ts"))
		for name := range stmt.Children() {
			if f := treeFields(s.Tree(text.Path(base+".ts")), name.Imported()); len(f) > 0 {
				return f
			}
		}
	}
	return nil
}

// withAudit adds the columns that the compiler injects into every table.
func withAudit(in []field) []field {
	if len(in) == 0 {
		return nil
	}
	have := map[string]bool{}
	for i := range in {
		have[in[i].Key] = true
	}
	for _, a := range []struct{ key, kind string }{
		{"createdAt", "date"}, {"createdBy", "string"}, {"modifiedAt", "date"}, {"modifiedBy", "string"},
		{"deletedAt", "date"}, {"deletedBy", "string"},
	} {
		if !have[a.key] {
			in = append(in, field{Key: a.key, Type: a.kind, System: true, Injected: true})
		}
	}
	return in
}

// order makes a sort key that keeps items as they are listed, after those of a better group.
func order(group, i int) string { return fmt.Sprintf("%d%04d", group, i) }
