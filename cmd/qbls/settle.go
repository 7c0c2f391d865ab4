package main

import (
	"context"

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

// settle evaluates what static reading could not tell of a project, and with all everything that is emitted. It returns the snapshot
// that knows it, and what is wrong. The same files are evaluated once.
func (w *workspace) settle(ctx context.Context, root text.Path, all bool) (*analysis.Snapshot, []diagnostics.Diagnostic, error) {
	if last, ok := w.settled[root]; ok && last.files == w.Current().Files {
		return w.Current(), last.found, nil
	}
	e := evaluate.New()
	defer e.Close()
	s, found, err := compiler.Settle(ctx, w.Workspace, root, e, evaluate.Options{All: all})
	if err != nil {
		return nil, nil, failed(err)
	}
	if w.settled == nil {
		w.settled = map[text.Path]settled{}
	}
	w.settled[root] = settled{s.Files, found}
	return s, found, nil
}
