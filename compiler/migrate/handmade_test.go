package migrate

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/diagnostics/text"
)

// TestRebuildKeepsWhatHandsMade: triggers, views and indexes of migrations written by hand survive a rebuild, under the new names.
func TestRebuildKeepsWhatHandsMade(t *testing.T) {
	model := func(column string, required bool) *schema.Schema {
		c := &schema.Column{Name: column, Type: "text", NotNull: required}
		if required {
			c.Default = "'none'"
		}
		return &schema.Schema{Dialect: schema.SQLite, Tables: []*schema.Table{
			{Name: "things", Columns: []*schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}, c}},
			{Name: "log", Columns: []*schema.Column{{Name: "id", Type: "integer", PrimaryKey: true, NotNull: true}, {Name: "said", Type: "text"}}},
		}}
	}
	const byHand = "CREATE TRIGGER note AFTER INSERT ON things BEGIN INSERT INTO log (said) VALUES (new.kind); END;\n" + Breakpoint +
		"\nCREATE VIEW kinds AS SELECT kind FROM things;\n" + Breakpoint + "\nCREATE INDEX quick ON things (kind);\n"
	for _, keys := range []bool{true, false} {
		l := openLite(t, keys)
		p := mustPlan(t, NewCommitted(nil), model("kind", false), Hints{})
		c := next(NewCommitted(nil), p)
		files := c.files
		files[Folder+"/0001_by_hand.sql"] = []byte(byHand)
		files[Folder+"/meta/_journal.json"] = []byte(`{"dialect":"sqlite","entries":[{"idx":0,"when":1,"tag":"0000_initial"},{"idx":1,"when":2,"tag":"0001_by_hand"}]}`)
		l.apply(p.Statements)
		l.apply(splitStatements(byHand))
		l.exec("insert into things (id, kind) values (1, 'blue')")
		p = mustPlan(t, NewCommitted(files), model("sort", true), Hints{Columns: map[string]map[string]string{"things": {"sort": "kind"}}})
		if !strings.Contains(p.SQL(), "__new_things") {
			t.Fatalf("this is no rebuild:\n%s", p.SQL())
		}
		l.apply(p.Statements)
		l.exec("insert into things (id, sort) values (2, 'red')")
		if got := l.strings("select said from log order by id"); strings.Join(got, " ") != "blue red" {
			t.Errorf("the trigger noted %v", got)
		}
		if got := l.strings("select * from kinds order by 1"); strings.Join(got, " ") != "blue red" {
			t.Errorf("the view shows %v", got)
		}
		if got := l.strings("select name from sqlite_master where name = 'quick'"); len(got) != 1 {
			t.Error("the index is gone")
		}
	}
}

// TestDamagedHistories: what does not fit together is said, and nothing is planned.
func TestDamagedHistories(t *testing.T) {
	model := &schema.Schema{Dialect: schema.SQLite, Tables: []*schema.Table{{Name: "things", Columns: []*schema.Column{{Name: "id", Type: "text", PrimaryKey: true, NotNull: true}}}}}
	good := next(NewCommitted(nil), mustPlan(t, NewCommitted(nil), model, Hints{}))
	const journal, initial, snapshot = Folder + "/meta/_journal.json", Folder + "/0000_initial.sql", Folder + "/meta/0000_snapshot.json"
	for what, damage := range map[string]func(map[text.Path][]byte){
		"is not there, but migrations are": func(f map[text.Path][]byte) { delete(f, journal) },
		"lists 0000_initial, but":          func(f map[text.Path][]byte) { delete(f, initial) },
		"has a snapshot":                   func(f map[text.Path][]byte) { delete(f, snapshot) },
		"A merge may have left":            func(f map[text.Path][]byte) { f[journal] = []byte("<<<<<<< HEAD\n") },
		"drizzle-kit up":                   func(f map[text.Path][]byte) { f[snapshot] = []byte(`{"dialect":"sqlite","version":"5"}`) },
		"which is not after": func(f map[text.Path][]byte) {
			f[journal] = []byte(`{"dialect":"sqlite","entries":[{"idx":0,"when":5,"tag":"0000_initial"},{"idx":1,"when":5,"tag":"0000_initial"}]}`)
		},
		"postgresql database": func(f map[text.Path][]byte) { f[journal] = []byte(`{"dialect":"postgresql","entries":[]}`) },
	} {
		files := map[text.Path][]byte{}
		for p, content := range good.files {
			files[p] = content
		}
		damage(files)
		set := Set{Schema: model}
		p := New(set, NewCommitted(files).History(set), Hints{})
		if !p.Forbidden() || len(p.Statements) > 0 || !strings.Contains(p.Problems[0].Text, what) {
			t.Errorf("want %q, the plan says %+v", what, p.Problems)
		}
	}
}

// TestDividedDatabases: one database does not silently become two empty ones, nor two one. A database that comes beside others begins.
func TestDividedDatabases(t *testing.T) {
	model := &schema.Schema{Dialect: schema.SQLite, Tables: []*schema.Table{{Name: "things", Columns: []*schema.Column{{Name: "id", Type: "text", PrimaryKey: true, NotNull: true}}}}}
	committed := func(name string) *Committed {
		files := map[text.Path][]byte{}
		for _, f := range Files(NewCommitted(nil), []*Plan{mustPlan(t, NewCommitted(nil), model, Hints{})}, nil) {
			files[text.Path(strings.Replace(string(f.Path), Folder, strings.TrimSuffix(string(Set{Name: name}.Path("x")), "/x"), 1))] = f.Content
		}
		return NewCommitted(files)
	}
	for _, c := range []struct{ was, is, want string }{
		{"", "auth", "had one database, and has several now"},
		{"", "features", "had one database, and has several now"},
		{"auth", "", "had several databases, and has one now"},
		{"auth", "files", ""},
	} {
		set := Set{Name: c.is, Schema: model}
		p := New(set, committed(c.was).History(set), Hints{})
		switch {
		case c.want == "" && p.Tag != "0000_initial":
			t.Errorf("%q beside %q is not begun: %+v", c.is, c.was, p.Problems)
		case c.want != "" && (!p.Forbidden() || len(p.Statements) > 0 || !strings.Contains(p.Problems[0].Text, c.want)):
			t.Errorf("%q after %q: the plan says %+v", c.is, c.was, p.Problems)
		}
	}
}
