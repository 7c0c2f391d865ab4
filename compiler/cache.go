package compiler

import (
	"sync"

	"github.com/qbls/qbls/analysis/grant"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/openapi"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics/text"
)

// Cache keeps what compilations made of each part of a project, so that the next one makes again only what has changed its meaning. It is
// safe for concurrent use.
//
// There are four kinds of parts, and each is kept under a key of all that it is made of: the frame (what a project has once), the files of
// a resource, a linked module, and, in the contract's memo, what verifying found. Nothing is ever invalidated: another key makes it again.
type Cache struct {
	mu       sync.Mutex
	projects map[text.Path]*memory
}

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{projects: map[text.Path]*memory{}} }

// of returns the memory of one project; a nil cache gives one that forgets.
func (c *Cache) of(root text.Path) *memory {
	if c == nil {
		return newMemory()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.projects[root] == nil {
		c.projects[root] = newMemory()
		c.projects[root].contracts, c.projects[root].texts = contract.NewMemo(), ordered.NewStore()
		c.projects[root].migrated.Texts = new(schema.Texts)
	}
	return c.projects[root]
}

// memory is what is kept of one project.
type memory struct {
	contracts *contract.Memo // nil: nothing is kept of verifying
	texts     *ordered.Store // of what documents say
	migrated  migrate.Tables // that a migration was planned to
	needed    int            // how many lines it had when documents were made first; 0: none were

	mu         sync.Mutex
	frame      *frame
	schemas    map[string]*joint // by feature
	joint      *joint
	jointNames *naming.Project // that joint is made with
	committed  *committed
	facts      []facts
	code       *assembly // nil: none could be put together yet
	resources  map[model.ID]*kept
	modules    map[text.Path]linked
	tailored   tailored
}

func newMemory() *memory {
	return &memory{resources: map[model.ID]*kept{}, modules: map[text.Path]linked{}}
}

// kept is what was made of one resource.
type kept struct {
	of      *model.Resource
	once    text.Hash // of the frame
	names   *naming.Project
	prefix  string
	key     text.Hash
	files   []output.File
	library []runtime.Use // what the files use of it
	said    *said
	granted *grant.Part // nil: nobody has asked
}

// holds says whether what is kept is that of a resource in a frame: then its key would be, too.
func (k *kept) holds(r *model.Resource, f *frame) bool {
	return k != nil && k.of == r && k.once == f.once && k.names == f.names && k.prefix == f.prefixes[r.ID]
}

// committed are the committed migrations as files.
type committed struct {
	of    *migrate.Committed
	files []output.File
}

// said is what the documents say of one resource. It is made when they are.
type said struct {
	mu       sync.Mutex
	openapi  *openapi.Part
	registry ordered.Text
	called   string // the names of the registry that registry is made with
}

// tailored is the library as a project needs it, under a key of what it needs.
type tailored struct {
	key   text.Hash
	files []output.File
}

// linked is one linked module.
type linked struct {
	key    string
	module *link.Module
}

// resource returns what is kept of a resource for a key, made again when the key is another.
func (m *memory) resource(r *model.Resource, f *frame, key func() text.Hash, files func() ([]output.File, error)) (*kept, error) {
	m.mu.Lock()
	known := m.resources[r.ID]
	m.mu.Unlock()
	if known.holds(r, f) {
		return known, nil
	}
	k := &kept{of: r, once: f.once, names: f.names, prefix: f.prefixes[r.ID], key: key()}
	if known != nil && known.key == k.key {
		k.files, k.library, k.said = known.files, known.library, known.said
		if known.of == r {
			k.granted = known.granted // places are in it, which a resource of the same meaning may have others of
		}
	} else {
		made, err := files()
		if err != nil {
			return nil, err
		}
		k.files, k.library = summed(made)
		k.said = &said{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.resources[r.ID] = k
	return k, nil
}

// forget drops what is kept of resources and modules that the project no longer has.
func (m *memory) forget(p *model.Project) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.resources) <= len(p.Resources) {
		return
	}
	for id := range m.resources {
		if p.Resource(id) == nil {
			delete(m.resources, id)
		}
	}
}

// tidy forgets what documents said of resources when three times as much was said by now as at first: most of it is no longer said.
func (m *memory) tidy() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.needed == 0 || m.texts.Lines() < 3*m.needed+10_000 {
		return
	}
	m.texts, m.needed = ordered.NewStore(), 0
	for _, k := range m.resources {
		k.said.forget()
	}
}

func (s *said) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.openapi, s.registry = nil, ordered.Text{}
}

// said is told when documents were made.
func (m *memory) said() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.texts != nil && m.needed == 0 {
		m.needed = m.texts.Lines()
	}
}

// store is where the texts of documents are kept; nil: nowhere.
func (m *memory) store() *ordered.Store {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.texts
}
