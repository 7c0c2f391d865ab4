package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestCheckCountsCharactersExactly reads the JSON of a project with emoji, escapes, CRLF and tabs as an editor would: lines split
// at line ends, characters counted in UTF-16. Cutting the files there gives exactly what is wrong.
func TestCheckCountsCharactersExactly(t *testing.T) {
	const project = "../../analysis/testdata/exact"
	out, errs, code := qbls(t, "check", project, "--format", "json")
	if code != exitErrors || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	type position struct{ Line, Character int }
	var report struct {
		Projects []struct {
			Diagnostics []struct {
				Code, File string
				Range      struct{ Start, End position }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range report.Projects[0].Diagnostics {
		data, err := os.ReadFile(filepath.Join(project, filepath.FromSlash(d.File)))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") // editors do not count a byte order mark
		line := utf16.Encode([]rune(lines[d.Range.Start.Line]))
		got = append(got, d.Code+" "+string(utf16.Decode(line[d.Range.Start.Character:d.Range.End.Character])))
	}
	slices.Sort(got)
	want := []string{"QB1101 agénts 🙈", "QB1101 rolez", "QB2011 🙈", "QB2014 it’s", "QB5001 nóte", "QB5001 o'clock 🕰"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
