package contract

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/compiler/contract/literal"
)

// access reads an access rule; where says what it is the access of, for rules that are functions of the author.
func (b *rebuilt) access(v *literal.Value, where string) *model.Access {
	nobody := &model.Access{Kind: model.AccessAny}
	if v == nil || v.Form != literal.Object || len(v.Props) != 1 {
		b.fail(v, "an access rule that has not exactly one key")
		return nobody
	}
	p := v.Props[0]
	switch p.Name {
	case "roles":
		return &model.Access{Kind: model.AccessRoles, Roles: b.some(p.Value, "roles")}
	case "userRole":
		return &model.Access{Kind: model.AccessUserRole, Roles: b.some(p.Value, "userRole")}
	case "where":
		out := &model.Access{Kind: model.AccessWhere}
		b.each(p.Value, "where", func(column string, v *literal.Value) {
			b.each(v, "where."+column, func(op string, v *literal.Value) { out.Where = append(out.Where, b.condition(column, op, v)) })
		})
		return out
	case "any", "all":
		return b.arms(p.Name, p.Value, where)
	case "check":
		if f := p.Value; f.Form == literal.Arrow && f.Str == "" && f.On.Form == literal.Bool && !f.On.Bool {
			return nil
		}
		if p.Value.Form == literal.Path && len(p.Value.Path) > 1 {
			b.code[where] = p.Value
			return &model.Access{Kind: model.AccessFunc}
		}
	}
	b.fail(p.Value, "an access rule that no policy has")
	return nobody
}

func (b *rebuilt) arms(kind string, v *literal.Value, where string) *model.Access {
	out := &model.Access{Kind: model.AccessAny}
	if kind == "all" {
		out.Kind = model.AccessAll
	}
	if v.Form != literal.List || len(v.Items) == 0 {
		b.fail(v, "an access rule without arms")
		return out
	}
	for i, arm := range v.Items {
		n := len(b.code)
		a := b.access(arm, where)
		if a == nil || len(b.code) > n {
			b.fail(v.Items[i], "a function within an access rule")
			a = &model.Access{Kind: model.AccessAny}
		}
		out.Sub = append(out.Sub, a)
	}
	return out
}

func (b *rebuilt) some(v *literal.Value, what string) []string {
	list := b.strs(v, what)
	if len(list) == 0 {
		b.fail(v, what+" is empty")
	}
	return list
}

// condition reads one comparison. A text that looks like a context path is one.
func (b *rebuilt) condition(column, op string, v *literal.Value) model.Condition {
	c := model.Condition{Column: column, Op: op}
	if !slices.Contains(policy.Operators, op) || op == "not" {
		b.fail(v, "an operator that no policy has: "+op)
		return c
	}
	if path, ok := strings.CutPrefix(v.Str, "$ctx."); ok && v.Form == literal.Str {
		c.Ctx = path
		return c
	}
	c.Value = b.data(v, column+"."+op)
	return c
}

var batchOps = map[string]model.Op{"create": model.BatchCreate, "update": model.BatchUpdate, "delete": model.BatchDelete, "put": model.BatchUpsert}

// operations reads access and batch. A batch without access of its own has that of the single operation.
func (b *rebuilt) operations(access, batch *literal.Value) {
	rules := map[model.Op]*model.Access{}
	written := map[model.Op]bool{}
	if access == nil {
		b.fail(b.literal, "the policy has no access")
		return
	}
	b.each(access, "access", func(name string, v *literal.Value) {
		op := model.Op(name)
		if !slices.Contains([]model.Op{model.List, model.Get, model.Create, model.Update, model.Delete, model.Put}, op) {
			b.fail(v, "an operation that no policy has: "+name)
			return
		}
		rules[op], written[op] = b.access(v, "operations."+name), true
		b.resource.Operations = append(b.resource.Operations, &model.Operation{Op: op, Access: rules[op]})
	})
	if batch == nil {
		return
	}
	b.each(batch, "batch", func(name string, v *literal.Value) {
		op, ok := batchOps[name]
		if !ok {
			b.fail(v, "a batch that no policy has: "+name)
			return
		}
		out := &model.Operation{Op: op, Access: rules[model.Op(name)], Atomic: true, Derived: true}
		b.object(v, "batch."+name, map[string]func(*literal.Value){
			"max":    func(v *literal.Value) { out.MaxBatch = int(b.num(v, "max")) },
			"atomic": func(v *literal.Value) { out.Atomic = b.truth(v, "atomic") },
			"access": func(v *literal.Value) { out.Access = b.access(v, "operations."+string(op)) },
		})
		if v.Get("max") == nil || v.Get("access") == nil && !written[model.Op(name)] {
			b.fail(v, "batch."+name+" has no limit, or no access and no operation to take it from")
		}
		// The normal form takes the author's word for atomicity only where there is a source.
		if !out.Atomic {
			out.Source = sourceOfBatch
		}
		b.resource.Operations = append(b.resource.Operations, out)
	})
}
