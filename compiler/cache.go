package compiler

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sort"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/resource"
	"github.com/qbls/qbls/compiler/emit/routes"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Cache keeps the files of resources between compilations, so that a save emits again only what changed its meaning. It is safe for
// concurrent use.
type Cache struct {
	mu    sync.Mutex
	files map[cacheID]cached
}

type cacheID struct {
	root text.Path
	id   model.ID
}

type cached struct {
	key   text.Hash
	files []output.File
}

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{files: map[cacheID]cached{}} }

// get returns the files of a resource, made again when the key is another. A nil cache makes them each time.
func (c *Cache) get(id cacheID, key text.Hash, make func() ([]output.File, error)) ([]output.File, error) {
	if c == nil {
		return make()
	}
	c.mu.Lock()
	known, ok := c.files[id]
	c.mu.Unlock()
	if ok && known.key == key {
		return known.files, nil
	}
	files, err := make()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files[id] = cached{key, files}
	return files, nil
}

// resource emits the policy and the routes of one resource.
func (b *build) resource(r *model.Resource) ([]output.File, []diagnostics.Diagnostic) {
	files, err := b.o.Cache.get(cacheID{b.p.Root, r.ID}, b.key(r), func() ([]output.File, error) {
		var out []output.File
		f, err := resource.Emit(resource.Input{Project: b.p, Resource: r, Names: b.names, Prefix: b.prefixes[r.ID]})
		if err != nil {
			return nil, err
		}
		out = append(out, *f)
		if f := routes.Emit(b.p, r, b.names); f != nil {
			out = append(out, *f)
		}
		return out, nil
	})
	var refused *resource.Refusal
	if errors.As(err, &refused) {
		return nil, []diagnostics.Diagnostic{{Rule: PolicyNotEmitted, At: r.Place(refused.At), Message: refused.Message, Key: refused.Subject}}
	}
	return files, nil
}

// key covers all that a resource's files are made of: its own meaning, which includes the configuration and the project's names, what
// it and its neighbours are called in the output, and where its files are.
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

func sortFiles(files []output.File) {
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
}
