package runtime

import (
	"maps"
	"slices"
)

// Features are what a project asks of the library beyond what every backend does. The library marks with them what only some projects need
// (README.md, Tailoring).
type Features uint64

const (
	// Put is replacing, or creating, a row under an id that the client names.
	Put Features = 1 << iota

	end
)

// All are all features.
const All = end - 1

// named are the features by what the marks of the library call them.
var named = map[string]Features{
	"put": Put,
}

// Has says whether one of the features is among these.
func (f Features) Has(one Features) bool { return f&one != 0 }

// Names are what the marks of the library call the features, sorted.
func Names() []string { return slices.Sorted(maps.Keys(named)) }

// Named returns a feature by its name; 0 when there is none.
func Named(name string) Features { return named[name] }
