package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis/grant"
)

func diffCommand() *cobra.Command {
	var format, failOn, dir string
	cmd := &cobra.Command{
		Use:   "diff <git revision | folder | report> [<other>]",
		Short: "Say what changed in what people can do",
		Long: "Compares what two versions of the definitions grant: who gained something (widened), who lost something (narrowed), and what else\n" +
			"changed. A version is a revision of git, a folder with a project, or a security report that qbls wrote. Without <other> the definitions\n" +
			"as they stand in --dir are compared.\n\n" +
			"Exit codes: 0 compared, 1 a change of a class of --fail-on, 2 usage or unreadable files, 3 qbls itself failed.",
		Example: "  qbls diff main\n  qbls diff v1.2 v1.3 --format markdown\n  qbls diff main --fail-on widened",
		Args:    takes(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			fail, err := classes(failOn)
			if err != nil {
				return err
			}
			write, ok := diffFormats[format]
			if !ok {
				return unreadable("--format takes pretty, json, markdown or sarif, not %q", format)
			}
			before, err := editionOf(cmd.Context(), dir, args[0])
			if err != nil {
				return err
			}
			after := dir
			if len(args) > 1 {
				after = args[1]
			}
			now, err := editionOf(cmd.Context(), dir, after)
			if err != nil {
				return err
			}
			changes := grant.Compare(before.grants, now.grants)
			if err := write(cmd.OutOrStdout(), changes, now); err != nil {
				return failed(err)
			}
			if slices.ContainsFunc(changes, func(c grant.Change) bool { return slices.Contains(fail, c.Class) }) {
				return exit{code: exitErrors}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "pretty", "pretty, json, markdown or sarif")
	cmd.Flags().StringVar(&failOn, "fail-on", "", "classes of changes that make the exit code 1: widened, narrowed, neutral, separated by commas")
	cmd.Flags().StringVar(&dir, "dir", ".", "folder of the project")
	return cmd
}

func classes(list string) (out []grant.Class, err error) {
	known := []grant.Class{grant.Widened, grant.Narrowed, grant.Neutral}
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(known, grant.Class(name)) {
			return nil, unreadable("--fail-on takes widened, narrowed and neutral, not %q", name)
		}
		out = append(out, grant.Class(name))
	}
	return out, nil
}

// diffFormats write changes. after is the newer version.
var diffFormats = map[string]func(w io.Writer, changes []grant.Change, after *edition) error{
	"pretty": prettyDiff, "json": jsonDiff, "markdown": markdownDiff, "sarif": sarifDiff,
}

func jsonDiff(w io.Writer, changes []grant.Change, _ *edition) error {
	if changes == nil {
		changes = []grant.Change{}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(map[string]any{"changes": changes, "summary": count(changes)})
}

func count(changes []grant.Change) map[grant.Class]int {
	out := map[grant.Class]int{grant.Widened: 0, grant.Narrowed: 0, grant.Neutral: 0}
	for _, c := range changes {
		out[c.Class]++
	}
	return out
}

func prettyDiff(w io.Writer, changes []grant.Change, _ *edition) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(w, "Nobody can do more or less than before.")
		return err
	}
	color, _ := terminal(w)
	mark := map[grant.Class][2]string{grant.Widened: {"+", "\x1b[31m"}, grant.Narrowed: {"-", "\x1b[32m"}, grant.Neutral: {"~", "\x1b[2m"}}
	var last grant.Class
	for _, c := range changes {
		if c.Class != last {
			fmt.Fprintf(w, "%s\n", map[grant.Class]string{grant.Widened: "widened", grant.Narrowed: "narrowed", grant.Neutral: "neither"}[c.Class])
			last = c.Class
		}
		sign, paint, plain := mark[c.Class][0], mark[c.Class][1], "\x1b[0m"
		if !color {
			paint, plain = "", ""
		}
		fmt.Fprintf(w, "  %s%s%s %s%s\n", paint, sign, plain, c.Text, where(c.At))
	}
	n := count(changes)
	_, err := fmt.Fprintf(w, "\n%d widened, %d narrowed, %d neither\n", n[grant.Widened], n[grant.Narrowed], n[grant.Neutral])
	return err
}

func where(at grant.Place) string {
	if at.File == "" {
		return ""
	}
	return fmt.Sprintf("\n      %s:%d:%d", at.File, at.Line, at.Column)
}

func markdownDiff(w io.Writer, changes []grant.Change, _ *edition) error {
	_, err := io.WriteString(w, grant.Markdown(changes))
	return err
}
