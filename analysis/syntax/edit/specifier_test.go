package edit_test

import (
	"testing"

	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics/text"
)

func TestSpecifier(t *testing.T) {
	for _, c := range [][3]string{
		{"q/features/jobs/actions.ts", "q/features/jobs/jobs.ts", "./jobs"},
		{"q/features/jobs/jobs.ts", "q/features/people/people.ts", "../people/people"},
		{"q/features/jobs/handlers/a.ts", "q/schema/jobs.ts", "../../../schema/jobs"},
		{"a.ts", "schema/jobs.ts", "./schema/jobs"},
		{"features/a/a.ts", "schema.ts", "../../schema"},
	} {
		if got := edit.Specifier(text.Path(c[0]), text.Path(c[1])); got != c[2] {
			t.Errorf("from %s to %s: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
