package definition

import "github.com/qbls/qbls/analysis/syntax"

// migrations reads compiler.migrations (seeds: compiler__config, "Headless Migration Rename Hints"). Drops and backfills are qbls' own:
// the original drops nothing and asks nothing.
func (r *reader) migrations(c *Config, compiler *object) {
	if !compiler.has("migrations") {
		return
	}
	n := r.value(compiler.value("migrations"))
	o := r.object(n, "compiler.migrations", &keys{known: []string{"renames", "drops", "backfills"}})
	m := &Migrations{At: r.at(n)}
	c.Migrations = m
	if o.has("renames") {
		renames := r.object(o.value("renames"), "compiler.migrations.renames", &keys{known: []string{"tables", "columns"}})
		if renames.has("tables") {
			m.Tables = r.formerNames(renames.value("tables"), "renames.tables")
		}
		m.Columns = r.byTable(renames, "columns", r.formerNames)
	}
	m.Backfills = r.byTable(o, "backfills", r.expressions)
	if !o.has("drops") {
		return
	}
	drops := r.object(o.value("drops"), "compiler.migrations.drops", &keys{known: []string{"tables", "columns"}})
	if list := drops.columns("tables"); list != nil {
		m.DropTables = list.Items
	}
	if drops.has("columns") {
		columns := r.object(drops.value("columns"), "compiler.migrations.drops.columns", nil)
		columns.each(func(table Name, p syntax.Node) {
			if names, ok := r.names(r.value(p.Value()), "drops.columns."+table.Text); ok {
				m.DropColumns = append(m.DropColumns, TableNames{table, names})
			}
		})
	}
}

func (r *reader) byTable(o *object, key string, read func(syntax.Node, string) []Pair) (out []TablePairs) {
	if !o.has(key) {
		return nil
	}
	r.object(o.value(key), "compiler.migrations."+key, nil).each(func(table Name, p syntax.Node) {
		out = append(out, TablePairs{table, read(p.Value(), key+"."+table.Text)})
	})
	return out
}

// formerNames reads { new: 'old' }; false says that it had no other name.
func (r *reader) formerNames(n syntax.Node, what string) (out []Pair) {
	r.object(n, what, nil).each(func(name Name, p syntax.Node) {
		v := r.value(p.Value())
		if v.Kind() == syntax.Bool && v.Text() == "false" {
			out = append(out, Pair{name, Name{"", r.at(v)}})
			return
		}
		if old := r.str(p.Value(), what+"."+name.Text); old.State == Known {
			out = append(out, Pair{name, Name{old.V, old.At}})
		}
	})
	return out
}

// expressions reads { column: "a SQL expression" }; a number or a boolean is one.
func (r *reader) expressions(n syntax.Node, what string) (out []Pair) {
	r.object(n, what, nil).each(func(name Name, p syntax.Node) {
		v := r.value(p.Value())
		if k := v.Kind(); k == syntax.Bool || k == syntax.Number || k == syntax.Unary {
			out = append(out, Pair{name, Name{v.Text(), r.at(v)}})
			return
		}
		if text := r.str(p.Value(), what+"."+name.Text); text.State == Known {
			out = append(out, Pair{name, Name{text.V, text.At}})
		}
	})
	return out
}
