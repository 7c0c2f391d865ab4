package project_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/project"
)

var operators = definition.Operators

const plainTable = `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineActions, defineConfig, defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', { id: text('id').primaryKey(), title: text('title') });
export default `

// knownKeys are the keys that the reader names when it meets zzzzzzzzz in an expression.
func knownKeys(t *testing.T, expression string) []string {
	t.Helper()
	disk := fstest.MapFS{
		"quickback/quickback.config.ts":       {Data: []byte("export default { name: 'a' };\n")},
		"quickback/features/things/things.ts": {Data: []byte(plainTable + expression + ";\n")},
	}
	if strings.HasPrefix(expression, "defineConfig") {
		disk["quickback/quickback.config.ts"].Data = []byte("import { defineConfig } from '@quickback/compiler';\nexport default " + expression + ";\n")
		delete(disk, "quickback/features/things/things.ts")
	}
	set, problems := source.Load(disk)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	found, err := analysis.NewWorkspace(set).Current().Diagnose(context.Background(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range found {
		for _, d := range list {
			if keys, ok := strings.CutPrefix(d.Help, "Known here: "); ok && strings.Contains(d.Message, "zzzzzzzzz") {
				return strings.Split(strings.TrimSuffix(keys, "."), ", ")
			}
		}
	}
	t.Fatalf("%s: the reader accepts zzzzzzzzz: %v", expression, found)
	return nil
}

// plan is Init's plan by path.
func plan(t *testing.T, disk fstest.MapFS) map[string]project.Step {
	t.Helper()
	steps, err := project.Init(disk, "sample")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]project.Step{}
	for _, s := range steps {
		if _, twice := out[s.Path]; twice {
			t.Errorf("%s is planned twice", s.Path)
		}
		out[s.Path] = s
	}
	return out
}

// after is the disk when a plan has been carried out.
func after(disk fstest.MapFS, steps map[string]project.Step) fstest.MapFS {
	out := maps.Clone(disk)
	for p, s := range steps {
		switch {
		case s.Action == project.Keep:
		case strings.HasSuffix(p, "/"):
			out[p+".gitkeep"] = &fstest.MapFile{}
		default:
			out[p] = &fstest.MapFile{Data: []byte(s.Content)}
		}
	}
	return out
}

func TestInitTwice(t *testing.T) {
	first := plan(t, fstest.MapFS{})
	want := []string{".gitignore", "quickback/features/", "quickback/quickback.config.ts", "quickback/tsconfig.json", "quickback/types/index.d.ts"}
	for _, p := range want {
		if s, ok := first[p]; !ok || s.Action != project.Create {
			t.Errorf("%s: %v", p, s)
		}
	}
	for p, s := range plan(t, after(fstest.MapFS{}, first)) {
		if s.Action != project.Keep || s.Note != "" {
			t.Errorf("the second time, %s is %s: %s", p, s.Action, s.Note)
		}
	}
}

func TestInitKeepsWhatIsThere(t *testing.T) {
	steps := plan(t, fstest.MapFS{
		"quickback/quickback.config.ts":     {Data: []byte("export default { name: 'mine' };")},
		"quickback/tsconfig.json":           {Data: []byte("{}")},
		"quickback/features/a/a.ts":         {Data: []byte("")},
		"quickback/types/index.d.ts":        {Data: []byte("declare const mine: 1;")},
		".gitignore":                        {Data: []byte("/dist\nnode_modules")},
		"quickback/definitions/features.md": {Data: []byte("")},
	})
	for _, p := range []string{"quickback/quickback.config.ts", "quickback/tsconfig.json", "quickback/types/index.d.ts"} {
		if s := steps[p]; s.Action != project.Keep {
			t.Errorf("%s is %s", p, s.Action)
		}
	}
	if _, planned := steps["quickback/features/"]; planned {
		t.Error("features/ is there already")
	}
	if note := steps["quickback/tsconfig.json"].Note; !strings.Contains(note, "paths") {
		t.Errorf("nobody says that this tsconfig.json does not find the types: %q", note)
	}
	if note := steps["quickback/types/index.d.ts"].Note; !strings.Contains(note, "edited") {
		t.Errorf("nobody says that these types were edited: %q", note)
	}
	if s := steps[".gitignore"]; s.Action != project.Extend || s.Content != "/dist\nnode_modules\n.env\n.env.*\n!.env.example\n" {
		t.Errorf(".gitignore is %s: %q", s.Action, s.Content)
	}
}

func TestInitKeepsTheOldLayout(t *testing.T) {
	steps := plan(t, fstest.MapFS{"quickback.config.ts": {Data: []byte("export default { name: 'old' };")}, "definitions/features/a/resource.ts": {}})
	for _, p := range []string{"types/index.d.ts", "tsconfig.json"} {
		if s, ok := steps[p]; !ok || s.Action != project.Create {
			t.Errorf("%s: %v", p, s)
		}
	}
	for p := range steps {
		if strings.HasPrefix(p, "quickback/") || p == "features/" {
			t.Errorf("%s is planned beside a layout that works", p)
		}
	}
}

// TestInitRefreshesTypes: declarations of another version are replaced, and after one edit they are the author's.
func TestInitRefreshesTypes(t *testing.T) {
	const p = "quickback/types/q.d.ts"
	disk := after(fstest.MapFS{}, plan(t, fstest.MapFS{}))
	now := string(disk[p].Data)
	// Another version differs in its text and carries the hash of that text.
	disk[p] = &fstest.MapFile{Data: []byte(older)}
	if s := plan(t, disk)[p]; s.Action != project.Refresh || s.Content != now {
		t.Errorf("an unedited file of another version is %s", s.Action)
	}
	disk[p] = &fstest.MapFile{Data: []byte(older + "// mine\n")}
	if s := plan(t, disk)[p]; s.Action != project.Keep || s.Note == "" {
		t.Errorf("an edited file is %s", s.Action)
	}
}

// older is what another version may have written: the sum is that of `sha256sum` over the second line.
const older = "// Written by qbls init, which refreshes this file unless it was edited. sha256:8e609bb71c20b858c77f0e9f90bb1319db8477b13f9f965f1a1e18524bf50881\nexport {};\n"

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{"my-app": true, "App_2.0": true, "": false, "-x": false, "a b": false, "it's": false, "..": false, "a/b": false} {
		if err := project.CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	for folder, want := range map[string]string{"My app": "My-app", "it's": "it-s", "...": "app", "/": "app", "ünï": "n", "shop": "shop"} {
		if got := project.NameFor(folder); got != want {
			t.Errorf("NameFor(%q) = %q, want %q", folder, got, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	var names []string
	for _, template := range project.Templates() {
		names = append(names, template.Name)
		if found, ok := project.ByName(template.Name); !ok || found != template {
			t.Errorf("ByName(%q) = %v", template.Name, found)
		}
		seen := map[string]bool{}
		for _, f := range project.New(template, "Shop") {
			if seen[f.Path] || f.Content == "" || strings.Contains(f.Content, "%!") {
				t.Errorf("%s: %s is written twice, empty or badly formatted:\n%s", template.Name, f.Path, f.Content)
			}
			seen[f.Path] = true
		}
	}
	if want := []string{"cloudflare", "bun", "node", "turso", "neon", "supabase"}; !slices.Equal(names, want) {
		t.Errorf("templates %v", names)
	}
	if _, ok := project.ByName("deno"); ok {
		t.Error("there is no deno")
	}
}
