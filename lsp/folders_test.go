package lsp_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/lsp/lsptest"
)

func TestFoldersComeAndGo(t *testing.T) {
	files := sample(t)
	for name, content := range sample(t) {
		files["other/"+name] = strings.Replace(content, "guards", "gards", 1)
	}
	e := lsptest.Start(t, root+"/quickback", lsptest.NewDisk(root, files), lsptest.Options{})
	e.Settle()
	if got := e.Findings(); len(got) != 0 {
		t.Fatalf("the folder itself has %v", got)
	}
	other := protocol.WorkspaceFolder{URI: uri.URI(strings.TrimSuffix(e.URI("../other"), "/"))}
	change := func(added, removed []protocol.WorkspaceFolder) {
		t.Helper()
		err := e.Server.DidChangeWorkspaceFolders(t.Context(), &protocol.DidChangeWorkspaceFoldersParams{Event: protocol.WorkspaceFoldersChangeEvent{Added: added, Removed: removed}})
		if err != nil {
			t.Fatal(err)
		}
		e.Settle()
	}
	change([]protocol.WorkspaceFolder{other}, nil)
	if len(e.Published()) == 0 {
		t.Error("the new folder is not checked")
	}
	change(nil, []protocol.WorkspaceFolder{other})
	if got := slices.Sorted(maps.Keys(e.Published())); len(got) != 0 {
		t.Errorf("the folder is gone, its diagnostics are not: %v", got)
	}
	quit(t, e)
}

func TestAFolderInsideAnotherIsCheckedOnce(t *testing.T) {
	files := map[string]string{}
	for name, content := range sample(t) {
		files["apps/agency/"+name] = strings.Replace(content, "guards", "gards", 1)
	}
	e := start(t, files, lsptest.Options{})
	e.Settle()
	before := e.Findings()
	inner := protocol.WorkspaceFolder{URI: uri.URI(e.URI("apps/agency"))}
	err := e.Server.DidChangeWorkspaceFolders(t.Context(), &protocol.DidChangeWorkspaceFoldersParams{Event: protocol.WorkspaceFoldersChangeEvent{Added: []protocol.WorkspaceFolder{inner}}})
	if err != nil {
		t.Fatal(err)
	}
	e.Settle()
	if got := e.Findings(); len(got) == 0 || !slices.Equal(got, before) {
		t.Errorf("got %v\nwant %v", got, before)
	}
	quit(t, e)
}
