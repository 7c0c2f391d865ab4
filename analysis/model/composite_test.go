package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/model"
)

// A foreign key of several columns is linked like one of one column, and stays linked when only the policy of its table is edited.
func TestCompositeForeignKeys(t *testing.T) {
	two := func(policy string) string {
		source := resource("things", org+", region: text('region'), number: integer('number')", policy)
		return strings.Replace(strings.Replace(source, " }); ", " });", 1), "number: integer('number') })",
			"number: integer('number') }, (t) => [foreignKey({ columns: [t.region, t.number], foreignColumns: [jobs.region, jobs.number] }).onDelete('cascade')])", 1)
	}
	f := files{
		"jobs/jobs.ts": resource("jobs", org+", region: text('region'), number: integer('number')", `crud: { list: { access: { roles: ['owner'] } } }`),
		"a/things.ts":  two(`crud: { list: { access: { roles: ['owner'] } } }`),
	}
	in := f.input()
	p := model.Link(in, nil)
	check := func(p *model.Project, in model.Input) {
		t.Helper()
		keys := p.Resource("a/things").Table.Foreign
		if len(keys) != 1 || keys[0].Target != "jobs/jobs" || !slices.Equal(keys[0].Columns, []string{"region", "number"}) || keys[0].OnDelete != "cascade" {
			t.Fatalf("keys: %+v", keys)
		}
		if keys[0].Source != in.Files["quickback/features/a/things.ts"].Tables[0].Foreign[0] {
			t.Error("the key's source is of another version of the file")
		}
		if uses := p.Resource("jobs/jobs").Uses; !slices.Equal(uses, []model.ID{"a/things"}) {
			t.Errorf("jobs uses %v", uses)
		}
	}
	check(p, in)
	f["a/things.ts"] = two(`crud: { list: { access: { roles: ['owner', 'admin'] } }, get: { access: { roles: ['owner'] } } }`)
	next := f.input()
	next.Files["quickback/features/jobs/jobs.ts"] = in.Files["quickback/features/jobs/jobs.ts"]
	next.Files["quickback/quickback.config.ts"] = in.Config
	next.Config = in.Config
	check(model.Link(next, p), next)
}
