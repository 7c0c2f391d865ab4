package migrator

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Bun is bun as npm has installed it for the folder of output, or the one on the path.
func Bun(out string) (string, error) {
	name := filepath.Join(out, "node_modules", "bun", "bin", "bun.exe") // called so on every system
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	if path, err := exec.LookPath("bun"); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("bun is not in %s. Run npm install there. If it is missing afterwards, npm has no build of Bun for %s/%s", filepath.Join(out, "node_modules"), runtime.GOOS, runtime.GOARCH)
}

// For is the target of a project: its runtime and its database provider say the driver, the address says the database (a path or a URL,
// "" for the one that development uses). A relative path is one below the folder of output.
func For(out, folder, platform, provider, address string) (Target, error) {
	t := Target{Out: out, Folder: folder, Database: address}
	var err error
	switch provider {
	case "neon", "supabase", "postgres":
		t.Driver = "postgres"
		if address == "" {
			return t, fmt.Errorf("the address of the database is not known: give it with --database or DATABASE_URL")
		}
	default:
		if address == "" {
			t.Database = filepath.Join("data", "app.db")
		}
		if path := strings.TrimPrefix(t.Database, "file:"); !strings.Contains(path, "://") {
			if !filepath.IsAbs(path) {
				path = filepath.Join(out, path)
			}
			t.Database = path
		}
		if platform != "node" && provider != "libsql" {
			t.Driver = "bun"
			t.Program, err = Bun(out)
			return t, err
		}
		t.Driver = "libsql"
		if !strings.Contains(t.Database, "://") {
			if err := os.MkdirAll(filepath.Dir(t.Database), 0o755); err != nil {
				return t, fmt.Errorf("make the folder of the database: %w", err)
			}
			t.Database = "file:" + filepath.ToSlash(t.Database)
		}
	}
	if t.Program, err = exec.LookPath("node"); err != nil {
		t.Program, err = Bun(out)
	}
	return t, err
}
