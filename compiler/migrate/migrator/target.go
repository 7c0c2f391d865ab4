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
	return "", fmt.Errorf("bun is not in %s. Run npm install there; npm has no build of it for %s/%s otherwise", filepath.Join(out, "node_modules"), runtime.GOOS, runtime.GOARCH)
}

// For is the target of a project: its database provider says the driver, the address says the database. A relative path is one below
// the folder of output.
func For(out, folder, provider, address string) (Target, error) {
	t := Target{Out: out, Folder: folder, Database: address}
	var err error
	switch provider {
	case "libsql":
		t.Driver = "libsql"
	case "neon", "supabase", "postgres":
		t.Driver = "postgres"
	default:
		t.Driver = "bun"
		if address == "" {
			t.Database = filepath.Join("data", "app.db")
		}
		t.Database = strings.TrimPrefix(t.Database, "file:")
		if !filepath.IsAbs(t.Database) {
			t.Database = filepath.Join(out, t.Database)
		}
		t.Program, err = Bun(out)
		return t, err
	}
	if address == "" {
		return t, fmt.Errorf("the address of the database is not known: give it with --database or DATABASE_URL")
	}
	if t.Program, err = exec.LookPath("node"); err != nil {
		t.Program, err = Bun(out)
	}
	return t, err
}
