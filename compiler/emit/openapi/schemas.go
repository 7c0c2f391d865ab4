package openapi

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/ts"
)

// define adds the schemas that the routes of the resource refer to.
func (s *subject) define() {
	if s.r.Table == nil || s.r.Internal {
		return
	}
	var listed []string
	if op := s.r.Operation(model.List); op != nil {
		listed = op.Fields
		s.schemas.Set(s.name+"List", s.page(ref(s.name+"Item"), false))
		s.schemas.Set(s.name+"Item", s.record(listed))
	}
	var fields []string
	if op := s.r.Operation(model.Get); op != nil {
		fields = op.Fields
	}
	s.schemas.Set(s.name, s.record(fields))
	if s.has(model.Create, model.BatchCreate, model.Put, model.BatchUpsert) {
		s.schemas.Set(s.name+"Create", s.createBody())
	}
	if s.has(model.Update, model.BatchUpdate) {
		s.schemas.Set(s.name+"Update", s.writeBody(s.updatable()).Set("minProperties", 1).Set("additionalProperties", false))
	}
}

func (s *subject) has(ops ...model.Op) bool {
	return slices.ContainsFunc(ops, func(op model.Op) bool { return s.r.Operation(op) != nil })
}

// page is the answer of a list or view.
func (s *subject) page(item *ordered.Map, view bool) *ordered.Map {
	properties := ordered.New().Set("data", array(item))
	required := []string{"data", "pagination"}
	if view {
		properties.Set("view", typed("string")).Set("fields", array(typed("string")))
		required = []string{"data", "view", "fields", "pagination"}
	}
	return object(properties.Set("pagination", ref("Pagination")), required...)
}

// view defines the answer of a view and returns its schema's name.
func (s *subject) view(v *model.View) string {
	name := s.name + ts.Pascal(v.Name) + "View"
	s.schemas.Set(name, s.page(s.record(v.Fields), true))
	return name
}

// record is a row as answers have it: the given columns, or all, and the labels of foreign keys among them. Nothing is required,
// because ?fields= leaves out what is not asked for.
func (s *subject) record(fields []string) *ordered.Map {
	properties := ordered.New()
	for _, c := range s.r.Table.Columns {
		if len(fields) > 0 && !slices.Contains(fields, c.Key) {
			continue
		}
		properties.Set(c.Key, s.shown(c))
		if label := s.label(c); label != "" {
			properties.Set(label, typedNull("string"))
		}
	}
	return object(properties)
}

// label is the property that an answer adds beside a foreign key, "" when it adds none.
func (s *subject) label(c *model.Column) string {
	stem, ok := strings.CutSuffix(c.Key, "Id")
	if !ok || stem == "" || c.Role != model.Plain {
		return ""
	}
	for _, f := range s.r.Foreign {
		if target := s.p.Resource(f.Target); f.Column == c.Key && target != nil && target.Display != "" {
			return stem + "_label"
		}
	}
	return ""
}

// shown is a column as answers have it. A mask makes text of every value.
func (s *subject) shown(c *model.Column) *ordered.Map {
	masked := slices.ContainsFunc(s.r.Masks, func(m *model.Mask) bool { return m.Column == c.Key && !m.All })
	o := valueSchema(c)
	if masked {
		kinds := []string{"string"}
		if v, ok := o.Get("type"); ok && v != "string" {
			kinds = []string{v.(string), "string"}
		}
		if !c.NotNull {
			kinds = append(kinds, "null")
		}
		if len(kinds) == 1 {
			return typed("string")
		}
		return ordered.New().Set("type", kinds)
	}
	return nullable(o, c)
}

// formats are the names of OpenAPI for what a text column holds.
var formats = map[string]string{"email": "email", "url": "uri", "uuid": "uuid", "date": "date", "datetime": "date-time"}

// valueSchema is the type of a column's values.
func valueSchema(c *model.Column) *ordered.Map {
	switch c.Type() {
	case "boolean":
		return typed("boolean")
	case "date":
		return typed("string").Set("format", "date-time")
	case "json":
		return ordered.New()
	case "blob":
		return typed("string")
	case "number":
		if c.Builder == "integer" {
			return typed("integer")
		}
		return typed("number")
	}
	o := typed("string")
	switch {
	case len(c.Enum) > 0:
		o.Set("enum", c.Enum)
	case c.Format != "":
		o.Set("format", formats[c.Format])
	case c.Role == model.AuditColumn || c.Role == model.DeleteColumn:
		if strings.HasSuffix(c.Key, "At") {
			o.Set("format", "date-time")
		}
	case c.Length > 0:
		o.Set("maxLength", c.Length)
	}
	return o
}

// nullable lets null in, among the enum's values too.
func nullable(o *ordered.Map, c *model.Column) *ordered.Map {
	kind, ok := o.Get("type")
	if c.NotNull || c.PrimaryKey || !ok {
		return o
	}
	o.Set("type", []string{kind.(string), "null"})
	if len(c.Enum) > 0 {
		values := []any{}
		for _, e := range c.Enum {
			values = append(values, e)
		}
		o.Set("enum", append(values, nil))
	}
	return o
}

func typedNull(kind string) *ordered.Map {
	return ordered.New().Set("type", []string{kind, "null"})
}

// written is a column as bodies have it, with the rules of validation.
func (s *subject) written(c *model.Column) *ordered.Map {
	o := valueSchema(c)
	for _, v := range s.r.Validation {
		if v.Field.Text != c.Key {
			continue
		}
		number := func(name string, n definition.Value[float64]) {
			if f, ok := n.Get(); ok {
				o.Set(name, f)
			}
		}
		number("minLength", v.MinLength)
		number("maxLength", v.MaxLength)
		number("minimum", v.Min)
		number("maximum", v.Max)
		if p, ok := v.Pattern.Get(); ok {
			o.Set("pattern", p)
		}
		if v.Email.Or(false) {
			o.Set("format", "email")
		}
		if len(v.Enum) > 0 && len(c.Enum) == 0 {
			values := []string{}
			for _, e := range v.Enum {
				values = append(values, e.Text)
			}
			o.Set("enum", values)
		}
	}
	return nullable(o, c)
}

// creatable are the columns a create body may have: createable and immutable ones, with guards: false all that the system does not manage.
func (s *subject) creatable() []*model.Column {
	g := s.r.Guards
	return s.columns(func(c *model.Column) bool {
		if s.p.Config.GenerateID == "false" && c.Role == model.KeyColumn {
			return true
		}
		return c.Role == model.Plain && (g.Open || slices.Contains(g.Create, c.Key) || slices.Contains(g.Immutable, c.Key))
	})
}

func (s *subject) updatable() []*model.Column {
	return s.columns(func(c *model.Column) bool {
		return c.Role == model.Plain && (s.r.Guards.Open || slices.Contains(s.r.Guards.Update, c.Key))
	})
}

func (s *subject) columns(keep func(*model.Column) bool) []*model.Column {
	var out []*model.Column
	for _, c := range s.r.Table.Columns {
		if keep(c) {
			out = append(out, c)
		}
	}
	return out
}

func (s *subject) writeBody(columns []*model.Column) *ordered.Map {
	properties := ordered.New()
	for _, c := range columns {
		properties.Set(c.Key, s.written(c))
	}
	return object(properties)
}

// createBody requires what nothing else fills: not null, without a default of the column or of create.defaults.
func (s *subject) createBody() *ordered.Map {
	o := s.writeBody(s.creatable())
	var required []string
	for _, c := range s.creatable() {
		if c.NotNull && c.Default == nil && !s.filled(c.Key) {
			required = append(required, c.Key)
		}
	}
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o.Set("additionalProperties", false)
}

func (s *subject) filled(key string) bool {
	for _, kind := range []model.Op{model.Create, model.BatchCreate} {
		if op := s.r.Operation(kind); op != nil {
			for _, d := range op.Defaults {
				if d.Field.Text == key {
					return true
				}
			}
		}
	}
	return false
}
