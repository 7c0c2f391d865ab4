package compiler

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

const shopTable = `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const NAME = sqliteTable('NAME', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), COLUMNS });

export default defineTable(NAME, { firewall: { organization: {} }, crud: { list: { access: { roles: ['owner'] } }, create: { access: { roles: ['owner'] } } }, guards: { createable: ['x'] } });
`

func tableNamed(name, columns string) string {
	return strings.NewReplacer("NAME", name, "COLUMNS", columns).Replace(shopTable)
}

// committedOf is what a compilation leaves below quickback/drizzle.
func committedOf(files []output.File) *migrate.Committed {
	all := map[text.Path][]byte{}
	for _, f := range files {
		if strings.HasPrefix(string(f.Path), migrate.Folder) {
			all[f.Path] = f.Content
		}
	}
	return migrate.NewCommitted(all)
}

func fileOf(t *testing.T, files []output.File, path text.Path) string {
	t.Helper()
	for _, f := range files {
		if f.Path == path {
			return string(f.Content)
		}
	}
	t.Fatalf("%s is not emitted", path)
	return ""
}

// TestPrefixesOfIdsStay: a table that comes later takes no prefix from one that has rows.
func TestPrefixesOfIdsStay(t *testing.T) {
	first := compile(t, project(t, map[string]string{"quickback.config.ts": config, "features/a/jobs.ts": tableNamed("jobs_long_name", "x: text('x')")}), Options{})
	prefix := func(files []output.File, path text.Path) string {
		_, after, _ := strings.Cut(fileOf(t, files, path), "prefix: '")
		return after[:3]
	}
	was := prefix(first.Files, "src/features/a/jobs.resource.ts")
	both := project(t, map[string]string{"quickback.config.ts": config, "features/a/jobs.ts": tableNamed("jobs_long_name", "x: text('x')"), "features/a/jobs2.ts": tableNamed("jobs", "x: text('x')")})
	alone, continued := compile(t, both, Options{}), compile(t, both, Options{Committed: committedOf(first.Files)})
	if prefix(alone.Files, "src/features/a/jobs.resource.ts") == was {
		t.Fatal("the example does not show it: the short name takes no prefix from the long one")
	}
	if now := prefix(continued.Files, "src/features/a/jobs.resource.ts"); now != was {
		t.Errorf("the prefix was %s and is %s", was, now)
	}
	if other := prefix(continued.Files, "src/features/a/jobs2.resource.ts"); other == was {
		t.Errorf("two tables have the prefix %s", was)
	}
}

// TestRenameFix: the fix of an ambiguity writes the key that the message names, and the next compilation renames.
func TestRenameFix(t *testing.T) {
	first := compile(t, project(t, map[string]string{"quickback.config.ts": config, "features/a/jobs.ts": tableNamed("jobs", "x: text('x')")}), Options{})
	renamed := strings.ReplaceAll(tableNamed("jobs", "y: text('y')"), "['x']", "['y']")
	s := project(t, map[string]string{"quickback.config.ts": config, "features/a/jobs.ts": renamed})
	r := compile(t, s, Options{Committed: committedOf(first.Files)})
	if len(r.Diagnostics) != 1 || r.Diagnostics[0].Rule != RenameNotSaid || len(r.Diagnostics[0].Fixes) != 2 || r.Files != nil {
		t.Fatalf("the compilation says %v", r.Diagnostics)
	}
	for _, part := range []string{"Missing rename hint for column jobs.y", `Expected hint key: compiler.migrations.renames.columns["jobs"]["y"]`} {
		if !strings.Contains(r.Diagnostics[0].Message, part) {
			t.Errorf("%q is missing in %s", part, r.Diagnostics[0].Message)
		}
	}
	for i, want := range []string{"ALTER TABLE `jobs` RENAME COLUMN `x` TO `y`;\n", "ALTER TABLE `jobs` ADD COLUMN `y` text;\n"} {
		mended := config
		for _, edits := range r.Diagnostics[0].Fixes[i].Edits {
			for _, e := range edits {
				mended = mended[:e.Span.Start] + e.New + mended[e.Span.End:]
			}
		}
		again := compile(t, project(t, map[string]string{"quickback.config.ts": mended, "features/a/jobs.ts": renamed}), Options{Committed: committedOf(first.Files)})
		if len(again.Plans) != 1 || again.Plans[0].SQL() != want {
			t.Errorf("with %s the diagnostics are %v, want the plan %s", mended, again.Diagnostics, want)
		}
	}
}

// TestBackfillFix: the fix of a required column gives the rows that are there a value that its type and its CHECK take, and is not offered
// where no one value serves all rows.
func TestBackfillFix(t *testing.T) {
	first := compile(t, project(t, map[string]string{"quickback.config.ts": config, "features/a/jobs.ts": tableNamed("jobs", "x: text('x')")}), Options{})
	for column, want := range map[string]string{
		"y: text('y').notNull()":                                  "''",
		"y: integer('y').notNull()":                               "0",
		"y: text('y', { enum: ['new', \"it's old\"] }).notNull()": "'new'",
		"y: text('y', { mode: 'json' }).notNull()":                "",
		"y: text('y').notNull().unique()":                         "",
		"y: text('y').notNull().references(() => jobs.id)":        "",
	} {
		content := tableNamed("jobs", "x: text('x'), "+column)
		r := compile(t, project(t, map[string]string{"quickback.config.ts": config, "features/a/jobs.ts": content}), Options{Committed: committedOf(first.Files)})
		if len(r.Diagnostics) != 1 || r.Diagnostics[0].Rule != RowsWithoutValue {
			t.Fatalf("%s: the compilation says %v", column, r.Diagnostics)
		}
		fixes := r.Diagnostics[0].Fixes
		if want == "" {
			if len(fixes) != 0 {
				t.Errorf("%s: offered is %s", column, fixes[0].Title)
			}
			continue
		}
		if len(fixes) != 1 || fixes[0].Safe {
			t.Fatalf("%s: the fixes are %v", column, fixes)
		}
		mended := config
		for _, edits := range fixes[0].Edits {
			for _, e := range edits {
				mended = mended[:e.Span.Start] + e.New + mended[e.Span.End:]
			}
		}
		again := compile(t, project(t, map[string]string{"quickback.config.ts": mended, "features/a/jobs.ts": content}), Options{Committed: committedOf(first.Files)})
		if len(again.Plans) != 1 || !strings.Contains(again.Plans[0].SQL(), want) {
			t.Errorf("%s: with %s the diagnostics are %v", column, mended, again.Diagnostics)
		}
	}
}

// TestPendingIsKeptApart: a save adds nothing to what is committed, and says what a compilation would add.
func TestPendingIsKeptApart(t *testing.T) {
	s := project(t, map[string]string{"quickback.config.ts": config, "features/a/jobs.ts": tableNamed("jobs", "x: text('x')")})
	saved, compiled := compile(t, s, Options{Pending: true}), compile(t, s, Options{})
	for _, f := range saved.Files {
		if strings.HasPrefix(string(f.Path), migrate.Folder) {
			t.Errorf("a save emits %s", f.Path)
		}
	}
	if len(saved.Pending) != 4 {
		t.Errorf("%d files are pending, want the statements, the snapshot, the journal and qbls.json", len(saved.Pending))
	}
	for _, f := range saved.Pending {
		if fileOf(t, compiled.Files, f.Path) != string(f.Content) {
			t.Errorf("%s is pending with another content than is compiled", f.Path)
		}
	}
}
