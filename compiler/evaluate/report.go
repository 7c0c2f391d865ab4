package evaluate

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// report turns an outcome, or the loss of the child, into facts and diagnostics.
func (p *plan) report(out *outcome, lost *crash) (Facts, []diagnostics.Diagnostic) {
	facts := Facts{Values: map[text.Place]Fact{}, Texts: p.texts()}
	r := &reporter{plan: p}
	if out == nil {
		r.lost(lost)
		return facts, r.found
	}
	for _, f := range out.Unread {
		message, help := r.unread(f.Message)
		r.add(NotBundled, r.at(f), help, "%s cannot be prepared for evaluation: %s", r.name(f.Module), message)
	}
	failed := map[text.Path]bool{}
	for _, f := range out.Failures {
		if m := r.file(f.Module); m != nil {
			failed[m.tree.File().Path] = true
		}
	}
	p.spreadFailure(failed)
	for _, f := range out.Failures {
		if r.first(f, out.Failures) {
			r.failure(f)
		}
	}
	for _, s := range out.Sites {
		if s.Site < 0 || s.Site >= len(p.sites) || failed[p.sites[s.Site].at.Path] {
			continue
		}
		fact := r.site(p.sites[s.Site], s)
		facts.Values[p.sites[s.Site].at], facts.Values[p.sites[s.Site].inner] = fact, fact
	}
	if len(out.Modules) > 0 {
		facts.Modules = map[text.Path]Value{}
	}
	for _, m := range out.Modules {
		f := r.file(m.Module)
		if f == nil || failed[f.tree.File().Path] {
			continue
		}
		if v, err := decode(m.Exports); err == nil {
			facts.Modules[f.tree.File().Path] = v
		}
	}
	diagnostics.Sort(r.found)
	return facts, r.found
}

// spreadFailure marks the modules that import one which failed: what they are is not known either. Modules come after what
// they import, so one pass is enough but for circles, which it runs again for.
func (p *plan) spreadFailure(failed map[text.Path]bool) {
	for before := -1; before != len(failed); {
		before = len(failed)
		for _, f := range p.files {
			for _, target := range f.imports {
				if failed[target] {
					failed[f.tree.File().Path] = true
				}
			}
		}
	}
}

type reporter struct {
	plan  *plan
	found []diagnostics.Diagnostic
}

func (r *reporter) add(rule *diagnostics.Rule, at text.Place, help, format string, args ...any) {
	r.found = append(r.found, diagnostics.Diagnostic{Rule: rule, At: at, Help: help, Message: fmt.Sprintf(format, args...), Key: string(at.Path)})
}

func (r *reporter) file(i int) *file {
	if i < 0 || i >= len(r.plan.files) {
		return nil
	}
	return r.plan.files[i]
}

// aliased is how the bundler calls a module of the project.
var aliased = regexp.MustCompile(`"` + ownFiles + ":" + regexp.QuoteMeta(alias) + `(\d+)"`)

// unread is what the bundler says, with the names that the project has for its files, and what helps.
func (r *reporter) unread(message string) (said, help string) {
	said = aliased.ReplaceAllStringFunc(sentence(message), func(s string) string {
		i, err := strconv.Atoi(aliased.FindStringSubmatch(s)[1])
		if err != nil {
			return s
		}
		return strconv.Quote(r.name(i))
	})
	if strings.HasPrefix(said, "No matching export") {
		help = "Export it from that file. What feature() makes has no name to import: refer to its table with references: { column: 'table' }."
	}
	return said, help
}

func (r *reporter) name(i int) string {
	if f := r.file(i); f != nil {
		return string(f.tree.File().Path)
	}
	return "The project"
}

// first says whether a failure is the first of its module and the module imports none that failed: others follow from those.
func (r *reporter) first(f failure, all []failure) bool {
	m := r.file(f.Module)
	if m == nil {
		return true
	}
	failed := map[text.Path]bool{}
	for _, other := range all {
		if o := r.file(other.Module); o != nil {
			failed[o.tree.File().Path] = true
		}
	}
	seen := map[text.Path]bool{m.tree.File().Path: true}
	var below func(f *file) bool
	below = func(f *file) bool {
		for _, target := range f.imports {
			if seen[target] {
				continue
			}
			seen[target] = true
			if failed[target] || below(r.plan.files[r.plan.index[target]]) {
				return true
			}
		}
		return false
	}
	return !below(m)
}

const runLong = "Look for a loop or a recursion without an end, or a regular expression that backtracks."

func (r *reporter) lost(c *crash) {
	at := r.at(failure{Module: c.running})
	switch c.kind {
	case "time":
		r.add(TimedOut, at, runLong, "%s was stopped: evaluating it took too long.", r.name(c.running))
	case "bundling":
		r.add(TimedOut, at, "", "Joining the definitions for evaluation took too long.")
	case "memory":
		r.add(OutOfMemory, at, "", "%s was stopped: evaluating it took more than %d MiB of memory.", r.name(c.running), memoryLimit>>20)
	case "recursion":
		r.add(OutOfMemory, at, "", "%s was stopped: its calls are nested too deeply.", r.name(c.running))
	case "output":
		r.add(OutOfMemory, at, "", "%s was stopped: what it declares is larger than anything that a backend needs.", r.name(c.running))
	default:
		r.add(Threw, at, "", "The sandbox ended while it evaluated %s: %s", r.name(c.running), sentence(c.detail))
	}
}

func (r *reporter) failure(f failure) {
	switch {
	case f.Kind == "interrupted":
		r.add(TimedOut, r.at(f), runLong, "%s was stopped: evaluating it took too long.", r.name(f.Module))
	case f.Kind == "recursion":
		r.add(OutOfMemory, r.at(f), "", "%s was stopped: its calls are nested too deeply.", r.name(f.Module))
	case f.Package != "":
		at, ok := r.imported(f)
		if !ok {
			at = r.at(f)
		}
		r.add(PackageNotLoaded, at, "Use it only in functions that run in the backend, or write the value out.", "%s uses the package %q while it is evaluated, and packages are not loaded then.", r.name(f.Module), f.Package)
	default:
		r.add(Threw, r.at(f), "", "%s throws while it is evaluated: %s", r.name(f.Module), sentence(f.Message))
	}
}

func (r *reporter) site(s site, v siteValue) Fact {
	value, err := decode(v.Value)
	if err != nil {
		r.add(NotData, s.at, "", "The value of this expression cannot be read: %s", sentence(err.Error()))
		return Fact{Err: err.Error()}
	}
	if v.Unstable {
		const changes = "it has another value later, or each time it is evaluated"
		r.add(Unstable, s.at, "Build it in one expression, and change it nowhere else.", "This value cannot be relied on: %s.", changes)
		return Fact{Value: value, Err: changes}
	}
	if s.spread && (value.Kind == Null || value.Kind == Undefined || value.Kind == Bool || value.Kind == Number) {
		value = Value{Kind: Object} // spreading these into an object adds nothing; into a list it would have thrown
	}
	source, err := Literal(value, r.plan.local(s.at.Path))
	if plain, ok := errors.AsType[NotPlain](err); ok {
		r.add(NotData, s.at, "", "The value of this expression is not plain data: %s.", plain)
		return Fact{Value: value, Err: plain.Error()}
	}
	return Fact{Value: value, Source: source}
}

// local returns how a file knows exported tables: by a name it declares, or one that it imports.
func (p *plan) local(in text.Path) func(text.Path, string) string {
	f := p.files[p.index[in]]
	return func(path text.Path, export string) string {
		if path == in {
			return export
		}
		for n := range f.tree.Root().Children() {
			if n.Kind() != syntax.Import || f.imports[n.Module()] != path {
				continue
			}
			for b := range n.Children() {
				if b.Imported() == export {
					return b.Name()
				}
			}
		}
		return ""
	}
}

// frame is one line of a stack, with the position in a marked text: "at f (module:3:12:5(99))".
var frame = regexp.MustCompile(regexp.QuoteMeta(alias) + `(\d+):(\d+):(\d+)`)

// at is the place of a failure: where esbuild or the stack says, else the beginning of the module.
func (r *reporter) at(f failure) text.Place {
	if m := r.file(f.Module); m != nil && f.Line > 0 {
		at := m.word(m.original(f.Line, f.Column))
		at.Span.End = max(at.Span.End, int32(m.original(f.Line, f.Column+f.Length)))
		return at
	}
	for _, found := range frame.FindAllStringSubmatch(f.Stack, -1) {
		i, _ := strconv.Atoi(found[1])
		line, _ := strconv.Atoi(found[2])
		column, _ := strconv.Atoi(found[3])
		if m := r.file(i); m != nil {
			return m.word(m.original(line, m.bytes(line, column-1)))
		}
	}
	if m := r.file(f.Module); m != nil {
		return m.word(0)
	}
	if len(r.plan.files) > 0 {
		return r.plan.files[len(r.plan.files)-1].word(0)
	}
	return text.Place{}
}

// imported is where the module of a failure, or one of its frames, imports the package that could not be used.
func (r *reporter) imported(f failure) (text.Place, bool) {
	order := []int{}
	for _, found := range frame.FindAllStringSubmatch(f.Stack, -1) {
		if i, err := strconv.Atoi(found[1]); err == nil {
			order = append(order, i)
		}
	}
	for _, i := range append(order, f.Module) {
		m := r.file(i)
		if m == nil {
			continue
		}
		for n := range m.tree.Root().Children() {
			if (n.Kind() == syntax.Import || n.Kind() == syntax.ExportFrom) && n.Module() == f.Package {
				return n.ModuleNode().Place(), true
			}
		}
	}
	return text.Place{}, false
}

// bytes converts a column of a source map, in UTF-16 units from 0, to bytes.
func (f *file) bytes(line, column int) int {
	if line < 1 || line > f.lines.Lines() {
		return 0
	}
	start := f.lines.Line(line - 1).Start
	return f.lines.Offset(text.Position{Line: uint32(line - 1), Character: uint32(max(column, 0))}, text.UTF16) - int(start)
}

// word is the word at an offset, or the character there; a file has at least a place at its start.
func (f *file) word(offset int) text.Place {
	file := f.tree.File()
	offset = max(min(offset, len(file.Text)-1), 0)
	end := offset
	if end < len(file.Text) && file.Text[end] == '.' { // of a member
		end++
	}
	for end < len(file.Text) && (file.Text[end] >= 0x80 || file.Text[end] == '_' || file.Text[end] == '$' || isLetter(file.Text[end])) {
		end++
	}
	if end == offset && end < len(file.Text) {
		end++
	}
	return text.Place{Path: file.Path, Span: text.Span{Start: int32(offset), End: int32(end)}}
}

func isLetter(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// sentence ends a message that somebody else wrote.
func sentence(message string) string {
	message = strings.Join(strings.Fields(message), " ")
	if message == "" {
		return "no reason was given."
	}
	if strings.ContainsAny(message[len(message)-1:], ".!?") {
		return message
	}
	return message + "."
}
