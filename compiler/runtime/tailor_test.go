package runtime_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// everything uses all that the library exports.
func everything() []runtime.Use {
	var out []runtime.Use
	for _, f := range runtime.Files() {
		out = append(out, strings.TrimSuffix(f.Name, ".ts")+" *")
	}
	return out
}

// Whoever needs everything gets the library as it is tested, without the marks: nothing in it is there for nobody.
func TestNothingIsLeftOutForWhoNeedsAll(t *testing.T) {
	marks := regexp.MustCompile(`(?m)^ *//: [\w ]+\n| *//: [\w ]+$`)
	tailored := runtime.Tailored(everything(), runtime.All)
	for i, f := range runtime.Files() {
		if i >= len(tailored) || tailored[i].Name != f.Name {
			t.Fatalf("%s is missing", f.Name)
		}
		want, got := strings.Split(marks.ReplaceAllString(string(f.Content), ""), "\n"), strings.Split(string(tailored[i].Content), "\n")
		for n := range want {
			if n >= len(got) || got[n] != want[n] {
				t.Errorf("%s:%d\nwant %s\ngot  %s", f.Name, n+1, want[n], slices.Concat(got, make([]string, len(want)))[n])
				break
			}
		}
	}
}

func TestUses(t *testing.T) {
	for source, want := range map[string]string{
		"import { a, type B, c as d } from '../../lib/x.ts';":                  "x a|x B|x c",
		"import type {\n  A,\n  B,\n} from './lib/x-y.ts';":                    "x-y A|x-y B",
		"import * as all from '../lib/x.ts';":                                  "x *",
		"import { // why\n  a } from '../lib/x.ts';":                           "x *",
		"import given, { a } from '../lib/x.ts';":                              "x *",
		"export * from '../lib/x.ts';":                                         "x *",
		"declare module './lib/policy.ts' {\n  interface Register { a: 1 }\n}": "policy Register",
		"const x = await import('../lib/x.ts');":                               "x *",
		"const path = '/lib/x.ts/y';":                                          "",
	} {
		if got := strings.Join(runtime.Uses([]byte(source)), "|"); got != want {
			t.Errorf("%s\nwant %s\ngot  %s", source, want, got)
		}
	}
}

// What is left out is refused when it is called all the same, and what is there does what it does in the whole library. Some of it comes together:
// actions without a gate have relational queries, deletes go on in units.
func TestWhatIsLeftOutIsRefused(t *testing.T) {
	dir := project(t)
	for _, missing := range []string{
		"relational unsafe", "with", "upsert", "insertSelect", "delete workers", "count", "raw", "passed", "transaction", "units transaction delete workers",
		"relational unsafe with upsert insertSelect delete workers count raw passed transaction units conditions filled patch transition coded",
	} {
		features := runtime.All
		for _, name := range strings.Fields(missing) {
			features &^= runtime.Named(name)
		}
		for _, f := range runtime.Tailored(everything(), features) {
			if err := os.WriteFile(filepath.Join(dir, "lib", f.Name), f.Content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("LEFT_OUT", missing)
		if out := run(t, dir, workspace.Bun(t), "test", "--timeout", "60000", "test/left-out.test.ts"); !strings.Contains(out, " 14 pass\n") {
			t.Errorf("without %s:\n%s", missing, out)
		}
	}
}

// The library is whole for every project: with any feature alone, without any one, without all, and with any others of them.
func TestEveryTailoringTypeChecks(t *testing.T) {
	dir := project(t)
	variants := map[string]runtime.Features{"none": 0}
	for _, name := range runtime.Names() {
		variants["only-"+name], variants["without-"+name] = runtime.Named(name), runtime.All&^runtime.Named(name)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 8 {
		variants["some-"+strconv.Itoa(i)] = runtime.Features(random.Uint64()) & runtime.All
	}
	for name, features := range variants {
		lib := filepath.Join(dir, "tailored", name, "lib")
		if err := os.MkdirAll(lib, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, f := range runtime.Tailored(everything(), features) {
			if err := os.WriteFile(filepath.Join(lib, f.Name), f.Content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	config := []byte(`{"extends": "./tsconfig.json", "include": ["tailored"]}`)
	if err := os.WriteFile(filepath.Join(dir, "tailored.json"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, dir, workspace.Tsc(t), "-p", "tailored.json")
}
