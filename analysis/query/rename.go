package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	files "github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/syntax/edit"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Refused says why a name cannot be changed, to the person who asked.
type Refused string

func (r Refused) Error() string { return string(r) }

func refuse(format string, args ...any) error { return Refused(fmt.Sprintf(format, args...)) }

// Renamable is a name that RenameAt can change.
type Renamable struct {
	Name string
	Span text.Span // without quotes and the "+" of roles
}

// PrepareRename says what would be renamed at a byte offset. It is nil where only TypeScript names something, and Refused where the
// name is ours and cannot be changed.
func PrepareRename(s *analysis.Snapshot, path text.Path, offset int) (*Renamable, error) {
	r, err := renamingAt(s, path, offset)
	if r == nil || err != nil {
		return nil, err
	}
	return &Renamable{r.old, r.span}, nil
}

// Change is a set of edits by file; each refers to the text of the snapshot that it was made for.
type Change map[text.Path][]text.Edit

// Renamed is a rename that was checked.
type Renamed struct {
	Change Change
	Moved  []Moved      // what is called after it, to be renamed behind the edits
	Left   []text.Place // strings that spell the old name and may mean something else: a person has to look at them
}

// Moved is a file that gets a new name.
type Moved struct{ From, To text.Path }

// RenameAt renames what the name at a byte offset stands for, in every file of the project: a column, role, action, view, state or
// table. Files that are called after an action are renamed with it where the client can do that (moves). A new SQL name of a column or table is written as a hint to the configuration (compiler.migrations.renames), so that
// the next migration renames instead of dropping and adding. The result is checked before it is returned: a rename that would
// leave an error behind, or weaken what is protected, is Refused. It is nil where only TypeScript names something.
//
// The SQL name of a column follows when it said the same as the property: none, `stage: text('stage')` or
// `jobId: text('job_id')`. One of its own, as in `stage: text('pipeline_step')`, stays, and no migration is needed.
func RenameAt(ctx context.Context, s *analysis.Snapshot, path text.Path, offset int, name string, moves bool) (*Renamed, error) {
	r, err := renamingAt(s, path, offset)
	if r == nil || err != nil {
		return nil, err
	}
	r.new, r.moves = name, moves
	if name == r.old {
		return &Renamed{}, nil
	}
	if err := r.valid(); err != nil {
		return nil, err
	}
	first, err := r.edits()
	if err != nil {
		return nil, err
	}
	d := &draft{from: s, now: s, total: Change{}}
	if err := d.apply(first); err != nil {
		return nil, err
	}
	d.move(r.moved)
	if err := r.settle(d); err != nil {
		return nil, err
	}
	if err := r.sound(ctx, d); err != nil {
		return nil, err
	}
	return &Renamed{d.total, r.moved, r.left(first)}, nil
}

// renaming is a rename that is being made.
type renaming struct {
	*spellings
	symbol   names.Symbol
	resource *model.Resource // owner of a column, action, view or state; the table itself
	old, new string
	span     text.Span
	places   []names.Occurrence
	moves    bool // files can be renamed
	moved    []Moved
}

func renamingAt(s *analysis.Snapshot, path text.Path, offset int) (*renaming, error) {
	x, ok := spellingsOf(s, path)
	if !ok {
		return nil, nil
	}
	o, ok := x.at(path, offset)
	if !ok || o.Symbol.Kind == names.Handler || o.Symbol.Kind == names.Feature {
		return nil, nil
	}
	r := &renaming{spellings: x, symbol: o.Symbol, old: o.Symbol.Name}
	switch o.Symbol.Kind {
	case names.Table:
		r.resource = x.project.Resource(model.ID(o.Symbol.Name))
		if r.resource != nil {
			r.old = r.resource.Binding
		}
	case names.State:
		owner, _, _ := strings.Cut(o.Symbol.Owner, ".")
		r.resource = x.project.Resource(model.ID(owner))
	default:
		r.resource = x.project.Resource(model.ID(o.Symbol.Owner))
	}
	span, ok := within(s.File(path), o.At.Span, r.old)
	if !ok {
		if o.Symbol.Kind == names.Table {
			return nil, nil // an alias, or the whole of an expression
		}
		return nil, r.unspelt(o)
	}
	if !contains(span, offset) {
		return nil, nil
	}
	r.span = span
	return r, r.allowed()
}

// within finds a name in the span of an occurrence: without quotes, without the "+" of a role and the "-" of an order.
func within(f *text.File, at text.Span, name string) (text.Span, bool) {
	if f == nil {
		return text.Span{}, false
	}
	src := f.Slice(at)
	for _, cut := range []string{`"`, "'", "`", "-"} {
		if rest, ok := strings.CutPrefix(src, cut); ok {
			src, at.Start = rest, at.Start+1
		}
	}
	for _, cut := range []string{`"`, "'", "`", "+"} {
		if rest, ok := strings.CutSuffix(src, cut); ok {
			src, at.End = rest, at.End-1
		}
	}
	return at, src == name
}

// unspelt refuses a place where a name is meant and not written.
func (r *renaming) unspelt(o names.Occurrence) error {
	where := r.where(o.At)
	for _, settled := range r.s.Definition(o.At.Path).Settled {
		if settled == o.At || settled.Path == o.At.Path && settled.Span.Covers(o.At.Span) {
			return refuse("%s is named by an expression at %s that is evaluated. Write the name out there, then rename it.", r.old, where)
		}
	}
	return refuse("%s is spelt in another way at %s. Write it plainly there, then rename it.", r.old, where)
}

func (r *renaming) where(at text.Place) string {
	f := r.s.File(at.Path)
	if f == nil {
		return string(at.Path)
	}
	return fmt.Sprintf("%s:%d", at.Path, f.Position(int(at.Span.Start), text.UTF8).Line+1)
}

// edits changes every place that names the thing.
func (r *renaming) edits() (Change, error) {
	out := Change{}
	r.places = r.all(r.symbol)
	declared := r.symbol.Kind == names.Role || r.symbol.Kind == names.State || r.ownFile() != ""
	if len(r.places) == 0 || !r.places[0].Def && !declared {
		return nil, refuse("Where %s is declared could not be found, so it cannot be renamed.", r.old)
	}
	for _, o := range r.places {
		span, ok := within(r.s.File(o.At.Path), o.At.Span, r.old)
		if r.symbol.Kind == names.Table && !ok {
			continue // an alias keeps its name; SQL names are another matter
		}
		if !ok {
			return nil, r.unspelt(o)
		}
		if other, ok := r.sharedWith(o); ok {
			return nil, refuse("The %s %s at %s is also %s. Give each its own, then rename it.", r.symbol.Kind, r.old, r.where(o.At), other)
		}
		out[o.At.Path] = append(out[o.At.Path], r.edit(o, span))
	}
	if err := r.more(out); err != nil {
		return nil, err
	}
	if err := r.files(out); err != nil {
		return nil, err
	}
	for path := range out {
		slices.SortFunc(out[path], func(a, b text.Edit) int { return int(a.Span.Start - b.Span.Start) })
		out[path] = slices.Compact(out[path])
	}
	return out, nil
}

// sharedWith finds another thing that the same string names: a constant that two tables use.
func (r *renaming) sharedWith(o names.Occurrence) (string, bool) {
	for _, other := range r.index.In(o.At.Path) {
		if other.At == o.At && other.Symbol != o.Symbol && !o.Code && r.symbol.Kind != names.Table {
			owner := ""
			if other.Symbol.Owner != "" {
				owner = " of " + other.Symbol.Owner
			}
			return fmt.Sprintf("the %s %s%s", other.Symbol.Kind, other.Symbol.Name, owner), true
		}
	}
	return "", false
}

// edit is the change of one place.
func (r *renaming) edit(o names.Occurrence, span text.Span) text.Edit {
	if o.Short {
		if r.symbol.Kind == names.Table { // { jobs }: the key stays
			return text.Edit{Span: span, New: r.old + ": " + r.new}
		}
		return text.Edit{Span: span, New: r.new + ": " + r.old}
	}
	if !o.Code {
		node := r.s.Tree(o.At.Path).At(int(span.Start)).Node
		for ; node.Valid(); node = node.Parent() {
			if node.Kind() == syntax.Property && node.NameSpan() == span {
				return edit.RenameKey(node, r.new)
			}
		}
	}
	return text.Edit{Span: span, New: r.new}
}

// draft is a project to which changes are made one after the other; total is what they come to for the texts it began with.
type draft struct {
	from, now *analysis.Snapshot
	total     Change
}

func (d *draft) apply(c Change) error {
	var changes []files.Change
	for path, edits := range c {
		file := d.now.File(path)
		if file == nil || len(edits) == 0 {
			continue
		}
		content, err := text.Apply(file.Text, edits)
		if err != nil {
			return err
		}
		total, ok := compose(d.total[path], edits)
		if !ok {
			return refuse("The change of %s would overlap itself. Rename it by hand.", path)
		}
		d.total[path] = total
		changes = append(changes, files.Change{Path: path, File: text.NewFile(path, content), Open: d.from.Files.Open(path)})
	}
	slices.SortFunc(changes, func(a, b files.Change) int { return strings.Compare(string(a.Path), string(b.Path)) })
	if len(changes) > 0 {
		d.now = d.now.With(changes...)
	}
	return nil
}

// move renames files of the draft. What is open stays open under its new name.
func (d *draft) move(list []Moved) {
	var changes []files.Change
	for _, m := range list {
		open := d.from.Files.Open(m.From)
		changes = append(changes, files.Change{Path: m.To, File: text.NewFile(m.To, d.now.File(m.From).Text), Open: open}, files.Change{Path: m.From})
		if open {
			changes = append(changes, files.Change{Path: m.From, Open: true})
		}
	}
	if len(changes) > 0 {
		d.now = d.now.With(changes...)
	}
}

// compose joins edits with edits of the text that they leave. It is false when the later ones touch what the earlier ones wrote.
func compose(first, then []text.Edit) ([]text.Edit, bool) {
	out := slices.Clone(first)
	for _, e := range then {
		delta := int32(0)
		for _, f := range first {
			start, end := f.Span.Start+delta, f.Span.Start+delta+int32(len(f.New))
			if e.Span.Start < end && start < e.Span.End {
				return nil, false
			}
			if end <= e.Span.Start {
				delta += int32(len(f.New) - f.Span.Len())
			}
		}
		out = append(out, text.Edit{Span: text.Span{Start: e.Span.Start - delta, End: e.Span.End - delta}, New: e.New})
	}
	slices.SortStableFunc(out, func(a, b text.Edit) int { return int(a.Span.Start - b.Span.Start) })
	return out, true
}

// sound refuses a rename that leaves more errors behind than there were.
func (r *renaming) sound(ctx context.Context, d *draft) error {
	before, err := r.s.Diagnose(ctx, r.root)
	if err != nil {
		return err
	}
	after, err := d.now.Diagnose(ctx, r.root)
	if err != nil {
		return err
	}
	known := map[diagnostics.Code]int{}
	for _, list := range before {
		for _, f := range list {
			known[f.Rule.Code]++
		}
	}
	for _, path := range d.now.Texts(r.root) {
		for _, f := range after[path] {
			if known[f.Rule.Code]--; known[f.Rule.Code] < 0 && f.Rule.Severity == diagnostics.Error {
				return refuse("Called %s, it would not check: %s (%s, %s)", r.new, f.Message, f.Rule.Code, path)
			}
		}
	}
	return nil
}
