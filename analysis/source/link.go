package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Unread says to a person why a path of a disk could not be read, and what to do about it. err is what the disk answered.
func Unread(d Disk, p text.Path, err error) LoadError {
	if why := linked(d, string(p), err); why != "" {
		return LoadError{Path: p, Reason: why, Err: err}
	}
	return LoadError{Path: p, Reason: reason(err), Err: err}
}

func reason(err error) string {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read it"
	case errors.Is(err, fs.ErrNotExist):
		return "it is not there, or links to something that is not"
	case errors.As(err, &at):
		return at.Err.Error()
	}
	return err.Error()
}

// ReadLink returns where a symbolic link leads to.
func (d heldDisk) ReadLink(name string) (string, error) {
	return d.root.Readlink(filepath.FromSlash(name))
}

// ReadLink returns where a symbolic link leads to.
func (d osDisk) ReadLink(name string) (to string, err error) {
	err = d.within(func(r *os.Root) error {
		to, err = heldDisk{r}.ReadLink(name)
		return err
	})
	return to, err
}

// linked says what is wrong with a symbolic link: the words of the system speak of a parent that nobody has heard of. It is "" for
// what is no link, or not read for another reason.
func linked(d Disk, name string, err error) string {
	links, ok := d.(interface {
		ReadLink(name string) (string, error)
	})
	if !ok || errors.Is(err, errLinkInLink) || errors.Is(err, ErrTooLarge) || errors.Is(err, errNotUTF8) || errors.Is(err, fs.ErrPermission) {
		return ""
	}
	to, failed := links.ReadLink(name)
	switch {
	case failed != nil:
		return ""
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("it links to %s, which is not there", to)
	case strings.Contains(err.Error(), "too many levels"):
		return fmt.Sprintf("it links to %s, and round in a circle", to)
	}
	if inside, ok := withinDisk(d, to); ok {
		from, err := filepath.Rel(filepath.Dir(filepath.FromSlash(name)), inside)
		if err != nil {
			return ""
		}
		return fmt.Sprintf("it links to %s, a path that holds on this machine only. Link to %s instead", to, filepath.ToSlash(from))
	}
	if !filepath.IsAbs(to) {
		to = path.Join(path.Dir(name), filepath.ToSlash(to))
	}
	return fmt.Sprintf("it links to %s, outside of the folder that is read. Nothing outside is, so that no project can show what lies beside it: "+
		"put a copy in the place of the link, or start qbls in a folder that holds both and make the link relative", to)
}

// withinDisk returns an absolute name relative to the root of a disk that it lies in.
func withinDisk(d Disk, name string) (string, bool) {
	var root string
	switch d := d.(type) {
	case heldDisk:
		root = d.root.Name()
	case osDisk:
		root = string(d)
	}
	if root == "" || !filepath.IsAbs(name) {
		return "", false
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return "", false
	}
	if real, err := filepath.EvalSymlinks(root); err == nil && !under(root, name) {
		root = real
	}
	inside, err := filepath.Rel(root, name)
	return inside, err == nil && under(root, name)
}

func under(folder, name string) bool {
	inside, err := filepath.Rel(folder, name)
	return err == nil && filepath.IsLocal(inside)
}
