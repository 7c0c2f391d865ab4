// Package resource emits src/features/<feature>/<segment>.resource.ts: the policy of one resource as literal data, in the shape that
// the runtime library enforces (lib/policy.ts).
//
// It only says again what the model says. What the data cannot express is an error, never left out: a policy that lost a condition
// would open what the author closed.
package resource

import (
	"fmt"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/ts"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// Input is what one resource is emitted from.
type Input struct {
	Project  *model.Project
	Resource *model.Resource
	Names    *naming.Project
	Prefix   string // of prefixed ids
}

// Refusal says what cannot be expressed, and where it is written.
type Refusal struct {
	At      text.Anchor
	Subject string
	Message string
}

func (e *Refusal) Error() string { return e.Message }

// Emit returns the policy module of a resource. The error is a *Refusal.
func Emit(in Input) (*output.File, error) {
	w := &writer{Input: in, n: in.Names.Of(in.Resource.ID)}
	w.modules = link.NewImports(in.Project, w.n.ResourceFile())
	if in.Resource.Table == nil {
		return w.tableless()
	}
	if err := w.sayable(); err != nil {
		return nil, err
	}
	policy, err := w.policy()
	if err != nil {
		return nil, err
	}
	kind := "resource"
	if in.Resource.Internal {
		kind = "internal"
	}
	from := w.n.ResourceFile()
	s := naming.Header(in.Project, in.Resource.File, in.Resource.ActionsFile)
	s += "import { " + kind + " } from " + ts.Quote(naming.Relative(from, "src/lib/resource.ts")) + ";\n"
	s += w.modules.String()
	if link.FillsColumns(in.Resource) { // it registers the functions that fill columns
		s += "import " + ts.Quote(naming.Relative(from, link.Path(in.Project, in.Resource.TableFile))) + ";\n"
	}
	s += "import { " + w.n.Table + " } from './schema.ts';\n\n"
	head := "export const " + w.n.Resource + " = " + kind + "(" + w.n.Table + ")("
	s += head + ts.Print(policy, 0, ts.Width, 0) + ");\n"
	return &output.File{Path: text.Path(from), Content: []byte(s)}, nil
}

// tableless emits the actions of a feature that belong to no table.
func (w *writer) tableless() (*output.File, error) {
	rules, err := w.actionRules("")
	if err != nil {
		return nil, err
	}
	from := w.n.ResourceFile()
	s := naming.Header(w.Project, w.Resource.File) + "import { tableless } from " + ts.Quote(naming.Relative(from, "src/lib/tableless.ts")) + ";\n" + w.modules.String()
	head := "\nexport const " + w.n.Resource + " = tableless(" + ts.Quote(w.n.Policy) + ", "
	s += head + ts.Print(rules, 0, ts.Width, 0) + ");\n"
	return &output.File{Path: text.Path(from), Content: []byte(s)}, nil
}

type writer struct {
	Input
	n       *naming.Names
	modules *link.Imports
}

// policy lists what a resource has in the order of lib/policy.ts, most of it only when there is something to say.
func (w *writer) policy() (*ts.Object, error) {
	r := w.Resource
	o := ts.Obj().Set("name", ts.String(w.n.Policy))
	rows, err := w.rows()
	if err != nil {
		return nil, err
	}
	o.Set("rows", rows)
	if len(r.Firewall.Stamped) > 0 {
		stamped := ts.Obj()
		for _, s := range r.Firewall.Stamped {
			stamped.Set(s.Column, ts.String("$ctx."+s.Ctx))
		}
		o.Set("stamped", stamped)
	}
	if !r.Internal && w.n.Policy != r.Segment {
		o.Set("segment", ts.String(r.Segment))
	}
	if r.Firewall.Hide && !r.Internal {
		o.Set("hidden", ts.Bool(true))
	}
	if id := w.id(); id != nil {
		o.Set("id", id)
	}
	if !w.Project.Config.AuditFields {
		o.Set("audit", ts.Bool(false))
	}
	if !r.Internal {
		if err := w.operations(o); err != nil {
			return nil, err
		}
	}
	references, err := w.references()
	if err != nil {
		return nil, err
	}
	set(o, "references", references)
	set(o, "cascades", w.cascades())
	if r.Display != "" {
		o.Set("label", ts.String(r.Display))
	}
	masks, err := w.masks()
	if err != nil {
		return nil, err
	}
	set(o, "masks", masks)
	if r.Internal {
		return o, nil
	}
	return o, w.answers(o)
}

// operations sets access, write, delete and batch.
func (w *writer) operations(o *ts.Object) error {
	access, batch := ts.Obj(), ts.Obj()
	for _, op := range w.Resource.Operations {
		single, isBatch := batchOf(op.Op)
		if isBatch {
			rule, err := w.batch(op, single)
			if err != nil {
				return err
			}
			batch.Set(string(single), rule)
			continue
		}
		a, err := w.access(op.Access, operationPath(op))
		if err != nil {
			return err
		}
		access.Set(string(op.Op), a)
	}
	o.Set("access", access)
	write, err := w.write()
	if err != nil {
		return err
	}
	if write != nil {
		o.Set("write", write)
	}
	for _, kind := range []model.Op{model.Delete, model.BatchDelete} {
		if op := w.Resource.Operation(kind); op != nil {
			mode := "hard"
			if op.Soft {
				mode = "soft"
			}
			o.Set("delete", ts.String(mode))
			break
		}
	}
	set(o, "batch", batch)
	return nil
}

// answers sets what reading and actions need: lists, views, value rules, actions.
func (w *writer) answers(o *ts.Object) error {
	set(o, "list", w.list())
	if op := w.Resource.Operation(model.Get); op != nil && len(op.Fields) > 0 {
		o.Set("get", ts.Obj().Set("fields", ts.Strings(op.Fields)))
	}
	views, err := w.views()
	if err != nil {
		return err
	}
	set(o, "views", views)
	set(o, "values", w.values())
	code := w.code()
	actions, err := w.actionRules(code)
	if err != nil {
		return err
	}
	set(o, "actions", actions)
	if code != "" {
		o.Set("code", ts.Code(code))
	}
	return nil
}

// rows is the firewall.
func (w *writer) rows() (ts.Value, error) {
	fw := w.Resource.Firewall
	if len(fw.Rows) == 0 {
		if !fw.Exception {
			return nil, w.refuse(fw.At, "firewall", "The firewall has no predicate and no exception, so nothing says which rows a caller reaches")
		}
		return ts.String("unscoped"), nil
	}
	out, waived := ts.Obj(), map[string]string{}
	for _, row := range fw.Rows {
		condition, known := find(out, row.Column)
		if !known {
			condition = ts.Obj()
			out.Set(row.Column, condition)
		}
		unless := fmt.Sprint(row.Unless)
		op, value := w.predicate(row)
		if _, taken := find(condition, op); taken || known && waived[row.Column] != unless {
			return nil, w.refuse(row.At, "firewall."+row.Column,
				"Two predicates on "+row.Column+" that one rule cannot hold: use one operator per column, or an \"in\" list")
		}
		waived[row.Column] = unless
		condition.Set(op, value)
	}
	for _, row := range fw.Rows {
		condition, _ := find(out, row.Column)
		if _, done := find(condition, "unless"); len(row.Unless) > 0 && !done {
			condition.Set("unless", ts.Strings(row.Unless))
		}
	}
	return out, nil
}

// predicate is a firewall predicate in the library's words: nothing equals null, and a literal of free text is a list of one, so that
// no mistyped context path can pass for one.
func (w *writer) predicate(row model.Row) (op string, value ts.Value) {
	if row.Ctx == "" && (row.Op == "equals" || row.Op == "notEquals") && row.Value == nil {
		return "isNull", ts.Bool(row.Op == "equals")
	}
	if literal, isText := row.Value.(string); isText && row.Ctx == "" && row.Op == "equals" {
		if c := w.Resource.Table.Column(row.Column); c == nil || len(c.Enum) == 0 {
			return "in", ts.Strings([]string{literal})
		}
	}
	return row.Op, operand(row.Ctx, row.Value)
}

// id says how keys are made; nil when the resource has no single key.
func (w *writer) id() *ts.Object {
	keys := w.Resource.Table.PrimaryKey()
	if len(keys) != 1 {
		return nil
	}
	kind := w.Project.Config.GenerateID
	switch {
	case keys[0].Builder == "integer":
		return ts.Obj().Set("generate", ts.String("serial"))
	case kind == "false" || kind == "serial":
		return ts.Obj().Set("generate", ts.Bool(false))
	case kind == "prefixed" || kind == "":
		return ts.Obj().Set("generate", ts.String("prefixed")).Set("prefix", ts.String(w.Prefix))
	}
	return ts.Obj().Set("generate", ts.String(kind))
}

// references are the foreign keys. The library looks targets up by their primary key, so one to another column is refused.
func (w *writer) references() (*ts.Object, error) {
	out := ts.Obj()
	for _, f := range w.Resource.Foreign {
		if _, twice := find(out, f.Column); twice || !w.Names.Has(f.Target) {
			continue
		}
		for _, target := range w.Project.Resources {
			if target.ID == f.Target && !keyedBy(target, f.Key) {
				return nil, w.refuse(w.column(f.Column), "references."+f.Column,
					fmt.Sprintf("%s refers to %s.%s, which alone is not the primary key: refer to the key", f.Column, target.Segment, f.Key))
			}
		}
		out.Set(f.Column, ts.String(w.Names.Of(f.Target).Policy))
	}
	return out, nil
}

func keyedBy(r *model.Resource, column string) bool {
	if r.Table == nil {
		return false
	}
	keys := r.Table.PrimaryKey()
	return len(keys) == 1 && keys[0].Key == column
}

// column is where a column is written.
func (w *writer) column(key string) text.Anchor {
	if c := w.Resource.Table.Column(key); c != nil && c.Source != nil {
		return c.Source.Key.At
	}
	return w.Resource.Firewall.At
}

// cascades are the tables of the same feature whose rows go with this one's on a soft delete. A key that says "set null" keeps its rows.
func (w *writer) cascades() *ts.Object {
	out := ts.Obj()
	if !soft(w.Resource) {
		return out
	}
	for _, child := range w.Project.Resources {
		if child.Feature != w.Resource.Feature || child.Table == nil || !soft(child) {
			continue
		}
		var links ts.Array
		for _, f := range child.Foreign {
			if f.Target != w.Resource.ID || f.OnDelete == "set null" || f.OnDelete == "set default" {
				continue
			}
			links = append(links, ts.String(f.Column))
		}
		if len(links) > 0 {
			out.Set(w.Names.Of(child.ID).Policy, links)
		}
	}
	return out
}

// soft says whether deleted rows of a resource stay in the table.
func soft(r *model.Resource) bool {
	if r.Table == nil {
		return false
	}
	for _, c := range r.Table.Columns {
		if c.Role == model.DeleteColumn {
			op := r.Operation(model.Delete)
			return op == nil || op.Soft
		}
	}
	return false
}

func (w *writer) refuse(a text.Anchor, subject, message string) error {
	return &Refusal{At: a, Subject: string(w.Resource.ID) + "." + subject, Message: message + "."}
}

func set(o *ts.Object, name string, v *ts.Object) {
	if v != nil && !v.Empty() {
		o.Set(name, v)
	}
}

// find returns a property of an object that is an object itself, or a taken name.
func find(o *ts.Object, name string) (*ts.Object, bool) {
	for _, p := range o.Properties {
		if p.Name == name {
			inner, _ := p.Value.(*ts.Object)
			return inner, true
		}
	}
	return nil, false
}
