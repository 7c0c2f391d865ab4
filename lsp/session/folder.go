package session

import (
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// folder is one workspace folder: what the editor has opened, or the project around a file that was opened alone.
type folder struct {
	root      string // absolute, with slashes
	uri       string // as the client writes it
	disk      source.Disk
	workspace *analysis.Workspace

	loaded   map[text.Path]bool        // projects that Loaded has told
	running  map[text.Path]*Evaluation // the newest of each project
	outcomes map[text.Path]*outcome    // of the last that ran to its end
	compiled map[text.Path]*compiled   // what the last compilation of each project found
}

// AddFolder opens a folder. A folder inside one that is open already adds nothing: its projects are there. A URI that is no
// file is ignored.
func (s *Session) AddFolder(uri string) {
	root, ok := PathOf(uri)
	if !ok {
		s.opts.Log.Info("ignored a folder that is no file", "uri", uri)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addFolder(trimSlash(root), strings.TrimSuffix(uri, "/"))
}

func trimSlash(p string) string {
	if len(p) > 1 && !strings.HasSuffix(p, ":/") {
		return strings.TrimSuffix(p, "/")
	}
	return p
}

func (s *Session) addFolder(root, uri string) *folder {
	for _, f := range s.folders {
		if _, inside := source.Locate(f.root, root); inside {
			return f
		}
	}
	f := &folder{
		root: root, uri: uri, disk: s.opts.Disk(root),
		loaded: map[text.Path]bool{}, running: map[text.Path]*Evaluation{}, outcomes: map[text.Path]*outcome{}, compiled: map[text.Path]*compiled{},
	}
	set, problems := source.Load(f.disk)
	s.report(f, problems)
	f.workspace = s.opts.Open(set)
	// Folders inside the new one would have every finding twice.
	s.folders = slices.DeleteFunc(s.folders, func(old *folder) bool {
		_, inside := source.Locate(root, old.root)
		return inside
	})
	s.folders = append(s.folders, f)
	s.adopt()
	s.touch()
	return f
}

// RemoveFolder closes a folder; what was published for it is cleared.
func (s *Session) RemoveFolder(uri string) {
	root, ok := PathOf(uri)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folders = slices.DeleteFunc(s.folders, func(f *folder) bool { return f.root == trimSlash(root) })
	s.adopt()
	s.touch()
}

// adopt gives every document to the folder it lies in now.
func (s *Session) adopt() {
	for key, d := range s.docs {
		f, p := s.locate(key)
		if f == d.folder {
			continue
		}
		d.folder, d.path = f, p
		if f != nil {
			d.file = text.NewFile(p, d.file.Text)
			s.apply(f, source.Change{Path: p, File: d.file, Open: true})
		}
	}
}

func (s *Session) locate(name string) (*folder, text.Path) {
	for _, f := range s.folders {
		if p, ok := source.Locate(f.root, name); ok && p != "." {
			return f, p
		}
	}
	return nil, ""
}

// owns says whether a path belongs to a project of the folder. It does not when the editor has opened a folder in the middle
// of a project.
func (f *folder) owns(p text.Path) bool {
	_, ok := f.workspace.Current().Files.Owner(p)
	return ok
}

// surround opens the project around a file that lies in none: the nearest folder above it that holds a configuration.
func (s *Session) surround(name string) {
	for dir, ok := parent(name); ok; dir, ok = parent(dir) {
		disk := s.opts.Disk(dir)
		for _, config := range []string{"quickback/" + source.ConfigName, source.ConfigName} {
			if info, err := disk.Stat(config); err == nil && !info.IsDir() {
				if up, ok := parent(dir); ok && path.Base(dir) == "quickback" && config == source.ConfigName {
					dir = up
				}
				s.addFolder(dir, URIOf(dir))
				return
			}
		}
	}
}

// parent is the folder that holds an absolute path; false at the top: "/", "c:/", "//host/share".
func parent(name string) (string, bool) {
	i := strings.LastIndexByte(name, '/')
	switch {
	case i < 0 || i == len(name)-1 || strings.HasPrefix(name, "//") && strings.Count(name, "/") <= 3:
		return "", false
	case i == 0 || i == 2 && name[1] == ':':
		return name[:i+1], true
	}
	return name[:i], true
}

// apply folds changes into a folder. When they make or remove a project, its files are read: they were none of ours before.
func (s *Session) apply(f *folder, changes ...source.Change) {
	before := f.workspace.Current()
	after := f.workspace.Apply(changes...)
	f.interrupt(before, after)
	if !slices.Equal(source.Projects(before.Files), source.Projects(after.Files)) {
		s.reload(f)
	}
}

func (s *Session) reload(f *folder) {
	before := f.workspace.Current()
	set, problems := before.Files.Reload(f.disk)
	s.report(f, problems)
	f.interrupt(before, f.workspace.Load(set))
}

func (s *Session) report(f *folder, problems []source.LoadError) {
	for _, p := range problems {
		s.opts.Log.Warn("could not be read", "path", f.root+"/"+string(p.Path), "reason", p.Reason)
	}
	if len(problems) > 0 && s.opts.Problems != nil {
		s.opts.Problems(f.root, problems)
	}
}

// Reload reads every folder again from the disk, under the texts that are open, and returns all projects.
func (s *Session) Reload() []Project {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Project
	for _, f := range s.folders {
		s.reload(f)
		for _, root := range f.workspace.Current().Projects() {
			f.loaded[root] = true
			out = append(out, Project{f, root})
		}
	}
	s.touch()
	return out
}

// Roots are the absolute paths of the folders that are open.
func (s *Session) Roots() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, 0, len(s.folders))
	for _, f := range s.folders {
		out = append(out, f.root)
	}
	return out
}
