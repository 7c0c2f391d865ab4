package guards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// Unwritable looks at the whole project, because an action of any feature may import a table and write it.
var Unwritable = check.ProjectRule{
	Doc: &diagnostics.Rule{
		Code: "QB5008", Title: "Field that nobody can ever write", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "No guard lists the field and no action could write it, so it keeps its default or stays empty for ever.",
		Fix:     "Add the field to createable or updatable, or write it in an action.",
		Bad:     check.Example("note: text('note'),"),
		Good:    check.Example("note: text('note'),", "guards: { createable: ['name'], updatable: ['name', 'note'] },"),
		Related: []diagnostics.Code{"QB5007"},
	},
	Facts: func(r *model.Resource, e *policy.Effective) (out []check.Fact) {
		if f := r.Origin(); f != nil {
			out = append(out, check.Fact{Key: "writes", Value: "table " + string(f.Path), From: r.ID})
		}
		for _, target := range written(r) {
			out = append(out, check.Fact{Key: "writes", Value: "by " + target, From: r.ID})
		}
		if r.Internal || r.Source == nil || r.Table == nil || r.Table.Dialect != definition.SQLite || r.Guards.Open || !clientsWrite(r) || len(r.Home.Gaps) > 0 {
			return out
		}
		for _, c := range r.Table.Columns {
			if c.Source == nil || c.Role != model.Plain || c.NotNull && c.Default == nil || isWritable(r, e, c.Key) || check.AwaitsScope(r, c) {
				continue
			}
			out = append(out, check.Fact{Key: "writes", Value: "of " + string(r.Origin().Path) + "\n" + c.Key, From: r.ID, At: r.Place(c.Source.Key.At)})
		}
		return out
	},
	Fold: func(_ string, facts []check.Fact, _ *model.Config, report check.Report) {
		tables, byActions := map[string]bool{}, map[string]bool{}
		for _, f := range facts {
			if target, ok := strings.CutPrefix(f.Value, "by "); ok {
				byActions[target] = true
			}
			if file, ok := strings.CutPrefix(f.Value, "table "); ok {
				tables[file] = true
			}
		}
		for target := range byActions {
			if !tables[target] {
				return // a helper module, which may import any table
			}
		}
		for _, f := range facts {
			rest, ok := strings.CutPrefix(f.Value, "of ")
			file, column, _ := strings.Cut(rest, "\n")
			if !ok || byActions[file] {
				continue
			}
			report(diagnostics.Diagnostic{
				At: f.At, Message: fmt.Sprintf("Nothing can ever write %s: no guard lists it, and no action of the project uses its table.", column),
				Help: fmt.Sprintf("Add '%s' to guards.createable or guards.updatable, or remove the column.", column), Key: string(f.From) + "." + column,
			})
		}
	},
}

// written lists the files of the tables that a resource's actions can write: its own, and what actions and handlers import.
func written(r *model.Resource) (out []string) {
	var files []*definition.File
	for _, a := range r.Actions {
		if len(out) == 0 && r.Origin() != nil {
			out = append(out, string(r.Origin().Path))
		}
		files = append(files, a.File, a.Handler)
	}
	for _, f := range files {
		if f == nil {
			continue
		}
		for _, i := range f.Imports {
			if i.Target != "" && !slices.Contains(out, string(i.Target)) {
				out = append(out, string(i.Target))
			}
		}
	}
	return out
}

// clientsWrite says whether the resource has an operation by which a client could write at all.
func clientsWrite(r *model.Resource) bool {
	return r.Operation(model.Create) != nil || r.Operation(model.Update) != nil
}

func isWritable(r *model.Resource, e *policy.Effective, column string) bool {
	for _, op := range r.Operations {
		if e.Guarded(op.Op, column) == "" || slices.ContainsFunc(op.Defaults, func(d definition.FieldDefault) bool { return d.Field.Text == column }) {
			return true
		}
	}
	return false
}
