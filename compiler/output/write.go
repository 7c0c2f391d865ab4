package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"time"

	"github.com/qbls/qbls/diagnostics/text"
)

// Tree is the folder of output as a writer sees it. Dir is the real one.
//
// Stage and Commit are two halves of one write: a staged content is on the disk, but nobody sees it before Commit renames
// it over its target.
type Tree interface {
	// Lock waits until no other process or goroutine writes to the tree, or until the context ends.
	Lock(ctx context.Context) (release func(), err error)
	// Read returns a content; the error is fs.ErrNotExist when nothing is there.
	Read(p text.Path) ([]byte, error)
	// Stat says, without reading it, what changes when a content does; the error is fs.ErrNotExist when nothing is there.
	Stat(p text.Path) (Stamp, error)
	// Stage puts a content beside its target, in folders that it makes; it replaces what was staged there before.
	Stage(p text.Path, content []byte) error
	// Commit renames the staged content over the target.
	Commit(p text.Path) error
	// Discard removes a staged content, if there is one, and the folders that are empty then.
	Discard(p text.Path) error
	// Remove removes a file, if it is there, and the folders that are empty then.
	Remove(p text.Path) error
}

// Stamp is the size and the time of a file. Two contents of one file with the same stamp are taken for the same.
type Stamp struct {
	Size int64
	Time time.Time
}

// ErrStale says that the folder has changed since the plan was made; the caller makes another plan.
var ErrStale = errors.New("output: the folder has changed since the plan was made")

// OnDisk returns what NewPlan asks of a tree.
func OnDisk(t Tree) func(text.Path) (text.Hash, bool) {
	return func(p text.Path) (text.Hash, bool) {
		content, err := t.Read(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return text.Hash{}, false
		case err != nil: // a folder, a link that leads out, a file that may not be read
			return text.Hash{}, true
		}
		return hashOf(content), true
	}
}

// Sync makes the files all that is emitted into a tree: it plans and writes under one lock, so that two compiles into the
// same folder come one after the other. The plan is returned with every error that came after it was made, and with a
// ConflictError nothing was written.
func Sync(ctx context.Context, t Tree, files []File, opts ...Option) (*Plan, error) {
	return NewKnown(t).Sync(ctx, files, opts...)
}

// Write does what the plan says, or nothing when there are conflicts (a ConflictError) or when the folder is no longer the
// one that the plan was made of (ErrStale). Until the first file is renamed, an error or the end of the context leaves the
// output as it was; from then on it is finished, and what fails is mended by the next write.
func (p *Plan) Write(ctx context.Context, t Tree) error {
	if p.err != nil {
		return p.err
	}
	release, err := t.Lock(ctx)
	if err != nil {
		return fmt.Errorf("output: lock the folder: %w", err)
	}
	defer release()
	current, err := ReadManifest(t)
	if err != nil {
		return err
	}
	if !current.equal(p.old) {
		return ErrStale
	}
	disk := OnDisk(t)
	for _, s := range p.Changes() {
		if was, existed := disk(s.Path); was != s.was || existed != s.existed {
			return fmt.Errorf("%w: %s", ErrStale, s.Path)
		}
	}
	return p.write(ctx, t, &replacing{p})
}

// record are the manifests of one write.
type record interface {
	same() bool                    // the one after is the one before
	before() []byte                // nil: there was none
	journal(changes []Step) []byte // while it is written
	after() []byte
	interrupted() map[text.Path]text.Hash // what an earlier write has left pending
}

// write runs under the lock, on the folder that the plan was made of.
func (p *Plan) write(ctx context.Context, t Tree, r record) error {
	if p.err != nil {
		return p.err
	}
	if conflicts := p.Conflicts(); len(conflicts) > 0 {
		return &ConflictError{conflicts}
	}
	changes := p.Changes()
	if len(changes) == 0 && r.same() {
		return nil // not even the manifest gets a new time
	}
	for path := range r.interrupted() { // what a killed write staged
		if err := t.Discard(path); err != nil {
			return fmt.Errorf("output: clear what an interrupted write left of %s: %w", path, err)
		}
	}
	if len(changes) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeManifest(t, r.journal(changes)); err != nil {
			return errors.Join(err, t.Discard(ManifestPath))
		}
		if err := stage(ctx, t, changes); err != nil {
			return errors.Join(err, restore(t, r.before()))
		}
		if err := commit(t, changes); err != nil {
			return err
		}
	}
	return writeManifest(t, r.after())
}

// replacing is the write of a plan that was made of whole manifests.
type replacing struct{ *Plan }

func (p *replacing) same() bool                           { return p.next.equal(p.old) }
func (p *replacing) after() []byte                        { return p.next.encode() }
func (p *replacing) interrupted() map[text.Path]text.Hash { return p.old.Pending }

func (p *replacing) before() []byte {
	if len(p.old.Owned) == 0 && len(p.old.Pending) == 0 {
		return nil
	}
	return p.old.encode()
}

// journal is the manifest while the plan is being written: what of the disk is ours now, and what will be. What is replaced
// by force is not ours before it was replaced.
func (p *replacing) journal(changes []Step) []byte {
	j := Manifest{Version: manifestVersion, Owned: maps.Clone(p.old.Owned), Pending: maps.Clone(p.next.Pending)}
	if j.Owned == nil {
		j.Owned = map[text.Path]text.Hash{}
	}
	for _, s := range p.Steps {
		if s.existed && !s.forced {
			j.Owned[s.Path] = s.was
		}
	}
	for _, s := range changes {
		if s.Action != Remove {
			j.Pending[s.Path] = s.hash
		}
	}
	return j.encode()
}

// stage writes every content beside its target, or none.
func stage(ctx context.Context, t Tree, changes []Step) error {
	for i, s := range changes {
		err := ctx.Err()
		if s.Action == Remove && err == nil {
			continue
		}
		if err == nil {
			if err = t.Stage(s.Path, s.Content); err == nil {
				continue
			}
			err = fmt.Errorf("output: write %s (%d bytes): %w", s.Path, len(s.Content), err)
		}
		for _, staged := range changes[:i+1] {
			if staged.Action != Remove {
				err = errors.Join(err, t.Discard(staged.Path))
			}
		}
		return err
	}
	return nil
}

// commit makes the staged contents visible, and only then removes what is no longer emitted: the new files do not need the
// old ones, but the old ones may need each other.
func commit(t Tree, changes []Step) error {
	for _, s := range changes {
		if s.Action != Remove {
			if err := t.Commit(s.Path); err != nil {
				return fmt.Errorf("output: rename %s into place: %w", s.Path, err)
			}
		}
	}
	for _, s := range changes {
		if s.Action == Remove {
			if err := t.Remove(s.Path); err != nil {
				return fmt.Errorf("output: remove %s: %w", s.Path, err)
			}
		}
	}
	return nil
}

// restore puts the manifest back that was there before a write that changed nothing else.
func restore(t Tree, manifest []byte) error {
	if manifest == nil {
		return t.Remove(ManifestPath)
	}
	return writeManifest(t, manifest)
}
