package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/catalogue"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/render"
	"github.com/qbls/qbls/diagnostics/text"
)

// workspace is a folder on disk with the projects in it.
type workspace struct {
	folder string // as the user knows it
	disk   source.Disk
	*analysis.Workspace
	settled map[text.Path]settled // what evaluation found, by project
	cache   *compiler.Cache       // of those who compile again and again; nil: nothing is kept
}

// open loads the projects below a folder. From inside a project, the project itself is found.
func open(args []string) (*workspace, error) {
	folder := "."
	if len(args) > 0 {
		folder = args[0]
	}
	info, err := os.Stat(folder)
	if err != nil {
		return nil, unreadable("cannot read %s: %w", folder, err)
	}
	if !info.IsDir() {
		return nil, unreadable("%s is a file. Name the folder of the project, the one that holds quickback/quickback.config.ts", folder)
	}
	if home, ok := enclosing(folder); ok {
		folder = home
	}
	disk := source.OS(folder)
	files, problems := source.Load(disk)
	if len(problems) > 0 {
		var lines []string
		for _, p := range problems {
			lines = append(lines, p.Error())
		}
		return nil, unreadable("some definitions cannot be read, so nothing is known about them:\n  %s", strings.Join(lines, "\n  "))
	}
	w := &workspace{folder: folder, disk: disk, Workspace: analysis.NewWorkspace(files)}
	if len(w.Current().Projects()) == 0 {
		return nil, unreadable("there is no Quickback project in %s: no quickback/quickback.config.ts, and no quickback.config.ts beside features/", folder)
	}
	return w, nil
}

// enclosing walks up from a folder inside a project to the project.
func enclosing(folder string) (string, bool) {
	at, err := filepath.Abs(folder)
	if err != nil {
		return "", false
	}
	for inside := false; ; inside = true {
		for _, config := range []string{"quickback/quickback.config.ts", "quickback.config.ts"} {
			if _, err := os.Stat(filepath.Join(at, config)); err == nil && inside && filepath.Base(at) != "quickback" {
				return at, true
			}
		}
		up := filepath.Dir(at)
		if up == at {
			return "", false
		}
		at = up
	}
}

// openProject loads a folder that holds one project, and returns its root in the workspace.
func openProject(args []string) (*workspace, text.Path, error) {
	w, err := open(args)
	if err != nil {
		return nil, "", err
	}
	roots := w.Current().Projects()
	if len(roots) > 1 {
		var names []string
		for _, r := range roots {
			names = append(names, string(r))
		}
		return nil, "", unreadable("%s holds %d projects. Name one of them: %s", w.folder, len(roots), strings.Join(names, ", "))
	}
	return w, roots[0], nil
}

// input diagnoses projects for a renderer.
func (w *workspace) input(ctx context.Context, s *analysis.Snapshot, roots ...text.Path) (render.Input, error) {
	all, err := catalogue.All()
	if err != nil {
		return render.Input{}, failed(err)
	}
	in := render.Input{Catalogue: all, Version: versionString(), RuleURL: catalogue.URL}
	evaluated := map[text.Path][]diagnostics.Diagnostic{}
	if s == w.Current() { // one that is past is shown as it was
		for _, root := range roots {
			if s, evaluated[root], err = w.settle(ctx, root, false); err != nil {
				return in, err
			}
		}
	}
	for _, root := range roots {
		out, err := s.Examine(ctx, root)
		if err != nil {
			return in, failed(err)
		}
		p := render.Project{Root: filepath.Join(w.folder, string(root)), Dir: root, Files: s.File, Suppressed: out.Suppressed}
		for range s.Files.Under(root) {
			p.Checked++
		}
		for _, path := range slices.Sorted(maps.Keys(out.Found)) { // in the order in which they are printed
			p.Diagnostics = append(p.Diagnostics, out.Found[path]...)
		}
		p.Diagnostics = append(p.Diagnostics, evaluated[root]...)
		in.Projects = append(in.Projects, p)
	}
	return in, nil
}

// errors counts the findings that stop a compilation.
func countErrors(in render.Input) (n int) {
	for _, p := range in.Projects {
		for _, d := range p.Diagnostics {
			if d.Rule == nil || d.Rule.Severity == diagnostics.Error {
				n++
			}
		}
	}
	return n
}
