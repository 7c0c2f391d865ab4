package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a burst of events may last: editors write a file in several steps.
const settle = 60 * time.Millisecond

// watch tells of saved definitions below a folder, one message for a burst. The output is not watched.
func watch(ctx context.Context, folder, out string) (<-chan struct{}, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", folder, err)
	}
	w := &watched{watcher, out}
	if err := w.add(folder); err != nil {
		watcher.Close()
		return nil, fmt.Errorf("watch %s: %w", folder, err)
	}
	changes := make(chan struct{}, 1)
	go w.forward(ctx, changes)
	return changes, nil
}

type watched struct {
	*fsnotify.Watcher
	out string
}

// add watches a folder and those below it, except for output, packages and hidden folders.
func (w *watched) add(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != folder:
			return nil // gone again: the others are still watched
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case path != folder && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") || w.generated(path)):
			return filepath.SkipDir
		}
		if err := w.Add(path); err != nil && (path == folder || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
		return nil
	})
}

// generated says whether a path is output: the folder of output itself, or its src when the output is the project's folder.
func (w *watched) generated(path string) bool {
	return path == w.out || path == filepath.Join(w.out, "src") || path == filepath.Join(w.out, "data") || path == filepath.Join(w.out, "quickback", "drizzle")
}

func (w *watched) forward(ctx context.Context, changes chan<- struct{}) {
	defer w.Close()
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event, open := <-w.Events:
			if !open {
				return
			}
			if event.Has(fsnotify.Create) && !w.generated(event.Name) {
				_ = w.add(event.Name) // a file, or gone again: nothing to watch
			}
			if strings.HasSuffix(event.Name, ".ts") && event.Op != fsnotify.Chmod || event.Has(fsnotify.Rename|fsnotify.Remove) && filepath.Ext(event.Name) == "" {
				quiet.Reset(settle)
			}
		case <-w.Errors: // an overflow: events were lost, so look at everything
			quiet.Reset(settle)
		case <-quiet.C:
			select {
			case changes <- struct{}{}:
			default:
			}
		}
	}
}
