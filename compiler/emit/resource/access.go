package resource

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// at is a path of properties, to be followed from what a linked module exports.
func at(keys ...string) string {
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(ts.Member(k))
	}
	return b.String()
}

// operationPath is where the definition has the access of an operation.
func operationPath(op *model.Operation) string {
	path := []string{"crud", string(op.Op)}
	if op.Source != nil && len(op.Source.Path) > 0 {
		path = op.Source.Path
	}
	return at(append([]string{"policy"}, append(path[:len(path):len(path)], "access")...)...)
}

// access emits an access rule; where is its place in the definition, for functions. A missing rule grants nobody.
func (w *writer) access(a *model.Access, where string) (ts.Value, error) {
	return w.rule(a, func() string { return w.modules.Definition(w.Resource.File) + where })
}

// rule emits an access rule; code is the expression for a function, asked for only when the rule is one.
func (w *writer) rule(a *model.Access, code func() string) (ts.Value, error) {
	if a == nil {
		return ts.Obj().Set("check", ts.Code("() => false")), nil
	}
	switch a.Kind {
	case model.AccessRoles, model.AccessUserRole:
		if len(a.Roles) == 0 {
			return nil, w.refuse(a.At, "access", "An empty list of roles grants nobody")
		}
		name := "roles"
		if a.Kind == model.AccessUserRole {
			name = "userRole"
		}
		return ts.Obj().Set(name, ts.Strings(a.Roles)), nil
	case model.AccessWhere:
		return w.where(a)
	case model.AccessFunc:
		return ts.Obj().Set("check", ts.Code(code())), nil
	}
	return w.combined(a, code)
}

// combined emits any and all. A function can only be the whole rule, so the places of the arms need not be known.
func (w *writer) combined(a *model.Access, code func() string) (ts.Value, error) {
	if len(a.Sub) == 0 {
		return nil, w.refuse(a.At, "access", "An access rule without arms grants nobody")
	}
	arms := make(ts.Array, len(a.Sub))
	for i, s := range a.Sub {
		if s.Kind == model.AccessFunc {
			return nil, w.refuse(s.At, "access", "An access function inside or/and is not emitted by this version: make the function the whole rule")
		}
		arm, err := w.rule(s, code)
		if err != nil {
			return nil, err
		}
		arms[i] = arm
	}
	name := "all"
	if a.Kind == model.AccessAny {
		name = "any"
	}
	return ts.Obj().Set(name, arms), nil
}

// where emits row conditions. Two conditions with one operator on one column become two arms.
func (w *writer) where(a *model.Access) (ts.Value, error) {
	if len(a.Where) == 0 {
		return nil, w.refuse(a.At, "access", "A record rule without conditions says nothing")
	}
	objects := []*ts.Object{ts.Obj()}
next:
	for _, c := range a.Where {
		for _, o := range objects {
			column, known := find(o, c.Column)
			if !known {
				column = ts.Obj()
				o.Set(c.Column, column)
			}
			if _, taken := find(column, c.Op); !taken {
				column.Set(c.Op, operand(c.Ctx, c.Value))
				continue next
			}
		}
		objects = append(objects, ts.Obj().Set(c.Column, ts.Obj().Set(c.Op, operand(c.Ctx, c.Value))))
	}
	if len(objects) == 1 {
		return ts.Obj().Set("where", objects[0]), nil
	}
	arms := make(ts.Array, len(objects))
	for i, o := range objects {
		arms[i] = ts.Obj().Set("where", o)
	}
	return ts.Obj().Set("all", arms), nil
}

// operand emits what a condition compares with. orgId is a synonym that the library does not know.
func operand(ctx string, value any) ts.Value {
	switch ctx {
	case "":
		if list, isList := value.([]any); isList {
			list = slices.Clone(list)
			for i := range list {
				if list[i] == "$ctx.orgId" {
					list[i] = "$ctx.activeOrgId"
				}
			}
			return ts.Of(list)
		}
		return ts.Of(value)
	case "orgId":
		ctx = "activeOrgId"
	}
	return ts.String("$ctx." + ctx)
}
