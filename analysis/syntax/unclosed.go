package syntax

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Unclosed is given for a string, a template or a comment without its end.
var Unclosed = &diagnostics.Rule{
	Code:  "QB1002",
	Title: "Unclosed string, template or comment",
	Why:   "Everything behind it may be read as part of it, so what the rest of the line declares is not certain.",
	Fix:   "Add the closing quote, backtick or */.",
	Since: "0.1.0",
	Bad: `import { defineTable } from "@quickback/compiler";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const things = sqliteTable("things", {
  id: text("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  name: text("name").notNull(),
});

export default defineTable(things, {
  firewall: { organization: {} },
  guards: {
    createable: ["name],
    updatable: ["name"],
  },
  crud: {
    list: { access: { roles: ["member"] } },
    create: { access: { roles: ["member"] } },
    update: { access: { roles: ["member"] } },
  },
});
`,
	Good: `import { defineTable } from "@quickback/compiler";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const things = sqliteTable("things", {
  id: text("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  name: text("name").notNull(),
});

export default defineTable(things, {
  firewall: { organization: {} },
  guards: {
    createable: ["name"],
    updatable: ["name"],
  },
  crud: {
    list: { access: { roles: ["member"] } },
    create: { access: { roles: ["member"] } },
    update: { access: { roles: ["member"] } },
  },
});
`,
	Related: []diagnostics.Code{"QB1001"},
}

// Rules returns the rules this package reports.
func Rules() []*diagnostics.Rule { return []*diagnostics.Rule{Unexpected, Unclosed, DuplicateKey} }

// reportLexical gives the diagnostics that need no grammar: literals and comments without an end, brackets without a partner.
// They come first, and the parser stays silent about what follows from them.
func (p *parser) reportLexical(comments []int32) {
	for _, start := range comments {
		p.diagnose(Unclosed, text.Span{Start: start, End: start + 2}, "This comment has no end: '*/' is missing.", -1)
	}
	for i := range p.toks {
		t := &p.toks[i]
		if !t.is(lUnclosed) {
			continue
		}
		what, quote := "string", p.src[t.start:t.start+1]
		if quote == "`" {
			what = "template"
		}
		before := len(p.tree.diagnostics)
		p.diagnose(Unclosed, text.Span{Start: t.start, End: t.end}, fmt.Sprintf("This %s has no end: %s is missing.", what, quote), -1)
		p.closeWith(before, t.end, quote)
	}
	last := int32(-1) // one mistake often leaves several brackets open at one place; the innermost speaks for all
	stray := int32(-1)
	for _, l := range p.pairs.lost {
		if l.open < 0 {
			if stray >= 0 && strings.Trim(p.src[stray:l.at], " \t,;)]}") == "" {
				continue // `})` in a row are one mistake
			}
			stray = l.at
			if len(p.tree.diagnostics) < maxDiagnostics {
				p.strays = append(p.strays, len(p.tree.diagnostics))
			}
			span := text.Span{Start: l.at, End: l.at + 1}
			p.diagnose(Unexpected, span, fmt.Sprintf("Unexpected '%s': it closes nothing.", p.src[l.at:l.at+1]), -1)
			continue
		}
		if l.at != last {
			p.reportUnclosedBracket(l)
		}
		last = l.at
	}
}

func (p *parser) reportUnclosedBracket(l lost) {
	at := int(l.at)
	before := &p.toks[at-1]
	if at < len(p.toks) {
		p.toks[at].flags |= lReported
	}
	if before.is(lUnclosed) {
		return // the quote is what is missing first
	}
	before.flags |= lReported
	if open := int(l.open); before.kind == ',' && at-2 > open && p.sameLine(open, at-1) {
		at-- // the comma belongs to what is around the brackets
		before = &p.toks[at-1]
	}
	missing := map[tok]string{'(': ")", '[': "]", '{': "}"}[p.toks[l.open].kind]
	if missing == "" {
		missing = "}"
	}
	count := len(p.tree.diagnostics)
	p.diagnose(Unexpected, p.behind(at), fmt.Sprintf("Expected '%s' here.", missing), int(l.open))
	p.closeWith(count, before.end, missing)
}

// sameLine says whether no line starts behind token a up to token b.
func (p *parser) sameLine(a, b int) bool {
	for i := a + 1; i <= b; i++ {
		if p.toks[i].is(lFirst) {
			return false
		}
	}
	return true
}

// closeWith adds the fix that inserts what is missing to the diagnostic at index i, if that was given.
func (p *parser) closeWith(i int, at int32, missing string) {
	if i >= len(p.tree.diagnostics) {
		return
	}
	p.tree.diagnostics[i].Fixes = []diagnostics.Fix{{
		Title: "Insert " + missing,
		Edits: map[text.Path][]text.Edit{p.tree.file.Path: {{Span: text.Span{Start: at, End: at}, New: missing}}},
	}}
}
