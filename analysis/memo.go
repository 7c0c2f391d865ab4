package analysis

import (
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

// memo holds what depends on a resource alone. It is shared by the versions of a project, bounded, and safe for concurrent use.
type memo struct {
	mu         sync.Mutex
	effectives map[*model.Resource]*policy.Effective
	resources  map[resourceKey]checkedResource
}

func newMemo() *memo {
	return &memo{effectives: map[*model.Resource]*policy.Effective{}, resources: map[resourceKey]checkedResource{}}
}

func (m *memo) effective(c *model.Config, r *model.Resource) *policy.Effective {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.effectives[r]; e != nil {
		return e
	}
	if len(m.effectives) >= memoSize {
		clear(m.effectives)
	}
	e := policy.FromModel(c, r)
	m.effectives[r] = e
	return e
}

func (m *memo) checked(key resourceKey) (checkedResource, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.resources[key]
	return c, ok
}

func (m *memo) remember(key resourceKey, c checkedResource) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.resources) >= memoSize {
		clear(m.resources)
	}
	m.resources[key] = c
}
