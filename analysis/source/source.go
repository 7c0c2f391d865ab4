// Package source says where text comes from. It is the only reader of the disk.
//
// What analysis sees is a Set: every definition text of a workspace, with the unsaved texts of the editor laid over the
// saved ones. A Set never changes; With returns another one that shares all but a few nodes with the first, so that a
// keystroke costs the depth of a tree and two snapshots can be compared by pointer. Nothing is read after Load: what changes
// on disk comes in as a Change, and what a Set holds is therefore consistent for as long as somebody looks at it.
//
// Generated output is not source. A backend carries copies of the definitions it was compiled from; they are told by the
// manifest at its root and never become definitions again.
package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Disk is a tree of files: the real one, or one in a test. Several goroutines may read from it at once.
type Disk interface {
	fs.StatFS
	fs.ReadFileFS
	fs.ReadDirFS
}

// MaxSize is how many bytes a file may have. Nobody writes a definition of two megabytes; a generated or binary file that
// ends in .ts would stop the editor.
const MaxSize = 2 << 20

// ErrTooLarge says that a file is larger than MaxSize.
var ErrTooLarge = errors.New("larger than 2 MiB")

// OS returns the folder of the operating system at root. Its paths cannot leave the folder: symbolic links that lead out
// of it are errors, so that a project from somewhere else cannot show what lies beside it.
func OS(root string) Disk { return osDisk(root) }

// osDisk opens its root anew for every call. A handle that stayed open would keep Windows from moving the folder, and would
// show the old one after it was replaced (by a branch switch, say).
type osDisk string

func (d osDisk) within(op func(*os.Root) error) error {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return err
	}
	defer root.Close()
	return op(root)
}

func (d osDisk) Open(name string) (f fs.File, err error) {
	err = d.within(func(r *os.Root) error {
		f, err = r.Open(filepath.FromSlash(name))
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d osDisk) Stat(name string) (info fs.FileInfo, err error) {
	err = d.within(func(r *os.Root) error {
		info, err = r.Stat(filepath.FromSlash(name))
		return err
	})
	return info, err
}

// ReadFile refuses what grows beyond MaxSize between the look and the read, and what is no file: it opens without waiting, as
// opening a pipe would for somebody to write to it.
func (d osDisk) ReadFile(name string) (b []byte, err error) {
	err = d.within(func(r *os.Root) error {
		f, err := r.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return &fs.PathError{Op: "read", Path: name, Err: errors.New("not a file")}
		}
		content := bytes.NewBuffer(make([]byte, 0, min(info.Size(), MaxSize)+bytes.MinRead))
		_, err = content.ReadFrom(io.LimitReader(f, MaxSize+1))
		b = content.Bytes()
		return err
	})
	return b, err
}

func (d osDisk) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a folder")}
	}
	return dir.ReadDir(-1)
}
