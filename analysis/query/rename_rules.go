package query

import (
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/policy"
)

var (
	identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)
	urlWord    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	plainValue = regexp.MustCompile("^[^'\"`\\\\\n\r$]+$")
)

// allowed refuses what cannot be renamed under any name.
func (r *renaming) allowed() error {
	if r.resource == nil && r.symbol.Kind != names.Role {
		return refuse("%s could not be linked. Mend what is reported about it first.", r.old)
	}
	switch r.symbol.Kind {
	case names.Column:
		return r.allowedColumn()
	case names.Role:
		switch {
		case r.symbol.Owner == names.UserRoles:
			return refuse("%s is a role of the platform: Better Auth keeps it in the user table.", r.old)
		case slices.Contains([]string{model.Public, model.Authenticated, model.Everyone}, r.old):
			return refuse("%s is part of the language.", r.old)
		case slices.Contains(model.DefaultHierarchy, r.old):
			return refuse("%s is a role that Better Auth's organizations give out by this name.", r.old)
		}
	case names.Action:
		if a := r.resource.Action(r.old); a == nil || a.Source == nil {
			return refuse("There is no action %s.", r.old)
		}
	}
	return nil
}

func (r *renaming) allowedColumn() error {
	if r.resource.Table == nil {
		return refuse("The table of %s could not be linked.", r.old)
	}
	c := r.resource.Table.Column(r.old)
	switch {
	case c == nil:
		return refuse("%s has no column %s.", r.resource.Table.Binding, r.old)
	case c.Injected:
		return refuse("%s is added by qbls, which writes it under this name.", r.old)
	case c.Role == model.KeyColumn:
		return refuse("%s is the primary key: routes and the API name it.", r.old)
	case c.Role == model.AuditColumn, c.Role == model.DeleteColumn:
		return refuse("%s is kept by qbls under this name.", r.old)
	case c.Role == model.ScopeColumn && (c.Source == nil || c.Source.Q != "scope"):
		return refuse("%s isolates the rows of %s by its name. Name the column in the firewall first.", r.old, r.resource.Table.Binding)
	}
	for _, f := range r.resource.Files() {
		if len(f.Gaps) > 0 {
			return refuse("%s: what stands there can only be told by running the code, so a use of %s could be missed. Save the file so that it is evaluated, or write it out.",
				r.where(f.Place(f.Gaps[0].At)), r.old)
		}
	}
	return nil
}

// valid refuses a new name that is none, or that is taken.
func (r *renaming) valid() error {
	form, what := urlWord, "letters, digits, - and _, beginning with a letter"
	taken := false
	switch r.symbol.Kind {
	case names.Column:
		form, what = identifier, "letters, digits, $ and _, not beginning with a digit"
		taken = r.resource.Table.Column(r.new) != nil
		if slices.Contains([]string{model.CreatedAt, model.CreatedBy, model.ModifiedAt, model.ModifiedBy, model.DeletedAt, model.DeletedBy}, r.new) {
			return refuse("%s is a column that qbls keeps.", r.new)
		}
	case names.Table:
		form, what = identifier, "letters, digits, $ and _, not beginning with a digit"
		for _, other := range r.project.Resources {
			taken = taken || other.Table != nil && (other.Binding == r.new || other.Table.Name == r.new) && other.ID != r.resource.ID
		}
	case names.Role:
		if slices.ContainsFunc(r.project.Globals.Roles, func(role model.Role) bool { return role.Name == r.new }) {
			return refuse("There is a role %s already: the two would become one.", r.new)
		}
		taken = slices.Contains([]string{model.Public, model.Authenticated, model.Everyone}, r.new)
	case names.Action:
		taken = r.resource.Action(r.new) != nil
	case names.View:
		taken = slices.ContainsFunc(r.resource.Views, func(v *model.View) bool { return v.Name == r.new })
	case names.State:
		form, what = plainValue, "text without quotes, backslashes and $"
		_, column, _ := strings.Cut(r.symbol.Owner, ".")
		taken = slices.Contains(r.resource.Table.Column(column).Enum, r.new)
	}
	switch {
	case !form.MatchString(r.new):
		return refuse("%q cannot be the name of a %s: it must be %s.", r.new, r.symbol.Kind, what)
	case taken:
		return refuse("%s is taken.", r.new)
	}
	return nil
}

// after finds the renamed thing's resource in a later version of the project.
func (r *renaming) after(d *draft) *model.Resource {
	p := d.now.Project(r.root)
	if r.symbol.Kind != names.Table {
		return p.Resource(r.resource.ID)
	}
	for _, other := range p.Resources {
		if other.TableFile == r.resource.TableFile && other.Binding == r.new {
			return other
		}
	}
	return nil
}

// protects refuses a renamed column that the firewall, the masks or the derived rules treat in another way than before: names mean
// something to them.
func (r *renaming) protects(d *draft) error {
	now := r.after(d)
	if now == nil || now.Table == nil || now.Table.Column(r.new) == nil {
		return refuse("Called %s, the column could not be linked.", r.new)
	}
	if r.resource.Internal {
		return nil
	}
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(r.old) + `\b`)
	before, after := whereOf(r.s.Effective(r.root, r.resource.ID)), whereOf(d.now.Effective(r.root, now.ID))
	if word.ReplaceAllLiteralString(before, r.new) != after {
		return refuse("Called %s, the column would change which rows are reached: from %s to %s. Write the firewall out first.", r.new, before, after)
	}
	masked := func(res *model.Resource, column string) bool {
		return slices.ContainsFunc(res.Masks, func(m *model.Mask) bool { return m.Column == column && !m.All })
	}
	if masked(r.resource, r.old) && !masked(now, r.new) {
		return refuse("%s is masked because of its name. Write the mask out under masking first, or nobody would mask %s.", r.old, r.new)
	}
	return nil
}

func whereOf(e *policy.Effective) string {
	if e == nil {
		return ""
	}
	return e.Where().SQL()
}
