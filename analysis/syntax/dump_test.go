package syntax_test

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

func parse(src string) *syntax.Tree { return syntax.Parse(text.NewFile("things.ts", src)) }

// dump writes a tree in one line: values as they are read, names behind a colon, flags behind a plus.
func dump(n syntax.Node) string {
	var b strings.Builder
	write(&b, n)
	return b.String()
}

func write(b *strings.Builder, n syntax.Node) {
	switch n.Kind() {
	case syntax.Missing:
		b.WriteString("_")
		return
	case syntax.String:
		s, ok := n.Str()
		fmt.Fprintf(b, "%q", s)
		if !ok {
			b.WriteString("!")
		}
		writeFlags(b, n)
		return
	case syntax.Ident:
		b.WriteString(n.Name())
		return
	case syntax.Number, syntax.Bool, syntax.Null, syntax.Regex:
		b.WriteString(n.Text())
		return
	}
	b.WriteString("(" + n.Kind().String())
	writeFlags(b, n)
	switch n.Kind() {
	case syntax.Import, syntax.ExportFrom:
		fmt.Fprintf(b, " %q", n.Module())
	case syntax.ImportName, syntax.ExportName:
		fmt.Fprintf(b, ":%s=%s", n.Name(), n.Imported())
	case syntax.Unary, syntax.Binary, syntax.Wrap:
		b.WriteString(" " + n.Operator())
	case syntax.Lambda:
		fmt.Fprintf(b, " %s => %s", slice(n, n.Params()), slice(n, n.Body()))
	case syntax.Call:
		b.WriteString(" ")
		write(b, n.Callee())
	case syntax.Template:
		if s, ok := n.Str(); ok {
			fmt.Fprintf(b, " %q", s)
		}
	default:
		if n.Name() != "" {
			b.WriteString(":" + n.Name())
		}
	}
	for child := range n.Children() {
		b.WriteString(" ")
		write(b, child)
	}
	b.WriteString(")")
}

func slice(n syntax.Node, s text.Span) string { return n.Tree().File().Slice(s) }

var flagNames = []struct {
	flag syntax.Flag
	name string
}{
	{syntax.Exported, "exported"}, {syntax.Const, "const"}, {syntax.Shorthand, "shorthand"}, {syntax.Computed, "computed"},
	{syntax.Method, "method"}, {syntax.New, "new"}, {syntax.TypeOnly, "type"}, {syntax.Broken, "broken"},
}

func writeFlags(b *strings.Builder, n syntax.Node) {
	for _, f := range flagNames {
		if n.Has(f.flag) {
			b.WriteString("+" + f.name)
		}
	}
}

// reports returns the diagnostics as lines of `code at "text": message`.
func reports(t *syntax.Tree) []string {
	var lines []string
	for _, d := range t.Diagnostics() {
		line := fmt.Sprintf("%s %q: %s", d.Rule.Code, t.File().Slice(d.At.Span), d.Message)
		for _, r := range d.Related {
			p := t.File().Position(int(r.At.Span.Start), text.UTF16)
			line += fmt.Sprintf(" [%d:%d %s]", p.Line+1, p.Character+1, r.Message)
		}
		lines = append(lines, line)
	}
	return lines
}
