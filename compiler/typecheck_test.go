package compiler

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/diagnostics/text"
)

// every is a table with a column of every kind that SQLite has in Drizzle, in a circle with another table.
const every = `import { blob, integer, numeric, real, sqliteTable, text, type AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { sql } from 'drizzle-orm';
import { defineTable } from '@quickback/compiler';
import { others } from '../b/others';

export const text2 = sqliteTable('every-thing', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  organizationId: text('organization_id').notNull(),
  plain: text('plain').notNull().default("it's \\ ` + "`${x}`" + `"),
  short: text('short', { length: 8 }).unique('short_once'),
  kind: text('kind', { enum: ['a', 'b-c', "d'e"] }).notNull(),
  data: text('data', { mode: 'json' }),
  'odd-name': real('odd name').notNull().default(1.5),
  flag: integer('flag', { mode: 'boolean' }).notNull().default(true),
  seconds: integer('seconds', { mode: 'timestamp' }),
  millis: integer('millis', { mode: 'timestamp_ms' }).notNull().default(sql` + "`(unixepoch() * 1000)`" + `),
  bytes: blob('bytes'),
  document: blob('document', { mode: 'json' }),
  large: blob('large', { mode: 'bigint' }),
  exact: numeric('exact'),
  otherId: text('other_id').references((): AnySQLiteColumn => others.id, { onDelete: 'cascade', onUpdate: 'no action' }),
});

export default defineTable(text2, {
  firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'kind', in: ['a', "d'e"] }],
  guards: { createable: ['kind', 'plain', 'odd-name', 'flag'], updatable: ['odd-name'], protected: { short: [] } },
  crud: {
    list: { access: { or: [{ roles: ['AUTHENTICATED'], record: { flag: true, seconds: { lessThan: '2030-01-01T00:00:00.000Z' } } }, { userRole: ['admin'] }] } },
    create: { access: { roles: ['PUBLIC'] }, defaults: { plain: 'x' } },
    update: { access: { and: [{ roles: ['owner'] }, { record: { 'odd-name': { greaterThanOrEqual: 1, lessThan: 2 } } }, { record: { 'odd-name': { notEquals: 1.5 } } }] } },
  },
});
`

const others = `import { sqliteTable, text, type AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { text2 } from '../a/every';

export const others = sqliteTable('others', { id: text('id').primaryKey(), everyId: text('every_id').references((): AnySQLiteColumn => text2.id) });
`

// TestEmittedBackendsTypeCheck: the emitted policies are typed by the tables, so an emitter that misspells a column, a role or an
// operator does not pass. A misspelt copy of one policy shows that the check can fail.
func TestEmittedBackendsTypeCheck(t *testing.T) {
	files := emitted(t, snapshot(t, wide(t)))
	policy := files["src/features/things/things.resource.ts"]
	files["src/features/things/wrong.ts"] = strings.Replace(policy, "    update: ['name'", "    // @ts-expect-error no such column\n    update: ['nmae'", 1)
	for name, files := range map[string]map[text.Path]string{"recruiting": emitted(t, recruiting(t)), "audit": emitted(t, snapshotOf(t, filepath.Join("e2e", "testdata", "audit"))), "auth": emitted(t, snapshotOf(t, filepath.Join("e2e", "testdata", "auth"))), "wide": files} {
		t.Run(name, func(t *testing.T) {
			c := exec.Command(workspace.Tsc(t), "--noEmit", "-p", ".")
			c.Dir = onDisk(t, files)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// wide is the project of the golden files with the tables above.
func wide(t *testing.T) fstest.MapFS {
	t.Helper()
	disk := fstest.MapFS{
		"quickback/features/a/every.ts": {Data: []byte(every)}, "quickback/features/b/others.ts": {Data: []byte(others)},
		"quickback/features/p/actions.ts": {Data: []byte(parcelActions)},
		"quickback/features/p/parcels.ts": {Data: []byte(parcels)}, "quickback/features/p/parts.ts": {Data: []byte(parts)},
	}
	root := os.DirFS(filepath.Join("testdata", "things"))
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, p)
		disk[p] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

func onDisk(t *testing.T, files map[text.Path]string) string {
	t.Helper()
	dir := t.TempDir()
	for p, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(string(p)))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	workspace.Link(t, dir)
	return dir
}

// TestResourcesStayShort: a security reviewer reads a resource, from which its routes follow, in one go.
func TestResourcesStayShort(t *testing.T) {
	files := emitted(t, recruiting(t))
	for p, content := range files {
		if !strings.HasSuffix(string(p), ".resource.ts") {
			continue
		}
		if lines := strings.Count(content, "\n"); lines > 80 {
			t.Errorf("%s has %d lines", p, lines)
		}
		for _, line := range strings.Split(content, "\n") {
			if len(line) > 140 {
				t.Errorf("%s has a line of %d columns", p, len(line))
			}
		}
	}
}
