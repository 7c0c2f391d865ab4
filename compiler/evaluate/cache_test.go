package evaluate

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// without is an evaluator that cannot evaluate: what it answers is kept.
func without(t *testing.T) *Evaluator {
	e := New(filepath.Join(t.TempDir(), "missing"))
	t.Cleanup(e.Close)
	return e
}

func TestCacheOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".qbls", "cache")
	o := Options{CacheDir: dir}
	s := project(t, hostile("[`na${'me'}`]"))
	want, _ := run(t, s, o)
	got, found, err := without(t).Run(t.Context(), s, ".", o)
	if err != nil || len(found) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("the cache gives %v, %v, %v, want %v", got, found, err, want)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the cache holds %v (%v)", entries, err)
	}
	if _, _, err := without(t).Run(t.Context(), s, ".", Options{}); err == nil {
		t.Error("an untrusted run reads the cache")
	}
	if _, _, err := without(t).Run(t.Context(), s, ".", Options{CacheDir: dir, All: true}); err == nil {
		t.Error("what is emitted is taken from the cache")
	}
	if _, _, err := without(t).Run(t.Context(), project(t, hostile("[`na${'me'}` ]")), ".", o); err == nil {
		t.Error("another text has the same result")
	}
}

func TestDiagnosticsAreKept(t *testing.T) {
	o := Options{CacheDir: t.TempDir()}
	s := project(t, Threw.Bad)
	_, want := run(t, s, o)
	if _, got, err := without(t).Run(t.Context(), s, ".", o); err != nil || !reflect.DeepEqual(got, want) || len(got) == 0 {
		t.Errorf("the cache gives %v, %v, want %v", got, err, want)
	}
}

func TestACorruptCacheIsNone(t *testing.T) {
	s := project(t, hostile("[`na${'me'}`]"))
	o := Options{CacheDir: t.TempDir()}
	want, _ := run(t, s, o)
	name := filepath.Join(o.CacheDir, cacheFile)
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for what, content := range map[string][]byte{
		"cut short": good[:len(good)/2], "empty": {}, "no JSON": []byte("{{{"), "another version": bytes.Replace(good, []byte(`"version":"1"`), []byte(`"version":"0"`), 1),
		"an edited value": bytes.Replace(good, []byte("name"), []byte("evil"), 1),
	} {
		if bytes.Equal(content, good) {
			t.Fatalf("%s: nothing was changed", what)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, ok := read(name, want.Key); ok {
			t.Errorf("%s: it is read", what)
		}
		if got, found := run(t, s, o); len(found) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: a run gives %v", what, got)
		}
		if again, err := os.ReadFile(name); err != nil || !bytes.Equal(again, good) {
			t.Errorf("%s: it was not replaced", what)
		}
	}
}

func TestWhatWasStoppedIsNotKept(t *testing.T) {
	e := evaluator(t)
	s := project(t, TimedOut.Bad)
	if _, found, err := e.Run(t.Context(), s, ".", Options{CacheDir: t.TempDir()}); err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if len(e.cache.outcomes) > 0 {
		t.Error("a time-out is kept, and may have been the machine's fault")
	}
}

func TestMemoryCacheIsBounded(t *testing.T) {
	c := cache{}
	for i := range keep * 3 {
		c.remember(text.Hash{byte(i)}, &outcome{})
	}
	if len(c.outcomes) != keep || len(c.order) != keep {
		t.Errorf("%d results are kept", len(c.outcomes))
	}
	if _, ok := c.get(text.Hash{keep*3 - 1}, nil, Options{}); !ok {
		t.Error("the newest result is not kept")
	}
}

func TestFactsFit(t *testing.T) {
	s := project(t, hostile("[`na${'me'}`]"))
	facts, _ := run(t, s, Options{})
	hash := func(p text.Path) (text.Hash, bool) {
		f := s.File(p)
		if f == nil {
			return text.Hash{}, false
		}
		return f.Hash, true
	}
	if !facts.Fits(hash) {
		t.Error("facts do not fit what they were made of")
	}
	if facts.Fits(func(text.Path) (text.Hash, bool) { return text.Hash{}, true }) || facts.Fits(func(text.Path) (text.Hash, bool) { return text.Hash{}, false }) {
		t.Error("facts fit other texts")
	}
}
