package verify_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/verify"
)

// TestOddProjectsAreVerified asks backends whose definitions are full of corners: actions without a table, scopes by other values than ids,
// conditions on nothing, state machines, stamps of every kind. None of them is found wrong, and actions without a table are asked as everybody.
func TestOddProjectsAreVerified(t *testing.T) {
	for folder, operations := range map[string][]string{
		filepath.Join("promises", "testdata", "workshop"): {"action inventory", "action begin", "view board"},
		filepath.Join("testdata", "oracle"):               {"create", "list", "update"},
		filepath.Join("testdata", "workflow"):             {"action claim", "action move", "action book", "batchUpdate"},
	} {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			dir, project := compiled(t, filepath.Join("..", "..", "compiler", "e2e", folder), "bun")
			judge(t, prove(t, dir, verify.New(project)), operations)
		})
	}
}

// TestUnsafeActionsAreVerified: everybody but platform administrators is refused by every unsafe action that crosses tenants, and they are
// let in. A backend whose library no longer asks for them is found out.
func TestUnsafeActionsAreVerified(t *testing.T) {
	dir, project := compiled(t, filepath.Join("..", "..", "compiler", "e2e", "testdata", "audit"), "bun")
	judge(t, prove(t, dir, verify.New(project)), []string{"action everything", "action rename", "action peek", "action totals"})

	const file, asks = "src/lib/raw.ts", "(adminOnly || crossTenant) && "
	whole := read(t, dir, file)
	if err := os.WriteFile(filepath.Join(dir, file), []byte(strings.Replace(whole, asks, "false && ", 1)), 0o644); err != nil || !strings.Contains(whole, asks) {
		t.Fatalf("%s does not say %q: %v", file, asks, err)
	}
	caught := slices.ContainsFunc(prove(t, dir, verify.New(project)), func(r verify.Result) bool {
		return r.Fault != "" && r.Probe.Operation == "action everything"
	})
	if !caught {
		t.Error("a library that lets everybody past the firewall passes")
	}
}
