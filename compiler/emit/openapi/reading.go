package openapi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
)

// reading is a list or a view.
func (s *subject) reading(o *ordered.Map, parameters []any, answer *ordered.Map, access *model.Access) *ordered.Map {
	o.Set("parameters", parameters)
	return responses(o, s.answer("200", "A page of records", answer), s.failures(access, "304", "400"))
}

func (s *subject) idParameter() *ordered.Map {
	return ordered.New().Set("name", "id").Set("in", "path").Set("required", true).Set("schema", s.idSchema())
}

func (s *subject) idSchema() *ordered.Map {
	keys := s.r.Table.PrimaryKey()
	if len(keys) != 1 {
		return typed("string")
	}
	o := valueSchema(keys[0])
	if s.p.Config.GenerateID == "uuid" && keys[0].Builder == "text" {
		o.Set("format", "uuid")
	}
	return o
}

func (s *subject) fieldsParameter() *ordered.Map {
	return s.share("fields", query("fields", typed("string"), "Names of the columns to return, separated by commas"))
}

func (s *subject) listParameters(op *model.Operation) []any {
	out := s.pageParameters(op.PageSize, op.MaxPageSize)
	out = append(out, s.fieldsParameter())
	if len(s.r.Views) > 0 {
		var names []string
		for _, v := range s.r.Views {
			names = append(names, v.Name)
		}
		out = append(out, query("view", typed("string").Set("enum", names), "Answer with a view"))
	}
	fields := op.Fields
	return append(out, s.filters(s.r.OptIns, func(c *model.Column) bool { return len(fields) == 0 || slices.Contains(fields, c.Key) })...)
}

func (s *subject) viewParameters(v *model.View) []any {
	size, limit := model.DefaultPageSize, model.DefaultMaxPage
	if op := s.r.Operation(model.List); op != nil {
		size, limit = op.PageSize, op.MaxPageSize
	}
	opts := s.r.OptIns
	if v.HasQuery {
		opts = model.OptIns{}
	}
	return append(s.pageParameters(size, limit), s.filters(opts, func(c *model.Column) bool {
		if v.HasQuery {
			return slices.Contains(v.Filterable, c.Key)
		}
		return slices.Contains(v.Fields, c.Key) || c.Key == model.CreatedAt || c.Key == model.ModifiedAt
	})...)
}

func (s *subject) pageParameters(size, limit int) []any {
	sized := query("limit", typed("integer").Set("minimum", 1).Set("maximum", limit).Set("default", size), "")
	out := []any{s.share(fmt.Sprintf("limit.%d.%d", size, limit), sized)}
	for _, p := range []*ordered.Map{
		query("offset", typed("integer").Set("minimum", 0).Set("default", 0), ""),
		query("sort", typed("string"), "Columns separated by commas; -column or column:desc for descending"),
		query("order", typed("string").Set("enum", []string{"asc", "desc"}), "The direction when sort names one column"),
		query("search", typed("string"), "Text that a searchable column contains"),
		query("total", typed("boolean"), "Count all records that match"),
		query("count", typed("boolean"), "The same, and set the header X-Total-Count"),
	} {
		name, _ := p.Get("name")
		out = append(out, s.share(name.(string), p))
	}
	return out
}

// reserved are parameters of lists; a column of the same name is filtered as name.eq.
var reserved = []string{"limit", "offset", "sort", "order", "fields", "search", "total", "count", "view", "organizationId"}

// filters are the parameters of every column that can be filtered: the column itself and column.operator.
func (s *subject) filters(opts model.OptIns, keep func(*model.Column) bool) []any {
	var out []any
	for _, c := range s.columns(keep) {
		open, ok := opts.Filter(c.Key)
		if c.Type() == "json" || c.Type() == "blob" || !ok {
			continue
		}
		if !slices.Contains(reserved, c.Key) && (len(open) == 0 || slices.Contains(open, "eq")) {
			out = append(out, s.filter(c, "", valueSchema(c)))
		}
		for _, op := range operators(c) {
			if len(open) > 0 && !slices.Contains(open, op) {
				continue
			}
			schema := valueSchema(c)
			switch op {
			case "in":
				schema = typed("string")
			case "like":
				schema = typed("string")
			case "isNull":
				schema = typed("boolean")
			}
			out = append(out, s.filter(c, op, schema))
		}
	}
	return out
}

// filter is the parameter of an operator, "" for that of the column itself. Lists of many tables have the same ones: those are named
// after the column, the operator and the type, others after the resource, the column and the operator.
func (s *subject) filter(c *model.Column, op string, schema *ordered.Map) *ordered.Map {
	key := c.Key
	if op == "" {
		op = "is"
	} else {
		key += "." + op
	}
	p := query(key, schema, "")
	if !componentName(c.Key) {
		return p
	}
	if kind, plain := plainType(schema); plain {
		return s.share(c.Key+"."+op+"."+kind, p)
	}
	return s.share(s.name+"."+c.Key+"."+op, p)
}

// plainType is the type or the format of a schema that says nothing more.
func plainType(schema *ordered.Map) (string, bool) {
	kind, _ := schema.Get("type")
	format, formatted := schema.Get("format")
	switch {
	case formatted && len(schema.Keys()) == 2:
		return format.(string), true
	case kind != nil && len(schema.Keys()) == 1:
		return kind.(string), true
	}
	return "", false
}

// componentName says whether a name may be one of a component (OpenAPI 3.1, Components Object).
func componentName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c != '_' && c != '-' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
	})
}

func operators(c *model.Column) []string {
	out := []string{"eq", "ne"}
	if c.Type() != "boolean" {
		out = append(out, "gt", "gte", "lt", "lte")
	}
	if c.Type() == "string" {
		out = append(out, "like")
	}
	return append(out, "in", "isNull")
}

// batch documents an operation on many records.
func (s *subject) batch(o *ordered.Map, kind model.Op, op *model.Operation) *ordered.Map {
	options := object(ordered.New().Set("atomic", typed("boolean").Set("default", false)))
	limit := op.MaxBatch
	list := func(name string, item *ordered.Map) *ordered.Map {
		return object(ordered.New().Set(name, array(item).Set("maxItems", limit)).Set("options", options), name)
	}
	var request *ordered.Map
	item, status := ref(s.name), "200"
	switch kind {
	case model.BatchCreate:
		request, status = list("records", ref(s.name+"Create")), "201"
	case model.BatchUpdate:
		request = list("records", s.withID(s.writeBody(s.updatable())))
	case model.BatchUpsert:
		request = list("records", ref(s.name+"Create"))
	case model.BatchDelete:
		request, item = list("ids", s.idSchema()), ordered.New().Set("type", "object")
	}
	o.Set("requestBody", body(request))
	fault := object(ordered.New().Set("index", typed("integer")).Set("id", s.idSchema()).Set("record", typed("object")).Set("error", ref("Error")), "index", "error")
	result := object(ordered.New().Set("success", array(item)).Set("errors", array(fault)).Set("meta", ref("BatchMeta")), "success", "errors", "meta")
	name := s.name + "Batch" + strings.TrimPrefix(string(kind), "batch") + "Result"
	s.schemas.Set(name, result)
	ok := s.answer(status, "All "+strconv.Itoa(limit)+" or fewer succeeded", ref(name))
	return responses(o, ok.Set("207", response("Some failed", ref(name))), s.failures(op.Access, "400", "413"))
}

func (s *subject) withID(o *ordered.Map) *ordered.Map {
	properties, _ := o.Get("properties")
	all := ordered.New().Set("id", s.idSchema())
	for _, k := range properties.(*ordered.Map).Keys() {
		v, _ := properties.(*ordered.Map).Get(k)
		all.Set(k, v)
	}
	return object(all, "id").Set("additionalProperties", false)
}
