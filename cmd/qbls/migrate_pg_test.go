//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/migrate/pgtest"
)

// elephant is a project whose database is PostgreSQL, with a history that drizzle-kit makes of schema.ts.
type elephant struct {
	*shop
	psql, socket, name string
}

func newElephant(t *testing.T) *elephant {
	t.Helper()
	e := &elephant{shop: newShop(t)}
	e.psql, e.socket, e.name = pgtest.Database(t)
	t.Setenv("PGHOST", e.socket)
	t.Setenv("PGUSER", "postgres")
	write(t, e.config, strings.Replace(shopConfig, "'better-sqlite3'", "'neon'", 1))
	write(t, filepath.Join(e.folder, "drizzle.config.json"), `{ "dialect": "postgresql", "schema": "./tables.mts", "out": "quickback/drizzle", "dbCredentials": { "url": "`+e.address("")+`" } }`)
	return e
}

func (e *elephant) address(more string) string { return "postgres:///" + e.name + more }

// kit runs drizzle-kit over tables with these columns.
func (e *elephant) kit(things, others string, args ...string) string {
	e.t.Helper()
	write(e.t, filepath.Join(e.folder, "tables.mts"), "import { pgTable, text } from 'drizzle-orm/pg-core';\n"+
		"export const things = pgTable('things', { id: text('id').primaryKey(), "+things+" });\nexport const others = pgTable('others', { id: text('id').primaryKey(), "+others+" });\n")
	cmd := exec.Command("node", append([]string{filepath.Join("node_modules", "drizzle-kit", "bin.cjs")}, args...)...)
	cmd.Dir = e.folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		e.t.Fatalf("drizzle-kit: %v\n%s", err, out)
	}
	return string(out)
}

func (e *elephant) query(sql string) string {
	e.t.Helper()
	out, err := exec.Command(e.psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, e.name).CombinedOutput()
	if err != nil {
		e.t.Fatalf("%v in %s\n%s", err, sql, out)
	}
	return strings.TrimSpace(string(out))
}

// until asks until the answer is this.
func (e *elephant) until(sql, want string) {
	e.t.Helper()
	for deadline := time.Now().Add(patience); e.query(sql) != want; {
		if time.Now().After(deadline) {
			e.t.Fatalf("%s is %s, not %s", sql, e.query(sql), want)
		}
	}
}

// hold locks a table from another session, until the function that it returns is called.
func (e *elephant) hold(table string) (release func()) {
	e.t.Helper()
	cmd := exec.Command(e.psql, "-X", "-q", e.name)
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		_, err = io.WriteString(in, "begin;\nlock table "+table+" in access exclusive mode;\n")
	}
	if err != nil {
		e.t.Fatal(err)
	}
	e.until("select count(*) from pg_locks l join pg_class c on c.oid = l.relation where c.relname = '"+table+"' and l.mode = 'AccessExclusiveLock' and l.granted", "1")
	return func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
}

const columnsOfOthers = "select string_agg(column_name, ',' order by ordinal_position) from information_schema.columns where table_name = 'others'"

// TestMigratePostgres: a history that drizzle-kit made is applied to a real PostgreSQL by its own migrator, and goes back and forth.
func TestMigratePostgres(t *testing.T) {
	e := newElephant(t)
	at := []string{"--database", e.address("")}
	if out, errs, code := qbls(t, "migrate", "plan", e.folder); code != 1 || !strings.Contains(out+errs, "QB8901") {
		t.Errorf("plan exits with %d:\n%s%s", code, out, errs)
	}
	if _, err := os.Stat(filepath.Join(e.folder, "quickback/drizzle")); err == nil {
		t.Error("a migration of another database was planned")
	}
	has(t, e.run(0, append([]string{"status"}, at...)...), "There are no migrations yet")
	e.kit("kind: text('kind')", "", "generate", "--name", "first")
	has(t, e.run(0, append([]string{"status"}, at...)...), "waiting   0000_first")
	has(t, e.run(0, append([]string{"apply"}, at...)...), "applied   0000_first\nApplied 1.")
	e.query("insert into things values ('1', 'blue')")

	e.kit("kind: text('kind'), size: text('size')", "", "generate", "--name", "second")
	e.kit("kind: text('kind'), size: text('size')", "", "migrate")
	has(t, e.run(0, append([]string{"status"}, at...)...), "applied   0000_first\n  applied   0001_second")
	e.kit("kind: text('kind').notNull(), size: text('size')", "", "generate", "--name", "third")
	has(t, e.run(0, append([]string{"apply"}, at...)...), "applied   0002_third\nApplied 1.")
	if got := e.query("select kind from things"); got != "blue" {
		t.Errorf("the row holds %q", got)
	}

	// A password is printed nowhere.
	out, errs, code := qbls(t, "migrate", "status", "--database", "postgres://ann:secret@127.0.0.1:1/shop", e.folder)
	if code != 1 || strings.Contains(out+errs, "secret") || !strings.Contains(out, "postgres://ann:xxxxx@127.0.0.1:1/shop") {
		t.Errorf("status exits with %d:\n%s%s", code, out, errs)
	}
	has(t, out, "Refused: connect ECONNREFUSED", "Nothing was changed")
}

// TestMigratePostgresFailures: whatever goes wrong, the database is as it was, status says what is the matter, and apply goes on when it is
// mended.
func TestMigratePostgresFailures(t *testing.T) {
	e := newElephant(t)
	at := []string{"--database", e.address("")}
	e.kit("kind: text('kind')", "", "generate", "--name", "first")
	e.run(0, append([]string{"apply"}, at...)...)
	e.query("insert into things values ('1', 'blue')")
	e.kit("kind: text('kind').notNull(), size: text('size')", "note: text('note')", "generate", "--name", "second")
	file := filepath.Join(e.folder, "quickback/drizzle/0001_second.sql")
	made, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// The statement about others first: it is done when the one about things has to wait.
	list := strings.Split(strings.TrimSpace(string(made)), "--> statement-breakpoint")
	for i, s := range list {
		if strings.Contains(s, "others") {
			list[0], list[i] = list[i], list[0]
		}
	}
	good := strings.TrimSpace(strings.Join(list, "--> statement-breakpoint"))
	if !strings.HasPrefix(good, `ALTER TABLE "others"`) || !strings.Contains(good, `"things"`) {
		t.Fatalf("the migration is %s", good)
	}
	write(t, file, good)
	waiting := func() {
		t.Helper()
		has(t, e.run(0, append([]string{"status"}, at...)...), "applied   0000_first", "waiting   0001_second")
		if got := e.query(columnsOfOthers); got != "id" {
			t.Errorf("others has the columns %s", got)
		}
		if got := e.query("select kind from things"); got != "blue" {
			t.Errorf("the row holds %q", got)
		}
	}

	// Locked by another session: it gives up, and holds up nobody.
	release := e.hold("things")
	has(t, e.run(1, "apply", "--database", e.address("?lock_timeout=50")), "Refused: canceling statement due to lock timeout", `ALTER TABLE "things"`, "Nothing was applied")
	release()
	waiting()

	// A hand in the file.
	write(t, file, good+"\n--> statement-breakpoint\nALTER TABLE nowhere ADD COLUMN x text;\n")
	has(t, e.run(1, append([]string{"apply"}, at...)...), `Refused: relation "nowhere" does not exist`, "ALTER TABLE nowhere", "Nothing was applied")
	waiting()
	write(t, file, good)

	// Killed between two statements: the first is done, the second waits.
	release = e.hold("things")
	killed := exec.Command(binary, "migrate", "apply", "--database", e.address("?lock_timeout=600000"), e.folder)
	killed.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	const ours = "select count(*) from pg_stat_activity where application_name = 'qbls migrate'"
	e.until(ours+" and wait_event_type = 'Lock' and query like '%things%'", "1")
	if err := syscall.Kill(-killed.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	release()
	e.until(ours, "0")
	waiting()

	has(t, e.run(0, append([]string{"apply"}, at...)...), "applied   0001_second\nApplied 1.")
	if got := e.query(columnsOfOthers); got != "id,note" {
		t.Errorf("others has the columns %s", got)
	}

	// What was applied was changed afterwards; another branch was applied.
	write(t, file, good+"\n")
	has(t, e.run(1, append([]string{"status"}, at...)...), "changed   0001_second", "changed after it was applied")
	write(t, file, good)
	e.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', " + fmt.Sprint(time.Now().Add(time.Hour).UnixMilli()) + ")")
	has(t, e.run(1, append([]string{"apply"}, at...)...), "not committed here")
}
