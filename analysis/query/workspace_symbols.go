package query

import (
	"cmp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// MaxSymbols is how many symbols of a workspace one answer holds: more than anybody reads, and little enough to send on a keystroke.
const MaxSymbols = 200

// Located is a symbol of the workspace.
type Located struct {
	Name      string
	Container string // the table of a column, the resource of an action
	Kind      SymbolKind
	At        text.Place
	score     int
}

// WorkspaceSymbols finds resources, tables, columns, views, actions and roles of every project by what was typed: its letters must occur in
// their order, whatever lies between. The best come first, at most MaxSymbols of them. "jobs.ti" looks for ti in jobs.
func WorkspaceSymbols(s *analysis.Snapshot, typed string) []Located {
	find := &finder{typed: strings.ToLower(typed)}
	if container, name, ok := strings.Cut(find.typed, "."); ok {
		find.container, find.typed = container, name
	}
	for _, root := range s.Projects() {
		p := s.Project(root)
		if p == nil {
			continue
		}
		for _, r := range p.Resources {
			find.resource(r)
		}
		find.roles(s, p)
	}
	slices.SortStableFunc(find.out, func(a, b Located) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Container, b.Container))
	})
	return find.out[:min(len(find.out), MaxSymbols)]
}

type finder struct {
	container, typed string
	out              []Located
}

func (f *finder) resource(r *model.Resource) {
	if r.Table != nil && r.Table.Source != nil && r.Origin() != nil {
		f.add(r.Table.Name, "", TableSymbol, r.Origin().Place(r.Table.Source.At))
		for _, c := range r.Table.Columns {
			if c.Source != nil {
				f.add(c.Key, r.Table.Name, ColumnSymbol, r.Origin().Place(c.Source.Key.At))
			}
		}
	}
	for _, v := range r.Views {
		if v.Source != nil {
			f.add(v.Name, r.Segment, ViewSymbol, r.Place(v.Source.Name.At))
		}
	}
	for _, a := range r.Actions {
		if a.Source != nil && a.File != nil {
			at := a.File.Place(a.Source.Name.At)
			if at.Path == "" {
				at = text.Place{Path: a.File.Path} // defineAction: called like its file
			}
			f.add(a.Name, r.Segment, ActionSymbol, at)
		}
	}
}

// roles are those of the hierarchy, where they are declared.
func (f *finder) roles(s *analysis.Snapshot, p *model.Project) {
	if p.Config == nil {
		return
	}
	if d := s.Definition(p.Config.Path); d != nil && d.Config != nil && d.Config.RoleHierarchy != nil {
		for _, role := range d.Config.RoleHierarchy.Items {
			f.add(role.Text, "roles", RoleSymbol, d.Place(role.At))
		}
	}
}

func (f *finder) add(name, container string, kind SymbolKind, at text.Place) {
	if f.container != "" && !strings.Contains(strings.ToLower(container), f.container) {
		return
	}
	if score, ok := match(strings.ToLower(name), f.typed); ok && at.Path != "" {
		f.out = append(f.out, Located{name, container, kind, at, score})
	}
}

// match is lower the better a name fits: the same, a beginning, a part, letters in order.
func match(name, typed string) (int, bool) {
	switch {
	case name == typed:
		return 0, true
	case strings.HasPrefix(name, typed):
		return 1, true
	case strings.Contains(name, typed):
		return 2, true
	}
	rest := typed
	for i := 0; i < len(name) && rest != ""; i++ {
		if name[i] == rest[0] {
			rest = rest[1:]
		}
	}
	return 3, rest == ""
}
