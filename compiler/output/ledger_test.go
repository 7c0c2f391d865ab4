package output

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// recording keeps every content that becomes visible, in order.
type recording struct {
	*memory
	seen []string
}

func (r *recording) Commit(p text.Path) error {
	err := r.memory.Commit(p)
	if err == nil {
		r.seen = append(r.seen, string(p)+"\n"+r.files[p])
	}
	return err
}

// TestAnExchangeWritesWhatAWholePlanWrites: of two folders with the same history one is written to by a process that remembers it, the other
// by one that reads everything anew. Every content that was ever visible in them is the same, the manifests between included, whatever is
// emitted, edited by hand, emptied, removed or fails.
func TestAnExchangeWritesWhatAWholePlanWrites(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 13))
	remembered, anew := &recording{memory: newMemory()}, &recording{memory: newMemory()}
	trees := [2]*recording{remembered, anew}
	k := NewKnown(remembered)
	paths := []string{"a", "a/b\"c.ts", "b.ts", "docs.json", "quickback/é.ts", "src/x.ts", "src/y.ts", "z"}
	later := Later(func(p text.Path) bool { return p == "docs.json" })
	exchanges := 0
	for round := range 400 {
		var files []File
		documents := random.IntN(4) == 0
		for _, p := range paths {
			rare := p == "z" || p == "a" && round%9 == 0
			if p == "a/b\"c.ts" && round%9 == 0 || rare && random.IntN(2) == 0 || p == "docs.json" && !documents {
				continue // a file cannot be a folder
			}
			if p == "a" && round%9 != 0 {
				continue
			}
			files = append(files, File{Path: text.Path(p), Content: fmt.Appendf(nil, "%d", random.IntN(3))}.Summed())
		}
		touched := files[random.IntN(len(files))].Path
		what := random.IntN(12)
		failing := -1
		if random.IntN(6) == 0 {
			failing = random.IntN(8)
		}
		var errs [2]error
		for i, tree := range trees {
			tree.fail = nil
			switch what {
			case 0:
				tree.files[touched] = "by hand"
				tree.written[touched] += 100_000 + int64(round)
			case 1:
				tree.files[touched] = ""
				tree.written[touched] += 100_000 + int64(round)
			case 2:
				delete(tree.files, touched)
			}
			calls := 0
			tree.fail = func(string, text.Path) error {
				if calls++; calls-1 == failing {
					return errors.New("the disk is full")
				}
				return nil
			}
			known := k
			if i == 1 {
				known = NewKnown(tree)
			}
			if documents {
				_, errs[i] = known.Sync(t.Context(), files)
			} else {
				var plan *Plan
				if plan, errs[i] = known.Update(t.Context(), files, later); plan != nil && plan.kept > 0 {
					exchanges++
				}
			}
			tree.fail = nil
		}
		when := fmt.Sprintf("round %d (%d files, documents %v, hand %d of %s, failing %d)", round, len(files), documents, what, touched, failing)
		if fmt.Sprint(errs[0]) != fmt.Sprint(errs[1]) {
			t.Fatalf("%s: %v, and anew %v", when, errs[0], errs[1])
		}
		if !maps.Equal(remembered.files, anew.files) || !maps.Equal(remembered.staged, anew.staged) {
			t.Fatalf("%s: the folders differ:\n%q\n%q", when, remembered.files, anew.files)
		}
		if a, b := fmt.Sprintf("%q", remembered.seen), fmt.Sprintf("%q", anew.seen); a != b {
			t.Fatalf("%s: what was visible between differs:\n%s\n%s", when, a, b)
		}
		remembered.seen, anew.seen = nil, nil
		if what == 0 { // somebody mends it, so that not every further round is a conflict
			for _, tree := range trees {
				delete(tree.files, touched)
			}
		}
	}
	if exchanges < 50 {
		t.Errorf("only %d updates were exchanges", exchanges)
	}
}
