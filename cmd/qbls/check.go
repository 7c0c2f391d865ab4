package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/render"
)

// checkOptions are what `qbls check` is asked for.
type checkOptions struct {
	format       string
	only         []string
	since        string
	strict       bool
	suppressions bool
	fix, dryRun  bool
}

func checkCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [dir]",
		Short: "Say what is wrong or dangerous in the definitions",
		Long: "Reads every project below the folder (or the one around it) and says what is wrong or dangerous in its definitions.\n" +
			"What only running them can tell is evaluated in a sandbox, and without --fix nothing is written.\n\n" +
			"--fix applies the fixes that are safe: that keep the meaning of everything else and leave nothing to decide.\n" +
			"With --dry-run it prints the difference instead, and the exit code is about the files as they are.\n\n" +
			"Exit codes: 0 no errors, 1 errors (with --strict also warnings), 2 usage or unreadable files, 3 qbls itself failed.",
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			collectLate(os.Getenv)
			return check(cmd.Context(), o, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "pretty", "how to print: "+strings.Join(render.Names(), ", "))
	f.StringSliceVar(&o.only, "only", nil, "show only these codes or families, such as QB5001,masking: "+strings.Join(diagnostics.FamilyKeys(), ", "))
	f.StringVar(&o.since, "since", "", "show only findings on lines that have changed since the history left this git revision, and findings that were not there then")
	f.BoolVar(&o.strict, "strict", false, "warnings fail, too")
	f.BoolVar(&o.suppressions, "suppressions", false, "list what comments suppress, and why, instead of findings")
	f.BoolVar(&o.fix, "fix", false, "apply the safe fixes")
	f.BoolVar(&o.dryRun, "dry-run", false, "with --fix: print what would change, as a unified diff, and write nothing")
	return cmd
}

func (o checkOptions) valid() error {
	switch {
	case o.dryRun && !o.fix:
		return unreadable("--dry-run says what --fix would do. Give both")
	case o.fix && o.since != "":
		return unreadable("--fix changes whole files, so it cannot be held to changed lines. Give either --fix or --since")
	case o.suppressions && (o.fix || o.since != ""):
		return unreadable("--suppressions lists what is suppressed in all files, and changes nothing. It goes with --only and --format json")
	}
	return nil
}

func check(ctx context.Context, o checkOptions, args []string, out, errs io.Writer) error {
	started := time.Now()
	write, ok := render.ByName(o.format)
	if !ok {
		return unreadable("there is no format %q. Known: %s", o.format, strings.Join(render.Names(), ", "))
	}
	if err := o.valid(); err != nil {
		return err
	}
	chosen, err := parseOnly(o.only)
	if err != nil {
		return err
	}
	w, err := open(args)
	if err != nil {
		return err
	}
	if o.fix {
		fixed, err := w.fix(ctx, chosen)
		if err != nil {
			return err
		}
		if o.dryRun {
			if err := fixed.diff(out); err != nil {
				return failed(err)
			}
			in, err := w.input(ctx, fixed.before, fixed.before.Projects()...)
			if err != nil {
				return err
			}
			in = chosen.filter(in)
			return verdict(in, o.strict)
		}
		if err := fixed.write(); err != nil {
			return err
		}
		if n := len(fixed.files); n > 0 {
			fmt.Fprintf(errs, "qbls: %s fixed in %s\n", plural(fixed.count, "finding"), plural(n, "file"))
		}
	}
	s := w.Current()
	in, err := w.input(ctx, s, s.Projects()...)
	if err != nil {
		return err
	}
	in = chosen.filter(in)
	if o.suppressions {
		return listSuppressions(out, in, o.format)
	}
	if o.since != "" {
		if in, err = w.since(ctx, o.since, in); err != nil {
			return err
		}
	}
	in.Strict, in.Elapsed = o.strict, max(time.Since(started), time.Millisecond)
	return show(out, write, in)
}

// show prints findings and returns the exit code as an error.
func show(out io.Writer, write render.Format, in render.Input) error {
	in.Color, in.Width = terminal(out)
	if err := write(out, in); err != nil {
		return failed(err)
	}
	return verdict(in, in.Strict)
}

// verdict is the exit code of findings, as an error.
func verdict(in render.Input, strict bool) error {
	if countErrors(in) > 0 || strict && countWarnings(in) > 0 {
		return exit{code: exitErrors}
	}
	return nil
}

func countWarnings(in render.Input) (n int) {
	for _, p := range in.Projects {
		for _, d := range p.Diagnostics {
			if d.Rule != nil && d.Rule.Severity == diagnostics.Warning {
				n++
			}
		}
	}
	return n
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// terminal says whether to colour (a terminal, and NO_COLOR is not set: no-color.org) and how wide it is.
func terminal(out io.Writer) (color bool, width int) {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return false, 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", width
}
