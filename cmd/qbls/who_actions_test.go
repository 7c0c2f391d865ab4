package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWhoAsksActionsWithoutATable: what anybody can call is an answer, also where no table is behind it.
func TestWhoAsksActionsWithoutATable(t *testing.T) {
	folder := copyOf(t, recruiting)
	at := filepath.Join(folder, "quickback", "features", "status", "actions.ts")
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	content := "import { defineActions, z } from '@quickback/compiler';\n\nexport default defineActions(null, {\n" +
		"  ping: { description: 'Says hello', standalone: true, input: z.object({}), access: { roles: ['PUBLIC'] }, execute: async () => ({ ok: true }) },\n});\n"
	if err := os.WriteFile(at, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, a := asked(t, "what", "can", "anonymous", "do", folder); !slices.Equal(got, []string{"anonymous action ping yes"}) || a.Answers[0].Resource != "status" {
		t.Errorf("%q %+v", got, a.Answers)
	}
	got, _ := asked(t, "who", "can", "ping", "status", folder)
	if !slices.Contains(got, "anonymous action ping yes") || !slices.Contains(got, "owner action ping yes") {
		t.Errorf("%q", got)
	}
	expectRun(t, 2, `status has no table, and so no column "email"`, "who", "can", "read", "status.email", folder)
}

// TestWhoNamesCodeThatNoMaskTouches: "nobody else" is said of the policy, and a stream is not of it.
func TestWhoNamesCodeThatNoMaskTouches(t *testing.T) {
	folder := copyOf(t, recruiting)
	swap(t, filepath.Join(folder, "quickback", "features", "candidates", "actions.ts"), "defineActions(candidates, {", "defineActions(candidates, {\n"+
		"  export: {\n    description: 'All of them', standalone: true, responseType: 'file', access: { roles: ['interviewer'] },\n    execute: async ({ db }) => ({ file: JSON.stringify(await db.select().from(candidates)), filename: 'all.json', contentType: 'application/json' }),\n  },\n")
	_, a := asked(t, "who", "can", "read", "candidates.email", "unmasked", folder)
	if !slices.ContainsFunc(a.Notes, func(n string) bool {
		return strings.Contains(n, "export sends a file") && strings.Contains(n, "not masked")
	}) {
		t.Errorf("%q", a.Notes)
	}
}
