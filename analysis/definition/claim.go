package definition

import (
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// ClaimKind is what static reading claims to know of an expression.
type ClaimKind uint8

const (
	ClaimNothing ClaimKind = iota
	ClaimScalar            // Scalar: string, float64, bool or nil
	ClaimList
	ClaimObject
	ClaimCalls // Steps from something that a package exports
)

// Claim is what static reading takes an expression for, whatever it means: the ground on which every reading stands. Running the
// code must agree with it, and evaluation checks that it does.
type Claim struct {
	Kind   ClaimKind
	Scalar any
	Keys   []string // of an object, each once
	Items  []Claim  // elements, or values by key
	Open   bool     // a list may have other elements, an object more keys
	Steps  []ClaimStep
	At     text.Place
}

// ClaimStep is a member or, without a name, a call.
type ClaimStep struct {
	Name string
	Args []Claim
}

// Claims returns what static reading takes the default export ("default") and the constants that hold calls for, by name.
func Claims(t *syntax.Tree, project Project) map[string]Claim {
	r := &reader{tree: t, path: t.File().Path, file: &File{Path: t.File().Path}, project: project, modules: map[text.Path]*module{}}
	r.imports()
	out := map[string]Claim{}
	for n := range t.Root().Children() {
		switch {
		case n.Kind() == syntax.ExportValue:
			out["default"] = r.claim(r.own(n.Value().Inner()), 0)
		case n.Kind() == syntax.Var && n.Has(syntax.Exported) && n.Has(syntax.Const) && n.Value().Inner().Kind() == syntax.Call:
			out[n.Name()] = r.claim(n.Value(), 0)
		}
	}
	return out
}

func (r *reader) claim(n syntax.Node, depth int) Claim {
	n = r.value(n)
	c := Claim{At: place(n)}
	if depth > maxFollow {
		return c
	}
	if s, ok := n.Str(); ok {
		return Claim{Kind: ClaimScalar, Scalar: s, At: c.At}
	}
	if f, ok := number(n); ok {
		return Claim{Kind: ClaimScalar, Scalar: f, At: c.At}
	}
	if b, ok := n.Bool(); ok {
		return Claim{Kind: ClaimScalar, Scalar: b, At: c.At}
	}
	switch n.Kind() {
	case syntax.Null:
		c.Kind = ClaimScalar
	case syntax.Array:
		c.Kind = ClaimList
		r.claimList(n, &c, depth)
	case syntax.Object:
		c.Kind = ClaimObject
		r.claimObject(n, &c, depth)
	case syntax.Call:
		if steps, ok := r.claimSteps(n, depth); ok {
			c.Kind, c.Steps = ClaimCalls, steps
		}
	}
	return c
}

// claimList claims the elements before the first that is not known; those behind it may stand anywhere.
func (r *reader) claimList(n syntax.Node, c *Claim, depth int) {
	for e := range n.Children() {
		if c.Open {
			return
		}
		if e.Kind() != syntax.Spread {
			c.Items = append(c.Items, r.claim(e, depth+1))
			continue
		}
		if from := r.value(e.Value()); from.Kind() == syntax.Array && depth < maxFollow {
			r.claimList(from, c, depth+1)
		} else {
			c.Open = true
		}
	}
}

// claimObject claims the keys behind the last one that is not known: that one may set any before it again.
func (r *reader) claimObject(n syntax.Node, c *Claim, depth int) {
	for p := range n.Children() {
		switch {
		case p.Kind() == syntax.Spread:
			if from := r.value(p.Value()); from.Kind() == syntax.Object && depth < maxFollow {
				r.claimObject(from, c, depth+1)
				continue
			}
			c.Keys, c.Items, c.Open = nil, nil, true
		case p.Has(syntax.Computed) || p.Name() == "":
			c.Keys, c.Items, c.Open = nil, nil, true
		case p.Has(syntax.Method):
			c.set(p.Name(), Claim{At: namePlace(p)})
		default:
			c.set(p.Name(), r.claim(p.Value(), depth+1))
		}
	}
}

func (c *Claim) set(key string, v Claim) {
	for i, k := range c.Keys {
		if k == key {
			c.Items[i] = v
			return
		}
	}
	c.Keys, c.Items = append(c.Keys, key), append(c.Items, v)
}

// claimSteps follows a chain of calls and members down to the name it starts from, which a package must export.
func (r *reader) claimSteps(n syntax.Node, depth int) ([]ClaimStep, bool) {
	n = n.Inner()
	switch n.Kind() {
	case syntax.Ident:
		if n.Tree() != r.tree {
			return nil, false
		}
		i, ok := r.imported(n.Name())
		return nil, ok && i.Target == "" && i.Imported != "*"
	case syntax.Member:
		steps, ok := r.claimSteps(n.Operand(), depth)
		return append(steps, ClaimStep{Name: n.Name()}), ok
	case syntax.Call:
		if n.Has(syntax.New) {
			return nil, false
		}
		steps, ok := r.claimSteps(n.Callee(), depth)
		if !ok {
			return nil, false
		}
		args := []Claim{}
		for a := range n.Children() {
			if a.Kind() == syntax.Spread {
				return nil, false
			}
			args = append(args, r.claim(a, depth+1))
		}
		return append(steps, ClaimStep{Args: args}), true
	}
	return nil, false
}
