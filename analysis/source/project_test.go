package source

import (
	"slices"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

func TestProjects(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  []Root
	}{
		"in quickback":          {[]string{config, jobs}, []Root{{".", config, "quickback"}}},
		"a fresh one":           {[]string{config}, []Root{{".", config, "quickback"}}},
		"opened at quickback":   {[]string{"quickback.config.ts", "features/a.ts"}, []Root{{".", "quickback.config.ts", "."}}},
		"split":                 {[]string{"a/quickback.config.ts", "a/definitions/schema/x.ts"}, []Root{{"a", "a/quickback.config.ts", "a"}}},
		"a config and no more":  {[]string{"docs/quickback.config.ts", "docs/features.ts"}, nil},
		"no config":             {[]string{jobs}, nil},
		"both ways":             {[]string{config, jobs, "quickback.config.ts", "features/a.ts"}, []Root{{".", config, "quickback"}}},
		"several":               {[]string{"b/" + config, "a/quickback.config.ts", "a/features/x.ts"}, []Root{{"a", "a/quickback.config.ts", "a"}, {"b", "b/" + config, "b/quickback"}}},
		"one in another":        {[]string{config, "apps/x/" + config}, []Root{{".", config, "quickback"}, {"apps/x", "apps/x/" + config, "apps/x/quickback"}}},
		"installed":             {[]string{"node_modules/x/" + config}, nil},
		"a name that ends so":   {[]string{"my.quickback.config.ts", "features/a.ts"}, nil},
		"features of a sibling": {[]string{"a/quickback.config.ts", "a-b/features/x.ts"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Projects(load(t, disk(test.files...))); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			// The same paths opened one by one, in the wrong order, make the same projects.
			s := load(t, disk())
			for _, p := range slices.Backward(test.files) {
				s = s.With(Change{Path: text.Path(p), File: file(text.Path(p), "x"), Open: true})
			}
			if got := Projects(s); !slices.Equal(got, test.want) {
				t.Errorf("opened: got %v, want %v", got, test.want)
			}
		})
	}
}

func TestOwnerIsTheNearest(t *testing.T) {
	s := load(t, disk(config, "apps/x/"+config))
	for p, want := range map[text.Path]text.Path{"apps/x/a.ts": "apps/x", "apps/xy/a.ts": ".", jobs: "."} {
		if got, ok := s.Owner(p); !ok || got.Dir != want {
			t.Errorf("%s belongs to %v", p, got)
		}
	}
	if got, ok := load(t, disk("a/"+config)).Owner("b/x.ts"); ok {
		t.Errorf("b/x.ts belongs to %v", got)
	}
}

func TestProjectsFollowTheSet(t *testing.T) {
	s := load(t, disk(config, jobs))
	gone := s.With(Change{Path: config})
	if len(Projects(gone)) != 0 {
		t.Error("a project is left without its configuration")
	}
	if back := gone.With(Change{Path: config, File: file(config, "x")}); len(Projects(back)) != 1 {
		t.Error("the configuration came back and the project did not")
	}
}

func TestLocate(t *testing.T) {
	for _, test := range []struct {
		root, name string
		want       text.Path
		ok         bool
	}{
		{"/home/me/app", "/home/me/app/quickback/a.ts", "quickback/a.ts", true},
		{"/home/me/app/", "/home/me/app/a.ts", "a.ts", true},
		{"/", "/a.ts", "a.ts", true},
		{"/home/me/app", "/home/me/app", ".", true},
		{"/home/me/app", "/home/me/app/../other/a.ts", "", false},
		{"/home/me/app", "/home/me/app2/a.ts", "", false},
		{"/home/me/app", "/home/me/App/a.ts", "", false},
		{"/home/me/app", `/home/me/app/a\b.ts`, `a\b.ts`, true}, // a backslash is a letter here
		{`C:\work\app`, `C:\work\app\quickback\a.ts`, "quickback/a.ts", true},
		{`C:\work\app`, `c:/work/app/a.ts`, "a.ts", true},
		{`c:\work\app\`, `C:\Work\App\Features\A.ts`, "Features/A.ts", true},
		{`C:\`, `c:\a.ts`, "a.ts", true},
		{`C:\work\app`, `D:\work\app\a.ts`, "", false},
		{`C:\work\app`, `C:\work\app\..\a.ts`, "", false},
		{`\\server\share\app`, `\\server\share\app\a.ts`, "a.ts", true},
		{`\\server\share\app`, `//SERVER/share/app/a.ts`, "a.ts", true},
		{`\\server\share\app`, `/server/share/app/a.ts`, "", false},
	} {
		if got, ok := Locate(test.root, test.name); got != test.want || ok != test.ok {
			t.Errorf("Locate(%s, %s) = %q, %v; want %q, %v", test.root, test.name, got, ok, test.want, test.ok)
		}
	}
}
