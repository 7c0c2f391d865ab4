package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The operators of an Atom. `not` and the literal null are written with these: see atomsOf.
const (
	OpEquals             = "equals"
	OpNotEquals          = "notEquals"
	OpIn                 = "in"
	OpNotIn              = "notIn"
	OpLessThan           = "lessThan"
	OpLessThanOrEqual    = "lessThanOrEqual"
	OpGreaterThan        = "greaterThan"
	OpGreaterThanOrEqual = "greaterThanOrEqual"
	OpIsNull             = "isNull"
	OpNotNull            = "isNotNull"
)

// Operators are the operators that conditions may be written with, in the order of the documentation.
var Operators = []string{OpEquals, OpNotEquals, "not", OpIn, OpNotIn, OpLessThan, OpLessThanOrEqual, OpGreaterThan, OpGreaterThanOrEqual, OpIsNull}

// Atom compares one column with a literal or with a value of the context. On one row it is true or false, never NULL:
//
//   - a column that is NULL equals nothing, is in no list, and is neither less nor greater than anything;
//   - notEquals and notIn are the opposites of equals and in, so a NULL column satisfies them;
//   - a context value that is missing satisfies no atom at all, notEquals included: it never widens.
type Atom struct {
	Column string `json:"column"`
	Op     string `json:"op"`
	Ctx    string `json:"ctx,omitempty"`   // "activeOrgId"; "" when it compares with Value
	Value  any    `json:"value,omitempty"` // string, float64, bool; a sorted []any for in and notIn; nil for isNull and isNotNull
}

// ContextPath returns the one name of a context path: orgId is an older name of activeOrgId.
func ContextPath(path string) string {
	if path == "orgId" {
		return "activeOrgId"
	}
	return path
}

// atomsOf brings one condition into normal form: atoms that all hold. never is true when no row can satisfy it.
// An operator this version does not know is never satisfied: an unreadable condition must not widen a policy.
func atomsOf(column, op, ctx string, value any) (atoms []Atom, never bool) {
	if op == "not" {
		op = OpNotEquals
	}
	if !slices.Contains(Operators, op) {
		return nil, true
	}
	if op == OpIsNull {
		if wanted, isBool := value.(bool); isBool && !wanted {
			return []Atom{{Column: column, Op: OpNotNull}}, false
		}
		return []Atom{{Column: column, Op: OpIsNull}}, false
	}
	if ctx != "" {
		return []Atom{{Column: column, Op: op, Ctx: ContextPath(ctx)}}, false
	}
	switch op {
	case OpIn, OpNotIn:
		return listAtoms(column, op, value)
	case OpEquals, OpNotEquals:
		if value == nil {
			return []Atom{{Column: column, Op: map[string]string{OpEquals: OpIsNull, OpNotEquals: OpNotNull}[op]}}, false
		}
	default:
		if value == nil {
			return nil, true // nothing is less or greater than null
		}
	}
	return []Atom{{Column: column, Op: op, Value: value}}, false
}

// listAtoms normalises in and notIn. null in a list is read the narrow way, as SQL would: it is in no list, and a list of
// exclusions that names it excludes it.
func listAtoms(column, op string, value any) ([]Atom, bool) {
	items, isList := value.([]any)
	if !isList {
		items = []any{value}
	}
	null := slices.Contains(items, nil)
	items = slices.DeleteFunc(slices.Clone(items), func(v any) bool { return v == nil })
	slices.SortFunc(items, compareLiterals)
	items = slices.Compact(items)
	if op == OpIn {
		switch len(items) {
		case 0:
			return nil, true
		case 1:
			return []Atom{{Column: column, Op: OpEquals, Value: items[0]}}, false
		}
		return []Atom{{Column: column, Op: OpIn, Value: items}}, false
	}
	var out []Atom
	if null {
		out = append(out, Atom{Column: column, Op: OpNotNull})
	}
	switch len(items) {
	case 0:
	case 1:
		out = append(out, Atom{Column: column, Op: OpNotEquals, Value: items[0]})
	default:
		out = append(out, Atom{Column: column, Op: OpNotIn, Value: items})
	}
	return out, false
}

// holds evaluates the atom on a row.
func (a Atom) holds(row map[string]any, context func(path string) (any, bool)) bool {
	value := row[a.Column]
	switch a.Op {
	case OpIsNull:
		return value == nil
	case OpNotNull:
		return value != nil
	}
	operand := a.Value
	if a.Ctx != "" {
		v, present := context(a.Ctx)
		if !present || v == nil {
			return false
		}
		operand = v
	}
	switch a.Op {
	case OpEquals:
		return value != nil && value == operand
	case OpNotEquals:
		return value == nil || value != operand
	case OpIn:
		return value != nil && contains(operand, value)
	case OpNotIn:
		return value == nil || !contains(operand, value)
	}
	order, comparable := compareSame(value, operand)
	if !comparable {
		return false
	}
	switch a.Op {
	case OpLessThan:
		return order < 0
	case OpLessThanOrEqual:
		return order <= 0
	case OpGreaterThan:
		return order > 0
	case OpGreaterThanOrEqual:
		return order >= 0
	}
	return false
}

func contains(list, v any) bool {
	items, isList := list.([]any)
	if !isList {
		return list == v
	}
	return slices.Contains(items, v)
}

// compareSame orders two values of one type.
func compareSame(a, b any) (int, bool) {
	switch x := a.(type) {
	case float64:
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y), true
		}
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y), true
		}
	}
	return 0, false
}

// compareLiterals is any total order on literals; it only makes normal forms unique.
func compareLiterals(a, b any) int {
	if order, ok := compareSame(a, b); ok {
		return order
	}
	return cmp.Or(cmp.Compare(fmt.Sprintf("%T", a), fmt.Sprintf("%T", b)), strings.Compare(literalSQL(a), literalSQL(b)))
}

func compareAtoms(a, b Atom) int {
	if order := cmp.Or(strings.Compare(a.Column, b.Column), strings.Compare(a.Op, b.Op), strings.Compare(a.Ctx, b.Ctx)); order != 0 || a.Value == nil && b.Value == nil {
		return order
	}
	return strings.Compare(literalSQL(a.Value), literalSQL(b.Value))
}

func (a Atom) equal(b Atom) bool { return compareAtoms(a, b) == 0 }

var sqlOperators = map[string]string{
	OpEquals: "=", OpNotEquals: "IS DISTINCT FROM", OpIn: "IN", OpNotIn: "NOT IN",
	OpLessThan: "<", OpLessThanOrEqual: "<=", OpGreaterThan: ">", OpGreaterThanOrEqual: ">=",
}

// sql is the atom as a person reads it.
func (a Atom) sql() string {
	switch a.Op {
	case OpIsNull:
		return a.Column + " IS NULL"
	case OpNotNull:
		return a.Column + " IS NOT NULL"
	}
	operand := literalSQL(a.Value)
	if a.Ctx != "" {
		operand = "ctx." + a.Ctx
	}
	if a.Op == OpNotIn {
		return "(" + a.Column + " IS NULL OR " + a.Column + " NOT IN " + operand + ")"
	}
	return a.Column + " " + sqlOperators[a.Op] + " " + operand
}

func literalSQL(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + strings.ReplaceAll(x, "'", "''") + "'"
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	case []any:
		parts := make([]string, len(x))
		for i, item := range x {
			parts[i] = literalSQL(item)
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	return fmt.Sprint(v)
}
