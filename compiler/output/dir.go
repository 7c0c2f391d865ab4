package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/qbls/qbls/diagnostics/text"
)

// Dir returns the tree of a folder of the operating system, which need not exist yet. No call can reach outside of the
// folder: a symbolic link in it that leads out is an error of the call that meets it. The folder itself may be a link.
func Dir(folder string) Tree { return dir(folder) }

// dir opens its root anew for every call, so that a folder that was replaced in between (by a branch switch, say) is met as
// it is now.
type dir string

const (
	filePermission   = 0o644
	folderPermission = 0o755
)

func (d dir) within(op func(*os.Root) error) error {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return err
	}
	defer root.Close()
	return op(root)
}

func (d dir) Read(p text.Path) (content []byte, err error) {
	err = d.within(func(r *os.Root) error {
		info, err := r.Stat(local(p))
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() { // opening a pipe would wait for its other end
			return fmt.Errorf("%s is not a file", p)
		}
		content, err = r.ReadFile(local(p))
		return err
	})
	return content, err
}

func (d dir) Stat(p text.Path) (stamp Stamp, err error) {
	err = d.within(func(r *os.Root) error {
		info, err := r.Stat(local(p))
		if err == nil {
			stamp = Stamp{info.Size(), info.ModTime()}
		}
		return err
	})
	return stamp, err
}

func (d dir) Stage(p text.Path, content []byte) error {
	if err := os.MkdirAll(string(d), folderPermission); err != nil {
		return err
	}
	return d.within(func(r *os.Root) error {
		if err := r.MkdirAll(local(text.Path(path.Dir(string(p)))), folderPermission); err != nil {
			return err
		}
		// A new file and no other: what lies there may be a link that somebody planted.
		if err := gone(r.Remove(local(staged(p)))); err != nil {
			return err
		}
		f, err := r.OpenFile(local(staged(p)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePermission)
		if err != nil {
			return err
		}
		_, err = f.Write(content)
		return errors.Join(err, f.Close())
	})
}

func (d dir) Commit(p text.Path) error {
	return d.within(func(r *os.Root) error { return r.Rename(local(staged(p)), local(p)) })
}

func (d dir) Discard(p text.Path) error { return d.Remove(staged(p)) }

func (d dir) Remove(p text.Path) error {
	err := d.within(func(r *os.Root) error {
		if err := gone(r.Remove(local(p))); err != nil {
			return err
		}
		for folder := path.Dir(string(p)); folder != "."; folder = path.Dir(folder) {
			info, err := r.Lstat(local(text.Path(folder)))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil || !info.IsDir() || r.Remove(local(text.Path(folder))) != nil {
				break // it is not empty: that is why Remove of a folder fails, and nothing else depends on it
			}
		}
		return nil
	})
	return gone(err)
}

// lockRetry is how often a locked folder is tried again. The lock of the operating system cannot be waited for and given
// up at the same time.
const lockRetry = 20 * time.Millisecond

// Lock takes a lock of the operating system on a file in the folder. It ends with the process that holds it, so a killed
// compile locks nobody out.
func (d dir) Lock(ctx context.Context) (release func(), err error) {
	if err := os.MkdirAll(string(d), folderPermission); err != nil {
		return nil, err
	}
	var f *os.File
	err = d.within(func(r *os.Root) error {
		if err := r.MkdirAll(stateDir, folderPermission); err != nil {
			return err
		}
		f, err = r.OpenFile(filepath.Join(stateDir, "lock"), os.O_RDWR|os.O_CREATE, filePermission)
		return err
	})
	if err != nil {
		return nil, err
	}
	retry := time.NewTicker(lockRetry)
	defer retry.Stop()
	for {
		locked, err := tryLock(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if locked {
			hold(f)
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			err := fmt.Errorf("%s is being written to by process %s: %w", string(d), holder(f), context.Cause(ctx))
			return nil, errors.Join(err, f.Close())
		case <-retry.C:
		}
	}
}

// hold names this process in the lock file, for the message of those who wait. The lock does not depend on it.
func hold(f *os.File) {
	if f.Truncate(0) == nil {
		fmt.Fprintf(f, "%d", os.Getpid())
	}
}

func holder(f *os.File) string {
	pid := make([]byte, 20)
	n, err := f.ReadAt(pid, 0)
	if n == 0 || err != nil && err != io.EOF {
		return "unknown"
	}
	return string(pid[:n])
}

// staged is where a content waits for its rename: in the same folder, for a rename does not cross disks, and hidden, with an
// ending that no tool takes for code.
func staged(p text.Path) text.Path {
	folder, name := path.Split(string(p))
	return text.Path(folder + "." + name + ".qbls")
}

func local(p text.Path) string { return filepath.FromSlash(string(p)) }

// gone is an error, unless it says that what should be removed is not there.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
