package names_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// half are the marks that somebody is about to type the rest of.
var half = []string{"", "{", "(", "[", "${", "`", "'", "/*", ")", "}", "=>", "...", ".", "const "}

// TestCodeOfBrokenText reads the code of a sample whose files end at every third of their tokens with something half typed, and of files in
// the middle of which it stands. It finds what it finds; it always ends, and places are in the text.
func TestCodeOfBrokenText(t *testing.T) {
	list, err := filepath.Glob("../../testdata/projects/recruiting/quickback/features/*/*.ts")
	if err != nil || len(list) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, name := range list {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, tok := range syntax.Tokens(string(content)) {
			if i%3 != 0 {
				continue
			}
			at, mark := int(tok.Span.End), half[i/3%len(half)]
			readCode(t, string(content[:at])+mark)
			readCode(t, string(content[:at])+mark+string(content[at:]))
		}
	}
}

func readCode(t *testing.T, content string) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%v\n%s", r, content)
		}
	}()
	f := text.NewFile("x.ts", content)
	d, _ := definition.Read(syntax.Parse(f), files{})
	for _, u := range names.CodeOf(f, d).Uses {
		if u.At.Start < 0 || u.At.Start > u.At.End || int(u.At.End) > len(content) {
			t.Errorf("%v is not in the text\n%s", u.At, content)
		}
	}
}

func FuzzCode(f *testing.F) {
	for _, mark := range half {
		f.Add(head + "const [{ stage }, ...rest] = await db.select().from(jobs).where(eq(jobs.stage, " + mark)
		f.Add(head + "export const t = sqliteTable('t', { id: text(" + mark + ") }, (x) => [index('i').on(x.id)]);")
	}
	f.Fuzz(func(t *testing.T, content string) {
		readCode(t, content)
	})
}
