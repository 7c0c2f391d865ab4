package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// NoReason is reported for a suppression that does not say what it suppresses and why.
var NoReason = &diagnostics.Rule{
	Code: "QB1201", Title: "Suppression without a code or a reason", Since: "0.1.0", Locked: true,
	Why:     "A suppression is a decision about security that others have to judge later. Without its reason nobody can tell whether it still holds, so it suppresses nothing.",
	Fix:     "Write // qbls-ignore QB5003: and the reason.",
	Bad:     example("// qbls-ignore: printed on the parcel", "label"),
	Good:    example("// qbls-ignore QB6002: shown on the public page on purpose", "email"),
	Related: []diagnostics.Code{"QB1202", "QB1203"},
}

// Unused is reported for a suppression of something that is not found.
var Unused = &diagnostics.Rule{
	Code: "QB1202", Title: "Suppression that suppresses nothing", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
	Why:     "What is left over after a mistake was mended hides the same mistake when it comes back.",
	Fix:     "Remove the comment.",
	Bad:     example("// qbls-ignore QB6002: shown on the public page on purpose", "label"),
	Good:    example("// The label is printed on the parcel.", "label"),
	Related: []diagnostics.Code{"QB1201", "QB1203"},
}

// NotSuppressible is reported for a suppression of a code that does not exist or that no comment can suppress.
var NotSuppressible = &diagnostics.Rule{
	Code: "QB1203", Title: "Suppression of a code that cannot be suppressed", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
	Why:     "The comment looks as if somebody had decided about a finding, and it decides nothing. An error about what could not be understood stays: no reason makes it understood.",
	Fix:     "Correct the code, or remove the comment and mend what is reported.",
	Bad:     example("// qbls-ignore QB6999: shown on the public page on purpose", "label"),
	Good:    example("// The label is printed on the parcel.", "label"),
	Related: []diagnostics.Code{"QB1201", "QB1202"},
}

// LockedLevel is reported for a level in the configuration that its rule cannot have.
var LockedLevel = &diagnostics.Rule{
	Code: "QB8301", Title: "Level that the rule cannot have", Since: "0.1.0", Locked: true,
	Why:     "One line in the configuration would switch a protection off for every table, without a reason that anybody could judge.",
	Fix:     "Remove the line. Where a finding is meant to be as it is, say so in place: // qbls-ignore QB5003: and the reason.",
	Bad:     configExample("QB5003: 'off'"),
	Good:    configExample("QB6002: 'error'"),
	Related: []diagnostics.Code{"QB1201"},
}

// Rules returns the documentation of what triage reports.
func Rules() []*diagnostics.Rule {
	return []*diagnostics.Rule{NoReason, Unused, NotSuppressible, LockedLevel}
}

// effective says whether a directive can suppress anything.
func (d Directive) effective(known func(diagnostics.Code) *diagnostics.Rule) bool {
	rule := known(d.Code)
	return d.Reason != "" && rule != nil && rule.Suppressible() && !slices.Contains(Rules(), rule)
}

// reportDirectives says what is wrong with suppressions. In a file that could not be read, none is called unused: what it
// suppresses may not have been looked for.
func (t *triage) reportDirectives() {
	if len(t.in.Directives) == 0 {
		return
	}
	unread := map[text.Path]bool{}
	for _, d := range t.shown {
		if d.Rule != nil && d.Rule.Severity == diagnostics.Error && strings.HasPrefix(string(d.Rule.Code), "QB1") {
			unread[d.At.Path] = true
		}
	}
	for i, d := range t.in.Directives {
		rule, help := d.complaint(t.in.Known)
		if rule == nil && (t.used[i] || unread[d.At.Path]) {
			continue
		}
		message := help
		if rule == nil {
			rule, message = Unused, fmt.Sprintf("%s is not found here, so this comment suppresses nothing.", d.Code)
		}
		t.shown = append(t.shown, diagnostics.Diagnostic{Rule: rule, At: d.At, Message: message, Help: rule.Fix, Key: string(d.Code), Fixes: d.removal(rule)})
	}
}

// complaint says what is wrong with a directive itself, whatever was found.
func (d Directive) complaint(known func(diagnostics.Code) *diagnostics.Rule) (*diagnostics.Rule, string) {
	rule := known(d.Code)
	switch {
	case d.Code == "":
		return NoReason, "This comment names no code, so it suppresses nothing."
	case rule == nil:
		return NotSuppressible, fmt.Sprintf("No check reports %s, so this comment suppresses nothing. What evaluating or compiling reports cannot be suppressed.", d.Code)
	case slices.Contains(Rules(), rule):
		return NotSuppressible, fmt.Sprintf("%s is about suppressions, and cannot be suppressed.", d.Code)
	case !rule.Suppressible():
		return NotSuppressible, fmt.Sprintf("%s (%s) cannot be suppressed: what it reports is missing from what would be compiled.", d.Code, rule.Title)
	case d.Reason == "":
		return NoReason, fmt.Sprintf("This comment does not say why %s is suppressed, so it is not.", d.Code)
	}
	return nil, ""
}

// removal is the fix that takes the directive away. It is safe where the directive does nothing.
func (d Directive) removal(rule *diagnostics.Rule) []diagnostics.Fix {
	if rule == NoReason || d.Removal.Span.Len() == 0 {
		return nil
	}
	title := "Remove the comment"
	if !d.Removal.Span.Covers(d.Comment) {
		title = "Remove " + string(d.Code)
	}
	return []diagnostics.Fix{{Title: title, Safe: rule == Unused, Edits: map[text.Path][]text.Edit{d.At.Path: {d.Removal}}}}
}

func sortSuppressed(list []diagnostics.Suppressed) {
	slices.SortStableFunc(list, func(a, b diagnostics.Suppressed) int { return diagnostics.Compare(a.Diagnostic, b.Diagnostic) })
}

// example is a table with a column below a comment.
func example(comment, column string) string {
	return `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  ` + comment + `
  ` + column + `: text('` + column + `'),
});

export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: ['` + column + `'], updatable: ['` + column + `'] },
  crud: {
    list: { access: { roles: ['member'] } },
    create: { access: { roles: ['admin'] } },
    update: { access: { roles: ['admin'] } },
  },
});
`
}

// configExample is a configuration with a level.
func configExample(level string) string {
	return `-- quickback.config.ts --
import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  features: { organizations: true },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth'),
  },
  compiler: { diagnostics: { ` + level + ` } },
});
`
}
