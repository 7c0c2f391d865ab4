package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// takes is what a command says of its arguments: at least so many, and at most so many.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch n := len(args); {
		case n >= least && n <= most:
			return nil
		case most == 0:
			return fmt.Errorf("%s takes no arguments, and was given %s", cmd.CommandPath(), strings.Join(args, " "))
		case n < least:
			return fmt.Errorf("%s needs at least %s", cmd.CommandPath(), plural(least, "argument"))
		default:
			return fmt.Errorf("%s takes %s at most, and was given %d: %s", cmd.CommandPath(), plural(most, "argument"), n, strings.Join(args, " "))
		}
	}
}

// alike brings all commands into one form: whoever uses one wrongly is shown how it is used, and --json is a short form of --format json
// wherever that can be asked for.
func alike(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(misused)
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return misused(cmd, err)
			}
			return nil
		}
	}
	if format := cmd.Flags().Lookup("format"); format != nil && cmd.Flags().Lookup("json") == nil {
		asJSON(cmd, format)
	}
	for _, sub := range cmd.Commands() {
		alike(sub)
	}
}

func asJSON(cmd *cobra.Command, format *pflag.Flag) {
	wanted := cmd.Flags().Bool("json", false, "the same as --format json")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *wanted {
			if format.Changed && format.Value.String() != "json" {
				return misused(cmd, fmt.Errorf("--json and --format %s contradict each other", format.Value))
			}
			if err := format.Value.Set("json"); err != nil {
				return failed(err)
			}
		}
		return run(cmd, args)
	}
}

// misused is what is said to whoever writes a command that is none: what is wrong, how it is written, and examples.
func misused(cmd *cobra.Command, err error) error {
	var b strings.Builder
	what, _, _ := strings.Cut(err.Error(), ": strconv.") // how Go reads numbers is of no use to anybody
	fmt.Fprintf(&b, "%s\n\nUsage:\n  %s\n", what, cmd.UseLine())
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
	}
	fmt.Fprintf(&b, "\n%s --help says more.", cmd.CommandPath())
	return exit{exitUsage, errors.New(b.String())}
}

// helpCommand is cobra's, but for a topic that there is none of, which is a mistake and not an answer.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [command]", Short: "Say how a command is used",
		RunE: func(_ *cobra.Command, args []string) error {
			of, rest, err := root.Find(args)
			if err != nil || of == nil || len(rest) > 0 {
				return misused(root, fmt.Errorf("there is no command %q", strings.Join(args, " ")))
			}
			return of.Help()
		},
	}
}
