package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/catalogue"
	"github.com/qbls/qbls/compiler/evaluate"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
)

func lspCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve the Language Server Protocol on standard input and output",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cache := compiler.NewCache()
			evaluator := evaluate.New()
			defer evaluator.Close()
			err := lsp.Serve(cmd.Context(), lsp.Config{
				In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Version: versionString(),
				Log:     slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)),
				HelpURL: func(code string) string { return catalogue.URL(diagnostics.Code(code)) },
				Explain: explanation,
				Compile: func(ctx context.Context, job lsp.Job) (string, error) { return onSave(ctx, job, cache) },
				Emit: func(ctx context.Context, job lsp.Job) ([]output.File, error) {
					result, err := emit(ctx, job, cache, false)
					if err != nil {
						return nil, err
					}
					return result.Files, nil
				},
				Changes: func(ctx context.Context, job lsp.Job) ([]lsp.Change, error) { return changes(ctx, job, cache) },
				Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
					_, found, err := compiler.Settle(ctx, w, root, evaluator, evaluate.Options{LookupEnv: os.LookupEnv})
					return found, err
				},
			})
			switch {
			case errors.Is(err, lsp.ErrNoShutdown):
				return exit{code: exitErrors}
			case err != nil && !errors.Is(err, context.Canceled):
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().Bool("stdio", true, "serve on standard input and output (the default; editors pass it)")
	return cmd
}

// emit compiles a project in memory; with pending, as a save does: a new migration is kept apart. What is wrong with its definitions is an lsp.ErrRefused.
func emit(ctx context.Context, job lsp.Job, cache *compiler.Cache, pending bool) (*compiler.Result, error) {
	if slices.ContainsFunc(job.Found, func(d diagnostics.Diagnostic) bool { return d.Rule.Severity == diagnostics.Error }) {
		return nil, lsp.ErrRefused
	}
	committed, err := migrate.Read(os.DirFS(outputFolder(job.Folder, job.Snapshot, job.Root)))
	if err != nil {
		return nil, err
	}
	result, err := compiler.Compile(ctx, job.Snapshot, job.Root,
		compiler.Options{Version: versionString(), GeneratedAt: writtenAt(outputOf(job)), Cache: cache, Committed: committed, Pending: pending})
	if errors.Is(err, compiler.ErrRefused) {
		return nil, lsp.ErrRefused
	}
	if err != nil {
		return nil, err
	}
	if result.Failed() {
		return nil, fmt.Errorf("%w: %s", lsp.ErrRefused, result.Diagnostics[0].Message)
	}
	return result, nil
}

// outputOf is the folder of output of a project that is compiled on save.
func outputOf(job lsp.Job) output.Tree {
	return output.Dir(outputFolder(job.Folder, job.Snapshot, job.Root))
}

// onSave compiles a project into its folder of output.
func onSave(ctx context.Context, job lsp.Job, cache *compiler.Cache) (string, error) {
	result, err := emit(ctx, job, cache, true)
	if err != nil {
		return "", err
	}
	tree := outputOf(job)
	if err := stamp(tree, result); err != nil {
		return "", err
	}
	plan, err := compiler.Write(ctx, tree, result)
	if err != nil {
		return "", err
	}
	return "compiled: " + summary(plan), migrate.WritePending(outputFolder(job.Folder, job.Snapshot, job.Root), result.Pending)
}

// changes compares what a compilation would write with the folder of output.
func changes(ctx context.Context, job lsp.Job, cache *compiler.Cache) ([]lsp.Change, error) {
	result, err := emit(ctx, job, cache, false)
	if err != nil {
		return nil, err
	}
	tree := outputOf(job)
	manifest, err := output.ReadManifest(tree)
	if err != nil {
		return nil, err
	}
	plan := output.NewPlan(manifest, output.OnDisk(tree), result.Files)
	if err := plan.Err(); err != nil {
		return nil, err
	}
	var out []lsp.Change
	for _, step := range plan.Steps {
		if step.Action == output.Keep {
			continue
		}
		c := lsp.Change{Path: step.Path, Action: step.Action.String(), After: string(step.Content), Reason: step.Reason}
		if step.Action == output.Replace || step.Action == output.Remove {
			before, err := tree.Read(step.Path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			c.Before = string(before)
		}
		out = append(out, c)
	}
	return out, nil
}

// explanation is the page of a code.
func explanation(code string) (string, bool) {
	all, err := catalogue.All()
	if err != nil {
		return "", false
	}
	page, err := pageOf(all, code)
	if err != nil {
		return "", false
	}
	return page.Markdown(), true
}
