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

	"github.com/qbls/qbls/lsp/lsptest"
)

// BenchmarkEditor measures what an author waits for, from the client's side of a real process: a character is typed into a list of
// columns and taken away again, so that every second version has one more finding; then hover and completion. At 10, 100 and 1,000 tables:
// the median and the 95th percentile of each, and the server's peak of memory.
//
//	go test ./cmd/qbls -run '^$' -bench Editor -benchtime 100x
//
// Timings are printed and never fail: the machine may be busy.
func BenchmarkEditor(b *testing.B) {
	for _, tables := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(tables), func(b *testing.B) { benchmarkEditor(b, tables) })
	}
}

func benchmarkEditor(b *testing.B, tables int) {
	root := b.TempDir()
	writeMany(b, root, tables)
	name := fmt.Sprintf("quickback/features/area%d/items%d.ts", tables/2/5, tables/2)
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(binary, "lsp")
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
	e := lsptest.Connect(b, filepath.ToSlash(root), lsptest.NewDisk(filepath.ToSlash(root), nil), out, in, lsptest.Options{})
	e.OpenAs(name, e.URI(name), string(content))
	e.Await(name)

	const list = "createable: ['parentId"
	typed := strings.Index(string(content), list) + len(list)
	keys, hovers, completions := waits{}, waits{}, waits{}
	b.ResetTimer()
	for i := range max(b.N, 2) {
		keys.time(func() {
			if i%2 == 0 {
				e.Replace(name, typed, typed, "x")
			} else {
				e.Replace(name, typed, typed+1, "")
			}
			if found := e.Await(name); (len(found) > 1) != (i%2 == 0) {
				b.Fatalf("version %d has the findings %v", i, found)
			}
		})
		if i%2 == 1 {
			hovers.time(func() {
				if e.Hover(name, typed-3) == "" {
					b.Fatal("hovering over a column says nothing")
				}
			})
			completions.time(func() {
				if len(e.Complete(name, typed)) == 0 {
					b.Fatal("nothing completes a column")
				}
			})
		}
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
	keys.report(b, "key")
	hovers.report(b, "hover")
	completions.report(b, "complete")
	if err := in.Close(); err != nil {
		b.Fatal(err)
	}
	_ = cmd.Wait() // its client is gone without a word, which the server may complain about
	b.ReportMetric(float64(peakMemory(cmd.ProcessState))/(1<<20), "MiB-peak")
}

// waits are how long a client waited for an answer, each time.
type waits []time.Duration

func (w *waits) time(f func()) {
	start := time.Now()
	f()
	*w = append(*w, time.Since(start))
}

func (w waits) report(b *testing.B, what string) {
	slices.Sort(w)
	at := func(share int) float64 { return float64(w[min(len(w)*share/100, len(w)-1)]) / 1e6 }
	b.ReportMetric(at(50), "ms/"+what+"-p50")
	b.ReportMetric(at(95), "ms/"+what+"-p95")
}
