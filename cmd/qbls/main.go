// Command qbls checks, compiles, runs and serves Quickback definitions.
//
// Exit codes: 0 nothing is wrong, 1 the definitions have errors, 2 the command was used wrongly or something cannot be read,
// 3 qbls itself failed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes.
const (
	exitOK       = 0
	exitErrors   = 1
	exitUsage    = 2
	exitInternal = 3
)

// exit is an error that carries its exit code. A nil error has been told to the user already.
type exit struct {
	code int
	err  error
}

func (e exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}
func (e exit) Unwrap() error { return e.err }

// unreadable says that something the user named cannot be read.
func unreadable(format string, args ...any) error {
	return exit{exitUsage, fmt.Errorf(format, args...)}
}

// failed says that qbls could not do its work. What the disk refuses is nothing that qbls could have done better.
func failed(err error) error {
	if refused(err) {
		return exit{exitUsage, err}
	}
	return exit{exitInternal, err}
}

// refused says whether a disk or folder does not let itself be written: no permission, mounted to be read only, or full.
func refused(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOSPC)
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(errs, "qbls failed: %v\n%s\nThis is a defect of qbls. Please report it with what is printed above.\n", r, debug.Stack())
			code = exitInternal
		}
	}()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if message := err.Error(); message != "" {
		fmt.Fprintln(errs, "qbls:", message)
	}
	if e, ok := errors.AsType[exit](err); ok {
		return e.code
	}
	return exitUsage // cobra's own errors are about how the command was written
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "qbls",
		Short:         "The language server and compiler for Quickback definitions",
		Long:          "qbls reads Quickback definitions, says what is wrong or dangerous in them, and compiles them into a backend\nthat enforces exactly what they declare. Everything happens on this machine.",
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(checkCommand(), compileCommand(), createCommand(), devCommand(), diffCommand(), evaluateCommand(), explainCommand(), initCommand(), lspCommand(), reportCommand(), migrateCommand(), verifyCommand(), versionCommand(), whatCommand(), whoCommand())
	root.SetHelpCommand(helpCommand(root))
	root.Version = versionString()
	root.SetVersionTemplate("qbls {{.Version}}\n")
	alike(root)
	return root
}
