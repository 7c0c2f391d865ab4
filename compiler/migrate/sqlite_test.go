package migrate

import (
	"database/sql"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/diagnostics/text"
)

// lite is a SQLite database that migrations are applied to as D1 applies them: in one transaction, with foreign keys enforced, or as
// drizzle's migrators do after the backend has switched the keys off.
type lite struct {
	t    testing.TB
	db   *sql.DB
	keys bool
}

func openLite(t testing.TB, keys bool) *lite {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	l := &lite{t, db, keys}
	l.exec("PRAGMA foreign_keys = " + map[bool]string{true: "on", false: "off"}[keys])
	return l
}

func (l *lite) exec(query string, args ...any) {
	l.t.Helper()
	if _, err := l.db.Exec(query, args...); err != nil {
		l.t.Fatalf("%v in\n%s", err, query)
	}
}

// try runs statements in one transaction.
func (l *lite) try(statements []string) error {
	l.t.Helper()
	tx, err := l.db.Begin()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := tx.Exec(s); err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("%w in\n%s", err, s)
		}
	}
	return tx.Commit()
}

func (l *lite) apply(statements []string) {
	l.t.Helper()
	if err := l.try(statements); err != nil {
		l.t.Fatalf("%v\nof\n%s", err, strings.Join(statements, "\n"))
	}
	if broken := l.strings(`select "table" || ' → ' || parent from pragma_foreign_key_check`); len(broken) > 0 {
		l.t.Fatalf("rows refer to nothing: %v\nafter\n%s", broken, strings.Join(statements, "\n"))
	}
}

func (l *lite) strings(query string) []string {
	l.t.Helper()
	rows, err := l.db.Query(query)
	if err != nil {
		l.t.Fatalf("%v in %s", err, query)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			l.t.Fatal(err)
		}
		if s.Valid {
			out = append(out, s.String)
		} else {
			out = append(out, "∅")
		}
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
	return out
}

var (
	checkText = regexp.MustCompile(`(?s)CONSTRAINT ["\x60](\w+)["\x60] CHECK\((.*?)\)\n?[,\n)]`)
	quotes    = strings.NewReplacer(`"`, "", "`", "", "\n", "", "\t", "")
)

// describe is all that the database says about its tables, in a form in which the order of columns and the quotes of texts do not count.
func (l *lite) describe() string {
	l.t.Helper()
	var out []string
	for _, name := range l.strings(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1`) {
		out = append(out, "table "+name)
		lines := l.strings(`select '  ' || name || ' ' || type || ' ' || "notnull" || ' ' || coalesce(dflt_value, '-') || ' ' || pk || ' ' || hidden from pragma_table_xinfo('` + name + `') order by name`)
		lines = append(lines, l.strings(`select '  key ' || group_concat("from" || '→' || "table" || '.' || "to" || ' ' || lower(on_update) || ' ' || lower(on_delete), ', ') from pragma_foreign_key_list('`+name+`') group by id`)...)
		for _, s := range l.strings(`select sql from sqlite_master where tbl_name = '` + name + `' and type in ('index', 'trigger') and sql is not null`) {
			lines = append(lines, "  "+quotes.Replace(s))
		}
		create := l.strings(`select sql from sqlite_master where type = 'table' and name = '` + name + `'`)[0]
		for _, m := range checkText.FindAllStringSubmatch(create, -1) {
			lines = append(lines, "  check "+m[1]+" "+quotes.Replace(m[2]))
		}
		if strings.Contains(create, "AUTOINCREMENT") {
			lines = append(lines, "  autoincrement")
		}
		slices.Sort(lines)
		out = append(out, lines...)
	}
	out = append(out, l.strings(`select 'view ' || sql from sqlite_master where type = 'view' order by 1`)...)
	return strings.Join(out, "\n")
}

// contents are the values of all rows, by table, by their id, by column.
func (l *lite) contents(s *schema.Schema) map[string]map[string]map[string]string {
	l.t.Helper()
	out := map[string]map[string]map[string]string{}
	for _, t := range s.Tables {
		out[t.Name] = map[string]map[string]string{}
		const id = `cast("id" as text)` // tells rows apart in every table of these tests
		for _, c := range t.Columns {
			keys := l.strings("select " + id + ` from "` + t.Name + `" order by 1`)
			values := l.strings(`select cast("` + c.Name + `" as text) from "` + t.Name + `" order by ` + id)
			for i, k := range keys {
				if out[t.Name][k] == nil {
					out[t.Name][k] = map[string]string{}
				}
				out[t.Name][k][c.Name] = values[i]
			}
		}
	}
	return out
}

// sameValue compares as databases do: a number that is text now is the same number.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

// survives checks that every value that was there is there, under the names that things have now.
func survives(t testing.TB, p *Plan, before, after map[string]map[string]map[string]string) {
	t.Helper()
	lost := map[string]bool{}
	tables, columns := map[string]string{}, map[string]string{}
	for _, c := range p.Changes {
		switch c.Kind {
		case RenameTable:
			tables[c.Old] = c.Table
		case RenameColumn:
			columns[c.Table+"."+c.Old] = c.Name
		case DropTable:
			lost[c.Table] = true
		case DropColumn:
			lost[c.Table+"."+c.Name] = true
		}
	}
	for table, rows := range before {
		if lost[table] {
			continue
		}
		now := table
		if n := tables[table]; n != "" {
			now = n
		}
		for id, row := range rows {
			for column, value := range row {
				name := column
				if n := columns[now+"."+column]; n != "" {
					name = n
				}
				if c := p.physical.Table(now).Column(name); c != nil && c.Generated != nil {
					continue // computed of values that may have got a backfill
				}
				if value == "∅" || lost[now+"."+name] {
					continue
				}
				if got, ok := after[now][id][name]; !ok || !sameValue(got, value) {
					t.Fatalf("%s %s: %s was %q and is %s = %q (there: %v)\nafter\n%s", table, id, column, value, name, got, ok, p.SQL())
				}
			}
		}
		if len(after[now]) < len(rows) {
			t.Fatalf("%s had %d rows and has %d\nafter\n%s", table, len(rows), len(after[now]), p.SQL())
		}
	}
}

// next commits a plan and returns what is committed then.
func next(c *Committed, p *Plan) *Committed {
	files := map[text.Path][]byte{}
	maps.Copy(files, c.files)
	for _, f := range Files(c, []*Plan{p}, nil) {
		files[f.Path] = f.Content
	}
	return NewCommitted(files)
}

func mustPlan(t testing.TB, c *Committed, s *schema.Schema, h Hints, opts ...Option) *Plan {
	t.Helper()
	set := Set{Schema: s}
	p := New(set, c.History(set), h, opts...)
	if found := Check(set, c.History(set), h, opts...); !reflect.DeepEqual(found, p.Problems) {
		t.Fatalf("without statements %v is found, and with them %v", found, p.Problems)
	}
	for _, q := range p.Problems {
		if q.Forbids() {
			t.Fatalf("refused: %s", q.Text)
		}
	}
	return p
}
