package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	npm "github.com/qbls/qbls/compiler/runtime/workspace"
)

// TestInitAddsToAProject: the sample without its structure gets it, keeps its own files, and its definitions then have types.
func TestInitAddsToAProject(t *testing.T) {
	folder := copyOf(t, recruiting)
	write(t, filepath.Join(folder, "package.json"), `{ "dependencies": { "zod": "4.0.0" } }`)
	write(t, filepath.Join(folder, ".gitignore"), "dist")
	before, err := os.ReadFile(filepath.Join(folder, "quickback/quickback.config.ts"))
	if err != nil {
		t.Fatal(err)
	}
	out, errs, code := qbls(t, "init", folder)
	if code != exitOK || errs != "" {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	for _, say := range []string{"kept      quickback/quickback.config.ts", "created   quickback/tsconfig.json", "created   quickback/types/index.d.ts",
		"extended  .gitignore", "npm install --save-dev drizzle-orm@", "qbls check"} {
		if !strings.Contains(out, say) {
			t.Errorf("init does not say %q:\n%s", say, out)
		}
	}
	if strings.Contains(out, "zod@") {
		t.Errorf("zod is in package.json already:\n%s", out)
	}
	content, err := os.ReadFile(filepath.Join(folder, "quickback/quickback.config.ts"))
	if err != nil || string(content) != string(before) {
		t.Errorf("the configuration was touched: %v", err)
	}
	ignored, err := os.ReadFile(filepath.Join(folder, ".gitignore"))
	if err != nil || !strings.HasPrefix(string(ignored), "dist\nnode_modules/\n") {
		t.Errorf("%v %q", err, ignored)
	}
	npm.Link(t, folder)
	typechecks(t, folder, "quickback")
	if out, _, code := qbls(t, "check", folder); code != exitOK {
		t.Errorf("the types are findings: exit %d\n%s", code, out)
	}

	again, _, code := qbls(t, "init", folder)
	if code != exitOK || strings.Contains(again, "created") || strings.Contains(again, "extended") || strings.Contains(again, "refreshed") {
		t.Errorf("the second time there is something to do:\n%s", again)
	}
}

// TestInitInAnEmptyFolder makes a project that checks and compiles as soon as it has a table.
func TestInitInAnEmptyFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "it's mine")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := qbls(t, "init", folder); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if info, err := os.Stat(filepath.Join(folder, "quickback/features")); err != nil || !info.IsDir() {
		t.Errorf("features/ is not there: %v", err)
	}
	if out, errs, code := qbls(t, "check", folder); code != exitOK || !strings.HasPrefix(out, "no problems") {
		t.Errorf("check: exit %d\n%s%s", code, out, errs)
	}
}

func TestInitNeedsAFolder(t *testing.T) {
	_, errs, code := qbls(t, "init", filepath.Join(t.TempDir(), "nowhere"))
	if code != exitUsage || !strings.Contains(errs, "qbls create") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
