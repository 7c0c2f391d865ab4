package names

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Resolver says what the code of a project's files names.
type Resolver struct {
	Project *model.Project
	Code    func(text.Path) *Code           // nil: no such file
	Own     func(text.Path) *model.Resource // the resource that a file's actions, handlers or access functions are about
}

// Occurrences are the things that the code of a file names. What is no table of the project, or no column of its table, is left out.
func (v Resolver) Occurrences(path text.Path) []Occurrence {
	code := v.Code(path)
	if code == nil || v.Project == nil {
		return nil
	}
	tables := map[string]*model.Resource{}
	var out []Occurrence
	for _, u := range code.Uses {
		if u.Kind == Role {
			out = append(out, Occurrence{Symbol: Symbol{Role, "", u.Name}, At: text.Place{Path: path, Span: u.At}, Code: true})
			continue
		}
		r, known := tables[u.Table]
		if !known {
			r = v.table(path, u.Table)
			tables[u.Table] = r
		}
		if r == nil || r.Table == nil {
			continue
		}
		if s, ok := symbolOf(r, u); ok {
			out = append(out, Occurrence{Symbol: s, At: text.Place{Path: path, Span: u.At}, Code: true, Short: u.Short, Write: u.Write})
		}
	}
	return out
}

func symbolOf(r *model.Resource, u Use) (Symbol, bool) {
	if u.Kind == Table {
		return Symbol{Table, "", string(r.ID)}, true
	}
	c := r.Table.Column(u.Column)
	switch {
	case c == nil:
		return Symbol{}, false
	case u.Kind == Column:
		return Symbol{Column, string(r.ID), u.Column}, true
	}
	return Symbol{State, StatesOf(string(r.ID), u.Column), u.Name}, slices.Contains(c.Enum, u.Name)
}

// table finds the table that a file calls by a name.
func (v Resolver) table(path text.Path, name string) *model.Resource {
	switch {
	case name == "":
		return v.Own(path)
	case strings.HasPrefix(name, byQuery):
		return v.Only(name[len(byQuery):])
	case strings.HasPrefix(name, byType):
		target, imported := v.Project.Imported(path, name[len(byType):])
		if code := v.Code(target); target != "" && code != nil && code.Types[imported] != "" {
			return v.Project.TableNamed(target, code.Types[imported])
		}
		return nil
	}
	if space, inner, ok := strings.Cut(name, "."); ok {
		if target, imported := v.Project.Imported(path, space); imported == "*" {
			return v.Project.TableNamed(target, inner)
		}
		return nil
	}
	return v.Project.TableNamed(path, name)
}

// Only is the table whose constant has a name that no other table has.
func (v Resolver) Only(binding string) *model.Resource {
	var found *model.Resource
	for _, r := range v.Project.Resources {
		if r.Table != nil && r.Binding == binding {
			if found != nil {
				return nil
			}
			found = r
		}
	}
	return found
}
