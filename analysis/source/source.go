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
	"errors"
	"io/fs"
	"os"
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

// held is the disk with one handle for all that is read until release: opening the folder anew is most of reading a small file.
func (d osDisk) held() (disk Disk, release func(), err error) {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, nil, err
	}
	return heldDisk{root}, func() { root.Close() }, nil
}

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
		f, err = heldDisk{r}.Open(name)
		return err
	})
	return f, err
}

func (d osDisk) Stat(name string) (info fs.FileInfo, err error) {
	err = d.within(func(r *os.Root) error {
		info, err = heldDisk{r}.Stat(name)
		return err
	})
	return info, err
}

func (d osDisk) ReadFile(name string) (b []byte, err error) {
	err = d.within(func(r *os.Root) error {
		b, err = heldDisk{r}.ReadFile(name)
		return err
	})
	return b, err
}

func (d osDisk) ReadDir(name string) (entries []fs.DirEntry, err error) {
	err = d.within(func(r *os.Root) error {
		entries, err = heldDisk{r}.ReadDir(name)
		return err
	})
	return entries, err
}
