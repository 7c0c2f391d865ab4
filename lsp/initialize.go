package lsp

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// Initialize opens the folders that the client has and says what the server can do.
func (s *server) Initialize(_ context.Context, p *protocol.InitializeParams) (*protocol.InitializeResult, error) {
	encoding, kind := negotiate(p.Capabilities.General)
	s.settings.start(p)
	s.session = session.New(session.Options{
		Disk: s.config.Disk, Open: s.config.Workspace, Publish: s.publish, Problems: s.problems, Round: s.round, Encoding: encoding, Log: s.config.Log,
	})
	for _, uri := range folders(p) {
		s.session.AddFolder(strings.Clone(uri))
	}
	if p.ProcessID != nil {
		s.parent = int(*p.ProcessID)
	}
	s.state.Store(running)
	yes, incremental := true, protocol.TextDocumentSyncKindIncremental
	return &protocol.InitializeResult{
		ServerInfo: protocol.ServerInfo{Name: "qbls", Version: protocol.NewOptional(s.config.Version)},
		Capabilities: protocol.ServerCapabilities{
			PositionEncoding: kind,
			TextDocumentSync: &protocol.TextDocumentSyncOptions{OpenClose: &yes, Change: &incremental, Save: protocol.Boolean(true)},
			RenameProvider:   &protocol.RenameOptions{PrepareProvider: &yes},

			DocumentHighlightProvider: protocol.Boolean(true),

			CompletionProvider: &protocol.CompletionOptions{
				ResolveProvider:   &yes,
				TriggerCharacters: []string{`"`, "'", ".", "[", "{", " ", "$"},
			},
			HoverProvider:           protocol.Boolean(true),
			DefinitionProvider:      protocol.Boolean(true),
			ReferencesProvider:      protocol.Boolean(true),
			CodeActionProvider:      &protocol.CodeActionOptions{CodeActionKinds: codeActionKinds, ResolveProvider: &yes},
			DocumentSymbolProvider:  protocol.Boolean(true),
			WorkspaceSymbolProvider: protocol.Boolean(true),
			DocumentLinkProvider:    &protocol.DocumentLinkOptions{},
			InlayHintProvider:       protocol.Boolean(true),
			CodeLensProvider:        &protocol.CodeLensOptions{},
			FoldingRangeProvider:    protocol.Boolean(true),
			SelectionRangeProvider:  protocol.Boolean(true),
			SignatureHelpProvider:   &protocol.SignatureHelpOptions{TriggerCharacters: []string{"(", ","}},
			SemanticTokensProvider:  semanticTokens(),
			DiagnosticProvider:      s.settings.pullProvider(),
			ExecuteCommandProvider:  protocol.ExecuteCommandOptions{Commands: serverCommands},
			Workspace: &protocol.WorkspaceOptions{
				TextDocumentContent: s.settings.contentProvider(),
				WorkspaceFolders:    &protocol.WorkspaceFoldersServerCapabilities{Supported: &yes, ChangeNotifications: protocol.Boolean(true)},
			},
		},
	}, nil
}

// negotiate takes UTF-8 when the client offers it, for then no text has to be counted; UTF-16 is what every client speaks.
func negotiate(c *protocol.GeneralClientCapabilities) (text.Encoding, protocol.PositionEncodingKind) {
	if c != nil && slices.Contains(c.PositionEncodings, protocol.PositionEncodingKindUTF8) {
		return text.UTF8, protocol.PositionEncodingKindUTF8
	}
	return text.UTF16, protocol.PositionEncodingKindUTF16
}

// folders are the workspace folders, else the root of older clients, else none: then the project around an opened file is
// found when it is opened.
func folders(p *protocol.InitializeParams) []string {
	var out []string
	if list, ok := p.WorkspaceFolders.Get(); ok {
		for _, f := range list {
			out = append(out, string(f.URI))
		}
	}
	//lint:ignore SA1019 older clients send nothing else
	if len(out) == 0 && p.RootURI != nil {
		//lint:ignore SA1019 older clients send nothing else
		out = append(out, string(*p.RootURI))
	}
	//lint:ignore SA1019 the oldest clients send nothing else
	if path, ok := p.RootPath.Get(); ok && len(out) == 0 && path != "" {
		out = append(out, session.URIOf(path))
	}
	return out
}
