package definition

import (
	"path"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
)

var featureKeys = &keys{known: append([]string{"columns", "actions"}, policyKeys...)}

// feature reads feature('name', { columns, …, actions }): a table, its policy and its actions in one value. binding is the
// constant it is exported through, "" when it is exported in place.
func (r *reader) feature(call syntax.Node, binding string) {
	name := r.str(call.Child(0), "the feature's name")
	if base := strings.TrimSuffix(path.Base(string(r.path)), ".ts"); name.State == Known && name.V != base {
		r.report(OtherName, r.file.Place(name.At), "Call both the same: the URL is the file's name.", "This feature is called %q, and its file, which names the URL, %q.", name.V, base)
	}
	if binding == "" {
		binding = camel(name.V)
	}
	t := &Table{Binding: binding, At: name.At, Name: name, Dialect: SQLite, Q: true, Export: true}
	res := &Resource{Form: FormFeature, Binding: binding, BindingAt: name.At, At: r.at(call.Callee())}
	r.file.Tables = append(r.file.Tables, t)
	r.file.Table = res
	o := r.object(call.Child(1), "A feature", featureKeys)
	if o == nil {
		res.BodyAt = r.at(call)
		return
	}
	if !o.has("columns") {
		r.report(WrongValue, place(call.Callee()), "Add columns: { id: q.id(), … }.", "A feature declares its table, and columns are missing.")
	}
	r.columnMap(t, o)
	r.policy(res, o)
	if p, ok := o.prop("actions"); ok {
		r.file.Actions = &Actions{Form: ActionsOfFeature, Binding: binding, BindingAt: name.At, At: r.anchor(namePlace(p))}
		r.actionMap(r.file.Actions, p.Value(), "actions")
	}
}

func (r *reader) columnMap(t *Table, o *object) {
	if !o.has("columns") {
		return
	}
	r.dialect = t.Dialect
	defer func() { r.dialect, r.keys = "", nil }()
	r.object(o.value("columns"), "columns", nil).each(func(name Name, p syntax.Node) {
		r.keys = append(r.keys, name.Text)
		if c := r.column(name, p.Value()); c != nil {
			t.Columns = append(t.Columns, c)
		} else {
			t.Unread = append(t.Unread, name)
		}
	})
}

// camel makes a constant's name of a feature's: job-postings → jobPostings.
func camel(name string) string {
	parts := strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || c == ' ' || c == '.' })
	for i, p := range parts {
		if i > 0 {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}
