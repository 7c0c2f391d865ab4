package query

import (
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Hover is an explanation of a span of a file.
type Hover struct {
	Markdown string
	Span     text.Span
}

// HoverAt explains what stands at a byte offset: what a name means in the whole project, else what a firewall becomes, else
// what a key of the language does. It is false where only TypeScript has something to say.
func HoverAt(s *analysis.Snapshot, path text.Path, offset int) (*Hover, bool) {
	sc := newScene(s, path, offset)
	if sc == nil {
		return nil, false
	}
	if sc.root != "" {
		if o, ok := sc.named(); ok {
			if md := sc.explain(o.Symbol); md != "" {
				return &Hover{md, o.At.Span}, true
			}
		}
	}
	key, above := sc.keyAt()
	if key.Valid() && key.Name() == "firewall" && insideResource(above) {
		return sc.hoverFirewall(key)
	}
	for i, step := range sc.cursor.Path {
		if step.Key == "firewall" && insideResource(sc.cursor.Path[:i]) {
			return sc.hoverFirewall(step.Node)
		}
	}
	if md := sc.explainOperation(key, above); md != "" {
		return &Hover{md, key.NameSpan()}, true
	}
	if h, ok := hoverKey(key, above); ok {
		return h, true
	}
	return sc.hoverValue()
}

// named is what a definition or code names at the cursor.
func (sc *scene) named() (names.Occurrence, bool) {
	if x, ok := spellingsOf(sc.s, sc.path); ok {
		return x.at(sc.path, sc.offset)
	}
	return names.Occurrence{}, false
}

// keyAt returns the property whose key is at the cursor, and the path to the object that holds it.
func (sc *scene) keyAt() (syntax.Node, []syntax.Step) {
	node := sc.cursor.Node
	for node.Valid() && node.Kind() != syntax.Property {
		node = node.Parent()
	}
	if !node.Valid() || !contains(node.NameSpan(), sc.offset) {
		return syntax.Node{}, nil
	}
	path := sc.cursor.Path
	if n := len(path); n > 0 && path[n-1].Key == node.Name() {
		path = path[:n-1]
	}
	return node, path
}

func insideResource(path []syntax.Step) bool {
	if len(path) == 0 {
		return false
	}
	last := path[len(path)-1]
	return last.Arg == 1 && (last.Call == "defineTable" || last.Call == "defineResource")
}

func (sc *scene) explain(sym names.Symbol) string {
	if sc.project == nil {
		return ""
	}
	r := sc.project.Resource(model.ID(sym.Owner))
	switch sym.Kind {
	case names.State:
		return sc.explainState(sym)
	case names.Role:
		return sc.explainRole(sym.Name)
	case names.Column:
		return sc.explainColumn(r, sym.Name)
	case names.Action:
		return sc.explainAction(r, sym.Name)
	case names.View:
		return sc.explainView(r, sym.Name)
	case names.Table:
		return sc.explainTable(sc.project.Resource(model.ID(sym.Name)))
	}
	return ""
}

// effective is the policy of a resource, or nil.
func (sc *scene) effective(r *model.Resource) *policy.Effective {
	if r == nil || r.Internal {
		return nil
	}
	return sc.s.Effective(sc.root, r.ID)
}

// hoverKey explains a key of the language.
func hoverKey(key syntax.Node, above []syntax.Step) (*Hover, bool) {
	if !key.Valid() {
		return nil, false
	}
	sh, _ := language().walk(above)
	p, ok := sh.prop(key.Name())
	if !ok {
		return nil, false
	}
	return &Hover{"**" + p.key + "**: " + p.doc, key.NameSpan()}, true
}

func contains(s text.Span, offset int) bool { return int(s.Start) <= offset && offset <= int(s.End) }

// lines joins what is not empty.
func lines(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n\n")
}

func code(s string) string { return "`" + s + "`" }

func codes(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = code(s)
	}
	return strings.Join(out, ", ")
}
