package definition

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// introspect prints what the modules of drizzle-orm export, and of each column builder in the modes it is asked for what its columns are.
const introspect = `
import { ColumnBuilder } from 'drizzle-orm';
const ask = JSON.parse(process.env.ASK), out = {};
const inner = new Set(['constructor', 'build', 'buildForeignKeys', 'buildExtraConfigColumn', 'setName']);
for (const dialect of ['sqlite', 'pg', 'mysql']) {
  const core = await import('drizzle-orm/' + dialect + '-core');
  const functions = Object.keys(core).filter((k) => typeof core[k] === 'function' && !/^class\b/.test(Function.prototype.toString.call(core[k])));
  const builders = {};
  for (const name of functions) {
    const made = {}, methods = new Set();
    let bare = true;
    try { core[name]('x') } catch { bare = false }
    for (const mode of ask[dialect][name] ?? ['']) {
      const second = name === 'mysqlEnum' ? ['a'] : { ...(mode ? { mode } : {}), dimensions: 3, length: 3 };
      let builder;
      try { builder = core[name]('x', second) } catch { continue }
      if (!(builder instanceof ColumnBuilder)) continue;
      made[mode] = { kind: builder.config.dataType, filled: builder.config.hasDefault };
      for (let p = builder; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
        for (const m of Object.getOwnPropertyNames(p)) if (typeof builder[m] === 'function' && !inner.has(m)) methods.add(m);
      }
    }
    if (Object.keys(made).length) builders[name] = { made, bare, methods: [...methods].sort() };
  }
  out[dialect] = { functions, builders };
}
console.log(JSON.stringify(out));
`

// beside are the functions of drizzle's modules that make neither columns nor tables: queries, and looking at what was made. What they give
// away is not part of a definition.
var beside = strings.Fields(`alias except exceptAll extractUsedTable getMaterializedViewConfig getTableConfig getViewConfig intersect intersectAll union unionAll
	uniqueKeyName withReplicas convertIndexToString toArray makePgArray parsePgArray parsePgNestedArray isMySqlSchema isPgEnum isPgMaterializedView isPgSchema
	isPgSequence isPgView pgEnum pgEnumObjectWithSchema pgEnumWithSchema pgMaterializedViewWithSchema pgViewWithSchema pgTableWithSchema mysqlTableWithSchema
	mysqlViewWithSchema pgRole pgSequence pgSequenceWithSchema`)

// TestBuildersAreThoseOfDrizzle compares the tables of builders with the installed package: every function is known, and every builder has
// the modes, kinds and modifiers that the tables say.
func TestBuildersAreThoseOfDrizzle(t *testing.T) {
	ask := map[Dialect]map[string][]string{}
	for dialect, builders := range dialectBuilders {
		ask[dialect] = map[string][]string{}
		for name, b := range builders {
			modes := []string{""}
			for _, m := range b.modes {
				modes = append(modes, m.name)
			}
			ask[dialect][name] = modes
		}
	}
	question, err := json.Marshal(ask)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	workspace.Link(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "introspect.mjs"), []byte(introspect), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(workspace.Bun(t), "introspect.mjs")
	c.Dir, c.Env = dir, append(os.Environ(), "ASK="+string(question))
	answer, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var real map[Dialect]struct {
		Functions []string
		Builders  map[string]struct {
			Made map[string]struct {
				Kind   string
				Filled bool
			}
			Bare    bool
			Methods []string
		}
	}
	if err := json.Unmarshal(answer, &real); err != nil {
		t.Fatal(err)
	}
	for dialect, core := range real {
		for _, f := range core.Functions {
			_, known := dialectBuilders[dialect][f]
			if !known && tableFuncs[f] != dialect && !isTablePart(f) && makers[f] == "" && !slices.Contains(beside, f) {
				t.Errorf("%s: %s is neither known nor listed", dialect, f)
			}
			if _, builds := core.Builders[f]; builds && !known {
				t.Errorf("%s: %s builds columns and is not known", dialect, f)
			}
		}
		for part, dialects := range tableParts {
			if speaks(dialects, dialect) != slices.Contains(core.Functions, part) {
				t.Errorf("%s: %s is a part of tables: %v", dialect, part, speaks(dialects, dialect))
			}
		}
		for name, b := range dialectBuilders[dialect] {
			found, ok := core.Builders[name]
			if !ok {
				t.Errorf("%s has no %s", dialect, name)
				continue
			}
			if !found.Bare && len(b.required) == 0 {
				t.Errorf("%s: %s needs options", dialect, name)
			}
			kinds := map[string]string{"": b.kind}
			for _, m := range b.modes {
				kinds[m.name] = m.kind
			}
			for mode, want := range kinds {
				got := strings.Replace(found.Made[mode].Kind, "buffer", "blob", 1)
				if got != want || found.Made[mode].Filled != b.filled {
					t.Errorf("%s: %s in mode %q holds %q, filled %v; the table says %q, %v", dialect, name, mode, got, found.Made[mode].Filled, want, b.filled)
				}
			}
			want := sorted(modifiers, func(name string, m modifier) bool { return b.has(dialect, m) })
			if !slices.Equal(found.Methods, want) {
				t.Errorf("%s: %s has %v, the table says %v", dialect, name, found.Methods, want)
			}
		}
	}
}
