package compiler

import (
	"maps"
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Migrations are the pending migrations of a project: one plan for each of its databases, and what is to say about them. It is a pure
// function of the snapshot and of what is committed; opts are the planner's. A database that this version does not emit has no plan, and
// that is said: its tables would be planned as those of another. It returns ErrNoProject for a root that is no project.
func Migrations(s *analysis.Snapshot, root text.Path, committed *migrate.Committed, opts ...migrate.Option) ([]*migrate.Plan, []diagnostics.Diagnostic, error) {
	p := s.Project(root)
	if p == nil {
		return nil, nil, ErrNoProject
	}
	if d, ok := databaseNotEmitted(p, s.Definition(p.Config.Path).Place); ok {
		return nil, []diagnostics.Diagnostic{d}, nil
	}
	b := newBuild(s, p, Options{Committed: committed})
	plans := b.plan(opts...)
	return plans, b.planProblems(plans), nil
}

// PendingFiles are the files that plans would add or change below the folder of output.
func PendingFiles(s *analysis.Snapshot, root text.Path, committed *migrate.Committed, plans []*migrate.Plan) []output.File {
	b := newBuild(s, s.Project(root), Options{Committed: committed})
	return migrate.Pending(b.committed(), plans, b.tablePrefixes())
}

func (b *build) committed() *migrate.Committed {
	if b.o.Committed == nil {
		return migrate.NewCommitted(nil)
	}
	return b.o.Committed
}

// sets are the project's databases.
func (b *build) sets() []migrate.Set {
	var out []migrate.Set
	for _, store := range app.Stores(b.p, b.db.Tables) {
		out = append(out, migrate.Set{Name: store.Name, Schema: b.memory.migrated.Of(store.Tables)})
	}
	b.memory.migrated.Keep(b.db.Tables)
	return out
}

func (b *build) plan(opts ...migrate.Option) []*migrate.Plan {
	var out []*migrate.Plan
	hints, sets := b.hints(), b.sets()
	for i, set := range sets {
		out = append(out, migrate.New(set, b.committed().History(set), hintsFor(hints, sets, i), opts...))
	}
	return out
}

// hintsFor are the hints about one of several databases: not those about tables of another one. What no database has is asked of the last,
// the features'.
func hintsFor(h migrate.Hints, sets []migrate.Set, i int) migrate.Hints {
	if len(sets) == 1 {
		return h // all are about it
	}
	has := func(table string) int {
		return slices.IndexFunc(sets, func(s migrate.Set) bool {
			return slices.ContainsFunc(s.Schema.Tables, func(t *schema.Table) bool { return t.Name == table })
		})
	}
	elsewhere := func(table string) bool {
		at := has(table)
		return at != i && (at >= 0 || i < len(sets)-1)
	}
	out := migrate.Hints{Tables: maps.Clone(h.Tables), Columns: maps.Clone(h.Columns), Backfills: maps.Clone(h.Backfills), Drops: migrate.Drops{Columns: maps.Clone(h.Drops.Columns)}, Added: h.Added}
	maps.DeleteFunc(out.Tables, func(table, _ string) bool { return elsewhere(table) })
	maps.DeleteFunc(out.Columns, func(table string, _ map[string]string) bool { return elsewhere(table) })
	maps.DeleteFunc(out.Backfills, func(table string, _ map[string]string) bool { return elsewhere(table) })
	maps.DeleteFunc(out.Drops.Columns, func(table string, _ []string) bool { return elsewhere(table) })
	out.Drops.Tables = slices.DeleteFunc(slices.Clone(h.Drops.Tables), elsewhere)
	return out
}

// check returns what stands in the way of the pending migrations, and what is to say about them, as their plans would.
func (b *build) check() []*checkedSet {
	var out []*checkedSet
	hints, sets := b.hints(), b.sets()
	for i, set := range sets {
		out = append(out, &checkedSet{set.Name, migrate.Check(set, b.committed().History(set), hintsFor(hints, sets, i))})
	}
	return out
}

// checkedSet is what was found about the migration of one database.
type checkedSet struct {
	name     string
	problems []migrate.Problem
}

// hints are those of the configuration, and that what qbls adds by itself has never been called otherwise.
func (b *build) hints() migrate.Hints {
	h := hintsOf(b.p.Config.Source)
	for _, t := range b.auth {
		if _, said := h.Tables[t.Name]; !said {
			h.Tables[t.Name] = ""
		}
	}
	h.Added = b.injected
	return h
}

// injected are the columns that qbls adds to a table, by their SQL names.
func (b *build) injected(table string) (out []string) {
	for _, r := range b.p.Resources {
		if r.Table == nil || r.Table.Name != table {
			continue
		}
		for _, c := range r.Table.Columns {
			if c.Injected {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

// hintsOf are compiler.migrations of the configuration.
func hintsOf(c *definition.Config) migrate.Hints {
	h := migrate.Hints{Tables: map[string]string{}, Columns: map[string]map[string]string{}, Backfills: map[string]map[string]string{}, Drops: migrate.Drops{Columns: map[string][]string{}}}
	if c == nil || c.Migrations == nil {
		return h
	}
	m := c.Migrations
	for _, p := range m.Tables {
		h.Tables[p.Key.Text] = p.Value.Text
	}
	byTable := func(to map[string]map[string]string, from []definition.TablePairs) {
		for _, t := range from {
			to[t.Table.Text] = map[string]string{}
			for _, p := range t.Pairs {
				to[t.Table.Text][p.Key.Text] = p.Value.Text
			}
		}
	}
	byTable(h.Columns, m.Columns)
	byTable(h.Backfills, m.Backfills)
	for _, n := range m.DropTables {
		h.Drops.Tables = append(h.Drops.Tables, n.Text)
	}
	for _, t := range m.DropColumns {
		for _, n := range t.Names {
			h.Drops.Columns[t.Table.Text] = append(h.Drops.Columns[t.Table.Text], n.Text)
		}
	}
	return h
}

// assignPrefixes gives every table the prefix of its ids. A table keeps the one that is committed, also under a new name, so that a new
// table never changes another's; a prefix that a table once had is never given to another.
func (b *build) assignPrefixes() map[model.ID]string {
	committed := b.committed().Prefixes()
	taken := map[string]bool{}
	for _, prefix := range committed {
		taken[prefix] = true
	}
	hints := hintsOf(b.p.Config.Source)
	out := map[model.ID]string{}
	var fresh []*model.Resource
	for _, r := range b.p.Resources {
		if r.Table == nil {
			continue
		}
		known := committed[r.Table.Name]
		if known == "" {
			old, _ := migrate.Former(hints.Tables, r.Table.Name, func(name string) bool { return committed[name] != "" })
			known = committed[old]
		}
		if known != "" {
			out[r.ID] = known
		} else {
			fresh = append(fresh, r)
		}
	}
	slices.SortStableFunc(fresh, func(x, y *model.Resource) int { return len(x.Table.Name) - len(y.Table.Name) })
	for _, r := range fresh {
		prefix := r.Prefix
		if taken[prefix] || prefix == "" {
			prefix = model.FreePrefix(r.Table.Name, taken)
		}
		taken[prefix], out[r.ID] = true, prefix
	}
	return out
}

// prefixedAlike says whether two versions of a resource are the same to the prefixes of ids.
func prefixedAlike(a, b *model.Resource) bool {
	return a == b || a.ID == b.ID && a.Prefix == b.Prefix && (a.Table == nil) == (b.Table == nil) && (a.Table == nil || a.Table.Name == b.Table.Name)
}

// tablePrefixes are the prefixes by the tables' SQL names, as they are committed.
func (b *build) tablePrefixes() map[string]string {
	out := map[string]string{}
	for _, r := range b.p.Resources {
		if prefix := b.prefixes[r.ID]; prefix != "" {
			out[r.Table.Name] = prefix
		}
	}
	return out
}

// migrations are the files of the project's migrations. What a new one would add to them, when it is kept apart, is in b.pending; a draft
// finds out what stands in its way, and leaves writing it for later.
func (b *build) migrations() ([]output.File, []diagnostics.Diagnostic) {
	if b.o.Draft && b.o.Pending {
		return b.memory.unchanged(b.committed()), b.checkProblems(b.checked(b.check))
	}
	b.plans = b.planned(func() []*migrate.Plan { return b.plan() })
	problems := b.planProblems(b.plans)
	if !b.o.Pending {
		return b.migrated(&b.frame.files, func() []output.File { return migrate.Files(b.committed(), b.plans, b.tablePrefixes()) }), problems
	}
	b.pending = b.migrated(&b.frame.pendings, func() []output.File { return migrate.Pending(b.committed(), b.plans, b.tablePrefixes()) })
	return b.memory.unchanged(b.committed()), problems
}

// unchanged are the committed migrations as files.
func (m *memory) unchanged(c *migrate.Committed) []output.File {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.committed == nil || m.committed.of != c {
		files, _ := summed(migrate.Unchanged(c))
		m.committed = &committed{c, files}
	}
	return m.committed.files
}

// resourceOf returns the resource of a table by its SQL name, or nil for Better Auth's tables.
func (b *build) resourceOf(table string) *model.Resource {
	for _, r := range b.p.Resources {
		if r.Table != nil && r.Table.Name == table {
			return r
		}
	}
	return nil
}
