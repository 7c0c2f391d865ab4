package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/qbls/qbls/diagnostics"
)

var update = flag.Bool("update", false, "write the findings into the scenarios; read the difference before it is committed")

// Each scenario is a project with the findings it has, in order: code, file and text of the range, the message, and after an
// arrow the help.
func TestScenarios(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, p := range paths {
		t.Run(filepath.Base(p), func(t *testing.T) {
			content, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(content)
			project := map[string]string{"quickback.config.ts": config}
			want := ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				project[f.Name] = string(f.Data)
			}
			got := findings(project, diagnose(t, project))
			if *update {
				for i := range archive.Files {
					if archive.Files[i].Name == "want" {
						archive.Files[i].Data = []byte(got)
					}
				}
				if err := os.WriteFile(p, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func findings(project map[string]string, ds []diagnostics.Diagnostic) string {
	var b strings.Builder
	for _, d := range ds {
		source := project[string(d.At.Path)]
		line := 1 + strings.Count(source[:d.At.Span.Start], "\n")
		fmt.Fprintf(&b, "%s %s %s:%d %q\n  %s\n", d.Rule.Code, d.Rule.Severity, filepath.Base(string(d.At.Path)), line, source[d.At.Span.Start:d.At.Span.End], d.Message)
		if d.Help != "" {
			fmt.Fprintf(&b, "  → %s\n", d.Help)
		}
	}
	return b.String()
}
