package project_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler/project"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

const recruiting = "../../testdata/projects/recruiting/quickback"

// initialized is an empty folder after `qbls init`, without packages.
func initialized(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	steps, err := project.Init(fstest.MapFS{}, "sample")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		if strings.HasSuffix(s.Path, "/") {
			continue
		}
		put(t, filepath.Join(folder, s.Path), s.Content)
	}
	return folder
}

func put(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyTo(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// tsc type-checks the definitions of a project, as the editor does, and returns what it prints.
func tsc(t *testing.T, folder string, flags ...string) string {
	t.Helper()
	c := exec.Command(workspace.Tsc(t), append([]string{"--noEmit", "--pretty", "false", "-p", "quickback"}, flags...)...)
	c.Dir = folder
	out, err := c.CombinedOutput()
	if _, refused := err.(*exec.ExitError); err != nil && !refused {
		t.Fatal(err)
	}
	return string(out)
}

// TestGoodDefinitions: what the language allows has no error under strict, in the sample and in every form.
func TestGoodDefinitions(t *testing.T) {
	folder := initialized(t)
	workspace.Link(t, folder)
	copyTo(t, filepath.Join(folder, "quickback/features"), filepath.Join(recruiting, "features"))
	copyTo(t, filepath.Join(folder, "quickback/features/good"), "testdata/good")
	if out := tsc(t, folder); out != "" {
		t.Error(out)
	}
}

// TestBadDefinitions: each marked line is an error, since a mark on a line without one is itself an error.
func TestBadDefinitions(t *testing.T) {
	folder := initialized(t)
	workspace.Link(t, folder)
	copyTo(t, filepath.Join(folder, "quickback/features/bad"), "testdata/bad")
	if out := tsc(t, folder); out != "" {
		t.Error(out)
	}
	marks := 0
	for _, name := range []string{"tables.ts", "actions.ts", "config.ts"} {
		content, err := os.ReadFile(filepath.Join("testdata/bad", name))
		if err != nil {
			t.Fatal(err)
		}
		marks += strings.Count(string(content), "@ts-expect-error")
	}
	if marks < 100 {
		t.Errorf("only %d lines are tried", marks)
	}
}

// TestRegister: a project may close the list of its roles and name its dialect.
func TestRegister(t *testing.T) {
	folder := initialized(t)
	workspace.Link(t, folder)
	copyTo(t, filepath.Join(folder, "quickback/features/roles"), "testdata/roles")
	if out := tsc(t, folder); out != "" {
		t.Error(out)
	}
}

// TestMessages: the editor says what is wrong in words that help.
func TestMessages(t *testing.T) {
	folder := initialized(t)
	workspace.Link(t, folder)
	put(t, filepath.Join(folder, "quickback/features/a/a.ts"), `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
const a = sqliteTable('a', { id: text('id').primaryKey(), title: text('title') });
export default defineTable(a, {
  guards: { createable: ['titel'] },
  masking: { title: { type: 'emial' } },
});
`)
	out := tsc(t, folder)
	for _, want := range []string{
		`a.ts(5,26): error TS2820: Type '"titel"' is not assignable to type '"id" | "title"'. Did you mean '"title"'?`,
		`Did you mean '"email"'?`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("tsc does not say %s\n%s", want, out)
		}
	}
}

// TestWithoutPackages: before npm install, TypeScript says which packages it misses and underlines no column that exists. What does not need
// them is checked all the same, the declarations themselves included.
func TestWithoutPackages(t *testing.T) {
	folder := initialized(t)
	copyTo(t, filepath.Join(folder, "quickback/features"), filepath.Join(recruiting, "features"))
	put(t, filepath.Join(folder, "quickback/features/a.ts"), `import { feature, q } from '@quickback/compiler';
export default feature('a', { columns: { id: q.id(), title: q.text() }, guards: { createable: ['titel'] } });
`)
	out := tsc(t, folder, "--skipLibCheck", "false", "--skipDefaultLibCheck")
	// A package that is missing, and parameters whose types came from it.
	allowed := regexp.MustCompile(`error TS2307: Cannot find module '(drizzle-orm|zod|hono)|error TS7006: Parameter|error TS7031: Binding element`)
	column := false
	for line := range strings.Lines(out) {
		switch {
		case strings.Contains(line, "features/a.ts(2,") && strings.Contains(line, `'"titel"'`):
			column = true
		case !allowed.MatchString(line):
			t.Errorf("without packages: %s", line)
		}
	}
	if !column {
		t.Errorf("the columns of feature() are unchecked without packages:\n%s", out)
	}
}

// TestTypesScale keeps what a policy costs the TypeScript server: tables of forty features more, without their actions.
func TestTypesScale(t *testing.T) {
	const copies, tables = 40, 4
	folder := initialized(t)
	workspace.Link(t, folder)
	add := func(n int) {
		for _, feature := range []string{"jobs", "candidates"} {
			to := filepath.Join(folder, "quickback/features", feature+strconv.Itoa(n))
			copyTo(t, to, filepath.Join(recruiting, "features", feature))
			if err := os.Remove(filepath.Join(to, "actions.ts")); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(0)
	before := instantiations(t, folder)
	for n := range copies {
		add(n + 1)
	}
	each := (instantiations(t, folder) - before) / (copies * tables)
	t.Logf("%d instantiations per table", each)
	if each > 4000 {
		t.Errorf("%d instantiations per table: the editor becomes slow in large projects", each)
	}
}

func instantiations(t *testing.T, folder string) int {
	t.Helper()
	out := tsc(t, folder, "--extendedDiagnostics")
	m := regexp.MustCompile(`Instantiations:\s+(\d+)`).FindStringSubmatch(out)
	if m == nil || strings.Contains(out, "error TS") {
		t.Fatal(out)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestKeysAreThoseOfTheReader: what qbls reads, the types allow.
func TestKeysAreThoseOfTheReader(t *testing.T) {
	folder := initialized(t)
	workspace.Link(t, folder)
	var out strings.Builder
	out.WriteString(`import type { Action } from '../types/actions';
import type { AccessRule, Firewall, Operators } from '../types/access';
import type { Config } from '../types/config';
import type { Guards, Mask, Operations, TablePolicy, Validation, View } from '../types/policy';

interface Row { title: string; count: number }
type Keys<T> = T extends unknown ? keyof T : never;
type Op<K extends keyof Operations<Row>> = Exclude<NonNullable<Operations<Row>[K]>, false>;
type Scopes = Exclude<Firewall<Row>, readonly unknown[]>;
type Has<T, K extends Keys<T>> = [T, K];
`)
	for i, c := range []struct{ reads, means string }{
		{"defineTable(things, { ¦ })", "TablePolicy<Row>"},
		{"defineTable(things, { firewall: { ¦ } })", "Scopes"},
		{"defineTable(things, { firewall: { organization: { ¦ } } })", "NonNullable<Scopes['organization']>"},
		{"defineTable(things, { firewall: { owner: { ¦ } } })", "NonNullable<Scopes['owner']>"},
		{"defineTable(things, { firewall: [{ ¦ }] })", "Extract<Firewall<Row>, readonly unknown[]>[number]"},
		{"defineTable(things, { crud: { ¦ } })", "Operations<Row>"},
		{"defineTable(things, { crud: { list: { ¦ } } })", "Op<'list'>"},
		{"defineTable(things, { crud: { get: { ¦ } } })", "Op<'get'>"},
		{"defineTable(things, { crud: { create: { ¦ } } })", "Op<'create'>"},
		{"defineTable(things, { crud: { update: { ¦ } } })", "Op<'update'>"},
		{"defineTable(things, { crud: { delete: { ¦ } } })", "Op<'delete'>"},
		{"defineTable(things, { crud: { batchCreate: { ¦ } } })", "Op<'batchCreate'>"},
		{"defineTable(things, { crud: { batchDelete: { ¦ } } })", "Op<'batchDelete'>"},
		{"defineTable(things, { crud: { list: { access: { ¦ } } } })", "AccessRule<Row>"},
		{"defineTable(things, { guards: { ¦ } })", "Guards<Row>"},
		{"defineTable(things, { masking: { title: { ¦ } } })", "Mask<string>"},
		{"defineTable(things, { masking: { title: { type: 'name', show: { ¦ } } } })", "NonNullable<Mask<string>['show']>"},
		{"defineTable(things, { views: { board: { ¦ } } })", "View<Row>"},
		{"defineTable(things, { views: { board: { query: { ¦ } } } })", "NonNullable<View<Row>['query']>"},
		{"defineTable(things, { validation: { title: { ¦ } } })", "NonNullable<Validation<Row>[keyof Row]>"},
		{"defineActions(things, { close: { ¦ } })", "Action<Row, unknown>"},
		{"defineConfig({ ¦ })", "Config"},
	} {
		for j, key := range knownKeys(t, strings.Replace(c.reads, "¦", "zzzzzzzzz: 1", 1)) {
			fmt.Fprintf(&out, "export type T%d_%d = Has<%s, '%s'>; // %s\n", i, j, c.means, key, c.reads)
		}
	}
	for i, op := range operators {
		fmt.Fprintf(&out, "export type O%d = Has<Operators<string>, '%s'>;\n", i, op)
	}
	put(t, filepath.Join(folder, "quickback/features/keys.ts"), out.String())
	if found := tsc(t, folder); found != "" {
		t.Errorf("%s\n%s", found, out.String())
	}
}
