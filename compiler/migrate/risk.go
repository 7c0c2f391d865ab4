package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/qbls/qbls/compiler/migrate/schema"
)

// RiskKind is what a statement may cost.
type RiskKind string

const (
	RiskLock    RiskKind = "lock"      // others wait while it runs
	RiskRebuild RiskKind = "rebuild"   // a table is copied
	RiskRewrite RiskKind = "rewrite"   // every row is written again in place
	RiskLoss    RiskKind = "data-loss" // values go
	RiskRefuse  RiskKind = "may-fail"  // rows that are there may not allow it; then nothing of the migration is applied
	RiskManual  RiskKind = "by-hand"   // something that no statement settles
)

// Risk is what a person should know before a migration is applied, in words.
type Risk struct {
	Table string   `json:"table,omitempty"`
	Kind  RiskKind `json:"kind"`
	Text  string   `json:"text"`
}

func (w *sqlite) risk(table string, kind RiskKind, format string, args ...any) {
	w.risks = append(w.risks, Risk{table, kind, fmt.Sprintf(format, args...)})
}

func (w *sqlite) rebuildRisk(d *difference, threatened []*schema.Table) {
	name := d.after.Name
	w.risk(name, RiskRebuild, "The table %s is rebuilt: every row is copied, the file needs room for the copy, and nothing else can write meanwhile.", name)
	for _, t := range threatened {
		w.risk(t.Name, RiskRebuild, "The rows of %s refer to %s. They are put aside and back, so that ON DELETE does not reach them.", t.Name, name)
	}
	for _, a := range d.altered {
		if a.before.Type != a.after.Type {
			w.risk(name, RiskRefuse, "The type of %s.%s changes from %s to %s: SQLite converts what it can and keeps every other value as it is.", name, a.after.Name, a.before.Type, a.after.Type)
		}
		if a.after.NotNull && !a.before.NotNull {
			w.risk(name, RiskRefuse, "Rows without a value in %s.%s get %s.", name, a.after.Name, d.fills[a.after.Name])
		}
	}
	for _, c := range d.addChecks {
		w.risk(name, RiskRefuse, "If a row of %s does not fulfil the check %s, the migration is refused as a whole.", name, c.Name)
	}
	for _, c := range d.dropped {
		if c.Generated == nil {
			w.risk(name, RiskLoss, "The values of %s.%s are lost.", name, c.Name)
		}
	}
}

func (w *sqlite) indexRisk(d *difference, i *schema.Index) {
	if i.Unique {
		w.risk(d.after.Name, RiskRefuse, "If two rows of %s have the same values in the unique index %s, the migration is refused as a whole.", d.after.Name, i.Name)
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
