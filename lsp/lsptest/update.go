package lsptest

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Update rewrites the diagnostic markers of an archive to what was found; questions stay. Whoever updates reads the difference
// before it is committed.
func Update(t testing.TB, dir string, s Scenario, found []Found) {
	t.Helper()
	name := filepath.Join(dir, s.Name+".txtar")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(raw)
	for i, f := range archive.Files {
		archive.Files[i].Data = []byte(remark(f.Name, string(f.Data), found))
	}
	if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remark(file, content string, found []Found) string {
	markers := map[int][]string{}
	below := slices.Clone(found)
	slices.SortStableFunc(below, func(a, b Found) int { return cmp.Compare(a.Start.Character, b.Start.Character) })
	lines := strings.SplitAfter(content, "\n")
	for _, f := range below {
		if f.File == file {
			line := strings.TrimRight(lines[f.Start.Line], "\r\n")
			markers[int(f.Start.Line)] = append(markers[int(f.Start.Line)], draw(line, f))
		}
	}
	var out strings.Builder
	for n, line := range lines {
		if m := markerLine.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m == nil || !strings.HasPrefix(m[2], "QB") {
			out.WriteString(line)
		}
		for _, m := range markers[n] {
			if !strings.HasSuffix(out.String(), "\n") {
				out.WriteString("\n")
			}
			out.WriteString(m + "\n")
		}
	}
	return out.String()
}

// draw is the marker of a finding, with the first words of its message.
func draw(line string, f Found) string {
	words, _, _ := strings.Cut(f.Message, "\n")
	if end := strings.IndexAny(words, ",:;"); end > 20 {
		words = words[:end]
	}
	words = strings.TrimSuffix(words, ".")
	start, end := int(f.Start.Character), int(f.End.Character)
	if f.End.Line != f.Start.Line {
		end = len(line)
	}
	if start < 2 {
		return "//< " + f.Code + " " + words
	}
	return "//" + strings.Repeat(" ", start-2) + strings.Repeat("^", max(end-start, 1)) + " " + f.Code + " " + words
}
