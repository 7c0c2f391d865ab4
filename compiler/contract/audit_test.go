package contract_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/diagnostics/text"
)

// TestAuditTrailIsProven: the contract about unsafe actions applies where there are some, holds for what is emitted, and is broken by
// whatever takes the trail away from them or lets other people call them.
func TestAuditTrailIsProven(t *testing.T) {
	b := folder(t, "compiler", "e2e", "testdata", "audit")
	at := slices.IndexFunc(contract.All(), func(c contract.Contract) bool { return c.Name == "requireUnsafeAuditTrail" })
	whole := b.verify(t, b.files)
	if o := whole.Contracts[at]; o.Status != contract.Pass || len(o.Evidence) < 6 {
		t.Errorf("unsafe actions, the table and the app are evidence that the trail is kept: %+v", o)
	}
	if none := folder(t, "testdata", "projects", "recruiting"); none.verify(t, none.files).Contracts[at].Status != contract.NotApplicable {
		t.Error("without unsafe actions and PUBLIC writes there is nothing to keep")
	}

	s := &seeded{t: t, files: map[text.Path]string{}}
	for _, f := range b.files {
		s.files[f.Path] = string(f.Content)
	}
	s.all("no trail of an action", ".resource.ts", `\n +unsafe: \{[^}]*\},`, "", "QB9106")
	s.all("no trail of an action in one line", ".resource.ts", `, unsafe: \{[^}]*\}`, "", "QB9106")
	s.all("without an administrator", ".resource.ts", `adminOnly: true`, "adminOnly: false", "QB9106")
	s.all("in one tenant alone", ".resource.ts", `crossTenant: true`, "crossTenant: false", "QB9106")
	s.all("another reason", ".resource.ts", `reason: '`, "reason: 'No ", "QB9106")
	s.all("another target", ".resource.ts", `targetScope: 'all'`, "targetScope: 'organization'", "QB9106")
	s.all("an action that is not declared unsafe", ".resource.ts", `path: 'notes/plain',|path: '/notes/plain',`, "path: '/notes/plain', unsafe: { reason: 'x', adminOnly: false, crossTenant: false },", "QB9106", "QB9112")
	s.every("no trail of the app", "src/app.ts", `\n  audit: auditTrail,`, "", "QB9106")
	s.every("another trail", "src/app.ts", `audit: auditTrail`, "audit: () => async () => {}", "QB9112")
	s.every("a trail of the author's", "src/app.ts", `auditTrail \} from './lib/audit.ts'`, "auditTrail } from './definitions/audit.ts'", "QB9112")
	s.every("another table", "src/db/audit.ts", `'audit_events'`, "'notes'", "QB9106")
	s.every("a column less", "src/db/audit.ts", `\n +unsafeReason: [^\n]*`, "", "QB9106")
	s.every("a library without", "src/lib/audit.ts", `await driver`, "driver", "QB9117")
	s.every("a library that begins nothing", "src/lib/audit.ts", `await trail.begin\(\);`, "", "QB9117")
	kinds := map[string]bool{}
	for _, f := range s.faults {
		kinds[strings.SplitN(f.name, " src/", 2)[0]] = true
		r := b.verify(t, changed(b.files, f.file, f.after))
		if !slices.ContainsFunc(r.Violations, func(v contract.Violation) bool {
			return v.File == string(f.file) && slices.Contains(f.codes, v.Code)
		}) {
			t.Errorf("%s: %s is not found; found:\n%s", f.name, f.file, list(r))
		}
	}
	if len(s.faults) < 20 {
		t.Errorf("%d faults of %d kinds are too few to prove anything", len(s.faults), len(kinds))
	}
}

// TestAuditDatabaseIsBound: on D1 the trail has a database of its own, and an entry point that forgets it is found.
func TestAuditDatabaseIsBound(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../e2e/testdata/audit")); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "quickback", "quickback.config.ts")
	content, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.NewReplacer("defineRuntime('bun')", "defineRuntime('cloudflare')", "'better-sqlite3'", "'cloudflare-d1'").Replace(string(content))
	if err := os.WriteFile(config, []byte(said), 0o644); err != nil {
		t.Fatal(err)
	}
	b := compiled(t, source.OS(dir), compiler.Options{})
	if r := b.verify(t, b.files); r.Summary.Status != contract.Pass {
		t.Error(list(r))
	}
	const entry text.Path = "src/index.ts"
	for _, f := range b.files {
		if f.Path != entry {
			continue
		}
		without := strings.Replace(string(f.Content), ", audit: 'AUDIT_DB'", "", 1)
		if without == string(f.Content) {
			t.Fatalf("the entry point binds no AUDIT_DB:\n%s", f.Content)
		}
		if r := b.verify(t, changed(b.files, entry, without)); r.Summary.Status != contract.Fail {
			t.Error("an entry point without the audit database is not found")
		}
	}
}
