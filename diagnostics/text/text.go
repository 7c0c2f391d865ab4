// Package text holds immutable text and places in it. It is the ground floor: it reads no disk and imports nothing of ours.
//
// Inside qbls a place is a byte offset. Lines and characters exist only at the edges (the wire, the terminal), and File is
// the one type that converts between the two.
package text

// Path names a file by a slash-separated path relative to the workspace. It is an id, not a path of the operating system.
type Path string

// Hash is the SHA-256 of a content.
type Hash [32]byte

// Span is a half-open range of byte offsets.
type Span struct{ Start, End int32 }

// Len returns the number of bytes.
func (s Span) Len() int { return int(s.End - s.Start) }

// Contains says whether an offset is in the span or at its end, where a cursor still touches it.
func (s Span) Contains(offset int) bool { return int(s.Start) <= offset && offset <= int(s.End) }

// Covers says whether all of another span lies in this one.
func (s Span) Covers(other Span) bool { return s.Start <= other.Start && other.End <= s.End }

// Place is a span of a file.
type Place struct {
	Path Path
	Span Span
}

// Anchor is a place that survives edits elsewhere in its file: the ordinal of a leaf, resolved to a span when it is published.
type Anchor struct {
	Path Path
	N    int32
}

// Encoding says what a character of a Position counts.
type Encoding uint8

const (
	UTF16 Encoding = iota // the default of the Language Server Protocol
	UTF8
)

// Position is a zero-based line and character, as in LSP.
type Position struct{ Line, Character uint32 }

// Edit replaces a span by new text.
type Edit struct {
	Span Span
	New  string
}
