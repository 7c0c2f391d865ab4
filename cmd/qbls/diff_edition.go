package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/grant"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/render"
	"github.com/qbls/qbls/diagnostics/text"
)

// edition is what a project grants, at one time.
type edition struct {
	grants   *grant.List
	snapshot *analysis.Snapshot // nil of a report
	folder   string
}

// editionOf reads a folder, a report, or a revision of git of the project in dir.
func editionOf(ctx context.Context, dir, name string) (*edition, error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return editionIn(ctx, name)
	case err == nil:
		return editionReported(name)
	}
	return editionAt(ctx, dir, name)
}

func editionIn(ctx context.Context, folder string) (*edition, error) {
	w, root, err := openProject([]string{folder})
	if err != nil {
		return nil, err
	}
	s, _, err := w.settle(ctx, root, false)
	if err != nil {
		return nil, err
	}
	in, err := w.input(ctx, s, root)
	if err != nil {
		return nil, err
	}
	if !s.Project(root).Complete || countErrors(in) > 0 {
		return nil, unreadable("the definitions in %s have errors, so nothing is granted by them: qbls check says what is wrong", folder)
	}
	return &edition{compiler.Grants(s, root), s, w.folder}, nil
}

// editionReported reads the grants that a security report keeps.
func editionReported(file string) (*edition, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, unreadable("cannot read %s: %w", file, err)
	}
	var report struct {
		Grants *grant.List `json:"grants"`
	}
	if err := json.Unmarshal(content, &report); err != nil {
		return nil, unreadable("%s is no security report: %w", file, err)
	}
	if report.Grants == nil {
		return nil, unreadable("%s does not say what is granted: it was written by something else than qbls", file)
	}
	return &edition{grants: report.Grants}, nil
}

// versionAt reads a revision of git into a folder for a moment.
func editionAt(ctx context.Context, dir, revision string) (*edition, error) {
	if _, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}"); err != nil {
		return nil, unreadable("%q is no folder, no report and no revision of git in %s", revision, dir)
	}
	archive, err := git(ctx, dir, "archive", "--format=tar", revision, ".")
	if err != nil {
		return nil, unreadable("git archive %s: %w", revision, err)
	}
	folder, err := os.MkdirTemp("", "qbls-diff-")
	if err != nil {
		return nil, failed(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := unpack(strings.NewReader(archive), folder); err != nil {
		return nil, failed(err)
	}
	out, err := editionIn(ctx, folder)
	if e, ok := errors.AsType[exit](err); ok && e.err != nil {
		return nil, exit{e.code, errors.New(strings.ReplaceAll(e.err.Error(), folder, revision))}
	}
	return out, err
}

// unpack writes the regular files of an archive below a folder.
func unpack(archive io.Reader, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		var content bytes.Buffer
		if _, err := io.Copy(&content, r); err != nil {
			return err
		}
		if err := root.MkdirAll(filepath.Dir(filepath.Clean(h.Name)), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.Clean(h.Name), content.Bytes(), 0o644); err != nil {
			return err
		}
	}
}

// Findings of a comparison, for code scanning. They are no rules of the definitions: nothing is wrong with what was meant.
var diffRules = map[grant.Class]*diagnostics.Rule{
	grant.Widened: {
		Code: "QB9301", Title: "Somebody can do more than before", Severity: diagnostics.Warning, Since: "0.3.0",
		Why: "A change of a policy that opens something is to be meant.", Fix: "Review the change.",
	},
	grant.Narrowed: {
		Code: "QB9302", Title: "Somebody can do less than before", Severity: diagnostics.Info, Since: "0.3.0",
		Why: "Whoever used it until now is refused.", Fix: "Review the change.",
	},
	grant.Neutral: {
		Code: "QB9303", Title: "The behaviour changed", Severity: diagnostics.Info, Since: "0.3.0",
		Why: "Clients may notice it, although nobody can do more or less.", Fix: "Review the change.",
	},
}

// sarifDiff writes changes for code scanning.
func sarifDiff(w io.Writer, changes []grant.Change, after *edition) error {
	catalogue, err := diagnostics.NewCatalogue([]*diagnostics.Rule{diffRules[grant.Widened], diffRules[grant.Narrowed], diffRules[grant.Neutral]})
	if err != nil {
		return err
	}
	p := render.Project{Root: after.folder, Files: func(text.Path) *text.File { return nil }}
	if after.snapshot != nil {
		p.Files = after.snapshot.File
	}
	for _, c := range changes {
		d := diagnostics.Diagnostic{Rule: diffRules[c.Class], Message: c.Text + ".", Key: c.Resource + " " + strings.Join(c.What, ",") + " " + strings.Join(c.Who, ",")}
		if file := p.Files(text.Path(c.At.File)); file != nil {
			at := int32(file.Offset(text.Position{Line: uint32(c.At.Line - 1), Character: uint32(c.At.Column - 1)}, text.UTF8))
			d.At = text.Place{Path: text.Path(c.At.File), Span: text.Span{Start: at, End: at}}
		}
		p.Diagnostics = append(p.Diagnostics, d)
	}
	return render.SARIF(w, render.Input{Catalogue: catalogue, Version: versionString(), RuleURL: func(diagnostics.Code) string { return "" }, Projects: []render.Project{p}})
}
