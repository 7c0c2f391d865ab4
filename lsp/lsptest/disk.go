package lsptest

import (
	"io/fs"
	"maps"
	"path"
	"strings"
	"sync/atomic"
	"testing/fstest"

	"github.com/qbls/qbls/analysis/source"
)

// Disk is a disk in memory that an editor writes to while a server reads it. Names are absolute, with slashes.
type Disk struct {
	files atomic.Pointer[fstest.MapFS] // replaced, never written to
}

// NewDisk returns a disk that holds files below a root: by relative name, their texts.
func NewDisk(root string, files map[string]string) *Disk {
	d := &Disk{}
	all := fstest.MapFS{}
	for name, content := range files {
		all[strings.TrimPrefix(path.Join(root, name), "/")] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	d.files.Store(&all)
	return d
}

// Write saves a file; Remove deletes one.
func (d *Disk) Write(name, content string) {
	d.change(func(all fstest.MapFS) {
		all[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	})
}

func (d *Disk) Remove(name string) {
	d.change(func(all fstest.MapFS) { delete(all, strings.TrimPrefix(name, "/")) })
}

func (d *Disk) change(do func(fstest.MapFS)) {
	all := maps.Clone(*d.files.Load())
	do(all)
	d.files.Store(&all)
}

// Read returns the text of a file, "" when there is none.
func (d *Disk) Read(name string) string {
	if f := (*d.files.Load())[strings.TrimPrefix(name, "/")]; f != nil {
		return string(f.Data)
	}
	return ""
}

// Under is the disk of one folder.
func (d *Disk) Under(root string) source.Disk { return folder{d, strings.Trim(root, "/")} }

type folder struct {
	disk *Disk
	root string
}

func (f folder) at(name string) string { return path.Join(f.root, name) }

func (f folder) Open(name string) (fs.File, error)     { return f.disk.files.Load().Open(f.at(name)) }
func (f folder) Stat(name string) (fs.FileInfo, error) { return f.disk.files.Load().Stat(f.at(name)) }
func (f folder) ReadFile(name string) ([]byte, error) {
	return f.disk.files.Load().ReadFile(f.at(name))
}
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) {
	return f.disk.files.Load().ReadDir(f.at(name))
}
