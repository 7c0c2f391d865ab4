package compiler

import (
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/diagnostics"
)

// example compiles the project of a rule's example and returns the codes it gives, and whether they stand at text.
func example(t *testing.T, text string) []diagnostics.Diagnostic {
	t.Helper()
	disk := fstest.MapFS{"quickback/quickback.config.ts": {Data: []byte(config)}}
	archive := txtar.Parse([]byte(text))
	if len(archive.Files) == 0 {
		disk["quickback/features/things/things.ts"] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, f := range archive.Files {
		disk["quickback/"+strings.TrimPrefix(f.Name, "quickback/")] = &fstest.MapFile{Data: f.Data}
	}
	s := snapshot(t, disk)
	committed, err := migrate.Read(disk)
	if err != nil {
		t.Fatal(err)
	}
	found := compile(t, s, Options{Committed: committed}).Diagnostics
	for _, d := range found {
		if file := s.File(d.At.Path); file == nil || d.At.Span.Start == d.At.Span.End || int(d.At.Span.End) > len(file.Text) {
			t.Errorf("%s is reported at no text", d.Message)
		}
	}
	return found
}

// TestExamples: a rule's bad example compiles to exactly its code, the good one to none.
func TestExamples(t *testing.T) {
	for _, rule := range Rules() {
		t.Run(string(rule.Code), func(t *testing.T) {
			if found := example(t, rule.Bad); len(found) != 1 || found[0].Rule != rule {
				t.Errorf("the bad example gives %v", found)
			}
			if found := example(t, rule.Good); len(found) != 0 {
				t.Errorf("the good example gives %v", found)
			}
		})
	}
	if _, err := diagnostics.NewCatalogue(Rules()); err != nil {
		t.Error(err)
	}
}
