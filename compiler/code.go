package compiler

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// assembly is the code of a project: all emitted files but the documents about them, and what they were put together from. It is immutable.
type assembly struct {
	schemas    []*joint // by feature
	joint      *joint
	migrations []output.File
	linked     []output.File
	kept       []*kept          // by resource
	features   runtime.Features // what all of them ask of the library
	library    []output.File    // as they need it
	files      []output.File    // sorted
}

// code are all emitted files but the documents about them, sorted. Whoever adds to them takes a copy.
func (b *build) code(ctx context.Context) ([]output.File, []diagnostics.Diagnostic, error) {
	last := b.memory.assembled()
	problems, err := b.resources(ctx, last)
	if err != nil {
		return nil, nil, err
	}
	now := &assembly{schemas: b.schemas(), joint: b.joint(), kept: b.kept}
	linked, unresolved, used := b.linked()
	now.linked, now.features = linked, app.Features(b.p)|used
	for i := range b.facts {
		now.features |= b.facts[i].features
	}
	problems = append(problems, imports(unresolved)...)
	migrations, refused := b.migrations()
	now.migrations = migrations
	problems = append(problems, refused...)
	b.memory.forget(b.p)
	if slices.Contains(now.kept, nil) {
		return nil, problems, nil // the result has failed
	}
	if now.files = last.exchanged(now); now.files == nil {
		now.assemble(b.memory)
	} else {
		now.library = last.library
	}
	b.library = now.library
	b.memory.assemble(now)
	return now.files, problems, nil
}

// resources emits the policies of all resources into b.kept, which is nil where that is refused.
func (b *build) resources(ctx context.Context, last *assembly) (problems []diagnostics.Diagnostic, err error) {
	b.kept = make([]*kept, len(b.p.Resources))
	for i, r := range b.p.Resources {
		if last != nil && i < len(last.kept) && last.kept[i].holds(r, b.frame) {
			b.kept[i] = last.kept[i]
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k, refused := b.resource(r)
		if refused != nil {
			problems = append(problems, *refused)
		}
		b.kept[i] = k
	}
	return problems, nil
}

// of returns what was emitted of a resource of the project, nil where that was refused or has not been done.
func (b *build) of(r *model.Resource) *kept {
	i, ok := slices.BinarySearchFunc(b.p.Resources, r.ID, func(r *model.Resource, id model.ID) int { return strings.Compare(string(r.ID), string(id)) })
	if !ok || i >= len(b.kept) {
		return nil
	}
	return b.kept[i]
}

// exchanged are the files of an assembly in which nothing but files of resources and tables of features are other ones than in the last, and
// those lie where they lay; else nil.
func (last *assembly) exchanged(now *assembly) []output.File {
	if last == nil || last.joint != now.joint || last.features != now.features || len(last.schemas) != len(now.schemas) || len(last.kept) != len(now.kept) ||
		!alike(last.linked, now.linked) || !alike(last.migrations, now.migrations) {
		return nil
	}
	x := &exchange{of: last.files, files: last.files}
	for i, j := range now.schemas {
		if was := last.schemas[i]; was != j && !x.put(was.files, j.files, was.library, j.library) {
			return nil
		}
	}
	for i, k := range now.kept {
		if was := last.kept[i]; was != k && !x.put(was.files, k.files, was.library, k.library) {
			return nil
		}
	}
	return x.files
}

// alike says whether two lists have the same files.
func alike(a, b []output.File) bool {
	return slices.EqualFunc(a, b, func(a, b output.File) bool { return a.Path == b.Path && a.Hash() == b.Hash() })
}

// exchange are sorted files of which some are exchanged for others of the same paths.
type exchange struct{ of, files []output.File }

// put exchanges files; false when paths or what is imported of the library are other ones.
func (x *exchange) put(was, now []output.File, wasLibrary, library []string) bool {
	if !slices.Equal(wasLibrary, library) || len(was) != len(now) {
		return false
	}
	for n, f := range now {
		at, ok := slices.BinarySearchFunc(x.files, f, byPath)
		if !ok || was[n].Path != f.Path {
			return false
		}
		if x.files[at].Hash() == f.Hash() {
			continue
		}
		if &x.files[0] == &x.of[0] {
			x.files = slices.Clone(x.files)
		}
		x.files[at] = f
	}
	return true
}

// assemble puts the files together, with what they use of the library.
func (a *assembly) assemble(m *memory) {
	out, uses := make([]output.File, 0, 2*len(a.kept)+len(a.schemas)), []runtime.Use{}
	for _, j := range a.schemas {
		out, uses = append(out, j.files...), append(uses, j.library...)
	}
	for _, k := range a.kept {
		out, uses = append(out, k.files...), append(uses, k.library...)
	}
	out, uses = append(out, a.joint.files...), append(uses, a.joint.library...)
	for _, f := range a.linked {
		out, uses = append(out, f), append(uses, runtime.Uses(f.Content)...)
	}
	slices.Sort(uses)
	a.library = m.library(slices.Compact(uses), a.features)
	out = append(out, a.library...)
	out = append(out, a.migrations...)
	sortFiles(out)
	a.files = slices.Clip(out)
}

// library returns the modules of the library as a project needs them. They are kept until it needs others.
func (m *memory) library(uses []runtime.Use, features runtime.Features) []output.File {
	key := text.Hash(sha256.Sum256(fmt.Appendf(nil, "%d %q", features, uses)))
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tailored.key != key {
		files := []output.File{}
		for _, f := range runtime.Tailored(uses, features) {
			files = append(files, output.File{Path: text.Path("src/lib/" + f.Name), Content: f.Content}.Summed())
		}
		m.tailored = tailored{key, files}
	}
	return m.tailored.files
}

func (m *memory) assembled() *assembly {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.code
}

func (m *memory) assemble(a *assembly) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.code = a
}
