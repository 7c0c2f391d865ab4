package syntax_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the trees and diagnostics that come out into testdata")

// TestTrees reads testdata/*.txt: blocks apart by an empty line, each some source, then `= tree` and `! diagnostic` lines.
// «\n» in the source stands for an empty line.
func TestTrees(t *testing.T) {
	for _, path := range []string{"testdata/valid.txt", "testdata/broken.txt"} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for block := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
			var source []string
			for line := range strings.SplitSeq(block, "\n") {
				if !strings.HasPrefix(line, "= ") && !strings.HasPrefix(line, "! ") {
					source = append(source, strings.ReplaceAll(line, `«\n»`, ""))
				}
			}
			tree := parse(strings.Join(source, "\n"))
			checkTree(t, tree)
			got := strings.ReplaceAll(strings.Join(source, "\n"), "\n\n", "\n«\\n»\n")
			for child := range tree.Root().Children() {
				got += "\n= " + dump(child)
			}
			for _, line := range reports(tree) {
				got += "\n! " + line
			}
			out = append(out, got)
			if got != block && !*update {
				t.Errorf("%s\n got %s\nwant %s", path, got, block)
			}
			if path == "testdata/valid.txt" && len(tree.Diagnostics()) > 0 {
				t.Errorf("valid source has diagnostics: %s", got)
			}
		}
		if *update {
			if err := os.WriteFile(path, []byte(strings.Join(out, "\n\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
