//go:build unix

package migrate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/migrate/pgtest"
	"github.com/qbls/qbls/compiler/migrate/schema"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// elephant is a PostgreSQL database behind one psql.
type elephant struct {
	t   testing.TB
	in  io.WriteCloser
	out *bufio.Reader
}

func openElephant(t testing.TB) *elephant {
	t.Helper()
	psql, socket, name := pgtest.Database(t)
	cmd := exec.Command(psql, "-X", "-q", "-A", "-t", "-v", "VERBOSITY=terse", "-h", socket, "-U", "postgres", name)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = r.Close(); _ = cmd.Wait() })
	e := &elephant{t, in, bufio.NewReader(r)}
	e.query("set client_min_messages = error")
	return e
}

// try runs statements and returns what they print, or the first error of them.
func (e *elephant) try(sql string) ([]string, error) {
	e.t.Helper()
	if _, err := io.WriteString(e.in, strings.TrimSuffix(strings.TrimSpace(sql), ";")+";\n\\echo <done>\n"); err != nil {
		e.t.Fatal(err)
	}
	var lines []string
	var failed error
	for {
		line, err := e.out.ReadString('\n')
		if err != nil {
			e.t.Fatalf("psql ended: %v", err)
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "<done>" {
			return lines, failed
		}
		if strings.HasPrefix(line, "ERROR:") && failed == nil {
			failed = fmt.Errorf("%s", line)
		}
		lines = append(lines, line)
	}
}

func (e *elephant) query(sql string) []string {
	e.t.Helper()
	out, err := e.try(sql)
	if err != nil {
		e.t.Fatalf("%v in\n%s", err, sql)
	}
	return out
}

// apply runs a migration in one transaction, as drizzle's migrator does.
func (e *elephant) apply(statements []string) {
	e.t.Helper()
	_, err := e.try("begin;\n" + strings.Join(statements, "\n"))
	if err != nil {
		e.t.Fatalf("%v in\n%s", err, strings.Join(statements, "\n"))
	}
	e.query("commit")
}

func (e *elephant) reset() {
	e.t.Helper()
	e.query("rollback; drop schema public cascade; create schema public")
}

// describe is all that the catalogue says about the tables, in a form in which the order of columns does not count.
func (e *elephant) describe() string {
	e.t.Helper()
	const columns = `select c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text || a.attgenerated::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
		from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped order by 1`
	const constraints = `select conrelid::regclass || ' ' || case when contype = 'p' and array_length(conkey, 1) = 1 then 'key' else conname end || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1`
	const indexes = `select i.indexdef from pg_indexes i where i.schemaname = 'public' and not exists (select 1 from pg_constraint where conname = i.indexname) order by 1`
	const types = `select t.typname || ' ' || string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_type t join pg_enum e on e.enumtypid = t.oid group by t.typname order by t.typname`
	return strings.Join(slices.Concat(e.query(columns), e.query(constraints), e.query(indexes), e.query(types)), "\n")
}

func (e *elephant) contents(s *schema.Schema) map[string]map[string]map[string]string {
	e.t.Helper()
	out := map[string]map[string]map[string]string{}
	for _, t := range s.Tables {
		out[t.Name] = map[string]map[string]string{}
		for _, line := range e.query(`select row_to_json(t) from "` + t.Name + `" t`) {
			var row map[string]any
			d := json.NewDecoder(strings.NewReader(line))
			d.UseNumber()
			if err := d.Decode(&row); err != nil {
				e.t.Fatalf("%v in %s", err, line)
			}
			values := map[string]string{}
			for name, v := range row {
				values[name] = "∅"
				if v != nil {
					values[name] = fmt.Sprint(v)
				}
			}
			out[t.Name][values["id"]] = values
		}
	}
	return out
}

// insert writes a row; arguments are put into the statement, since psql has no parameters.
func (e *elephant) insert(query string, args ...any) {
	e.t.Helper()
	for i := len(args); i > 0; i-- {
		v := "null"
		switch a := args[i-1].(type) {
		case nil:
		case string:
			v = literal(a)
		default:
			v = fmt.Sprint(a)
		}
		query = strings.ReplaceAll(query, fmt.Sprintf("$%d", i), v)
	}
	e.query(query)
}

// TestPostgresEdits is TestEdits on PostgreSQL.
func TestPostgresEdits(t *testing.T) {
	const seeds, edits = 200, 25
	e := openElephant(t)
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			e.t = t
			e.reset()
			a, c := newAuthor(schema.Postgres, seed), NewCommitted(nil)
			p := mustPlan(t, c, a.model, Hints{})
			e.apply(p.Statements)
			c = next(c, p)
			for round := range edits {
				fill(a.model, round+1, e.insert, func(table, column string) []string {
					return e.query(`select "` + column + `" from "` + table + `" order by 1`)
				})
				before := e.contents(p.physical)
				a.edit()
				last := p
				p = mustPlan(t, c, a.model.Clone(), a.hints)
				if p.Empty() {
					p.physical = last.physical
					continue
				}
				e.apply(p.Statements)
				survives(t, p, before, e.contents(p.physical))
				c = next(c, p)
			}
			got := e.describe()
			e.reset()
			e.apply(mustPlan(t, NewCommitted(nil), p.physical, Hints{}).Statements)
			if want := e.describe(); got != want {
				t.Fatalf("after %d edits the database is\n%s\n\nmade at once it is\n%s", edits, got, want)
			}
		})
	}
}
