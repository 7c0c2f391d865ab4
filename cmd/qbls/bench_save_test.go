package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// BenchmarkSave measures what a save takes in a warm server of 1,000 and of 10 tables: from the editor's word that a file was saved to
// the word of the server that the output is on the disk.
//
//	go test ./cmd/qbls -run '^$' -bench Save -benchtime 20x
//
// Timings are printed and never fail: the machine may be busy.
func BenchmarkSave(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprintf("%d-tables", n), func(b *testing.B) { benchmarkSave(b, n) })
	}
}

func benchmarkSave(b *testing.B, n int) {
	folder, err := filepath.EvalSymlinks(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	writeMany(b, folder, n)
	const name = "quickback/features/area0/items1.ts"
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(binary, "lsp")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	root := filepath.ToSlash(folder)
	e := lsptest.Connect(b, root, lsptest.NewDisk(root, map[string]string{name: string(content)}), out, in,
		lsptest.Options{Patience: time.Hour, Init: map[string]any{"trusted": true, "compileOnSave": true}})
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	e.Open(name)
	roles := [2]string{"['lead', 'agent'] } },\n    update", "['agent'] } },\n    update"}
	save := func(i int) time.Duration {
		old, next := roles[i%2], roles[(i+1)%2]
		at := strings.Index(e.Text(name), old)
		if at < 0 {
			b.Fatal("the table is written otherwise")
		}
		e.Replace(name, at, at+len(old), next)
		e.Settle()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(e.Text(name)), 0o644); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		e.Save(name)
		e.AwaitStatus(lsp.UpToDate)
		return time.Since(start)
	}
	save(0)
	save(1)
	var took []time.Duration
	b.ResetTimer()
	for i := range b.N {
		took = append(took, save(i))
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
}
