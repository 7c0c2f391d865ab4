package session

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Finding is a diagnostic with the positions a client understands. The editor and every other front end make it here.
type Finding struct {
	Start, End text.Position
	Severity   diagnostics.Severity
	Code       diagnostics.Code
	Message    string
	Related    []RelatedFinding
}

// RelatedFinding is another place that explains a finding.
type RelatedFinding struct {
	URI        string
	Start, End text.Position
	Message    string
}

// Publication is all that is to be said about one file. No findings means that earlier ones are mended.
type Publication struct {
	URI        string
	Version    int32
	HasVersion bool // the file is open, and Version is what was looked at
	Findings   []Finding

	hash [32]byte // of the findings; zero: not known yet
}

// sent is what the client knows of a file.
type sent struct {
	hash    [32]byte
	version int32
	open    bool
	empty   bool
}

// converted is what was made of the diagnostics of a file. It is the same for as long as they and the texts they point into are.
type converted struct {
	list     []diagnostics.Diagnostic
	texts    []*text.File
	uri      string
	folder   string // its URI
	closed   string // that of the file while it is not open
	findings []Finding
	hash     [32]byte
}

// convert converts the diagnostics of a file, unless that has been done for the same ones: an edit leaves those of nearly all
// files as they were.
func (s *Session) convert(v *View, f viewed, path text.Path, called map[place]string, list []diagnostics.Diagnostic) *converted {
	key := place{f.root, path}
	last := s.converted[key]
	uri := called[key]
	closed := ""
	if last != nil && last.folder == f.uri {
		closed = last.closed // escaping the names of all files at every key takes longer than looking at one
	} else {
		closed = f.beside(path)
	}
	if uri == "" {
		uri = closed
	}
	if last != nil && last.uri == uri && slices.EqualFunc(last.list, list, alike) && points(f.snapshot, path, list, last.texts) {
		return last
	}
	c := &converted{list: list, texts: pointed(f.snapshot, path, list), uri: uri, folder: f.uri, closed: closed}
	c.findings = Findings(f.snapshot, path, list, v.Encoding, func(p text.Path) string { return v.uri(f, p) })
	c.hash = s.hash(c.uri, c.findings)
	s.converted[key] = c
	return c
}

// pointed are the texts that diagnostics of a file point into.
func pointed(s *analysis.Snapshot, path text.Path, list []diagnostics.Diagnostic) []*text.File {
	out := []*text.File{s.File(path)}
	for _, d := range list {
		for _, r := range d.Related {
			out = append(out, s.File(r.At.Path))
		}
	}
	return out
}

// points says whether they point into these texts.
func points(s *analysis.Snapshot, path text.Path, list []diagnostics.Diagnostic, texts []*text.File) bool {
	if s.File(path) != texts[0] {
		return false
	}
	texts = texts[1:]
	for _, d := range list {
		for _, r := range d.Related {
			if len(texts) == 0 || s.File(r.At.Path) != texts[0] {
				return false
			}
			texts = texts[1:]
		}
	}
	return len(texts) == 0
}

// alike says whether two diagnostics are shown alike.
func alike(a, b diagnostics.Diagnostic) bool {
	return a.Rule == b.Rule && a.At == b.At && a.Message == b.Message && a.Help == b.Help && slices.Equal(a.Related, b.Related)
}

func (s *Session) hash(uri string, findings []Finding) [32]byte {
	content, err := json.Marshal(findings)
	if err != nil {
		s.opts.Log.Error("findings cannot be compared", "uri", uri, "error", err)
	}
	return sha256.Sum256(content)
}

// Findings converts the diagnostics of one file.
func Findings(s *analysis.Snapshot, path text.Path, list []diagnostics.Diagnostic, e text.Encoding, uri func(text.Path) string) []Finding {
	file := s.File(path)
	if file == nil {
		file = text.NewFile(path, "")
	}
	out := make([]Finding, 0, len(list))
	for _, d := range list {
		f := Finding{
			Start: file.Position(int(d.At.Span.Start), e), End: file.Position(int(d.At.Span.End), e), Message: message(d),
		}
		if d.Rule != nil {
			f.Severity, f.Code = d.Rule.Severity, d.Rule.Code
		}
		for _, r := range d.Related {
			other := s.File(r.At.Path)
			if other == nil {
				continue
			}
			f.Related = append(f.Related, RelatedFinding{
				URI: uri(r.At.Path), Message: r.Message,
				Start: other.Position(int(r.At.Span.Start), e), End: other.Position(int(r.At.Span.End), e),
			})
		}
		out = append(out, f)
	}
	return out
}

func message(d diagnostics.Diagnostic) string {
	if d.Help == "" {
		return d.Message
	}
	return d.Message + "\n" + d.Help
}

// state is what the client will know of a file once it has a publication.
func (s *Session) state(p Publication) sent {
	if p.hash == [32]byte{} {
		p.hash = s.hash(p.URI, p.Findings)
	}
	return sent{hash: p.hash, version: p.Version, open: p.HasVersion, empty: len(p.Findings) == 0}
}

// knows says whether the client knows a publication. An open file is published for each of its versions: clients drop what was
// found in another version than theirs.
func (s *Session) knows(p Publication) bool {
	now := s.state(p)
	was, known := s.sent[p.URI]
	return known && was == now || !known && now.empty && !now.open
}

// publish sends a publication, and says whether it went out.
func (s *Session) publish(ctx context.Context, p Publication) bool {
	if err := s.opts.Publish(ctx, p); err != nil {
		s.opts.Log.Error("publish failed", "uri", p.URI, "error", err)
		return false
	}
	now := s.state(p)
	s.sent[p.URI] = now
	if now.empty && !now.open {
		delete(s.sent, p.URI)
	}
	return true
}
