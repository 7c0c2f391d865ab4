package lsp

import (
	"context"

	"go.lsp.dev/protocol"
)

// Initialized starts publishing, which must not reach the client before the answer to initialize (LSP 3.17, "initialize"). It
// asks the client to watch the files that can change without an editor, when it lets servers ask; that calls the client and
// therefore does not run on the reading goroutine, which must read the answer.
func (s *server) Initialized(context.Context, *protocol.InitializedParams) error {
	s.started.Do(func() {
		s.run(s.session.Run)
		if s.parent != 0 {
			s.watchParent(s.parent)
		}
		s.loaded()
	})
	if !s.settings.watch {
		s.watchAlone()
		return nil
	}
	options, err := protocol.Marshal(&protocol.DidChangeWatchedFilesRegistrationOptions{Watchers: []protocol.FileSystemWatcher{
		{GlobPattern: protocol.Pattern("**/*.ts")},
		{GlobPattern: protocol.Pattern("**/.qbls/manifest.json")},
		// Editors tell of a folder that was deleted, and not of the files that were in it (VS Code does).
		{GlobPattern: protocol.Pattern("**/*"), Kind: protocol.WatchKindDelete},
	}})
	if err != nil {
		return err
	}
	s.run(func(ctx context.Context) {
		err := s.client.RegisterCapability(ctx, &protocol.RegistrationParams{Registrations: []protocol.Registration{
			{ID: "qbls-files", Method: protocol.MethodWorkspaceDidChangeWatchedFiles, RegisterOptions: options},
		}})
		if err != nil {
			s.config.Log.Warn("the client does not watch files", "error", err)
		}
	})
	return nil
}
