package contract

import (
	"reflect"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// document reads an emitted JSON document; nil when there is none, or none that can be read.
func (v *verifier) document(file text.Path, wanted bool) *literal.Value {
	src, ok := v.content(file)
	if !ok {
		if wanted {
			v.violate(broken{rule: DocumentAgreement, subject: string(file), file: file, declared: "a document", emitted: "nothing", message: string(file) + " is not emitted."})
		}
		return nil
	}
	doc, err := literal.ReadJSON(src)
	if err != nil || doc.Form != literal.Object {
		v.unreadable(file, DocumentAgreement, nil, err)
		return nil
	}
	return doc
}

// disagrees reports a part of a document that says something else than the policy. What was not read is the whole document.
func (v *verifier) disagrees(file text.Path, at span, r *model.Resource, subject, declared, emitted string) {
	v.violate(broken{rule: DocumentAgreement, resource: r, subject: subject, file: file, at: at, declared: declared, emitted: emitted,
		message: string(file) + " says something else about " + subject + " than the policy."})
}

// propertyAt is the range of a property with its name.
func propertyAt(o *literal.Value, name string) span {
	if o != nil && o.Form == literal.Object {
		for _, p := range o.Props {
			if p.Name == name {
				return span{p.Start, p.End}
			}
		}
	}
	return spanOf(o)
}

// decoded is a value of a document as JSON decodes it.
func decoded(v *literal.Value) any {
	if v == nil {
		return nil
	}
	switch v.Form {
	case literal.Str:
		return v.Str
	case literal.Num:
		return v.Num
	case literal.Bool:
		return v.Bool
	case literal.List:
		out := []any{}
		for _, i := range v.Items {
			out = append(out, decoded(i))
		}
		return out
	case literal.Object:
		out := map[string]any{}
		for _, p := range v.Props {
			out[p.Name] = decoded(p.Value)
		}
		return out
	}
	return nil
}

// accessOf reads an access rule in the words of the definition language, as documents write it (language.md, Access). ok is false when
// it has other words.
func accessOf(v *literal.Value) (a *model.Access, ok bool) {
	if v == nil || v.Form != literal.Object {
		return nil, false
	}
	var parts []*model.Access
	for _, p := range v.Props {
		part := &model.Access{}
		switch p.Name {
		case "roles", "userRole":
			part.Roles = stringsOf(p.Value)
			if p.Name == "userRole" {
				part.Kind = model.AccessUserRole
			}
		case "record":
			part.Kind = model.AccessWhere
			if part.Where, ok = conditionsOf(p.Value); !ok {
				return nil, false
			}
		case "or", "and":
			part.Kind = map[string]model.AccessKind{"or": model.AccessAny, "and": model.AccessAll}[p.Name]
			for _, i := range p.Value.Items {
				arm, ok := accessOf(i)
				if !ok {
					return nil, false
				}
				part.Sub = append(part.Sub, arm)
			}
		case "function":
			part.Kind = model.AccessFunc
		default:
			return nil, false
		}
		parts = append(parts, part)
	}
	switch len(parts) {
	case 0:
		return nil, false
	case 1:
		return parts[0], true
	}
	return &model.Access{Kind: model.AccessAll, Sub: parts}, true
}

func conditionsOf(v *literal.Value) ([]model.Condition, bool) {
	var out []model.Condition
	for _, p := range v.Props {
		if p.Value.Form != literal.Object {
			return nil, false
		}
		for _, o := range p.Value.Props {
			c := model.Condition{Column: p.Name, Op: o.Name, Value: decoded(o.Value)}
			if path, ok := strings.CutPrefix(o.Value.Str, "$ctx."); ok && o.Value.Form == literal.Str {
				c.Ctx, c.Value = path, nil
			}
			out = append(out, c)
		}
	}
	return out, true
}

// sameAccess compares a rule of a document with the declared one in canonical form.
func sameAccess(v *literal.Value, declared *model.Access) bool {
	got, ok := accessOf(v)
	if !ok {
		return false
	}
	if declared == nil { // documents write a rule for nobody as no roles
		return got.Kind == model.AccessRoles && len(got.Roles) == 0
	}
	form := func(a *model.Access) any {
		r := &model.Resource{Operations: []*model.Operation{{Op: model.List, Access: normalAccess(a)}}}
		return effectiveOperations(r)
	}
	return reflect.DeepEqual(form(got), form(declared))
}

func effectiveOperations(r *model.Resource) any {
	return plainJSON(policy.FromModel(nil, r).Canonical()).(map[string]any)["operations"]
}

// admitsAnybody says whether a caller without a session can pass a rule.
func admitsAnybody(a *model.Access) bool {
	if a == nil {
		return false
	}
	if a.Kind == model.AccessRoles {
		return slices.Contains(a.Roles, model.Public)
	}
	return slices.ContainsFunc(a.Sub, admitsAnybody)
}
