package compiler

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// ledger is what Drizzle's tables say beyond columns and plain indexes.
const ledger = `import { desc, sql } from 'drizzle-orm';
import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import type { Currency } from '../../lib/money';
import { stamp, type Note as Remark } from '../../lib/money';

export type Settings = { colour: 'red' | 'blue'; deep?: { notes: Remark[] } };
let count = 0;

export const accounts = sqliteTable('accounts', {
  region: text('region').notNull(),
  number: integer('number').notNull(),
}, (t) => [primaryKey({ columns: [t.region, t.number] })]);

export const ledger = sqliteTable('ledger', {
  id: text('id').primaryKey().$defaultFn(() => 'made-' + ++count),
  organizationId: text('organization_id').notNull(),
  code: text('code').notNull().$defaultFn(stamp),
  touched: integer('touched').notNull().$onUpdate(() => ++count * 100),
  settings: text('settings', { mode: 'json' }).$type<Settings>(),
  currency: text('currency').$type<Currency>().notNull().default('EUR'),
  region: text('region'),
  number: integer('number'),
}, (t) => [
  index('ledger_newest').on(t.organizationId, desc(t.touched)),
  uniqueIndex('ledger_code_once').on(sql` + "`lower(${t.code})`" + `),
  foreignKey({ columns: [t.region, t.number], foreignColumns: [accounts.region, accounts.number], name: 'ledger_account' }).onDelete('cascade'),
]);

export default defineTable(ledger, {
  firewall: { organization: {} },
  guards: { createable: ['code', 'settings', 'region', 'number'], updatable: ['settings'] },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } }, update: { access: { roles: ['member'] } } },
});
`

const money = `export type Currency = 'EUR' | 'CHF';
export interface Note { text: string; at?: Date }
export const stamp = () => 'Stamped';
`

// ledgerRun uses the emitted tables as a handler does, on a database that the migration made.
const ledgerRun = `import { Database } from 'bun:sqlite';
import { drizzle } from 'drizzle-orm/bun-sqlite';
import { eq } from 'drizzle-orm';
import { readFileSync } from 'node:fs';
import './src/app.ts';
import { accounts, ledger } from './src/features/ledger/schema.ts';

const raw = new Database(':memory:');
raw.exec('pragma foreign_keys = on');
for (const statement of readFileSync('quickback/drizzle/0000_initial.sql', 'utf8').split('--> statement-breakpoint')) raw.exec(statement);
const db = drizzle(raw);
const fails = (f: () => unknown): string => { try { f(); return 'no error'; } catch (e) { const { message, cause } = e as Error; return message + String(cause ?? ''); } };

db.insert(accounts).values({ organizationId: 'o', region: 'eu', number: 1 }).run();
db.insert(ledger).values({ organizationId: 'o', region: 'eu', number: 1, settings: { colour: 'red', deep: { notes: [{ text: 'x' }] } } }).run();
const [first] = db.select().from(ledger).all();
console.log(first!.id, first!.code, first!.touched, first!.settings?.deep?.notes[0]?.text, first!.currency);
db.update(ledger).set({ currency: 'CHF' }).where(eq(ledger.id, first!.id)).run();
console.log(db.select().from(ledger).all()[0]!.touched);
console.log(fails(() => db.insert(ledger).values({ organizationId: 'o', region: 'eu', number: 2, code: 'other' }).run()));
console.log(fails(() => db.insert(ledger).values({ organizationId: 'o', code: 'STAMPED' }).run()));
db.delete(accounts).run();
console.log(db.select().from(ledger).all().length);
console.log((raw.query("select sql from sqlite_master where name = 'ledger_newest'").get() as { sql: string }).sql);
// @ts-expect-error no such colour
db.insert(ledger).values({ organizationId: 'o', settings: { colour: 'green' } });
// @ts-expect-error no such currency
db.insert(ledger).values({ organizationId: 'o', currency: 'USD' });
`

// TestWhatDrizzleTablesSay: functions that fill columns, types of other modules, expressions and orders of indexes, and foreign keys of
// several columns type-check and hold in the emitted backend.
func TestWhatDrizzleTablesSay(t *testing.T) {
	disk := fstest.MapFS{
		"quickback/quickback.config.ts":       {Data: []byte(config)},
		"quickback/lib/money.ts":              {Data: []byte(money)},
		"quickback/features/ledger/ledger.ts": {Data: []byte(ledger)},
	}
	files := emitted(t, snapshot(t, disk))
	files["run.ts"] = ledgerRun
	dir := onDisk(t, files)
	config := `{ "extends": "./tsconfig.json", "include": ["src", "run.ts"] }`
	if err := os.WriteFile(filepath.Join(dir, "tsconfig.run.json"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	check := exec.Command(workspace.Tsc(t), "--noEmit", "-p", "tsconfig.run.json")
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, files["src/features/ledger/schema.ts"])
	}
	run := exec.Command(workspace.Bun(t), "run.ts")
	run.Dir = dir
	run.Env = append(os.Environ(), "BETTER_AUTH_SECRET=a-secret-of-more-than-thirty-two-characters")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, want := range []string{"made-1 Stamped 200 x EUR", "300", "FOREIGN KEY constraint failed", "UNIQUE constraint failed", "0", "desc)"} {
		if i >= len(lines) || !strings.Contains(lines[i], want) {
			t.Fatalf("line %d does not say %s:\n%s", i+1, want, out)
		}
	}
}

// TestFillingFunctionsAreProven: an emitted column that another function fills, or none, and a module that is loaded beside, are found.
func TestFillingFunctionsAreProven(t *testing.T) {
	s := snapshot(t, fstest.MapFS{
		"quickback/quickback.config.ts":       {Data: []byte(config)},
		"quickback/lib/money.ts":              {Data: []byte(money)},
		"quickback/features/ledger/ledger.ts": {Data: []byte(ledger)},
	})
	root, clean := s.Projects()[0], compile(t, s, Options{}).Files
	for name, c := range map[string]struct{ file, old, replacement string }{
		"the function of another column": {"src/features/ledger/schema.ts", "made('ledger', 'code', 'create')", "made('ledger', 'touched', 'create')"},
		"code of the schema's own":       {"src/features/ledger/schema.ts", "made('ledger', 'code', 'create')", "() => 'x'"},
		"no function":                    {"src/features/ledger/schema.ts", ".$defaultFn(made('ledger', 'code', 'create'))", ""},
		"another module is loaded":       {"src/features/ledger/ledger.resource.ts", "definitions/features/ledger/ledger.ts';", "definitions/features/other.ts';"},
	} {
		files, found := slices.Clone(clean), false
		for i, f := range files {
			if string(f.Path) == c.file && strings.Contains(string(f.Content), c.old) {
				files[i].Content, found = []byte(strings.Replace(string(f.Content), c.old, c.replacement, 1)), true
			}
		}
		report, err := Verify(s, root, files, Options{})
		if err != nil || !found {
			t.Fatalf("%s: %v, found %v", name, err, found)
		}
		if !slices.ContainsFunc(report.Violations, func(v contract.Violation) bool { return v.File == c.file }) {
			t.Errorf("%s: no violation in %s, of %v", name, c.file, report.Violations)
		}
	}
}
