package query

import (
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
)

// shape describes what may stand at one place of a definition. A place can be several things at once: a firewall is an object
// or an array, a condition a value or an object of operators.
type shape struct {
	props  []prop                           // properties of an object
	other  []prop                           // properties that are explained where they stand, and not offered: this version does not emit them
	fits   func(sc *scene, key string) bool // whether a property can stand here; all can when nil
	names  source                           // properties whose keys are names: columns, roles, free choice when nil
	blocks source                           // whole properties to begin with, as snippets
	each   *shape                           // value of every property that is not in props
	items  *shape                           // elements of an array
	values source                           // strings, numbers and words that may stand here
}

// prop is one documented property.
type prop struct {
	key   string
	doc   string
	value *shape
}

// source lists what may stand somewhere.
type source func(*scene, place) []Item

// place is what the walk to a shape went through.
type place struct {
	column string // innermost column that a key on the way named: the field of a condition
	holder string // key of the outermost property: "guards", "crud"
	list   string // key of the innermost property: "createable"
}

// roots are the calls whose arguments have a shape, by callee and argument.
type roots map[string]map[int]*shape

// walk follows the property path from the innermost call that the grammar knows. A call that it does not know ends the walk:
// what stands inside z.object(…) is none of our business.
func (g roots) walk(path []syntax.Step) (*shape, place) {
	at := -1
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].Call != "" {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, place{}
	}
	sh := g[path[at].Call][path[at].Arg]
	var where place
	for _, step := range path[at+1:] {
		if sh == nil {
			return nil, where
		}
		sh = sh.enter(step, &where)
	}
	return sh, where
}

func (sh *shape) enter(step syntax.Step, where *place) *shape {
	if step.Key == "" {
		if step.Index >= 0 {
			return sh.items
		}
		return nil
	}
	if where.holder == "" {
		where.holder = step.Key
	}
	where.list = step.Key
	for i := range sh.props {
		if sh.props[i].key == step.Key {
			return orNothing(sh.props[i].value)
		}
	}
	if sh.names != nil {
		where.column = step.Key
	}
	return sh.each
}

func orNothing(sh *shape) *shape {
	if sh == nil {
		return &shape{}
	}
	return sh
}

// prop finds a documented property.
func (sh *shape) prop(key string) (prop, bool) {
	if sh != nil {
		for _, p := range slices.Concat(sh.props, sh.other) {
			if p.key == key {
				return p, true
			}
		}
	}
	return prop{}, false
}

// list is an array of what a source offers.
func list(s source) *shape { return &shape{items: &shape{values: s}} }

// leaf is a value that a source offers.
func leaf(s source) *shape { return &shape{values: s} }
