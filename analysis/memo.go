package analysis

import (
	"cmp"
	"slices"
	"sync"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/policy"
)

// memo holds what was found out about each resource last. A resource is one value for as long as its meaning and the places in
// its own files are the same, so its identity is the key. The memo is shared by the versions of a project and safe for
// concurrent use; a request on an older version may only cost a second check.
type memo struct {
	mu         sync.Mutex
	effectives map[model.ID]*policy.Effective
	linked     *model.Project // that was checked last
	results    []*checked     // of its resources
	last       *examination
	folds      *check.Folds
	index      *names.Index // of the version that was asked last
}

// checked is what the rules say of one resource.
type checked struct {
	of    *model.Resource
	uses  []*definition.File // files of the resources it uses: a finding may point into them
	says  *saying            // nil: nothing
	facts check.Facts
}

func newMemo() *memo {
	return &memo{effectives: map[model.ID]*policy.Effective{}}
}

func (m *memo) effective(c *model.Config, r *model.Resource) *policy.Effective {
	m.mu.Lock()
	e := m.effectives[r.ID]
	m.mu.Unlock()
	if e != nil && e.Resource == r {
		return e
	}
	e = policy.FromModel(c, r)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.effectives[r.ID] = e
	return e
}

// names is the index of a version, made from the last one where it can be.
func (m *memo) names(p *model.Project, more []*definition.File) *names.Index {
	m.mu.Lock()
	last := m.index
	m.mu.Unlock()
	next := last.Next(p, more...)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.index = next
	return next
}

// fold runs the project rules over the facts of all resources.
func (m *memo) fold(set check.Set, c *model.Config, facts []check.FactsOfOne) []*check.Folded {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.folds == nil {
		m.folds = set.NewFolds()
	}
	return m.folds.Update(c, facts)
}

// known is what was found out about the resources of a project and still holds, nil where they have to be checked. Of the version
// before, nearly all resources are the same, and only those that use another one are looked at.
func (m *memo) known(p *model.Project) []*checked {
	m.mu.Lock()
	linked, results := m.linked, m.results
	m.mu.Unlock()
	out := make([]*checked, len(p.Resources))
	if linked == nil {
		return out
	}
	var others []*model.Resource // of one version and not of the other
	at := 0                      // both are sorted by ID
	same := func(r *model.Resource) bool { return at < len(linked.Resources) && linked.Resources[at] == r }
	for i, r := range p.Resources {
		for !same(r) && at < len(linked.Resources) && linked.Resources[at].ID <= r.ID {
			others = append(others, linked.Resources[at])
			at++
		}
		if same(r) {
			out[i] = results[at]
			at++
		} else {
			others = append(others, r)
		}
	}
	others = append(others, linked.Resources[at:]...)
	for _, other := range others {
		for _, id := range other.Uses { // what a resource uses, uses it
			i, ok := slices.BinarySearchFunc(p.Resources, id, func(r *model.Resource, id model.ID) int { return cmp.Compare(r.ID, id) })
			if ok && out[i] != nil && !out[i].holds(p) {
				out[i] = nil
			}
		}
	}
	return out
}

// checked remembers what was found out about the resources of a version.
func (m *memo) checked(p *model.Project, results []*checked) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.linked, m.results = p, results
}

// holds says whether the resources that the resource uses have the files that they had.
func (c *checked) holds(p *model.Project) bool {
	rest := c.uses
	same := func(f *definition.File) bool {
		if len(rest) == 0 || rest[0] != f {
			return false
		}
		rest = rest[1:]
		return true
	}
	for _, id := range c.of.Uses {
		other := p.Resource(id)
		if !same(other.Home) {
			return false
		}
		for _, f := range other.Others {
			if !same(f) {
				return false
			}
		}
	}
	return len(rest) == 0
}

// examined is what was found last, never nil.
func (m *memo) examined() *examination {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last == nil {
		return &examination{}
	}
	return m.last
}

func (m *memo) remember(e *examination) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = e
}
