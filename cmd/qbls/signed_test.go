package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp"
)

// reportFilesOf reads the files of a report, "" for one that is not there.
func reportFilesOf(folder string) string {
	var all bytes.Buffer
	for _, name := range []string{"report.json", "report.sig.json", "report.dsse.json"} {
		content, _ := os.ReadFile(filepath.Join(folder, "backend/quickback/reports/security-contracts."+name))
		all.Write(content)
	}
	return all.String()
}

// TestASaveKeepsASignedReport: an editor has no key, and the output has a signed report. What is saved is compiled, the report stays as it was
// signed, and the user is told once and by the status. With the key the next report is signed.
func TestASaveKeepsASignedReport(t *testing.T) {
	folder := copyOf(t, recruiting)
	t.Setenv(signingKey, "a secret of thirty-two characters")
	expectRun(t, 0, "", "compile", folder)
	before := reportFilesOf(folder)
	t.Setenv(signingKey, "")

	e, save := inEditorWith(t, folder, map[string]any{"trusted": true, "compileOnSave": true})
	e.Open(jobsFile)
	change := func(from, to string) lsp.Status {
		t.Helper()
		at := strings.Index(e.Text(jobsFile), from)
		e.Replace(jobsFile, at, at+len(from), to)
		save(jobsFile)
		return e.AwaitStatus(lsp.UpToDate)
	}
	save(jobsFile)
	if got := e.AwaitStatus(lsp.UpToDate); strings.Contains(got.Message, "signed report") || reportFilesOf(folder) != before {
		t.Errorf("nothing has changed, and the status is %+v", got)
	}
	if got := change("pageSize: 20", "pageSize: 21"); !strings.Contains(got.Message, "The signed report is that of an earlier output: "+signingKey) {
		t.Errorf("the status is %+v", got)
	}
	e.AwaitMessage("qbls: The signed report is that of an earlier output")
	if got := reportFilesOf(folder); got != before {
		t.Error("the signed report was replaced")
	}
	policy, err := os.ReadFile(filepath.Join(folder, "backend/src/features/jobs/jobs.resource.ts"))
	if err != nil || !strings.Contains(string(policy), "21") {
		t.Errorf("what was saved is not compiled: %v", err)
	}
	expectRun(t, 1, "no key was given", "report", "verify", folder)

	// The command does what it is told, and says what it does.
	expectRun(t, 0, "warning: the report was signed, and is not any more: "+signingKey, "compile", folder)
	expectRun(t, 0, "not signed", "report", "verify", folder)
	t.Setenv(signingKey, "a secret of thirty-two characters")
	expectRun(t, 0, "", "compile", folder)
	expectRun(t, 0, "signed (hmac-sha256", "report", "verify", folder)
}

// TestASaveWithoutTheRequiredKey: the code is compiled, and no report is written that must be signed and is not.
func TestASaveWithoutTheRequiredKey(t *testing.T) {
	t.Setenv("REPORT_KEY", "")
	folder := copyOf(t, recruiting)
	contractSettings(t, folder, "{ report: { signature: { required: true, keyEnv: 'REPORT_KEY' } } }")
	e, save := inEditorWith(t, folder, map[string]any{"trusted": true, "compileOnSave": true})
	e.Open(jobsFile)
	save(jobsFile)
	if got := e.AwaitStatus(lsp.UpToDate); !strings.Contains(got.Message, "No report is written: it must be signed, and REPORT_KEY holds no key here.") {
		t.Errorf("the status is %+v", got)
	}
	if reportFilesOf(folder) != "" {
		t.Error("a report was written without its key")
	}
	if _, err := os.Stat(filepath.Join(folder, "backend/src/index.ts")); err != nil {
		t.Error(err)
	}
}
