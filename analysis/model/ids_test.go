package model_test

import (
	"fmt"
	"testing"
)

// TestPrefixesNeverRunOut gives two thousand tables of one initial three letters each.
func TestPrefixesNeverRunOut(t *testing.T) {
	f := files{}
	for i := range 2000 {
		name := fmt.Sprintf("items_%d", i)
		f["a/"+name+".ts"] = resource(name, org, ``)
	}
	seen := map[string]bool{}
	for id, prefix := range f.link().Globals.Prefixes {
		if len(prefix) != 3 || seen[prefix] {
			t.Errorf("%s has the prefix %q", id, prefix)
		}
		seen[prefix] = true
	}
	if len(seen) != 2000 {
		t.Errorf("%d tables have a prefix", len(seen))
	}
}
