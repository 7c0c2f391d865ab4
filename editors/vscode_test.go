package editors_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestVSCodeExtension type-checks the extension, runs the tests of what needs no VS Code, and makes the package for Linux without a
// network.
func TestVSCodeExtension(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("programs in packages made on Windows are not executable elsewhere")
	}
	folder := extension(t)
	in(t, folder, nil, "npm", "run", "--silent", "check")
	in(t, folder, nil, "npm", "run", "--silent", "test")

	nowhere := "http://127.0.0.1:9" // the discard port: whoever wants the network fails
	in(t, folder, []string{"HTTP_PROXY=" + nowhere, "HTTPS_PROXY=" + nowhere, "GOPROXY=off"}, "npm", "run", "--silent", "package", "--", "linux-x64")
	list, err := filepath.Glob(filepath.Join(folder, "dist", "qbls-linux-x64-*.vsix"))
	if err != nil || len(list) != 1 {
		t.Fatalf("packages: %v, %v", list, err)
	}
	archive, err := zip.OpenReader(list[0])
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	held := map[string]*zip.File{}
	for _, f := range archive.File {
		held[f.Name] = f
		if strings.Contains(f.Name, "/src/") || strings.Contains(f.Name, "node_modules") || strings.Contains(f.Name, "/test/") {
			t.Errorf("the package holds %s", f.Name)
		}
	}
	binary := held["extension/bin/qbls"]
	if binary == nil || binary.Mode()&0o100 == 0 {
		t.Fatalf("the package has no program that can be run: %v", binary)
	}
	if start := content(t, binary)[:5]; !bytes.Equal(start, []byte("\x7fELF\x02")) {
		t.Errorf("the program begins with %q", start)
	}
	named(t, held)
}

// TestVSCode drives the package in VS Code itself. It installs 700 MB, so only where QBLS_VSCODE asks for it; QBLS_VSCODE_FOLDER keeps
// the installation from one run to the next.
func TestVSCode(t *testing.T) {
	if os.Getenv("QBLS_VSCODE") == "" {
		t.Skip("QBLS_VSCODE=1 installs VS Code and drives it")
	}
	needs(t, "chromium", "chromium")
	folder := os.Getenv("QBLS_VSCODE_FOLDER")
	if folder == "" {
		folder = t.TempDir()
	}
	cmd := exec.Command(filepath.Join(extension(t), "test", "run"), folder)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

// named checks that the files that the manifest names are in the package.
func named(t *testing.T, held map[string]*zip.File) {
	t.Helper()
	if held["extension/package.json"] == nil {
		t.Fatal("the package has no manifest")
	}
	var manifest struct {
		Main        string `json:"main"`
		Icon        string `json:"icon"`
		Contributes struct {
			Walkthroughs []struct {
				Steps []struct {
					Media struct {
						Markdown string `json:"markdown"`
					} `json:"media"`
				} `json:"steps"`
			} `json:"walkthroughs"`
			ViewsContainers map[string][]struct {
				Icon string `json:"icon"`
			} `json:"viewsContainers"`
		} `json:"contributes"`
	}
	if err := json.Unmarshal(content(t, held["extension/package.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	files := []string{manifest.Main, manifest.Icon, "media/matrix.css", "media/matrix.js"}
	for _, w := range manifest.Contributes.Walkthroughs {
		for _, s := range w.Steps {
			files = append(files, s.Media.Markdown)
		}
	}
	for _, bar := range manifest.Contributes.ViewsContainers {
		for _, one := range bar {
			files = append(files, one.Icon)
		}
	}
	for _, file := range files {
		if held["extension/"+strings.TrimPrefix(file, "./")] == nil {
			t.Errorf("the package lacks %s", file)
		}
	}
}

// extension is the folder of the extension, with what it is built with.
func extension(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("vscode")
	if err != nil {
		t.Fatal(err)
	}
	installed := filepath.Join(folder, "node_modules", ".package-lock.json")
	lock, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if have, err := os.Stat(installed); err != nil || have.ModTime().Before(lock.ModTime()) {
		in(t, folder, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	}
	return folder
}

func in(t *testing.T, folder string, env []string, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

func content(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
