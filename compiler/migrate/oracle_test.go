//go:build unix

package migrate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/diagnostics/text"
)

// pair is a change of a schema, as the real drizzle-kit describes it.
type pair struct {
	Name, Dialect             string
	Hints                     Hints
	Before, After             json.RawMessage
	CreateBefore, CreateAfter []string
}

// oracle runs drizzle-kit on all pairs in one process.
func oracle(t *testing.T, mode string, in []byte, out any) { runNode(t, "oracle.mjs", mode, in, out) }

// runNode runs a script of testdata with the packages of the workspace, and reads the JSON that it prints.
func runNode(t *testing.T, name, mode string, in []byte, out any) {
	t.Helper()
	folder := t.TempDir()
	workspace.Link(t, folder)
	script, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, script, 0o644); err != nil {
		t.Fatal(err)
	}
	given := filepath.Join(folder, "snapshots.json")
	if err := os.WriteFile(given, in, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", file, mode, given)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	if err := json.Unmarshal(answer[bytes.LastIndexByte(bytes.TrimSpace(answer), '\n')+1:], out); err != nil {
		t.Fatalf("%v in\n%.400s", err, answer)
	}
}

// TestOracle: a history that drizzle-kit began is continued with our migration; every row survives it, the database is the one that
// drizzle-kit's own statements make at once, and drizzle-kit has nothing left to change.
func TestOracle(t *testing.T) {
	var pairs []pair
	oracle(t, "describe", nil, &pairs)
	if len(pairs) < 60 {
		t.Fatalf("only %d pairs", len(pairs))
	}
	ours := map[string]json.RawMessage{}
	e := openElephant(t)
	for _, p := range pairs {
		t.Run(p.Dialect+" "+p.Name, func(t *testing.T) {
			ours[p.Dialect+" "+p.Name] = p.check(t, e)
		})
	}
	content, err := json.Marshal(ours)
	if err != nil {
		t.Fatal(err)
	}
	var answers []struct {
		Name string
		Left []string
	}
	oracle(t, "compare", content, &answers)
	if len(answers) != len(pairs) {
		t.Errorf("%d of %d pairs were compared", len(answers), len(pairs))
	}
	for _, a := range answers {
		if len(a.Left) > 0 {
			t.Errorf("%s: drizzle-kit would still run\n%s", a.Name, strings.Join(a.Left, "\n"))
		}
	}
}

// check migrates one pair with rows in the tables and returns the snapshot that we write.
func (p *pair) check(t *testing.T, e *elephant) json.RawMessage {
	read := func(content []byte) *schema.Schema {
		s, err := schema.Read(content)
		if err != nil {
			t.Fatal(err)
		}
		return s.Schema
	}
	before, after := read(p.Before), read(p.After)
	c := NewCommitted(map[text.Path][]byte{
		Folder + "/0000_brave_kit.sql":      []byte(strings.Join(p.CreateBefore, "\n"+Breakpoint+"\n")),
		Folder + "/meta/0000_snapshot.json": p.Before,
		Folder + "/meta/_journal.json":      fmt.Appendf(nil, `{"version":"7","dialect":%q,"entries":[{"idx":0,"version":"7","when":1790000000000,"tag":"0000_brave_kit","breakpoints":true}]}`, p.Dialect),
	})
	plan := mustPlan(t, c, after, p.Hints)
	if plan.Empty() {
		t.Fatal("nothing is planned")
	}
	whole := p.CreateAfter
	if !plan.state.empty() { // what stays is in no schema of drizzle-kit's
		whole = mustPlan(t, NewCommitted(nil), plan.physical, Hints{}).Statements
	}
	var got, want string
	if after.Dialect == schema.SQLite {
		l, fresh := openLite(t, true), openLite(t, true)
		l.apply(p.CreateBefore)
		fill(before, 1, l.exec, func(table, column string) []string { return l.strings(`select "` + column + `" from "` + table + `"`) })
		was := l.contents(before)
		l.apply(plan.Statements)
		survives(t, plan, was, l.contents(plan.physical))
		fresh.apply(whole)
		got, want = l.describe(), fresh.describe()
	} else {
		e.t = t
		e.reset()
		e.apply(p.CreateBefore)
		fill(before, 1, e.insert, func(table, column string) []string {
			return e.query(`select "` + column + `" from "` + table + `" order by 1`)
		})
		was := e.contents(before)
		e.apply(plan.Statements)
		survives(t, plan, was, e.contents(plan.physical))
		got = e.describe()
		e.reset()
		e.apply(whole)
		want = e.describe()
	}
	if ordinary(got) != ordinary(want) {
		t.Errorf("the database is\n%s\n\nand drizzle-kit makes\n%s\n\nours:\n%s", got, want, plan.SQL())
	}
	for name, content := range next(c, plan).files {
		if strings.HasSuffix(string(name), "0001_snapshot.json") {
			return content
		}
	}
	t.Fatal("no snapshot was written")
	return nil
}

var spaces = regexp.MustCompile(`\s+`)

// ordinary takes out what means nothing: space, and the spelling of types' cases.
func ordinary(s string) string { return spaces.ReplaceAllString(strings.ToLower(s), " ") }
