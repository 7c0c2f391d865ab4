package compiler

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// epoch is the time of compilation in these tests.
var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func snapshot(t *testing.T, d source.Disk) *analysis.Snapshot {
	t.Helper()
	set, errs := source.Load(d)
	for _, err := range errs {
		t.Error(err)
	}
	return analysis.NewWorkspace(set).Current()
}

func snapshotOf(t *testing.T, folder string) *analysis.Snapshot {
	t.Helper()
	return snapshot(t, source.OS(folder))
}

func recruiting(t *testing.T) *analysis.Snapshot {
	t.Helper()
	return snapshotOf(t, filepath.Join("..", "testdata", "projects", "recruiting"))
}

// project is a workspace in memory; paths are below quickback/.
func project(t *testing.T, files map[string]string) *analysis.Snapshot {
	t.Helper()
	disk := fstest.MapFS{}
	for name, content := range files {
		disk["quickback/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	return snapshot(t, disk)
}

func compile(t *testing.T, s *analysis.Snapshot, o Options) *Result {
	t.Helper()
	o.Version, o.GeneratedAt = "0.0.0-test", epoch
	r, err := Compile(t.Context(), s, s.Projects()[0], o)
	if errors.Is(err, ErrRefused) {
		found, _ := s.Diagnose(t.Context(), s.Projects()[0])
		for p, list := range found {
			for _, d := range list {
				t.Errorf("%s: %s %s", p, d.Rule.Code, d.Message)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// emitted compiles a project that has no findings and returns its files by path.
func emitted(t *testing.T, s *analysis.Snapshot) map[text.Path]string {
	t.Helper()
	r := compile(t, s, Options{})
	for _, d := range r.Diagnostics {
		t.Errorf("%s: %s %s", d.At.Path, d.Rule.Code, d.Message)
	}
	out := map[text.Path]string{}
	for _, f := range r.Files {
		out[f.Path] = string(f.Content)
	}
	return out
}

const config = `export default {
  name: 'things',
  providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } },
};
`

// TestGolden compares a small project with files that people have read.
func TestGolden(t *testing.T) {
	files := emitted(t, snapshotOf(t, filepath.Join("testdata", "things")))
	golden := filepath.Join("testdata", "things.golden")
	var seen []string
	for p, content := range files {
		if strings.HasPrefix(string(p), "src/lib/") || p == "openapi.json" || p == "src/auth/schema.ts" || strings.Contains(string(p), "drizzle/") || strings.HasPrefix(string(p), "quickback/reports/") {
			continue
		}
		seen = append(seen, string(p))
		file := filepath.Join(golden, filepath.FromSlash(string(p)))
		if os.Getenv("UPDATE") != "" {
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
		} else if content != string(want) {
			t.Errorf("%s differs from %s:\n%s", p, file, content)
		}
	}
	_ = filepath.WalkDir(golden, func(p string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(golden, p); err == nil && !d.IsDir() && !slices.Contains(seen, filepath.ToSlash(rel)) {
			t.Errorf("%s is not emitted", rel)
		}
		return err
	})
}

func TestSameInputSameBytes(t *testing.T) {
	first := compile(t, recruiting(t), Options{})
	for range 3 {
		again := compile(t, recruiting(t), Options{})
		if len(again.Files) != len(first.Files) {
			t.Fatalf("%d files, then %d", len(first.Files), len(again.Files))
		}
		for i, f := range again.Files {
			if f.Path != first.Files[i].Path || !bytes.Equal(f.Content, first.Files[i].Content) {
				t.Errorf("%s differs between two compilations", f.Path)
			}
		}
	}
}

// TestCacheChangesNothing: whatever is edited, a compilation with what is remembered equals one without.
func TestCacheChangesNothing(t *testing.T) {
	table := func(column, role string) string {
		return fmt.Sprintf(thing, column, role)
	}
	owned := strings.Replace(table("note", "owner"), "organizationId:", "ownerId: text('owner_id'), organizationId:", 1)
	cache := NewCache()
	for _, files := range []map[string]string{
		{"features/a/things.ts": table("note", "owner")},
		{"features/a/things.ts": table("note", "admin")},
		{"features/a/things.ts": table("other", "admin")},
		{"features/a/things.ts": table("other", "admin"), "features/b/others.ts": strings.ReplaceAll(table("note", "owner"), "'things'", "'others'")},
		{"features/a/things.ts": table("note", "owner")},
		// What a policy says of one resource may be in files that the project has once: Better Auth's admin columns, whose rows are whose.
		{"features/a/things.ts": strings.Replace(table("note", "owner"), "update: { access: { roles: ['owner'] } }", "update: { access: { userRole: ['admin'] } }", 1)},
		{"features/a/things.ts": owned},
		{"features/a/things.ts": strings.Replace(owned, "{ organization: {} }", "{ organization: {}, owner: {} }", 1)},
		{"features/a/things.ts": table("note", "owner")},
	} {
		files["quickback.config.ts"] = config
		s := project(t, files)
		cached, cold := compile(t, s, Options{Cache: cache}), compile(t, s, Options{})
		if len(cold.Files) != len(cached.Files) {
			t.Fatalf("%d files, and %d with a cache", len(cold.Files), len(cached.Files))
		}
		for i, f := range cold.Files {
			if !bytes.Equal(f.Content, cached.Files[i].Content) {
				t.Errorf("%s differs from a compilation without a cache", f.Path)
			}
		}
	}
}

const thing = `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), %[1]s: text('%[1]s') });

export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: ['%[1]s'], updatable: ['%[1]s'] },
  crud: { list: { access: { roles: ['%[2]s'] } }, create: { access: { roles: ['owner'] } }, update: { access: { roles: ['owner'] } } },
});
`

func TestProjectWithErrorsEmitsNothing(t *testing.T) {
	s := project(t, map[string]string{"quickback.config.ts": config, "features/a/things.ts": fmt.Sprintf(thing, "note", "*")})
	r, err := Compile(t.Context(), s, s.Projects()[0], Options{})
	if !errors.Is(err, ErrRefused) || r != nil {
		t.Errorf("got %v, %v", r, err)
	}
	if _, err := Compile(t.Context(), s, "nowhere", Options{}); !errors.Is(err, ErrNoProject) {
		t.Errorf("got %v for a folder without a project", err)
	}
}

func TestTargets(t *testing.T) {
	for name, c := range map[string]struct {
		config string
		want   []string // keys
	}{
		"workers":           {`{ name: 'x', providers: { runtime: { name: 'cloudflare' }, database: { name: 'neon' }, auth: { name: 'better-auth' } } }`, []string{"providers.database"}},
		"d1 is not for Bun": {`{ name: 'x', providers: { runtime: { name: 'bun' }, database: { name: 'cloudflare-d1' }, auth: { name: 'better-auth' } } }`, []string{"providers.database"}},
		"d1":                {`{ name: 'x', providers: { runtime: { name: 'cloudflare' }, database: { name: 'cloudflare-d1' }, auth: { name: 'better-auth' } } }`, nil},
		"turso":             {`{ name: 'x', providers: { runtime: { name: 'bun' }, database: { name: 'libsql' }, auth: { name: 'better-auth' } } }`, nil},
		"dependency":        {strings.Replace(strings.TrimPrefix(config, "export default "), "};", "  build: { dependencies: { hono: '^3' } },\n};", 1), []string{"build.dependencies.hono"}},
	} {
		s := project(t, map[string]string{"quickback.config.ts": "export default " + c.config, "features/a/things.ts": fmt.Sprintf(thing, "note", "owner")})
		r := compile(t, s, Options{})
		var got []string
		for _, d := range r.Diagnostics {
			got = append(got, d.Key)
			if file := s.File(d.At.Path); file == nil || d.At.Span.End <= d.At.Span.Start || int(d.At.Span.End) > len(file.Text) {
				t.Errorf("%s: %s has no place", name, d.Message)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if r.Failed() != (r.Files == nil) {
			t.Errorf("%s: failed %v, %d files", name, r.Failed(), len(r.Files))
		}
	}
}

func TestWrite(t *testing.T) {
	tree := output.Dir(t.TempDir())
	r := compile(t, recruiting(t), Options{})
	plan, err := Write(t.Context(), tree, r)
	if err != nil || len(plan.Changes()) != len(r.Files) {
		t.Fatalf("%v: %d changes for %d files", err, len(plan.Changes()), len(r.Files))
	}
	plan, err = Write(t.Context(), tree, r)
	if err != nil || len(plan.Changes()) != 0 {
		t.Errorf("%v: %d changes by writing the same again", err, len(plan.Changes()))
	}
}
