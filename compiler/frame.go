package compiler

import (
	"crypto/sha256"
	"fmt"
	"slices"
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
type frame struct {
	key       text.Hash
	committed *migrate.Committed
	names     *naming.Project
	auth      []*storage.Table
	db        *storage.Database
	prefixes  map[model.ID]string

	mu       sync.Mutex
	files    []output.File
	library  []string
	joint    *joint
	made     []*migrate.Plan
	migrates map[bool]*migrations // by Options.Pending
}

// migrations are the files of a project's migrations, and of the one that is pending.
type migrations struct{ files, pending []output.File }

// joint are the files that list what a project has.
type joint struct {
	key     text.Hash // of what they say of policies
	files   []output.File
	library []string
}

// frameOf returns the frame of a project: the one that is kept, when it is made of the same.
func (b *build) frameOf(m *memory) *frame {
	key := b.frameKey()
	m.mu.Lock()
	f := m.frame
	m.mu.Unlock()
	if f != nil && f.key == key && f.committed == b.o.Committed {
		return f
	}
	f = &frame{key: key, committed: b.o.Committed, names: naming.New(b.p), auth: authTables(authschema.Tables(app.AuthOptions(b.p))), migrates: map[bool]*migrations{}}
	given := f.auth
	if audit.Needed(b.p) {
		given = append(slices.Clone(given), audit.Storage())
	}
	f.db = storage.New(b.p, f.names, given)
	f.prefixes = b.assignPrefixes()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.frame = f
	return f
}

// frameKey covers all that a frame is made of, but for the committed migrations, which are one value as long as they are the same.
func (b *build) frameKey() text.Hash {
	h := sha256.New()
	h.Write(b.p.Config.Hash[:])
	h.Write(b.p.Globals.Hash[:])
	var traits app.Traits
	for i := range b.facts {
		h.Write(b.facts[i].outline[:])
		traits = traits.Or(b.facts[i].traits)
	}
	fmt.Fprintf(h, "%s\x00%s\x00%v", b.p.Root, b.p.Source, traits)
	return text.Hash(h.Sum(nil))
}

// schemas are the tables of every feature, and the modules of the library that they import.
func (f *frame) schemas(p *model.Project) ([]output.File, []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files == nil {
		var files []output.File
		for _, feature := range p.Features {
			files = append(files, schema.Feature(p, feature, f.db)...)
		}
		f.files, f.library = summed(files)
	}
	return f.files, f.library
}

// joint returns the files that list what the project has, and the modules of the library that they import.
func (b *build) joint() *joint {
	h := sha256.New()
	for i := range b.facts {
		h.Write(b.facts[i].listed[:])
	}
	key := text.Hash(h.Sum(nil))
	b.frame.mu.Lock()
	defer b.frame.mu.Unlock()
	if j := b.frame.joint; j != nil && j.key == key {
		return j
	}
	files, library := summed(app.Files(app.Input{Project: b.p, Names: b.names, Database: b.db, Auth: b.auth}))
	b.frame.joint = &joint{key, files, library}
	return b.frame.joint
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

// migrated are the files of the migrations, made once for either way of treating a new one.
func (f *frame) migrated(pending bool, make func() *migrations) *migrations {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.migrates[pending] == nil {
		f.migrates[pending] = make()
	}
	return f.migrates[pending]
}

// summed returns files with the hashes of their contents, and the modules of the library that they import.
func summed(files []output.File) (out []output.File, library []string) {
	for _, f := range files {
		out = append(out, f.Summed())
		library = append(library, runtime.Imports(f.Content)...)
	}
	slices.Sort(library)
	return out, slices.Compact(library)
}
