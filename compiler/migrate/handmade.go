package migrate

import (
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// Handmade is a trigger, a view or an index that a migration written by hand made. No snapshot knows it, and rebuilding a table would
// take it along, so its text is kept from the migration that made it.
type Handmade struct {
	Kind string // TRIGGER, VIEW or INDEX
	Name string
	On   string // table of a trigger or an index, "" for views
	SQL  string
}

// uses says whether the object stands on a table or names it.
func (h Handmade) uses(table string) bool {
	return strings.EqualFold(h.On, table) || h.Kind != "INDEX" && schema.Mentions(h.SQL, table)
}

// handmade reads the statements of a history in their order, and returns what stands at the end and no snapshot knows.
func handmade(statements []string, known *schema.Schema) []Handmade {
	var list []Handmade
	remove := func(name string) {
		list = slices.DeleteFunc(list, func(h Handmade) bool { return strings.EqualFold(h.Name, name) })
	}
	for _, s := range statements {
		words := schema.Words(s, 14)
		if len(words) < 3 {
			continue
		}
		switch verb := strings.ToUpper(words[0]); {
		case verb == "CREATE":
			if h, ok := created(words, s); ok {
				remove(h.Name)
				list = append(list, h)
			}
		case verb == "DROP" && slices.Contains([]string{"TRIGGER", "VIEW", "INDEX"}, strings.ToUpper(words[1])):
			remove(words[len(words)-1])
		case verb == "ALTER" && strings.EqualFold(words[1], "TABLE"):
			renamed(words, list)
		}
	}
	return slices.DeleteFunc(list, func(h Handmade) bool {
		return h.Kind == "INDEX" && (known.Table(h.On) == nil || slices.ContainsFunc(known.Tables, func(t *schema.Table) bool {
			return slices.ContainsFunc(t.Indexes, func(i *schema.Index) bool { return i.Name == h.Name })
		}))
	})
}

// created reads CREATE [TEMP|UNIQUE] {TRIGGER|VIEW|INDEX} [IF NOT EXISTS] name … [ON table].
func created(words []string, statement string) (Handmade, bool) {
	rest := words[1:]
	for len(rest) > 0 && slices.Contains([]string{"TEMP", "TEMPORARY", "UNIQUE"}, strings.ToUpper(rest[0])) {
		rest = rest[1:]
	}
	if len(rest) < 2 || !slices.Contains([]string{"TRIGGER", "VIEW", "INDEX"}, strings.ToUpper(rest[0])) {
		return Handmade{}, false
	}
	h := Handmade{Kind: strings.ToUpper(rest[0]), SQL: strings.TrimSpace(statement)}
	rest = rest[1:]
	if len(rest) > 3 && strings.EqualFold(rest[0], "IF") {
		rest = rest[3:]
	}
	h.Name = rest[0]
	for i, w := range rest {
		if strings.EqualFold(w, "ON") && i+1 < len(rest) && h.Kind != "VIEW" {
			h.On = rest[i+1]
			break
		}
	}
	return h, true
}

// renamed follows ALTER TABLE a RENAME TO b and RENAME COLUMN x TO y, which SQLite writes into the objects' own texts.
func renamed(words []string, list []Handmade) {
	if len(words) < 6 || !strings.EqualFold(words[3], "RENAME") {
		return
	}
	table, from, to := words[2], words[2], words[len(words)-1]
	if !strings.EqualFold(words[4], "TO") {
		from = words[len(words)-3]
	}
	for i := range list {
		if !list[i].uses(table) {
			continue
		}
		list[i].SQL = schema.Identifier(list[i].SQL, from, to)
		if from == table && strings.EqualFold(list[i].On, from) {
			list[i].On = to
		}
	}
}

// suspend drops what stands on tables that are about to be rebuilt or dropped, before anything is renamed.
func (w *sqlite) suspend(rebuilt map[string]bool, dropped []*schema.Table) {
	for _, h := range w.affected(rebuilt, dropped) {
		if h.Kind != "INDEX" {
			w.add("DROP %s %s;", h.Kind, quote(h.Name))
		}
	}
}

// resume makes again what suspend dropped and what went with a rebuilt table. What stands on a dropped table is gone with it.
func (w *sqlite) resume(rebuilt map[string]bool, dropped []*schema.Table) {
	for _, h := range w.affected(rebuilt, dropped) {
		if slices.ContainsFunc(dropped, func(t *schema.Table) bool { return h.uses(t.Name) }) {
			w.risk(h.On, RiskLoss, "The %s %s goes with a dropped table.", strings.ToLower(h.Kind), h.Name)
			continue
		}
		for _, c := range w.r.changes {
			if c.Kind == RenameColumn && h.uses(c.Table) {
				h.SQL = schema.Identifier(h.SQL, c.Old, c.Name)
			}
		}
		sql := strings.TrimSuffix(strings.TrimSpace(h.SQL), ";")
		w.add("%s;", sql)
	}
}

// affected are the handmade objects of tables that are rebuilt or dropped, and of tables whose rows are put aside for them, under the
// tables' new names.
func (w *sqlite) affected(rebuilt map[string]bool, dropped []*schema.Table) []Handmade {
	names := maps.Clone(rebuilt)
	for _, t := range dropped {
		names[t.Name] = true
	}
	for name := range rebuilt {
		for _, t := range w.threatenedBefore(name) {
			names[t.Name] = true
		}
	}
	var out []Handmade
	for _, h := range w.handmade {
		for _, c := range w.r.changes {
			if c.Kind == RenameTable && h.uses(c.Old) {
				h.SQL = schema.Identifier(h.SQL, c.Old, c.Table)
				if strings.EqualFold(h.On, c.Old) {
					h.On = c.Table
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if h.uses(name) && (h.Kind != "INDEX" || rebuilt[h.On]) {
				out = append(out, h)
				break
			}
		}
	}
	return out
}

// threatenedBefore is threatened over the union of both schemas, for use before the tables change one by one.
func (w *sqlite) threatenedBefore(name string) []*schema.Table {
	all := map[string]*schema.Table{}
	for _, t := range w.r.before.Tables {
		all[t.Name] = t.Clone()
	}
	for _, t := range w.r.after.Tables {
		if was := all[t.Name]; was != nil {
			was.ForeignKeys = append(was.ForeignKeys, t.ForeignKeys...)
		}
	}
	probe := &sqlite{now: all, fresh: map[string]bool{}}
	return probe.threatened(name)
}
