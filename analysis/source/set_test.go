package source

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/diagnostics/text"
)

// disk makes a disk of paths; each file's text is its path.
func disk(paths ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for _, p := range paths {
		m[p] = &fstest.MapFile{Data: []byte(p)}
	}
	return m
}

func load(t *testing.T, d Disk) *Set {
	t.Helper()
	s, problems := Load(d)
	for _, p := range problems {
		t.Errorf("unexpected: %v", p)
	}
	return s
}

func file(p text.Path, s string) *text.File { return text.NewFile(p, s) }

func textOf(s *Set, p text.Path) string {
	if f := s.File(p); f != nil {
		return f.Text
	}
	return "<nil>"
}

func wantPaths(t *testing.T, what string, got []text.Path, want ...text.Path) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

const jobs, config = "quickback/features/jobs/jobs.ts", "quickback/quickback.config.ts"

func TestOverlayWinsUntilItIsClosed(t *testing.T) {
	s := load(t, disk(config, jobs))
	opened := s.With(Change{Path: jobs, File: file(jobs, "open"), Open: true})
	if textOf(opened, jobs) != "open" || !opened.Open(jobs) {
		t.Errorf("open text does not show: %q", textOf(opened, jobs))
	}
	if textOf(s, jobs) != jobs || s.Open(jobs) {
		t.Error("the set before the change has changed")
	}
	saved := opened.With(Change{Path: jobs, File: file(jobs, "saved by somebody else")})
	if textOf(saved, jobs) != "open" {
		t.Errorf("the disk shows through the open text: %q", textOf(saved, jobs))
	}
	closed := saved.With(Change{Path: jobs, Open: true})
	if textOf(closed, jobs) != "saved by somebody else" || closed.Open(jobs) {
		t.Errorf("after closing: %q", textOf(closed, jobs))
	}
	deleted := saved.With(Change{Path: jobs})
	if textOf(deleted, jobs) != "open" {
		t.Errorf("deleted under the editor: %q", textOf(deleted, jobs))
	}
	if gone := deleted.With(Change{Path: jobs, Open: true}); gone.File(jobs) != nil {
		t.Errorf("deleted and closed: %q", textOf(gone, jobs))
	}
}

func TestNothingChangedIsTheSameSet(t *testing.T) {
	s := load(t, disk(config, jobs)).With(Change{Path: jobs, File: file(jobs, "open"), Open: true})
	for name, changes := range map[string][]Change{
		"no change":                {},
		"the same disk text":       {{Path: jobs, File: file(jobs, jobs)}},
		"the same open text":       {{Path: jobs, File: file(jobs, "open"), Open: true}},
		"closing what is not open": {{Path: config, Open: true}},
		"deleting what is not":     {{Path: "quickback/features/x.ts"}},
		"another kind of file":     {{Path: "quickback/notes.md", File: file("quickback/notes.md", "x")}},
		"installed code":           {{Path: "node_modules/a/quickback/b.ts", File: file("", "x")}},
		"outside of projects":      {{Path: "../x.ts", File: file("", "x")}},
	} {
		if got := s.With(changes...); got != s {
			t.Errorf("%s: another set came back", name)
		}
	}
}

func TestEqualTextKeepsItsFile(t *testing.T) {
	s := load(t, disk(config, jobs))
	was := s.File(jobs)
	if got := s.With(Change{Path: jobs, File: file(jobs, jobs)}).File(jobs); got != was {
		t.Error("an equal text replaced the File")
	}
}

func TestSiblingsAreShared(t *testing.T) {
	s := load(t, disk(config, jobs, "quickback/features/a/a.ts"))
	next := s.With(Change{Path: jobs, File: file(jobs, "x"), Open: true})
	if s.File(config) != next.File(config) || s.File("quickback/features/a/a.ts") != next.File("quickback/features/a/a.ts") {
		t.Error("a change of one file replaced another")
	}
}

func TestListing(t *testing.T) {
	s := load(t, disk(config,
		"quickback/features/jobs/jobs.ts", "quickback/features/jobs/actions.ts", "quickback/features/jobs/handlers/close.ts",
		"quickback/features/jobs-archive/a.ts", "quickback/features/notes.ts", "shared/roles.ts"))
	wantPaths(t, "features", s.Listed("quickback/features"), "quickback/features/notes.ts")
	wantPaths(t, "folders of features", s.Folders("quickback/features"), "quickback/features/jobs", "quickback/features/jobs-archive")
	wantPaths(t, "jobs", s.Listed("quickback/features/jobs"), "quickback/features/jobs/actions.ts", "quickback/features/jobs/jobs.ts")
	wantPaths(t, "root", s.Listed("."))
	wantPaths(t, "folders of the root", s.Folders("."), "quickback", "shared")
	wantPaths(t, "nothing", s.Listed("quickback/feat"))
	wantPaths(t, "under jobs", slices.Collect(s.Under("quickback/features/jobs")),
		"quickback/features/jobs/actions.ts", "quickback/features/jobs/handlers/close.ts", "quickback/features/jobs/jobs.ts")
	s = s.With(Change{Path: "quickback/features/new/new.ts", File: file("", "x"), Open: true}, Change{Path: "quickback/features/notes.ts"})
	wantPaths(t, "features, later", s.Listed("quickback/features"))
	wantPaths(t, "folders, later", s.Folders("quickback/features"),
		"quickback/features/jobs", "quickback/features/jobs-archive", "quickback/features/new")
}

// A random history of changes against the simplest thing that could be meant by them.
func TestSetIsAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := load(t, disk(config))
	diskLayer, overlay := map[text.Path]string{config: config}, map[text.Path]string{}
	for step := range 3000 {
		p := text.Path(fmt.Sprintf("quickback/features/f%d/t%d.ts", random.IntN(12), random.IntN(6)))
		c := Change{Path: p, Open: random.IntN(2) == 0}
		layer := diskLayer
		if c.Open {
			layer = overlay
		}
		delete(layer, p)
		if random.IntN(3) > 0 {
			c.File = file(p, fmt.Sprint(random.IntN(4)))
			layer[p] = c.File.Text
		}
		s = s.With(c)
		want := map[text.Path]string{}
		for _, l := range []map[text.Path]string{diskLayer, overlay} {
			for p, content := range l {
				want[p] = content
			}
		}
		got := slices.Collect(s.Paths())
		if len(got) != len(want) || !slices.IsSorted(got) {
			t.Fatalf("step %d: %d paths, want %d; sorted: %v", step, len(got), len(want), slices.IsSorted(got))
		}
		for p, content := range want {
			if textOf(s, p) != content {
				t.Fatalf("step %d: %s is %q, want %q", step, p, textOf(s, p), content)
			}
		}
	}
}

func TestSetStaysShallow(t *testing.T) {
	var s *tree
	const n = 20_000
	for i := range n {
		p := text.Path(fmt.Sprintf("quickback/features/f%03d/table%05d.ts", i/40, i)) // in order: the worst case of a plain tree
		s = s.put(p, entry{disk: file(p, "")})
	}
	var depth func(*tree) int
	depth = func(t *tree) int {
		if t == nil {
			return 0
		}
		return 1 + max(depth(t.left), depth(t.right))
	}
	if got := depth(s); got > 60 {
		t.Errorf("%d files make a tree %d deep", n, got)
	}
}
