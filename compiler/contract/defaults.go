package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/contract/literal"
	"github.com/qbls/qbls/diagnostics/text"
)

// declaredDefault is the default of a column in the words that emittedDefault reads: a literal as JSON, or SQL.
func declaredDefault(d *definition.Default) string {
	switch {
	case d == nil:
		return ""
	case d.SQL != "":
		return "sql " + d.SQL
	case d.JSON != "":
		if v, err := literal.ReadJSON(d.JSON); err == nil {
			return written(v)
		}
		return d.JSON
	}
	switch v := d.Literal.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case nil:
		return "null"
	}
	return fmt.Sprint(d.Literal)
}

// emittedDefault reads .default(…): data, or sql`…`.
func emittedDefault(file text.Path, m *literal.Module, call *literal.Value) (string, error) {
	if len(call.Items) != 1 {
		return "", fmt.Errorf("a default of another form")
	}
	v := call.Items[0]
	if v.Form == literal.SQL {
		sql, err := sqlOf(file, m, v)
		return "sql " + sql, err
	}
	if !isData(v) {
		return "", fmt.Errorf("a default that is code")
	}
	return written(v), nil
}

func isData(v *literal.Value) bool {
	switch v.Form {
	case literal.Null, literal.Bool, literal.Num, literal.Str:
		return true
	case literal.List:
		return !slices.ContainsFunc(v.Items, func(i *literal.Value) bool { return !isData(i) })
	case literal.Object:
		return !slices.ContainsFunc(v.Props, func(p literal.Property) bool { return !isData(p.Value) })
	}
	return false
}

// written is data in one form, whatever quotes and blanks it was written with.
func written(v *literal.Value) string {
	switch v.Form {
	case literal.Bool:
		return strconv.FormatBool(v.Bool)
	case literal.Num:
		return strconv.FormatFloat(v.Num, 'g', -1, 64)
	case literal.Str:
		return strconv.Quote(v.Str)
	case literal.List:
		var out []string
		for _, i := range v.Items {
			out = append(out, written(i))
		}
		return "[" + strings.Join(out, ",") + "]"
	case literal.Object:
		var out []string
		for _, p := range v.Props {
			out = append(out, strconv.Quote(p.Name)+":"+written(p.Value))
		}
		return "{" + strings.Join(out, ",") + "}"
	}
	return "null"
}

// modeOf is the mode of a column where it is not the one that its builder has anyway.
func modeOf(builder, mode string) string {
	if mode == "string" || mode == builder || builder == "integer" && mode == "number" {
		return ""
	}
	return mode
}

// lengthOf is the length of a text; of other columns Drizzle has none.
func lengthOf(c *model.Column) int {
	if c.Builder != "text" || c.Mode == "json" {
		return 0
	}
	return c.Length
}

// options reads the second argument of a column: mode, enum and length.
func (c *column) options(o *literal.Value) error {
	if o.Form != literal.Object {
		return fmt.Errorf("options that are none")
	}
	for _, p := range o.Props {
		switch {
		case p.Name == "mode" && p.Value.Form == literal.Str:
			c.mode = modeOf(c.builder, p.Value.Str)
		case p.Name == "length" && p.Value.Form == literal.Num:
			c.length = int(p.Value.Num)
		case p.Name == "enum" && p.Value.Form == literal.List:
			c.enum = stringsOf(p.Value)
		default:
			return fmt.Errorf("the option %s", p.Name)
		}
	}
	return nil
}
