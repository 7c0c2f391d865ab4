package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPackagesInstall takes the package.json of every target as somebody does who has just compiled: without a lock file. npm installs it,
// scripts of packages included, at exactly the versions that it names, and the backend starts with nothing else. Targets with the same
// package.json share one installation.
func TestPackagesInstall(t *testing.T) {
	folders := map[string][]string{} // package.json → backends that have it
	for _, target := range []runtimeTarget{{"bun", "better-sqlite3"}, {"bun", "libsql"}, {"node", "libsql"}, {"node", "better-sqlite3"}, {"cloudflare", "cloudflare-d1"}} {
		name := target.runtime + "-" + target.database
		project, out := sample(t, filepath.Join(scratch, "installed", name, "recruiting")), filepath.Join(scratch, "installed", name, "backend")
		target.set(t, project)
		emit(t, project, out)
		manifest, err := os.ReadFile(filepath.Join(out, "package.json"))
		if err != nil {
			t.Fatal(err)
		}
		folders[string(manifest)] = append(folders[string(manifest)], out)
	}
	for manifest, backends := range folders {
		t.Run(filepath.Base(filepath.Dir(backends[0])), func(t *testing.T) {
			t.Parallel() // npm waits for the disk and the network
			modules := filepath.Join(backends[0], "node_modules")
			npmInstall(t, backends[0])
			pinned(t, manifest, modules)
			for i, dir := range backends {
				if i > 0 {
					if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
						t.Fatal(err)
					}
				}
				startsAlone(t, dir)
			}
		})
	}
}

// startsAlone starts the backend in a folder on the packages that are installed there, and asks it something.
func startsAlone(t *testing.T, dir string) {
	t.Helper()
	b := begin(t, dir, filepath.Join(dir, "data"), nil)
	defer func() { _ = b.stop() }()
	nobody(b).get(t, "/candidates").want(t, "401 AUTH_MISSING")
	equal(t, "health", nobody(b).send(t, http.MethodGet, "/health", nil, nil).status, http.StatusOK)
}

// npmInstall runs npm as a person does. What other tests have fetched comes out of npm's cache.
func npmInstall(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "package-lock.json")); err == nil {
		t.Fatal("a lock file is emitted: the installation proves less than it says")
	}
	cmd := exec.Command("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, said)
	}
}

// pinned checks that package.json names exact versions, and that those are what is installed.
func pinned(t *testing.T, manifest, modules string) {
	t.Helper()
	var wanted struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal([]byte(manifest), &wanted); err != nil {
		t.Fatal(err)
	}
	maps.Copy(wanted.Dependencies, wanted.DevDependencies)
	if len(wanted.Dependencies) < 8 {
		t.Errorf("package.json names only %v", slices.Sorted(maps.Keys(wanted.Dependencies)))
	}
	for name, version := range wanted.Dependencies {
		content, err := os.ReadFile(filepath.Join(modules, filepath.FromSlash(name), "package.json"))
		if err != nil {
			t.Errorf("%s is not installed: %v", name, err)
			continue
		}
		var has struct{ Version string }
		if err := json.Unmarshal(content, &has); err != nil || has.Version != version || strings.ContainsAny(version, "^~*<>|x ") {
			t.Errorf("%s: package.json says %q, installed is %q (%v)", name, version, has.Version, err)
		}
	}
}
