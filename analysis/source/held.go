package source

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// heldDisk is a Disk with an open root, for as long as one load lasts.
type heldDisk struct{ root *os.Root }

func (d heldDisk) Open(name string) (fs.File, error) {
	f, err := d.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d heldDisk) Stat(name string) (fs.FileInfo, error) {
	return d.root.Stat(filepath.FromSlash(name))
}

func (d heldDisk) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := d.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

func (d heldDisk) ReadFile(name string) ([]byte, error) { return readFile(d.root, name) }

// folder is a folder of the disk, opened once for the files in it. Names that lead out of the folder are not for it.
func (d heldDisk) folder(name string) (*os.Root, error) {
	return d.root.OpenRoot(filepath.FromSlash(name))
}

// readFile refuses what grows beyond MaxSize between the look and the read, and what is no file: it opens without waiting, as
// opening a pipe would for somebody to write to it.
func readFile(root *os.Root, name string) ([]byte, error) {
	f, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a file")}
	}
	content := make([]byte, 0, min(info.Size(), MaxSize)+1) // one more, so that the end is seen with the last byte
	for len(content) <= MaxSize {
		n, err := f.Read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		if err == io.EOF || err == nil && len(content) < cap(content) && int64(len(content)) == info.Size() {
			return content, nil
		}
		if err != nil {
			return nil, err
		}
		if len(content) == cap(content) {
			content = append(content, 0)[:len(content)]
		}
	}
	return content, nil
}

// group is a run of paths in one folder.
type group struct{ from, to int }

// groups cuts sorted paths by their folders.
func groups[P ~string](paths []P) (out []group) {
	for i := range paths {
		if n := len(out); n > 0 && path.Dir(string(paths[i])) == path.Dir(string(paths[i-1])) {
			out[n-1].to = i + 1
		} else {
			out = append(out, group{i, i + 1})
		}
	}
	return out
}
