package openapi

import "github.com/qbls/qbls/compiler/emit/ordered"

func ref(name string) *ordered.Map { return component("schemas", name) }

// component refers to what the document has once.
func component(kind, name string) *ordered.Map {
	return ordered.New().Set("$ref", "#/components/"+kind+"/"+name)
}

func typed(kind string) *ordered.Map { return ordered.New().Set("type", kind) }

func array(items *ordered.Map) *ordered.Map { return typed("array").Set("items", items) }

// object is an object schema; the required names come last.
func object(properties *ordered.Map, required ...string) *ordered.Map {
	o := typed("object").Set("properties", properties)
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o
}

// data wraps a schema as { data }.
func data(schema *ordered.Map) *ordered.Map {
	return object(ordered.New().Set("data", schema), "data")
}

func content(schema *ordered.Map) *ordered.Map {
	return ordered.New().Set("application/json", ordered.New().Set("schema", schema))
}

func body(schema *ordered.Map) *ordered.Map {
	return ordered.New().Set("required", true).Set("content", content(schema))
}

func response(description string, schema *ordered.Map) *ordered.Map {
	o := ordered.New().Set("description", description)
	if schema != nil {
		o.Set("content", content(schema))
	}
	return o
}

// responses sets the answers of an operation, good ones first.
func responses(o *ordered.Map, parts ...*ordered.Map) *ordered.Map {
	all := ordered.New()
	for _, p := range parts {
		for _, k := range p.Keys() {
			v, _ := p.Get(k)
			all.Set(k, v)
		}
	}
	return o.Set("responses", all)
}

func query(name string, schema *ordered.Map, description string) *ordered.Map {
	o := ordered.New().Set("name", name).Set("in", "query").Set("schema", schema)
	if description != "" {
		o.Set("description", description)
	}
	return o
}
