package storage

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// FileName: names of files become addresses and import specifiers, in which some characters mean something else (RFC 3986, 2.2).
var FileName = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB8014", Title: "File name that means something else in an address", Since: "0.1.0", Locked: true,
		Why: "The file's name is the URL of its resource, and modules are imported by theirs. There, # begins a fragment, ? a query and % a code: " +
			"the resource could not be reached, and the module is not found. Quotes end the specifier, and the others no file can have on Windows.",
		Fix:     "Rename the file or folder, with letters, digits and hyphens.",
		Bad:     "-- features/things/things#2.ts --\n" + check.Example(""),
		Good:    "-- features/things/things-2.ts --\n" + check.Example(""),
		Related: []diagnostics.Code{"QB8012"},
	},
	Run: func(p *check.FilePass, report check.Report) {
		name := strings.TrimPrefix(string(p.File.Path), string(p.Root)+"/")
		bad := strings.IndexFunc(name, misleads)
		if bad < 0 {
			return
		}
		part := name[strings.LastIndexByte(name[:bad], '/')+1:]
		kind := "file"
		if folder, _, ok := strings.Cut(part, "/"); ok {
			kind, part = "folder", folder
		}
		char := []rune(name[bad:])[0]
		report(diagnostics.Diagnostic{
			At: firstLine(p), Message: fmt.Sprintf("The name of the %s %q has a %s, and neither an address nor an import can name it as it is.", kind, part, called(char)),
			Help: fmt.Sprintf("Rename it to %q.", tidy(part)), Key: name,
		})
	},
}

func misleads(r rune) bool { return strings.ContainsRune(`#?%'":*<>|\`, r) || unicode.IsControl(r) }

func called(r rune) string {
	if unicode.IsControl(r) {
		return fmt.Sprintf("control character (%U)", r)
	}
	return string(r)
}

// tidy puts one hyphen in the place of what may not stand in a name.
func tidy(name string) string {
	base, ext := strings.CutSuffix(name, ".ts")
	base = strings.Join(strings.FieldsFunc(base, misleads), "-")
	if base == "" {
		base = "renamed"
	}
	if ext {
		base += ".ts"
	}
	return base
}

// firstLine is the first statement of a file, up to its first line break.
func firstLine(p *check.FilePass) text.Place {
	at := text.Place{Path: p.File.Path}
	if p.Tree == nil || p.Tree() == nil {
		return at
	}
	for n := range p.Tree().Root().Children() {
		line, _, _ := strings.Cut(n.Text(), "\n")
		at.Span = text.Span{Start: n.Span().Start, End: n.Span().Start + int32(len(strings.TrimRight(line, "\r")))}
		break
	}
	return at
}
