package storage

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// DuplicateSegment: the file's name is the URL.
var DuplicateSegment = check.ProjectRule{
	Doc: &diagnostics.Rule{
		Code: "QB8012", Title: "Two resources with one URL", Since: "0.1.0", Locked: true,
		Why:     "Both would answer at /api/v1/<name>, each with its own policy. Which one holds would depend on the order of files.",
		Fix:     "Rename one of the files.",
		Bad:     "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/things.ts --\n" + another("other_things"),
		Good:    "-- features/things/things.ts --\n" + check.Example("") + "-- features/other/other-things.ts --\n" + another("other_things"),
		Related: []diagnostics.Code{"QB8013", "QB7007"}, CWE: []int{863},
	},
	Facts: func(r *model.Resource, _ *policy.Effective) []check.Fact {
		if r.Internal || r.Source == nil {
			return nil
		}
		return []check.Fact{{Key: r.Segment, Value: string(r.File), From: r.ID, At: r.Place(r.Source.At)}}
	},
	Fold: func(key string, facts []check.Fact, _ *model.Config, report check.Report) {
		twice(facts, report, func(other check.Fact) diagnostics.Diagnostic {
			return diagnostics.Diagnostic{Message: fmt.Sprintf("/api/v1/%s is also the URL of %s.", key, other.Value), Help: "The URL is the file's name: rename one of the files."}
		})
	},
}
