//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// fullDisk moves the database to a disk that has too little room for the migration that waits, and back. Who may not mount is content with
// the limit on the size of files.
func (s *shop) fullDisk(waiting func()) {
	s.t.Helper()
	data, aside := filepath.Dir(s.database()), filepath.Join(s.folder, "aside")
	info, err := os.Stat(s.database())
	if err == nil {
		err = os.Rename(data, aside)
	}
	if err == nil {
		err = os.Mkdir(data, 0o755)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	size := info.Size()/1024 + 200 // the rebuilt table alone needs as much again
	err = syscall.Mount("tmpfs", data, "tmpfs", 0, fmt.Sprintf("size=%dk", size))
	mounted := err == nil
	if err != nil && !errors.Is(err, syscall.EPERM) && !errors.Is(err, syscall.EACCES) {
		s.t.Fatal(err)
	}
	if mounted {
		s.t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) }) // when the test ends in the middle
		content, err := os.ReadFile(filepath.Join(aside, "app.db"))
		if err == nil {
			err = os.WriteFile(s.database(), content, 0o644)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		has(s.t, s.run(1, "apply"), "Refused: ", "full")
		waiting()
		if err := syscall.Unmount(data, 0); err != nil {
			s.t.Fatal(err)
		}
	} else {
		s.t.Logf("no disk can be mounted here: %v", err)
	}
	if err := errors.Join(os.Remove(data), os.Rename(aside, data)); err != nil {
		s.t.Fatal(err)
	}
}
