package source

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/diagnostics/text"
)

func TestLoadReadsWhatAProjectIsMadeOf(t *testing.T) {
	d := disk(config, jobs, "quickback/features/jobs/handlers/close.ts", "shared/roles.ts",
		"README.md", "quickback/features/jobs/notes.txt", "quickback/drizzle/0000_initial.sql",
		"node_modules/x/index.ts", "quickback/node_modules/x/index.ts", "dist/a.ts", ".git/a.ts", ".qbls/a.ts", ".wrangler/a.ts")
	wantPaths(t, "paths", slices.Collect(load(t, d).Paths()),
		"quickback/features/jobs/handlers/close.ts", "quickback/features/jobs/jobs.ts", "quickback/quickback.config.ts", "shared/roles.ts")
}

func TestLoadLeavesOutWhatIsInNoProject(t *testing.T) {
	s := load(t, disk("apps/api/"+config, "apps/api/"+jobs, "apps/web/main.ts", "tools/x.ts"))
	wantPaths(t, "paths", slices.Collect(s.Paths()), "apps/api/"+jobs, "apps/api/"+config)
	if load(t, disk("main.ts")).File("main.ts") != nil {
		t.Error("a file outside of every project was read")
	}
}

func TestLoadOmitsTheByteOrderMark(t *testing.T) {
	d := disk(config)
	d[jobs] = &fstest.MapFile{Data: []byte("\ufeffexport {}")}
	if got := textOf(load(t, d), jobs); got != "export {}" {
		t.Errorf("got %q", got)
	}
}

func TestLoadSaysWhatItCouldNotRead(t *testing.T) {
	d := disk(config, jobs, "apps/web/generated.ts")
	big := &fstest.MapFile{Data: []byte(strings.Repeat("x", MaxSize+1))}
	d["quickback/features/big.ts"] = big
	d["quickback/features/full.ts"] = &fstest.MapFile{Data: big.Data[:MaxSize]}
	d["quickback/features/utf16.ts"] = &fstest.MapFile{Data: []byte("\xff\xfee\x00")}
	d["quickback/features/gone.ts"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("nowhere.ts")}
	d["web/big.ts"] = big // not where definitions are: nobody asked for it
	s, problems := Load(d)
	got := map[text.Path]string{}
	for _, p := range problems {
		got[p.Path] = p.Reason
	}
	want := map[text.Path]string{
		"quickback/features/big.ts":   "larger than 2 MiB",
		"quickback/features/utf16.ts": "not a text in UTF-8",
		"quickback/features/gone.ts":  "it links to nowhere.ts, which is not there",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(problems) > 0 && !errors.Is(problems[0], ErrTooLarge) {
		t.Errorf("%v does not wrap its cause", problems[0])
	}
	for p := range want {
		if s.File(p) != nil {
			t.Errorf("%s was loaded", p)
		}
	}
	if s.File("quickback/features/full.ts") == nil {
		t.Error("a file of exactly 2 MiB was not loaded")
	}
}

// denied is a disk that refuses some paths.
type denied struct {
	fstest.MapFS
	paths []string
}

func (d denied) ReadFile(name string) ([]byte, error) {
	if slices.Contains(d.paths, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.ReadFile(name)
}

func (d denied) ReadDir(name string) ([]fs.DirEntry, error) {
	if slices.Contains(d.paths, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.ReadDir(name)
}

func TestLoadSaysWhatItMayNotRead(t *testing.T) {
	d := denied{disk(config, jobs, "quickback/features/a/a.ts", "pgdata/x.ts"), []string{jobs, "quickback/features/a", "pgdata"}}
	_, problems := Load(d)
	var got []text.Path
	for _, p := range problems {
		got = append(got, p.Path)
		if p.Reason != "no permission to read it" || !errors.Is(p, fs.ErrPermission) {
			t.Errorf("%v", p)
		}
	}
	wantPaths(t, "problems", got, "quickback/features/a", jobs)
	_, problems = Load(denied{disk(config), []string{"."}})
	if len(problems) != 1 || problems[0].Path != "." {
		t.Errorf("an unreadable workspace gives %v", problems)
	}
}

func TestGeneratedOutputIsNotSource(t *testing.T) {
	manifest := `{"version":1,"owned":{"src/index.ts":"00","drizzle.config.ts":"00"},"pending":{"later.config.ts":"00"}}`
	backend := []string{
		"backend/src/definitions/quickback.config.ts", "backend/src/definitions/features/jobs/jobs.ts",
		"backend/src/quickback/quickback.config.ts", "backend/src/index.ts", "backend/drizzle.config.ts", "backend/later.config.ts",
	}
	for name, content := range map[string]string{"a manifest": manifest, "a manifest cut short": manifest[:20]} {
		t.Run(name, func(t *testing.T) {
			d := disk(append(backend, config, jobs, "backend/mine.ts")...)
			d["backend/.qbls/manifest.json"] = &fstest.MapFile{Data: []byte(content)}
			s := load(t, d)
			if got := Projects(s); len(got) != 1 || got[0].Dir != "." {
				t.Errorf("projects: %v", got)
			}
			for p := range s.Under("backend/src") {
				t.Errorf("%s is read as source", p)
			}
			if s.File("backend/mine.ts") == nil {
				t.Error("a file of the user beside the output was left out")
			}
			if generated := s.File("backend/drizzle.config.ts") == nil; generated != (name == "a manifest") {
				t.Errorf("the manifest's own file left out: %v", generated)
			}
		})
	}
}

func TestOutputBesideDefinitions(t *testing.T) {
	d := disk(config, jobs, "src/definitions/features/jobs/jobs.ts", "src/index.ts")
	d[".qbls/manifest.json"] = &fstest.MapFile{Data: []byte(`{"version":1,"owned":{"src/index.ts":"00","quickback/drizzle/0000.sql":"00"}}`)}
	wantPaths(t, "paths", slices.Collect(load(t, d).Paths()), jobs, config)
}

func TestAManifestTurnsAFolderIntoOutput(t *testing.T) {
	const copied, m = "backend/src/definitions/jobs.ts", "backend/.qbls/manifest.json"
	s := load(t, disk(config, jobs, copied))
	if !slices.Contains(slices.Collect(s.Paths()), copied) {
		t.Fatal("the copy is not read while nothing says that it is one")
	}
	output := s.With(Change{Path: m, File: file(m, `{"owned":{}}`)})
	wantPaths(t, "after the compile", slices.Collect(output.Paths()), jobs, config)
	if again := output.With(Change{Path: m, File: file(m, `{"owned":{}}`)}, Change{Path: "backend/src/x.ts", File: file("", "x")}); again != output {
		t.Error("a second compile makes another set")
	}
	opened := output.With(Change{Path: copied, File: file(copied, "x"), Open: true})
	wantPaths(t, "with the copy open", slices.Collect(opened.Paths()), jobs, config)
	if textOf(opened, copied) != "x" {
		t.Error("an open generated file has no text")
	}
	if back := output.With(Change{Path: m}); !slices.Contains(slices.Collect(back.Paths()), copied) {
		t.Error("without its manifest the folder is still output")
	}
}

func TestReload(t *testing.T) {
	d := disk(config, jobs)
	s := load(t, d).With(Change{Path: jobs, File: file(jobs, "open"), Open: true})
	if same, problems := s.Reload(d); same != s || len(problems) > 0 {
		t.Errorf("nothing changed, and another set came back (%v)", problems)
	}
	d["apps/b/quickback/quickback.config.ts"] = &fstest.MapFile{}
	delete(d, config)
	d["apps/b/x.ts"] = &fstest.MapFile{Data: []byte("x")}
	next, _ := s.Reload(d)
	if got := Projects(next); len(got) != 1 || got[0].Dir != "apps/b" {
		t.Errorf("projects: %v", got)
	}
	if textOf(next, jobs) != "open" || textOf(next, "apps/b/x.ts") != "x" || next.File(config) != nil {
		t.Error("the reloaded set is not the disk under what is open")
	}
}

// realTree writes files below a folder of the operating system.
func realTree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range files {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func link(t *testing.T, root, name, target string) {
	t.Helper()
	if err := os.Symlink(filepath.FromSlash(target), filepath.Join(root, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func TestLoadFromTheOperatingSystem(t *testing.T) {
	root := realTree(t, config, jobs, "elsewhere/roles.ts", "elsewhere/deep/x.ts")
	link(t, root, "quickback/shared", "../elsewhere")
	link(t, root, "quickback/one.ts", "../elsewhere/roles.ts")
	link(t, root, "quickback/loop", "..")
	link(t, root, "elsewhere/loop", "../quickback")
	link(t, root, "elsewhere/self", ".")
	s, problems := Load(OS(root))
	var got []text.Path
	for p := range s.Under("quickback") {
		got = append(got, p)
	}
	wantPaths(t, "paths", got, jobs, "quickback/one.ts", config, "quickback/shared/deep/x.ts", "quickback/shared/roles.ts")
	for _, p := range problems {
		t.Errorf("a loop is no problem: %v", p)
	}
	if textOf(s, "quickback/shared/roles.ts") != "elsewhere/roles.ts" {
		t.Error("a link to a folder shows another text")
	}
}

func TestLinksOutOfTheWorkspaceAreRefused(t *testing.T) {
	outside := realTree(t, "secret.ts", "features/x.ts")
	root := realTree(t, config)
	link(t, root, "quickback/features", filepath.ToSlash(filepath.Join(outside, "features")))
	link(t, root, "quickback/secret.ts", filepath.ToSlash(filepath.Join(outside, "secret.ts")))
	s, problems := Load(OS(root))
	var got []text.Path
	for _, p := range problems {
		got = append(got, p.Path)
		for _, said := range []string{"it links to " + outside, "outside of the folder that is read", "put a copy in the place of the link"} {
			if !strings.Contains(p.Reason, said) {
				t.Errorf("%s: %q is not in the reason %q", p.Path, said, p.Reason)
			}
		}
	}
	wantPaths(t, "problems", got, "quickback/features", "quickback/secret.ts")
	wantPaths(t, "paths", slices.Collect(s.Paths()), config)
}

// Links that nobody follows are told with where they lead to, and with the link that would do.
func TestWhatIsWrongWithALink(t *testing.T) {
	root := realTree(t, config, jobs, "shared/roles.ts")
	link(t, root, "quickback/features/absolute.ts", filepath.ToSlash(filepath.Join(root, "shared", "roles.ts")))
	link(t, root, "quickback/features/beside.ts", "../../../elsewhere.ts")
	link(t, root, "quickback/features/round.ts", "round.ts")
	want := map[text.Path]string{
		"quickback/features/absolute.ts": ", a path that holds on this machine only. Link to ../../shared/roles.ts instead",
		"quickback/features/beside.ts":   "it links to ../elsewhere.ts, outside of the folder that is read",
		"quickback/features/round.ts":    "it links to round.ts, and round in a circle",
	}
	_, problems := Load(OS(root))
	if len(problems) != len(want) {
		t.Errorf("got %v", problems)
	}
	for _, p := range problems {
		if !strings.Contains(p.Reason, want[p.Path]) || want[p.Path] == "" {
			t.Errorf("%s: got %q, want %q", p.Path, p.Reason, want[p.Path])
		}
		if again := Unread(OS(root), p.Path, p.Err); again.Reason != p.Reason {
			t.Errorf("the editor says %q, the shell %q", again.Reason, p.Reason)
		}
	}
}

func TestAMissingWorkspaceIsAnError(t *testing.T) {
	_, problems := Load(OS(filepath.Join(t.TempDir(), "nothing")))
	if len(problems) != 1 || problems[0].Path != "." || !errors.Is(problems[0], fs.ErrNotExist) {
		t.Errorf("got %v", problems)
	}
}

// TestAManifestThatOwnsTheSameFiles: a save changes hashes of a manifest, and what it owns is known without reading it; whenever that says
// something, it says what reading says.
func TestAManifestThatOwnsTheSameFiles(t *testing.T) {
	manifest := func(owned, pending string) string {
		entries := func(names string) (lines []string) {
			for _, name := range strings.Fields(names) {
				lines = append(lines, `    "`+name+`": "`+strings.Repeat("0a", 32)+`"`)
			}
			return lines
		}
		s := "{\n  \"version\": 1,\n  \"owned\": {\n" + strings.Join(entries(owned), ",\n") + "\n  }"
		if pending != "" {
			s += ",\n  \"pending\": {\n" + strings.Join(entries(pending), ",\n") + "\n  }"
		}
		return s + "\n}\n"
	}
	was := parseOutput(manifest("a.ts b.json c/d.ts", ""))
	for text, known := range map[string]bool{
		manifest("a.ts b.json c/d.ts", ""):                                 true,
		strings.Replace(manifest("a.ts b.json c/d.ts", ""), "0a", "ff", 1): true,
		manifest("a.ts c/d.ts", ""):                                        true,
		manifest("a.ts b.json c/d.ts", "a.ts e.json"):                      true,
		manifest("a.ts b.json c/d.ts", "e.ts"):                             false,
		manifest("a.ts b.json", ""):                                        false,
		manifest("a.ts b.json", "c/d.ts"):                                  false,
		manifest("a.ts b.json c/d.ts e.ts", ""):                            false,
		manifest("a.ts b.json c/e.ts", ""):                                 false,
		manifest("a.ts b.json c/d.ts", "")[:150]:                           false,
		"{}":                                                               false,
	} {
		if got := was.owns(text); got != known {
			t.Errorf("%v for\n%s", got, text)
		}
		if now := parseOutput(text); known && !now.equal(was) {
			t.Errorf("reading says otherwise of\n%s", text)
		}
	}
}
