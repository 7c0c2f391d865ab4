package session_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/lsptest"
	"github.com/qbls/qbls/lsp/session"
)

const root = "/w"

func sample(t testing.TB) map[string]string {
	t.Helper()
	dir := "../../testdata/projects/recruiting"
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".ts") {
			return err
		}
		content, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// client keeps what a session publishes.
type client struct {
	*session.Session
	disk      *lsptest.Disk
	published map[string][]session.Finding
}

func newClient(t testing.TB, files map[string]string) (*client, func()) {
	c := &client{disk: lsptest.NewDisk(root, files), published: map[string][]session.Finding{}}
	c.Session = session.New(session.Options{Disk: c.disk.Under, Encoding: text.UTF16, Publish: func(_ context.Context, p session.Publication) error {
		if c.published[p.URI] = p.Findings; len(p.Findings) == 0 {
			delete(c.published, p.URI)
		}
		return nil
	}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		c.Run(ctx)
		close(ended)
	}()
	c.AddFolder("file://" + root)
	return c, func() {
		cancel()
		<-ended
	}
}

// cold is what a new reader of the same texts finds.
func cold(t *rapid.T, disk *lsptest.Disk, open map[string]string) map[string][]session.Finding {
	set, _ := source.Load(disk.Under(root))
	for name, content := range open {
		set = set.With(source.Change{Path: text.Path(name), File: text.NewFile(text.Path(name), content), Open: true})
	}
	set, _ = set.Reload(disk.Under(root)) // a configuration that is only open makes a project of what lies beside it
	s := analysis.NewWorkspace(set).Current()
	out := map[string][]session.Finding{}
	uri := func(p text.Path) string { return strings.TrimSuffix(session.URIOf(root+"/"+string(p)), "/") }
	for _, dir := range s.Projects() {
		found, err := s.Diagnose(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for p, list := range found {
			out[uri(p)] = session.Findings(s, p, list, text.UTF16, uri)
		}
	}
	return out
}

var fragments = []string{
	"'", `"`, "`", "[", "]", "{", "}", "(", ")", ",", "\n", "\r\n", "//", "/*", " ", "😀", "é", "guards: ", "roles: ['owner'],", "createable: ['title'],",
	"export default ", "...", "$ctx.userId", "title", "stage", "import { x } from './x';\n",
}

// TestIncrementalIsCold types, deletes, opens, closes, saves and loses files at random: what is published is always what a
// new program would find in the same files.
func TestIncrementalIsCold(t *testing.T) {
	files := sample(t)
	names := slices.Sorted(maps.Keys(files))
	rapid.Check(t, func(t *rapid.T) {
		c, stop := newClient(nil, files)
		defer stop()
		open := map[string]string{}
		version := int32(0)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			name := rapid.SampledFrom(names).Draw(t, "file")
			uri := session.URIOf(root + "/" + name)
			version++
			content, isOpen := open[name]
			switch step := rapid.SampledFrom([]string{"edit", "edit", "edit", "cut", "close", "save", "disk", "gone"}).Draw(t, "step"); {
			case !isOpen && (step == "disk" || step == "gone"):
				change(t, c, name, step == "gone", files[name])
				c.Watched([]string{uri})
			case !isOpen:
				open[name] = c.disk.Read(root + "/" + name)
				c.Open(uri, version, open[name])
			case step == "close":
				c.Close(uri)
				delete(open, name)
			case step == "save":
				c.disk.Write(root+"/"+name, content)
				c.Save(uri)
			default:
				open[name] = edit(t, c, uri, version, content, step == "cut")
			}
		}
		if err := c.Settled(context.Background()); err != nil {
			t.Fatal(err)
		}
		want := cold(t, c.disk, open)
		for uri := range maps.Keys(want) {
			if !slices.EqualFunc(c.published[uri], want[uri], equal) {
				t.Fatalf("%s\npublished %v\ncold      %v", uri, c.published[uri], want[uri])
			}
		}
		if len(want) != len(c.published) {
			t.Fatalf("published for %v, cold %v", slices.Sorted(maps.Keys(c.published)), slices.Sorted(maps.Keys(want)))
		}
	})
}

func equal(a, b session.Finding) bool {
	return a.Start == b.Start && a.End == b.End && a.Severity == b.Severity && a.Code == b.Code && a.Message == b.Message && slices.Equal(a.Related, b.Related)
}

func change(t *rapid.T, c *client, name string, gone bool, content string) {
	if gone {
		c.disk.Remove(root + "/" + name)
		return
	}
	at := rapid.IntRange(0, len(content)).Draw(t, "at")
	c.disk.Write(root+"/"+name, strings.ToValidUTF8(content[:at], ""))
}

// edit changes a document by a range and returns the text that a client then has.
func edit(t *rapid.T, c *client, uri string, version int32, content string, cut bool) string {
	f := text.NewFile("", content)
	from := f.Offset(f.Position(rapid.IntRange(0, len(content)).Draw(t, "from"), text.UTF16), text.UTF16)
	to := from
	if cut {
		to = f.Offset(f.Position(min(len(content), from+rapid.IntRange(0, 80).Draw(t, "length")), text.UTF16), text.UTF16)
	}
	with := rapid.SampledFrom(fragments).Draw(t, "text")
	err := c.Change(uri, version, []session.Edit{{Start: f.Position(from, text.UTF16), End: f.Position(to, text.UTF16), Text: with}})
	if err != nil {
		t.Fatal(err)
	}
	return content[:from] + with + content[to:]
}
