package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/qbls/qbls/compiler/migrate"
)

var d1Database = regexp.MustCompile(`(?m)^\s*(database_name|migrations_dir)\s*=\s*"([^"]+)"`)

// wrangler lets Cloudflare's own tool report on a D1 database or apply to it. Its journal is by file name, and each file is one
// transaction. Without --database remote, the local database is meant.
func (m *migration) wrangler(ctx context.Context, p *migrate.Plan, write bool) (*databaseJSON, error) {
	content, err := os.ReadFile(filepath.Join(m.out, "wrangler.toml"))
	if err != nil {
		return nil, unreadable("the names of the D1 databases stand in wrangler.toml: %w", err)
	}
	want := filepath.ToSlash(filepath.Dir(string(p.Set.Path("x"))))
	name, found := "", ""
	for _, match := range d1Database.FindAllStringSubmatch(string(content), -1) {
		if match[1] == "database_name" {
			name = match[2]
		} else if filepath.ToSlash(filepath.Clean(match[2])) == want {
			found = name
		}
	}
	if found == "" {
		return nil, unreadable("no D1 database of wrangler.toml has migrations_dir = %q", want)
	}
	where := "--local"
	if m.database == "remote" {
		where = "--remote"
	}
	verb := "list"
	if write {
		verb = "apply"
	}
	cmd := exec.CommandContext(ctx, filepath.Join(m.out, "node_modules", ".bin", "wrangler"), "d1", "migrations", verb, found, where)
	cmd.Dir = m.out
	cmd.Env = append(os.Environ(), "CI=1", "WRANGLER_SEND_METRICS=false", "WRANGLER_HIDE_BANNER=true")
	out, err := cmd.CombinedOutput()
	r := &databaseJSON{Database: found + " (" + where[2:] + ")\n" + string(out), Pending: p.Tag}
	if err != nil {
		r.Error = fmt.Sprintf("wrangler: %v", err)
	}
	return r, nil
}
