package launch

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRuntimeOf(t *testing.T) {
	for manifest, want := range map[string]Runtime{
		`{"devDependencies": {"bun": "1.4.5"}}`:           Bun,
		`{"dependencies": {"@hono/node-server": "2"}}`:    Node,
		`{"devDependencies": {"wrangler": "4"}}`:          Workers,
		`{"dependencies": {"hono": "4", "express": "5"}}`: "",
		`{`: "",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(manifest), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := RuntimeOf(dir); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", manifest, got, err)
		}
	}
	if _, err := RuntimeOf(t.TempDir()); err == nil {
		t.Error("an empty folder is taken for a backend")
	}
}

// Bun takes a question mark in the name of a folder for the beginning of a query.
func TestAFolderThatBunCannotRunIn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "what?")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skipf("no folder can have this name here: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"devDependencies": {"bun": "1.4.5"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "Rename the folder") || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
}

func TestBindings(t *testing.T) {
	dir := t.TempDir()
	toml := "name = \"shop\"\ncompatibility_date = \"2026-04-01\"\n\n[vars]\nNODE_ENV = \"production\"\nBETTER_AUTH_URL = \"\"\n\n[[d1_databases]]\nbinding = \"AUTH_DB\"\ndatabase_id = \"a\"\nmigrations_dir = \"quickback/drizzle/auth\"\n\n" +
		"[[d1_databases]]\nbinding = \"DB\"\ndatabase_id = \"b\"\nmigrations_dir = \"quickback/drizzle/features\"\n\n[[send_email]]\nname = \"EMAIL\"\n\n[[kv_namespaces]]\nbinding = \"KV\"\nid = \"k\"\n"
	if err := os.WriteFile(filepath.Join(dir, "wrangler.toml"), []byte(toml), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := bindings(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []d1{{"AUTH_DB", "a", filepath.Join(dir, "quickback", "drizzle", "auth")}, {"DB", "b", filepath.Join(dir, "quickback", "drizzle", "features")}}
	if s.Name != "shop" || s.Date != "2026-04-01" || len(s.Databases) != 2 || s.Databases[0] != want[0] || s.Databases[1] != want[1] || s.KV["KV"] != "k" || len(s.Mail) != 1 || s.Mail[0] != "EMAIL" || s.Vars["NODE_ENV"] != "production" {
		t.Errorf("%+v", s)
	}
}

// TestAPortIsWaitedFor: what a server has left behind may hold its port a moment longer. Who has no more patience is told what is in the way.
func TestAPortIsWaitedFor(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	number := l.Addr().(*net.TCPAddr).Port
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := portOf(impatient, number); err == nil || !strings.Contains(err.Error(), "is taken. Choose another one with --port") {
		t.Errorf("a port that is taken gives %v", err)
	}
	got := make(chan error, 1)
	go func() {
		_, _, err := portOf(t.Context(), number)
		got <- err
	}()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
}
