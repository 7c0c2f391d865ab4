package query

import (
	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics/text"
)

// Hover is an explanation of a span of a file.
type Hover struct {
	Markdown string
	Span     text.Span
}

// HoverAt explains what stands at a byte offset.
func HoverAt(s *analysis.Snapshot, path text.Path, offset int) (*Hover, bool) { return nil, false }
