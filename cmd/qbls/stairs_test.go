package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// stairs are the rooms of the house from the ground up. A room may import those below it and nothing above; a room's own
// subfolders belong to it unless they are listed themselves.
var stairs = []string{
	"diagnostics/text",
	"diagnostics",
	"diagnostics/render",
	"analysis/parallel",
	"analysis/source",
	"analysis/syntax",
	"analysis/syntax/edit",
	"analysis/definition",
	"analysis/model",
	"analysis/names",
	"analysis/policy",
	"analysis/grant",
	"analysis/check",
	"analysis",
	"analysis/query",
	"compiler/launch/port",
	"compiler/output",
	"compiler/runtime",
	"compiler/emit",
	"compiler/migrate",
	"compiler/evaluate",
	"compiler/contract",
	"compiler/project",
	"compiler/launch",
	"compiler/verify",
	"compiler/page",
	"compiler",
	"compiler/catalogue",
	"lsp/session",
	"lsp",
	"cmd/qbls",
	"editors", // no code: tests that drive editors
}

func TestImportsGoDownTheStairs(t *testing.T) {
	const module = "github.com/qbls/qbls/"
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "github.com/qbls/qbls/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		from, ok := strings.CutPrefix(p.ImportPath, module)
		if !ok || stair(from) < 0 {
			t.Errorf("%s is in no room of the house: see ARCHITECTURE.md", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			if to, own := strings.CutPrefix(i, module); own && stair(to) > stair(from) {
				t.Errorf("%s imports %s, which is up the stairs", from, to)
			} else if strings.HasPrefix(i, "go.lsp.dev/") && !strings.HasPrefix(from, "lsp") {
				t.Errorf("%s imports %s: only lsp knows the protocol", from, i)
			}
		}
	}
	if seen < len(stairs)-5 {
		t.Errorf("go list saw only %d packages", seen)
	}
}

// stair is the height of the room that a package belongs to: the longest listed prefix of its path.
func stair(pkg string) int {
	best, at := -1, -1
	for i, room := range stairs {
		if (pkg == room || strings.HasPrefix(pkg, room+"/")) && len(room) > best {
			best, at = len(room), i
		}
	}
	return at
}
