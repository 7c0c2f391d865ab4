package output

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

func emitted(pairs ...string) []File {
	var files []File
	for i := 0; i < len(pairs); i += 2 {
		files = append(files, File{Path: text.Path(pairs[i]), Content: []byte(pairs[i+1])})
	}
	return files
}

func owning(pairs ...string) map[text.Path]text.Hash {
	m := map[text.Path]text.Hash{}
	for _, f := range emitted(pairs...) {
		m[f.Path] = hashOf(f.Content)
	}
	return m
}

func holding(pairs ...string) func(text.Path) (text.Hash, bool) {
	m := owning(pairs...)
	return func(p text.Path) (text.Hash, bool) { h, ok := m[p]; return h, ok }
}

func actions(p *Plan) string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, s.Action.String()+" "+string(s.Path))
	}
	return strings.Join(out, ", ")
}

func TestPlan(t *testing.T) {
	for name, test := range map[string]struct {
		owned, pending, disk, files []string
		want, forced                string
	}{
		"new":                          {nil, nil, nil, []string{"a", "1"}, "create a", "create a"},
		"unchanged":                    {[]string{"a", "1"}, nil, []string{"a", "1"}, []string{"a", "1"}, "keep a", "keep a"},
		"changed":                      {[]string{"a", "1"}, nil, []string{"a", "1"}, []string{"a", "2"}, "replace a", "replace a"},
		"deleted by the user":          {[]string{"a", "1"}, nil, nil, []string{"a", "1"}, "create a", "create a"},
		"edited by hand":               {[]string{"a", "1"}, nil, []string{"a", "mine"}, []string{"a", "2"}, "conflict a", "replace a"},
		"edited, and emitted the same": {[]string{"a", "1"}, nil, []string{"a", "mine"}, []string{"a", "1"}, "conflict a", "replace a"},
		"edited to what is emitted":    {[]string{"a", "1"}, nil, []string{"a", "2"}, []string{"a", "2"}, "keep a", "keep a"},
		"somebody else's":              {nil, nil, []string{"a", "mine"}, []string{"a", "1"}, "conflict a", "replace a"},
		"somebody else's, equal":       {nil, nil, []string{"a", "1"}, []string{"a", "1"}, "keep a", "keep a"},
		"somebody else's, not emitted": {nil, nil, []string{"a", "mine"}, nil, "", ""},
		"no longer emitted":            {[]string{"a", "1"}, nil, []string{"a", "1"}, nil, "remove a", "remove a"},
		"no longer emitted, edited":    {[]string{"a", "1"}, nil, []string{"a", "mine"}, nil, "conflict a", "remove a"},
		"no longer emitted, deleted":   {[]string{"a", "1"}, nil, nil, nil, "", ""},
		"emptied by a power cut":       {[]string{"a", "1"}, nil, []string{"a", ""}, []string{"a", "2"}, "replace a", "replace a"},
		"an empty file of the user":    {nil, nil, []string{"a", ""}, []string{"a", "2"}, "conflict a", "replace a"},
		"killed after the rename":      {[]string{"a", "1"}, []string{"a", "2"}, []string{"a", "2"}, []string{"a", "3"}, "replace a", "replace a"},
		"killed before the rename":     {[]string{"a", "1"}, []string{"a", "2"}, []string{"a", "1"}, []string{"a", "3"}, "replace a", "replace a"},
		"killed, then edited":          {[]string{"a", "1"}, []string{"a", "2"}, []string{"a", "mine"}, []string{"a", "3"}, "conflict a", "replace a"},
		"killed, no longer emitted":    {nil, []string{"a", "2"}, []string{"a", "2"}, nil, "remove a", "remove a"},
		"in the order of paths":        {[]string{"b", "1"}, nil, []string{"b", "1"}, []string{"c", "1", "a", "1"}, "create a, remove b, create c", "create a, remove b, create c"},
	} {
		t.Run(name, func(t *testing.T) {
			old := Manifest{Version: 1, Owned: owning(test.owned...), Pending: owning(test.pending...)}
			if got := actions(NewPlan(old, holding(test.disk...), emitted(test.files...))); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			forced := NewPlan(old, holding(test.disk...), emitted(test.files...), Force())
			if got := actions(forced); got != test.forced || len(forced.Conflicts()) > 0 {
				t.Errorf("forced: got %q, want %q", got, test.forced)
			}
		})
	}
}

func TestPathsThatLeaveAreRefused(t *testing.T) {
	for _, bad := range []string{
		"", ".", "..", "../a", "a/../../b", "a/./b", "/a", "/etc/passwd", "a//b", "a/", `a\b`, `..\a`, `C:\a`, "C:a", "c:/a", "a\x00b",
		".qbls", ".qbls/manifest.json", ".QBLS/lock",
	} {
		p := NewPlan(Manifest{}, holding(), emitted("ok", "1", bad, "2"))
		if p.Err() == nil {
			t.Errorf("%q is accepted", bad)
			continue
		}
		tree := newMemory()
		if err := p.Write(t.Context(), tree); err == nil || len(tree.files) > 0 {
			t.Errorf("%q: error %v, written %v", bad, err, tree.files)
		}
		if _, err := Sync(t.Context(), tree, emitted("ok", "1", bad, "2")); err == nil || len(tree.files) > 0 {
			t.Errorf("%q: Sync: error %v, written %v", bad, err, tree.files)
		}
	}
}

func TestFilesInOnePlaceAreRefused(t *testing.T) {
	for _, files := range [][]File{
		emitted("a", "1", "a", "1"),
		emitted("src/A.ts", "1", "src/a.ts", "2"),
		emitted("src/a", "1", "src/a/b.ts", "2"),
		emitted("Src/x/b.ts", "1", "src/X", "2"),
	} {
		if NewPlan(Manifest{}, holding(), files).Err() == nil {
			t.Errorf("%s and %s are accepted", files[0].Path, files[1].Path)
		}
	}
	if err := NewPlan(Manifest{}, holding(), emitted("a", "1", "a.ts", "2", "b/a", "3")).Err(); err != nil {
		t.Error(err)
	}
}

func TestManifestJSON(t *testing.T) {
	m := Manifest{Version: 1, Owned: owning("b", "1", "a", "2"), Pending: owning("c", "3")}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	const one = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b" // sha256 of "1"
	if s := string(b); !strings.Contains(s, `"b":"`+one+`"`) || strings.Index(s, `"a"`) > strings.Index(s, `"b"`) || !strings.HasPrefix(s, `{"version":1,"owned":{`) {
		t.Errorf("got %s", b)
	}
	var back Manifest
	if err := json.Unmarshal(b, &back); err != nil || !back.equal(m) || back.Version != 1 {
		t.Errorf("read back: %v, %v", back, err)
	}
}

func TestManifestsAreNotTrusted(t *testing.T) {
	hash := strings.Repeat("00", 32)
	for _, bad := range []string{
		`{"version":2,"owned":{}}`, `{"owned":{}}`, `{`, ``, `[]`,
		`{"version":1,"owned":{"../../home/me/.ssh/config":"` + hash + `"}}`,
		`{"version":1,"owned":{"/etc/passwd":"` + hash + `"}}`,
		`{"version":1,"owned":{},"pending":{"..":"` + hash + `"}}`,
		`{"version":1,"owned":{"a":"00"}}`, `{"version":1,"owned":{"a":"` + strings.Repeat("zz", 32) + `"}}`,
	} {
		tree := newMemory()
		tree.files[ManifestPath] = bad
		if _, err := ReadManifest(tree); err == nil || !strings.Contains(err.Error(), string(ManifestPath)) {
			t.Errorf("%s: error %v", bad, err)
		}
		if _, err := Sync(t.Context(), tree, emitted("a", "1")); err == nil || len(tree.files) != 1 {
			t.Errorf("%s: error %v, files %v", bad, err, tree.files)
		}
	}
}

func TestConflictErrorNamesEveryFile(t *testing.T) {
	old := Manifest{Version: 1, Owned: owning("edited", "1", "unused", "1")}
	p := NewPlan(old, holding("edited", "x", "unused", "x", "foreign", "x"), emitted("edited", "2", "foreign", "2", "fine", "2"))
	var got []string
	for _, s := range p.Conflicts() {
		got = append(got, string(s.Path)+" "+s.Reason)
	}
	want := []string{"edited was edited by hand", "foreign was not written by qbls", "unused is no longer emitted, and was edited by hand"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	message := (&ConflictError{p.Conflicts()}).Error()
	for _, line := range want {
		if !strings.Contains(message, line) {
			t.Errorf("the message lacks %q:\n%s", line, message)
		}
	}
}
