// Package link carries the user's modules into the output: whole, with only import specifiers changed. Closures, helpers, access
// functions and custom masks then work as they are written, and no line of the user's code is taken out of its context.
//
// Modules are mirrored under src/definitions at their path below the folder that holds features/. Entry points are actions files,
// handlers, and definition files whose policy has functions; what they import comes along.
package link

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics/text"
)

// Folder holds the linked modules, relative to the output.
const Folder = "src/definitions"

// Input is what modules are linked from.
type Input struct {
	Project *model.Project
	Tree    func(text.Path) *syntax.Tree // nil for a file that does not exist
	Library func(module string) bool     // whether src/lib/<module>.ts is one of the library's modules
	Package func(name string) bool       // whether the output's package.json has a package
	Bun     bool                         // whether Bun runs the output, with modules of its own
	Batches bool                         // whether the database has batches only, and no transaction that stays open

	// Kept returns what linking a module gave before, else what link makes of it; nil: nothing is kept.
	Kept func(p text.Path, link func() *Module) *Module
}

// Module is one linked module.
type Module struct {
	File     output.File
	Imports  []text.Path // files of the project
	Features runtime.Features
	Problems []Problem
}

// Problem is an import that the output cannot resolve, or a call that its database cannot do.
type Problem struct {
	At          text.Place
	Module      string
	Package     bool   // a package that is not installed; else a module that does not exist
	Transaction string // the call that opens a transaction, "" for an import
}

// definitionAPI are the names of the definition API (language.md, Layouts).
var definitionAPI = []string{"@quickback/compiler", "quickback", "@quickback/types"}

// Modules links the entry points and everything they import, and says what their code may use of the library. Files are sorted by path.
func Modules(in Input, entries []text.Path) ([]output.File, []Problem, runtime.Features) {
	if in.Kept == nil {
		in.Kept = func(_ text.Path, link func() *Module) *Module { return link() }
	}
	var files []output.File
	var problems []Problem
	var features runtime.Features
	seen := map[text.Path]bool{}
	queue := slices.Clone(entries)
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if seen[p] {
			continue
		}
		seen[p] = true
		if m := in.Kept(p, func() *Module { return module(in, p) }); m != nil {
			files, problems, queue = append(files, m.File), append(problems, m.Problems...), append(queue, m.Imports...)
			features |= m.Features
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files, problems, features
}

// Path returns where a module is linked to, relative to the output. What lies outside of the folder with features/ goes to _project.
func Path(p *model.Project, module text.Path) string {
	if below, ok := strings.CutPrefix(string(module), prefix(p.Source)); ok {
		return Folder + "/" + below
	}
	below, _ := strings.CutPrefix(string(module), prefix(p.Root))
	return Folder + "/_project/" + below
}

func prefix(folder text.Path) string {
	if folder == "" || folder == "." {
		return ""
	}
	return string(folder) + "/"
}

type linker struct {
	Input
	problems []Problem
}

// module links one file; nil when it does not exist.
func module(in Input, p text.Path) *Module {
	l := &linker{Input: in}
	tree := l.Tree(p)
	if tree == nil {
		return nil
	}
	var edits []text.Edit
	var imports []text.Path
	for n := range tree.Root().Children() {
		if k := n.Kind(); k != syntax.Import && k != syntax.ExportFrom || n.Module() == "" {
			continue
		}
		to, target := l.resolve(p, n)
		if target != "" {
			imports = append(imports, target)
		}
		if to != "" && to != n.Module() {
			span := n.ModuleNode().Span()
			quote := tree.File().Text[span.Start : span.Start+1]
			edits = append(edits, text.Edit{Span: span, New: quote + to + quote})
		}
	}
	for ref := range tree.Root().Refs() {
		if n := len(ref.Path); l.Batches && n > 1 && ref.Path[n-1] == "transaction" {
			l.problems = append(l.problems, Problem{At: text.Place{Path: p, Span: ref.Span}, Transaction: strings.Join(ref.Path, ".")})
		}
	}
	content, err := text.Apply(tree.File().Text, edits)
	if err != nil {
		panic("link: " + err.Error()) // specifiers of one file never overlap
	}
	return &Module{output.File{Path: text.Path(Path(l.Project, p)), Content: []byte(content)}, imports, featuresIn(tree), l.problems}
}

// resolve returns the specifier in the output, and the project file that it means.
func (l *linker) resolve(from text.Path, n syntax.Node) (string, text.Path) {
	module, here := n.Module(), Path(l.Project, from)
	switch {
	case slices.Contains(definitionAPI, module) && importsQ(n) && slices.ContainsFunc(l.Project.Resources, DeclaredWithQ):
		return naming.Relative(here, TablesOfQ), ""
	case slices.Contains(definitionAPI, module) && importsQ(n):
		return naming.Relative(here, "src/lib/definition-q.ts"), ""
	case slices.Contains(definitionAPI, module):
		return naming.Relative(here, "src/lib/definition.ts"), ""
	case module == "drizzle-orm/sqlite-core":
		return naming.Relative(here, "src/db/tables.ts"), ""
	case strings.HasPrefix(module, "."):
		return l.relative(from, here, n)
	}
	if !l.builtIn(module) && !l.Package(packageOf(module)) {
		l.problem(from, n, true)
	}
	return module, ""
}

// TablesOfQ is the definition API of modules that declare tables with q.
const TablesOfQ = "src/db/definition.ts"

// DeclaredWithQ says whether a resource's table is declared with q.table or feature.
func DeclaredWithQ(r *model.Resource) bool {
	return r.Table != nil && r.Table.Source != nil && r.Table.Source.Q
}

// importsQ says whether a module can declare tables with what it imports.
func importsQ(n syntax.Node) bool {
	for b := range n.Children() {
		if name := b.Imported(); name == "q" || name == "feature" || name == "*" {
			return true
		}
	}
	return false
}

func (l *linker) relative(from text.Path, here string, n syntax.Node) (string, text.Path) {
	base := path.Join(path.Dir(string(from)), n.Module())
	stem := strings.TrimSuffix(strings.TrimSuffix(base, ".js"), ".ts")
	for _, candidate := range []string{base, stem + ".ts", base + ".ts", base + "/index.ts"} {
		if target := text.Path(candidate); strings.HasSuffix(candidate, ".ts") && l.Tree(target) != nil {
			return naming.Relative(here, Path(l.Project, target)), target
		}
	}
	// Handlers import library modules as ../../../lib/<module> (seeds: compiler__definitions__actions).
	if i := strings.LastIndex(stem, "lib/"); i == 0 || i > 0 && stem[i-1] == '/' {
		if module := stem[i+len("lib/"):]; l.Library(module) {
			return naming.Relative(here, "src/lib/"+module+".ts"), ""
		}
	}
	l.problem(from, n, false)
	return "", ""
}

func (l *linker) problem(from text.Path, n syntax.Node, pkg bool) {
	l.problems = append(l.problems, Problem{At: text.Place{Path: from, Span: n.ModuleNode().Span()}, Module: n.Module(), Package: pkg})
}

// builtIn says whether a module comes with the runtime.
func (l *linker) builtIn(module string) bool {
	return strings.HasPrefix(module, "node:") || l.Bun && (strings.HasPrefix(module, "bun:") || module == "bun")
}

// packageOf is the package of a specifier: "@scope/name/x" → "@scope/name".
func packageOf(module string) string {
	parts := strings.SplitN(module, "/", 3)
	if strings.HasPrefix(module, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// Entries returns the modules of the user that the output refers to, sorted.
func Entries(p *model.Project) []text.Path {
	var out []text.Path
	for _, r := range p.Resources {
		out = append(out, EntriesOf(r)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// EntriesOf returns the modules of the user that the output of one resource refers to.
func EntriesOf(r *model.Resource) []text.Path {
	var out []text.Path
	add := func(f text.Path) {
		if f != "" {
			out = append(out, f)
		}
	}
	for _, a := range r.Actions {
		if a.File != nil {
			add(a.File.Path)
		} else {
			add(r.ActionsFile)
		}
		if a.Handler != nil {
			add(a.Handler.Path)
		}
	}
	if HasCode(r) {
		add(r.File)
	}
	if FillsColumns(r) {
		add(r.TableFile)
	}
	if r.Table == nil {
		return out
	}
	for _, c := range r.Table.Columns {
		for _, n := range c.TypeNames {
			add(n.Module)
		}
	}
	return out
}

// HasCode says whether the policy of a resource has functions: access functions of operations and views, or custom masks.
func HasCode(r *model.Resource) bool {
	for _, o := range r.Operations {
		if isFunc(o.Access) {
			return true
		}
	}
	for _, v := range r.Views {
		if isFunc(v.Access) {
			return true
		}
	}
	for _, m := range r.Masks {
		if m.Type == "custom" {
			return true
		}
	}
	return false
}

// FillsColumns says whether functions of the author's fill columns of a resource's table. Its module has to be loaded then.
func FillsColumns(r *model.Resource) bool {
	return r.Table != nil && slices.ContainsFunc(r.Table.Columns, func(c *model.Column) bool { return c.OnCreate || c.OnUpdate })
}

func isFunc(a *model.Access) bool {
	return a != nil && a.Kind == model.AccessFunc
}
