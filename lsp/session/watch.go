package session

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// reloadAbove is how many changed files are read one by one; above it (a branch was switched) the folder is read again.
const reloadAbove = 200

// Watched takes what a file watcher saw: each URI is looked at on the disk, whatever the event said about it, because events
// arrive late and in any order. A folder stands for all files below it.
func (s *Session) Watched(uris []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes := map[*folder][]source.Change{}
	asked := map[*folder]map[text.Path]bool{}
	for _, uri := range uris {
		name, ok := PathOf(uri)
		if !ok {
			continue
		}
		f, p := s.locate(name)
		if f == nil {
			continue
		}
		if relevant(p) {
			if f.workspace.Current().Files.File(p) == nil {
				if asked[f] == nil {
					asked[f] = map[text.Path]bool{}
				}
				changes[f] = append(changes[f], s.manifestsAbove(f, p, asked[f])...)
			}
			changes[f] = append(changes[f], s.saved(f, p))
			continue
		}
		for below := range f.workspace.Current().Files.Under(p) {
			changes[f] = append(changes[f], s.saved(f, below))
		}
	}
	for _, f := range s.folders {
		switch list := changes[f]; {
		case len(list) > reloadAbove:
			s.reload(f)
			s.touch()
		case len(list) > 0:
			s.apply(f, list...)
			s.touch()
		}
	}
}

// manifestsAbove reads the manifests of the folders around a file that is new, each folder once. Watchers miss files of folders that have
// just been made, the manifest among them, and without it what the compiler has written would be taken for definitions.
func (s *Session) manifestsAbove(f *folder, p text.Path, asked map[text.Path]bool) []source.Change {
	var found []source.Change
	for dir := text.Path(path.Dir(string(p))); !asked[dir]; dir = text.Path(path.Dir(string(dir))) {
		asked[dir] = true
		if c := s.saved(f, text.Path(path.Join(string(dir), ".qbls/manifest.json"))); c.File != nil {
			found = append(found, c)
		}
	}
	return found
}

func relevant(p text.Path) bool {
	return strings.HasSuffix(string(p), ".ts") || strings.HasSuffix(string(p), ".qbls/manifest.json")
}

// saved reads one file of the disk as a change; a file that is gone or cannot be read is a change without a File.
func (s *Session) saved(f *folder, p text.Path) source.Change {
	content, err := f.disk.ReadFile(string(p))
	if err == nil && len(content) > source.MaxSize {
		err = source.ErrTooLarge
	}
	if err == nil && !utf8.Valid(content) {
		err = errors.New("not a text in UTF-8")
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.report(f, []source.LoadError{source.Unread(f.disk, p, err)})
		}
		return source.Change{Path: p}
	}
	return source.Change{Path: p, File: text.NewFile(p, strings.TrimPrefix(string(content), "\ufeff"))}
}
