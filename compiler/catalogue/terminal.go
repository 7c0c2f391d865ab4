package catalogue

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/qbls/qbls/diagnostics"
)

// Style is how text for a terminal is laid out.
type Style struct {
	Color bool
	Width int // columns; 0: 80
}

func (s Style) bold(text string) string {
	if !s.Color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

func (s Style) severity(name string) string {
	ansi := map[string]string{"error": "1;31", "warning": "1;33", "info": "1;36"}[name]
	if !s.Color {
		return name
	}
	return "\x1b[" + ansi + "m" + name + "\x1b[0m"
}

// wrap breaks a paragraph at spaces. Words longer than a line stand alone.
func (s Style) wrap(paragraph, indent string) string {
	width := s.Width
	if width <= 0 || width > 100 {
		width = 80
	}
	var b strings.Builder
	for _, line := range strings.Split(paragraph, "\n") {
		column := 0
		for _, word := range strings.Fields(line) {
			n := utf8.RuneCountInString(word)
			if column > 0 && column+1+n > width {
				b.WriteByte('\n')
				column = 0
			}
			if column == 0 {
				b.WriteString(indent)
				column = len(indent)
			} else {
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += n
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Text lays a page out for a terminal.
func (p Page) Text(s Style) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", s.bold(string(p.Code)+": "+p.Title))
	fmt.Fprintf(&b, "%s, %s, since %s\n\n", s.severity(p.Severity), p.Family, p.Since)
	b.WriteString(s.wrap(p.Why, "  "))
	fmt.Fprintf(&b, "\n%s\n%s", s.bold("What to do"), s.wrap(p.Fix, "  "))
	if p.Exempt != "" {
		fmt.Fprintf(&b, "\n%s\n%s", s.bold("Example"), s.wrap(p.Exempt, "  "))
	}
	for _, part := range p.examples() {
		fmt.Fprintf(&b, "\n%s\n", s.bold(part.title))
		for _, f := range part.files {
			fmt.Fprintf(&b, "  %s\n\n", f.Name)
			for line := range strings.Lines(strings.TrimRight(f.Content, "\n") + "\n") {
				b.WriteString(strings.TrimRight("    "+strings.TrimSuffix(line, "\n"), " ") + "\n")
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n%s", s.bold("Suppressing it"), s.wrap(p.Silence, "  "))
	if len(p.Related) > 0 || len(p.CWE) > 0 {
		fmt.Fprintf(&b, "\n%s\n", s.bold("Related"))
		for _, c := range p.Related {
			fmt.Fprintf(&b, "  %s  %s\n", c, p.titles[c])
		}
		for _, n := range p.CWE {
			fmt.Fprintf(&b, "  CWE-%d  %s\n", n, cweURL(n))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", p.URL)
	return b.String()
}

// List lists every rule by family for a terminal.
func List(all *diagnostics.Catalogue, s Style) string {
	var b strings.Builder
	family := ""
	for r := range all.All() {
		if f := diagnostics.Family(r.Code); f != family {
			if family != "" {
				b.WriteByte('\n')
			}
			family = f
			b.WriteString(s.bold(capital(family)) + "\n")
		}
		name := r.Severity.String()
		fmt.Fprintf(&b, "  %s  %s%s  %s\n", r.Code, s.severity(name), strings.Repeat(" ", len("warning")-len(name)), r.Title)
	}
	b.WriteString("\nqbls explain CODE shows one of them in full.\n")
	return b.String()
}
