package main

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp/lsptest"
)

// TestTheServerComesToAnEditorThatListens: over TCP and over a Unix socket, with a recording that can be replayed.
func TestTheServerComesToAnEditorThatListens(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			address := map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "s")}[network]
			listener, err := net.Listen(network, address)
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			flag := "--pipe=" + listener.Addr().String()
			if _, port, err := net.SplitHostPort(listener.Addr().String()); err == nil {
				flag = "--socket=" + port
			}
			recording := filepath.Join(t.TempDir(), "session")
			cmd := exec.Command(binary, "lsp", flag, "--record", recording)
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			conn, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			folder, files := t.TempDir(), map[string]string{}
			if err := os.CopyFS(folder, os.DirFS("../../testdata/projects/recruiting")); err != nil {
				t.Fatal(err)
			}
			for name, content := range allOf(t, folder) {
				files[name] = content
			}
			root := filepath.ToSlash(folder)
			e := lsptest.Connect(t, root, lsptest.NewDisk(root, files), conn, conn, lsptest.Options{})
			e.Open(changedFile)
			at := strings.Index(e.Text(changedFile), "updatable: [") + len("updatable: [")
			e.Replace(changedFile, at, at, "'nonsense', ")
			e.Settle()
			if len(e.Findings()) == 0 {
				t.Error("nothing was found")
			}
			if err := e.Server.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if err := e.Server.Exit(t.Context()); err != nil {
				t.Error(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("the server ended with %v", err)
			}
			var replays [2][]byte
			for i := range replays {
				if replays[i], err = exec.Command(binary, "lsp", "--replay", recording).Output(); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(replays[0], replays[1]) || !bytes.Contains(replays[0], []byte("nonsense")) {
				t.Errorf("the replays are\n%s\nand\n%s", replays[0], replays[1])
			}
		})
	}
}

// TestConnectionsThatCannotBe: said in a sentence, with the exit code of wrong usage.
func TestConnectionsThatCannotBe(t *testing.T) {
	for _, args := range [][]string{{"--pipe=" + filepath.Join(t.TempDir(), "nobody")}, {"--replay=" + filepath.Join(t.TempDir(), "none")}, {"--replay=../../go.mod"}} {
		out, err := exec.Command(binary, append([]string{"lsp"}, args...)...).CombinedOutput()
		if err == nil || len(out) == 0 || strings.Contains(string(out), "panic") {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
}
