package session

import (
	"context"
	"maps"
	"slices"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Findings are the findings of the file: what Run publishes of it when nothing changes meanwhile.
func (t Target) Findings(ctx context.Context) ([]Finding, error) {
	found, err := t.Found(ctx)
	if err != nil {
		return nil, err
	}
	return t.view.convert(t.folder, t.Path, found[t.Path]), nil
}

// Found is what is shown of the file's project: what its texts say, and what evaluating and compiling them told. It is nil outside of
// projects.
func (t Target) Found(ctx context.Context) (map[text.Path][]diagnostics.Diagnostic, error) {
	root, ok := t.Snapshot.ProjectOf(t.Path)
	if !ok {
		return nil, nil
	}
	return t.folder.findings(ctx, root)
}

// Diagnose lists the findings of all files that have some, and every open file, by URI.
func (v *View) Diagnose(ctx context.Context) ([]Publication, error) {
	due := map[string]Publication{}
	for _, f := range v.folders {
		for _, root := range f.snapshot.Projects() {
			found, err := f.findings(ctx, root)
			if err != nil {
				return nil, err
			}
			for path, list := range found {
				uri := v.uri(f, path)
				p := due[uri]
				p.URI, p.Findings = uri, append(p.Findings, v.convert(f, path, list)...)
				due[uri] = p
			}
		}
	}
	for _, d := range v.docs {
		p := due[d.uri]
		p.URI, p.Version, p.HasVersion = d.uri, d.version, true
		due[d.uri] = p
	}
	out := make([]Publication, 0, len(due))
	for _, uri := range slices.Sorted(maps.Keys(due)) {
		out = append(out, due[uri])
	}
	return out, nil
}

func (f viewed) findings(ctx context.Context, root text.Path) (map[text.Path][]diagnostics.Diagnostic, error) {
	found, err := f.snapshot.Diagnose(ctx, root)
	if err != nil {
		return nil, err
	}
	return f.compiled[root].show(f.snapshot, root, f.outcomes[root].show(f.snapshot, root, f.running[root], found)), nil
}

func (v *View) convert(f viewed, path text.Path, list []diagnostics.Diagnostic) []Finding {
	return Findings(f.snapshot, path, list, v.Encoding, func(p text.Path) string { return v.uri(f, p) })
}
