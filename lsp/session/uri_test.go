package session_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/qbls/qbls/lsp/session"
)

func TestPathOf(t *testing.T) {
	for _, c := range []struct{ uri, want string }{
		{"file:///home/ann/jobs.ts", "/home/ann/jobs.ts"},
		{"file:///home/ann/a%20b/%C3%A4.ts", "/home/ann/a b/ä.ts"},
		{"file:///home/ann/100%25.ts", "/home/ann/100%.ts"},
		{"file://localhost/home/ann/jobs.ts", "/home/ann/jobs.ts"},
		{"FILE:///home/jobs.ts", "/home/jobs.ts"},
		{"file:///c%3A/work/jobs.ts", "c:/work/jobs.ts"},
		{"file:///C:/work/jobs.ts", "c:/work/jobs.ts"},
		{"file://Server/share/jobs.ts", "//server/share/jobs.ts"},
		{"file:///home/jobs.ts?x=1#L3", "/home/jobs.ts"},
		{"file:///home/a%3Fb%23c.ts", "/home/a?b#c.ts"},
	} {
		if got, ok := session.PathOf(c.uri); !ok || got != c.want {
			t.Errorf("%s: %q %v, want %q", c.uri, got, ok, c.want)
		}
	}
	for _, uri := range []string{"", "file:", "file://", "untitled:Untitled-1", "git:/home/x.ts", "http://x/y", "file:///%zz", "file:///a%00b", "/home/x.ts", `C:\x.ts`} {
		if got, ok := session.PathOf(uri); ok {
			t.Errorf("%s is no file, got %q", uri, got)
		}
	}
}

func TestURIOf(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{"/home/ann/jobs.ts", "file:///home/ann/jobs.ts"},
		{"/a b/ä#?.ts", "file:///a%20b/%C3%A4%23%3F.ts"},
		{`c:\work\jobs.ts`, "file:///c%3A/work/jobs.ts"},
		{"//server/share/x.ts", "file://server/share/x.ts"},
	} {
		if got := session.URIOf(c.path); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
}

func TestURIsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`(/|c:/|//host/)[^\x00\\/]{1,12}(/[^\x00\\/]{1,12})*`).Draw(t, "path")
		if got, ok := session.PathOf(session.URIOf(path)); !ok || got != path {
			t.Fatalf("%q became %q (%v)", path, got, ok)
		}
	})
}
