package query

import (
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Signature is a call of the definition language.
type Signature struct {
	Label  string // "defineTable(table, policy)"
	Doc    string // Markdown
	Params []Param
	Active int // the parameter at the cursor; -1 when the call takes none
}

// Param is a parameter of a call. Start and End are its bytes in the label.
type Param struct {
	Start, End int
	Doc        string
}

// SignatureAt describes the innermost call of the definition language around a byte offset, whose arguments are being written. It is
// false outside of one, and inside of a function, which TypeScript knows better.
func SignatureAt(s *analysis.Snapshot, path text.Path, offset int) (*Signature, bool) {
	t := s.Tree(path)
	if t == nil {
		return nil, false
	}
	steps := t.At(offset).Path
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Call == "" {
			continue
		}
		known, ok := signatures[steps[i].Call]
		if !ok {
			known, ok = modifierOf(steps[i])
		}
		if !ok {
			return nil, false
		}
		return known.at(steps[i]), true
	}
	return nil, false
}

// modifierOf finds a modifier of a column: of q only where the chain begins with it.
func modifierOf(step syntax.Step) (call, bool) {
	known, ok := modifiers[step.Call]
	if !ok {
		return call{}, false
	}
	for n := step.Node.Callee(); n.Valid(); {
		switch n.Kind() {
		case syntax.Call:
			n = n.Callee()
		case syntax.Member:
			n = n.Operand()
		default:
			return known, n.Kind() == syntax.Ident && n.Name() == "q"
		}
	}
	return call{}, false
}

func (c call) at(step syntax.Step) *Signature {
	name := step.Call
	out := &Signature{Doc: c.doc, Active: -1}
	var b strings.Builder
	b.WriteString(name + "(")
	for i, p := range c.params {
		if i > 0 {
			b.WriteString(", ")
		}
		start := b.Len()
		b.WriteString(p.name)
		out.Params = append(out.Params, Param{start, b.Len(), p.doc})
	}
	b.WriteString(")")
	out.Label = b.String()
	if n := len(out.Params); n > 0 {
		out.Active = min(step.Arg, n-1)
	}
	return out
}

type call struct {
	doc    string
	params []param
}

type param struct{ name, doc string }
