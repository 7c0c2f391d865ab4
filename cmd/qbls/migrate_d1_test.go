//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// d1 runs `wrangler d1` in the shop's backend, as a person does.
func (s *shop) d1(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(s.folder, "node_modules/.bin/wrangler"), append([]string{"d1"}, append(args, "--local")...)...)
	cmd.Dir = s.folder
	cmd.Env = append(os.Environ(), "CI=1", "WRANGLER_SEND_METRICS=false", "WRANGLER_HIDE_BANNER=true", "CLOUDFLARE_CF_FETCH_ENABLED=false")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("wrangler d1 %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// TestMigrateD1: two D1 databases, through the real wrangler: rows survive, wrangler and qbls can be mixed, and a statement that fails leaves
// the database as it was. drizzle-kit finds nothing left to do in either.
func TestMigrateD1(t *testing.T) {
	s := newShop(t)
	write(t, s.config, strings.NewReplacer("'bun'", "'cloudflare'", "'better-sqlite3'", "'cloudflare-d1'").Replace(shopConfig))
	compileShop := func() {
		t.Helper()
		if out, errs, code := qbls(t, "compile", s.folder); code != 0 {
			t.Fatalf("compile exits with %d: %s%s", code, out, errs)
		}
	}
	kind := func(want string) {
		t.Helper()
		has(t, s.d1("execute", "shop-features", "--json", "--command", "select kind from things where id = '1'"), `"kind": "`+want+`"`)
	}
	compileShop()
	for _, config := range []string{"drizzle.auth.config.ts", "drizzle.config.ts"} {
		cmd := exec.Command("node", filepath.Join("node_modules", "drizzle-kit", "bin.cjs"), "generate", "--config", config)
		cmd.Dir = s.folder
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("drizzle-kit: %v\n%s", err, out)
		}
		has(t, string(out), "No schema changes")
	}
	has(t, s.run(0, "status"), "shop-auth (local)\n  waiting   0000_initial", "shop-features (local)\n  waiting   0000_initial")
	has(t, s.run(0, "apply"), "shop-auth (local)\n  applied   0000_initial", "shop-features (local)\n  applied   0000_initial\nApplied 1.")
	s.d1("execute", "shop-features", "--command", "insert into things (id, organization_id, kind) values ('1', 'o', 'blue')")

	// A rebuild, with a hand in it that D1 refuses.
	s.declare("kind: text('kind').notNull().default('none'),")
	compileShop()
	list, err := filepath.Glob(filepath.Join(s.folder, "quickback/drizzle/features/0001_*.sql"))
	if err != nil || len(list) != 1 {
		t.Fatalf("the migrations are %v, %v", list, err)
	}
	good, err := os.ReadFile(list[0])
	if err != nil {
		t.Fatal(err)
	}
	write(t, list[0], string(good)+"--> statement-breakpoint\nALTER TABLE nowhere ADD COLUMN x text;\n")
	has(t, s.run(1, "apply"), "Refused: ", "nowhere", "waiting   0001_", "Nothing was applied")
	kind("blue")
	write(t, list[0], string(good))

	// Wrangler applies it, and qbls knows.
	s.d1("migrations", "apply", "shop-features")
	kind("blue")
	has(t, s.run(0, "status"), "applied   0000_initial\n  applied   "+strings.TrimSuffix(filepath.Base(list[0]), ".sql"))

	// What the database has and the folder has not is refused.
	s.d1("execute", "shop-features", "--command", "insert into d1_migrations (name) values ('0002_other.sql')")
	has(t, s.run(1, "apply"), "0002_other.sql", "not committed here")
}

// walSize is how much the local D1 databases have written and not yet taken over.
func (s *shop) walSize() (size int64) {
	s.t.Helper()
	list, err := filepath.Glob(filepath.Join(s.folder, ".wrangler/state/v3/d1/*/*.sqlite-wal"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range list {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	return size
}

// TestMigrateD1Killed: wrangler and what it runs are killed between two statements of the second of two migrations. The first one is applied
// and nothing of the second; status says so, and apply goes on from there.
func TestMigrateD1Killed(t *testing.T) {
	s := newShop(t)
	write(t, s.config, strings.NewReplacer("'bun'", "'cloudflare'", "'better-sqlite3'", "'cloudflare-d1'").Replace(shopConfig))
	compileShop := func() {
		t.Helper()
		if out, errs, code := qbls(t, "compile", s.folder); code != 0 {
			t.Fatalf("compile exits with %d: %s%s", code, out, errs)
		}
	}
	compileShop()
	s.run(0, "apply")
	s.d1("execute", "shop-features", "--command", "insert into things (id, organization_id, kind) values ('1', 'o', 'blue')")
	s.declare("kind: text('kind').notNull().default('none'),")
	compileShop()
	s.declare("kind: text('kind').notNull().default('none'),\n  note: text('note'),\n  size: integer('size'),")
	compileShop()
	list, err := filepath.Glob(filepath.Join(s.folder, "quickback/drizzle/features/0002_*.sql"))
	if err != nil || len(list) != 1 {
		t.Fatalf("the migrations are %v, %v", list, err)
	}
	good, err := os.ReadFile(list[0])
	if err != nil {
		t.Fatal(err)
	}
	first, second, ok := strings.Cut(string(good), "--> statement-breakpoint")
	if !ok {
		t.Fatalf("the migration is one statement: %s", good)
	}
	const slow = "--> statement-breakpoint\nCREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000000) SELECT i, hex(i) FROM n;\n"
	write(t, list[0], first+slow+"--> statement-breakpoint"+second)

	killed := exec.Command(binary, "migrate", "apply", s.folder)
	killed.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); s.walSize() < 4<<20; { // more than all of the migrations but the slow statement
		if time.Now().After(deadline) {
			_ = syscall.Kill(-killed.Process.Pid, syscall.SIGKILL)
			t.Fatal("the migration never began")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := syscall.Kill(-killed.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	write(t, list[0], string(good))

	tag := strings.TrimSuffix(filepath.Base(list[0]), ".sql")
	has(t, s.run(0, "status"), "applied   0000_initial\n  applied   0001_", "waiting   "+tag)
	row := s.d1("execute", "shop-features", "--json", "--command", "select * from things")
	has(t, row, `"kind": "blue"`)
	if strings.Contains(row, `"note"`) || strings.Contains(row, `"size"`) {
		t.Errorf("a part of the migration is in the database: %s", row)
	}
	has(t, s.run(0, "apply"), "applied   "+tag+"\nApplied 1.")
	has(t, s.d1("execute", "shop-features", "--json", "--command", "select * from things"), `"kind": "blue"`, `"note": null`, `"size": null`)
	has(t, s.d1("execute", "shop-features", "--json", "--command", "select count(*) as n from sqlite_master where name = 'slow'"), `"n": 0`)
}
