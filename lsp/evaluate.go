package lsp

import (
	"context"
	"errors"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/lsp/session"
)

// loaded evaluates the projects that were opened since it was called before, when the user trusts the workspace.
func (s *server) loaded() {
	if !s.settings.trusted {
		return
	}
	for _, p := range s.session.Loaded() {
		s.evaluate(p, false)
	}
}

// evaluate finds out what only running the code of a project can tell, beside the reading goroutine, and then compiles the project
// if asked to. Only a trusted workspace comes here.
func (s *server) evaluate(p session.Project, compile bool) {
	s.evaluateThen(p, func(job Job, err error) {
		if compile && err == nil {
			s.compile(job)
		}
	}, compile)
}

// evaluateThen evaluates and calls after once: with what to compile, or with the reason why there is nothing. Failures are told to the
// user; that an edit came between is told when a compilation was to follow.
func (s *server) evaluateThen(p session.Project, after func(Job, error), compiles bool) {
	then := func(snapshot *analysis.Snapshot, found []diagnostics.Diagnostic) {
		after(Job{Snapshot: snapshot, Folder: p.Folder(), Root: p.Root(), Found: found}, nil)
	}
	if s.config.Settle == nil {
		then(p.Snapshot(), nil)
		return
	}
	evaluation, snapshot := s.session.Evaluate(s.life, p)
	if evaluation == nil {
		then(snapshot, nil)
		return
	}
	name := projectName(Job{Folder: p.Folder(), Root: p.Root()})
	s.run(func(ctx context.Context) {
		snapshot, found, err := evaluation.Run(s.config.Settle)
		if err == nil {
			then(snapshot, found)
			return
		}
		defer after(Job{}, err)
		switch {
		case errors.Is(err, context.Canceled): // a newer save follows, or the client leaves
		case errors.Is(err, session.ErrEdited):
			if compiles {
				s.show(ctx, protocol.MessageTypeInfo, "qbls did not compile %s: %v. Save again.", name, err)
			}
		default:
			s.config.Log.Error("evaluation failed", "project", name, "error", err)
			s.show(ctx, protocol.MessageTypeError, "qbls could not evaluate %s: %v", name, err)
		}
	})
}
