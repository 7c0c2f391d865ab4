package guards

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// InAnothersName: whoever is held to rows with their own name in a column, and may send any name when they create one.
var InAnothersName = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5014", Title: "Rows can be created in another's name", Since: "0.1.0", Severity: diagnostics.Warning,
		Why: "A record condition lets the role touch only rows with its own id in the column, and on create the client sends that id: anybody's. " +
			"Such a row is shown as somebody else's work, and whoever made it has no hold on it. Columns that hand a row to somebody, like assigneeId, are not meant; " +
			"only those whose name says who owns or wrote it.",
		Fix:  "Let the server set the column: as owner scope of the firewall, or compare createdBy, which it sets anyway.",
		Bad:  check.Example(writer, "guards: { createable: ['name', 'ownerId'], updatable: ['name'] },", ownRows("ownerId")),
		Good: check.Example(writer, "firewall: { organization: {}, owner: { mode: 'optional', roles: ['admin', 'member'] } },", ownRows("ownerId")), Related: []diagnostics.Code{"QB3009", "QB5005"}, CWE: []int{639, 863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Guards == nil {
			return
		}
		for _, own := range ownConditions(p) {
			c := p.Column(own.Column)
			roles, held := forgers(p, c.Key)
			if len(roles) == 0 {
				continue
			}
			found := diagnostics.Diagnostic{
				At: p.At(d.Guards.At), Message: fmt.Sprintf("%s may %s only rows with their own id as %s, and send any %s with a new row: also one in another's name.", check.List(roles), held, c.Key, c.Key),
				Help: "Compare createdBy, which the server sets, or make it the owner scope of the firewall, which stamps it.",
				Key:  p.Subject("createable", c.Key), Related: []diagnostics.Related{{At: p.At(own.At), Message: "held to their own rows here"}},
			}
			for f := range fields(d) {
				if f.field.Text == c.Key && (f.list == "createable" || f.list == "immutable") {
					found.At = p.At(f.field.At)
					break
				}
			}
			found.Fixes = append(ownerScope(p, c), compareCreatedBy(p, c)...)
			report(found)
		}
	},
}

const writer = "ownerId: text('owner_id').notNull(),"

func ownRows(column string) string {
	return "crud: {\n  list: { access: { roles: ['member+'] } },\n  create: { access: { roles: ['member+'] } },\n" +
		"  update: { access: { or: [{ roles: ['admin'] }, { roles: ['member'], record: { " + column + ": { equals: '$ctx.userId' } } }] } },\n},"
}

// ownConditions returns one condition for each column that client may write, is compared with the caller and says by its name
// whose row it is, in the order in which they stand.
func ownConditions(p *check.ResourcePass) (out []model.Condition) {
	p.Resource.EachAccess(func(a *model.Access) {
		for _, c := range a.Where {
			column := p.Column(c.Column)
			if c.Op != policy.OpEquals || !caller(c.Ctx) || column == nil || column.Role != model.Plain || !authors(c.Column) {
				continue
			}
			if !slices.ContainsFunc(out, func(o model.Condition) bool { return o.Column == c.Column }) {
				out = append(out, c)
			}
		}
	})
	return out
}

// caller says whether a context path names who calls.
func caller(path string) bool { return path == "userId" || path == "user.id" || path == "user.email" }

// authors says whether a column's name says who owns or wrote a row: ownerId, user_id, authorEmail, submittedBy.
func authors(key string) bool {
	words := strings.FieldsFunc(key, func(r rune) bool { return r == '_' || r == '-' })
	var last []string
	for _, w := range words {
		for i, r := range w {
			if i == 0 || unicode.IsUpper(r) {
				last = append(last, "")
			}
			last[len(last)-1] += string(unicode.ToLower(r))
		}
	}
	for len(last) > 1 && slices.Contains([]string{"id", "email", "user"}, last[len(last)-1]) {
		last = last[:len(last)-1]
	}
	return len(last) > 0 && (last[len(last)-1] == "by" && len(last) > 1 ||
		slices.Contains([]string{"owner", "user", "author", "creator", "writer", "sender", "submitter", "reporter", "requester", "uploader", "poster"}, last[len(last)-1]))
}

// forgers returns the roles that are held to their own rows by a column somewhere and may send it freely with a new row, and the
// operations that hold all of them, for a sentence.
func forgers(p *check.ResourcePass, column string) (roles []string, held string) {
	creates := slices.DeleteFunc([]model.Op{model.Create, model.BatchCreate}, func(op model.Op) bool {
		return p.Resource.Operation(op) == nil || p.Effective.Guarded(op, column) != ""
	})
	ops := []model.Op{model.List, model.Get, model.Update, model.Delete}
	common := slices.Clone(ops)
	for _, role := range p.Effective.Everybody() {
		if !slices.ContainsFunc(creates, func(op model.Op) bool { return p.Effective.May([]string{role}, op) == policy.Yes }) {
			continue
		}
		free := func(op model.Op) bool {
			return p.Resource.Operation(op) == nil || !ownOnly(p.Effective.Can([]string{role}, op), column)
		}
		if !slices.ContainsFunc(ops, func(op model.Op) bool { return !free(op) }) {
			continue
		}
		roles = append(roles, role)
		common = slices.DeleteFunc(common, free)
	}
	if len(common) == 0 {
		return roles, "touch"
	}
	var names []string
	for _, op := range common {
		names = append(names, string(op))
	}
	return roles, check.List(names)
}

// ownOnly says whether a decision lets through nothing but rows that name the caller, in this column among others.
func ownOnly(d policy.Decision, column string) bool {
	alternatives, names := d.Rows.Alternatives(), false
	for _, atoms := range alternatives {
		own := false
		for _, a := range atoms {
			if a.Op == policy.OpEquals && caller(a.Ctx) {
				own, names = true, names || a.Column == column
			}
		}
		if !own {
			return false
		}
	}
	return d.Verdict != policy.No && names
}

// ownerScope is the fix that makes the column the owner scope of a written firewall, waived for everybody who sees more than their
// own rows today, so that nobody sees more or less than before.
func ownerScope(p *check.ResourcePass, c *model.Column) []diagnostics.Fix {
	d := p.Policy()
	if d.Firewall == nil || len(d.Firewall.Scopes) == 0 || model.Derive(p.Resource.Table, "owner") != c {
		return nil
	}
	var waived []string
	for _, role := range p.Effective.Everybody() {
		if !seesOthers(p, role, c.Key) {
			continue
		}
		if role == policy.Authenticated || role == policy.Public || strings.HasPrefix(role, policy.UserRole("")) {
			return nil // no role of a member, so nothing that the scope could be waived for
		}
		waived = append(waived, "'"+role+"'")
	}
	scope := "owner: {}, "
	if len(waived) > 0 {
		scope = "owner: { mode: 'optional', roles: [" + strings.Join(waived, ", ") + "] }, "
	}
	at := p.At(d.Firewall.Scopes[0].At)
	edits := map[text.Path][]text.Edit{at.Path: {{Span: text.Span{Start: at.Span.Start, End: at.Span.Start}, New: scope}}}
	for f := range fields(d) {
		if f.field.Text == c.Key {
			for path, more := range p.RemoveElement(f.field.At) {
				edits[path] = append(edits[path], more...)
			}
		}
	}
	return []diagnostics.Fix{{Title: "Let the firewall set " + c.Key + " to whoever creates the row", Edits: edits}}
}

// seesOthers says whether a role comes to rows of others by an operation, a view or an action on a record.
func seesOthers(p *check.ResourcePass, role, column string) bool {
	roles := []string{role}
	others := func(d policy.Decision) bool { return d.Verdict != policy.No && !ownOnly(d, column) }
	return slices.ContainsFunc(p.Resource.Operations, func(op *model.Operation) bool {
		return op.Op != model.Create && op.Op != model.BatchCreate && others(p.Effective.Can(roles, op.Op))
	}) || slices.ContainsFunc(p.Resource.Views, func(v *model.View) bool { return others(p.Effective.CanView(roles, v.Name)) }) ||
		slices.ContainsFunc(p.Resource.Actions, func(a *model.Action) bool { return !a.Standalone && others(p.Effective.CanAct(roles, a.Name)) })
}

// compareCreatedBy is the fix that compares the column which every create stamps instead, where all conditions stand in this file.
func compareCreatedBy(p *check.ResourcePass, c *model.Column) []diagnostics.Fix {
	by := p.Column("createdBy")
	if by == nil || by.Role != model.AuditColumn {
		return nil
	}
	home, alone := p.At(p.Policy().At).Path, true
	var edits []text.Edit
	p.Resource.EachAccess(func(a *model.Access) {
		for _, w := range a.Where {
			if w.Column != c.Key || w.Op != policy.OpEquals || !caller(w.Ctx) {
				continue
			}
			at := p.At(w.At)
			alone = alone && at.Path == home && w.Ctx != "user.email"
			edit := text.Edit{Span: at.Span, New: "createdBy"}
			if !slices.Contains(edits, edit) {
				edits = append(edits, edit)
			}
		}
	})
	if !alone {
		return nil
	}
	return []diagnostics.Fix{{Title: "Compare createdBy, which the server sets", Edits: map[text.Path][]text.Edit{home: edits}}}
}
