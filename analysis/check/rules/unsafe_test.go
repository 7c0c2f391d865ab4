package rules_test

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/check/rules"
)

// TestReasonIsInserted: whatever form unsafe has, the fix leaves one with a reason.
func TestReasonIsInserted(t *testing.T) {
	for _, r := range rules.All().Rules() {
		if r.Code != "QB7021" {
			continue
		}
		for _, form := range []string{"true", "{}", "{ targetScope: 'all' }", "{ reason: '' }", "{ reason: ' ', adminOnly: false }"} {
			bad := files(strings.NewReplacer("unsafe: true", "unsafe: "+form, "'Archives it'", `'Archives the owner\'s it'`).Replace(r.Bad))
			found := diagnose(t, bad)
			if count(found, r.Code) != 1 || len(found) != 1 || len(found[0].Fixes) != 1 {
				t.Errorf("unsafe: %s gives\n%swant one finding with one fix", form, describe(bad, found))
				continue
			}
			fixes(t, bad, found[0], 1)
		}
		return
	}
	t.Error("there is no QB7021")
}
