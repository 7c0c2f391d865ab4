package definition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Project is what reading asks of the other files: which one a specifier means ("" for a package or nothing), and its tree.
type Project interface {
	Resolve(from text.Path, module string) text.Path
	Tree(text.Path) *syntax.Tree
}

// Read returns what a file declares and what is wrong with how it is written. It never fails: what cannot be read is reported
// and left out, and its Value says so.
func Read(t *syntax.Tree, project Project) (*File, []diagnostics.Diagnostic) {
	r := &reader{tree: t, path: t.File().Path, file: &File{Path: t.File().Path, Text: t.File().Hash}, project: project, modules: map[text.Path]*module{}}
	r.imports()
	r.declare()
	for n := range t.Root().Children() {
		r.statement(n)
	}
	r.file.Shape = shapeOf(r.file)
	return r.file, r.diags
}

type reader struct {
	tree    *syntax.Tree
	path    text.Path
	file    *File
	project Project
	modules map[text.Path]*module // this file and those whose constants it uses
	diags   []diagnostics.Diagnostic

	dialect   Dialect  // of the table that is being read, "" outside
	parameter string   // of the function that its columns or its third argument are written as
	keys      []string // of its columns, also of those that cannot be read
}

// anchor remembers a place and returns its ordinal.
func (r *reader) anchor(p text.Place) text.Anchor {
	r.file.Places = append(r.file.Places, p)
	return text.Anchor{Path: r.path, N: int32(len(r.file.Places) - 1)}
}

func (r *reader) at(n syntax.Node) text.Anchor { return r.anchor(place(n)) }

// place is where a node stands, in whatever file.
func place(n syntax.Node) text.Place { return spanOf(n, n.Span()) }

func namePlace(n syntax.Node) text.Place { return spanOf(n, n.NameSpan()) }

func spanOf(n syntax.Node, s text.Span) text.Place {
	if n.Tree() == nil {
		return text.Place{Span: s}
	}
	return text.Place{Path: n.Tree().File().Path, Span: s}
}

// name is the place of a name itself: a key without its quotes, the inside of a string.
func (r *reader) key(n syntax.Node) Name { return Name{n.Name(), r.anchor(namePlace(n))} }

func (r *reader) report(rule *diagnostics.Rule, at text.Place, help, format string, args ...any) {
	if at.Path == "" {
		at.Path = r.path
	}
	d := diagnostics.Diagnostic{Rule: rule, At: at, Message: fmt.Sprintf(format, args...), Help: help}
	if used, ok := r.file.Via(at); ok {
		d.Related = []diagnostics.Related{{At: used, Message: "used here"}}
	}
	r.diags = append(r.diags, d)
}

func (r *reader) imports() {
	for n := range r.tree.Root().Children() {
		if n.Kind() != syntax.Import {
			continue
		}
		target := r.project.Resolve(r.path, n.Module())
		moduleAt := r.at(n.ModuleNode())
		for b := range n.Children() {
			if b.Kind() == syntax.ImportName {
				r.file.Imports = append(r.file.Imports, Import{b.Name(), b.Imported(), n.Module(), target, r.anchor(namePlace(b)), moduleAt})
			}
		}
	}
}

// imported returns the import behind a local name.
func (r *reader) imported(local string) (Import, bool) {
	for _, i := range r.file.Imports {
		if i.Local == local {
			return i, true
		}
	}
	return Import{}, false
}

// declare lists the file's own names before anything is read, so that order does not matter.
func (r *reader) declare() {
	for n := range r.tree.Root().Children() {
		switch n.Kind() {
		case syntax.Var:
			r.export(n, n.Value().Inner())
		case syntax.Func:
			r.export(n, n)
		case syntax.ExportFrom:
			for b := range n.Children() {
				r.file.Exports = append(r.file.Exports, r.key(b))
			}
		case syntax.ExportValue:
			r.file.Exports = append(r.file.Exports, Name{"default", r.at(n)})
		}
	}
}

func (r *reader) export(n, body syntax.Node) {
	if !n.Has(syntax.Exported) {
		return
	}
	r.file.Exports = append(r.file.Exports, r.key(n))
	if n.Name() == "execute" {
		r.file.RawSQL = r.rawSQL(body)
	}
}

func (r *reader) statement(n syntax.Node) {
	switch n.Kind() {
	case syntax.Var:
		if table := r.tableCall(n.Value().Inner()); table.Valid() {
			r.file.Tables = append(r.file.Tables, r.table(n, table))
		} else if call := n.Value().Inner(); call.Kind() == syntax.Call && r.isDefine(call) {
			r.defined(n, call, false)
		} else {
			r.beside(n, call)
		}
	case syntax.ExportValue:
		r.exported(n)
	case syntax.ExprStmt:
		if call := n.Value().Inner(); call.Kind() == syntax.Call && r.isDefine(call) {
			r.defined(n, call, false)
		}
	}
}

// exported reads the default export: a define call, or a plain object in quickback.config.ts.
func (r *reader) exported(n syntax.Node) {
	value := r.own(n.Value().Inner())
	switch {
	case value.Kind() == syntax.Call && r.isDefine(value):
		r.defined(n, value, true)
	case value.Kind() == syntax.Object && isConfig(r.path):
		r.config(value)
	case isConfig(r.path):
		r.report(NotReadable, place(value), "Write export default defineConfig({ … }).", "The configuration is not written out here, so its values cannot be read.")
	}
}

// defines are the functions of the definition API and what becomes of them.
var defines = []string{"defineTable", "defineResource", "defineActions", "defineConfig", "feature", "defineAction", "defineQueue", "defineEmbedding", "defineRealtime", "definePage", "defineFileStorage"}

// isDefine says whether a call is one of the definition API's, imported from it or, in fragments, not imported at all.
func (r *reader) isDefine(call syntax.Node) bool {
	name := call.Callee().Name()
	if call.Callee().Kind() != syntax.Ident {
		return false
	}
	if i, ok := r.imported(name); ok {
		if !IsAPI(i.Module) {
			return false
		}
		name = i.Imported
	} else if _, own := r.module(r.tree).bindings[name]; own {
		return false
	}
	return slices.Contains(defines, name)
}

// APIModules are the names under which the definition API is imported (language.md, Layouts).
var APIModules = []string{"@quickback/compiler", "quickback", "@quickback/types"}

// IsAPI says whether a module specifier means the definition API.
func IsAPI(module string) bool { return slices.Contains(APIModules, module) }

func isConfig(p text.Path) bool {
	return p == "quickback.config.ts" || strings.HasSuffix(string(p), "/quickback.config.ts")
}

func (r *reader) defined(statement, call syntax.Node, isDefault bool) {
	name := call.Callee().Name()
	if i, ok := r.imported(name); ok {
		name = i.Imported
	}
	switch name {
	case "defineTable", "defineResource":
		if r.file.Table != nil {
			r.file.Table.Extra = append(r.file.Table.Extra, r.at(call.Callee()))
			return
		}
		if !isDefault {
			r.report(NotExported, place(call.Callee()), "Write export default "+name+"(…).", "%s has no effect here: a resource is the default export of its file.", name)
		}
		r.file.Table = r.resource(call)
	case "defineActions":
		if !isDefault {
			r.report(NotExported, place(call.Callee()), "Write export default defineActions(…).", "defineActions has no effect here: actions are the default export of their file.")
		}
		r.file.Actions = r.actions(call)
	case "defineConfig":
		if object := r.value(call.Child(0)); object.Kind() == syntax.Object {
			r.config(object)
		} else {
			r.report(NotReadable, place(call), "Write the object in place: defineConfig({ … }).", "The configuration is not an object that is written out here, so its values cannot be read.")
		}
	default:
		r.report(NotSupported, place(call.Callee()), "", "%s is part of the definition language, but this version does not read it yet; nothing would be enforced for it.", name)
	}
}
