package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/migrate/migrator"
)

var d1Database = regexp.MustCompile(`(?m)^\s*(database_name|migrations_dir)\s*=\s*"([^"]+)"`)

// d1 is one D1 database, reached through Cloudflare's own tool: --local, or --remote with --database remote.
type d1 struct{ out, name, where string }

// wrangler reports on a D1 database or lets wrangler apply to it. Wrangler's journal (d1_migrations) knows migrations by the names of
// their files; each file is one transaction.
func (m *migration) wrangler(ctx context.Context, p *migrate.Plan, write bool) (*databaseJSON, error) {
	d := d1{out: m.out, where: "local"}
	switch m.database {
	case "", "local":
	case "remote":
		d.where = "remote"
	default:
		return nil, unreadable("--database %s: D1 databases are named in wrangler.toml; say local or remote", m.database)
	}
	var err error
	if d.name, err = d1Name(m.out, p.Set); err != nil {
		return nil, err
	}
	history := m.committed.History(p.Set)
	r := &databaseJSON{Database: d.name + " (" + d.where + ")", Pending: p.Tag}
	if r.Report, err = d.report(ctx, history); r.failed(err) || err != nil {
		return r, internal(err)
	}
	waiting := r.Waiting()
	if !write || len(r.Refused) > 0 || waiting == 0 {
		return r, nil
	}
	said, err := d.run(ctx, "migrations", "apply", d.name)
	after, again := d.report(ctx, history) // also when it failed: files before the one that did are applied
	if again != nil {
		return r, internal(again)
	}
	r.Report, r.Applied = after, waiting-after.Waiting()
	if err != nil && after.Waiting() == 0 {
		// Somebody else has applied them at the same time: what was refused is what is there already.
		r.Applied = 0
		return r, nil
	}
	if err == nil && after.Waiting() > 0 {
		err = errors.New(said)
	}
	if err != nil {
		r.Error = fmt.Sprintf("%s\n%d of %d migrations were applied: on D1 each is a transaction of its own.", strings.TrimSpace(err.Error()), r.Applied, waiting)
	}
	return r, nil
}

// d1Name is the database of wrangler.toml that has the migrations of a set.
func d1Name(out string, set migrate.Set) (string, error) {
	content, err := os.ReadFile(filepath.Join(out, "wrangler.toml"))
	if err != nil {
		return "", unreadable("the names of the D1 databases stand in wrangler.toml, which `qbls compile` writes: %w", err)
	}
	want, name := filepath.ToSlash(filepath.Dir(string(set.Path("x")))), ""
	for _, match := range d1Database.FindAllStringSubmatch(string(content), -1) {
		if match[1] == "database_name" {
			name = match[2]
		} else if filepath.ToSlash(filepath.Clean(match[2])) == want {
			return name, nil
		}
	}
	return "", unreadable("no D1 database of wrangler.toml has migrations_dir = %q. Run `qbls compile`", want)
}

// report compares the database with its history. An error is a *migrator.Failed when the database or wrangler refuses to answer.
func (d d1) report(ctx context.Context, h *migrate.History) (*migrator.Report, error) {
	tables, err := d.names(ctx, "select name from sqlite_master where type = 'table'")
	if err != nil {
		return nil, err
	}
	var applied []string
	if slices.Contains(tables, "d1_migrations") {
		if applied, err = d.names(ctx, "select name from d1_migrations order by id"); err != nil {
			return nil, err
		}
	}
	r := &migrator.Report{}
	for _, e := range h.Entries {
		l := migrator.Line{Tag: e.Tag, Standing: migrator.Waiting}
		if i := slices.Index(applied, e.Tag+".sql"); i >= 0 {
			l.Standing, applied = migrator.InPlace, slices.Delete(applied, i, i+1)
		}
		r.Lines = append(r.Lines, l)
	}
	if len(applied) > 0 {
		r.Refused = append(r.Refused, fmt.Sprintf("The database has migrations that are not committed here: %s. Another branch was applied to it.", strings.Join(applied, ", ")))
	}
	for _, name := range tables {
		if strings.HasPrefix(name, "__new_") || strings.HasPrefix(name, "__keep_") {
			r.Left = append(r.Left, name)
		}
	}
	if len(r.Left) > 0 {
		r.Refused = append(r.Refused, fmt.Sprintf("The database has the tables %s, which only an interrupted migration leaves. Compare them with the tables they stand for before they are dropped.", strings.Join(r.Left, ", ")))
	}
	return r, nil
}

// names are the first column, called name, of a query.
func (d d1) names(ctx context.Context, query string) ([]string, error) {
	said, err := d.run(ctx, "execute", d.name, "--json", "--command", query)
	if err != nil {
		return nil, err
	}
	var answer []struct {
		Results []struct{ Name string }
	}
	start := strings.IndexByte(said, '[')
	if start < 0 || json.Unmarshal([]byte(said[start:]), &answer) != nil {
		return nil, fmt.Errorf("wrangler answers %q to %s", said, query)
	}
	var out []string
	for _, a := range answer {
		for _, row := range a.Results {
			out = append(out, row.Name)
		}
	}
	return out, nil
}

// run runs `wrangler d1`. An exit other than 0 is a *migrator.Failed with what wrangler said.
func (d d1) run(ctx context.Context, args ...string) (string, error) {
	program := filepath.Join(d.out, "node_modules", ".bin", "wrangler")
	if _, err := os.Stat(program); err != nil {
		return "", unreadable("wrangler is not in %s: run npm install there", filepath.Join(d.out, "node_modules"))
	}
	cmd := exec.CommandContext(ctx, program, append(append([]string{"d1"}, args...), "--"+d.where)...)
	cmd.Dir = d.out
	cmd.Env = append(os.Environ(), "CI=1", "WRANGLER_SEND_METRICS=false", "WRANGLER_HIDE_BANNER=true", "NO_COLOR=1")
	if d.where == "local" { // then nothing is asked of the network
		cmd.Env = append(cmd.Env, "CLOUDFLARE_CF_FETCH_ENABLED=false")
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			return "", fmt.Errorf("wrangler: %w", err)
		}
		return "", &migrator.Failed{Reason: "wrangler: " + strings.TrimSpace(string(out)+"\n"+errs.String())}
	}
	return string(out), nil
}
