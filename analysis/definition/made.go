package definition

import (
	"regexp"

	"github.com/qbls/qbls/analysis/syntax"
)

// makesTable finds a call of a table function in the text of a helper.
var makesTable = regexp.MustCompile(`\b(sqlite|pg|mysql)Table\s*\(|\bq\s*\.\s*table\s*\(|\b\w+Table\s*\(`)

// made is the call that a constant was made by: the one that is written, or what a helper that makes whole tables gave when it was
// evaluated. A helper's table that nobody has evaluated is a gap. Skipped in silence, it would be a table without its policy.
func (r *reader) made(declaration, call syntax.Node) syntax.Node {
	if v, ok := r.settled(call); ok {
		return v
	}
	if call.Kind() != syntax.Call || !declaration.Has(syntax.Exported) || declaration.Name() == "" || r.tableCall(call).Valid() || r.isDefine(call) {
		return call
	}
	if makesTable.MatchString(call.Text()) || r.helper(call.Callee()) {
		r.gap(call, "the table "+declaration.Name())
	}
	return call
}

// helper says whether a callee is a function of the project whose text makes a table.
func (r *reader) helper(callee syntax.Node) bool {
	name := root(callee)
	if name == "" {
		return false
	}
	m, name := r.home(callee.Tree(), name, 0)
	if m == nil {
		return false
	}
	return makesTable.MatchString(m.bindings[name].Text())
}
