package session

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"unsafe"

	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// findings are what was found in each project, and how the client called its files then.
type findings struct {
	projects map[place]map[text.Path][]diagnostics.Diagnostic // by their folders
	folders  []string                                         // URIs
	called   map[place]string                                 // files that are open
}

// round looks at the current state and publishes what differs from what the client knows, open files first.
func (s *Session) round(ctx context.Context) {
	s.mu.Lock()
	count, view := s.changed, s.view()
	s.mu.Unlock()
	defer s.settle(count)
	if s.opts.Round != nil {
		defer s.opts.Round(ctx, view)
	}
	last := s.last
	s.last = nil // until all of it is published
	now, ok := s.find(ctx, view)
	if !ok {
		return
	}
	due, ok := s.due(view, last, now)
	if !ok {
		return
	}
	maps.DeleteFunc(due, func(_ string, p Publication) bool { return s.knows(p) })
	uris := slices.SortedFunc(maps.Keys(due), func(a, b string) int {
		if due[a].HasVersion != due[b].HasVersion {
			if due[a].HasVersion {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	told := true
	for _, uri := range uris {
		told = s.publish(ctx, due[uri]) && told
	}
	if told {
		s.last = now
	}
}

// guard calls f for a project. A rule that panics costs this round, not the connection: it returns false, and what was published
// stays until the next change.
func (s *Session) guard(project text.Path, f func() error) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			s.opts.Log.Error("diagnose panicked", "project", project, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	if err := f(); err != nil {
		s.opts.Log.Error("diagnose failed", "project", project, "error", err)
		return false
	}
	return true
}

// find diagnoses all projects.
func (s *Session) find(ctx context.Context, v *View) (*findings, bool) {
	now := &findings{projects: map[place]map[text.Path][]diagnostics.Diagnostic{}, called: v.called()}
	for _, f := range v.folders {
		now.folders = append(now.folders, f.uri)
		for _, root := range f.snapshot.Projects() {
			ok := s.guard(root, func() (err error) {
				now.projects[place{f.root, root}], err = f.findings(ctx, root)
				return err
			})
			if !ok {
				return nil, false
			}
		}
	}
	return now, true
}

// due are the publications that may be news to the client, by URI. What was found in a file is none when the list of it is the one of
// the last round: an edit leaves those of nearly all files as they were.
func (s *Session) due(v *View, last, now *findings) (map[string]Publication, bool) {
	all := last == nil || !slices.Equal(last.folders, now.folders) || !maps.Equal(last.called, now.called) || nested(v.folders)
	due := map[string]Publication{}
	for _, f := range v.folders {
		ok := s.guard(".", func() error {
			for path := range now.changed(v, f, last, all) {
				s.say(v, f, path, now, due)
			}
			return nil
		})
		if !ok {
			return nil, false
		}
	}
	for _, d := range v.docs {
		p := due[d.uri]
		p.URI, p.Version, p.HasVersion = d.uri, d.version, true
		due[d.uri] = p
	}
	if !all {
		return due, true
	}
	if len(s.converted) > 2*len(due)+64 {
		clear(s.converted) // most are of files that have no findings any more
	}
	for uri := range s.sent {
		if _, known := due[uri]; !known {
			due[uri] = Publication{URI: uri}
		}
	}
	return due, true
}

// nested says whether a folder lies in another one, so that both have the same files.
func nested(folders []viewed) bool {
	for i, a := range folders {
		for k, b := range folders {
			if _, inside := source.Locate(a.root, b.root); inside && i != k {
				return true
			}
		}
	}
	return false
}

// changed are the files of a folder whose findings are not those of the last round, and those that are open: they are published for
// each of their versions.
func (now *findings) changed(v *View, f viewed, last *findings, all bool) map[text.Path]bool {
	out := map[text.Path]bool{}
	for key, found := range now.projects {
		if key.root != f.root {
			continue
		}
		var old map[text.Path][]diagnostics.Diagnostic
		if !all {
			old = last.projects[key]
		}
		for path, list := range found {
			if before := old[path]; len(before) != len(list) || unsafe.SliceData(before) != unsafe.SliceData(list) {
				out[path] = true
			}
		}
		for path := range old {
			if _, still := found[path]; !still {
				out[path] = true
			}
		}
	}
	if !all {
		for key, old := range last.projects {
			if now.projects[key] == nil && key.root == f.root {
				for path := range old {
					out[path] = true
				}
			}
		}
	}
	for _, d := range v.docs {
		if d.folder.root == f.root {
			out[d.path] = true
		}
	}
	return out
}

// say adds what was found in a file, by all projects of its folder, to what is due.
func (s *Session) say(v *View, f viewed, path text.Path, now *findings, due map[string]Publication) {
	said := false
	for _, root := range f.snapshot.Projects() {
		list := now.projects[place{f.root, root}][path]
		if len(list) == 0 {
			continue
		}
		said = true
		c := s.convert(v, f, path, now.called, list)
		p, more := due[c.uri]
		p.URI, p.hash = c.uri, c.hash
		if more { // of two projects, or twice in one workspace
			p.Findings, p.hash = slices.Concat(p.Findings, c.findings), [32]byte{}
		} else {
			p.Findings = c.findings
		}
		due[c.uri] = p
	}
	if said {
		return
	}
	delete(s.converted, place{f.root, path})
	if uri := v.uri(f, path); due[uri].URI == "" {
		due[uri] = Publication{URI: uri}
	}
}
