package source

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Refresh reads the paths that a watcher named, files and folders, and returns the set that Load would return now, with what
// is open laid over it. The same set comes back when nothing has changed: a watcher may tell of the same save twice, and
// also of what nobody reads.
//
// A path that can no longer be read is gone from the set, as it would be for Load. The errors are those of Load too; none
// are returned while nothing new fails.
func (s *Set) Refresh(d Disk, paths ...text.Path) (*Set, []LoadError) {
	var changes []Change
	for _, p := range paths {
		if !fs.ValidPath(string(p)) {
			continue
		}
		info, err := d.Stat(string(p))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes = append(changes, s.goneBelow(p)...)
		case err == nil && (info.IsDir() || isConfig(p) && !s.onDisk(p)):
			return s.Reload(d) // moved here with all that is in it, of which no watcher tells; or what lies beside it counts now
		default:
			c, err := change(d, p)
			if err != nil {
				return s.Reload(d) // rare, and Load knows what follows from it
			}
			changes = append(changes, c)
		}
	}
	next := s.With(changes...)
	if !slices.Equal(next.roots, s.roots) || !maps.EqualFunc(next.outputs, s.outputs, output.equal) {
		return s.Reload(d) // what is source now was never read, and what no longer is must be forgotten
	}
	return next, nil
}

func (s *Set) onDisk(p text.Path) bool {
	e, _ := s.files.get(p)
	return e.disk != nil
}

// goneBelow are the changes for a path that is no longer there, which may have been a folder.
func (s *Set) goneBelow(p text.Path) []Change {
	changes := []Change{{Path: p}}
	for below := range s.files.from(p + "/") {
		if !strings.HasPrefix(string(below), string(p)+"/") {
			break
		}
		changes = append(changes, Change{Path: below})
	}
	for _, below := range s.unread {
		if strings.HasPrefix(string(below), string(p)+"/") {
			changes = append(changes, Change{Path: below})
		}
	}
	for dir := range s.outputs {
		if strings.HasPrefix(string(prefixOf(dir))+manifestName, string(p)+"/") {
			changes = append(changes, Change{Path: prefixOf(dir) + manifestName})
		}
	}
	return changes
}

// change reads a path. For one that no set depends on, it is a change that With ignores.
func change(d Disk, p text.Path) (Change, error) {
	if _, ok := outputOf(p); ok {
		content, _ := d.ReadFile(string(p)) // unreadable: the folder is still output
		return Change{Path: p, File: text.NewFile(p, string(content))}, nil
	}
	if !tracked(p) {
		return Change{Path: p}, nil
	}
	f, err := read(d, p)
	return Change{Path: p, File: f}, err
}
