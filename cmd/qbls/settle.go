package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/evaluate"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// settled is what evaluating the files of a project found.
type settled struct {
	files *source.Set
	found []diagnostics.Diagnostic
}

// cacheDir is where results of evaluating a project are kept between runs: in the user's cache, so that nothing is written into the
// project by looking at it. "" when there is no such place.
func cacheDir(folder string, root text.Path) string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	project, err := filepath.Abs(filepath.Join(folder, filepath.FromSlash(string(root))))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(project))
	return filepath.Join(base, "qbls", hex.EncodeToString(sum[:8]))
}

// settle evaluates what static reading could not tell of a project, and with all everything that is emitted. It returns the snapshot
// that knows it, and what is wrong. The same files are evaluated once.
func (w *workspace) settle(ctx context.Context, root text.Path, all bool) (*analysis.Snapshot, []diagnostics.Diagnostic, error) {
	if last, ok := w.settled[root]; ok && last.files == w.Current().Files {
		return w.Current(), last.found, nil
	}
	e := evaluate.New()
	defer e.Close()
	s, found, err := compiler.Settle(ctx, w.Workspace, root, e, evaluate.Options{All: all, LookupEnv: os.LookupEnv, CacheDir: cacheDir(w.folder, root)})
	if err != nil {
		return nil, nil, failed(err)
	}
	if w.settled == nil {
		w.settled = map[text.Path]settled{}
	}
	w.settled[root] = settled{s.Files, found}
	return s, found, nil
}
