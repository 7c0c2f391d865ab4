package model

import (
	"path"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

func (l *linker) action(r *Resource, f *definition.File, d *definition.Action) *Action {
	a := &Action{
		Name: d.Name.Text, Access: l.access(r.Table, d.Access), Standalone: d.Standalone.V, Method: strings.ToUpper(d.Method.Or("POST")),
		Handler: l.handler(f, d), File: f, List: f.Actions, Source: d, At: d.Name.At,
	}
	a.Patch = f.Actions.Form == definition.ActionsOfFeature && !a.Standalone
	if a.Standalone {
		a.Path = "/" + r.Segment + "/" + a.Name
		if p := d.Path.V; p != "" {
			a.Path = "/" + strings.Trim(strings.TrimPrefix(p, "/api/v1"), "/")
		}
	}
	if d.Transition != nil {
		a.Transition = transition(d.Transition)
	}
	return a
}

// defaultVia is the key of the input that names the next state when neither to nor via is written.
const defaultVia = "nextStatus"

func transition(d *definition.Transition) *Transition {
	t := &Transition{Column: d.Field.V, To: d.To.V, Via: d.Via.V}
	if !d.To.Present() && !d.Via.Present() {
		t.Via = defaultVia
	}
	for _, s := range d.FromTo {
		t.FromTo = append(t.FromTo, Step{s.From.Text, texts(s.To)})
	}
	return t
}

// handler is the file that a handler path means, nil when it does not exist.
func (l *linker) handler(f *definition.File, d *definition.Action) *definition.File {
	if d.Handler.V == "" {
		return nil
	}
	file := text.Path(path.Join(path.Dir(string(f.Path)), d.Handler.V))
	if f, ok := l.in.Files[file+".ts"]; ok {
		return f
	}
	return l.in.Files[file]
}

// repeated notes actions of one resource that have one name: their routes would be one.
func (p *Project) repeated() {
	for _, r := range p.Resources {
		seen := map[string]bool{}
		for _, a := range r.Actions {
			if seen[a.Name] {
				p.loose = append(p.loose, loose{a.File, actionTwice, a.At})
			}
			seen[a.Name] = true
		}
	}
}
