package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// GitHub writes a workflow command for each finding, which GitHub Actions shows as an annotation of its lines (GitHub docs,
// "Workflow commands for GitHub Actions": `::error file={name},line={line},endLine={endLine},title={title}::{message}`).
func GitHub(w io.Writer, in Input) error {
	var out bytes.Buffer
	for _, p := range ordered(in.Projects) {
		for _, d := range p.Diagnostics {
			code, severity := codeOf(d)
			properties := []string{"file=" + property(p.shown(d.At.Path))}
			if file := p.file(d.At.Path); file != nil {
				properties = append(properties, lines(file, d.At.Span)...)
			}
			if d.Rule != nil {
				properties = append(properties, "title="+property(strings.TrimSpace(string(code)+" "+d.Rule.Title)))
			}
			fmt.Fprintf(&out, "::%s %s::%s\n", annotation(severity), strings.Join(properties, ","), data(messageOf(d)))
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// lines are the properties of a span. Columns may only be given within one line.
func lines(file *text.File, s text.Span) []string {
	start, end := file.Position(int(s.Start), text.UTF16), file.Position(int(s.End), text.UTF16)
	out := []string{fmt.Sprintf("line=%d", start.Line+1)}
	if end.Line != start.Line {
		return append(out, fmt.Sprintf("endLine=%d", end.Line+1))
	}
	return append(out, fmt.Sprintf("endLine=%d", end.Line+1), fmt.Sprintf("col=%d", start.Character+1), fmt.Sprintf("endColumn=%d", end.Character+1))
}

func annotation(s diagnostics.Severity) string {
	return map[diagnostics.Severity]string{diagnostics.Error: "error", diagnostics.Warning: "warning", diagnostics.Info: "notice"}[s]
}

// messageOf is what is wrong, and how to mend it.
func messageOf(d diagnostics.Diagnostic) string {
	if d.Help == "" {
		return d.Message
	}
	return d.Message + "\n" + d.Help
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// data escapes a message: another line would be another command.
func data(s string) string { return printable(dataEscapes.Replace(s)) }

// property escapes the value of a property.
func property(s string) string { return printable(propertyEscapes.Replace(s)) }
