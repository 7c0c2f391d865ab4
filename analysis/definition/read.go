package definition

import (
	"fmt"
	"path"
	"regexp"
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
	b := benches.Get().(*bench)
	r := &reader{tree: t, path: t.File().Path, file: &File{Path: t.File().Path, Text: t.File().Hash, Places: Places{reading: b.places[:0]}}, project: project, modules: map[text.Path]*module{}, bench: b}
	r.imports()
	r.declare()
	standard := r.standard()
	for n := range t.Root().Children() {
		if n.Kind() == syntax.ExportValue { // first, so that what stands beside it is seen to be beside it
			r.exported(n, standard)
		}
	}
	for n := range t.Root().Children() {
		r.statement(n, standard)
	}
	r.unsettle()
	b.places = r.file.Places.settle(r.path)
	b.clear()
	r.file.Shape = shapeOf(r.file)
	return r.file, r.diags
}

type reader struct {
	tree    *syntax.Tree
	path    text.Path
	file    *File
	project Project
	modules map[text.Path]*module     // this file and those whose constants it uses
	sites   map[text.Path]text.Place  // where values were evaluated, by the names of their trees
	values  map[text.Path]syntax.Node // and those values
	bench   *bench                    // what is of no use after reading
	diags   []diagnostics.Diagnostic
	faults  int // what could not be read, reported or not: the parser reports by itself

	dialect   Dialect  // of the table that is being read, "" outside
	parameter string   // of the function that its columns or its third argument are written as
	keys      []string // of its columns, also of those that cannot be read
	computed  []computed
}

// anchor remembers a place and returns its ordinal.
func (r *reader) anchor(p text.Place) text.Anchor {
	places := &r.file.Places
	places.reading = append(places.reading, p)
	return text.Anchor{Path: r.path, N: int32(len(places.reading) - 1)}
}

func (r *reader) at(n syntax.Node) text.Anchor { return r.anchor(place(n)) }

// place is where a node stands, in whatever file.
func place(n syntax.Node) text.Place { return spanOf(n, n.Span()) }

func namePlace(n syntax.Node) text.Place {
	s := n.NameSpan()
	if s.Start == s.End && n.KeyNode().Valid() { // a computed key
		s = n.KeyNode().Span()
	}
	return spanOf(n, s)
}

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
	if rule.Severity == diagnostics.Error {
		r.faults++
	}
}

func (r *reader) imports() {
	names := 0
	for n := range r.tree.Root().Children() {
		if n.Kind() == syntax.Import {
			names += n.NumChildren()
		}
	}
	if names > 0 {
		r.file.Imports = make([]Import, 0, names)
	}
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
			r.reExports(n)
		case syntax.ExportValue:
			r.file.Exports = append(r.file.Exports, Name{"default", r.at(n)})
		}
	}
}

func (r *reader) reExports(n syntax.Node) {
	target := text.Path("")
	if n.Module() != "" {
		target = r.project.Resolve(r.path, n.Module())
	}
	for b := range n.Children() {
		r.file.Exports = append(r.file.Exports, r.key(b))
		r.file.ReExports = append(r.file.ReExports, ReExport{b.Name(), b.Imported(), n.Module(), target})
	}
}

func (r *reader) export(n, body syntax.Node) {
	if !n.Has(syntax.Exported) {
		return
	}
	r.file.Exports = append(r.file.Exports, r.key(n))
	if n.Name() == "execute" {
		r.file.RawSQL, r.file.Writes, r.file.Returns = r.rawSQL(body), r.writes(body), r.returns(body)
	}
}

// standard is the expression that the file exports as default, followed to the constant that holds it.
func (r *reader) standard() syntax.Node {
	for n := range r.tree.Root().Children() {
		if n.Kind() == syntax.ExportValue {
			value := r.own(n.Value().Inner())
			if made, ok := r.settled(value); ok {
				return made
			}
			return value
		}
	}
	return syntax.Node{}
}

func (r *reader) statement(n, standard syntax.Node) {
	switch n.Kind() {
	case syntax.Var:
		call := n.Value().Inner()
		if table := r.tableCall(r.made(n, call)); table.Valid() {
			r.file.Tables = append(r.file.Tables, r.table(n, table))
		} else if call.Kind() == syntax.Call && r.isDefine(call) && call != standard {
			r.defined(call, n.Name(), false)
		} else {
			r.beside(n, call)
		}
	case syntax.ExprStmt:
		if call := n.Value().Inner(); call.Kind() == syntax.Call && r.isDefine(call) {
			r.defined(call, "", false)
		}
	}
}

// exported reads the default export: a define call, a plain object in quickback.config.ts, or { actions: { … } }.
func (r *reader) exported(n, value syntax.Node) {
	switch {
	case value.Kind() == syntax.Call && r.isDefine(value):
		name := ""
		if local := n.Value().Inner(); local.Kind() == syntax.Ident {
			name = local.Name()
		}
		r.defined(value, name, true)
	case value.Kind() == syntax.Object && isConfig(r.path):
		r.config(value)
	case isConfig(r.path):
		r.wrong(value, "the configuration", "an object, as in export default defineConfig({ … })")
	case value.Kind() == syntax.Object && inFeature(r.path):
		if _, has := value.Property("actions"); has || path.Base(string(r.path)) == "actions.ts" {
			r.file.Actions = r.bareActions(value)
		}
	case declares(r.path) && r.opaque(value):
		r.gap(value, "what this file declares")
	}
}

// opaque says whether an expression may be a definition that static reading does not see. What was evaluated to a table of the
// project is written where that table is.
func (r *reader) opaque(n syntax.Node) bool {
	if r.evaluated(n) {
		return false
	}
	switch n.Kind() {
	case syntax.Call, syntax.Condition, syntax.Binary, syntax.Ident, syntax.Member, syntax.Index:
		return !r.tableCall(n).Valid()
	}
	return false
}

// declares says whether the default export of a file at a path is a definition: a table or the actions of a feature.
func declares(p text.Path) bool { return definitionPath.MatchString(string(p)) }

var definitionPath = regexp.MustCompile(`(^|/)features/([^/]+/)?(actions/([^/]+/)?)?[^/]+\.ts$`)

// inFeature says whether a file lies where features are declared.
func inFeature(p text.Path) bool { return strings.Contains("/"+string(p), "/features/") }

// defines are the functions of the definition API that declare something.
var defines = []string{"defineTable", "defineResource", "defineActions", "defineConfig", "feature", "defineAction", "defineQueue", "defineEmbedding", "defineRealtime", "definePage", "defineFileStorage"}

// isDefine says whether a call is one of the definition API's, imported from it or, in fragments, not imported at all.
func (r *reader) isDefine(call syntax.Node) bool {
	_, ok := r.apiName(call.Callee())
	return ok
}

// apiName is the name that the definition API has for a callee: imported, renamed, or a member of the whole module.
func (r *reader) apiName(callee syntax.Node) (string, bool) {
	name := callee.Name()
	switch callee.Kind() {
	case syntax.Ident:
		if r.evaluated(callee) {
			break // written by its own name, whatever the file calls it
		}
		if i, ok := r.imported(name); ok {
			if !IsAPI(i.Module) {
				return "", false
			}
			name = i.Imported
		} else if _, own := r.module(r.tree).bindings[name]; own {
			return "", false
		}
	case syntax.Member:
		if i, ok := r.imported(callee.Operand().Name()); !ok || callee.Operand().Kind() != syntax.Ident || i.Imported != "*" || !IsAPI(i.Module) {
			return "", false
		}
	default:
		return "", false
	}
	return name, slices.Contains(defines, name)
}

// APIModules are the names under which the definition API is imported (language.md, Layouts).
var APIModules = []string{"@quickback/compiler", "quickback", "@quickback/types"}

// IsAPI says whether a module specifier means the definition API.
func IsAPI(module string) bool { return slices.Contains(APIModules, module) }

func isConfig(p text.Path) bool {
	return p == "quickback.config.ts" || strings.HasSuffix(string(p), "/quickback.config.ts")
}

// defined reads a define call. local is the constant that holds it, if any.
func (r *reader) defined(call syntax.Node, local string, isDefault bool) {
	name, _ := r.apiName(call.Callee())
	isTable := name == "defineTable" || name == "defineResource" || name == "feature"
	if isTable && r.file.Table != nil {
		r.file.Table.Extra = append(r.file.Table.Extra, r.at(call.Callee()))
		return
	}
	if name != "defineConfig" && !isDefault && services[name].keys == nil {
		r.report(NotExported, place(call.Callee()), "Write export default "+name+"(…).", "%s has no effect here: only what a file exports as default is compiled.", name)
	}
	switch name {
	case "feature":
		r.feature(call, local)
	case "defineTable", "defineResource":
		r.file.Table = r.resource(call)
	case "defineActions", "defineAction":
		if r.file.Actions != nil {
			r.report(NotExported, place(call.Callee()), "Write them in one defineActions.", "This file declares actions already, and only one default export counts.")
		} else if name == "defineAction" {
			r.file.Actions = r.oneAction(call)
		} else {
			r.file.Actions = r.actions(call)
		}
	case "defineConfig":
		if object := r.value(call.Child(0)); object.Kind() == syntax.Object {
			r.config(object)
		} else {
			r.wrong(object, "defineConfig", "an object")
		}
	default:
		r.service(name, call)
	}
}
