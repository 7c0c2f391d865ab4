package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Markdown writes a table for a comment on a change or for the summary of a job.
func Markdown(w io.Writer, in Input) error {
	var rows bytes.Buffer
	var total count
	for _, p := range ordered(in.Projects) {
		for _, d := range p.Diagnostics {
			code, severity := codeOf(d)
			total.add(severity)
			name := string(code)
			if in.RuleURL != nil && code != "" {
				name = fmt.Sprintf("[%s](%s)", code, in.RuleURL(code))
			}
			fmt.Fprintf(&rows, "| %s | %s | `%s` | %s |\n", severity, name, strings.ReplaceAll(where(p, d.At), "`", "'"), tableCell(messageOf(d)))
		}
	}
	var out bytes.Buffer
	summary := &printer{}
	summary.summary(total, checked(in), in.Elapsed)
	fmt.Fprintf(&out, "**qbls:** %s", summary.out.String())
	if rows.Len() > 0 {
		fmt.Fprintf(&out, "\n| | Code | Where | What |\n|---|---|---|---|\n%s", rows.String())
	}
	_, err := w.Write(out.Bytes())
	return err
}

// checked is how many files were looked at.
func checked(in Input) (files int) {
	for _, p := range in.Projects {
		touched := map[string]bool{}
		for _, d := range p.Diagnostics {
			touched[string(d.At.Path)] = true
		}
		files += max(p.Checked, len(touched))
	}
	return files
}

var tableEscapes = strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", `\*`, "_", `\_`, "[", `\[`, "`", "\\`")

// tableCell escapes a text so that it stays text, and in its cell.
func tableCell(s string) string { return tableEscapes.Replace(printable(s)) }
