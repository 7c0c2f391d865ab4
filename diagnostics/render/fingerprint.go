package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// fingerprints name findings so that a later run recognises them: by code, file, subject and the words of their line, and
// not by where in the file they stand. Findings that are equal in all of these are numbered in order.
type fingerprints map[string]int

func (f fingerprints) of(p Project, d diagnostics.Diagnostic) string {
	code, _ := codeOf(d)
	line := ""
	if file := p.file(d.At.Path); file != nil {
		at := file.Position(int(d.At.Span.Start), text.UTF8).Line
		line = strings.Join(strings.Fields(file.Slice(file.Line(int(at)))), " ")
	}
	subject := fmt.Sprintf("%q %q %q %q", code, d.At.Path, d.Key, line)
	n := f[subject]
	f[subject]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", subject, n))
	return hex.EncodeToString(sum[:16])
}
