package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/verify"
	"github.com/qbls/qbls/diagnostics/text"
)

func verifyCommand() *cobra.Command {
	var format, junit, runtime string
	cmd := &cobra.Command{
		Use:   "verify [dir]",
		Short: "Prove that the compiled backend answers as the definitions declare",
		Long: "Compiles one project into a folder of its own, starts it on fresh databases, and asks it over HTTP for every resource and operation,\n" +
			"as every role, as nobody and as another organization, with rows of every kind. Status, error code, rows and masks of every answer are\n" +
			"compared with what the definitions say. Actions run their own code, on these databases.\n\n" +
			"Exit codes: 0 everything as declared, 1 not, or errors in the definitions, 2 usage or unreadable files, 3 qbls itself failed.",
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "pretty" && format != "json" && format != "junit" {
				return unreadable("--format takes pretty, json or junit, not %s", format)
			}
			w, root, err := openProject(args)
			if err != nil {
				return err
			}
			if err := retarget(w, root, runtime); err != nil {
				return err
			}
			results, err := verifyProject(cmd.Context(), w, root, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return report(cmd.OutOrStdout(), w.Current().Project(root).Config.Name, results, format, junit)
		},
	}
	cmd.Flags().StringVar(&format, "format", "pretty", "pretty, json or junit")
	cmd.Flags().StringVar(&runtime, "runtime", "", "bun, node or workerd, whatever the configuration says")
	cmd.Flags().StringVar(&junit, "junit", "", "also write a JUnit file")
	return cmd
}

// runtimes are those that a backend can be verified on, with the database that it has there.
var runtimes = map[string][2]string{
	"bun": {"bun", "better-sqlite3"}, "node": {"node", "libsql"}, "workerd": {"cloudflare", "cloudflare-d1"}, "cloudflare": {"cloudflare", "cloudflare-d1"},
}

// retarget lets a workspace see a project as one of another runtime: as if its configuration named that one. No file is changed.
func retarget(w *workspace, root text.Path, runtime string) error {
	if runtime == "" {
		return nil
	}
	target, is := runtimes[runtime]
	if !is {
		return unreadable("--runtime takes bun, node or workerd, not %q", runtime)
	}
	s := w.Current()
	config := s.Project(root).Config
	read, file := s.Definition(config.Path), s.File(config.Path)
	if config.Runtime == target[0] && config.Database == target[1] {
		return nil
	}
	if read == nil || file == nil || config.Source == nil || !written(config.Source.Runtime) || !written(config.Source.Database) {
		return unreadable("--runtime exchanges what %s names in providers.runtime and providers.database, and it names none in plain text", config.Path)
	}
	edits := []text.Edit{
		{Span: read.Place(config.Source.Runtime.At).Span, New: target[0]}, {Span: read.Place(config.Source.Database.At).Span, New: target[1]},
	}
	changed, err := text.Apply(file.Text, edits)
	if err != nil {
		return failed(err)
	}
	w.Load(s.Files.With(source.Change{Path: config.Path, File: text.NewFile(config.Path, changed), Open: true}))
	return nil
}

func written(v definition.Value[string]) bool {
	_, ok := v.Get()
	return ok
}

// verifyProject compiles a project into .qbls/verify and asks the backend everything.
func verifyProject(ctx context.Context, w *workspace, root text.Path, say io.Writer) ([]verify.Result, error) {
	folder, err := filepath.Abs(filepath.Join(w.folder, string(root)))
	if err != nil {
		return nil, failed(err)
	}
	out, err := compileForProof(ctx, w, root, folder, say)
	if err != nil {
		return nil, err
	}
	if err := lendPackages(outputFolder(w.folder, w.Current(), root), out); err != nil {
		return nil, failed(err)
	}
	if err := launch.Install(ctx, out, func() { fmt.Fprintln(say, "Installing packages (npm install) …") }); err != nil {
		return nil, failed(err)
	}
	data, err := os.MkdirTemp("", "qbls-verify-")
	if err != nil {
		return nil, failed(err)
	}
	defer func() { _ = os.RemoveAll(data) }()
	suite := verify.New(w.Current().Project(root))
	tables, rows := suite.World.Size()
	fmt.Fprintf(say, "%d callers, %d rows in %d tables, %d requests …\n", len(suite.World.Callers), rows, tables, len(suite.Probes))
	printed := &lastWords{}
	results, err := suite.Prove(ctx, launch.Options{Dir: out, Data: data, Output: printed}, nil)
	if err != nil {
		return nil, failed(printed.told(err))
	}
	return results, nil
}

// compileForProof compiles into a folder of its own, which it returns. Its migrations begin anew each time: the databases do, and those of
// another runtime may not fit.
func compileForProof(ctx context.Context, w *workspace, root text.Path, folder string, say io.Writer) (string, error) {
	out := filepath.Join(folder, ".qbls", "verify")
	if err := os.RemoveAll(filepath.Join(out, "quickback", "drizzle")); err != nil {
		return "", failed(err)
	}
	_, err := compile(ctx, w, root, out, true, false, say)
	return out, err
}

// lastWords keeps the end of what a backend prints, for the case that it does not start.
type lastWords struct{ kept []byte }

func (l *lastWords) Write(p []byte) (int, error) {
	const most = 2000
	l.kept = append(l.kept, p...)
	l.kept = l.kept[max(0, len(l.kept)-most):]
	return len(p), nil
}

// told adds the last words to an error.
func (l *lastWords) told(err error) error {
	if words := strings.TrimSpace(string(l.kept)); words != "" {
		return fmt.Errorf("%w. The last that it printed:\n%s", err, words)
	}
	return err
}

// lendPackages links the packages of the project's own backend, when they are installed, so that they are not installed twice. What was lent
// before, perhaps to another runtime, is taken back first: npm would install through the link.
func lendPackages(from, to string) error {
	packages, lent := filepath.Join(from, "node_modules"), filepath.Join(to, "node_modules")
	if info, err := os.Lstat(lent); err == nil && info.Mode()&os.ModeSymlink != 0 {
		if err := os.Remove(lent); err != nil {
			return err
		}
	}
	same, err := sameFile(filepath.Join(from, "package.json"), filepath.Join(to, "package.json"))
	if err != nil || !same {
		return err
	}
	if _, err := os.Stat(filepath.Join(packages, ".qbls-installed")); err != nil {
		return nil //nolint:nilerr // nothing that qbls has installed: it installs what it needs
	}
	packages, err = filepath.Abs(packages)
	if err != nil {
		return err
	}
	err = os.Symlink(packages, lent)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return err
}

func sameFile(a, b string) (bool, error) {
	one, err := os.ReadFile(a)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	two, err := os.ReadFile(b)
	return err == nil && string(one) == string(two), err
}

func report(print io.Writer, project string, results []verify.Result, format, junit string) error {
	if junit != "" {
		f, err := os.Create(junit)
		if err != nil {
			return unreadable("cannot write the JUnit file: %w", err)
		}
		err = verify.JUnit(f, project, results)
		if err := errors.Join(err, f.Close()); err != nil {
			return failed(err)
		}
	}
	r := verify.NewReport(project, results)
	var err error
	switch format {
	case "json":
		err = r.JSON(print)
	case "junit":
		err = verify.JUnit(print, project, results)
	default:
		err = r.Table(print)
	}
	if err != nil {
		return failed(err)
	}
	if len(r.Faults) > 0 {
		return exit{exitErrors, nil}
	}
	return nil
}
