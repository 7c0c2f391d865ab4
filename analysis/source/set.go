package source

import (
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Set is the text of a workspace at one moment: the disk, and over it what editors have open. It never changes.
type Set struct {
	files   *tree
	outputs outputs
	unread  []text.Path // on the disk, but could not be read: they still make a folder a project
	roots   []Root
}

// Change is one event. An open change sets the overlay of a path, or with a nil File closes it, and the saved text shows
// again. A change that is not open is one of the disk; with a nil File the path is gone from it.
type Change struct {
	Path text.Path
	File *text.File
	Open bool
}

// File returns the text of a path: the open one, else the saved one, else nil. Open files are found wherever they lie, also
// outside of every project.
func (s *Set) File(p text.Path) *text.File {
	e, _ := s.files.get(p)
	return e.file()
}

// Open reports whether an editor holds the path.
func (s *Set) Open(p text.Path) bool {
	e, _ := s.files.get(p)
	return e.overlay != nil
}

// Paths yields the paths of all definition texts, sorted: what lies in a project and was not generated.
func (s *Set) Paths() iter.Seq[text.Path] { return s.Under(".") }

// Under yields the paths in a folder and the folders below it, sorted.
func (s *Set) Under(dir text.Path) iter.Seq[text.Path] {
	prefix := prefixOf(dir)
	return func(yield func(text.Path) bool) {
		for p := range s.files.from(prefix) {
			if !strings.HasPrefix(string(p), string(prefix)) {
				return
			}
			if s.visible(p) && !yield(p) {
				return
			}
		}
	}
}

// Listed returns the paths of the files that lie in a folder itself, sorted. "." is the folder of the workspace.
func (s *Set) Listed(dir text.Path) []text.Path {
	files, _ := s.children(dir)
	return files
}

// Folders returns the paths of the folders in a folder that hold a file at any depth, sorted.
func (s *Set) Folders(dir text.Path) []text.Path {
	_, folders := s.children(dir)
	return folders
}

// children looks at one path of each subfolder, not at all of them.
func (s *Set) children(dir text.Path) (files, folders []text.Path) {
	prefix := prefixOf(dir)
	for cursor := prefix; ; {
		p, ok := s.first(cursor)
		if !ok || !strings.HasPrefix(string(p), string(prefix)) {
			slices.Sort(folders) // "a-b" comes after "a", and "a-b/x" before "a/x"
			return files, folders
		}
		name, _, below := strings.Cut(string(p[len(prefix):]), "/")
		if below {
			folder := prefix + text.Path(name)
			folders = append(folders, folder)
			cursor = folder + "0" // the character after the slash
			continue
		}
		files = append(files, p)
		cursor = p + "\x00"
	}
}

func (s *Set) first(at text.Path) (text.Path, bool) {
	for p := range s.files.from(at) {
		if s.visible(p) {
			return p, true
		}
	}
	return "", false
}

func prefixOf(dir text.Path) text.Path {
	if dir == "." || dir == "" {
		return ""
	}
	return dir + "/"
}

// visible says that a path is a definition text: one that Load would have read.
func (s *Set) visible(p text.Path) bool {
	if !tracked(p) || s.outputs.generated(p) {
		return false
	}
	_, inside := ownerOf(s.roots, p)
	return inside || isConfig(p)
}

// With returns the set after the changes, in their order. The same set comes back when they change nothing, and a path whose
// new text equals the old one keeps the old File.
//
// Changes of the disk that Load would not have read (other kinds of files, generated output, files outside of every project)
// are ignored. A change of "<dir>/.qbls/manifest.json" says that dir has become a folder of output, or no longer is one.
// When Projects has changed, the caller reloads, as Refresh does: files that were outside of every project have never been
// read.
func (s *Set) With(changes ...Change) *Set {
	next := *s
	var fresh []text.Path // new on the disk: known only if they turn out to lie in a project
	shape := false        // which paths there are has changed
	for _, c := range changes {
		if !fs.ValidPath(string(c.Path)) {
			continue
		}
		if dir, ok := outputOf(c.Path); ok && !c.Open {
			if changed := next.outputs.with(dir, c.File); changed != nil {
				next.outputs, shape = changed, true
			}
			continue
		}
		if i := slices.Index(next.unread, c.Path); i >= 0 && !c.Open {
			next.unread, shape = slices.Delete(slices.Clone(next.unread), i, i+1), true
		}
		was, known := next.files.get(c.Path)
		now, changed := was.with(c)
		if !changed || !c.Open && was.disk == nil && (!tracked(c.Path) || next.outputs.generated(c.Path)) {
			continue
		}
		if now == (entry{}) {
			next.files = next.files.drop(c.Path)
		} else {
			next.files = next.files.put(c.Path, now)
		}
		if !c.Open && was.disk == nil {
			fresh = append(fresh, c.Path)
		}
		shape = shape || !known || now == (entry{})
	}
	if shape {
		next.settle(s.roots)
		next.forget(fresh)
	}
	if next.same(s) {
		return s
	}
	return &next
}

// with returns the entry after a change, and whether it differs.
func (e entry) with(c Change) (entry, bool) {
	layer := &e.disk
	if c.Open {
		layer = &e.overlay
	}
	if *layer == c.File || *layer != nil && c.File != nil && (*layer).Hash == c.File.Hash {
		return e, false
	}
	*layer = c.File
	return e, true
}

// settle finds the projects again; a list that is equal stays the same slice.
func (s *Set) settle(before []Root) {
	var configs []text.Path
	for _, p := range s.unread {
		if isConfig(p) && !s.outputs.generated(p) {
			configs = append(configs, p)
		}
	}
	for p := range s.files.from("") {
		if isConfig(p) && tracked(p) && !s.outputs.generated(p) {
			configs = append(configs, p)
		}
	}
	s.roots = rootsOf(configs, func(dir text.Path) bool {
		below := func(p text.Path) bool {
			return strings.HasPrefix(string(p), string(dir)+"/") && !s.outputs.generated(p)
		}
		for p := range s.files.from(dir + "/") {
			if !strings.HasPrefix(string(p), string(dir)+"/") {
				break
			}
			if below(p) {
				return true
			}
		}
		return slices.ContainsFunc(s.unread, below)
	})
	if slices.Equal(s.roots, before) {
		s.roots = before
	}
}

// forget drops from the disk layer what turned out to lie outside of every project.
func (s *Set) forget(fresh []text.Path) {
	for _, p := range fresh {
		e, ok := s.files.get(p)
		if !ok || s.visible(p) {
			continue
		}
		if e.disk = nil; e.overlay == nil {
			s.files = s.files.drop(p)
		} else {
			s.files = s.files.put(p, e)
		}
	}
}

// Reload reads the disk again and keeps what is open. Texts that have not changed keep their File, and the same set comes
// back when nothing has.
func (s *Set) Reload(d Disk) (*Set, []LoadError) {
	var open []text.Path
	for p, e := range s.files.from("") {
		if e.overlay != nil {
			open = append(open, p)
		}
	}
	next, problems := loadWith(d, open)
	for p, was := range s.files.from("") {
		e, _ := next.files.get(p)
		if e.disk != nil && was.disk != nil && e.disk.Hash == was.disk.Hash {
			e.disk = was.disk
		}
		e.overlay = was.overlay
		if e != (entry{}) {
			next.files = next.files.put(p, e)
		}
	}
	next.settle(s.roots)
	if next.same(s) {
		return s, problems
	}
	return next, problems
}

func (s *Set) same(other *Set) bool {
	return s.files.same(other.files) && maps.EqualFunc(s.outputs, other.outputs, output.equal) && slices.Equal(s.unread, other.unread)
}

// tracked says whether files of this name are read at all.
func tracked(p text.Path) bool {
	if !strings.HasSuffix(string(p), ".ts") {
		return false
	}
	for dir := path.Dir(string(p)); dir != "."; dir = path.Dir(dir) {
		if skipped(path.Base(dir)) {
			return false
		}
	}
	return true
}

// skipped are folders without definitions: installed and built code, and what tools keep for themselves (.git, .qbls, …).
func skipped(folder string) bool {
	return folder == "node_modules" || folder == "dist" || strings.HasPrefix(folder, ".")
}
