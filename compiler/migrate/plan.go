package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// Breakpoint separates statements: drivers take one at a time.
const Breakpoint = "--> statement-breakpoint"

// Plan is one migration of one database: what changes, the statements that do it, and what they may cost.
type Plan struct {
	Set        Set
	Tag        string // file name without extension, "" when nothing changes
	Changes    []Change
	Statements []string
	Risks      []Risk
	Problems   []Problem // also of a plan without changes

	state    setState
	history  *History
	physical *schema.Schema // what the database holds afterwards
}

// Forbidden says whether a problem keeps the migration from being made. Then there are no statements.
func (p *Plan) Forbidden() bool {
	return slices.ContainsFunc(p.Problems, func(q Problem) bool { return q.Forbids() })
}

// Empty says whether there is nothing to do.
func (p *Plan) Empty() bool { return p.Tag == "" }

// snapshot is what drizzle-kit compares with the model from now on. It is long, and made where it is written.
func (p *Plan) snapshot() []byte {
	content, _ := p.Set.Schema.Write(p.history.last())
	return content
}

// SQL is the text of the migration's file.
func (p *Plan) SQL() string { return strings.Join(p.Statements, "\n"+Breakpoint+"\n") + "\n" }

// Option changes how a migration is planned.
type Option func(*options)

type options struct{ lenient bool }

// Lenient makes every choice that loses nothing by itself instead of asking: what may be a rename is a new column beside a retained one,
// and existing rows get an empty value where one is required. It is for databases of development.
func Lenient() Option { return func(o *options) { o.lenient = true } }

// New plans the migration from the end of a history to the model of the same database. It is a pure function: the same history, model
// and hints give the same names and bytes.
func New(set Set, h *History, hints Hints, opts ...Option) *Plan {
	p, r := prepare(set, h, hints, opts)
	if p.Forbidden() {
		return p
	}
	p.write(r)
	if p.Forbidden() {
		p.Statements = nil
		return p
	}
	if len(p.Statements) > 0 || h.empty() || !h.same(set.Schema) {
		p.Tag = fmt.Sprintf("%04d_%s", h.next(), title(p.Changes, h.empty()))
		p.state.at = p.Tag
		if len(p.Statements) == 0 { // only the snapshot changes; some drivers refuse an empty file, D1 also one of comments
			p.Statements = []string{"SELECT 1;"}
		}
	}
	return p
}

// Check returns the problems that New would find. It makes statements only where making them can be the problem: that takes most of the time.
func Check(set Set, h *History, hints Hints, opts ...Option) []Problem {
	p, r := prepare(set, h, hints, opts)
	if !p.Forbidden() && set.Schema.Dialect == schema.Postgres {
		p.write(r)
	}
	return p.Problems
}

// prepare finds out what a plan has to do. The resolution is nil when the history forbids to go on from it.
func prepare(set Set, h *History, hints Hints, opts []Option) (*Plan, *resolution) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	p := &Plan{Set: set, history: h, Problems: slices.Clone(h.Problems)}
	if p.Forbidden() {
		return p, nil
	}
	r := resolve(h.schema(set.Schema.Dialect), h.state, set.Schema, hints, o.lenient)
	p.Problems = append(p.Problems, r.problems...)
	r.retained.Enums = retainedTypes(r, set.Schema)
	p.physical = r.after.Schema
	p.state = setState{dialect: set.Schema.Dialect, retained: r.retained, exchanges: cycles(hints.Columns)}
	return p, r
}

// write makes the statements of a dialect.
func (p *Plan) write(r *resolution) {
	p.Changes = slices.DeleteFunc(slices.Clone(r.changes), func(c Change) bool { return c.Kind == DropTable })
	var created, dropped []*schema.Table
	var diffs []*difference
	for _, t := range r.after.Tables {
		was := r.before.Table(t.ID())
		if was == nil {
			created = append(created, t)
			p.Changes = append(p.Changes, Change{Kind: CreateTable, Table: t.ID()})
			continue
		}
		if was == t {
			continue
		}
		if d := compare(r.after.Dialect, was, t, r.fills[t.ID()]); !d.empty() {
			diffs = append(diffs, d)
			p.Changes = append(p.Changes, d.changes()...)
		}
	}
	for _, t := range r.before.Tables {
		if r.after.Table(t.ID()) == nil {
			dropped = append(dropped, t)
			p.Changes = append(p.Changes, Change{Kind: DropTable, Table: t.ID()})
		}
	}
	p.Changes = append(p.Changes, typeChanges(r)...)
	if r.after.Dialect == schema.Postgres {
		w := &postgres{r: r}
		w.write(diffs, created, dropped)
		p.Statements, p.Risks, p.Problems = w.statements, w.risks, append(p.Problems, w.problems...)
		return
	}
	w := &sqlite{r: r, handmade: p.history.handmade, now: map[string]*schema.Table{}, fresh: map[string]bool{}}
	for _, t := range r.before.Tables {
		w.now[t.Name] = t
	}
	w.write(diffs, created, dropped)
	p.Statements, p.Risks = w.statements, w.risks
}

// retainedTypes are PostgreSQL's types that only retained columns use.
func retainedTypes(r *resolution, model *schema.Schema) []*schema.Enum {
	return slices.DeleteFunc(slices.Clone(r.after.Enums), func(e *schema.Enum) bool { return model.Enum(schema.ID(e.Space, e.Name)) != nil })
}

func typeChanges(r *resolution) []Change {
	var out []Change
	for _, e := range r.after.Enums {
		was := r.before.Enum(schema.ID(e.Space, e.Name))
		if was == nil || !slices.Equal(was.Values, e.Values) {
			out = append(out, Change{Kind: ChangeType, Name: e.Name})
		}
	}
	for _, e := range r.before.Enums {
		if r.after.Enum(schema.ID(e.Space, e.Name)) == nil {
			out = append(out, Change{Kind: ChangeType, Name: e.Name})
		}
	}
	return out
}

// title names a migration by its first change, in the words of the original's examples (seeds: compiler__config__output).
func title(changes []Change, first bool) string {
	if first {
		return "initial"
	}
	if len(changes) == 0 {
		return "snapshot"
	}
	c := changes[0]
	var s string
	switch c.Kind {
	case CreateTable:
		s = "create_" + c.Table + "_table"
	case RenameTable:
		s = "rename_" + c.Old + "_to_" + c.Table
	case DropTable:
		s = "drop_" + c.Table + "_table"
	case AddColumn:
		s = "add_" + c.Name + "_column"
	case RenameColumn:
		s = "rename_" + c.Old + "_to_" + c.Name
	case AlterColumn:
		s = "alter_" + c.Name + "_column"
	case RetainTable:
		s = "retire_" + c.Table + "_table"
	case RetainColumn:
		s = "retire_" + c.Name + "_column"
	case DropColumn:
		s = "drop_" + c.Name + "_column"
	default:
		s = "change_" + c.Table
		if c.Table == "" {
			s = "change_" + c.Name
		}
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '_'
	}, s)
	const longest = 60 // file systems and terminals have limits
	if len(s) > longest {
		s = s[:longest]
	}
	if len(changes) > 1 {
		s += fmt.Sprintf("_and_%d_more", len(changes)-1)
	}
	return s
}
