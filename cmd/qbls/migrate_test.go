//go:build unix

package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	npm "github.com/qbls/qbls/compiler/runtime/workspace"
)

// shop is a small project whose backend has its packages, and its database.
type shop struct {
	t              *testing.T
	folder, things string
	config         string
}

const shopConfig = `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'shop',
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, folder: t.TempDir()}
	s.config = filepath.Join(s.folder, "quickback/quickback.config.ts")
	s.things = filepath.Join(s.folder, "quickback/features/things/things.ts")
	if err := os.MkdirAll(filepath.Dir(s.things), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, s.config, shopConfig)
	s.declare("kind: text('kind'),")
	npm.Link(t, s.folder)
	return s
}

// declare gives the table these columns.
func (s *shop) declare(columns string) {
	rewrite(s.t, s.things, `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  `+columns+`
});

export default defineTable(things, { firewall: { organization: {} }, crud: { list: { access: { roles: ['owner'] } } } });
`)
}

func (s *shop) run(want int, args ...string) string {
	s.t.Helper()
	out, errs, code := qbls(s.t, append([]string{"migrate"}, append(args, s.folder)...)...)
	if code != want {
		s.t.Fatalf("migrate %v exits with %d:\n%s%s", args, code, out, errs)
	}
	return out + errs
}

func (s *shop) database() string { return filepath.Join(s.folder, "data", "app.db") }

func (s *shop) open() *sql.DB {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.database())
	if err != nil {
		s.t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	s.t.Cleanup(func() { _ = db.Close() })
	return db
}

func (s *shop) exec(statements ...string) {
	s.t.Helper()
	db := s.open()
	defer func() { _ = db.Close() }()
	for _, q := range statements {
		if _, err := db.Exec(q); err != nil {
			s.t.Fatalf("%v in %s", err, q)
		}
	}
}

func (s *shop) value(query string) string {
	s.t.Helper()
	db := s.open()
	defer func() { _ = db.Close() }()
	var v sql.NullString
	if err := db.QueryRow(query).Scan(&v); err != nil {
		s.t.Fatalf("%v in %s", err, query)
	}
	return v.String
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in\n%s", p, text)
		}
	}
}

// TestMigrate is a column that is renamed, as an author goes through it: planned, asked about, applied, and its values kept.
func TestMigrate(t *testing.T) {
	s, twin := newShop(t), newShop(t)
	has(t, s.run(0, "status"), "pending", "0000_initial")
	has(t, s.run(0, "plan"), "CREATE TABLE `things`")
	has(t, s.run(0, "plan"), "up to date")
	twin.run(0, "plan")
	has(t, s.run(0, "apply"), "applied", "0000_initial", "Applied 1.")
	s.exec("insert into things (id, organization_id, kind) values ('1', 'o', 'blue')")

	s.declare("sort: text('sort'),")
	has(t, s.run(1, "plan"), "QB8402", `Expected hint key: compiler.migrations.renames.columns["things"]["sort"]`)
	hinted := strings.Replace(shopConfig, "  name: 'shop',", "  name: 'shop',\n  compiler: { migrations: { renames: { columns: { things: { sort: 'kind' } } } } },", 1)
	write(t, s.config, hinted)
	var plans []planJSON
	if err := json.Unmarshal([]byte(s.run(0, "plan", "--json")), &plans); err != nil {
		t.Fatal(err)
	}
	if len(plans) != 1 || plans[0].Migration != "0001_rename_kind_to_sort" || len(plans[0].Statements) != 1 || plans[0].Statements[0] != "ALTER TABLE `things` RENAME COLUMN `kind` TO `sort`;" {
		t.Errorf("the plan is %+v", plans)
	}
	has(t, s.run(0, "apply"), "Applied 1.")
	if v := s.value("select sort from things"); v != "blue" {
		t.Errorf("the value is %q after the rename", v)
	}
	has(t, s.run(0, "apply"), "applied   0001_rename_kind_to_sort")

	// The same input gives the same names and bytes, and what is there is left as it is.
	twin.declare("sort: text('sort'),")
	write(t, twin.config, hinted)
	twin.run(0, "plan")
	diff, _ := exec.Command("diff", "-r", filepath.Join(s.folder, "quickback/drizzle"), filepath.Join(twin.folder, "quickback/drizzle")).CombinedOutput()
	if len(diff) > 0 {
		t.Errorf("two folders differ:\n%s", diff)
	}
	if _, errs, code := qbls(t, "compile", s.folder); code != 0 {
		t.Errorf("compile after plan exits with %d: %s", code, errs)
	}
}

// TestMigrateWithDrizzleKit: the history goes back and forth between qbls and the real drizzle-kit.
func TestMigrateWithDrizzleKit(t *testing.T) {
	s := newShop(t)
	compileShop := func() {
		t.Helper()
		if out, errs, code := qbls(t, "compile", s.folder); code != 0 {
			t.Fatalf("compile exits with %d: %s%s", code, out, errs)
		}
	}
	kit := func() string {
		t.Helper()
		cmd := exec.Command("node", filepath.Join("node_modules", "drizzle-kit", "bin.cjs"), "generate", "--name", "by_kit")
		cmd.Dir = s.folder
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("drizzle-kit: %v\n%s", err, out)
		}
		return string(out)
	}
	compileShop()
	has(t, kit(), "No schema changes")

	// drizzle-kit goes on: schema.ts is newer than what is committed.
	s.declare("kind: text('kind'),\n  size: integer('size').notNull().default(3),")
	kept := filepath.Join(t.TempDir(), "drizzle")
	if err := os.CopyFS(kept, os.DirFS(filepath.Join(s.folder, "quickback/drizzle"))); err != nil {
		t.Fatal(err)
	}
	compileShop()
	if err := os.RemoveAll(filepath.Join(s.folder, "quickback/drizzle")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(s.folder, "quickback/drizzle"), os.DirFS(kept)); err != nil {
		t.Fatal(err)
	}
	has(t, kit(), "0001_by_kit.sql")

	// qbls goes on from there, and drizzle's migrator applies all of it.
	has(t, s.run(0, "plan"), "up to date")
	s.declare("kind: text('kind'),\n  size: integer('size').notNull().default(3),\n  note: text('note'),")
	has(t, s.run(0, "plan"), "0002_add_note_column")
	compileShop()
	has(t, s.run(0, "apply"), "0001_by_kit", "0002_add_note_column", "Applied 3.")
	has(t, kit(), "No schema changes")
}

// TestMigrateLibSQL: the same through libSQL's client and drizzle's migrator for it.
func TestMigrateLibSQL(t *testing.T) {
	s := newShop(t)
	write(t, s.config, strings.Replace(shopConfig, "'better-sqlite3'", "'libsql'", 1))
	s.run(0, "plan")
	has(t, s.run(0, "apply"), "applied   0000_initial", "Applied 1.")
	s.exec("insert into things (id, organization_id, kind) values ('1', 'o', 'blue')")
	s.declare("kind: text('kind').notNull().default('none'),")
	has(t, s.run(0, "plan"), "rebuild")
	has(t, s.run(0, "apply"), "Applied 1.")
	if v := s.value("select kind from things"); v != "blue" {
		t.Errorf("the value is %q after the rebuild", v)
	}
}

// TestMigrateFailures: whatever goes wrong, the database is as it was, status says what is the matter, and apply goes on when it is mended.
func TestMigrateFailures(t *testing.T) {
	s := newShop(t)
	s.run(0, "plan")
	s.run(0, "apply")
	s.exec("insert into things (id, organization_id, kind) values ('1', 'o', 'blue')", "pragma journal_mode = delete")
	s.declare("kind: text('kind').notNull().default('none'),")
	s.run(0, "plan")
	waiting := func() {
		t.Helper()
		has(t, s.run(0, "status"), "applied   0000_initial", "waiting   0001_alter_kind_column")
		if v := s.value("select kind from things where id = '1'"); v != "blue" {
			t.Errorf("the value is %q", v)
		}
	}

	// Locked by another process.
	db := s.open()
	for _, q := range []string{"begin exclusive", "update things set kind = 'blue'"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	has(t, s.run(1, "apply"), "Refused: ", "locked")
	if _, err := db.Exec("rollback"); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	waiting()

	// No room: the limit on the size of files stands for the disk.
	s.exec("with recursive n(i) as (select 2 union all select i + 1 from n where i < 6000) insert into things (id, organization_id, kind) select i, 'o', hex(randomblob(100)) from n")
	info, err := os.Stat(s.database())
	if err != nil {
		t.Fatal(err)
	}
	limited := exec.Command("bash", "-c", fmt.Sprintf(`trap "" XFSZ; ulimit -f %d; exec "$0" migrate apply "$1"`, info.Size()/1024+100), binary, s.folder)
	if out, err := limited.CombinedOutput(); err == nil {
		t.Errorf("it was applied without room:\n%s", out)
	} else {
		has(t, string(out), "Refused: ")
	}
	waiting()

	s.fullDisk(waiting)

	// A hand in the file.
	file := filepath.Join(s.folder, "quickback/drizzle/0001_alter_kind_column.sql")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, string(good)+"--> statement-breakpoint\nALTER TABLE nowhere ADD COLUMN x text;\n")
	has(t, s.run(1, "apply"), "Refused: ", "nowhere")
	waiting()

	// Killed in the middle.
	write(t, file, string(good)+"--> statement-breakpoint\nCREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000) SELECT i, hex(i) FROM n;\n")
	killed := exec.Command(binary, "migrate", "apply", s.folder)
	killed.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; {
		if info, err := os.Stat(s.database() + "-journal"); err == nil && info.Size() > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the migration never began")
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = syscall.Kill(-killed.Process.Pid, syscall.SIGKILL)
	_ = killed.Wait()
	write(t, file, string(good))
	waiting()

	has(t, s.run(0, "apply"), "Applied 1.")
	if v := s.value("select count(*) from things where kind is not null"); v != "6000" {
		t.Errorf("%s rows are left of 6000", v)
	}

	// What was applied was changed afterwards; statements were run one by one.
	write(t, file, string(good)+"\n")
	has(t, s.run(1, "status"), "changed   0001_alter_kind_column", "changed after it was applied")
	write(t, file, string(good))
	s.exec("create table __new_things (id text)")
	has(t, s.run(1, "apply"), "__new_things", "interrupted migration")
}
