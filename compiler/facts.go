package compiler

import (
	"sync"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/parallel"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics/text"
)

// facts are all that the files which a project has once take from one resource. They hold for as long as the resource is the same value, so
// that after an edit they are found again for what it touched.
type facts struct {
	of      *model.Resource
	outline text.Hash  // of what a frame takes from it
	traits  app.Traits // what its policy asks of the backend
	listed  text.Hash  // of what the list of resources says of its policy

	features runtime.Features // what it asks of the library
}

// factsOf returns the facts of a project's resources, in their order.
func (m *memory) factsOf(p *model.Project) []facts {
	m.mu.Lock()
	last := m.facts
	m.mu.Unlock()
	out := make([]facts, len(p.Resources))
	var due []int
	for i, r := range p.Resources { // both are sorted by ID
		for len(last) > 0 && last[0].of.ID < r.ID {
			last = last[1:]
		}
		if len(last) > 0 && last[0].of == r {
			out[i] = last[0]
		} else {
			due = append(due, i)
		}
	}
	parallel.For(len(due), func(i int) {
		r := p.Resources[due[i]]
		out[due[i]] = facts{of: r, outline: outline(r), traits: app.TraitsOf(r), listed: app.Listed(r), features: app.FeaturesOf(r)}
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.facts = out
	return out
}

// outline hashes what a frame takes from a resource: everything but its policy. A frame must take nothing else from it.
func outline(r *model.Resource) text.Hash {
	s := *r
	s.Hash, s.Firewall, s.Operations, s.Guards, s.Masks, s.Views, s.Actions = text.Hash{}, model.Firewall{}, nil, model.Guards{}, nil, nil, nil
	s.OptIns, s.Display, s.Sort, s.View, s.Hints, s.Validation, s.Layouts = model.OptIns{}, "", nil, "", nil, nil, nil
	s.Source, s.Home, s.Others = nil, nil, nil
	return shapeOf()(&s)
}

var shapeOf = sync.OnceValue(definition.ShapeOf[model.Resource])
