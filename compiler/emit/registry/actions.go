package registry

import (
	"path"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/declared"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/ts"
)

func actions(r *model.Resource) []any {
	out := []any{}
	for _, a := range r.Actions {
		o := ordered.New().Set("name", a.Name)
		if a.Source == nil {
			out = append(out, o.Set("description", "").Set("inputFields", []any{}).Set("access", declared.Access(a.Access)))
			continue
		}
		o.Set("description", a.Source.Description.Or("")).Set("inputFields", inputs(a.Source.Input)).Set("access", declared.Access(a.Access))
		if a.Standalone {
			o.Set("standalone", true).Set("path", a.Path)
		}
		if a.Method != "" {
			o.Set("method", a.Method)
		}
		if s, ok := a.Source.ResponseType.Get(); ok {
			o.Set("responseType", s)
		}
		if s, ok := a.Source.SideEffects.Get(); ok {
			o.Set("sideEffects", s)
		}
		out = append(out, o)
	}
	return out
}

func inputs(in *definition.Input) []any {
	out := []any{}
	if in == nil {
		return out
	}
	for _, f := range in.Fields {
		kind := f.Type
		if kind == "array" && f.Items != "" {
			kind = "array<" + f.Items + ">"
		}
		o := ordered.New().Set("name", f.Name.Text).Set("type", kind).Set("required", f.Required)
		if len(f.Enum) > 0 {
			o.Set("enum", f.Enum)
		}
		if f.Format != "" {
			o.Set("format", f.Format)
		}
		out = append(out, o)
	}
	return out
}

// sources are the files of a resource as the registry names them: relative to the feature.
func sources(r *model.Resource) []string {
	var out []string
	for _, p := range []string{string(r.File), string(r.ActionsFile)} {
		if p != "" {
			out = append(out, path.Base(p))
		}
	}
	return out
}

func unique(files []string) []string {
	out, seen := []string{}, map[string]bool{}
	for _, f := range files {
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}

func texts(names []definition.Name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.Text
	}
	return out
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func camel(s string) string { return strings.TrimSuffix(ts.Camel(s), "_") }
