package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// constraintReader reads one emitted constraint.
type constraintReader struct {
	v     *verifier
	file  text.Path
	m     *literal.Module
	table string                    // what the table is called in it
	calls map[string]*literal.Value // of members, behind the constraint
}

// only refuses calls behind a constraint that are not known.
func (r constraintReader) only(known ...string) error {
	for name := range r.calls {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%s behind a constraint", name)
		}
	}
	return nil
}

func (r constraintReader) index(unique bool, call *literal.Value) (constraint, error) {
	on := r.calls["on"]
	if err := r.only("on", "where"); err != nil {
		return constraint{}, err
	}
	if len(call.Items) != 1 || call.Items[0].Form != literal.Str || on == nil || len(on.Items) == 0 {
		return constraint{}, fmt.Errorf("an index without its name or its columns")
	}
	var terms []string
	for _, item := range on.Items {
		if item.Form == literal.SQL {
			sql, err := r.sql(item)
			if err != nil {
				return constraint{}, err
			}
			terms = append(terms, "("+sql+")")
			continue
		}
		key, err := r.own(item)
		if err != nil {
			return constraint{}, err
		}
		terms = append(terms, key)
	}
	where := ""
	if w := r.calls["where"]; w != nil {
		if len(w.Items) != 1 {
			return constraint{}, fmt.Errorf("a condition that is none")
		}
		sql, err := r.sql(w.Items[0])
		if err != nil {
			return constraint{}, err
		}
		where = sql
	}
	return indexSays(call.Items[0].Str, unique, terms, where), nil
}

func (r constraintReader) primaryKey(call *literal.Value) (constraint, error) {
	if len(r.calls) > 0 || len(call.Items) != 1 || len(call.Items[0].Props) != 1 {
		return constraint{}, fmt.Errorf("a primary key of another form")
	}
	keys, err := r.keys(call.Items[0].Get("columns"), r.own)
	return constraint{name: "primary key", says: "primary key over " + strings.Join(keys, ", ")}, err
}

func (r constraintReader) foreignKey(call *literal.Value, of *model.Resource) (constraint, error) {
	if err := r.only("onDelete", "onUpdate"); err != nil {
		return constraint{}, err
	}
	if len(call.Items) != 1 || call.Items[0].Form != literal.Object {
		return constraint{}, fmt.Errorf("a foreign key of another form")
	}
	name, target := "", ""
	for _, p := range call.Items[0].Props {
		switch p.Name {
		case "columns", "foreignColumns":
		case "name":
			name = p.Value.Str
		default:
			return constraint{}, fmt.Errorf("a foreign key with %s", p.Name)
		}
	}
	own, err := r.keys(call.Items[0].Get("columns"), r.own)
	if err != nil {
		return constraint{}, err
	}
	theirs, err := r.keys(call.Items[0].Get("foreignColumns"), func(item *literal.Value) (string, error) {
		if key, err := r.own(item); err == nil {
			target = of.Table.Name
			return key, nil
		}
		if item.Form != literal.Path || len(item.Path) != 2 {
			return "", fmt.Errorf("a foreign key to no column")
		}
		parent, err := r.v.tableCalled(r.file, r.m, item.Path[0])
		if target != "" && target != parent {
			err = fmt.Errorf("a foreign key to two tables")
		}
		target = parent
		return item.Path[1], err
	})
	said := map[string]string{}
	for member, c := range r.calls {
		if len(c.Items) != 1 || c.Items[0].Form != literal.Str {
			return constraint{}, fmt.Errorf("%s without a word", member)
		}
		said[member] = c.Items[0].Str
	}
	return foreignSays(name, own, target, theirs, said["onDelete"], said["onUpdate"]), err
}

func (r constraintReader) check(call *literal.Value) (constraint, error) {
	if len(r.calls) > 0 || len(call.Items) != 2 || call.Items[0].Form != literal.Str {
		return constraint{}, fmt.Errorf("a check of another form")
	}
	sql, err := r.sql(call.Items[1])
	return checkSays(call.Items[0].Str, sql), err
}

// own reads a column of the table itself: t.key.
func (r constraintReader) own(v *literal.Value) (string, error) {
	if v.Form != literal.Path || len(v.Path) != 2 || v.Path[0] != r.table {
		return "", fmt.Errorf("no column of the table")
	}
	return v.Path[1], nil
}

func (r constraintReader) keys(list *literal.Value, key func(*literal.Value) (string, error)) (out []string, err error) {
	if list == nil || list.Form != literal.List || len(list.Items) == 0 {
		return nil, fmt.Errorf("a key of no columns")
	}
	for _, item := range list.Items {
		k, err := key(item)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

func (r constraintReader) sql(v *literal.Value) (string, error) { return sqlOf(r.file, r.m, v) }

// sqlOf reads sql`…` of Drizzle, without holes.
func sqlOf(file text.Path, m *literal.Module, v *literal.Value) (string, error) {
	if v.Form != literal.SQL || !comes(file, m, "sql", "drizzle-orm", "sql") {
		return "", fmt.Errorf("no SQL of Drizzle")
	}
	return v.Str, nil
}

// tableCalled is the SQL name of the table that a module calls by a name.
func (v *verifier) tableCalled(file text.Path, m *literal.Module, local string) (string, error) {
	schema := m
	if from, name := imported(file, m, local); from != "" {
		if schema = v.other(from); schema == nil || name != local {
			return "", fmt.Errorf("a foreign key to no table")
		}
	}
	if c := schema.Const(local); c != nil {
		if name, ok := tableOf(c.Value); ok {
			return name, nil
		}
	}
	return "", fmt.Errorf("a foreign key to no table")
}
