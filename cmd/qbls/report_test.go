package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const signingKey = "QUICKBACK_SECURITY_REPORT_SIGNING_KEY"

// settings replaces the end of the sample's configuration.
func contractSettings(t *testing.T, folder, contracts string) {
	t.Helper()
	file := filepath.Join(folder, configFile)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(content), "defineConfig({")
	if at < 0 {
		t.Fatalf("the sample's configuration is no defineConfig({ … })\n%s", content)
	}
	at += len("defineConfig({")
	if err := os.WriteFile(file, []byte(string(content[:at])+"\n  compiler: { securityContracts: "+contracts+" },"+string(content[at:])), 0o644); err != nil {
		t.Fatal(err)
	}
}

func swap(t *testing.T, file, old, with string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(content), old, with, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// expectRun expects an exit code and a text in what the program prints.
func expectRun(t *testing.T, want int, says string, args ...string) {
	t.Helper()
	out, errs, code := qbls(t, args...)
	if code != want || !strings.Contains(out+errs, says) {
		t.Errorf("qbls %s: exit %d, want %d and %q\n%s%s", strings.Join(args, " "), code, want, says, out, errs)
	}
}

// TestCompileCheck: a committed backend is up to date until a definition, an emitted file or what lies beside it changes.
func TestCompileCheck(t *testing.T) {
	folder := copyOf(t, recruiting)
	expectRun(t, 1, "stale", "compile", "--check", folder)
	if _, err := os.Stat(filepath.Join(folder, "backend")); err == nil {
		t.Error("a check has written something")
	}
	expectRun(t, 0, "files written", "compile", folder)
	expectRun(t, 0, "is up to date", "compile", "--check", folder)

	stray := filepath.Join(folder, "backend", "src", "stray.ts")
	if err := os.WriteFile(stray, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	expectRun(t, 1, "src/stray.ts: not emitted", "compile", "--check", folder)
	if err := os.Remove(stray); err != nil {
		t.Fatal(err)
	}
	swap(t, filepath.Join(folder, "backend", "src", "app.ts"), "auth,", "auth, ")
	expectRun(t, 1, "src/app.ts: changed", "compile", "--check", folder)
	expectRun(t, 0, "", "compile", "--force", folder)
	swap(t, filepath.Join(folder, jobsFile), "maxLength: ", "maxLength: 1")
	expectRun(t, 1, "src/features/jobs/jobs.resource.ts: changed", "compile", "--check", folder)
	expectRun(t, 2, "force", "compile", "--check", "--force", folder)
}

// TestReportVerify goes from a signed compilation to what an auditor types.
func TestReportVerify(t *testing.T) {
	folder := copyOf(t, recruiting)
	backend := filepath.Join(folder, "backend")
	expectRun(t, 2, "holds no report", "report", "verify", t.TempDir())
	expectRun(t, 0, "", "compile", folder)
	expectRun(t, 0, "not signed", "report", "verify", folder)
	expectRun(t, 0, "not signed", "report", "verify", backend)

	t.Setenv(signingKey, "a secret of thirty-two characters")
	expectRun(t, 1, "not signed", "report", "verify", backend)
	expectRun(t, 0, "", "compile", folder)
	expectRun(t, 0, "signed (hmac-sha256", "report", "verify", backend)
	t.Setenv(signingKey, "")
	expectRun(t, 1, "no key was given", "report", "verify", backend)
	expectRun(t, 0, "was not verified", "report", "verify", "--digest-only", backend)
	expectRun(t, 0, "is up to date", "compile", "--check", folder)
	t.Setenv("OTHER", "another secret")
	expectRun(t, 1, "The key is not the one that signed", "report", "verify", "--key-env", "OTHER", backend)

	pem := filepath.Join(t.TempDir(), "key.pem")
	if out, err := exec.Command("openssl", "genpkey", "-algorithm", "ed25519", "-out", pem).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	key, err := os.ReadFile(pem)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("openssl", "pkey", "-in", pem, "-pubout", "-out", pem+".pub").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv(signingKey, string(key))
	expectRun(t, 0, "", "compile", folder)
	t.Setenv(signingKey, "")
	expectRun(t, 0, "signed (ed25519", "report", "verify", "--public-key", pem+".pub", backend)
	expectRun(t, 1, "where \"x\" is the one to trust", "report", "verify", "--public-key", pem+".pub", "--key-id", "x", backend)
	swap(t, filepath.Join(backend, "src", "lib", "gate.ts"), "//", "///")
	expectRun(t, 1, filepath.Join("src", "lib", "gate.ts")+": The file is not the one that was verified", "report", "verify", "--public-key", pem+".pub", backend)
	expectRun(t, 2, "no PEM", "report", "verify", "--public-key", filepath.Join(folder, configFile), backend)
}

// TestRequiredSignature: without a key nothing is compiled, and the message says what to set; failMode: warn compiles and says it, too.
func TestRequiredSignature(t *testing.T) {
	t.Setenv(signingKey, "")
	folder := copyOf(t, recruiting)
	contractSettings(t, folder, "{ report: { signature: { required: true, keyEnv: 'REPORT_KEY', keyId: 'prod-k1' } } }")
	expectRun(t, 1, "REPORT_KEY", "compile", folder)
	if _, err := os.Stat(filepath.Join(folder, "backend")); err == nil {
		t.Error("something was written without the required key")
	}
	t.Setenv("REPORT_KEY", "a secret of thirty-two characters")
	expectRun(t, 0, "", "compile", folder)
	expectRun(t, 0, `key "prod-k1"`, "report", "verify", folder)
	t.Setenv("REPORT_KEY", "")
	expectRun(t, 0, "is up to date", "compile", "--check", folder)

	warned := copyOf(t, recruiting)
	contractSettings(t, warned, "{ failMode: 'warn', report: { path: 'audit/contracts.json', signature: { required: true, path: 'audit/contracts.sig.json' } } }")
	expectRun(t, 0, "QB9119", "compile", warned)
	for _, name := range []string{"contracts.json", "contracts.sig.json"} {
		if _, err := os.Stat(filepath.Join(warned, "backend", "quickback", "audit", name)); err != nil {
			t.Error(err)
		}
	}
	expectRun(t, 0, "not signed", "report", "verify", warned)

	off := copyOf(t, recruiting)
	contractSettings(t, off, "{ report: { enabled: false } }")
	expectRun(t, 0, "", "compile", off)
	if _, err := os.Stat(filepath.Join(off, "backend", "quickback", "reports")); err == nil {
		t.Error("a report was written although it is disabled")
	}
}

// TestHandlerWithItsOwnDatabase: a violation that a definition can cause is reported at its line.
func TestHandlerWithItsOwnDatabase(t *testing.T) {
	folder := copyOf(t, recruiting)
	swap(t, filepath.Join(folder, "quickback/features/applications/handlers/pipeline-report.ts"), "import ", "import { Database } from 'bun:sqlite';\nimport ")
	expectRun(t, 1, "handlers/pipeline-report.ts:", "compile", folder)
	expectRun(t, 1, "QB9112", "compile", folder)
	contractSettings(t, folder, "{ failMode: 'warn' }")
	expectRun(t, 0, "QB9112", "compile", folder)
	expectRun(t, 1, "The report itself says fail", "report", "verify", folder)
}

func TestReportPage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.html")
	folder := copyOf(t, recruiting)
	if out, errs, code := qbls(t, "report", folder, "--html", file); code != exitOK || !strings.Contains(out, "7 resources") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"<dd>kept</dd>", "Rules out: The firewall of a table is not the declared one", "advance-stage"} {
		if !strings.Contains(string(content), part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "backend")); err == nil {
		t.Error("drawing the page has written the backend")
	}
	if _, errs, code := qbls(t, "report", folder); code != exitUsage || !strings.Contains(errs, "--html FILE") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
