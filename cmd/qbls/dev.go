package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/cmd/qbls/dev"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

func devCommand() *cobra.Command {
	var port int
	cmd := &cobra.Command{
		Use:   "dev [dir]",
		Short: "Compile and run the backend, again on every save",
		Long: "Compiles one project, installs its packages, creates development secrets in an ignored file, starts the backend on 127.0.0.1,\nand does it again whenever a definition is saved. Definitions with errors never replace the running backend.\nThe development database follows every save and keeps its rows; quickback/drizzle is left alone.\n\n" +
			"Exit codes: 0 stopped with Ctrl-C, 2 usage, unreadable files or a port that is taken, 3 the backend or qbls itself failed.",
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if port < 1 || port > 65535 {
				return unreadable("--port takes a number from 1 to 65535, not %d", port)
			}
			if err := launch.Free(port); err != nil {
				return unreadable("%w", err)
			}
			w, root, err := openProject(args)
			if err != nil {
				return err
			}
			folder, err := filepath.Abs(w.folder)
			if err != nil {
				return failed(err)
			}
			out := outputFolder(folder, w.Current(), root)
			config := w.Current().Project(root).Config
			w.cache = compiler.NewCache()
			err = dev.Run(cmd.Context(), dev.Options{
				Folder: filepath.Join(folder, string(root)), Out: out, Port: port, Print: cmd.OutOrStdout(),
				Sample:   func() string { return sample(w.Current(), root) },
				Platform: config.Runtime, Provider: config.Database,
				Plan: func(committed *migrate.Committed) ([]*migrate.Plan, []output.File, error) {
					plans, _, err := compiler.Migrations(w.Current(), root, committed, migrate.Lenient())
					if err != nil {
						return nil, nil, err
					}
					return plans, compiler.PendingFiles(w.Current(), root, committed, plans), nil
				},
				Reload: w.reload,
				Compile: func(ctx context.Context) (bool, error) {
					_, err := compile(ctx, w, root, out, false, true, cmd.OutOrStdout())
					if e, ok := errors.AsType[exit](err); ok && e.code == exitErrors && e.err == nil {
						return false, nil
					}
					return err == nil, err
				},
			})
			if _, ok := errors.AsType[exit](err); err != nil && !ok {
				return failed(err)
			}
			return err
		},
	}
	cmd.Flags().IntVar(&port, "port", 3000, "port to listen on")
	return cmd
}

// reload reads the disk again and says whether any definition is other than it was: what a compilation wrote beside them is none. The
// emptied ones had a text before; when patient, everything then stays as it was.
func (w *workspace) reload(patient bool) (changed bool, emptied []string, err error) {
	before := w.Current().Files
	files, problems := before.Reload(w.disk)
	if len(problems) > 0 {
		return false, nil, fmt.Errorf("some definitions cannot be read: %w", problems[0])
	}
	for _, root := range w.Current().Projects() {
		if config := w.Current().Project(root).Config.Path; files.File(config) == nil {
			return false, nil, fmt.Errorf("%s is not there any more", config)
		}
	}
	was, is := texts(before), texts(files)
	for p, f := range is {
		if old := was[p]; f.Text == "" && old != nil && old.Text != "" {
			emptied = append(emptied, string(p))
		}
	}
	slices.Sort(emptied)
	if patient && len(emptied) > 0 {
		return false, emptied, nil
	}
	w.Load(files)
	return !maps.Equal(was, is), emptied, nil
}

// texts are the definitions of a set. Reload keeps the File of a text that has not changed.
func texts(s *source.Set) map[text.Path]*text.File {
	all := map[text.Path]*text.File{}
	for p := range s.Paths() {
		all[p] = s.File(p)
	}
	return all
}

// sample is the list of the first resource that the development user, an owner, may read.
func sample(s *analysis.Snapshot, root text.Path) string {
	for _, r := range s.Project(root).Resources {
		if r.Internal || r.Operation(model.List) == nil {
			continue
		}
		if e := s.Effective(root, r.ID); e != nil && e.Can([]string{"owner"}, model.List).Verdict != 0 {
			return "/api/v1/" + strings.ReplaceAll(url.QueryEscape(r.Segment), "+", "%20") // which no shell takes for something else
		}
	}
	return ""
}
