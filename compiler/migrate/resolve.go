package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// Retained is what the database still has and the model has no more. Snapshots do not hold it, because drizzle-kit compares them
// with the model; it is kept beside them.
type Retained struct {
	Tables  []*schema.Table
	Columns map[string][]*schema.Column // by table
	Enums   []*schema.Enum              // PostgreSQL's types that only they use
}

// resolution is two schemas with the same names for the same things: what is in the database, and what shall be.
type resolution struct {
	before, after *found
	hints         Hints
	lenient       bool
	retained      Retained
	changes       []Change
	problems      []Problem
	fills         map[string]map[string]string // table → column → expression for existing rows
	exchanges     map[string]map[string]string // table → new → old: names that were exchanged before
	named         map[string]map[string]string // see hinted
}

// resolve follows the hints from the last snapshot, with what was retained, to the model.
func resolve(from *schema.Schema, state setState, model *schema.Schema, hints Hints, lenient bool) *resolution {
	kept, to := state.retained, &found{Schema: model}
	before, after := apart(from, model, state, hints)
	r := &resolution{before: &found{Schema: before}, after: &found{Schema: after}, hints: hints, lenient: lenient, exchanges: state.exchanges, fills: map[string]map[string]string{}, retained: Retained{Columns: map[string][]*schema.Column{}}}
	wasKept := map[string]bool{}
	for _, t := range kept.Tables {
		if r.before.Table(t.ID()) == nil {
			wasKept[t.ID()] = true
			r.before.Tables = append(r.before.Tables, t.Clone())
		}
	}
	for _, e := range kept.Enums {
		if r.before.Enum(schema.ID(e.Space, e.Name)) == nil {
			r.before.Enums = append(r.before.Enums, e)
		}
	}
	keptColumns := map[string]map[string]bool{}
	for id, columns := range kept.Columns {
		if t := r.before.Table(id); t != nil {
			for _, c := range columns {
				if t.Column(c.Name) == nil {
					t.Columns = append(t.Columns, c.Clone())
					mark(keptColumns, id, c.Name)
				}
			}
		}
	}
	r.checkHints(to)
	r.tables(to, wasKept, keptColumns)
	for i, t := range to.Tables {
		if before := r.before.Table(t.ID()); before != nil && before != r.after.Tables[i] { // a table that is the same value needs nothing
			r.columns(before, t, keptColumns[t.ID()])
		}
	}
	for _, t := range r.retained.Tables { // only now: renamed columns have changed their foreign keys too
		r.after.Tables = append(r.after.Tables, t.Clone())
	}
	r.types()
	return r
}

func mark(m map[string]map[string]bool, table, column string) {
	if m[table] == nil {
		m[table] = map[string]bool{}
	}
	m[table][column] = true
}

func (r *resolution) problem(p Problem) { r.problems = append(r.problems, p) }

// tables follows renamed tables, and keeps those that the model has no more.
func (r *resolution) tables(to *found, wasKept map[string]bool, keptColumns map[string]map[string]bool) {
	var added []string
	for _, t := range to.Tables {
		id := t.ID()
		if r.before.Table(id) != nil {
			continue
		}
		old, hinted := Former(r.hints.Tables, id, func(name string) bool { return r.before.Table(name) != nil })
		if !hinted || old == "" {
			if !hinted {
				added = append(added, id)
			}
			continue
		}
		if r.before.Table(old) == nil {
			if len(r.before.Tables) > 0 {
				r.problem(Problem{Reason: WrongHint, Table: id, Key: []string{"renames", "tables", id}, Text: fmt.Sprintf("%s says that the table %s was called %s, but no migration has made a table of that name.", key("renames.tables", id), id, old)})
			}
			continue
		}
		if to.Table(old) != nil {
			continue // said by checkHints
		}
		r.before.RenameTable(old, id)
		keptColumns[id], wasKept[id] = keptColumns[old], wasKept[old]
		r.changes = append(r.changes, Change{Kind: RenameTable, Table: id, Old: old})
	}
	var gone []string
	for _, t := range r.before.Tables {
		id := t.ID()
		if to.Table(id) != nil {
			continue
		}
		if slices.Contains(r.hints.Drops.Tables, id) {
			r.changes = append(r.changes, Change{Kind: DropTable, Table: id})
			r.problem(Problem{Reason: Dropped, Table: id, Key: []string{"drops", "tables", id}, Text: fmt.Sprintf("The table %s is dropped, and every row in it is lost.", id)})
			continue
		}
		if !wasKept[id] {
			gone = append(gone, id)
			r.changes = append(r.changes, Change{Kind: RetainTable, Table: id})
			r.problem(Problem{Reason: Kept, Table: id, Key: []string{"drops", "tables", id},
				Text: fmt.Sprintf("The table %s is declared no more. It stays in the database with its rows and its foreign keys.", id),
				Help: fmt.Sprintf("To lose it, list %q in compiler.migrations.drops.tables.", id)})
		}
		r.retained.Tables = append(r.retained.Tables, t)
	}
	if len(gone) > 0 && len(added) > 0 && !r.lenient {
		r.ask(func(p Problem) bool { return p.Column == "" && slices.Contains(gone, p.Table) })
		for _, id := range added {
			r.problem(ambiguous("table", id, "", gone))
		}
	}
}

// ask takes back what was said of things that are kept, while it is asked whether they have another name now.
func (r *resolution) ask(about func(Problem) bool) {
	r.problems = slices.DeleteFunc(r.problems, func(p Problem) bool { return p.Reason == Kept && about(p) })
}

// ambiguous is what drizzle-kit would ask at the terminal (seeds: cloud-compiler troubleshooting, "Drizzle rename prompts").
func ambiguous(kind, table, column string, candidates []string) Problem {
	path, what, name := []string{"renames", "tables", table}, table, table
	if column != "" {
		path, what, name = []string{"renames", "columns", table, column}, table+"."+column, column
	}
	expected := key("renames."+path[1], path[2:]...)
	return Problem{Reason: Ambiguous, Table: table, Column: column, Candidates: candidates, Key: path,
		Text: fmt.Sprintf("Missing rename hint for %s %s: it is new, and %s %s gone, so this is a rename or not. Expected hint key: %s", kind, what, strings.Join(candidates, ", "), map[bool]string{true: "is", false: "are"}[len(candidates) == 1], expected),
		Help: fmt.Sprintf("Write %s: %q there when it was called so before, or %s: false when it is new; what is gone then stays in the database.", name, candidates[0], name)}
}

// columns follows renamed columns of a table that was there before, and keeps those that the model has no more.
func (r *resolution) columns(before, to *schema.Table, wasKept map[string]bool) {
	id := to.ID()
	after := r.after.Table(id)
	r.exchange(before, to)
	added := r.renamed(before, to)
	gone := r.gone(before, to, after, wasKept)
	asked := len(gone) > 0 && len(added) > 0 && !r.lenient
	if asked {
		r.ask(func(p Problem) bool { return p.Table == id && slices.Contains(gone, p.Column) })
		for _, name := range added {
			r.problem(ambiguous("column", id, name, gone))
		}
	}
	for _, c := range to.Columns {
		if !asked || !slices.Contains(added, c.Name) {
			r.required(before, c, id)
		}
	}
}

// gone keeps columns that the model has no more. The names are those that this migration is the first to keep.
func (r *resolution) gone(before, to, after *schema.Table, wasKept map[string]bool) []string {
	id := to.ID()
	var gone []string
	for _, c := range before.Columns {
		if to.Column(c.Name) != nil {
			continue
		}
		switch {
		case c.Generated != nil: // its values are made of other columns: nothing is lost
		case slices.Contains(r.hints.Drops.Columns[id], c.Name):
			r.problem(Problem{Reason: Dropped, Table: id, Column: c.Name, Key: []string{"drops", "columns", id, c.Name}, Text: fmt.Sprintf("The column %s.%s is dropped, and its values are lost.", id, c.Name)})
		default:
			if !wasKept[c.Name] {
				gone = append(gone, c.Name)
				r.changes = append(r.changes, Change{Kind: RetainColumn, Table: id, Name: c.Name})
				r.problem(Problem{Reason: Kept, Table: id, Column: c.Name, Key: []string{"drops", "columns", id, c.Name},
					Text: fmt.Sprintf("The column %s.%s is declared no more. It stays in the database with its values, and new rows leave it empty.", id, c.Name),
					Help: fmt.Sprintf("To lose it, list %q in compiler.migrations.drops.columns under %s.", c.Name, id)})
			}
			kept := c.Clone()
			kept.PrimaryKey, kept.Increments, kept.Identity = false, false, nil
			if kept.Default == nil {
				kept.NotNull = false // else no new row could be written
			}
			after.Columns = append(after.Columns, kept)
			r.retained.Columns[id] = append(r.retained.Columns[id], kept)
		}
	}
	return gone
}

// required makes sure that existing rows get a value for a column that must have one.
func (r *resolution) required(before *schema.Table, c *schema.Column, id string) {
	was := before.Column(c.Name)
	fill := r.hints.Backfills[id][c.Name]
	if fill != "" && (was == nil || c.NotNull && !was.NotNull) {
		r.fill(id, c.Name, fill)
		return
	}
	if !c.NotNull || was != nil && (was.NotNull || was.PrimaryKey) || c.Generated != nil || c.Identity != nil || strings.Contains(c.Type, "serial") || was == nil && c.PrimaryKey && c.Type == "integer" && r.after.Dialect == schema.SQLite {
		return
	}
	if d, ok := c.DefaultSQL(); ok {
		if was != nil {
			r.fill(id, c.Name, d)
		}
		return
	}
	if r.lenient {
		r.fill(id, c.Name, zero(c.Type))
		return
	}
	what := fmt.Sprintf("The column %s.%s is new and required, but the rows that are there have no value for it.", id, c.Name)
	if was != nil {
		what = fmt.Sprintf("The column %s.%s becomes required, but rows that are there may have no value in it.", id, c.Name)
	}
	r.problem(Problem{Reason: Required, Table: id, Column: c.Name, Fill: zero(c.Type), Key: []string{"backfills", id, c.Name}, Text: what,
		Help: fmt.Sprintf("Give it a default, let it be empty, or say what they get: %s is a SQL expression.", key("backfills", id, c.Name))})
}

func (r *resolution) fill(table, column, expression string) {
	if r.fills[table] == nil {
		r.fills[table] = map[string]string{}
	}
	r.fills[table][column] = expression
}

// zero is the value of a development database's rows for a column that nobody has said anything about.
func zero(sqlType string) string {
	switch t, _, _ := strings.Cut(sqlType, "("); t {
	case "integer", "real", "numeric", "bigint", "smallint", "double precision":
		return "0"
	case "boolean":
		return "false"
	case "blob":
		return "x''"
	}
	return "''"
}

// types keeps PostgreSQL's types that retained columns use.
func (r *resolution) types() {
	for _, e := range r.before.Enums {
		id := schema.ID(e.Space, e.Name)
		if r.after.Enum(id) != nil {
			continue
		}
		used := slices.ContainsFunc(r.after.Tables, func(t *schema.Table) bool {
			return slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return schema.ID(c.TypeSpace, schema.ElementType(c.Type)) == id })
		})
		if used {
			r.after.Enums = append(r.after.Enums, e)
		}
	}
}
