package lsp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/qbls/qbls/lsp/session"
)

// Watch tells of files that change below a folder until the context ends: their absolute paths, those of one burst together. No path at
// all says that something was missed. The error says that the folder cannot be watched.
type Watch func(ctx context.Context, folder string, changed func(paths []string)) error

// watching are the folders that the server watches itself.
type watching struct {
	mu   sync.Mutex
	stop map[string]context.CancelFunc // by absolute path
}

// watchAlone watches the folders of a client that does not watch for servers, and stops watching those that it has closed.
func (s *server) watchAlone() {
	if s.settings.watch || s.config.Watch == nil {
		return
	}
	s.alone.mu.Lock()
	defer s.alone.mu.Unlock()
	if s.alone.stop == nil {
		s.alone.stop = map[string]context.CancelFunc{}
	}
	open := map[string]bool{}
	for _, folder := range s.session.Roots() {
		open[folder] = true
		if s.alone.stop[folder] != nil {
			continue
		}
		ctx, stop := context.WithCancel(s.life)
		s.alone.stop[folder] = stop
		s.run(func(context.Context) {
			if err := s.config.Watch(ctx, folder, s.noticed); err != nil {
				s.config.Log.Warn("changes on the disk are not noticed", "folder", folder, "error", err)
			}
		})
	}
	for folder, stop := range s.alone.stop {
		if !open[folder] {
			stop()
			delete(s.alone.stop, folder)
		}
	}
}

func (s *server) noticed(paths []string) {
	if len(paths) == 0 {
		s.session.Reload()
		s.evaluateDue()
		return
	}
	uris := make([]string, 0, len(paths))
	for _, p := range paths {
		uris = append(uris, session.URIOf(filepath.ToSlash(p)))
	}
	s.watched(uris)
}

// burst is how long the events of one change on the disk may last: a switched branch is many files.
const burst = 50 * time.Millisecond

// watchDisk is a Watch of the operating system. Folders that hold no definitions are left out.
func watchDisk(ctx context.Context, folder string, changed func([]string)) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watching %s: %w", folder, err)
	}
	defer w.Close()
	due := map[string]bool{}
	if err := follow(w, filepath.FromSlash(folder), nil); err != nil {
		return fmt.Errorf("watching %s: %w", folder, err)
	}
	changed(nil)                                                                                  // what came between the reading of the folder and now
	gather(ctx, w.Events, w.Errors, func(made string) { _ = follow(w, made, due) }, due, changed) // a file, or gone again: nothing to follow
	return nil
}

// gather tells of the paths of a burst together, once nothing has come for as long as one lasts. due is filled by it and by follow, which is
// told what was made.
func gather(ctx context.Context, events <-chan fsnotify.Event, lost <-chan error, follow func(made string), due map[string]bool, changed func([]string)) {
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-events:
			if event.Op == fsnotify.Chmod {
				continue
			}
			if event.Has(fsnotify.Create) {
				follow(event.Name)
			}
			due[event.Name] = true
			quiet.Reset(burst)
		case <-lost: // an overflow: events were lost
			clear(due)
			changed(nil)
		case <-quiet.C:
			if len(due) > 0 {
				changed(slices.Sorted(maps.Keys(due)))
			}
			clear(due)
		}
	}
}

// follow watches a folder and those below it. Files that are there already go into due: they may have come before the watch.
func follow(w *fsnotify.Watcher, folder string, due map[string]bool) error {
	return filepath.WalkDir(folder, func(p string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && p != folder {
			return nil // gone again, which the folder above it tells: the others are still followed
		}
		if err != nil {
			return err
		}
		switch name := entry.Name(); {
		case !entry.IsDir():
			if due != nil {
				due[p] = true
			}
			return nil
		case p != folder && (name == "node_modules" || name == "dist" || strings.HasPrefix(name, ".") && name != ".qbls"):
			return filepath.SkipDir
		}
		if err := w.Add(p); err != nil && (p == folder || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
		return nil
	})
}
