package query

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/syntax"
)

// chains are the arguments of calls behind a column of q. Which calls there are TypeScript knows; what their strings name it does not.
var chains = map[string]*shape{
	"masked":     leaf(without(maskTypes, "custom")),
	"filterable": leaf(filterOperators),
	"default":    leaf(valuesOfChain),
}

// chained finds the arguments of a modifier that is being written; nil outside of one.
func chained(path []syntax.Step) (*shape, place) {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i].Call == "" {
			continue
		}
		sh := chains[path[i].Call]
		if _, ours := modifierOf(path[i]); sh == nil || !ours || i != len(path)-1 {
			return nil, place{}
		}
		return sh, place{}
	}
	return nil, place{}
}

func without(s source, label string) source {
	return func(sc *scene, p place) []Item {
		return slices.DeleteFunc(s(sc, p), func(it Item) bool { return it.Label == label })
	}
}

// filterOperators are the operators that the call does not name yet.
func filterOperators(sc *scene, _ place) []Item {
	said := map[string]string{
		"eq": "the same", "ne": "another", "gt": "greater", "gte": "greater or the same", "lt": "less", "lte": "less or the same",
		"like": "a part of a text", "in": "one of several", "isNull": "empty or not",
	}
	call := sc.cursor.Path[len(sc.cursor.Path)-1].Node
	var out []Item
	for i, o := range definition.FilterOperators {
		named := false
		for a := range call.Children() {
			word, ok := a.Inner().Str()
			named = named || ok && word == o
		}
		if !named {
			out = append(out, Item{Label: o, Kind: Value, Detail: said[o], Sort: order(1, i)})
		}
	}
	return out
}

// valuesOfChain are the values of the q.enum that the chain at the cursor begins with.
func valuesOfChain(s *scene, _ place) []Item {
	for i := len(s.cursor.Path) - 1; i >= 0; i-- {
		if s.cursor.Path[i].Call == "" {
			continue
		}
		for n := s.cursor.Path[i].Node.Callee(); n.Valid(); {
			switch n.Kind() {
			case syntax.Member:
				n = n.Operand()
			case syntax.Call:
				if items := enumItems(n); items != nil {
					return items
				}
				n = n.Callee()
			default:
				return nil
			}
		}
	}
	return nil
}

// enumItems are the values of q.enum([…]); nil for any other call.
func enumItems(call syntax.Node) []Item {
	callee := call.Callee()
	if callee.Kind() != syntax.Member || callee.Name() != "enum" {
		return nil
	}
	var out []Item
	for v := range call.Child(0).Inner().Children() {
		if word, ok := v.Inner().Str(); ok {
			out = append(out, Item{Label: word, Kind: Value, Detail: "value of the column", Sort: order(1, len(out))})
		}
	}
	return out
}
