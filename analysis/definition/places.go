package definition

import (
	"cmp"
	"slices"

	"github.com/qbls/qbls/diagnostics/text"
)

// Places are where the anchors of a file stand, by their ordinals. Next to all of them stand in the file itself, and a project has
// hundreds of thousands: of those only the span is kept.
type Places struct {
	reading   []text.Place // while the file is read
	spans     []text.Span  // afterwards
	elsewhere []afar       // by ordinal
}

// afar is an anchor that stands in another file.
type afar struct {
	n    int32
	path text.Path
}

// Len is how many anchors there are.
func (p *Places) Len() int { return max(len(p.reading), len(p.spans)) }

// at returns the place of an anchor of the file at path.
func (p *Places) at(n int32, path text.Path) text.Place {
	if p.reading != nil {
		return p.reading[n]
	}
	if i, ok := slices.BinarySearchFunc(p.elsewhere, n, func(a afar, n int32) int { return cmp.Compare(a.n, n) }); ok {
		path = p.elsewhere[i].path
	}
	return text.Place{Path: path, Span: p.spans[n]}
}

// settle is called when the file at path has been read. It returns the room for the next one.
func (p *Places) settle(path text.Path) (room []text.Place) {
	p.spans = make([]text.Span, len(p.reading))
	for i, place := range p.reading {
		p.spans[i] = place.Span
		if place.Path != path {
			p.elsewhere = append(p.elsewhere, afar{int32(i), place.Path})
		}
	}
	room, p.reading = p.reading, nil
	return room
}
