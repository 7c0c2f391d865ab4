package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

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
	var o lspOptions
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve the Language Server Protocol",
		Long: "Serves the Language Server Protocol on standard input and output, or on a connection to an editor that listens.\n\n" +
			"For a report of a bug in the server, --record writes everything that it is told and everything that it reads to a file, and\n" +
			"--replay shows what it answers to that. The file holds the texts of the project and whatever else the editor sends: look through\n" +
			"it before it is shown to anybody.",
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	cmd.Flags().BoolVar(&o.stdio, "stdio", true, "serve on standard input and output (the default; editors pass it)")
	cmd.Flags().StringVar(&o.pipe, "pipe", "", "connect to this Unix socket, where the editor listens")
	cmd.Flags().IntVar(&o.socket, "socket", 0, "connect to this TCP port of 127.0.0.1, where the editor listens")
	cmd.Flags().StringVar(&o.record, "record", "", "write everything that is said and read to this file; it holds the texts of the project")
	cmd.Flags().StringVar(&o.replay, "replay", "", "play a recording, print what the server answers, and end; nothing is run or written")
	cmd.Flags().Int("clientProcessId", 0, "process of the editor (initialize says it, too; editors pass it)")
	cmd.MarkFlagsMutuallyExclusive("pipe", "socket", "replay")
	cmd.MarkFlagsMutuallyExclusive("record", "replay")
	return cmd
}

type lspOptions struct {
	stdio          bool
	pipe           string
	socket         int
	record, replay string
}

func (o lspOptions) run(cmd *cobra.Command) error {
	collectWithin(os.Getenv)
	evaluator := evaluate.New()
	defer evaluator.Close()
	c := serverConfig(evaluator)
	c.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	if o.replay != "" {
		return o.play(cmd, c)
	}
	if o.record != "" {
		file, err := os.OpenFile(o.record, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return unreadable("the recording cannot be written: %v", err)
		}
		defer file.Close()
		c.Record = file
	}
	in, out, err := o.connect(cmd)
	if err != nil {
		return err
	}
	c.In, c.Out = in, out
	switch err := lsp.Serve(cmd.Context(), c); {
	case errors.Is(err, lsp.ErrNoShutdown):
		return exit{code: exitErrors}
	case err != nil && !errors.Is(err, context.Canceled):
		return failed(err)
	}
	return nil
}

// connect opens the connection that was asked for. The editor listens, and the server comes to it, as editors do it with --pipe and
// --socket.
func (o lspOptions) connect(cmd *cobra.Command) (io.Reader, io.Writer, error) {
	network, address := "unix", o.pipe
	switch {
	case o.socket != 0:
		network, address = "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.socket))
	case o.pipe == "":
		return cmd.InOrStdin(), cmd.OutOrStdout(), nil
	case strings.HasPrefix(o.pipe, `\\.\pipe\`):
		return nil, nil, unreadable("named pipes of Windows are not served: use --stdio or --socket")
	}
	conn, err := (&net.Dialer{}).DialContext(cmd.Context(), network, address)
	if err != nil {
		return nil, nil, unreadable("nobody listens at %s: %v", address, err)
	}
	return conn, conn, nil
}

func (o lspOptions) play(cmd *cobra.Command, c lsp.Config) error {
	file, err := os.Open(o.replay)
	if err != nil {
		return unreadable("the recording cannot be read: %v", err)
	}
	defer file.Close()
	switch err := lsp.Replay(cmd.Context(), file, c, cmd.OutOrStdout()); {
	case errors.Is(err, lsp.ErrNotARecording):
		return unreadable("%s: %v", o.replay, err)
	case err != nil:
		return failed(err)
	}
	return nil
}

// serverConfig is a server with everything that this program can do, without a connection.
func serverConfig(evaluator *evaluate.Evaluator) lsp.Config {
	saving := newSaver()
	return lsp.Config{
		Version:   versionString(),
		HelpURL:   func(code string) string { return catalogue.URL(diagnostics.Code(code)) },
		Explain:   explanation,
		Compile:   saving.code,
		Documents: saving.documents,
		Emit: func(ctx context.Context, job lsp.Job) ([]output.File, error) {
			result, err := saving.preview(ctx, job)
			if err != nil {
				return nil, err
			}
			return result.Files, nil
		},
		Pending: func(_ context.Context, job lsp.Job) (string, error) { return pendingMigration(job) },
		Changes: func(ctx context.Context, job lsp.Job) ([]lsp.Change, error) { return changes(ctx, job, saving) },
		Policy:  new(committedGrants).changes,
		Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
			_, found, err := compiler.Settle(ctx, w, root, evaluator, evaluate.Options{LookupEnv: os.LookupEnv})
			return found, err
		},
	}
}

// pendingMigration is the migration that the definitions ask for, as SQL, with what it may cost and what stands in its way as comments.
func pendingMigration(job lsp.Job) (string, error) {
	if slices.ContainsFunc(job.Found, func(d diagnostics.Diagnostic) bool { return d.Rule.Severity == diagnostics.Error }) {
		return "", lsp.ErrRefused
	}
	committed, err := migrate.Read(os.DirFS(outputFolder(job.Folder, job.Snapshot, job.Root)))
	if err != nil {
		return "", err
	}
	plans, found, err := compiler.Migrations(job.Snapshot, job.Root, committed)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if len(plans) == 0 && len(found) > 0 {
		fmt.Fprintf(&b, "-- %s\n", found[0].Message)
	}
	for _, p := range plans {
		for _, q := range p.Problems {
			fmt.Fprintf(&b, "-- %s\n-- %s\n", q.Text, q.Help)
		}
		if p.Empty() {
			continue
		}
		fmt.Fprintf(&b, "-- %s\n", p.Set.Path(p.Tag+".sql"))
		for _, r := range p.Risks {
			fmt.Fprintf(&b, "-- %s: %s\n", r.Kind, r.Text)
		}
		b.WriteString("\n" + p.SQL() + "\n")
	}
	if b.Len() == 0 {
		return "-- The migrations are up to date with the definitions.\n", nil
	}
	return b.String(), nil
}

// changes compares what a compilation would write with the folder of output.
func changes(ctx context.Context, job lsp.Job, saving *saver) ([]lsp.Change, error) {
	result, _, err := saving.whole(ctx, job, compiler.Options{GeneratedAt: writtenAt(output.Dir(saving.out(job).folder))})
	if err != nil {
		return nil, err
	}
	tree := output.Dir(saving.out(job).folder)
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
