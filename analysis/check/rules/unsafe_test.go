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

// TestReasonsThatTellNothing: placeholders and single words are warned about, sentences in any script are not.
func TestReasonsThatTellNothing(t *testing.T) {
	for reason, want := range map[string]int{
		"x": 1, "todo": 1, "TODO: write this later on": 1, "TBD": 1, "because": 1, "test test": 1, "x x x x": 1, "- - -": 1, "Say why archive needs the rows of others": 1,
		"needed": 1, "admin only": 1, "Support archives for customers": 0, "billing of all tenants": 0, "Supportdatenabgleich quartalsweise": 0,
		"サポートが顧客の注文を直す": 0, "Поддержка архивирует для клиентов": 0, "Todos of other teams are counted": 0,
	} {
		for _, r := range rules.All().Rules() {
			if r.Code != "QB7041" {
				continue
			}
			project := files(strings.Replace(r.Bad, "'todo'", "'"+reason+"'", 1))
			if found := diagnose(t, project); count(found, r.Code) != want || len(found) != want {
				t.Errorf("%q gives\n%swant %d", reason, describe(project, found), want)
			}
		}
	}
}
