package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/project"
	"github.com/qbls/qbls/diagnostics"
)

func createCommand() *cobra.Command {
	var lines []string
	for _, t := range project.Templates() {
		lines = append(lines, fmt.Sprintf("  %-11s %s%s", t.Name, t.Summary, emission(t)))
	}
	return &cobra.Command{
		Use:     "create [template] [name]",
		Short:   "Make a project with an example feature",
		Long:    "Makes a folder with a project whose feature `todos` shows firewall, access, guards, masks, views and actions. The name may be\na path; its last part is the name of the project. The folder must be empty or not exist. What is left out is asked for.\n\nTemplates:\n" + strings.Join(lines, "\n") + "\n\nExit codes: 0 done, 2 usage or a folder that is not empty, 3 qbls itself failed.",
		Example: "  qbls create bun shop\n  qbls create",
		Args:    takes(0, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, folder, err := chosen(args, cmd.InOrStdin(), cmd.OutOrStdout())
			if err != nil {
				return err
			}
			return create(t, folder, cmd.OutOrStdout())
		},
	}
}

func emission(t project.Template) string {
	if compiler.Emits(t.Runtime, t.Database, t.Auth) {
		return ""
	}
	return " (checked, not emitted yet)"
}

func templateNames() (names []string) {
	for _, t := range project.Templates() {
		names = append(names, t.Name)
	}
	return names
}

// chosen reads the template and the folder from the arguments, and asks for what they leave out.
func chosen(args []string, in io.Reader, out io.Writer) (t project.Template, folder string, err error) {
	if len(args) < 2 {
		if f, ok := in.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
			return t, "", unreadable("there is no terminal to ask at. Name a template and the project: qbls create <%s> <name>", strings.Join(templateNames(), "|"))
		}
	}
	lines := bufio.NewReader(in)
	switch len(args) {
	case 0:
		if t, err = askTemplate(lines, out); err != nil {
			return t, "", err
		}
	default:
		if t, err = namedTemplate(args[0]); err != nil {
			return t, "", err
		}
	}
	if len(args) == 2 {
		return t, args[1], nil
	}
	folder, err = askName(lines, out)
	return t, folder, err
}

func namedTemplate(name string) (project.Template, error) {
	t, ok := project.ByName(name)
	if ok {
		return t, nil
	}
	help := "Known: " + strings.Join(templateNames(), ", ")
	if near, found := diagnostics.Nearest(name, slices.Values(templateNames())); found {
		help = "Did you mean " + near + "? " + help
	}
	return t, unreadable("there is no template %q. %s", name, help)
}

// askTemplate takes a number or a name.
func askTemplate(in *bufio.Reader, out io.Writer) (project.Template, error) {
	all := project.Templates()
	fmt.Fprintln(out, "Which stack?")
	for i, t := range all {
		fmt.Fprintf(out, "  %d  %-11s %s%s\n", i+1, t.Name, t.Summary, emission(t))
	}
	for {
		answer, err := ask(in, out, "Template [bun]: ", project.Bun.Name)
		if err != nil {
			return project.Template{}, err
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(all) {
			return all[n-1], nil
		}
		t, err := namedTemplate(answer)
		if err == nil {
			return t, nil
		}
		fmt.Fprintf(out, "%v.\n", err)
	}
}

func askName(in *bufio.Reader, out io.Writer) (string, error) {
	for {
		answer, err := ask(in, out, "Name of the project [my-app]: ", "my-app")
		if err != nil {
			return "", err
		}
		wrong := vacant(answer)
		if wrong == nil {
			return answer, nil
		}
		fmt.Fprintf(out, "%v.\n", wrong)
	}
}

// ask reads one line; an empty one means the default. Input that has ended is an error, for it will not answer.
func ask(in *bufio.Reader, out io.Writer, question, standard string) (string, error) {
	fmt.Fprint(out, question)
	line, err := in.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(out)
		if errors.Is(err, io.EOF) {
			return "", unreadable("nothing was created: the input ended")
		}
		return "", unreadable("nothing was created: %w", err)
	}
	if answer := strings.TrimSpace(line); answer != "" {
		return answer, nil
	}
	return standard, nil
}

// projectName is the last part of the path of a folder.
func projectName(folder string) (string, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", unreadable("%s is no path: %w", folder, err)
	}
	name := filepath.Base(absolute)
	if err := project.CheckName(name); err != nil {
		return "", unreadable("%w", err)
	}
	return name, nil
}

// vacant returns an error for a folder that a project cannot be made in. A fresh repository is empty.
func vacant(folder string) error {
	if folder == "" {
		return unreadable("the project needs a name")
	}
	if _, err := projectName(folder); err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unreadable("%s cannot be used: %w", folder, err)
	}
	for _, e := range entries {
		if e.Name() != ".git" {
			return unreadable("%s is not empty: it holds %s. Choose another name, or run qbls init in it", folder, e.Name())
		}
	}
	return nil
}

func create(t project.Template, folder string, out io.Writer) error {
	if err := vacant(folder); err != nil {
		return err
	}
	name, err := projectName(folder)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return unreadable("cannot make %s: %w", folder, err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return unreadable("cannot write to %s: %w", folder, err)
	}
	defer root.Close()
	files := project.New(t, name)
	for _, f := range files {
		if err := add(root, f.Path, f.Content); err != nil {
			return unreadable("cannot write to %s: %w", folder, err)
		}
	}
	fmt.Fprintf(out, "Created %s from the template %s: %d files.\n\nNext:\n", name, t.Name, len(files))
	if folder != "." {
		fmt.Fprintf(out, "  cd %s\n", quoted(folder))
	}
	fmt.Fprintln(out, "  npm install     # the types of Drizzle and Zod, for the editor\n  qbls check      # what is wrong or dangerous in the definitions")
	if compiler.Emits(t.Runtime, t.Database, t.Auth) {
		fmt.Fprintln(out, "  qbls dev        # compile and run, again on every save")
		return nil
	}
	fmt.Fprintln(out, "\nThis version checks definitions for this stack and does not emit it yet; qbls compile says what is missing.")
	return nil
}

// quoted is a path as one word of a shell.
func quoted(path string) string {
	if strings.ContainsAny(path, " '\"$`()&;*?!<>|#") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
