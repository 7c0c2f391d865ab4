package evaluate

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// plan is what one evaluation runs: modules, those that are imported before those that import, and the sites in them.
type plan struct {
	files []*file
	index map[text.Path]int
	sites []site
}

// file is one module of a plan.
type file struct {
	tree    *syntax.Tree
	imports map[string]text.Path
	marks   []text.Edit // how its text was changed, in order
	marked  string
	lines   *text.File // of marked
}

// site is an unknown expression.
type site struct {
	at     text.Place
	inner  text.Place // the expression without ...; at, when nothing is spread
	spread bool
}

// plan finds what to run: the files with gaps, or every file that declares something, with all that they import. Files that
// do not parse, and files that import such files, are left out: what is wrong with them has been said.
func newPlan(s *analysis.Snapshot, root text.Path, all bool) *plan {
	p := &plan{index: map[text.Path]int{}}
	c := &closure{s: s, plan: p, state: map[text.Path]bool{}}
	var gaps []text.Place
	for name := range s.Files.Under(root) {
		if owner, ok := s.ProjectOf(name); !ok || owner != root {
			continue
		}
		d := s.Definition(name)
		if d == nil || len(d.Gaps)+len(d.Settled) == 0 && (!all || !declares(d)) {
			continue
		}
		c.visit(name)
		for _, g := range d.Gaps {
			at := d.Place(g.At)
			c.visit(at.Path)
			gaps = append(gaps, at)
		}
		for _, at := range d.Settled { // with what was found before, there may be more to find
			c.visit(at.Path)
			gaps = append(gaps, at)
		}
	}
	p.whole()
	p.place(gaps)
	for _, f := range p.files {
		f.mark(p.sites)
	}
	return p
}

// whole drops modules that import one which turned out not to run after they were added, as can be in a circle of imports.
func (p *plan) whole() {
	for again := true; again; {
		again = false
		kept := p.files[:0:0]
		index := map[text.Path]int{}
		for _, f := range p.files {
			missing := false
			for _, target := range f.imports {
				_, there := p.index[target]
				missing = missing || !there
			}
			if again = again || missing; !missing {
				index[f.tree.File().Path] = len(kept)
				kept = append(kept, f)
			}
		}
		p.files, p.index = kept, index
	}
}

// resolve says which file of the project a relative specifier means, as reading does.
func resolve(s *analysis.Snapshot, from text.Path, specifier string) text.Path {
	if !strings.HasPrefix(specifier, ".") {
		return ""
	}
	target := path.Join(path.Dir(string(from)), specifier)
	for _, candidate := range []string{target, target + ".ts", strings.TrimSuffix(target, ".js") + ".ts", target + "/index.ts"} {
		if s.File(text.Path(candidate)) != nil {
			return text.Path(candidate)
		}
	}
	return ""
}

func declares(d *definition.File) bool {
	return d.Table != nil || d.Actions != nil || d.Config != nil || len(d.Tables) > 0
}

// closure follows imports.
type closure struct {
	s     *analysis.Snapshot
	plan  *plan
	state map[text.Path]bool // seen: whether it can be run
}

// visit adds a file behind what it imports, and says whether it can be run. A file on the way to itself counts as runnable.
func (c *closure) visit(name text.Path) bool {
	if ok, seen := c.state[name]; seen {
		return ok
	}
	tree := c.s.Tree(name)
	if tree == nil || slices.ContainsFunc(tree.Diagnostics(), func(d diagnostics.Diagnostic) bool { return d.Rule.Severity == diagnostics.Error }) {
		c.state[name] = false
		return false
	}
	c.state[name] = true
	f := &file{tree: tree, imports: map[string]text.Path{}}
	for n := range tree.Root().Children() {
		if n.Kind() != syntax.Import && n.Kind() != syntax.ExportFrom || n.Module() == "" || n.Has(syntax.TypeOnly) {
			continue
		}
		target := resolve(c.s, name, n.Module())
		if target == "" {
			continue
		}
		if !c.visit(target) {
			c.state[name] = false
			return false
		}
		f.imports[n.Module()] = target
	}
	c.plan.index[name] = len(c.plan.files)
	c.plan.files = append(c.plan.files, f)
	return true
}

// place numbers the sites in the order of their places, each once.
func (p *plan) place(gaps []text.Place) {
	slices.SortFunc(gaps, func(a, b text.Place) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End))
	})
	for _, at := range slices.Compact(gaps) {
		if _, ok := p.index[at.Path]; ok {
			p.sites = append(p.sites, site{at: at, inner: at})
		}
	}
}

// mark puts __at(n, …) around every site of the file. Nothing is added that breaks a line, so lines stay what they are.
func (f *file) mark(sites []site) {
	own := f.tree.File().Path
	var opening, closing []text.Edit
	for i := range sites {
		if sites[i].at.Path != own {
			continue
		}
		span, before, ok := f.expression(&sites[i])
		if !ok {
			continue
		}
		opening = append(opening, text.Edit{Span: text.Span{Start: span.Start, End: span.Start}, New: fmt.Sprintf("%s(%d,(", before, i)})
		closing = append(closing, text.Edit{Span: text.Span{Start: span.End, End: span.End}, New: "))"})
	}
	// Sites are sorted with the outer one first. At one offset an inner end comes before an outer one, and both before a start.
	slices.Reverse(closing)
	f.marks = append(closing, opening...)
	slices.SortStableFunc(f.marks, func(a, b text.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var out strings.Builder
	done := int32(0)
	for _, m := range f.marks {
		out.WriteString(f.tree.File().Text[done:m.Span.Start])
		out.WriteString(m.New)
		done = m.Span.Start
	}
	out.WriteString(f.tree.File().Text[done:])
	f.marked = out.String()
	f.lines = text.NewFile(own, f.marked)
}

// expression finds the expression of a site, and what must be written before it: a function that static reading looks into
// (references(() => …)) is asked for what it gives, everything else is a value.
func (f *file) expression(s *site) (span text.Span, before string, ok bool) {
	for n := range f.tree.Root().Descendants() {
		if n.Span() != s.at.Span {
			if n.Kind() == syntax.Lambda && n.Body().Covers(s.at.Span) && !ok {
				span, before, ok = f.hidden(s)
			}
			continue
		}
		switch {
		case n.Kind() == syntax.Spread:
			s.spread, s.inner = true, n.Value().Inner().Place()
			return n.Value().Span(), "__at", true
		case n.Kind() == syntax.Property && n.Has(syntax.Shorthand):
			return n.Span(), n.Name() + ":__at", true
		case n.Kind() == syntax.Lambda && isThird(n):
			return n.Span(), "__parts", true
		case n.Kind() == syntax.Lambda:
			return n.Span(), "__ref", true
		case n.Kind() >= syntax.Object && n.Kind() != syntax.Property:
			span, before, ok = n.Span(), "__at", true
			s.spread = isSpread(n)
			if n.Parent().Kind() == syntax.Var { // a table that is made here is nowhere else written
				before = "__made"
			}
		}
	}
	return span, before, ok
}

// isSpread says whether an expression is what a spread spreads.
func isSpread(n syntax.Node) bool {
	above := n.Parent()
	for above.Kind() == syntax.Wrap {
		above = above.Parent()
	}
	return above.Kind() == syntax.Spread
}

// isThird says whether a function is the third argument of a call, from which a table gets its indexes.
func isThird(n syntax.Node) bool {
	call := n.Parent()
	for call.Kind() == syntax.Wrap {
		n, call = call, call.Parent()
	}
	return call.Kind() == syntax.Call && call.Child(2) == n
}

// lambdaStart is how an arrow function begins.
var lambdaStart = regexp.MustCompile(`^(async\s*)?(\([^()]*\)|[A-Za-z_$][\w$]*)\s*=>`)

// hidden finds a site in the body of a function, of which there is no tree. A name alone may stand where nothing but a name can.
func (f *file) hidden(s *site) (span text.Span, before string, ok bool) {
	span = s.at.Span
	source := f.tree.File().Slice(span)
	if rest, spread := strings.CutPrefix(source, "..."); spread {
		span.Start = span.End - int32(len(strings.TrimLeft(rest, " \t\r\n")))
		s.spread, s.inner.Span = true, span
		return span, "__at", true
	}
	if lambdaStart.MatchString(source) {
		return span, "__ref", true
	}
	return span, "__at", strings.ContainsAny(source, "([`?.+'\"")
}

// original converts a line (from 1) and a column in bytes (from 0) of the marked text to an offset of the author's text.
func (f *file) original(line, column int) int {
	offset := min(int(f.lines.Line(line-1).Start)+max(column, 0), len(f.marked))
	shift := 0
	for _, m := range f.marks {
		at := int(m.Span.Start) + shift // where the insertion stands in the marked text
		if at >= offset {
			break
		}
		if offset < at+len(m.New) {
			return int(m.Span.Start)
		}
		shift += len(m.New)
	}
	return offset - shift
}

// job is the plan as the child is told it.
func (p *plan) job(o Options) *job {
	j := &job{Env: o.Env, Unset: o.Unset, Modules: o.All, LimitMS: o.Limits.of(len(p.files)).Milliseconds()}
	if j.Env == nil {
		j.Env = map[string]string{}
	}
	for _, f := range p.files {
		j.Files = append(j.Files, module{Path: f.tree.File().Path, Text: f.marked, Imports: f.imports})
	}
	return j
}
