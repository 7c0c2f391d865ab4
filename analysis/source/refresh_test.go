package source

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/diagnostics/text"
)

// content is everything a set shows.
func content(s *Set) string {
	var b strings.Builder
	fmt.Fprintln(&b, Projects(s))
	for p := range s.Paths() {
		fmt.Fprintf(&b, "%s %q\n", p, textOf(s, p))
	}
	return b.String()
}

// Whatever happens on disk, refreshing what a watcher names gives what a cold start reads.
func TestRefreshEqualsAColdStart(t *testing.T) {
	names := []string{
		config, "apps/b/" + config, "apps/c/quickback.config.ts", ".qbls/manifest.json", "apps/b/.qbls/manifest.json",
		jobs, "quickback/features/jobs/actions.ts", "src/index.ts", "src/definitions/jobs.ts", "shared/roles.ts",
		"apps/b/quickback/features/x.ts", "apps/b/src/x.ts", "apps/b/gen.ts", "apps/c/features/y.ts", "apps/c/other.ts",
		"node_modules/m/quickback/quickback.config.ts", "README.md", "quickback/features/broken.ts",
	}
	texts := []string{"one", "two", `{"owned":{"gen.ts":""}}`, `{"owned":{}}`, "\xff"}
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 7))
		d := fstest.MapFS{}
		s := load(t, d)
		for step := range 60 {
			var touched []text.Path
			for range 1 + random.IntN(3) {
				name := names[random.IntN(len(names))]
				if random.IntN(3) == 0 {
					name = removed(d, name, random.IntN(4) == 0)
				} else {
					d[name] = &fstest.MapFile{Data: []byte(texts[random.IntN(len(texts))])}
				}
				touched = append(touched, text.Path(name))
			}
			var warm []LoadError
			s, warm = s.Refresh(d, touched...)
			cold, problems := Load(d)
			if content(s) != content(cold) {
				t.Fatalf("seed %d, step %d, touched %v:\nwarm %scold %s", seed, step, touched, content(s), content(cold))
			}
			for _, e := range warm {
				if !slices.ContainsFunc(problems, func(c LoadError) bool { return c.Path == e.Path && c.Reason == e.Reason }) {
					t.Fatalf("seed %d, step %d: only the refresh says %v", seed, step, e)
				}
			}
		}
	}
}

// removed deletes a file, or the folder that holds it, and returns which.
func removed(d fstest.MapFS, name string, whole bool) string {
	if i := strings.LastIndex(name, "/"); whole && i > 0 {
		folder := name[:i]
		maps.DeleteFunc(d, func(p string, _ *fstest.MapFile) bool { return strings.HasPrefix(p, folder+"/") })
		return folder
	}
	delete(d, name)
	return name
}

func TestRefreshKeepsWhatIsOpen(t *testing.T) {
	d := disk(config, jobs)
	s := load(t, d).With(Change{Path: jobs, File: file(jobs, "open"), Open: true})
	delete(d, jobs)
	next, problems := s.Refresh(d, "quickback/features")
	if textOf(next, jobs) != "open" || !next.Open(jobs) || len(problems) > 0 {
		t.Errorf("the open text is %q (%v)", textOf(next, jobs), problems)
	}
	if again, _ := next.Refresh(d, jobs, "quickback/features", "README.md", "../x.ts", config); again != next {
		t.Error("nothing changed, and another set came back")
	}
}

func TestRefreshSaysWhatItCouldNotRead(t *testing.T) {
	d := disk(config, jobs)
	s := load(t, d)
	d[jobs] = &fstest.MapFile{Data: []byte("\xff")}
	next, problems := s.Refresh(d, jobs)
	if len(problems) != 1 || problems[0].Path != jobs || next.File(jobs) != nil {
		t.Errorf("problems %v, text %q", problems, textOf(next, jobs))
	}
}
