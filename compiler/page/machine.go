package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// machine is the states of a column, drawn: the steps that transitions declare, and under each state the actions that it allows.
type machine struct {
	Column string
	States []string
	Title  string // the drawing in words
	SVG    template.HTML
}

// machines are the columns with a list of values that the rules of actions look at.
func machines(r *model.Resource, e *policy.Effective, roles []string) (out []machine) {
	for _, c := range r.Table.Columns {
		if len(c.Enum) == 0 || len(c.Enum) > 12 {
			continue
		}
		d := drawing{states: c.Enum, allowed: map[string][]string{}}
		looked := false
		for _, a := range r.Actions {
			if a.Standalone {
				continue
			}
			if t := a.Transition; t != nil && t.Column == c.Key {
				d.steps(a)
				looked = true
			}
			open := d.open(e, a, c.Key, roles)
			if len(open) < len(c.Enum) {
				looked = true
			}
			for _, state := range open {
				d.allowed[state] = append(d.allowed[state], a.Name)
			}
		}
		if looked {
			out = append(out, machine{Column: c.Key, States: c.Enum, Title: d.words(c.Key), SVG: template.HTML(d.svg(r.Segment + "-" + c.Key))}) //nolint:gosec // every text in it is escaped
		}
	}
	return out
}

// drawing is a state machine: states from left to right, steps as arcs between them.
type drawing struct {
	states  []string
	edges   []edge
	allowed map[string][]string
}

type edge struct {
	from, to int
	name     string
}

func (d *drawing) steps(a *model.Action) {
	for _, step := range a.Transition.FromTo {
		for _, to := range step.To {
			from, target := slices.Index(d.states, step.From), slices.Index(d.states, to)
			if from < 0 || target < 0 || a.Transition.To != "" && a.Transition.To != to {
				continue
			}
			if i := slices.IndexFunc(d.edges, func(e edge) bool { return e.from == from && e.to == target }); i >= 0 {
				d.edges[i].name += ", " + a.Name
				continue
			}
			d.edges = append(d.edges, edge{from, target, a.Name})
		}
	}
}

// open are the states in which anybody may do an action.
func (d *drawing) open(e *policy.Effective, a *model.Action, column string, roles []string) (out []string) {
	for _, state := range d.states {
		if slices.ContainsFunc(roles, func(role string) bool {
			decision := e.Acts(asked(role), a.Name)
			return decision.Verdict != policy.No && possible(decision, column, state)
		}) {
			out = append(out, state)
		}
	}
	return out
}

func (d *drawing) words(column string) string {
	var parts []string
	for _, state := range d.states {
		actions := "nothing"
		if len(d.allowed[state]) > 0 {
			actions = strings.Join(d.allowed[state], ", ")
		}
		parts = append(parts, state+" allows "+actions)
	}
	for _, e := range d.edges {
		parts = append(parts, fmt.Sprintf("%s leads from %s to %s", e.name, d.states[e.from], d.states[e.to]))
	}
	return "States of " + column + ": " + strings.Join(parts, "; ")
}

const (
	pitch  = 164 // from state to state
	box    = 120
	height = 34
	line   = 18
)

// svg draws the machine; id makes its marker unique on the page.
func (d *drawing) svg(id string) string {
	above, below := d.reach()
	lines := 0
	for _, actions := range d.allowed {
		lines = max(lines, len(actions))
	}
	top := above + 14
	width, total := len(d.states)*pitch-(pitch-box)+24, top+height+below+lines*line+26
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" width="%d" height="%d" class="machine" aria-hidden="true">`, width, total, width, total)
	fmt.Fprintf(&b, `<defs><marker id="m-%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="head"/></marker></defs>`, template.HTMLEscapeString(id))
	for _, e := range d.edges {
		d.arc(&b, e, top, id)
	}
	for i, state := range d.states {
		x := 12 + i*pitch
		class := "state"
		if !slices.ContainsFunc(d.edges, func(e edge) bool { return e.from == i }) && len(d.edges) > 0 {
			class += " end"
		}
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" rx="17" class="%s"/><text x="%d" y="%d" class="name">%s</text>`,
			x, top, box, height, class, x+box/2, top+22, template.HTMLEscapeString(state))
		for n, action := range d.allowed[state] {
			fmt.Fprintf(&b, `<text x="%d" y="%d" class="allowed">%s</text>`, x+box/2, top+height+below+20+n*line, template.HTMLEscapeString(action))
		}
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// reach is how far arcs go above and below the states.
func (d *drawing) reach() (above, below int) {
	for _, e := range d.edges {
		if span := e.to - e.from; span > 0 {
			above = max(above, 22+span*16)
		} else {
			below = max(below, 22-span*16)
		}
	}
	return above, below
}

// arc draws a step: forward above the states, backward below them.
func (d *drawing) arc(b *strings.Builder, e edge, top int, id string) {
	span := e.to - e.from
	x1, x2, y, bend := 12+e.from*pitch+box/2, 12+e.to*pitch+box/2, top, -(22 + span*16)
	switch {
	case span > 0:
		x1, x2 = x1+14, x2-14
	case span < 0:
		x1, x2, y, bend = x1-14, x2+14, top+height, 22-span*16
	default:
		x1, x2, y, bend = x1-14, x2+14, top+height, 26
	}
	fmt.Fprintf(b, `<path d="M%d %d C%d %d %d %d %d %d" class="step" marker-end="url(#m-%s)"/>`, x1, y, x1, y+bend, x2, y+bend, x2, y, template.HTMLEscapeString(id))
	fmt.Fprintf(b, `<text x="%d" y="%d" class="label">%s</text>`, (x1+x2)/2, y+bend*3/4-3, template.HTMLEscapeString(e.name))
}
