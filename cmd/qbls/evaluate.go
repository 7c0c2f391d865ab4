package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/compiler/evaluate"
)

// evaluateCommand is the sandbox: qbls runs itself with it when definitions have to be evaluated. It speaks on standard input and
// output to the process that started it, and to nobody else.
func evaluateCommand() *cobra.Command {
	return &cobra.Command{
		Use:    evaluate.ChildCommand,
		Hidden: true,
		Args:   takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			if code := evaluate.Child(os.Stdin, os.Stdout); code != 0 {
				return exit{code: exitInternal}
			}
			return nil
		},
	}
}
