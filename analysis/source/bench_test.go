package source

import (
	"fmt"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// A keystroke in a workspace of 10,000 files.
func BenchmarkKeystroke(b *testing.B) {
	paths := []string{config}
	for i := range 10_000 {
		paths = append(paths, fmt.Sprintf("quickback/features/f%03d/t%d.ts", i/20, i))
	}
	s, _ := Load(disk(paths...))
	p := text.Path(paths[5000])
	typed := []*text.File{file(p, "a"), file(p, "b")}
	s = s.With(Change{Path: p, File: file(p, ""), Open: true})
	for i := 0; b.Loop(); i++ {
		s = s.With(Change{Path: p, File: typed[i%2], Open: true})
	}
}
