package evaluate

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// NotPlain says which part of a value cannot be written as a literal of a definition.
type NotPlain struct {
	Path string // ".roles[0]", "" for the value itself
	What string // "a date"
}

func (e NotPlain) Error() string {
	if e.Path == "" {
		return "it is " + e.What
	}
	return e.Path + " is " + e.What
}

// Literal writes a value as the TypeScript that static reading takes for it: strings, numbers, lists, objects, builder calls, and
// functions as their source. local gives the name by which the file knows a table, "" when it does not.
// It returns NotPlain for what cannot be written so.
func Literal(v Value, local func(path text.Path, export string) string) (string, error) {
	p := &printer{local: local}
	if err := p.value(v, ""); err != nil {
		return "", err
	}
	return p.out.String(), nil
}

type printer struct {
	out   strings.Builder
	local func(text.Path, string) string
}

func (p *printer) value(v Value, path string) error {
	switch v.Kind {
	case Null:
		p.out.WriteString("null")
	case Undefined:
		p.out.WriteString("undefined")
	case Bool:
		p.out.WriteString(strconv.FormatBool(v.Bool))
	case Number:
		p.out.WriteString(strconv.FormatFloat(v.Number, 'g', -1, 64))
	case String:
		p.out.WriteString(quote(v.Text))
	case Regex:
		if strings.ContainsAny(v.Text, "\n\r") || v.Text == "" {
			return NotPlain{path, "a regular expression that cannot be written out"}
		}
		fmt.Fprintf(&p.out, "/%s/%s", v.Text, v.Flags)
	case List:
		return p.list(v, path)
	case Object:
		return p.object(v, path)
	case Function:
		return p.function(v, path)
	case Builder:
		return p.builder(v, path)
	case Table, Reference:
		return p.table(v, path)
	case BigInt:
		return NotPlain{path, "a big integer"}
	default:
		return NotPlain{path, v.Text}
	}
	return nil
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return strconv.Quote(s)
	}
	return string(b)
}

func (p *printer) list(v Value, path string) error {
	p.out.WriteString("[")
	for i, item := range v.Items {
		if i > 0 {
			p.out.WriteString(", ")
		}
		if err := p.value(item, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	p.out.WriteString("]")
	return nil
}

func (p *printer) object(v Value, path string) error {
	p.out.WriteString("{")
	for i, key := range v.Keys {
		if key == "__proto__" {
			return NotPlain{path, "an object with the key __proto__"}
		}
		if i > 0 {
			p.out.WriteString(",")
		}
		p.out.WriteString(" " + quote(key) + ": ")
		if err := p.value(v.Items[i], path+"."+key); err != nil {
			return err
		}
	}
	p.out.WriteString(" }")
	return nil
}

// methodSource is how Function.prototype.toString gives a method: `async name(…) { … }`, which is no expression.
var methodSource = regexp.MustCompile(`^(async\s+)?(\*?)\s*(?:[A-Za-z_$][\w$]*|"[^"\n]*"|'[^'\n]*')\s*\(`)

// imported is how a bundle refers to what a module imports: import_drizzle_orm.sql, and (0, import_drizzle_orm.sql) where it is
// called. Whoever reads the source looks for sql.
var imported = regexp.MustCompile(`\(0, import_\w+\.([\w$]+)\)|\bimport_\w+\.([\w$]+)`)

func (p *printer) function(v Value, path string) error {
	source := strings.TrimSpace(v.Text)
	switch m := methodSource.FindStringSubmatch(source); {
	case source == "":
		return NotPlain{path, "a function without a source"}
	case strings.HasPrefix(source, "function"), strings.HasPrefix(source, "async function"), strings.HasPrefix(source, "("), m == nil:
	case strings.HasPrefix(source, "async") && strings.HasPrefix(strings.TrimSpace(source[len("async"):]), "("): // async (x) => …
	default:
		source = m[1] + "function" + m[2] + " " + source[len(m[0])-1:]
	}
	p.out.WriteString("(" + imported.ReplaceAllString(source, "$1$2") + ")")
	return nil
}

func (p *printer) builder(v Value, path string) error {
	root := v.Text
	switch zod := v.Module == "zod" || strings.HasPrefix(v.Module, "zod/"); {
	case zod && (root == "z" || root == "default"):
		root = "z"
	case zod:
		root = "z." + root
	case root == "default" || !recorded(v.Module):
		return NotPlain{path, "something of the package " + v.Module}
	}
	p.out.WriteString(root)
	return p.steps(v.Steps, path)
}

func (p *printer) steps(steps []Step, path string) error {
	for _, s := range steps {
		if s.Name != "" {
			p.out.WriteString("." + s.Name)
			continue
		}
		if len(s.Args) > 0 && s.Args[0].Kind == Template {
			if err := p.template(s.Args, path); err != nil {
				return err
			}
			continue
		}
		p.out.WriteString("(")
		for i, a := range s.Args {
			if i > 0 {
				p.out.WriteString(", ")
			}
			if err := p.value(a, path); err != nil {
				return err
			}
		}
		p.out.WriteString(")")
	}
	return nil
}

// template writes a tagged template: its strings are the first argument, what stood in its holes are the others.
func (p *printer) template(args []Value, path string) error {
	p.out.WriteString("`")
	for i, s := range args[0].Items {
		if i > 0 {
			p.out.WriteString("${")
			if i >= len(args) {
				return NotPlain{path, "a template with other holes than values"}
			}
			if err := p.value(args[i], path); err != nil {
				return err
			}
			p.out.WriteString("}")
		}
		p.out.WriteString(strings.NewReplacer("\\", "\\\\", "`", "\\`", "${", "\\${").Replace(s.Text))
	}
	p.out.WriteString("`")
	return nil
}

func (p *printer) table(v Value, path string) error {
	if v.Kind == Reference {
		p.out.WriteString("() => ")
		v = v.Items[0]
	}
	name := ""
	if v.Kind == Table {
		name = p.local(v.Path, v.Text)
	}
	if name == "" {
		return NotPlain{path, fmt.Sprintf("the table %s, which this file does not import", v.Text)}
	}
	p.out.WriteString(name)
	return p.steps(v.Steps, path)
}
