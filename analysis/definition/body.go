package definition

import (
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

var rawMethods = []string{"execute", "run", "all", "get", "values", "exec"}
var databases = []string{"db", "rawDb", "tx", "unsafeDb"}

// bindingName is a name of a D1 database in the environment: DB, AUTH_DB.
var bindingName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// rawSQL finds raw SQL in a function's body: sql.raw(…), db.execute(…) and their like, prepared statements (language.md, Views,
// actions).
func (r *reader) rawSQL(body syntax.Node) (out []RawSQL) {
	known := append(slices.Clone(databases), aliases(body)...)
	for ref := range body.Refs() {
		n := len(ref.Path)
		if !ref.Call || n < 2 {
			continue
		}
		owner, method := ref.Path[n-2], ref.Path[n-1]
		isDB := slices.Contains(known, owner)
		switch {
		case method == "raw" && (owner == "sql" || n == 2 && r.means(owner, "sql")),
			isDB && slices.Contains(rawMethods, method),
			method == "prepare" && (isDB || bindingName.MatchString(owner)):
			out = append(out, RawSQL{strings.Join(ref.Path, "."), r.anchor(spanOf(body, ref.Span))})
		}
	}
	return out
}

// means says whether a local name is an import of that name.
func (r *reader) means(local, imported string) bool {
	i, ok := r.imported(local)
	return ok && i.Imported == imported
}

var (
	renamed  = regexp.MustCompile(`\b(?:db|rawDb|tx|unsafeDb)\s*:\s*([A-Za-z_$][\w$]*)`)
	assigned = regexp.MustCompile(`\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?:[\w$]+\s*\.\s*)*(?:db|rawDb|tx|unsafeDb)\s*[;,\n)]`)
)

// aliases are other names that a function gives its database: ({ db: d }) => …, const { db: d } = params, const d = params.db.
// They are found in the text, so that a name in a comment may be among them: that only means to look at more calls.
func aliases(body syntax.Node) (out []string) {
	source := spanText(body, body.Span())
	for _, pattern := range []*regexp.Regexp{renamed, assigned} {
		for _, m := range pattern.FindAllStringSubmatch(source, -1) {
			out = append(out, m[1])
		}
	}
	return out
}

var updateSet = regexp.MustCompile(`\.update\(\s*(\w+)\s*\)\s*\.set\(\s*\{`)

// writes finds the columns that a visible db.update(table).set({ … }) in a body names.
func (r *reader) writes(lambda syntax.Node) (out []Name) {
	span := lambda.Body()
	source := textOf(lambda)
	if span.Start >= span.End || int(span.End) > len(source) {
		return nil
	}
	calls := map[int32]bool{} // ends of real `.update` references: not in comments or strings
	for ref := range lambda.Refs() {
		if ref.Call && ref.Path[len(ref.Path)-1] == "update" {
			calls[ref.Span.End] = true
		}
	}
	for _, m := range updateSet.FindAllStringSubmatchIndex(source[span.Start:span.End], -1) {
		if !calls[span.Start+int32(m[0])+int32(len(".update"))] {
			continue
		}
		open := int(span.Start) + m[1] - 1
		padded := strings.Repeat(" ", open-1) + "(" + source[open:span.End]
		for statement := range syntax.Parse(text.NewFile(r.path, padded)).Root().Children() {
			for p := range firstObject(statement.Value()).Children() {
				if p.Kind() == syntax.Property && !p.Has(syntax.Computed) && p.Name() != "" {
					out = append(out, Name{source[span.Start+int32(m[2]):span.Start+int32(m[3])] + "." + p.Name(), r.anchor(spanOf(lambda, p.NameSpan()))})
				}
			}
			break
		}
	}
	return out
}

// firstObject is the object literal that an expression begins with.
func firstObject(n syntax.Node) syntax.Node {
	for n.Valid() && n.Kind() != syntax.Object {
		switch {
		case n.Inner() != n:
			n = n.Inner()
		case n.Callee().Valid():
			n = n.Callee()
		case n.Operand().Valid():
			n = n.Operand()
		default:
			return syntax.Node{}
		}
	}
	return n
}

// returns lists the keys of the objects that a body visibly answers with: async () => ({ status: 'done' }), { return { status: 'done' }; }.
func (r *reader) returns(lambda syntax.Node) (out []Name) {
	if lambda.Kind() != syntax.Lambda {
		return nil
	}
	for p := range r.body(lambda).Children() {
		if p.Kind() == syntax.Property && !p.Has(syntax.Computed) && p.Name() != "" {
			out = append(out, Name{p.Name(), r.anchor(spanOf(lambda, p.NameSpan()))})
		}
	}
	span, source := lambda.Body(), textOf(lambda)
	if span.Start < span.End && int(span.End) <= len(source) && source[span.Start] == '{' {
		for _, key := range keysReturned(source, span) {
			out = append(out, Name{source[key.Start:key.End], r.anchor(spanOf(lambda, key))})
		}
	}
	return out
}
