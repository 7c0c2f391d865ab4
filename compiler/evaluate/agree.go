package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Check compares what static reading claims of every evaluated module with what running it gave. A difference is a defect of qbls,
// reported where the claim stands; with one of them nothing may be emitted. The facts must be of the snapshot, with Options.All.
func Check(s *analysis.Snapshot, facts Facts) []diagnostics.Diagnostic {
	c := &checker{}
	for _, path := range slices.Sorted(maps.Keys(facts.Modules)) {
		tree := s.Tree(path)
		if tree == nil {
			continue
		}
		exports := facts.Modules[path]
		c.unseen(s.Definition(path), tree, exports)
		claims := definition.Claims(tree, reading{s})
		for _, name := range slices.Sorted(maps.Keys(claims)) {
			if v, ok := exports.Get(name); ok {
				c.compare(claims[name], v, name)
			}
		}
	}
	diagnostics.Sort(c.found)
	return c.found
}

// unseen reports tables that a module makes and exports in a way that reading did not see.
func (c *checker) unseen(d *definition.File, tree *syntax.Tree, exports Value) {
	if d == nil {
		return
	}
	for i, name := range exports.Keys {
		if v := exports.Items[i]; name == "default" || v.Kind != Builder || !strings.HasSuffix(v.Text, "Table") ||
			slices.ContainsFunc(d.Tables, func(t *definition.Table) bool { return t.Binding == name }) {
			continue
		}
		at := text.Place{Path: d.Path, Span: text.Span{End: min(1, int32(len(tree.File().Text)))}}
		for _, e := range d.Exports {
			if e.Text == name {
				at = d.Place(e.At)
			}
		}
		c.found = append(c.found, diagnostics.Diagnostic{Rule: UnseenTable, At: at, Key: name,
			Message: fmt.Sprintf("%s is a table when the definitions run, and its columns cannot be told from what is written.", name),
			Help:    "Write export const " + name + " = sqliteTable(…), or call a function of the project that does."})
	}
}

// reading lets claims follow imports as reading does.
type reading struct{ s *analysis.Snapshot }

func (p reading) Resolve(from text.Path, module string) text.Path { return resolve(p.s, from, module) }
func (p reading) Tree(path text.Path) *syntax.Tree                { return p.s.Tree(path) }

type checker struct{ found []diagnostics.Diagnostic }

func (c *checker) differ(claim definition.Claim, path, read, evaluated string) {
	c.found = append(c.found, diagnostics.Diagnostic{Rule: Disagreement, At: claim.At, Key: path,
		Message: fmt.Sprintf("%s was read as %s, and is %s when the definitions run.", path, read, evaluated),
		Help:    "Write the value out in place, where nothing can change it. This is a defect of qbls: please report it."})
}

// compare walks a claim and what it should be. What is not claimed is not compared.
func (c *checker) compare(claim definition.Claim, v Value, path string) {
	if claim.Kind == definition.ClaimNothing {
		return
	}
	if v.Kind == Opaque {
		c.differ(claim, path, describe(claim), v.Text)
		return
	}
	switch claim.Kind {
	case definition.ClaimScalar:
		if got, ok := scalar(v); !ok || got != claim.Scalar {
			c.differ(claim, path, describe(claim), show(v))
		}
	case definition.ClaimList:
		c.list(claim, v, path)
	case definition.ClaimObject:
		c.object(claim, v, path)
	case definition.ClaimCalls:
		if v.Kind != Table { // the table that a definition is of stands there by its name
			c.calls(claim, v, path)
		}
	}
}

func (c *checker) list(claim definition.Claim, v Value, path string) {
	if v.Kind != List || len(v.Items) < len(claim.Items) || !claim.Open && len(v.Items) != len(claim.Items) {
		c.differ(claim, path, describe(claim), show(v))
		return
	}
	for i, item := range claim.Items {
		c.compare(item, v.Items[i], path+"["+strconv.Itoa(i)+"]")
	}
}

func (c *checker) object(claim definition.Claim, v Value, path string) {
	if v.Kind != Object {
		c.differ(claim, path, describe(claim), show(v))
		return
	}
	for i, key := range claim.Keys {
		item, ok := v.Get(key)
		if !ok {
			c.differ(claim.Items[i], path+"."+key, "written", "not there")
			continue
		}
		c.compare(claim.Items[i], item, path+"."+key)
	}
	for _, key := range v.Keys {
		if !claim.Open && !slices.Contains(claim.Keys, key) {
			c.differ(claim, path+"."+key, "not written", "there")
		}
	}
}

func (c *checker) calls(claim definition.Claim, v Value, path string) {
	if v.Kind != Builder || len(v.Steps) != len(claim.Steps) {
		c.differ(claim, path, describe(claim), show(v))
		return
	}
	for i, step := range claim.Steps {
		got := v.Steps[i]
		if step.Name != got.Name || len(step.Args) != len(got.Args) {
			c.differ(claim, path, describe(claim), show(v))
			return
		}
		for k, arg := range step.Args {
			c.compare(arg, got.Args[k], path+"("+strconv.Itoa(k)+")")
		}
	}
}

func scalar(v Value) (any, bool) {
	switch v.Kind {
	case Null:
		return nil, true
	case Bool:
		return v.Bool, true
	case Number:
		return v.Number, true
	case String:
		return v.Text, true
	}
	return nil, false
}

func describe(c definition.Claim) string {
	switch c.Kind {
	case definition.ClaimScalar:
		if s, ok := c.Scalar.(string); ok {
			return short(quote(s))
		}
		if c.Scalar == nil {
			return "null"
		}
		return fmt.Sprint(c.Scalar)
	case definition.ClaimList:
		return fmt.Sprintf("a list of %d", len(c.Items))
	case definition.ClaimObject:
		return "an object with " + short(strings.Join(c.Keys, ", "))
	}
	var names []string
	for _, s := range c.Steps {
		if s.Name != "" {
			names = append(names, s.Name)
		}
	}
	return "calls of " + short(strings.Join(names, ", "))
}

func show(v Value) string {
	switch v.Kind {
	case List:
		return fmt.Sprintf("a list of %d", len(v.Items))
	case Object:
		return "an object with " + short(strings.Join(v.Keys, ", "))
	case Function, Reference:
		return "a function"
	}
	if source, err := Literal(v, func(_ text.Path, export string) string { return export }); err == nil {
		return short(source)
	}
	return "something else"
}

func short(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
