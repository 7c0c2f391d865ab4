package session

import "testing"

func TestParent(t *testing.T) {
	for name, want := range map[string]string{
		"/w/a.ts": "/w", "/w": "/", "/": "", "c:/w/a.ts": "c:/w", "c:/w": "c:/", "c:/": "", "//host/share/w": "//host/share", "//host/share": "", "x": "",
	} {
		if got, ok := parent(name); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", name, got, ok, want)
		}
	}
}
