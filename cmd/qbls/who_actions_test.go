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

// TestWhoKnowsStateMachines: an action that a state machine lets begin in some states only is not a plain yes, in no answer: the emitted
// backend refuses the others with ACCESS_ACTION_NOT_ALLOWED_FOR_STATE.
func TestWhoKnowsStateMachines(t *testing.T) {
	for _, c := range []struct{ machine, rows string }{
		{"fromTo: { draft: ['open'], open: ['closed'], closed: ['draft', 'open'] }, to: 'open'", "status IN ('closed', 'draft')"},
		{"fromTo: { draft: ['open', 'closed'], closed: [] }, via: 'next'", "status = 'draft'"},
	} {
		folder := copyOf(t, recruiting)
		before := copyOf(t, recruiting)
		actions := filepath.Join("quickback", "features", "jobs", "actions.ts")
		for _, project := range []string{folder, before} {
			swap(t, filepath.Join(project, actions), "      record: { status: { equals: 'draft' } },\n", "")
			swap(t, filepath.Join(project, actions), "z.object({ closesAt", "z.object({ next: z.enum(['open', 'closed']), closesAt")
		}
		swap(t, filepath.Join(folder, actions), "    execute: async ({ db, record, input }) => {\n      const closesAt", "    transition: { field: 'status', "+c.machine+" },\n    execute: async ({ db, record, input }) => {\n      const closesAt")
		got, a := asked(t, "who", "can", "publish", "jobs", folder)
		if !slices.Equal(got, []string{"hiring-manager action publish on some rows", "owner action publish on some rows"}) || !strings.Contains(a.Answers[0].Rows, c.rows) {
			t.Errorf("%s: %q %+v", c.machine, got, a.Answers)
		}
		if out, _, code := qbls(t, "report", folder, "--html", "-"); code != exitOK || !strings.Contains(out, strings.ReplaceAll(c.rows, "'", "&#39;")) {
			t.Errorf("%s: the page does not say %s (exit %d)", c.machine, c.rows, code)
		}
		if out, _, _ := qbls(t, "diff", folder, before); !strings.Contains(out, "publish") || !strings.Contains(out, "widened") {
			t.Errorf("taking %s away is compared as\n%s", c.machine, out)
		}
	}
}
