package views

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

// OnlyMasked compares who may read a view with who sees its columns clear.
var OnlyMasked = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB6007", Title: "View shows a role the mask only", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:     "The view is open to a role that the column is always masked for. Either the view lists a column too many, or the mask hides it from somebody who needs it.",
		Fix:     "Take the column out of the view, add the role to the mask's show.roles, or close the view to the role.",
		Bad:     check.Example("phoneNumber: text('phone_number'),", "guards: { createable: ['name', 'phoneNumber'], updatable: ['name'] },", "masking: { phoneNumber: { type: 'phone', show: { roles: ['admin'] } } },", "views: { contacts: { fields: ['id', 'phoneNumber'], access: { roles: ['member', 'admin'] } } },"),
		Good:    check.Example("phoneNumber: text('phone_number'),", "guards: { createable: ['name', 'phoneNumber'], updatable: ['name'] },", "masking: { phoneNumber: { type: 'phone', show: { roles: ['admin'] } } },", "views: { contacts: { fields: ['id', 'phoneNumber'], access: { roles: ['admin'] } } },"),
		Related: []diagnostics.Code{"QB6002"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil {
			return
		}
		for _, v := range p.Resource.Views {
			if v.Source == nil || v.Source.Fields == nil {
				continue
			}
			if !slices.ContainsFunc(v.Source.Fields.Items, func(n definition.Name) bool { return maskOf(p.Resource, n.Text) != nil }) {
				continue
			}
			readers := slices.DeleteFunc(readersOf(p.Effective, v), func(role string) bool { return misspelt(p, role) })
			for _, field := range v.Source.Fields.Items {
				mask := maskOf(p.Resource, field.Text)
				if mask == nil || mask.Default {
					continue
				}
				var masked []string
				for _, role := range readers {
					if d := p.Effective.ReadsView([]string{role}, v.Name, field.Text); d.Verdict == policy.No && d.Masked != "" {
						masked = append(masked, role)
					}
				}
				if len(masked) == 0 {
					continue
				}
				report(diagnostics.Diagnostic{
					At: p.At(field.At), Message: fmt.Sprintf("The view %s is open to %s, for whom %s is always masked (%s).", v.Name, check.List(masked), field.Text, mask.Type),
					Help: fmt.Sprintf("Remove %s from the view, or add the role to masking.%s.show.roles.", field.Text, field.Text), Key: p.Subject(v.Name, field.Text),
					Related: []diagnostics.Related{{At: p.At(mask.At), Message: "masked here"}},
				})
			}
		}
	},
}

// misspelt says whether a role looks like a slip for another one. That has a rule of its own, and nobody has the role.
func misspelt(p *check.ResourcePass, role string) bool {
	if p.Globals == nil {
		return false
	}
	settled := func(r model.Role) bool { return r.BuiltIn || r.Ranked || r.Uses > 1 }
	for _, r := range p.Globals.Roles {
		if r.Name == role && settled(r) {
			return false
		}
	}
	return slices.ContainsFunc(p.Globals.Roles, func(r model.Role) bool { return settled(r) && check.Slip(role, r.Name) })
}

func maskOf(r *model.Resource, column string) *model.Mask {
	for _, m := range r.Masks {
		if m.Column == column {
			return m
		}
	}
	return nil
}

// readersOf lists the roles that a view's access names and that may read it alone.
func readersOf(e *policy.Effective, v *model.View) (out []string) {
	var named []string
	v.Access.Each(func(a *model.Access) {
		if a.Kind == model.AccessRoles {
			named = append(named, a.Roles...)
		}
	})
	slices.Sort(named)
	for _, role := range slices.Compact(named) {
		if e.MayView([]string{role}, v.Name) != policy.No {
			out = append(out, role)
		}
	}
	return out
}
