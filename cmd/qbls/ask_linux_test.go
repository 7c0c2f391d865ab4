package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// pseudoTerminal opens a pseudo-terminal (pty(7)): what is written to the first file is typed at the second.
func pseudoTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// TestCreateAsks: without arguments, at a terminal, create asks for what it needs, and asks again after an answer that is none.
func TestCreateAsks(t *testing.T) {
	for _, c := range []struct {
		name, typed, folder, config string
		args                        []string
	}{
		{"both", "denno\n6\nfull\nshop\n", "shop", "defineRuntime('supabase')", []string{"create"}},
		{"what it offers", "\n\n", "my-app", "defineRuntime('bun')", []string{"create"}},
		{"the name alone", "shop\n", "shop", "defineDatabase('neon')", []string{"create", "neon"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			person, program := pseudoTerminal(t)
			folder := t.TempDir()
			if err := os.MkdirAll(filepath.Join(folder, "full", "mine"), 0o755); err != nil {
				t.Fatal(err)
			}
			ctx, enough := context.WithTimeout(t.Context(), patience) // a question too many would wait for ever
			defer enough()
			cmd := exec.CommandContext(ctx, binary, c.args...)
			var out bytes.Buffer
			cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = folder, program, &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(person, c.typed); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if strings.Contains(c.typed, "full") && (!strings.Contains(out.String(), `no template "denno"`) || !strings.Contains(out.String(), "full is not empty")) {
				t.Errorf("it does not say what was wrong:\n%s", out.String())
			}
			content, err := os.ReadFile(filepath.Join(folder, c.folder, "quickback/quickback.config.ts"))
			if err != nil || !strings.Contains(string(content), c.config) {
				t.Errorf("%v\n%s\n%s", err, content, out.String())
			}
		})
	}
}

// TestCreateEndsWithItsInput: end of file at a question creates nothing.
func TestCreateEndsWithItsInput(t *testing.T) {
	var out bytes.Buffer
	_, err := askName(bufio.NewReader(strings.NewReader("")), &out)
	if err == nil || !strings.Contains(err.Error(), "the input ended") {
		t.Errorf("%v", err)
	}
}
