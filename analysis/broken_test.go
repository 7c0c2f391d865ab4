package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// TestIncrementalIsColdOnBrokenText takes away, exchanges and adds tokens of a sample, anywhere, and asks after each what a workspace that
// was opened just now would find, and where. Broken texts mean the same in many ways.
func TestIncrementalIsColdOnBrokenText(t *testing.T) {
	set, problems := source.Load(source.OS("../testdata/projects/recruiting"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	random := rand.New(rand.NewPCG(3, 3))
	w := analysis.NewWorkspace(set)
	whole := map[text.Path]string{}
	var files []text.Path
	for path := range w.Current().Files.Paths() {
		files = append(files, path)
		whole[path] = w.Current().File(path).Text
	}
	slices.Sort(files)
	token := func(content string) (string, text.Span) {
		all := syntax.Tokens(content)
		if len(all) == 0 {
			return "", text.Span{}
		}
		at := all[random.IntN(len(all))].Span
		return content[at.Start:at.End], at
	}
	for step := range 200 {
		path := files[random.IntN(len(files))]
		now := w.Current().File(path).Text
		other, _ := token(whole[files[random.IntN(len(files))]])
		_, at := token(now)
		switch random.IntN(5) {
		case 0:
			now = now[:at.Start] + now[at.End:]
		case 1, 2:
			now = now[:at.Start] + other + now[at.End:]
		case 3:
			now = now[:at.Start] + " " + other + " " + now[at.Start:]
		default:
			now = whole[path]
		}
		s := w.Apply(change(path, now))
		got, want := examine(t, s), examine(t, analysis.NewWorkspace(s.Files).Current())
		if !reflect.DeepEqual(got.Found, want.Found) {
			t.Fatalf("step %d, %s: found\n%v\nwant\n%v", step, path, fmt.Sprint(got.Found), fmt.Sprint(want.Found))
		}
	}
}
