package storage

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// DuplicateTable: a database has one table of a name.
var DuplicateTable = check.ProjectRule{
	Doc: &diagnostics.Rule{
		Code: "QB8013", Title: "Two tables with one SQL name", Since: "0.1.0", Locked: true,
		Why:     "The database has one table of that name. Two resources would share its rows, each with another policy.",
		Fix:     "Give one of the tables another SQL name.",
		Bad:     "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/other-things.ts --\n" + another("things"),
		Good:    "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/other-things.ts --\n" + another("other_things"),
		Related: []diagnostics.Code{"QB8012"}, CWE: []int{863},
	},
	Facts: func(r *model.Resource, _ *policy.Effective) []check.Fact {
		if r.Table == nil || r.Table.Source == nil {
			return nil
		}
		at := r.Place(r.Table.Source.At)
		if r.Table.Source.Name.Present() {
			at = r.Place(r.Table.Source.Name.At)
		}
		return []check.Fact{{Key: r.Table.Name, Value: string(r.File), From: r.ID, At: at}}
	},
	Fold: func(key string, facts []check.Fact, _ *model.Config, report check.Report) {
		twice(facts, report, func(other check.Fact) diagnostics.Diagnostic {
			return diagnostics.Diagnostic{Message: fmt.Sprintf("The SQL table %q is also declared in %s.", key, other.Value), Help: "Give one of them another SQL name."}
		})
	},
}
