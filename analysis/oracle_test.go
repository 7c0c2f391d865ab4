package analysis_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/qbls/qbls/analysis/check/rules"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/diagnostics/text"
)

type sample struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// samples are all definition texts that this repository has, and the pages' blocks where the pages are there.
func samples(t *testing.T) []sample {
	t.Helper()
	var out []sample
	add := func(name, text string) { out = append(out, sample{name, text}) }
	for _, dir := range []string{"../testdata/projects", "testdata/exact", "check"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch filepath.Ext(name) {
			case ".ts":
				data, err := os.ReadFile(name)
				add(name, string(data))
				return err
			case ".txtar":
				return addArchive(name, add)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	archives, err := filepath.Glob("../testdata/markers/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no marker fixtures: ", err)
	}
	for _, name := range archives {
		if err := addArchive(name, add); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range slices.Concat(syntax.Rules(), definition.Rules(), model.Rules(), rules.All().Rules()) {
		addExample(string(r.Code)+" bad", r.Bad, add)
		addExample(string(r.Code)+" good", r.Good, add)
	}
	for _, p := range preparedSeeds(t) {
		if p.files == nil && p.class == "illustration" {
			add(fmt.Sprintf("%s#%d as printed", p.page, p.number), p.text)
		}
		for _, name := range slices.Sorted(maps.Keys(p.files)) {
			add(fmt.Sprintf("%s#%d.%d %s", p.page, p.number, p.variant, name), p.files[name])
		}
	}
	return out
}

// addExample adds the example of a rule: one file, or an archive of several.
func addExample(name, example string, add func(name, text string)) {
	if archive := txtar.Parse([]byte(example)); len(archive.Files) == 0 {
		add(name, example)
	} else {
		for _, f := range archive.Files {
			add(name+" "+f.Name, string(f.Data))
		}
	}
}

func addArchive(name string, add func(name, text string)) error {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		return err
	}
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".ts") {
			add(name+" "+f.Name, string(f.Data))
		}
	}
	return nil
}

// variants writes a text in other ways that mean the same.
func variants(s sample) []sample {
	return []sample{
		s,
		{s.Name + " with CRLF", strings.ReplaceAll(s.Text, "\n", "\r\n")},
		{s.Name + " with a byte order mark and tabs", "\ufeff" + strings.ReplaceAll(s.Text, "\n  ", "\n\t")},
	}
}

// seen is what a parser sees in a text: offsets in UTF-16, then the value.
type seen struct {
	Name    string   `json:"name"`
	Text    string   `json:"text"`
	Errors  int      `json:"errors"`
	Keys    [][3]any `json:"keys"`
	Strings [][3]any `json:"strings"`
}

// TestOracle compares the parser with TypeScript's own on every text there is: the same texts have errors, and those without
// have the same property keys and string literals at the same offsets.
func TestOracle(t *testing.T) {
	var all []sample
	for _, s := range samples(t) {
		all = append(all, variants(s)...)
	}
	clean, keys := 0, 0
	for _, want := range typescript(t, all) {
		got := look(want.Text)
		sketch := strings.Contains(want.Name, "as printed") && got.Errors == 0 // bodies and blocks are ranges to us: errors in them are not ours
		if (got.Errors > 0) != (want.Errors > 0) && !sketch {
			t.Errorf("%s: %d syntax errors, TypeScript has %d\n%s", want.Name, got.Errors, want.Errors, want.Text)
		}
		if want.Errors > 0 {
			continue
		}
		clean++
		keys += len(want.Keys)
		compare(t, want.Name+": keys", got.Keys, want.Keys)
		compare(t, want.Name+": strings", got.Strings, want.Strings)
	}
	t.Logf("%d texts without errors, with %d keys", clean, keys)
	if clean < 500 || keys < 10_000 {
		t.Errorf("only %d texts with %d keys were compared", clean, keys)
	}
}

// typescript asks the pinned TypeScript, all texts in one process.
func typescript(t *testing.T, all []sample) []seen {
	t.Helper()
	in, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/oracle.mjs", workspace.Dir(t))
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	data, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	var out []seen
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	if len(out) < len(all) {
		t.Fatalf("%d answers to %d texts", len(out), len(all))
	}
	return out
}

// look is what our parser sees.
func look(source string) seen {
	tree, at := syntax.Parse(text.NewFile("things.ts", source)), utf16Offsets(source)
	out := seen{}
	for _, d := range tree.Diagnostics() {
		if d.Rule != syntax.DuplicateKey {
			out.Errors++
		}
	}
	entry := func(s text.Span, value string) [3]any {
		return [3]any{float64(at[s.Start]), float64(at[s.End]), value}
	}
	for n := range tree.Root().Descendants() {
		switch n.Kind() {
		case syntax.Property:
			if !n.Has(syntax.Computed) {
				out.Keys = append(out.Keys, entry(n.NameSpan(), n.Name()))
			}
		case syntax.String, syntax.Template:
			if value, ok := n.Str(); ok {
				out.Strings = append(out.Strings, entry(n.Span(), value))
			}
		}
	}
	return out
}

// utf16Offsets says for every byte offset of a text how many UTF-16 code units are before it.
func utf16Offsets(s string) []int {
	out, units := make([]int, len(s)+1), 0
	for i, r := range s {
		for j := range utf8.RuneLen(r) {
			out[i+j] = units
		}
		if units++; r > 0xffff {
			units++
		}
	}
	out[len(s)] = units
	return out
}

func compare(t *testing.T, what string, got, want [][3]any) {
	t.Helper()
	byStart := func(a, b [3]any) int { return cmp.Compare(a[0].(float64), b[0].(float64)) }
	slices.SortFunc(got, byStart)
	slices.SortFunc(want, byStart)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("%s differ from the %dth on:\n got %v\nwant %v", what, i, got[min(i, len(got)):min(i+3, len(got))], want[min(i, len(want)):min(i+3, len(want))])
			return
		}
	}
}
