package actions

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// NotImported: the constant that defineActions gets is a name of its module.
var NotImported = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7040", Title: "Actions of a table that is not imported", Since: "0.1.0", Locked: true,
		Why:  "Which table is meant can be told by its name, but the module cannot be loaded: it uses a name that nothing declares.",
		Fix:  "Import the table from its file.",
		Bad:  notImported(""),
		Good: notImported("import { things } from './things';\n"),
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, f := range p.Resource.Files() {
			a := f.Actions
			if a == nil || a.Form != definition.ActionsOfTable || a.ByName || a.Tableless || a.Binding == "" || p.Resource.TableFile == "" {
				continue
			}
			tree := p.Tree(f.Path)
			if tree == nil || p.Resource.TableFile == f.Path || declares(f, tree, a.Binding) {
				continue
			}
			module := edit.Specifier(f.Path, p.Resource.TableFile)
			found := diagnostics.Diagnostic{
				At: f.Place(a.BindingAt), Message: fmt.Sprintf("%s is declared nowhere in this file, so it cannot be loaded.", a.Binding),
				Help: fmt.Sprintf("import { %s } from '%s';", p.Resource.Binding, module), Key: p.Subject("actions"),
			}
			if a.Binding == p.Resource.Binding {
				found.Fixes = []diagnostics.Fix{{
					Title: fmt.Sprintf("Import %s from %s", a.Binding, module), Safe: true,
					Edits: map[text.Path][]text.Edit{f.Path: edit.AddImport(tree, module, a.Binding)},
				}}
			}
			report(found)
		}
	},
}

// declares says whether a name is one of a file's own: imported, or of a statement of it.
func declares(f *definition.File, tree *syntax.Tree, name string) bool {
	if slices.ContainsFunc(f.Imports, func(i definition.Import) bool { return i.Local == name }) {
		return true
	}
	for statement := range tree.Root().Children() {
		if statement.Kind() != syntax.ExportValue && statement.Name() == name {
			return true
		}
	}
	return slices.ContainsFunc(f.Exports, func(e definition.Name) bool { return e.Text == name })
}

// notImported is a table whose actions are in a file of their own, with these imports.
func notImported(imports string) string {
	return "-- features/things/things.ts --\n" + check.Example("") + "-- features/things/actions.ts --\nimport { defineActions } from '@quickback/compiler';\n" + imports +
		"\nexport default defineActions(things, {\n  archive: {\n" + ordinary + "\n  },\n});\n"
}
