package lsp_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// session records a session in which something is typed, asked, saved, and changed on the disk behind the editor's back.
func session(t *testing.T) (recording string, found []lsptest.Found) {
	t.Helper()
	var out lockedBuffer
	e := start(t, sample(t), lsptest.Options{Config: lsp.Config{Record: &out}, Init: trusted, Settings: `{"inlayHints":{"columns":false}}`})
	e.Open(jobsFile)
	swap(t, e, jobsFile, "createable: [", "createable: ['tilte', ")
	e.Settle()
	e.Hover(jobsFile, strings.Index(e.Text(jobsFile), "firewall")+1)
	e.Configure("")
	e.Save(jobsFile)
	const other = "quickback/features/jobs/departments.ts"
	e.Disk.Write(root+"/"+other, strings.Replace(e.Disk.Read(root+"/"+other), "name: text", "naem: text", 1))
	e.Touched(other)
	e.Settle()
	found = e.Findings()
	quit(t, e)
	return out.String(), found
}

// TestAReplayIsAlwaysTheSame: twice the same bytes, with what the editor saw in them, and without running anything.
func TestAReplayIsAlwaysTheSame(t *testing.T) {
	recording, found := session(t)
	if len(found) < 2 {
		t.Fatalf("the session found only %v", found)
	}
	var runs []string
	for range 3 {
		var out bytes.Buffer
		c := lsp.Config{Settle: func(context.Context, *analysis.Workspace, text.Path) ([]diagnostics.Diagnostic, error) {
			t.Error("something was run")
			return nil, nil
		}}
		if err := lsp.Replay(t.Context(), strings.NewReader(recording), c, &out); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, out.String())
	}
	if runs[0] != runs[1] || runs[1] != runs[2] {
		t.Errorf("three replays differ:\n%s\n---\n%s\n---\n%s", runs[0], runs[1], runs[2])
	}
	for _, f := range found {
		if !strings.Contains(runs[0], f.Code) {
			t.Errorf("%s is not in the replay", f)
		}
	}
	if !strings.Contains(runs[0], "Every query of") {
		t.Errorf("the answer to hover is not in the replay:\n%s", runs[0])
	}
}

// TestARecordingThatWasCutOff: the server was killed while it wrote a line.
func TestARecordingThatWasCutOff(t *testing.T) {
	recording, _ := session(t)
	var out bytes.Buffer
	if err := lsp.Replay(t.Context(), strings.NewReader(recording[:len(recording)*3/4]), lsp.Config{}, &out); err != nil || out.Len() == 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	for _, nonsense := range []string{"", "hello", "[1]"} {
		if err := lsp.Replay(t.Context(), strings.NewReader(nonsense), lsp.Config{}, &out); !errors.Is(err, lsp.ErrNotARecording) {
			t.Errorf("%q: %v", nonsense, err)
		}
	}
}
