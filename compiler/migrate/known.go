package migrate

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"sync"
	"time"
)

// Known is what a process remembers of the committed migrations of one folder of output. The zero Known remembers nothing; it is safe for
// concurrent use.
type Known struct {
	mu        sync.Mutex
	stamps    map[string]stamp
	committed *Committed
}

// stamp changes when a file does.
type stamp struct {
	size int64
	time time.Time
}

// Read is Read of a folder of output, but for files that are as they were: the same value is returned as long as all of them are.
func (k *Known) Read(folder string) (*Committed, error) {
	out := os.DirFS(folder)
	stamps, err := stampsOf(out)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.committed != nil && maps.Equal(k.stamps, stamps) {
		return k.committed, nil
	}
	committed, err := Read(out)
	if err != nil {
		return nil, err
	}
	k.stamps, k.committed = stamps, committed
	return committed, nil
}

func stampsOf(out fs.FS) (map[string]stamp, error) {
	stamps := map[string]stamp{}
	for _, folder := range []string{Folder, legacyFolder} {
		err := fs.WalkDir(out, folder, func(p string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path.Ext(p) != ".sql" && path.Ext(p) != ".json" {
				return err
			}
			info, err := entry.Info()
			if err == nil {
				stamps[p] = stamp{info.Size(), info.ModTime()}
			}
			return err
		})
		if err != nil && !isMissing(err) {
			return nil, fmt.Errorf("look at the migrations: %w", err)
		}
	}
	return stamps, nil
}
