package lsp_test

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/qbls/qbls/lsp/lsptest"
)

// TestTypingConverges: 2,000 keystrokes, with hover, completion, saves, and storms of watched files in between. What the editor shows in
// the end is what a cold start finds, and the memory is what it was.
func TestTypingConverges(t *testing.T) {
	keys := 2000
	if testing.Short() {
		keys = 200
	}
	files := sample(t)
	e := start(t, files, lsptest.Options{Init: trusted})
	names := []string{jobsFile, "quickback/features/applications/applications.ts", "quickback/features/jobs/actions.ts"}
	for _, name := range names {
		e.Open(name)
	}
	random := rand.New(rand.NewPCG(1, 2))
	typist := &typist{e: e, random: random}
	warm(typist, names)
	before := live(e)
	for i := range keys {
		name := names[i/100%len(names)] // a while in each file
		typist.key(name)
		switch {
		case i%7 == 0:
			e.Hover(name, typist.at)
		case i%11 == 0:
			e.Complete(name, typist.at)
		case i%97 == 0:
			e.Save(name)
		case i%131 == 0:
			var storm []string
			for range 40 {
				storm = append(storm, slices.Sorted(maps.Keys(files))...)
			}
			e.Touched(storm...)
		}
	}
	after := live(e)
	if grown := float64(after) / float64(before); grown > 1.2 {
		t.Errorf("the live heap was %d KiB and is %d KiB: %.2f times", before/1024, after/1024, grown)
	}
	cold := map[string]string{}
	for name := range files {
		cold[name] = e.Disk.Read(root + "/" + name)
	}
	for _, name := range names {
		cold[name] = e.Text(name)
	}
	want := lsptest.FromWorkspace(t, cold)
	if got := e.Findings(); !slices.Equal(got, want) {
		t.Errorf("the editor shows\n%v\na cold start finds\n%v", got, want)
	}
	if len(want) == 0 {
		t.Error("nothing was broken: the comparison says nothing")
	}
	for _, name := range names {
		e.Save(name)
	}
	e.Settle()
	if got := e.Findings(); !slices.Equal(got, want) {
		t.Errorf("after saving the editor shows\n%v\na cold start finds\n%v", got, want)
	}
	quit(t, e)
}

// typist types and deletes at a place that moves now and then, like a person does. It takes back what it typed before it goes on, mostly:
// the text neither grows for ever nor falls apart.
type typist struct {
	e      *lsptest.Editor
	random *rand.Rand
	at     int
	typed  int // bytes before at that are the typist's own
	word   string
	name   string
}

var phrases = []string{"roles: ['member'], ", "title", "'", "{", "}, ", "// note\n", "updatable: ['nope']", "$ctx.userId", "é𝕏", "\n"}

func (p *typist) key(name string) {
	text := p.e.Text(name)
	if p.name != name || p.typed == 0 && p.word == "" {
		p.name, p.typed, p.at = name, 0, p.random.IntN(len(text)+1)
		for p.at > 0 && p.at < len(text) && text[p.at]&0xc0 == 0x80 {
			p.at--
		}
		p.word = phrases[p.random.IntN(len(phrases))]
	}
	if p.word != "" {
		_, size := utf8.DecodeRuneInString(p.word)
		p.e.Replace(name, p.at, p.at, p.word[:size])
		p.at, p.typed, p.word = p.at+size, p.typed+size, p.word[size:]
		if p.word == "" && p.random.IntN(20) == 0 {
			p.typed = 0 // this one stays
		}
		return
	}
	back := 1
	for text[p.at-back]&0xc0 == 0x80 {
		back++
	}
	p.e.Replace(name, p.at-back, p.at, "")
	p.at, p.typed = p.at-back, p.typed-back
}

// warm uses everything once, so that what is made only once is there before the heap is measured.
func warm(p *typist, names []string) {
	for _, name := range names {
		for range 50 {
			p.key(name)
		}
		p.e.Hover(name, p.at)
		p.e.Complete(name, p.at)
		p.e.Save(name)
	}
	p.e.Settle()
}

// live is the heap that is in use after everything is settled and collected. What the server does while nobody asks, as making an index
// after a pause, may be under way at any one look; the least of many is what stays.
func live(e *lsptest.Editor) uint64 {
	e.Settle()
	e.Forget()
	least := ^uint64(0)
	for range 10 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		least = min(least, m.HeapAlloc)
	}
	return least
}
