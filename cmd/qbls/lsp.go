package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/catalogue"
	"github.com/qbls/qbls/compiler/evaluate"
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
				Compile: func(ctx context.Context, job lsp.Job) (string, error) { return onSave(ctx, job, cache) },
				Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
					_, found, err := compiler.Settle(ctx, w, root, evaluator, evaluate.Options{})
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

// onSave compiles a project into its folder of output.
func onSave(ctx context.Context, job lsp.Job, cache *compiler.Cache) (string, error) {
	refused := errors.New("not compiled: the definitions have errors")
	if slices.ContainsFunc(job.Found, func(d diagnostics.Diagnostic) bool { return d.Rule.Severity == diagnostics.Error }) {
		return "", refused
	}
	result, err := compiler.Compile(ctx, job.Snapshot, job.Root, compiler.Options{Version: versionString(), GeneratedAt: generatedAt(), Cache: cache})
	if errors.Is(err, compiler.ErrRefused) {
		return "", refused
	}
	if err != nil {
		return "", err
	}
	if result.Failed() {
		return "", fmt.Errorf("not compiled: %s", result.Diagnostics[0].Message)
	}
	out := filepath.Join(job.Folder, string(job.Root), filepath.FromSlash(job.Snapshot.Project(job.Root).Config.OutputDir))
	plan, err := compiler.Write(ctx, output.Dir(out), result)
	if err != nil {
		return "", err
	}
	return "compiled: " + summary(plan), nil
}
