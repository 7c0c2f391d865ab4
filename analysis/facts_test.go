package analysis_test

import (
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// found is what an evaluation of one expression found, while the text has the hash.
type found struct {
	at    text.Place
	value string
	hash  text.Hash
}

func (f found) Settled(at text.Place) (string, bool) { return f.value, at == f.at }
func (f found) Fits(hash func(text.Path) (text.Hash, bool)) bool {
	now, ok := hash(f.at.Path)
	return ok && now == f.hash
}

func TestFactsHoldWhileTheirTextsStay(t *testing.T) {
	const path = "quickback/features/things/things.ts"
	const source0 = `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
export const things = sqliteTable('things', { id: text('id').primaryKey(), name: text('name') });
export default defineTable(things, { guards: { createable: make() } });
`
	files, problems := source.Load(fstest.MapFS{"quickback/quickback.config.ts": {Data: []byte("export default {};")}, path: {Data: []byte(source0)}, "quickback/features/things/other.ts": {Data: []byte("export {};")}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w := analysis.NewWorkspace(files)
	before := w.Current().Definition(path)
	if len(before.Gaps) != 1 {
		t.Fatalf("there are %d gaps", len(before.Gaps))
	}
	facts := found{before.Place(before.Gaps[0].At), `["name"]`, before.Text}
	createable := func(s *analysis.Snapshot) string {
		d := s.Definition(path)
		if c := d.Table.Guards.Createable; c != nil && len(c.Items) == 1 && len(d.Gaps) == 0 {
			return c.Items[0].Text
		}
		return ""
	}
	if got := createable(w.Settle(".", facts)); got != "name" {
		t.Fatalf("createable is %q with the facts", got)
	}
	change := func(p text.Path, s string) *analysis.Snapshot {
		return w.Apply(source.Change{Path: p, File: text.NewFile(p, s)})
	}
	if got := createable(change("quickback/features/things/other.ts", "export const x = 1;")); got != "name" {
		t.Errorf("after another file changed createable is %q", got)
	}
	if got := createable(change(path, source0+"\n")); got != "" {
		t.Errorf("after the file changed createable is still %q", got)
	}
	if got := createable(change(path, source0)); got != "" {
		t.Errorf("facts that were dropped are back: %q", got)
	}
	if s := w.Current(); w.Settle(".", found{facts.at, "[]", text.Hash{}}) != s || w.Settle("elsewhere", facts) != s || w.Settle(".", nil) != s {
		t.Error("facts that do not hold make another snapshot")
	}
}
