package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/render"
	"github.com/qbls/qbls/diagnostics/text"
)

func compileCommand() *cobra.Command {
	var out string
	var force, check bool
	cmd := &cobra.Command{
		Use:   "compile [dir]",
		Short: "Compile the definitions into a backend",
		Long:  "Compiles one project. The backend is written to --out, else to build.outputDir of the configuration (the project's folder by default).\nWith an error in the definitions nothing is written, and what was compiled last stays as it is.\nFiles that somebody has edited by hand are conflicts; --force replaces them.\nWith --check nothing is written: files that are stale are listed, and are an exit of 1.\n\nExit codes: 0 compiled, 1 errors in the definitions or conflicts, 2 usage or unreadable files, 3 qbls itself failed.",
		Args:  takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, root, err := openProject(args)
			if err != nil {
				return err
			}
			started := time.Now()
			if out == "" {
				out = outputFolder(w.folder, w.Current(), root)
			}
			if check {
				return stale(cmd.Context(), w, root, out, cmd.OutOrStdout())
			}
			plan, err := compile(cmd.Context(), w, root, out, force, false, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s, in %d ms.\n", out, summary(plan), time.Since(started).Milliseconds())
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder to write the backend to")
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; fail when the output is not what the definitions say")
	cmd.Flags().BoolVar(&force, "force", false, "replace files that were edited by hand")
	cmd.MarkFlagsMutuallyExclusive("check", "force")
	return cmd
}

// outputFolder is where a project wants its backend.
func outputFolder(folder string, s *analysis.Snapshot, root text.Path) string {
	return filepath.Join(folder, string(root), filepath.FromSlash(s.Project(root).Config.OutputDir))
}

// compile compiles and writes one project; with pending, a new migration is kept apart instead of being added. What is wrong with the
// definitions is printed, and is an exit of 1.
func compile(ctx context.Context, w *workspace, root text.Path, out string, force, pending bool, print io.Writer) (*output.Plan, error) {
	if at, err := os.Stat(out); err == nil && !at.IsDir() {
		return nil, unreadable("%s is a file: the backend needs a folder. Move the file, or name another folder in build.outputDir or --out", out)
	}
	result, err := made(ctx, w, root, out, compiler.Options{GeneratedAt: generatedAt(), Pending: pending}, print)
	if err != nil {
		return nil, err
	}
	if err := aboutSignature(output.Dir(out), contract.SettingsOf(w.Current().Project(root).Config.Source), result, pending, print); err != nil {
		return nil, failed(err)
	}
	var options []output.Option
	if force {
		options = append(options, output.Force())
	}
	plan, err := compiler.Write(ctx, output.Dir(out), result, options...)
	if conflicts, ok := errors.AsType[*output.ConflictError](err); ok {
		return nil, exit{exitErrors, fmt.Errorf("%s\nMove the changes into the definitions, or run again with --force to lose them", strings.TrimPrefix(conflicts.Error(), "output: "))}
	}
	if refused(err) {
		return nil, unreadable("cannot write to %s: %w", out, err)
	}
	if err != nil {
		return nil, failed(err)
	}
	if err := migrate.WritePending(out, result.Pending); err != nil {
		return nil, failed(err)
	}
	return plan, nil
}

// aboutSignature says that a signed report gets an unsigned one in its place, which is in the power of whoever compiles; the loop of
// development keeps it instead.
func aboutSignature(t output.Tree, s contract.Settings, r *compiler.Result, keep bool, print io.Writer) error {
	if keep {
		_, err := keepSigned(t, s, r)
		return err
	}
	over, err := unsignedOver(t, s, r)
	if over {
		fmt.Fprintf(print, "warning: the report was signed, and is not any more: %s holds no key here. Compile where the key is before you publish it.\n", s.KeyEnv)
	}
	return err
}

func summary(p *output.Plan) string {
	n := map[output.Action]int{}
	for _, s := range p.Steps {
		n[s.Action]++
	}
	return fmt.Sprintf("%d files written, %d removed, %d unchanged", n[output.Create]+n[output.Replace], n[output.Remove], p.Kept())
}

// fixedTime says whether the time of the output is given from outside.
func fixedTime() bool {
	_, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	return err == nil
}

// generatedAt is the one clock of the output; SOURCE_DATE_EPOCH fixes it (reproducible-builds.org).
func generatedAt() time.Time {
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Now().UTC().Truncate(time.Second)
}

// made settles, diagnoses and compiles one project, and prints what is wrong with it.
func made(ctx context.Context, w *workspace, root text.Path, out string, o compiler.Options, print io.Writer) (*compiler.Result, error) {
	s, _, err := w.settle(ctx, root, true)
	if err != nil {
		return nil, err
	}
	in, err := w.input(ctx, s, root)
	if err != nil {
		return nil, err
	}
	var result *compiler.Result
	if countErrors(in) == 0 {
		committed, err := migrate.Read(os.DirFS(out))
		if err != nil {
			return nil, unreadable("%w", err)
		}
		o.Version, o.Getenv, o.Committed, o.Cache = versionString(), os.Getenv, committed, w.cache
		result, err = compiler.Compile(ctx, s, root, o)
		if err != nil {
			return nil, failed(fmt.Errorf("compile: %w", err))
		}
		in.Projects[0].Diagnostics = append(in.Projects[0].Diagnostics, result.Diagnostics...)
	}
	if len(in.Projects[0].Diagnostics) > 0 {
		if err := show(print, render.Pretty, in); err != nil {
			return nil, err
		}
	}
	return result, nil
}
