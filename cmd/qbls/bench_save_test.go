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
// the word of the server that the code is on the disk; and until the documents about it are, too. An access rule is edited, or a column.
//
//	go test ./cmd/qbls -run '^$' -bench Save -benchtime 20x
//
// Timings are printed and never fail: the machine may be busy.
func BenchmarkSave(b *testing.B) {
	edits := map[string][2]string{
		"rule":   {"['lead', 'agent'] } },\n    update", "['agent'] } },\n    update"},
		"column": {"  title: text('title').notNull(),\n", "  title: text('title').notNull(),\n  colour: text('colour'),\n"},
	}
	for _, n := range []int{10, 1000} {
		for _, kind := range []string{"rule", "column"} {
			b.Run(fmt.Sprintf("%d-tables/%s", n, kind), func(b *testing.B) { benchmarkSave(b, n, edits[kind]) })
		}
	}
}

func benchmarkSave(b *testing.B, n int, texts [2]string) {
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
		lsptest.Options{Init: map[string]any{"trusted": true, "compileOnSave": true}})
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	e.Open(name)
	save := func(i int, until lsp.State) time.Duration {
		old, next := texts[i%2], texts[(i+1)%2]
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
		e.AwaitStatus(until)
		return time.Since(start)
	}
	save(0, lsp.UpToDate)
	save(1, lsp.UpToDate)
	var took []time.Duration
	before := processorTime(cmd.Process.Pid)
	b.ResetTimer()
	for i := range b.N {
		took = append(took, save(i, lsp.Written)) // the next save comes before the documents
	}
	used := processorTime(cmd.Process.Pid) - before
	b.StopTimer()
	e.AwaitStatus(lsp.UpToDate)
	before = processorTime(cmd.Process.Pid)
	var whole []time.Duration
	for i := range 3 {
		whole = append(whole, save(b.N+i, lsp.UpToDate))
	}
	usedWhole := (processorTime(cmd.Process.Pid) - before) / 3
	slices.Sort(took)
	slices.Sort(whole)
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(took[len(took)/2]), "ms-p50")
	b.ReportMetric(milliseconds(took[len(took)*95/100]), "ms-p95")
	b.ReportMetric(milliseconds(used/time.Duration(b.N)), "cpu-ms")
	b.ReportMetric(milliseconds(whole[1]), "ms-documents-p50")
	b.ReportMetric(milliseconds(usedWhole), "cpu-ms-documents")
}
