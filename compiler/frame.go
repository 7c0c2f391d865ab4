package compiler

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/emit/audit"
	"github.com/qbls/qbls/compiler/emit/authschema"
	"github.com/qbls/qbls/compiler/emit/naming"
	"github.com/qbls/qbls/compiler/emit/schema"
	"github.com/qbls/qbls/compiler/emit/storage"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics/text"
)

// frame is what a project has once: the names of its resources in the output, its tables with their modules, and its migrations. It stays
// what it is as long as the outlines of all resources do (outline): a policy that says something else of rows or callers is not in it.
//
// What a frame is made of changes with every column. So what it has in common with the frame before is the same value, and what is made of
// that stays, too.
type frame struct {
	key       text.Hash
	once      text.Hash // of what is declared once, and of the traits of all policies
	committed *migrate.Committed
	resources []*model.Resource // that it was made of
	names     *naming.Project
	auth      []*storage.Table
	given     []*storage.Table // they, and that of the audit trail
	db        *storage.Database
	prefixes  map[model.ID]string

	finding sync.Mutex
	found   []*checkedSet // nil: nobody has asked

	mu       sync.Mutex
	made     []*migrate.Plan
	pendings []output.File // nil: not made
	files    []output.File // of the migrations with the new one; nil: not made
}

// joint are files that are made of a whole project, or of a feature, under a key of what they are made of.
type joint struct {
	key     text.Hash
	of      *drawn // of a feature
	files   []output.File
	library []runtime.Use
}

func newJoint(key text.Hash, files []output.File) *joint {
	j := &joint{key: key}
	j.files, j.library = summed(files)
	return j
}

// frameOf returns the frame of a project: the one that is kept, when it is made of the same.
func (b *build) frameOf(m *memory) *frame {
	key, once, traits := b.frameKey()
	m.mu.Lock()
	last := m.frame
	m.mu.Unlock()
	if last != nil && last.key == key && last.committed == b.o.Committed {
		return last
	}
	f := &frame{key: key, once: once, committed: b.o.Committed, resources: b.p.Resources}
	same := last != nil && last.once == once
	if same && slices.EqualFunc(last.resources, f.resources, naming.Alike) {
		f.names = last.names
	} else if f.names = naming.New(b.p); last != nil && last.names.Equal(f.names) {
		f.names = last.names
	}
	if same && last.committed == f.committed && slices.EqualFunc(last.resources, f.resources, prefixedAlike) {
		f.prefixes = last.prefixes
	} else {
		f.prefixes = b.assignPrefixes()
	}
	if same {
		f.auth, f.given = last.auth, last.given
	} else {
		f.auth = authTables(authschema.Tables(app.AuthOptions(b.p)))
		if f.given = f.auth; traits.Unsafe || traits.Public { // as audit.Needed says
			f.given = append(slices.Clone(f.given), audit.Storage())
		}
	}
	var tables *storage.Database
	if last != nil && last.names == f.names {
		tables = last.db
	}
	f.db = storage.After(tables, b.p, f.names, f.given)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.frame = f
	return f
}

// frameKey covers all that a frame is made of, but for the committed migrations, which are one value as long as they are the same.
func (b *build) frameKey() (key, once text.Hash, traits app.Traits) {
	all, h := sha256.New(), sha256.New()
	h.Write(b.p.Config.Hash[:])
	h.Write(b.p.Globals.Hash[:])
	for i := range b.facts {
		all.Write(b.facts[i].outline[:])
		traits = traits.Or(b.facts[i].traits)
	}
	fmt.Fprintf(h, "%s\x00%s\x00%v", b.p.Root, b.p.Source, traits)
	once = text.Hash(h.Sum(nil))
	all.Write(once[:])
	return text.Hash(all.Sum(nil)), once, traits
}

// schemas are the tables of every feature, in their order.
func (b *build) schemas() []*joint {
	m := b.memory
	m.mu.Lock()
	last := m.schemas
	m.mu.Unlock()
	now := make(map[string]*joint, len(b.p.Features))
	out := make([]*joint, 0, len(b.p.Features))
	for _, feature := range b.p.Features {
		j, of := last[feature.Name], b.drawn(feature)
		if j == nil || !j.of.equal(of) {
			if key := b.schemaKey(feature); j == nil || j.key != key {
				j = newJoint(key, schema.Feature(b.p, feature, b.db))
			} else {
				j = &joint{key: key, files: j.files, library: j.library}
			}
			j.of = of
		}
		now[feature.Name] = j
		out = append(out, j)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.schemas = now
	return out
}

// drawn is what the tables of a feature are made of as values: as long as they are the same, schemaKey is, too.
type drawn struct {
	once   text.Hash
	circle *storage.Circles
	of     []drawnTable
}

type drawnTable struct {
	table   *storage.Table
	file    text.Path
	outline text.Hash
}

func (d *drawn) equal(other *drawn) bool {
	return d != nil && d.once == other.once && d.circle == other.circle && slices.Equal(d.of, other.of)
}

func (b *build) drawn(f *model.Feature) *drawn {
	out := &drawn{once: b.frame.once, circle: b.db.Circles(), of: make([]drawnTable, 0, len(f.Resources))}
	for _, r := range f.Resources {
		out.of = append(out.of, drawnTable{b.db.Table(r.ID), r.File, b.factsAbout(r.ID).outline})
	}
	return out
}

// factsAbout are the facts of one resource.
func (b *build) factsAbout(id model.ID) *facts {
	i, _ := slices.BinarySearchFunc(b.facts, id, func(f facts, id model.ID) int { return strings.Compare(string(f.of.ID), string(id)) })
	return &b.facts[i]
}

// schemaKey covers all that the tables of a feature are made of: what is declared once, the outlines of its resources, what foreign keys of
// others make of their indexes, and what is said of the tables that theirs refer to.
func (b *build) schemaKey(f *model.Feature) text.Hash {
	h := sha256.New()
	h.Write(b.frame.once[:])
	for _, r := range f.Resources {
		t := b.db.Table(r.ID)
		h.Write(b.factsAbout(r.ID).outline[:])
		if t == nil {
			continue
		}
		fmt.Fprintf(h, "%q %q %q", r.File, t.Module, t.Const)
		for _, index := range t.Indexes {
			fmt.Fprintf(h, " %q %q", index.Name, index.Where)
		}
		for _, k := range t.ForeignKeys {
			fmt.Fprintf(h, " %q %q %q %q %v %v", k.Key, k.ParentKey, k.Parent.Module, k.Parent.Const, k.Rest, b.db.InCircle(t, k.Parent))
		}
	}
	return text.Hash(h.Sum(nil))
}

// joint returns the files that list what the project has. They are made of its names, of which resources have tables, and of what they list of
// each policy.
func (b *build) joint() *joint {
	h := sha256.New()
	h.Write(b.frame.once[:])
	for i := range b.facts {
		h.Write(b.facts[i].listed[:])
	}
	key := text.Hash(h.Sum(nil))
	m := b.memory
	m.mu.Lock()
	last, names := m.joint, m.jointNames
	m.mu.Unlock()
	if last != nil && last.key == key && names == b.names {
		return last
	}
	j := newJoint(key, app.Files(app.Input{Project: b.p, Names: b.names, Database: b.db, Auth: b.auth}))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.joint, m.jointNames = j, b.names
	return j
}

// planned are the plans of the migrations, made once.
func (f *frame) planned(make func() []*migrate.Plan) []*migrate.Plan {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made == nil {
		f.made = make()
	}
	return f.made
}

// checked is what stands in the way of the migrations, found once.
func (f *frame) checked(find func() []*checkedSet) []*checkedSet {
	f.finding.Lock() // not mu: a save does not wait for the files of documents
	defer f.finding.Unlock()
	if f.found == nil {
		f.found = find()
	}
	return f.found
}

// migrated are files of the migrations, made once.
func (f *frame) migrated(kept *[]output.File, make func() []output.File) []output.File {
	f.mu.Lock()
	defer f.mu.Unlock()
	if *kept == nil {
		files, _ := summed(make())
		*kept = slices.Concat([]output.File{}, files)
	}
	return *kept
}

// summed returns files with the hashes of their contents, and what they use of the library.
func summed(files []output.File) (out []output.File, library []runtime.Use) {
	for _, f := range files {
		out = append(out, f.Summed())
		library = append(library, runtime.Uses(f.Content)...)
	}
	slices.Sort(library)
	return out, slices.Compact(library)
}
