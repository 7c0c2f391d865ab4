package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// everywhere links files by their path below quickback/.
func everywhere(files map[string]string) (model.Input, *model.Project) {
	sources := disk{"quickback/quickback.config.ts": config}
	for name, source := range files {
		sources[text.Path("quickback/"+name)] = source
	}
	in := model.Input{Root: ".", Source: "quickback", Files: map[text.Path]*definition.File{}}
	for p, source := range sources {
		in.Files[p], _ = definition.Read(syntax.Parse(text.NewFile(p, source)), sources)
	}
	in.Config = in.Files["quickback/quickback.config.ts"]
	return in, model.Link(in, nil)
}

const roomTable = "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nexport const rooms = sqliteTable('rooms', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull() });\nexport const seats = sqliteTable('seats', { id: text('id').primaryKey() });\n"

const roomPolicy = "import { rooms } from '../../schema/all';\nexport default defineResource(rooms, { firewall: { organization: {} }, crud: { list: { access: { roles: ['member'] } } } });\n"

// TestSplitLayout: the table, its policy and its actions in files of their own are one resource; what has no policy is internal.
func TestSplitLayout(t *testing.T) {
	in, p := everywhere(map[string]string{
		"definitions/schema/rooms.ts":                 roomTable,
		"definitions/schema/all.ts":                   "export * from './rooms';\n",
		"definitions/features/rooms/resource.ts":      roomPolicy,
		"definitions/features/rooms/actions.ts":       "import { rooms } from '../../schema/all';\nexport default defineActions(rooms, { open: { access: { roles: ['owner'] }, handler: './handlers/open' } });\n",
		"definitions/features/rooms/handlers/open.ts": "export const execute = async () => ({});\n",
	})
	r := p.Resource("rooms/rooms")
	if r == nil || r.Internal || r.Segment != "rooms" || r.Binding != "rooms" || !r.Complete || !p.Complete {
		t.Fatalf("%+v", r)
	}
	var files []string
	for _, f := range r.Files() {
		files = append(files, strings.TrimPrefix(string(f.Path), "quickback/definitions/"))
	}
	if want := []string{"features/rooms/resource.ts", "schema/rooms.ts", "features/rooms/actions.ts", "features/rooms/handlers/open.ts"}; !slices.Equal(files, want) {
		t.Errorf("files %q, want %q", files, want)
	}
	if at := r.Place(r.Table.Source.At); at.Path != "quickback/definitions/schema/rooms.ts" || roomTable[at.Span.Start:at.Span.End] != "rooms" {
		t.Errorf("the table is at %+v", at)
	}
	if a := r.Action("open"); a == nil || a.Handler == nil || a.Patch {
		t.Errorf("action: %+v", a)
	}
	if s := p.Resource("schema/rooms#seats"); s == nil || !s.Internal {
		t.Errorf("seats: %+v", s)
	}
	if found := model.Loose(in, p); len(found) > 0 {
		t.Errorf("loose: %v", found)
	}
}

// TestActionFilesAndFeaturesWithoutTables: folders bind actions, and actions of no table are a resource without one.
func TestActionFilesAndFeaturesWithoutTables(t *testing.T) {
	in, p := everywhere(map[string]string{
		"features/rooms/rooms.ts":              roomTable + "export default defineTable(rooms, { firewall: { organization: {} } });\n",
		"features/rooms/actions/close.ts":      "export default defineAction({ access: { roles: ['owner'] }, transition: { field: 'a', fromTo: { x: ['y'] } } });\n",
		"features/rooms/actions/rooms/open.ts": "export default defineAction({ access: { roles: ['owner'] } });\n",
		"features/rooms/actions/halls/lost.ts": "export default defineAction({ access: { roles: ['owner'] } });\n",
		"features/reports.ts":                  "export default { actions: { day: { path: '/api/v1/day/', access: { roles: ['owner'] } } } };\n",
		"features/again/again.ts":              "import { rooms } from '../rooms/rooms';\nexport default defineTable(rooms, {});\n",
	})
	rooms := p.Resource("rooms/rooms")
	if rooms.Action("close") == nil || rooms.Action("open") == nil || rooms.Action("lost") != nil {
		t.Errorf("actions: %+v", rooms.Actions)
	}
	if via := rooms.Action("close").Transition.Via; via != "nextStatus" {
		t.Errorf("without to and via the input says the state as %q", via)
	}
	day := p.Resource("reports/reports#actions")
	if day == nil || day.Table != nil || !day.Internal || day.Action("day").Path != "/day" || !day.Action("day").Standalone {
		t.Fatalf("%+v", day)
	}
	var found []string
	for _, d := range model.Loose(in, p) {
		found = append(found, string(d.Rule.Code)+" "+string(d.At.Path))
	}
	if want := []string{"QB2003 quickback/features/again/again.ts", "QB2001 quickback/features/rooms/actions/halls/lost.ts"}; !slices.Equal(found, want) {
		t.Errorf("loose %q, want %q", found, want)
	}
}

// TestDeletedRowsAreNotAskedFor: a predicate on the column of soft deletes never turns into another one.
func TestDeletedRowsAreNotAskedFor(t *testing.T) {
	for value, complete := range map[string]bool{"isNull: true": true, "isNull: false": false, "equals: 'x'": false} {
		p := files{"a/a.ts": resource("a", org, `firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'deletedAt', `+value+` }]`)}.link()
		r := p.Resource("a/a")
		if r.Complete != complete {
			t.Errorf("%s: complete %v, want %v", value, r.Complete, complete)
		}
	}
}
