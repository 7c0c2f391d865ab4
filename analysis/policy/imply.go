package policy

import "slices"

// implies says whether every row that satisfies a satisfies b. It is sound and incomplete: false means "not known".
// Strings are compared for equality only, because databases order them by different collations.
func (a Atom) implies(b Atom) bool {
	if a.Column != b.Column {
		return false
	}
	if a.equal(b) {
		return true
	}
	if b.Op == OpNotNull {
		return a.needsValue()
	}
	if a.Ctx != "" || b.Ctx != "" {
		return false
	}
	if values, finite := a.values(); finite {
		for _, v := range values {
			if !b.holds(map[string]any{a.Column: v}, noContext) || !decidable(b, v) {
				return false
			}
		}
		return true
	}
	switch {
	case a.Op == OpNotIn && b.Op == OpNotEquals:
		return contains(a.Value, b.Value)
	case a.Op == OpNotIn && b.Op == OpNotIn:
		return containsAll(a.Value, b.Value)
	}
	return impliesBound(a, b)
}

// excludes says whether no row satisfies both. It is sound and incomplete.
func (a Atom) excludes(b Atom) bool {
	if a.Column != b.Column {
		return false
	}
	if a.Op == OpIsNull {
		return b.needsValue()
	}
	if b.Op == OpIsNull {
		return a.needsValue()
	}
	if a.Ctx != b.Ctx {
		return false
	}
	if a.Ctx != "" {
		pair := [2]string{min(a.Op, b.Op), max(a.Op, b.Op)}
		return pair == [2]string{OpEquals, OpNotEquals} || pair == [2]string{OpIn, OpNotIn}
	}
	if values, finite := a.values(); finite {
		return noneHolds(values, b)
	}
	if values, finite := b.values(); finite {
		return noneHolds(values, a)
	}
	return false
}

func noneHolds(values []any, b Atom) bool {
	for _, v := range values {
		if !decidable(b, v) || b.holds(map[string]any{b.Column: v}, noContext) {
			return false
		}
	}
	return true
}

func noContext(string) (any, bool) { return nil, false }

// needsValue says whether a NULL column cannot satisfy the atom.
func (a Atom) needsValue() bool {
	return a.Op != OpIsNull && a.Op != OpNotEquals && a.Op != OpNotIn
}

// values returns the only values a column can have where the atom holds.
func (a Atom) values() ([]any, bool) {
	if a.Ctx != "" {
		return nil, false
	}
	switch a.Op {
	case OpEquals:
		return []any{a.Value}, true
	case OpIn:
		items, _ := a.Value.([]any)
		return items, true
	case OpIsNull:
		return []any{nil}, true
	}
	return nil, false
}

// decidable says whether comparing v by the atom gives the same answer in every database.
func decidable(a Atom, v any) bool {
	switch a.Op {
	case OpLessThan, OpLessThanOrEqual, OpGreaterThan, OpGreaterThanOrEqual:
		_, isString := a.Value.(string)
		_, valueIsString := v.(string)
		return v == nil || !isString && !valueIsString
	}
	return true
}

func containsAll(list, items any) bool {
	wanted, _ := items.([]any)
	return !slices.ContainsFunc(wanted, func(v any) bool { return !contains(list, v) })
}

// impliesBound compares two bounds on a number: x < 3 implies x <= 5 and x <> 7.
func impliesBound(a, b Atom) bool {
	x, isNumber := a.Value.(float64)
	if !isNumber {
		return false
	}
	excluded := func(v any) bool {
		y, ok := v.(float64)
		return ok && !a.holds(map[string]any{a.Column: y}, noContext)
	}
	switch a.Op {
	case OpLessThan, OpLessThanOrEqual, OpGreaterThan, OpGreaterThanOrEqual:
	default:
		return false
	}
	switch b.Op {
	case OpNotEquals:
		return excluded(b.Value)
	case OpNotIn:
		items, _ := b.Value.([]any)
		return !slices.ContainsFunc(items, func(v any) bool { return !excluded(v) })
	}
	y, isNumber := b.Value.(float64)
	if !isNumber {
		return false
	}
	switch {
	case a.Op == OpLessThan && (b.Op == OpLessThan || b.Op == OpLessThanOrEqual),
		a.Op == OpLessThanOrEqual && b.Op == OpLessThanOrEqual:
		return x <= y
	case a.Op == OpLessThanOrEqual && b.Op == OpLessThan:
		return x < y
	case a.Op == OpGreaterThan && (b.Op == OpGreaterThan || b.Op == OpGreaterThanOrEqual),
		a.Op == OpGreaterThanOrEqual && b.Op == OpGreaterThanOrEqual:
		return x >= y
	case a.Op == OpGreaterThanOrEqual && b.Op == OpGreaterThan:
		return x > y
	}
	return false
}
