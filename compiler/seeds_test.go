package compiler

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// hierarchy is the configuration that the page's roles need.
const hierarchy = `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'invoices', template: 'hono', features: { organizations: true },
  auth: { roleHierarchy: ['member', 'manager', 'finance', 'owner'] },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`

// TestTheWorkflowPageCompiles: the worked example of the page on workflows compiles as it is printed, and what the page promises stands
// in the policy. The page lives beside the repository, not in it.
func TestTheWorkflowPageCompiles(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "shared", "seeds", "workflows.md"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("The original documentation is not beside the repository: its page on workflows was not compiled.")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	const name = "quickback/features/invoices/invoices.ts"
	_, rest, found := strings.Cut(string(page), "\n"+name+"\n")
	code, _, ended := strings.Cut(rest, "\n});\n")
	if !found || !ended {
		t.Fatal("the page has no worked example any more")
	}
	files := emitted(t, snapshot(t, fstest.MapFS{name: {Data: []byte(code + "\n});\n")}, "quickback/quickback.config.ts": {Data: []byte(hierarchy)}}))
	policy := files["src/features/invoices/invoices.resource.ts"]
	for _, line := range []string{
		"rows: { organizationId: { equals: '$ctx.activeOrgId' }",                                   // every transition stays in its organisation
		"write: { create: ['amountCents', 'vendor'], update: ['amountCents', 'vendor']",            // nobody edits the status
		"protected: { status: 'any', approvedBy: 'any', paidAt: 'any' }",                           // but through an action
		"roles: ['member', 'manager', 'finance', 'owner'] }, { where: { status: { equals: 'draft'", // member+ submits drafts
		"roles: ['manager', 'finance', 'owner'] }, { where: { status: { equals: 'submitted'",       // manager+ approves what was submitted
		"roles: ['finance'] }, { where: { status: { equals: 'approved'",                            // finance pays what was approved
		" submit: { ", " approve: { ", " pay: { ",
	} {
		if !strings.Contains(strings.Join(strings.Fields(policy), " "), line) {
			t.Errorf("the policy does not say %s\n%s", line, policy)
		}
	}
	check := exec.Command(workspace.Tsc(t), "--noEmit", "-p", ".")
	check.Dir = onDisk(t, files)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
