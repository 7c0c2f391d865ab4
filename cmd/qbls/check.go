package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/qbls/qbls/diagnostics/render"
)

func checkCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "check [dir]",
		Short: "Say what is wrong or dangerous in the definitions",
		Long:  "Reads every project below the folder (or the one around it) and says what is wrong or dangerous in its definitions.\nNothing is executed and nothing is written.\n\nExit codes: 0 no errors, 1 errors, 2 usage or unreadable files, 3 qbls itself failed.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, ok := render.ByName(format)
			if !ok {
				return unreadable("there is no format %q. Known: %s", format, strings.Join(render.Names(), ", "))
			}
			w, err := open(args)
			if err != nil {
				return err
			}
			s := w.Current()
			in, err := w.input(cmd.Context(), s, s.Projects()...)
			if err != nil {
				return err
			}
			return show(cmd.OutOrStdout(), write, in)
		},
	}
	cmd.Flags().StringVar(&format, "format", "pretty", "how to print: "+strings.Join(render.Names(), ", "))
	return cmd
}

// show prints findings and returns the exit code as an error.
func show(out io.Writer, write render.Format, in render.Input) error {
	in.Color, in.Width = terminal(out)
	if err := write(out, in); err != nil {
		return failed(err)
	}
	if countErrors(in) > 0 {
		return exit{code: exitErrors}
	}
	return nil
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
