package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/diagnostics/text"
)

// Known is what a process remembers of a folder of output that it writes to again and again: the manifest, and what the files held when
// they were seen last, by their stamps. What has another stamp now is read again. It is safe for concurrent use.
type Known struct {
	tree Tree

	mu       sync.Mutex
	at       Stamp // of the manifest's file; zero: it was not read
	manifest Manifest
	ledger   *ledger // of the manifest; nil: not made
	files    map[text.Path]seen
}

type seen struct {
	at   Stamp
	hash text.Hash
}

// NewKnown remembers nothing yet of a tree.
func NewKnown(t Tree) *Known { return &Known{tree: t, files: map[text.Path]seen{}} }

// Sync makes the files all that is emitted, after a look at every file of the folder that is emitted or owned. What Sync says of plans
// and errors holds.
func (k *Known) Sync(ctx context.Context, files []File, opts ...Option) (*Plan, error) {
	return k.sync(ctx, files, k.look, opts)
}

// Update is Sync, but for a look at those files only that it is going to write or remove: of others it takes the manifest's word.
func (k *Known) Update(ctx context.Context, files []File, opts ...Option) (*Plan, error) {
	if p, err := k.exchange(ctx, files, opts); p != nil || err != nil {
		return p, err
	}
	emitted := make(map[text.Path]text.Hash, len(files))
	for _, f := range files {
		emitted[f.Path] = f.Hash()
	}
	return k.sync(ctx, files, func(p text.Path) (text.Hash, bool) {
		if owned, ok := k.manifest.Owned[p]; ok && owned == emitted[p] {
			return owned, true
		}
		return k.look(p)
	}, opts)
}

// Holds says whether the tree holds files as they are.
func (k *Known) Holds(files []File) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range files {
		if hash, ok := k.look(f.Path); !ok || hash != f.Hash() {
			return false
		}
	}
	return true
}

// lock takes the folder, and what is known of it.
func (k *Known) lock(ctx context.Context) (release func(), err error) {
	k.mu.Lock() // first: who waits for this process gets it at once
	unlock, err := k.tree.Lock(ctx)
	if err != nil {
		k.mu.Unlock()
		return nil, fmt.Errorf("output: lock the folder: %w", err)
	}
	return func() {
		unlock()
		k.mu.Unlock()
	}, nil
}

func (k *Known) sync(ctx context.Context, files []File, disk func(text.Path) (text.Hash, bool), opts []Option) (*Plan, error) {
	if err := checkFiles(files); err != nil {
		return nil, err
	}
	release, err := k.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := k.read(); err != nil {
		return nil, err
	}
	p := NewPlan(k.manifest, func(p text.Path) (text.Hash, bool) {
		if ctx.Err() != nil {
			return text.Hash{}, false // nobody waits for the plan any more
		}
		return disk(p)
	}, files, opts...)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := p.write(ctx, k.tree, &replacing{p}); err != nil {
		k.forget() // whatever is there now
		return p, err
	}
	k.wrote(p, !p.next.equal(p.old))
	k.manifest, k.ledger = p.next, nil
	if slices.IsSortedFunc(files, func(a, b File) int { return strings.Compare(string(a.Path), string(b.Path)) }) {
		k.ledger = newLedger(k.manifest, files)
	}
	return p, nil
}

// exchange is Update where no path comes or goes; a nil plan and no error say that one does. Its steps are those of files whose contents are
// exchanged, the others count as kept.
func (k *Known) exchange(ctx context.Context, files []File, opts []Option) (*Plan, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	k.mu.Lock()
	unknown := k.ledger == nil
	k.mu.Unlock()
	if unknown || o.force {
		return nil, nil
	}
	release, err := k.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := k.read(); err != nil || k.ledger == nil {
		return nil, err
	}
	list, ok := k.ledger.exchanged(files, o.later)
	if !ok {
		return nil, nil
	}
	p := &Plan{kept: len(files) - len(list)}
	for _, x := range list {
		s := Step{Path: x.file.Path, Content: x.file.Content, hash: x.file.Hash()}
		s.was, s.existed = k.look(s.Path)
		s.write(k.manifest, x.file.From, false)
		p.Steps = append(p.Steps, s)
	}
	r := &exchanging{ledger: k.ledger, list: list, steps: p.Steps}
	if err := p.write(ctx, k.tree, r); err != nil {
		k.forget()
		return p, err
	}
	r.settle()
	for _, s := range p.Steps {
		k.manifest.Owned[s.Path] = s.hash
	}
	k.wrote(p, !r.same())
	return p, nil
}

// forget makes the next write read the manifest.
func (k *Known) forget() { k.at, k.ledger = Stamp{}, nil }

// read takes over the manifest, when it is not the one that is known.
func (k *Known) read() error {
	at, err := k.tree.Stat(ManifestPath)
	if err == nil && at == k.at {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		at = Stamp{} // reading it says why
	}
	k.ledger = nil
	if k.manifest, err = ReadManifest(k.tree); err != nil {
		k.at = Stamp{}
		return err
	}
	k.at = at
	return nil
}

// look is what a path holds.
func (k *Known) look(p text.Path) (text.Hash, bool) {
	at, err := k.tree.Stat(p)
	if errors.Is(err, fs.ErrNotExist) {
		delete(k.files, p)
		return text.Hash{}, false
	}
	if known, ok := k.files[p]; ok && err == nil && known.at == at {
		return known.hash, true
	}
	hash, existed := OnDisk(k.tree)(p)
	if err == nil && existed && hash != (text.Hash{}) {
		k.files[p] = seen{at, hash}
	}
	return hash, existed
}

// wrote remembers what a plan has left behind; the manifest may be another one.
func (k *Known) wrote(p *Plan, manifest bool) {
	changes := p.Changes()
	for _, s := range changes {
		if at, err := k.tree.Stat(s.Path); err == nil && s.Action != Remove {
			k.files[s.Path] = seen{at, s.hash}
		} else {
			delete(k.files, s.Path)
		}
	}
	if len(changes) == 0 && !manifest {
		return
	}
	k.at = Stamp{}
	if at, err := k.tree.Stat(ManifestPath); err == nil {
		k.at = at
	}
}
