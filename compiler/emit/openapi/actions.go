package openapi

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/routes"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// action documents a custom operation. Its own errors have codes of the project and any status, so they stand under default.
func (s *subject) action(route routes.Route) *ordered.Map {
	a := route.Action
	summary := a.Name
	var input *definition.Input
	if a.Source != nil {
		if text := a.Source.Description.Or(""); text != "" {
			summary = text
		}
		input = a.Source.Input
	}
	o := s.start(summary, ts.Camel(s.r.Segment)+ts.Pascal(a.Name), a.Access)
	var parameters []any
	if !a.Standalone {
		parameters = append(parameters, s.idParameter())
	}
	if route.Method == "get" {
		parameters = append(parameters, inputParameters(input)...)
	}
	if len(parameters) > 0 {
		o.Set("parameters", parameters)
	}
	if route.Method != "get" {
		o.Set("requestBody", body(inputSchema(input)).Set("required", needed(input)))
	}
	failures := s.failures(a.Access, "400", "409", "413")
	return responses(o, ordered.New().Set("200", s.actionAnswer(a)), failures, ordered.New().Set("default", component("responses", "ActionError")))
}

// actionAnswer is what an action answers: the updated record where it visibly returns what is written to it, else anything.
func (s *subject) actionAnswer(a *model.Action) *ordered.Map {
	given := ordered.New()
	if a.Source != nil {
		if kind := a.Source.ResponseType.Or("json"); kind != "json" {
			media := "application/octet-stream"
			return ordered.New().Set("description", "What the action sends").Set("content", ordered.New().Set(media, ordered.New()))
		}
	}
	description, required := "Done", []string{"success"}
	if a.Patch && a.Source != nil && len(a.Source.Returns) > 0 && s.r.Table != nil {
		description, given, required = "The updated record", ref(s.name), append(required, "data")
	}
	return response(description, object(ordered.New().Set("success", ordered.New().Set("const", true)).Set("data", given), required...))
}

// inputSchema is what an action takes, as far as its Zod schema is written out.
func inputSchema(in *definition.Input) *ordered.Map {
	if in == nil {
		return typed("object")
	}
	properties := ordered.New()
	var required []string
	for _, f := range in.Fields {
		properties.Set(f.Name.Text, fieldSchema(f))
		if f.Required {
			required = append(required, f.Name.Text)
		}
	}
	return object(properties, required...)
}

func inputParameters(in *definition.Input) []any {
	var out []any
	if in == nil {
		return out
	}
	for _, f := range in.Fields {
		p := query(f.Name.Text, fieldSchema(f), "")
		if f.Required {
			p.Set("required", true)
		}
		out = append(out, p)
	}
	return out
}

// needed says whether a body must be sent at all.
func needed(in *definition.Input) bool {
	if in == nil {
		return false
	}
	for _, f := range in.Fields {
		if f.Required {
			return true
		}
	}
	return false
}

func fieldSchema(f definition.InputField) *ordered.Map {
	var o *ordered.Map
	switch f.Type {
	case "enum":
		o = typed("string").Set("enum", f.Enum)
	case "array":
		o = array(itemSchema(f.Items))
	case "string", "number", "integer", "boolean", "object":
		o = typed(f.Type)
	default:
		return ordered.New()
	}
	if f.Format != "" {
		o.Set("format", f.Format)
	}
	limits, ok := bounds[f.Type]
	if ok && f.Min != nil {
		o.Set(limits[0], *f.Min)
	}
	if ok && f.Max != nil {
		o.Set(limits[1], *f.Max)
	}
	return o
}

// bounds are the keywords of a type's limits.
var bounds = map[string][2]string{
	"string": {"minLength", "maxLength"}, "array": {"minItems", "maxItems"}, "number": {"minimum", "maximum"}, "integer": {"minimum", "maximum"},
}

func itemSchema(kind string) *ordered.Map {
	switch kind {
	case "string", "number", "integer", "boolean", "object":
		return typed(kind)
	}
	return ordered.New()
}
