package query

import (
	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/diagnostics/text"
)

// Definition returns where the name at a byte offset is declared: a column in its table, an action in its file, a handler's
// module. It is empty where TypeScript's own server knows the answer.
func Definition(s *analysis.Snapshot, path text.Path, offset int) []text.Place {
	var out []text.Place
	for _, o := range occurrences(s, path, offset) {
		if o.Def {
			out = append(out, o.At)
		}
	}
	if len(out) > 0 {
		return out
	}
	return handlerModule(s, path, offset)
}

// References returns every place that names what stands at a byte offset, in strings and in code, the declaration first when it
// is asked for.
func References(s *analysis.Snapshot, path text.Path, offset int, declaration bool) []text.Place {
	x, ok := spellingsOf(s, path)
	if !ok {
		return nil
	}
	asked, ok := x.at(path, offset)
	if !ok {
		return nil
	}
	var out []text.Place
	for _, o := range x.all(asked.Symbol) {
		if declaration || !o.Def {
			out = append(out, o.At)
		}
	}
	return out
}

func occurrences(s *analysis.Snapshot, path text.Path, offset int) []names.Occurrence {
	root, ok := s.ProjectOf(path)
	if !ok {
		return nil
	}
	index := s.Names(root)
	o, ok := index.At(path, offset)
	if !ok {
		return nil
	}
	return index.Of(o.Symbol)
}

// handlerModule is the file that handler: './handlers/x' means.
func handlerModule(s *analysis.Snapshot, path text.Path, offset int) []text.Place {
	root, ok := s.ProjectOf(path)
	if !ok {
		return nil
	}
	o, ok := s.Names(root).At(path, offset)
	if !ok || o.Symbol.Kind != names.Handler {
		return nil
	}
	r := s.Project(root).Resource(model.ID(o.Symbol.Owner))
	if r == nil {
		return nil
	}
	for _, a := range r.Actions {
		if a.Source != nil && a.Source.Handler.Or("") == o.Symbol.Name && a.Handler != nil {
			return []text.Place{{Path: a.Handler.Path}}
		}
	}
	return nil
}
