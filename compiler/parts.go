package compiler

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/link"
	"github.com/qbls/qbls/compiler/emit/openapi"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/registry"
	"github.com/qbls/qbls/compiler/emit/resource"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// resource emits the policy of one resource, or says why it cannot.
func (b *build) resource(r *model.Resource) (*kept, *diagnostics.Diagnostic) {
	k, err := b.memory.resource(r, b.frame, func() text.Hash { return b.key(r) }, func() ([]output.File, error) {
		f, err := resource.Emit(resource.Input{Project: b.p, Resource: r, Names: b.names, Prefix: b.prefixes[r.ID]})
		if err != nil {
			return nil, err
		}
		return []output.File{*f}, nil
	})
	var refused *resource.Refusal
	if errors.As(err, &refused) {
		return nil, &diagnostics.Diagnostic{Rule: PolicyNotEmitted, At: r.Place(refused.At), Message: refused.Message, Key: refused.Subject}
	}
	return k, nil
}

// key covers all that a resource's files are made of: its own meaning, which includes that of its neighbours, the configuration and the
// project's names, what it and they are called in the output, and where its files are.
func (b *build) key(r *model.Resource) text.Hash {
	h := sha256.New()
	fmt.Fprintf(h, "%x %x %x %q %q %q %q", r.Hash, b.p.Globals.Hash, b.p.Config.Hash, r.File, r.ActionsFile, b.p.Root, b.prefixes[r.ID])
	for _, id := range append([]model.ID{r.ID}, r.Uses...) {
		if b.names.Has(id) {
			fmt.Fprintf(h, " %q", *b.names.Of(id))
		}
	}
	return text.Hash(h.Sum(nil))
}

// declared is the key of a resource that was emitted; of one that was refused it is its own.
func (b *build) declared(r *model.Resource) text.Hash {
	if k := b.of(r); k != nil {
		return k.key
	}
	if k, _ := b.resource(r); k != nil {
		return k.key
	}
	return b.key(r)
}

// linked are the modules of the author's that the output refers to. What linking one gives depends on its text, on which files there are,
// and on the frame. What their code may use of the library comes with them.
func (b *build) linked() ([]output.File, []link.Problem, runtime.Features) {
	entries := link.Entries(b.p)
	if len(entries) == 0 {
		return nil, nil, 0
	}
	library := map[string]bool{}
	for _, f := range runtime.Files() {
		library[strings.TrimSuffix(f.Name, ".ts")] = true
	}
	there := sha256.New()
	for p := range b.s.Files.Under(b.p.Root) {
		fmt.Fprintf(there, "%s\x00", p)
	}
	in := b.linkInput(library)
	frame := string(b.frame.once[:]) + string(there.Sum(nil))
	in.Kept = func(p text.Path, make func() *link.Module) *link.Module {
		file := b.s.File(p)
		if file == nil {
			return make()
		}
		return b.memory.module(p, frame+string(file.Hash[:]), make)
	}
	return link.Modules(in, entries)
}

// module returns what is kept of a linked module, made again when the key is another.
func (m *memory) module(p text.Path, key string, make func() *link.Module) *link.Module {
	m.mu.Lock()
	known, ok := m.modules[p]
	m.mu.Unlock()
	if ok && known.key == key {
		return known.module
	}
	made := make()
	if made != nil {
		made.File = made.File.Summed()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.modules[p] = linked{key, made}
	return made
}

// documents describe the backend as a whole. They are joined from the parts of each resource.
func (b *build) documents(ctx context.Context) ([]output.File, error) {
	var out []output.File
	b.memory.tidy()
	called := registry.Names(b.p)
	operations, tables := map[model.ID]*openapi.Part{}, map[model.ID]ordered.Text{}
	for _, r := range b.p.Resources {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k := b.of(r)
		if k == nil {
			continue // the result has failed
		}
		operations[r.ID], tables[r.ID] = k.said.inOpenAPI(b, r), k.said.inRegistry(b, r, called)
	}
	b.memory.said()
	if b.p.Config.OpenAPI {
		out = append(out, output.File{Path: openapi.Path, Content: ordered.JSON(openapi.Document(b.p, operations))})
	}
	if b.p.Config.Registry {
		out = append(out, output.File{Path: registry.Path, Content: ordered.JSON(registry.Document(b.p, b.o.Version, b.o.GeneratedAt, called, tables))})
	}
	return out, ctx.Err()
}

// inOpenAPI is the resource's part of openapi.json, which is made of what its files are made of.
func (s *said) inOpenAPI(b *build, r *model.Resource) *openapi.Part {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.openapi == nil {
		s.openapi = openapi.Of(b.p, r, b.names)
		if store := b.memory.store(); store != nil {
			s.openapi = s.openapi.Keep(store)
		}
	}
	return s.openapi
}

// inRegistry is the resource's part of the registry, which has names of its own for it and its neighbours.
func (s *said) inRegistry(b *build, r *model.Resource, called map[model.ID]string) ordered.Text {
	names := called[r.ID]
	for _, id := range r.Uses {
		names += "\x00" + called[id]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.registry.None() || s.called != names {
		s.registry, s.called = registry.Table(r, called), names
		if store := b.memory.store(); store != nil {
			s.registry = store.Keep(s.registry)
		}
	}
	return s.registry
}

func sortFiles(files []output.File) { slices.SortFunc(files, byPath) }

func byPath(a, b output.File) int { return strings.Compare(string(a.Path), string(b.Path)) }
