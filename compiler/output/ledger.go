package output

import (
	"encoding/hex"
	"maps"
	"slices"

	"github.com/qbls/qbls/diagnostics/text"
)

// ledger is a manifest with nothing pending in the form that it has on the disk. Where contents are exchanged, and no path comes or goes, the
// digits of their hashes change and nothing else, so that the manifest of thousands of files need not be made anew for one.
type ledger struct {
	lines []line // by path
	text  []byte
	end   int // of what is owned, where what is pending begins
}

// line is an owned file.
type line struct {
	path    text.Path
	hash    text.Hash
	at      int  // of the digits
	checked bool // one of files that can exist beside each other
}

// newLedger makes the ledger of a manifest; nil when something is pending. The files are some that it owns, sorted by path, of which is known
// that they can exist beside each other.
func newLedger(m Manifest, files []File) *ledger {
	if len(m.Pending) > 0 {
		return nil
	}
	l := &ledger{text: m.encode(), lines: make([]line, 0, len(m.Owned))}
	at := len(manifestHead) + len("{")
	quoted := make([]byte, 0, 128)
	for _, p := range slices.Sorted(maps.Keys(m.Owned)) {
		if len(l.lines) > 0 {
			at += len(",")
		}
		quoted = appendPath(quoted[:0], p)
		at += len(lineStart) + len(quoted) + len(lineMiddle)
		for len(files) > 0 && files[0].Path < p {
			files = files[1:]
		}
		l.lines = append(l.lines, line{p, m.Owned[p], at, len(files) > 0 && files[0].Path == p})
		at += hex.EncodedLen(len(text.Hash{})) + len(lineEnd)
	}
	l.end = len(l.text) - len(manifestTail)
	return l
}

// exchanged are the files whose contents are other ones than those that are owned, with their lines; false when they are not all of what is
// owned, but for what comes later. It costs a comparison a file.
func (l *ledger) exchanged(files []File, later func(text.Path) bool) (list []exchange, ok bool) {
	at := 0
	for i := range files {
		for at < len(l.lines) && l.lines[at].path < files[i].Path {
			if later == nil || !later(l.lines[at].path) {
				return nil, false
			}
			at++
		}
		if at == len(l.lines) || l.lines[at].path != files[i].Path || !l.lines[at].checked {
			return nil, false
		}
		if l.lines[at].hash != files[i].Hash() {
			list = append(list, exchange{at, &files[i]})
		}
		at++
	}
	for ; at < len(l.lines); at++ {
		if later == nil || !later(l.lines[at].path) {
			return nil, false
		}
	}
	return list, true
}

// exchange is a line that gets another content.
type exchange struct {
	line int
	file *File
}

// with returns the text with other hashes at some lines.
func (l *ledger) with(list []exchange, hash func(i int) text.Hash) []byte {
	out := slices.Clone(l.text)
	for i, x := range list {
		h := hash(i)
		hex.Encode(out[l.lines[x.line].at:], h[:])
	}
	return out
}

// exchanging is the write of exchanged contents; steps belong to list.
type exchanging struct {
	*ledger
	list  []exchange
	steps []Step
	next  []byte
}

func (x *exchanging) journal(changes []Step) []byte {
	out := x.with(x.list, func(i int) text.Hash {
		if s := x.steps[i]; s.existed && !s.forced {
			return s.was
		}
		return x.lines[x.list[i].line].hash
	})
	pending := map[text.Path]text.Hash{}
	for _, s := range changes {
		pending[s.Path] = s.hash
	}
	return append(appendPending(out[:x.end], pending), manifestTail...)
}

func (x *exchanging) same() bool     { return len(x.list) == 0 }
func (x *exchanging) before() []byte { return x.text }

func (x *exchanging) after() []byte {
	x.next = x.with(x.list, func(i int) text.Hash { return x.steps[i].hash })
	return x.next
}

func (x *exchanging) interrupted() map[text.Path]text.Hash { return nil }

// settle is the ledger after the write.
func (x *exchanging) settle() {
	if x.same() {
		return
	}
	x.text = x.next
	for i, e := range x.list {
		x.lines[e.line].hash = x.steps[i].hash
	}
}
