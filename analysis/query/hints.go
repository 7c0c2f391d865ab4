package query

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// HintKind names what a hint shows; each can be switched off by this name.
type HintKind string

// The kinds of hints.
const (
	FirewallHint HintKind = "firewall" // the row condition that was derived from the columns
	RolesHint    HintKind = "roles"    // whom 'x+' means
	MaskHint     HintKind = "masks"    // a mask that a column gets because of its name
	PathHint     HintKind = "paths"    // the route of a view or an action
	ColumnsHint  HintKind = "columns"  // the columns that every table gets
)

// HintKinds are all kinds of hints.
var HintKinds = []HintKind{FirewallHint, RolesHint, MaskHint, PathHint, ColumnsHint}

// Hint is something that holds although it is not written, shown at a place of the text.
type Hint struct {
	Offset  int
	Label   string
	Tooltip string
	Kind    HintKind
}

// Hints are the hints of a part of a file, in the order of the text. Without kinds there are none.
func Hints(s *analysis.Snapshot, path text.Path, within text.Span, kinds []HintKind) []Hint {
	sc := newScene(s, path, 0)
	if sc == nil {
		return nil
	}
	var out []Hint
	for _, kind := range kinds {
		switch kind {
		case FirewallHint:
			out = append(out, sc.firewallHint()...)
		case RolesHint:
			out = append(out, sc.roleHints(within)...)
		case MaskHint:
			out = append(out, sc.maskHints()...)
		case PathHint:
			out = append(out, sc.pathHints()...)
		case ColumnsHint:
			out = append(out, sc.columnsHint()...)
		}
	}
	out = slices.DeleteFunc(out, func(h Hint) bool { return !within.Contains(h.Offset) })
	slices.SortStableFunc(out, func(a, b Hint) int { return a.Offset - b.Offset })
	return out
}

// firewallHint shows a derived row condition behind the bracket that opens the policy.
func (sc *scene) firewallHint() []Hint {
	r := sc.resource
	e := sc.effective(r)
	if e == nil || r.File != sc.path || r.Source == nil || !r.Firewall.Derived {
		return nil
	}
	body := r.Place(r.Source.BodyAt)
	if body.Path != sc.path || body.Span.Len() == 0 {
		return nil
	}
	label := "firewall: every row"
	if where := e.Where(); !where.IsAlways() {
		label = "firewall: " + where.SQL()
	}
	return []Hint{{int(body.Span.Start) + 1, label, "Derived from the columns, because no firewall is written.", FirewallHint}}
}

// roleHints show whom a role with a plus means.
func (sc *scene) roleHints(within text.Span) []Hint {
	var out []Hint
	ranks := sc.hierarchy()
	for n := range sc.tree.Root().Descendants() {
		if n.Kind() != syntax.String || n.Span().End < within.Start || n.Span().Start > within.End {
			continue
		}
		name, ok := n.Str()
		base, plus := strings.CutSuffix(name, "+")
		i := slices.Index(ranks, base)
		if !ok || !plus || i < 0 || i == len(ranks)-1 {
			continue
		}
		out = append(out, Hint{int(n.Span().End), "= " + strings.Join(ranks[i:], ", "), base + " and every role above it in the hierarchy.", RolesHint})
	}
	return out
}

// maskHints show the masks that come from names, behind the columns.
func (sc *scene) maskHints() []Hint {
	var out []Hint
	sc.eachColumn(func(r *model.Resource, c *model.Column, whole text.Span) {
		for _, m := range r.Masks {
			if m.Column == c.Key && m.Default && !m.All {
				out = append(out, Hint{int(whole.End), "masked as " + m.Type, mask(r, c.Key), MaskHint})
			}
		}
	})
	return out
}

// eachColumn visits the columns that the file declares, with the spans of their values.
func (sc *scene) eachColumn(visit func(*model.Resource, *model.Column, text.Span)) {
	for _, r := range sc.tables() {
		for _, c := range r.Table.Columns {
			if c.Source == nil {
				continue
			}
			if at := r.Origin().Place(c.Source.At); at.Path == sc.path {
				visit(r, c, at.Span)
			}
		}
	}
}

// tables are the resources whose tables the file declares.
func (sc *scene) tables() []*model.Resource {
	if sc.project == nil {
		return nil
	}
	var out []*model.Resource
	for _, r := range sc.project.Resources {
		if r.Table != nil && r.Table.Source != nil && r.Origin() != nil && r.Origin().Path == sc.path {
			out = append(out, r)
		}
	}
	return out
}

// pathHints show the routes of views and actions behind their names.
func (sc *scene) pathHints() []Hint {
	if sc.resource == nil {
		return nil
	}
	var out []Hint
	for _, e := range Endpoints(sc.resource) {
		if e.Kind == OperationEndpoint || e.At.Path != sc.path {
			continue
		}
		value := sc.tree.At(int(e.At.Span.Start)).Node
		for value.Valid() && value.Kind() != syntax.Object && value.Kind() != syntax.Property {
			value = value.Parent()
		}
		if value.Kind() == syntax.Property {
			value = value.Value().Inner()
		}
		if value.Kind() != syntax.Object {
			continue
		}
		out = append(out, Hint{int(value.Span().Start) + 1, e.Method + " " + e.Path, "The route of the " + string(e.Kind) + " " + e.Name + ".", PathHint})
	}
	return out
}

// columnsHint names the injected columns behind the last declared one.
func (sc *scene) columnsHint() []Hint {
	var out []Hint
	for _, r := range sc.tables() {
		var added []string
		end := int32(-1)
		for _, c := range r.Table.Columns {
			if c.Injected {
				added = append(added, c.Key)
			}
			if c.Source != nil {
				if at := r.Origin().Place(c.Source.At); at.Path == sc.path {
					end = max(end, at.Span.End)
				}
			}
		}
		if len(added) == 0 || end < 0 {
			continue
		}
		if int(end) < len(sc.file.Text) && sc.file.Text[end] == ',' {
			end++
		}
		out = append(out, Hint{int(end), "+ " + strings.Join(added, ", "), "Added to every table and kept by the system.", ColumnsHint})
	}
	return out
}
