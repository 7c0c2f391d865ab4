//go:build unix

package main

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDevOnWorkersCommitsNothing: the development databases of a Worker follow the definitions from .qbls/dev, and what is committed is left
// to `qbls compile`.
func TestDevOnWorkersCommitsNothing(t *testing.T) {
	s := newShop(t)
	write(t, s.config, strings.NewReplacer("'bun'", "'cloudflare'", "'better-sqlite3'", "'cloudflare-d1'").Replace(shopConfig))
	ownPackages(t, s)
	says := startDev(t, s.folder, freePort(t))
	says.until("Ctrl-C")
	dangling := filepath.Join(filepath.Dir(s.things), "gone.ts")
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	says.until("gone.ts: it links to nowhere, which is not there.") // and the backend goes on
	if err := os.Remove(dangling); err != nil {
		t.Fatal(err)
	}
	s.declare("kind: text('kind'),\n  colour: text('colour'),")
	says.until("Restarted")
	if _, err := os.Stat(filepath.Join(s.folder, "quickback/drizzle")); !os.IsNotExist(err) {
		t.Errorf("a save has committed a migration: %v", err)
	}
	if _, err := os.Stat(filepath.Join(s.folder, ".qbls/pending/features/0000_initial.sql")); err != nil {
		t.Errorf("the pending migration is not kept: %v", err)
	}
	says.interrupt()
	if saves := strings.Count(strings.Join(says.seen, "\n"), "Saved:"); saves != 1 {
		t.Errorf("one save was compiled %d times:\n%s", saves, strings.Join(says.seen, "\n"))
	}
	has(t, s.d1("execute", "shop-features", "--json", "--command", "select name from pragma_table_info('things')"), `"colour"`)
}

// ownPackages gives a shop a folder of packages that looks as npm left it, with the packages of the tests in it.
func ownPackages(t *testing.T, s *shop) {
	t.Helper()
	shared, err := filepath.EvalSymlinks(filepath.Join(s.folder, "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	own, twin := filepath.Join(s.folder, "node_modules"), t.TempDir()
	if err := os.Remove(own); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(own, 0o755); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(shared)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == ".qbls-installed" {
			continue // is this folder's own
		}
		if err := os.Symlink(filepath.Join(shared, e.Name()), filepath.Join(own, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if out, errs, code := qbls(t, "compile", s.folder, "--out", twin); code != 0 {
		t.Fatalf("compile exits with %d: %s%s", code, out, errs)
	}
	manifest, err := os.ReadFile(filepath.Join(twin, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(manifest)
	if err := os.WriteFile(filepath.Join(own, ".qbls-installed"), sum[:], 0o644); err != nil {
		t.Fatal(err)
	}
}
