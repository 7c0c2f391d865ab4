package catalogue

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/diagnostics"
)

// Markdown lays a page out as docs/rules has it.
func (p Page) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", p.Code, p.Title)
	fmt.Fprintf(&b, "%s · %s · since %s\n\n%s\n", capital(p.Severity), p.Family, p.Since, p.Why)
	fmt.Fprintf(&b, "\n## What to do\n\n%s\n", p.Fix)
	if p.Exempt != "" {
		fmt.Fprintf(&b, "\n## Example\n\n%s\n", p.Exempt)
	}
	for _, part := range p.examples() {
		fmt.Fprintf(&b, "\n## %s\n", part.title)
		for _, f := range part.files {
			fmt.Fprintf(&b, "\n`%s`\n\n```ts\n%s\n```\n", f.Name, strings.TrimRight(f.Content, "\n"))
		}
	}
	fmt.Fprintf(&b, "\n## Suppressing it\n\n%s\n", p.Silence)
	if len(p.Related) > 0 || len(p.CWE) > 0 {
		b.WriteString("\n## Related\n\n")
		for _, c := range p.Related {
			fmt.Fprintf(&b, "- [%s](%s.md): %s\n", c, c, p.titles[c])
		}
		for _, n := range p.CWE {
			fmt.Fprintf(&b, "- [%s](%s)\n", cweName(n), cweURL(n))
		}
	}
	return b.String()
}

type part struct {
	title string
	files []File
}

// examples are the parts of the example that there are.
func (p Page) examples() (out []part) {
	for _, x := range []part{{"Reported", p.Bad}, {"Not reported", p.Good}, {"Beside both", p.Beside}} {
		if len(x.files) > 0 {
			out = append(out, x)
		}
	}
	return out
}

func cweURL(n int) string { return fmt.Sprintf("https://cwe.mitre.org/data/definitions/%d.html", n) }

func cweName(n int) string { return fmt.Sprintf("CWE-%d", n) }

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Index lists every rule by family, each with a line and a link.
func Index(all *diagnostics.Catalogue) string {
	var b strings.Builder
	b.WriteString("# Rules\n\nEverything that `qbls check` and the editor report. `qbls explain QB3001` shows the same pages in the terminal.\n\n")
	b.WriteString("A finding is suppressed in place, with a reason: `// qbls-ignore QB6002: shown on the public page on purpose`, on its line or the line above. ")
	b.WriteString("Levels for a whole project are set in quickback.config.ts, by code or by family: `compiler: { diagnostics: { QB6002: 'error', masking: 'warning' } }`. ")
	b.WriteString("In this order: a suppression in place, the level of the code, the level of its family, the rule's own.\n\n")
	b.WriteString("- **locked**: cannot be lowered in the configuration\n- **in place**: the finding may be suppressed in place\n")
	b.WriteString("\nThe families: " + strings.Join(families(all), " · ") + "\n")
	family := ""
	for r := range all.All() {
		if f := diagnostics.Family(r.Code); f != family {
			family = f
			fmt.Fprintf(&b, "\n## %s\n\nIn the configuration: `%s`\n\n| Code | Level | What it reports | Levels and suppression |\n|---|---|---|---|\n", capital(family), diagnostics.FamilyKey(r.Code))
		}
		var marks []string
		if !r.Lowers() {
			marks = append(marks, "locked")
		}
		if r.Suppressible() && !strings.HasPrefix(string(r.Code), "QB12") {
			marks = append(marks, "in place")
		}
		if compiles(r.Code) {
			marks = []string{"locked"}
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", r.Code, r.Code, r.Severity, strings.ReplaceAll(r.Title, "|", `\|`), strings.Join(marks, ", "))
	}
	return b.String()
}

// families are links to the sections of the index, each with how many rules it has.
func families(all *diagnostics.Catalogue) (out []string) {
	counts, names := map[string]int{}, []string{}
	for r := range all.All() {
		name := capital(diagnostics.Family(r.Code))
		if counts[name] == 0 {
			names = append(names, name)
		}
		counts[name]++
	}
	for _, name := range names {
		out = append(out, fmt.Sprintf("[%s](#%s) (%d)", name, strings.ReplaceAll(strings.ToLower(name), " ", "-"), counts[name]))
	}
	return out
}

// Pages are the files of docs/rules by name: a page for every rule, and the index as README.md.
func Pages(all *diagnostics.Catalogue) map[string]string {
	out := map[string]string{"README.md": Index(all)}
	for r := range all.All() {
		p, _ := PageOf(all, r.Code)
		out[string(r.Code)+".md"] = p.Markdown()
	}
	return out
}
