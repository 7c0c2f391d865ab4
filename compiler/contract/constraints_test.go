package contract_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/diagnostics/text"
)

const stockSchema text.Path = "src/features/stock/schema.ts"

// stock is a project whose tables have every kind of constraint and default.
func stock(t *testing.T) *backend {
	t.Helper()
	return compiled(t, fstest.MapFS{
		"quickback/quickback.config.ts": {Data: []byte(`import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'stock',
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`)},
		"quickback/features/stock/stock.ts": {Data: []byte(`import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const shelves = sqliteTable('shelves', {
  hall: text('hall').notNull(),
  row: integer('row').notNull(),
  organizationId: text('organization_id').notNull(),
}, (t) => [primaryKey({ columns: [t.hall, t.row] })]);

export const stock = sqliteTable('stock', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  code: text('code', { length: 12 }).notNull().unique(),
  amount: integer('amount').notNull().default(0),
  price: real('price').default(1.5),
  open: integer('open', { mode: 'boolean' }).notNull().default(true),
  kind: text('kind', { enum: ['part', 'whole'] }).notNull().default('part'),
  tags: text('tags', { mode: 'json' }).default(['new', 'old']),
  counted: integer('counted', { mode: 'timestamp' }),
  hall: text('hall'),
  row: integer('row'),
  parentId: text('parent_id').references(() => stock.id, { onDelete: 'set null', onUpdate: 'cascade' }),
}, (t) => [
  index('stock_amounts').on(t.organizationId, t.amount),
  uniqueIndex('stock_codes').on(t.organizationId, sql` + "`lower(${t.code})`" + `),
  index('stock_open').on(t.code).where(sql` + "`${t.open} = 1`" + `),
  check('stock_amount', sql` + "`${t.amount} >= 0`" + `),
  foreignKey({ name: 'stock_shelf', columns: [t.hall, t.row], foreignColumns: [shelves.hall, shelves.row] }).onDelete('restrict'),
]);

export default defineTable(stock, {
  firewall: { organization: {} },
  guards: { createable: ['code', 'amount', 'price', 'open', 'kind', 'tags', 'counted', 'hall', 'row', 'parentId'], updatable: ['amount'] },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } }, update: { access: { roles: ['member'] } } },
});
`)},
	}, compiler.Options{})
}

// TestConstraintsAndDefaultsAreReadBack plants faults in an emitted schema: a constraint that is gone, added or another one, and a column
// whose default, mode or foreign key is another. Each is found at its place.
func TestConstraintsAndDefaultsAreReadBack(t *testing.T) {
	b := stock(t)
	if r := b.verify(t, b.files); r.Summary.Status != contract.Pass {
		t.Fatalf("untouched: %s", list(r))
	}
	s := &seeded{t: t, files: map[text.Path]string{}}
	for _, f := range b.files {
		s.files[f.Path] = string(f.Content)
	}
	swap := func(name, old, with string) { s.replace(name, stockSchema, 0, old, with, "QB9111") }
	line := func(name, mark string) { // drops the line with a mark
		src := s.files[stockSchema]
		at := strings.Index(src, mark)
		if at < 0 {
			t.Fatalf("%s: no %q in\n%s", name, mark, src)
		}
		from := strings.LastIndexByte(src[:at], '\n')
		swap(name, src[from:at+strings.IndexByte(src[at:], '\n')], "")
	}
	line("drop an index", "'stock_amounts'")
	line("drop a unique index", "'stock_codes'")
	line("drop the index of a unique column", "'stock_code_unique'")
	line("drop an index that qbls adds", "_deleted_at_idx'")
	line("drop a check", "check('stock_amount'")
	line("drop a foreign key of two columns", "foreignKey(")
	line("drop a primary key of two columns", "primaryKey(")
	swap("a unique index that is none", "uniqueIndex('stock_codes')", "index('stock_codes')")
	swap("an index that makes values unique", "index('stock_amounts')", "uniqueIndex('stock_amounts')")
	swap("a unique index of fewer columns", "('stock_codes').on(t.organizationId, ", "('stock_codes').on(")
	swap("an index of columns in another order", "on(t.organizationId, t.amount)", "on(t.amount, t.organizationId)")
	swap("an index of another column", "on(t.organizationId, t.amount)", "on(t.organizationId, t.price)")
	swap("an index over another expression", "lower(", "upper(")
	swap("an index for other rows", `"open" = 1`, `"open" = 0`)
	swap("a unique index for some rows", "lower(\"code\")`).where(sql`deleted_at IS NULL`)", "lower(\"code\")`).where(sql`amount > 0`)")
	swap("a check that lets more pass", `"amount" >= 0`, `"amount" >= -9`)
	swap("a check of another name", "check('stock_amount'", "check('stock_amounts'")
	swap("an index more", "  index('stock_amounts')", "  uniqueIndex('extra').on(t.kind),\n  index('stock_amounts')")
	swap("a check more", "  check('stock_amount'", "  check('extra', sql`0`),\n  check('stock_amount'")
	swap("what is no constraint", "  check('stock_amount'", "  open('data/app.db'),\n  check('stock_amount'")
	swap("a foreign key to other columns", "[shelves.hall, shelves.row]", "[shelves.row, shelves.hall]")
	swap("a foreign key that deletes", ".onDelete('restrict')", ".onDelete('cascade')")
	swap("a foreign key of another name", "'stock_shelf'", "'stock_shelves'")
	swap("a reference that deletes", "onDelete: 'set null'", "onDelete: 'cascade'")
	swap("a reference that does not follow", ", onUpdate: 'cascade'", "")
	swap("another number by default", ".default(0)", ".default(1000)")
	swap("another fraction by default", ".default(1.5)", ".default(2.5)")
	swap("another truth by default", ".default(true)", ".default(false)")
	swap("another word by default", ".default('part')", ".default('whole')")
	swap("another list by default", "\"old\"])", "\"older\"])")
	swap("no default", ".default(0)", "")
	swap("a default where there is none", "text('hall')", "text('hall').default('north')")
	swap("another time by default", "  ...audited,", "  createdAt: text('created_at').notNull().default(sql`(datetime('now'))`),\n  ...audited,")
	swap("columns of another module", "lib/audit-columns.ts'", "definitions/audit-columns.ts'")
	swap("no such columns", "  ...audited,", "  ...audited, ...extra,")
	swap("audit columns that are left out", "  ...audited,", "")
	swap("another mode", "mode: 'timestamp'", "mode: 'timestamp_ms'")
	swap("no mode", ", { mode: 'boolean' }", "")
	swap("a longer text", "length: 12", "length: 120")
	swap("a column of its own on updates", "real('price')", "real('price').$onUpdate(() => 0)")
	swap("SQL of another module", "import { sql } from 'drizzle-orm';", "import { sql } from '../../lib/made.ts';")
	swap("an index of another module", "check, foreignKey, index,", "check, foreignKey, index as other,")
	for _, f := range s.faults {
		r := b.verify(t, changed(b.files, f.file, f.after))
		if !slices.ContainsFunc(r.Violations, func(v contract.Violation) bool { return finds(v, f) }) {
			t.Errorf("%s at %d is not found at its place; found:\n%s", f.name, f.at, list(r))
		}
	}
}
