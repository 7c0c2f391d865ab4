package runtime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// gateModules are the modules between a handler and the database, and gateTests what shows that they hold.
var (
	gateModules = []string{"gate.ts", "raw.ts", "relational.ts", "scoped.ts", "scoped-delete.ts", "together.ts"}
	gateTests   = []string{"test/left-out.test.ts", "test/gate.test.ts", "test/transaction.test.ts", "test/lexer.test.ts", "test/scoped-upgrade.test.ts", "test/scoped-rows.test.ts", "test/raw.test.ts", "test/generated.test.ts"}
)

// harmless are statements without which everything still holds, by module and text, with the reason. Whoever changes one reads the reason.
var harmless = map[string]string{
	"gate.ts configurable: true":                                                 "tables are prepared once; a second time it is the same value",
	"gate.ts return known;":                                                      "a cache: the same is made again",
	"gate.ts if (known) return known;":                                           "a cache: the same is made again",
	"gate.ts walls.set(qualifier, made);":                                        "a cache: the same is made again",
	"gate.ts if (walls.size < 64) walls.set(qualifier, made);":                   "a cache: the same is made again",
	"gate.ts return undefined;":                                                  "the firewall of such a table is a condition that always holds",
	"gate.ts if (resource.policy.rows === 'unscoped') return undefined;":         "the firewall of such a table is a condition that always holds",
	"gate.ts throw new Error('a condition has other than one ? per parameter');": "an assertion about the library's own SQL: the database refuses another number of parameters",
	"gate.ts if (pieces.length !== values.length + 1) throw new Error('a condition has other than one ? per parameter');": "an assertion about the library's own SQL: the database refuses another number of parameters",
	"gate.ts return undefined; (2)":                                             "the app does not start with a reference that leads nowhere: it is for the types",
	"gate.ts if (!target?.key) return undefined;":                               "the app does not start with a reference that leads nowhere: it is for the types",
	"gate.ts continue; (2)":                                                     "such a column is neither the system's nor protected, and is stamped over",
	"gate.ts if (audit.has(name) && STAMPED.includes(name)) continue;":          "such a column is neither the system's nor protected, and is stamped over",
	"gate.ts joins: undefined":                                                  "it is looked at a second time then",
	"gate.ts set: undefined":                                                    "it is looked at a second time then",
	"gate.ts joins: undefined (2)":                                              "it is looked at a second time then",
	"gate.ts seen.add(value);":                                                  "for configurations of builders that contain themselves: Drizzle has none",
	"gate.ts if (value instanceof Date || value instanceof Uint8Array) return;": "speed: such a value has no parts that could be SQL",
	"gate.ts return; (4)":                                                       "speed: such a value has no parts that could be SQL",
	"scoped-delete.ts throw new Refused(`${resource.name} has cascades but no single primary key`);":           "a table that others hang on has a key: it is for the types",
	"scoped-delete.ts if (!key) throw new Refused(`${resource.name} has cascades but no single primary key`);": "a table that others hang on has a key: it is for the types",
	"scoped.ts writable: true":                                                      "a row is marked once, and a second mark says the same",
	"scoped.ts configurable: true":                                                  "a row is marked once, and a second mark says the same",
	"relational.ts described.set(full, config);":                                    "a cache: the same is made again",
	"relational.ts if (!known) described.set(full, config);":                        "a cache: the same is made again",
	"scoped.ts Object.defineProperty(this, 'query', { get: leftOut('db.query') });": leftOutHere,
	"scoped.ts get: leftOut('db.query')":                                            leftOutHere,
	"scoped.ts for (const name of ['$count', 'batch', 'delete', 'execute', 'transaction', 'with']) if (own[name] === drizzle[name]) own[name] = leftOut(`db.${name}`);": leftOutHere,
	"scoped.ts if (own[name] === drizzle[name]) own[name] = leftOut(`db.${name}`);":                                                                                     leftOutHere,
	"scoped.ts own[name] = leftOut(`db.${name}`);":                                                                                                                      leftOutHere,
	"scoped.ts builder.select = leftOut('db.insert().select()');":                                                                                                       leftOutHere,
	"scoped.ts (this as any).mapWith(Number);":                                                                                                                          "the drivers answer counts as numbers already",
	"together.ts if (!native.batch) throw new Refused('this database has neither transactions nor batches');":                                                           "every database has transactions or batches: it is for the types",
	"together.ts throw new Refused('this database has neither transactions nor batches');":                                                                              "every database has transactions or batches: it is for the types",
}

// leftOutHere is why a refusal is not missed in the whole library.
const leftOutHere = "nothing is left out of the whole library: TestWhatIsLeftOutIsRefused fails without it"

// sampled is every how manieth statement is removed in an ordinary run. QBLS_MUTANTS=all removes each, and a list such as
// " gate.ts:31 gate.ts:40 " those on the named lines.
const sampled = 6

// statement is a statement, or a property of an object literal, and where it stands.
type statement struct {
	File       string
	Line       int
	Start, End int    // in UTF-16 code units, as JavaScript counts
	With       string // what stands in its place
	Text       string
	Again      int // how many statements of the module before it have the same text
}

// TestEveryLineOfTheGateIsNeeded takes statements out of the modules of the gate, one at a time, and runs the gate's tests: they must fail.
func TestEveryLineOfTheGateIsNeeded(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of test runs")
	}
	all := statementsOf(t)
	if len(all) < 300 {
		t.Fatalf("only %d statements were found", len(all))
	}
	work := make(chan statement)
	var wait sync.WaitGroup
	var mu sync.Mutex
	var survivors []statement
	for range 2 {
		dir := project(t)
		limit := 20 * baseline(t, dir)
		wait.Go(func() {
			for s := range work {
				if !noticed(t, dir, s, limit) {
					mu.Lock()
					survivors = append(survivors, s)
					mu.Unlock()
				}
			}
		})
	}
	for i, s := range all {
		if only := os.Getenv("QBLS_MUTANTS"); only == "all" || only == "" && i%sampled == 0 || only != "" && strings.Contains(only, " "+filepath.Base(s.File)+":"+strconv.Itoa(s.Line)+" ") {
			work <- s
		}
	}
	close(work)
	wait.Wait()
	slices.SortFunc(survivors, func(a, b statement) int { return strings.Compare(a.File, b.File)*10000 + a.Line - b.Line })
	for _, s := range survivors {
		if harmless[s.key()] == "" {
			t.Errorf("%s:%d: no test fails without\n\t%s", s.File, s.Line, s.key())
		}
	}
	known := map[string]bool{}
	for _, s := range all {
		known[s.key()] = true
	}
	for key := range harmless {
		if !known[key] {
			t.Errorf("the list of harmless statements has one that is not there: %s", key)
		}
	}
}

// key tells a statement from the others of its module: its text in one line, with a number where others before it have the same text.
func (s statement) key() string {
	key := filepath.Base(s.File) + " " + strings.Join(strings.Fields(s.Text), " ")
	if s.Again > 0 {
		key += fmt.Sprintf(" (%d)", s.Again+1)
	}
	return key
}

// statementsOf asks TypeScript's own parser. Declarations are left out: without them the module does not load.
func statementsOf(t *testing.T) []statement {
	t.Helper()
	const script = `import ts from 'typescript';
import { readFileSync } from 'node:fs';
const out = [];
for (const file of process.argv.slice(1)) {
  const text = readFileSync(file, 'utf8'), source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const visit = (node) => {
    if (ts.isVariableStatement(node) && node.getText().startsWith('export const rawDatabases')) return; // unsafe actions are driven over HTTP
    if (ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    const statement = ts.isStatement(node) && !ts.isBlock(node) && !ts.isFunctionDeclaration(node) && !ts.isClassDeclaration(node) && !ts.isVariableStatement(node);
    const property = ts.isPropertyAssignment(node) || ts.isSpreadAssignment(node);
    if (statement || property) {
      const end = node.getEnd() + (property && text[node.getEnd()] === ',' ? 1 : 0);
      out.push({ File: file, Line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, Start: node.getStart(), End: end, With: statement ? ';' : '', Text: node.getText() });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}
console.log(JSON.stringify(out));`
	dir := project(t)
	args := []string{"--input-type=module", "-e", script}
	for _, name := range gateModules {
		args = append(args, "lib/"+name)
	}
	cmd := exec.Command("node", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list the statements: %v", err)
	}
	var all []statement
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i, s := range all {
		all[i].Again = seen[s.key()]
		seen[s.key()]++
	}
	return all
}

// baseline runs the tests of the gate as it is, and says how long they take.
func baseline(t *testing.T, dir string) time.Duration {
	t.Helper()
	began := time.Now()
	if out, ok := gateHolds(dir, 5*time.Minute, workspace.Bun(t)); !ok {
		t.Fatalf("the tests of the gate fail as it is:\n%s", out)
	}
	return max(time.Second, time.Since(began))
}

// noticed removes a statement, says whether a test fails or does not end, and puts it back.
func noticed(t *testing.T, dir string, s statement, limit time.Duration) bool {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(s.File))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return true
	}
	text := []rune(string(whole)) // the modules have no character beyond UTF-16's first plane
	if removed := string(text[s.Start:s.End]); strings.TrimSuffix(removed, ",") != s.Text {
		t.Errorf("%s:%d: %q is another text than %q", s.File, s.Line, removed, s.Text)
	}
	left := string(text[:s.Start]) + s.With + string(text[s.End:])
	if err := os.WriteFile(path, []byte(left), 0o644); err != nil {
		t.Error(err)
		return true
	}
	_, holds := gateHolds(dir, limit, workspace.Bun(t))
	if err := os.WriteFile(path, whole, 0o644); err != nil {
		t.Error(err)
	}
	return !holds
}

// gateHolds runs the tests of the gate until one fails. What takes longer than the limit never ends, and has failed.
func gateHolds(dir string, limit time.Duration, bun string) (string, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var out bytes.Buffer
	for _, driver := range []string{"sqlite", "d1"} { // D1 has batches of its own, and no transactions
		cmd := exec.CommandContext(ctx, bun, append([]string{"test", "--bail", "--timeout", "60000"}, gateTests...)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "DRIVER="+driver)
		cmd.Stdout, cmd.Stderr = &out, &out
		if cmd.Run() != nil {
			return out.String(), false
		}
	}
	return out.String(), true
}
