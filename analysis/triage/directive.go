package triage

import (
	"regexp"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Directive is one code of a comment `qbls-ignore QB5003, QB5004: reason`. A comment that names no code is one directive
// without a code.
type Directive struct {
	Code    diagnostics.Code
	Reason  string
	At      text.Place // of the code; of the word qbls-ignore when there is none
	Line    uint32     // that it speaks about, zero-based
	Comment text.Span
	Removal text.Edit // that takes the code, or with the last one the comment, out of the file
}

const marker = "qbls-ignore"

// Placeholder stands in a suppression that an editor writes until somebody says why. It counts as no reason.
const Placeholder = "say why"

// written is one line of a comment: marks and stars of the margin, the marker, codes, and the reason after a colon.
var written = regexp.MustCompile(`(?m)^[ \t]*(?:\*[ \t]*)?(` + marker + `)(?:[ \t]*\r?$|[ \t:]([^:\r\n]*)(?::([^\r\n]*))?)`)

var word = regexp.MustCompile(`[^\s,]+`)

// Directives returns the suppressions in the comments of a file.
func Directives(file *text.File) []Directive {
	if !strings.Contains(file.Text, marker) {
		return nil
	}
	var out []Directive
	comments := syntax.Comments(file.Text)
	for i, c := range comments {
		inner := text.Span{Start: c.Start + 2, End: c.End}
		if file.Text[c.Start+1] == '*' {
			inner.End -= 2
		}
		content := file.Slice(inner)
		matches := written.FindAllStringSubmatchIndex(content, -1)
		about := lineOf(file, comments, i)
		for _, m := range matches {
			out = append(out, directives(file, c, int(inner.Start), content, m, about, len(matches) == 1)...)
		}
	}
	return out
}

// directives reads one line of a comment: m holds where the marker, the codes and the reason stand in its content.
func directives(file *text.File, comment text.Span, base int, content string, m []int, about uint32, alone bool) []Directive {
	place := func(start, end int) text.Place {
		return text.Place{Path: file.Path, Span: text.Span{Start: int32(base + start), End: int32(base + end)}}
	}
	reason := ""
	if m[6] >= 0 {
		if reason = strings.TrimSpace(content[m[6]:m[7]]); reason == Placeholder {
			reason = ""
		}
	}
	var codes [][]int
	if m[4] >= 0 && content[m[3]] != ':' {
		codes = word.FindAllStringIndex(content[m[4]:m[5]], -1)
	}
	if len(codes) == 0 {
		return []Directive{{At: place(m[2], m[3]), Line: about, Comment: comment, Reason: reason, Removal: remove(file, comment)}}
	}
	out := make([]Directive, 0, len(codes))
	for i, c := range codes {
		d := Directive{Code: diagnostics.Code(strings.ToUpper(content[m[4]+c[0] : m[4]+c[1]])), Reason: reason, At: place(m[4]+c[0], m[4]+c[1]), Line: about, Comment: comment}
		switch {
		case len(codes) > 1 && i > 0:
			d.Removal.Span = place(m[4]+codes[i-1][1], m[4]+c[1]).Span
		case len(codes) > 1:
			d.Removal.Span = place(m[4]+c[0], m[4]+codes[1][0]).Span
		case alone:
			d.Removal = remove(file, comment)
		}
		out = append(out, d)
	}
	return out
}

// lineOf is the line that a comment speaks about: its own when code stands there, else the next one that is not a comment
// by itself.
func lineOf(file *text.File, comments []text.Span, i int) uint32 {
	lines := lineSpan(file, comments[i])
	if !standsAlone(file, comments[i]) {
		return lines.last
	}
	about := lines.last + 1
	for _, next := range comments[i+1:] {
		if n := lineSpan(file, next); n.first != about || !standsAlone(file, next) {
			break
		} else {
			about = n.last + 1
		}
	}
	return about
}

type lineRange struct{ first, last uint32 }

func lineSpan(file *text.File, s text.Span) lineRange {
	return lineRange{file.Position(int(s.Start), text.UTF8).Line, file.Position(int(s.End), text.UTF8).Line}
}

// around is what stands on the lines of a comment before and behind it.
func around(file *text.File, comment text.Span) (before, behind string) {
	lines := lineSpan(file, comment)
	return file.Text[file.Line(int(lines.first)).Start:comment.Start], file.Text[comment.End:max(comment.End, file.Line(int(lines.last)).End)]
}

func standsAlone(file *text.File, comment text.Span) bool {
	before, behind := around(file, comment)
	return strings.TrimSpace(before) == "" && strings.TrimSpace(behind) == ""
}

// remove takes a comment out: with its lines when nothing else stands there, else with the space before it.
func remove(file *text.File, comment text.Span) text.Edit {
	before, behind := around(file, comment)
	start, end := int(comment.Start), int(comment.End)
	if !standsAlone(file, comment) {
		start -= len(before) - len(strings.TrimRight(before, " \t"))
		return text.Edit{Span: text.Span{Start: int32(start), End: int32(end)}}
	}
	start, end = start-len(before), end+len(behind)
	if rest := file.Text[end:]; strings.HasPrefix(rest, "\r\n") {
		end += 2
	} else if rest != "" && (rest[0] == '\n' || rest[0] == '\r') {
		end++
	}
	return text.Edit{Span: text.Span{Start: int32(start), End: int32(end)}}
}
