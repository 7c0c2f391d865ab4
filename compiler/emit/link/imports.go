package link

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/ts"
	"github.com/qbls/qbls/diagnostics/text"
)

// Imports are the linked modules that one emitted module refers to, in the order of their use.
type Imports struct {
	project *model.Project
	from    string // path of the emitted module
	list    []imported
}

type imported struct {
	module text.Path
	local  string
	all    bool // import * as
}

// NewImports returns the imports of an emitted module; from is its path relative to the output.
func NewImports(p *model.Project, from string) *Imports { return &Imports{project: p, from: from} }

// Definition is the expression for the default export of a resource's definition file.
func (i *Imports) Definition(file text.Path) string { return i.use(file, "definition", false) }

// Action is the expression for an action as its file has it.
func (i *Imports) Action(r *model.Resource, a *model.Action) string {
	form, file := definition.ActionsOfTable, r.ActionsFile
	if a.List != nil {
		form, file = a.List.Form, a.File.Path
	}
	switch form {
	case definition.ActionsOfFeature:
		return i.Definition(file) + ".actions" + ts.Member(a.Name)
	case definition.ActionFile:
		return i.use(file, ts.Camel(a.Name)+"Action", false)
	}
	return i.use(file, "actions", false) + ".actions" + ts.Member(a.Name)
}

// Handler is the expression for a handler's module.
func (i *Imports) Handler(file text.Path) string {
	return i.use(file, ts.Camel(strings.TrimSuffix(path.Base(string(file)), ".ts"))+"Handler", true)
}

// use returns the local name of a module, with a number when another one has the name already.
func (i *Imports) use(module text.Path, name string, all bool) string {
	if n := slices.IndexFunc(i.list, func(m imported) bool { return m.module == module && m.all == all }); n >= 0 {
		return i.list[n].local
	}
	local := name
	for n := 2; slices.ContainsFunc(i.list, func(m imported) bool { return m.local == local }); n++ {
		local = name + strconv.Itoa(n)
	}
	i.list = append(i.list, imported{module, local, all})
	return local
}

// String writes the imports: default exports first, then whole modules.
func (i *Imports) String() string {
	var b strings.Builder
	for _, all := range []bool{false, true} {
		for _, m := range i.list {
			if m.all != all {
				continue
			}
			name := m.local
			if all {
				name = "* as " + name
			}
			b.WriteString("import " + name + " from " + ts.Quote(naming.Relative(i.from, Path(i.project, m.module))) + ";\n")
		}
	}
	return b.String()
}
