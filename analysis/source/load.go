package source

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"github.com/qbls/qbls/analysis/parallel"
	"github.com/qbls/qbls/diagnostics/text"
)

// LoadError says that something where definitions are expected could not be read. Definitions that nobody read must not
// look as if they were not there: a missing table is a missing policy.
type LoadError struct {
	Path   text.Path
	Reason string // to a person: "larger than 2 MiB"
	Err    error  // what the reason was made of
}

func (e LoadError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Reason) }
func (e LoadError) Unwrap() error { return e.Err }

var (
	errNotUTF8    = errors.New("not a text in UTF-8")
	errLinkInLink = errors.New("a symbolic link to a folder, below another such link, is not followed: link to where the folder really lies, or put a copy here")
)

// Load reads the .ts files of every project below the root of a disk. It leaves out installed and built code, hidden folders
// and generated output, and returns beside the set what it could not read where definitions are expected. The errors are
// sorted by path.
func Load(d Disk) (*Set, []LoadError) { return loadWith(d, nil) }

// loadWith is Load while an editor holds some paths: a configuration that is only open makes a project, too.
func loadWith(d Disk, open []text.Path) (*Set, []LoadError) {
	if on, ok := d.(osDisk); ok {
		if held, release, err := on.held(); err == nil {
			defer release()
			d = held
		}
	}
	w := &walk{disk: d, outputs: outputs{}}
	w.folder(w.list("."), nil, false)
	slices.Sort(w.paths)
	s := &Set{outputs: w.outputs}
	w.paths = slices.DeleteFunc(w.paths, s.outputs.generated)
	s.roots = w.roots(open)
	w.paths = slices.DeleteFunc(w.paths, func(p text.Path) bool {
		_, inside := ownerOf(s.roots, p)
		return !inside && !isConfig(p)
	})
	for i, f := range readAll(d, w.paths) {
		if f.err != nil {
			w.fail(w.paths[i], f.err)
			s.unread = append(s.unread, w.paths[i])
			continue
		}
		s.files = s.files.put(w.paths[i], entry{disk: f.file})
	}
	return s, w.problems(s.roots)
}

// loaded is a file, or why there is none.
type loaded struct {
	file *text.File
	err  error
}

// readAll reads files, several at a time: most of reading is waiting.
func readAll(d Disk, paths []text.Path) []loaded {
	out := make([]loaded, len(paths))
	folders := groups(paths)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(len(folders), 2*runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(folders); i = int(next.Add(1)) - 1 {
				from, to := folders[i].from, folders[i].to
				readFolder(d, paths[from:to], out[from:to])
			}
		})
	}
	workers.Wait()
	return out
}

// readFolder reads files of one folder.
func readFolder(d Disk, paths []text.Path, out []loaded) {
	var folder *os.Root
	if held, ok := d.(heldDisk); ok && len(paths) > 1 {
		if opened, err := held.folder(path.Dir(string(paths[0]))); err == nil {
			folder = opened
			defer folder.Close()
		}
	}
	for i, p := range paths {
		if folder != nil {
			if content, err := readFile(folder, path.Base(string(p))); err == nil {
				out[i].file, out[i].err = decode(p, content)
				continue
			} // a link to another folder, maybe: the disk knows
		}
		out[i].file, out[i].err = read(d, p)
	}
}

// read reads one file.
func read(d Disk, p text.Path) (*text.File, error) {
	content, err := d.ReadFile(string(p))
	if err != nil {
		return nil, err
	}
	return decode(p, content)
}

// decode makes a text of what was read. The byte order mark is left out, as editors do, so that places are the same in both.
func decode(p text.Path, content []byte) (*text.File, error) {
	switch {
	case len(content) > MaxSize:
		return nil, ErrTooLarge
	case !utf8.Valid(content):
		return nil, errNotUTF8
	}
	whole := unsafe.String(unsafe.SliceData(content), len(content)) // nobody else has the bytes
	return text.NewFile(p, strings.TrimPrefix(whole, "\ufeff")), nil
}

// walk gathers paths before anything is read: which of them matter is known only when every configuration was seen.
type walk struct {
	disk    Disk
	outputs outputs
	paths   []text.Path
	failed  []LoadError
}

// listing is what a folder holds, sorted, or why that is not known.
type listing struct {
	dir     string
	entries []fs.DirEntry
	err     error
}

func (w *walk) list(dir string) listing {
	entries, err := w.disk.ReadDir(dir)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return listing{dir, entries, err}
}

// inside lists the folders that are entered from a folder, several at a time: a project has one for each feature.
func (w *walk) inside(in listing) []listing {
	var out []listing
	for _, e := range in.entries {
		if e.IsDir() && w.enters(in.dir, e.Name()) {
			out = append(out, listing{dir: path.Join(in.dir, e.Name())})
		}
	}
	parallel.For(len(out), func(i int) { out[i] = w.list(out[i].dir) })
	return out
}

// folder visits a folder. above holds the folders on the way to it, so that a link back to one of them is told.
func (w *walk) folder(in listing, above []string, linked bool) {
	dir := in.dir
	if in.err != nil {
		w.fail(text.Path(dir), in.err)
		return
	}
	above = append(slices.Clip(above), dir)
	w.manifest(dir, in.entries)
	inside := w.inside(in)
	for _, e := range in.entries {
		name := path.Join(dir, e.Name())
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			w.link(name, above, linked)
		case len(inside) > 0 && inside[0].dir == name:
			w.folder(inside[0], above, linked)
			inside = inside[1:]
		case e.Type().IsRegular() && tracked(text.Path(name)):
			w.paths = append(w.paths, text.Path(name))
		}
	}
}

func (w *walk) enters(dir, name string) bool {
	_, isOutput := w.outputs[text.Path(dir)]
	return !skipped(name) && (!isOutput || name != generatedFolder)
}

func (w *walk) manifest(dir string, entries []fs.DirEntry) {
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == path.Dir(manifestName) }) {
		return
	}
	content, err := w.disk.ReadFile(path.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	w.outputs[text.Path(dir)] = parseOutput(string(content)) // unreadable: the folder is still output
}

// link follows a symbolic link. A folder is followed once: below it no other link to a folder is, for two folders that
// link to each other would otherwise be walked along every way between them. A link to a folder above is left alone
// silently, since what it shows is read where it really lies.
func (w *walk) link(name string, above []string, linked bool) {
	if skipped(path.Base(name)) {
		return
	}
	info, err := w.disk.Stat(name)
	switch {
	case err != nil:
		w.fail(text.Path(name), err)
	case info.Mode().IsRegular() && tracked(text.Path(name)):
		w.paths = append(w.paths, text.Path(name))
	case !info.IsDir() || slices.ContainsFunc(above, func(up string) bool { return w.same(up, info) }):
	case linked:
		w.fail(text.Path(name), errLinkInLink)
	case w.enters(path.Dir(name), path.Base(name)):
		w.folder(w.list(name), above, true)
	}
}

// same says whether a folder is the one that info is about.
func (w *walk) same(folder string, info fs.FileInfo) bool {
	is, err := w.disk.Stat(folder)
	return err == nil && os.SameFile(is, info)
}

func (w *walk) roots(open []text.Path) []Root {
	var configs []text.Path
	paths := slices.Concat(w.paths, open)
	slices.Sort(paths)
	paths = slices.Compact(paths)
	for _, p := range paths {
		if isConfig(p) {
			configs = append(configs, p)
		}
	}
	return rootsOf(configs, func(dir text.Path) bool {
		i, _ := slices.BinarySearch(paths, dir+"/")
		return i < len(paths) && strings.HasPrefix(string(paths[i]), string(dir)+"/")
	})
}

func (w *walk) fail(p text.Path, err error) {
	w.failed = append(w.failed, Unread(w.disk, p, err))
}

// problems are the failures that matter: the workspace itself, and where a project expects definitions.
func (w *walk) problems(roots []Root) []LoadError {
	var out []LoadError
	for _, e := range w.failed {
		owner, inside := ownerOf(roots, e.Path)
		if e.Path == "." || inside && owner.definesIn(e.Path) || isConfig(e.Path) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b LoadError) int { return cmp.Compare(a.Path, b.Path) })
	return out
}
