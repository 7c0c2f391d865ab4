package contract

import (
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
)

// rebuilt is a policy as its emitted module says it.
type rebuilt struct {
	resource *model.Resource
	serving  serving
	literal  *literal.Value            // of the policy; of actions without a table, of the actions
	segment  string                    // the first one of its paths
	actionAt map[string]*literal.Value // by name
	code     map[string]*literal.Value // references to functions of the author, by where they stand: "operations.list"
	bad      []unread
	targets  map[string]string // policy name → SQL name, for references and cascades
}

// unread is a part that the reader does not recognise.
type unread struct {
	at   *literal.Value
	what string
}

func (b *rebuilt) fail(at *literal.Value, what string) { b.bad = append(b.bad, unread{at, what}) }

// object visits the properties of an object by name; a name that has no reader is not recognised.
func (b *rebuilt) object(v *literal.Value, what string, readers map[string]func(*literal.Value)) {
	if v == nil || v.Form != literal.Object {
		b.fail(v, what+" is no object")
		return
	}
	for _, p := range v.Props {
		if read, ok := readers[p.Name]; ok {
			read(p.Value)
			continue
		}
		b.fail(p.Value, what+" has a property "+p.Name+" that no policy has")
	}
}

// each visits every property of an object.
func (b *rebuilt) each(v *literal.Value, what string, read func(name string, v *literal.Value)) {
	if v == nil || v.Form != literal.Object {
		b.fail(v, what+" is no object")
		return
	}
	for _, p := range v.Props {
		read(p.Name, p.Value)
	}
}

func (b *rebuilt) str(v *literal.Value, what string) string {
	if v == nil || v.Form != literal.Str {
		b.fail(v, what+" is no string")
		return ""
	}
	return v.Str
}

func (b *rebuilt) truth(v *literal.Value, what string) bool {
	if v == nil || v.Form != literal.Bool {
		b.fail(v, what+" is neither true nor false")
		return false
	}
	return v.Bool
}

func (b *rebuilt) num(v *literal.Value, what string) float64 {
	if v == nil || v.Form != literal.Num {
		b.fail(v, what+" is no number")
		return 0
	}
	return v.Num
}

// strs reads a list of strings without repetitions; nothing that qbls emits says a thing twice.
func (b *rebuilt) strs(v *literal.Value, what string) []string {
	out := []string{}
	if v == nil || v.Form != literal.List {
		b.fail(v, what+" is no list")
		return out
	}
	for _, i := range v.Items {
		out = append(out, b.str(i, "an entry of "+what))
	}
	return out
}

// data reads a literal: string, number, truth value, null, or a list of them.
func (b *rebuilt) data(v *literal.Value, what string) any {
	switch v.Form {
	case literal.Str:
		return v.Str
	case literal.Num:
		return v.Num
	case literal.Bool:
		return v.Bool
	case literal.Null:
		return nil
	case literal.List:
		out := []any{}
		for _, i := range v.Items {
			out = append(out, b.data(i, what))
		}
		return out
	}
	b.fail(v, what+" is no literal")
	return nil
}

// rebuild reads the literal of resource() or internal().
func rebuild(v *literal.Value, internal bool, targets map[string]string) *rebuilt {
	b := &rebuilt{resource: &model.Resource{Internal: internal}, serving: newServing(), literal: v, actionAt: map[string]*literal.Value{}, code: map[string]*literal.Value{}, targets: targets}
	r := b.resource
	var access, batch *literal.Value
	soft, defaults := false, []definition.FieldDefault(nil)
	list := &model.Operation{PageSize: model.DefaultPageSize, MaxPageSize: model.DefaultMaxPage}
	var get []string
	readers := map[string]func(*literal.Value){
		"name": func(v *literal.Value) {
			r.Segment = b.str(v, "name")
			if b.segment == "" {
				b.segment = r.Segment
			}
		},
		"rows":       b.rows,
		"id":         func(v *literal.Value) { b.serving.ID = b.flat(v, "id") },
		"audit":      func(v *literal.Value) { b.serving.Audit = b.truth(v, "audit") },
		"stamped":    b.stamped,
		"references": b.references, "cascades": b.cascades, "masks": b.masks,
		"label": func(v *literal.Value) { b.serving.Label = b.str(v, "label") },
	}
	if !internal {
		readers["segment"] = func(v *literal.Value) { b.segment = b.str(v, "segment") }
		readers["hidden"] = func(v *literal.Value) { r.Firewall.Hide = b.truth(v, "hidden") }
		readers["access"] = func(v *literal.Value) { access = v }
		readers["batch"] = func(v *literal.Value) { batch = v }
		readers["write"] = func(v *literal.Value) { defaults = b.write(v) }
		readers["delete"] = func(v *literal.Value) { soft = b.word(v, "delete", "soft", "hard") == "soft" }
		readers["list"] = func(v *literal.Value) { b.list(v, list) }
		readers["get"] = func(v *literal.Value) {
			b.object(v, "get", map[string]func(*literal.Value){"fields": func(v *literal.Value) { get = b.strs(v, "get.fields") }})
		}
		readers["views"], readers["values"], readers["actions"] = b.views, b.values, b.actions
		readers["code"] = func(*literal.Value) {} // by runs
	}
	b.object(v, "the policy", readers)
	if v.Get("rows") == nil {
		b.fail(v, "the policy has no rows")
	}
	if !internal {
		b.operations(access, batch)
	}
	for _, op := range r.Operations {
		switch op.Op {
		case model.List:
			op.PageSize, op.MaxPageSize, op.Fields = list.PageSize, list.MaxPageSize, list.Fields
		case model.Get:
			op.Fields = get
		case model.Delete, model.BatchDelete:
			op.Soft = soft
		case model.Create, model.BatchCreate:
			op.Defaults = defaults
		}
	}
	return b
}

func (b *rebuilt) word(v *literal.Value, what string, words ...string) string {
	s := b.str(v, what)
	for _, w := range words {
		if s == w {
			return s
		}
	}
	b.fail(v, what+" is none of "+strings.Join(words, ", "))
	return s
}

// flat reads an object of literals.
func (b *rebuilt) flat(v *literal.Value, what string) map[string]any {
	out := map[string]any{}
	b.each(v, what, func(name string, v *literal.Value) { out[name] = b.data(v, what+"."+name) })
	return out
}

// rows is the firewall.
func (b *rebuilt) rows(v *literal.Value) {
	fw := &b.resource.Firewall
	if v.Form == literal.Str {
		b.word(v, "rows", "unscoped")
		fw.Exception = true
		return
	}
	b.each(v, "rows", func(column string, v *literal.Value) {
		from := len(fw.Rows)
		var unless []string
		b.each(v, "rows."+column, func(op string, v *literal.Value) {
			if op == "unless" {
				unless = b.strs(v, "rows."+column+".unless")
				return
			}
			c := b.condition(column, op, v)
			fw.Rows = append(fw.Rows, model.Row{Column: column, Op: c.Op, Ctx: c.Ctx, Value: c.Value})
		})
		if len(fw.Rows) == from {
			b.fail(v, "rows."+column+" compares nothing")
		}
		for i := from; i < len(fw.Rows); i++ {
			fw.Rows[i].Unless = unless
		}
	})
	if len(fw.Rows) == 0 {
		b.fail(v, "rows holds no predicate")
	}
}

// stamped are the columns that take a value of the context and are no wall.
func (b *rebuilt) stamped(v *literal.Value) {
	b.each(v, "stamped", func(column string, v *literal.Value) {
		path, fromContext := strings.CutPrefix(b.str(v, "stamped."+column), "$ctx.")
		if !fromContext {
			b.fail(v, "stamped."+column+" is no value of the context")
		}
		b.serving.Stamped[column] = path
	})
}

// target is the SQL name of the table that a policy's name means.
func (b *rebuilt) target(v *literal.Value, name string) string {
	if t, ok := b.targets[name]; ok {
		return t
	}
	b.fail(v, name+" is the name of no policy")
	return name
}

func (b *rebuilt) references(v *literal.Value) {
	b.each(v, "references", func(column string, v *literal.Value) {
		b.serving.References[column] = b.target(v, b.str(v, "references."+column))
	})
}

func (b *rebuilt) cascades(v *literal.Value) {
	b.each(v, "cascades", func(child string, v *literal.Value) {
		b.serving.Cascades[b.target(v, child)] = sorted(b.strs(v, "cascades."+child))
	})
}
