package model

import (
	"slices"
	"strings"
	"unicode"

	"github.com/qbls/qbls/analysis/definition"
)

// Audit columns, injected into every table (seeds: compiler__definitions__schema).
const (
	CreatedAt  = "createdAt"
	CreatedBy  = "createdBy"
	ModifiedAt = "modifiedAt"
	ModifiedBy = "modifiedBy"
	DeletedAt  = "deletedAt"
	DeletedBy  = "deletedBy"
)

// AuditColumns are all of them in the order of injection.
var AuditColumns = []string{CreatedAt, CreatedBy, ModifiedAt, ModifiedBy, DeletedAt, DeletedBy}

// NowSQL is the default of injected time columns: ISO-8601 UTC text with milliseconds.
const NowSQL = definition.NowSQL

func (l *linker) table(u *unit) *Table {
	t := &Table{Binding: u.table.Binding, Name: sqlTable(l.config, u.table), Dialect: u.table.Dialect, Source: u.table}
	for _, c := range u.table.Columns {
		t.Columns = append(t.Columns, l.column(c))
	}
	if u.policy == nil && l.scoped[u.feature] && Derive(t, "organization") == nil {
		t.Columns = append(t.Columns, &Column{Key: "organizationId", Name: l.sqlName("organizationId"), Builder: "text", NotNull: true, Injected: true, Role: ScopeColumn})
	}
	if l.config.AuditFields {
		l.inject(t, u)
	}
	for _, c := range t.Columns {
		if c.Source != nil && c.Source.Generated != nil {
			c.Generated = &Generated{c.Source.Generated.SQL.String(t.sqlColumn), c.Source.Generated.Stored}
		}
	}
	for _, i := range u.table.Indexes {
		l.index(t, i)
	}
	l.constraints(t, u.table)
	t.Foreign = u.composite
	if u.policy != nil {
		for _, c := range u.policy.Unique {
			columns := texts(c.Items)
			t.Indexes = append(t.Indexes, &Index{Kind: "uniqueIndex", Name: indexName(t, columns, "unique"), Columns: columns})
		}
	}
	return t
}

func (l *linker) column(c *definition.Column) *Column {
	out := &Column{
		Key: c.Key.Text, Name: c.Name.Or(c.Key.Text), Builder: c.Builder, Mode: c.Mode.V, Kind: c.Kind, TypeText: c.TypeText, TypeNames: c.TypeNames, Format: c.Format, Enum: texts(c.Enum),
		Length: c.Length, NotNull: c.NotNull || c.PrimaryKey, PrimaryKey: c.PrimaryKey, AutoInc: c.AutoInc, Unique: c.Unique, UniqueName: c.UniqueName,
		Default: c.Default, OnCreate: c.OnCreate, OnUpdate: c.OnUpdate, Source: c,
	}
	if c.Q != "" {
		out.Name = l.sqlName(c.Key.Text)
	}
	if c.Q == "id" && l.config.GenerateID == "serial" {
		out.Builder, out.Kind, out.AutoInc = "integer", "number", true
	}
	switch {
	case c.PrimaryKey:
		out.Role = KeyColumn
	case c.Generated != nil:
		out.Role = GeneratedColumn
	case !l.config.AuditFields:
	case out.Key == DeletedAt || out.Key == DeletedBy:
		out.Role = DeleteColumn
	case slices.Contains(AuditColumns, out.Key):
		out.Role = AuditColumn
	}
	return out
}

// constraints adds what columns say of themselves: the values of a q.enum, which the database checks, and .index(); and the checks of the
// table's third argument.
func (l *linker) constraints(t *Table, d *definition.Table) {
	for _, c := range t.Columns {
		switch {
		case c.Source == nil:
			continue
		case c.Source.Q == "enum" && len(c.Enum) > 0:
			values := make([]string, len(c.Enum))
			for i, e := range c.Enum {
				values[i] = "'" + strings.ReplaceAll(e, "'", "''") + "'"
			}
			t.Checks = append(t.Checks, &Check{Name: t.Name + "_" + c.Name + "_check", SQL: `"` + strings.ReplaceAll(c.Name, `"`, `""`) + `" in (` + strings.Join(values, ", ") + ")"})
		}
		if c.Source.Index != nil {
			t.Indexes = append(t.Indexes, &Index{Kind: "index", Name: indexName(t, []string{c.Key}, "idx"), Columns: []string{c.Key}})
		}
	}
	for _, check := range d.Checks {
		t.Checks = append(t.Checks, &Check{Name: check.Name, SQL: check.SQL.String(t.sqlColumn)})
	}
}

// sqlColumn is the SQL name of a column of the table.
func (t *Table) sqlColumn(key string) string {
	if c := t.Column(key); c != nil {
		return c.Name
	}
	return key
}

// inject adds the audit columns that the author did not declare.
func (l *linker) inject(t *Table, u *unit) {
	for _, key := range AuditColumns {
		deleting := key == DeletedAt || key == DeletedBy
		if t.Column(key) != nil || deleting && hardDelete(u) {
			continue
		}
		c := &Column{Key: key, Name: l.sqlName(key), Builder: "text", Injected: true, Role: AuditColumn}
		if deleting {
			c.Role = DeleteColumn
		}
		if key == CreatedAt || key == ModifiedAt {
			c.NotNull, c.Default = true, &definition.Default{SQL: NowSQL}
		}
		t.Columns = append(t.Columns, c)
	}
}

// hardDelete says whether a table's own delete mode is hard.
func hardDelete(u *unit) bool {
	if u.policy == nil {
		return false
	}
	for _, o := range u.policy.Operations {
		if o.Name.Text == string(Delete) {
			return o.Mode.V == "hard"
		}
	}
	return false
}

// organisationScoped says whether a unit is a resource with an organisation scope: internal tables of its feature get one too.
func organisationScoped(u *unit) bool {
	if u.policy == nil {
		return false
	}
	if fw := u.policy.Firewall; fw != nil {
		return slices.ContainsFunc(fw.Scopes, func(s definition.Scope) bool { return s.Kind == "organization" }) ||
			slices.ContainsFunc(fw.Predicates, func(c definition.Condition) bool { return c.Value.Ctx == "activeOrgId" || c.Value.Ctx == "orgId" })
	}
	return slices.ContainsFunc(u.table.Columns, func(c *definition.Column) bool {
		return c.Scope.V == "organization" || slices.Contains(organizationNames, c.Key.Text)
	})
}

func (l *linker) index(t *Table, i *definition.Index) {
	columns := texts(i.Columns)
	if i.Kind == "primaryKey" {
		for _, key := range columns {
			if c := t.Column(key); c != nil {
				c.PrimaryKey, c.NotNull = true, true
				if len(columns) == 1 {
					c.Role = KeyColumn // nothing generates the columns of a composite key: they are written like others
				}
			}
		}
		t.Indexes = append(t.Indexes, &Index{Kind: i.Kind, Name: i.Name, Columns: columns})
		return
	}
	kind := i.Kind
	if kind == "unique" {
		kind = "uniqueIndex"
	}
	name := i.Name
	if name == "" {
		name = indexName(t, columns, map[string]string{"uniqueIndex": "unique"}[kind])
	}
	out := &Index{Kind: kind, Name: name, Columns: columns, Where: i.Where.String(t.sqlColumn)}
	for _, part := range i.Parts {
		out.Parts = append(out.Parts, part.String(t.sqlColumn))
	}
	t.Indexes = append(t.Indexes, out)
}

// finish makes uniqueness end with a soft delete, and adds the indexes that the policy needs (language.md, Columns).
func (l *linker) finish(r *Resource) {
	t := r.Table
	for _, c := range t.Columns {
		if c.Unique && !c.PrimaryKey {
			name := c.UniqueName
			if name == "" {
				name = t.Name + "_" + c.Name + "_unique"
			}
			t.Indexes = append(t.Indexes, &Index{Kind: "uniqueIndex", Name: name, Columns: []string{c.Key}})
		}
	}
	if deleted := t.Column(DeletedAt); deleted != nil && l.config.AuditFields {
		for _, i := range t.Indexes {
			if i.Kind == "uniqueIndex" && i.Where == "" {
				i.Where = deleted.Name + " IS NULL"
			}
		}
	}
	if scope := r.Firewall.scopeColumn(); scope != "" {
		columns := []string{scope}
		if t.Column(DeletedAt) != nil {
			columns = append(columns, DeletedAt)
		}
		l.addIndex(t, columns)
	}
	for _, k := range r.Foreign {
		l.addIndex(t, []string{k.Column})
	}
	for _, v := range r.Views {
		sortable := v.Sortable
		if !v.HasQuery {
			sortable = slices.DeleteFunc(slices.Clone(r.OptIns.Sortable), func(key string) bool { return !slices.Contains(v.Fields, key) })
		}
		for _, key := range sortable {
			if t.Column(key) != nil {
				l.addIndex(t, []string{key})
			}
		}
	}
}

// addIndex adds an index unless one already begins with these columns.
func (l *linker) addIndex(t *Table, columns []string) {
	if key := t.PrimaryKey(); len(key) > 0 && len(columns) == 1 && key[0].Key == columns[0] {
		return
	}
	for _, i := range t.Indexes {
		if i.Where == "" && i.Parts == nil && len(i.Columns) >= len(columns) && slices.Equal(i.Columns[:len(columns)], columns) {
			return
		}
	}
	t.Indexes = append(t.Indexes, &Index{Kind: "index", Name: indexName(t, columns, "idx"), Columns: columns, Injected: true})
}

func indexName(t *Table, columns []string, suffix string) string {
	if suffix == "" {
		suffix = "idx"
	}
	parts := []string{t.Name}
	for _, key := range columns {
		name := key
		if c := t.Column(key); c != nil {
			name = c.Name
		}
		parts = append(parts, name)
	}
	return strings.Join(append(parts, suffix), "_")
}

// sqlName is the name of a column that the author gave none, under the project's naming convention.
func (l *linker) sqlName(key string) string { return cased(l.config, key) }

// sqlTable is a table's SQL name. One of q follows the naming convention, as its columns do.
func sqlTable(c *Config, t *definition.Table) string {
	name := t.Name.Or(t.Binding)
	if t.Q {
		return cased(c, strings.ReplaceAll(name, "-", "_"))
	}
	return name
}

func cased(c *Config, name string) string {
	if !c.SnakeCase {
		return name
	}
	return Snake(name)
}

// Snake makes atsImports, ATSImports and ats-imports into ats_imports: a word begins at a capital that a small letter precedes or follows.
func Snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case r == '-' || r == ' ' || r == '.':
			r = '_'
		case unicode.IsUpper(r):
			after := i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]))
			before := i > 0 && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if after || before {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}
