//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

const (
	thingsFile = "quickback/features/things/things.ts"
	shopFile   = "quickback/quickback.config.ts"
)

// renameInEditor renames columns one after the other, in the language server, and saves.
func (s *shop) renameInEditor(pairs ...string) {
	s.t.Helper()
	e, save := inEditor(s.t, s.folder)
	e.Open(thingsFile)
	e.Open(shopFile)
	for i := 0; i < len(pairs); i += 2 {
		at := strings.Index(e.Text(thingsFile), pairs[i]+": ")
		changed, err := e.Rename(thingsFile, at, pairs[i+1])
		if err != nil || changed[thingsFile] == "" {
			s.t.Fatalf("%s to %s: %v, %v", pairs[i], pairs[i+1], err, changed)
		}
		for name, content := range changed {
			e.Rewrite(name, content)
		}
	}
	save(thingsFile)
	save(shopFile)
	e.Settle()
}

// renamedSQL is the last migration: it renames, and does nothing else.
func (s *shop) renamedSQL(count int) string {
	s.t.Helper()
	list, err := filepath.Glob(filepath.Join(s.folder, "quickback/drizzle/*.sql"))
	if err != nil || len(list) < 2 {
		s.t.Fatalf("the migrations are %v, %v", list, err)
	}
	sql, err := os.ReadFile(list[len(list)-1])
	if err != nil {
		s.t.Fatal(err)
	}
	statements := strings.Split(string(sql), "--> statement-breakpoint")
	for _, one := range statements {
		if !strings.Contains(one, "RENAME COLUMN") {
			s.t.Errorf("%s is not a rename", one)
		}
	}
	if len(statements) != count {
		s.t.Errorf("%d statements, want %d:\n%s", len(statements), count, sql)
	}
	return string(sql)
}

// TestRenameFromTheEditorToTheRows: a column that is renamed in the language server is renamed in the database, and keeps what is in it:
// also when it is renamed twice before there is a migration, when two columns exchange their names, and when one takes another's.
func TestRenameFromTheEditorToTheRows(t *testing.T) {
	s := newShop(t)
	s.declare("kind: text('kind'),\n  note: text('note').notNull(),")
	s.run(0, "plan")
	s.run(0, "apply")
	s.exec("insert into things (id, organization_id, kind, note) values ('1', 'o', 'blue', 'soft'), ('2', 'o', null, 'hard')")
	rows := func(first, second string) {
		t.Helper()
		if got := s.value("select group_concat(id || ' ' || coalesce(" + first + ", '-') || ' ' || " + second + ", ', ') from (select * from things order by id)"); got != "1 blue soft, 2 - hard" {
			t.Errorf("the rows are %s", got)
		}
	}
	for _, step := range []struct {
		what          string
		renames       []string
		statements    int
		sql           string
		first, second string // what the columns are called after it
	}{
		{"once", []string{"kind", "sort"}, 1, "RENAME COLUMN `kind` TO `sort`", "sort", "note"},
		{"twice before the migration", []string{"sort", "grade", "grade", "tone"}, 1, "RENAME COLUMN `sort` TO `tone`", "tone", "note"},
		{"two columns exchange their names", []string{"tone", "other", "note", "tone", "other", "note"}, 3, "", "note", "tone"},
		{"one takes the name that another gives up", []string{"note", "words", "tone", "note"}, 2, "RENAME COLUMN `note` TO `words`", "words", "note"},
	} {
		ok := t.Run(step.what, func(t *testing.T) {
			s.t = t
			s.renameInEditor(step.renames...)
			s.run(0, "plan")
			if sql := s.renamedSQL(step.statements); !strings.Contains(sql, step.sql) {
				t.Errorf("%q is missing in\n%s", step.sql, sql)
			}
			has(t, s.run(0, "apply"), "Applied 1.")
			rows(step.first, step.second)
			has(t, s.run(0, "plan"), "up to date") // the hints stay, and mean nothing any more
		})
		if !ok {
			break // the next one begins where this one ends
		}
	}
}

// TestThePendingMigrationIsShown: the editor shows what SQL the definitions ask for beyond what is committed, before anything is saved.
func TestThePendingMigrationIsShown(t *testing.T) {
	s := newShop(t)
	s.declare("kind: text('kind'),")
	s.run(0, "plan")
	e, _ := inEditor(t, s.folder)
	shown := func() string {
		t.Helper()
		preview, err := lsptest.Ask[lsp.Preview](e, "qbls/preview", lsp.PreviewParams{URI: e.URI(thingsFile), Kind: "migration"})
		if err != nil {
			t.Fatal(err)
		}
		return preview.Text
	}
	has(t, shown(), "up to date")
	e.Open(thingsFile)
	at := strings.Index(e.Text(thingsFile), "kind: text('kind'),")
	e.Replace(thingsFile, at, at, "colour: text('colour'), ")
	has(t, shown(), "ADD COLUMN `colour` text")
	if list, _ := filepath.Glob(filepath.Join(s.folder, "quickback/drizzle/*.sql")); len(list) != 1 {
		t.Errorf("looking has written %v", list)
	}
}
