package session

import (
	"fmt"

	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// Edit is one content change of an editor. Without a range the text replaces all.
type Edit struct {
	Whole      bool
	Start, End text.Position
	Text       string
}

func key(uri string) string {
	if p, ok := PathOf(uri); ok {
		return p
	}
	return uri
}

// Open takes over a document. It may belong to no project or be no file: then it is kept and nothing is said about it.
func (s *Session) Open(uri string, version int32, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, isFile := PathOf(uri)
	if isFile {
		if f, p := s.locate(name); f == nil || !f.owns(p) {
			s.surround(name)
		}
	}
	d := &document{uri: uri, version: version}
	s.docs[key(uri)] = d
	if isFile {
		d.folder, d.path = s.locate(name)
	}
	d.file = text.NewFile(d.path, content)
	s.overlay(d)
}

// Change applies edits in their order: each is relative to the text that the one before it left. It returns an error when
// the document is not open; the version that the client names is taken over, even when it does not grow.
func (s *Session) Change(uri string, version int32, edits []Edit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.docs[key(uri)]
	if d == nil {
		return fmt.Errorf("change of %s, which is not open", uri)
	}
	if version <= d.version {
		s.opts.Log.Warn("version does not grow", "uri", uri, "from", d.version, "to", version)
	}
	content := d.file
	for _, e := range edits {
		if e.Whole {
			content = text.NewFile(d.path, e.Text)
			continue
		}
		from, to := content.Offset(e.Start, s.opts.Encoding), content.Offset(e.End, s.opts.Encoding)
		if to < from {
			from, to = to, from
		}
		content = text.NewFile(d.path, content.Text[:from]+e.Text+content.Text[to:])
	}
	d.version, d.file = version, content
	s.overlay(d)
	return nil
}

// Close gives a document back: the saved text counts again. Closing what is not open is harmless.
func (s *Session) Close(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.docs[key(uri)]
	if d == nil {
		return
	}
	delete(s.docs, key(uri))
	if d.folder != nil {
		s.apply(d.folder, source.Change{Path: d.path, Open: true}, s.saved(d.folder, d.path))
	}
	s.touch()
}

// Save notes that a document was written to the disk.
func (s *Session) Save(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.docs[key(uri)]; d != nil && d.folder != nil {
		s.apply(d.folder, s.saved(d.folder, d.path))
		s.touch()
	}
}

// overlay lays the text of a document over the saved one.
func (s *Session) overlay(d *document) {
	if d.folder != nil {
		s.apply(d.folder, source.Change{Path: d.path, File: d.file, Open: true})
	}
	s.touch()
}
