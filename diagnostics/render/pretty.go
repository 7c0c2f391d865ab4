package render

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Pretty writes findings for a person at a terminal: where, how bad, which code and what; the line with the place
// underlined; what else explains it; what to do. The last line counts.
func Pretty(w io.Writer, in Input) error {
	p := &printer{palette: paletteFor(in.Color), width: in.Width}
	var total count
	files := 0
	for _, project := range ordered(in.Projects) {
		touched := map[text.Path]bool{}
		for _, d := range project.Diagnostics {
			_, severity := codeOf(d)
			total.add(severity)
			touched[d.At.Path] = true
		}
		files += max(project.Checked, len(touched))
		p.all(project)
	}
	p.summary(total, files, in.Elapsed)
	_, err := w.Write(p.out.Bytes()) // one write: two commands in one terminal do not mix their lines
	return err
}

// all writes the findings of a project, many of them on all processors.
func (p *printer) all(project Project) {
	const share = 100
	list := project.Diagnostics
	parts := make([]printer, (len(list)+share-1)/share)
	each(len(parts), func(i int) {
		parts[i].palette, parts[i].width = p.palette, p.width
		part := list[i*share : min((i+1)*share, len(list))]
		parts[i].out.Grow(typical * len(part))
		for _, d := range part {
			parts[i].diagnostic(project, d)
		}
	})
	for i := range parts {
		p.out.Write(parts[i].out.Bytes())
	}
}

// each calls f for every number below n, several at a time. A panic comes out of it as out of a loop.
func each(n int, f func(i int)) {
	var group sync.WaitGroup
	var failed atomic.Pointer[any]
	var next atomic.Int64
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					failed.Store(&r)
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	group.Wait()
	if r := failed.Load(); r != nil {
		panic(*r)
	}
}

// typical is how many bytes a finding takes.
const typical = 512

type printer struct {
	out     bytes.Buffer
	frame   frame // the last one
	palette palette
	width   int
}

func (p *printer) diagnostic(project Project, d diagnostics.Diagnostic) {
	code, severity := codeOf(d)
	tone := p.palette.severity(severity)
	file := project.file(d.At.Path)
	fmt.Fprintf(&p.out, "%s %s %s\n",
		p.palette.bold(where(project, d.At)),
		tone(severity.String()+"["+string(code)+"]"),
		p.palette.bold(indented(printable(d.Message), "  ")))
	gutter := 1
	if file != nil {
		p.frame = newFrame(p.frame, file, d.At.Span, p.width)
		gutter = p.frame.gutter()
		p.frame.write(&p.out, p.palette, tone)
	}
	margin := strings.Repeat(" ", gutter)
	for _, r := range d.Related {
		p.note(margin, "note", where(project, r.At)+": "+printable(r.Message))
	}
	if d.Help != "" {
		p.note(margin, "help", printable(d.Help))
	}
	p.out.WriteByte('\n')
}

func (p *printer) note(margin, kind, what string) {
	hang := margin + strings.Repeat(" ", len(" = : ")+len(kind))
	fmt.Fprintf(&p.out, "%s %s %s: %s\n", margin, p.palette.gutter("="), p.palette.bold(kind), indented(what, hang))
}

func (p *printer) summary(c count, files int, elapsed time.Duration) {
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
		tone func(string) string
	}{
		{c.errors, "error", p.palette.severity(diagnostics.Error)},
		{c.warnings, "warning", p.palette.severity(diagnostics.Warning)},
		{c.infos, "info", p.palette.severity(diagnostics.Info)},
	} {
		if part.n > 0 {
			parts = append(parts, part.tone(plural(part.n, part.noun)))
		}
	}
	found := strings.Join(parts, ", ")
	if found == "" {
		found = "no problems"
	}
	took := ""
	if elapsed > 0 {
		took = ", " + elapsed.Round(time.Millisecond).String()
	}
	fmt.Fprintf(&p.out, "%s in %s%s\n", found, plural(files, "file"), took)
}

// where is file:line:column as editors and terminals understand it: one-based, and the column in UTF-16 because that is what
// an editor that follows the link counts.
func where(project Project, at text.Place) string {
	shown := printable(project.shown(at.Path))
	file := project.file(at.Path)
	if file == nil {
		return shown
	}
	pos := file.Position(int(at.Span.Start), text.UTF16)
	return fmt.Sprintf("%s:%d:%d", shown, pos.Line+1, pos.Character+1)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// indented hangs the further lines of a text under its first.
func indented(s, hang string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+hang)
}

// palette colours pieces of the output, or leaves them alone.
type palette struct{ on bool }

func paletteFor(on bool) palette { return palette{on} }

func (c palette) paint(ansi, s string) string {
	if !c.on {
		return s
	}
	return "\x1b[" + ansi + "m" + s + "\x1b[0m"
}

func (c palette) bold(s string) string   { return c.paint("1", s) }
func (c palette) gutter(s string) string { return c.paint("34", s) }

func (c palette) severity(s diagnostics.Severity) func(string) string {
	ansi := "1;36"
	switch s {
	case diagnostics.Error:
		ansi = "1;31"
	case diagnostics.Warning:
		ansi = "1;33"
	}
	return func(s string) string { return c.paint(ansi, s) }
}
