package compiler

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/compiler/migrate"
)

// snapshotJSON is what of drizzle-kit's snapshot is compared with the database.
type snapshotJSON struct {
	Tables map[string]struct {
		Columns map[string]struct {
			Type       string
			PrimaryKey bool
			NotNull    bool
			Default    any
		}
		Indexes map[string]struct {
			Columns  []string
			IsUnique bool
			Where    string
		}
		ForeignKeys map[string]struct {
			TableTo, OnDelete      string
			ColumnsFrom, ColumnsTo []string
		}
		CompositePrimaryKeys map[string]struct{ Columns []string }
	}
}

// TestMigrationMakesTheSchema applies the migration to SQLite and compares what the database says with the snapshot, which later
// migrations start from.
func TestMigrationMakesTheSchema(t *testing.T) {
	for _, s := range []*analysis.Snapshot{recruiting(t), snapshot(t, wide(t))} {
		files := emitted(t, s)
		db := open(t)
		for _, statement := range strings.Split(files[migrate.Folder+"/0000_initial.sql"], migrate.Breakpoint) {
			if _, err := db.Exec(statement); err != nil {
				t.Fatalf("%v in\n%s", err, statement)
			}
		}
		var want snapshotJSON
		if err := json.Unmarshal([]byte(files[migrate.Folder+"/meta/0000_snapshot.json"]), &want); err != nil {
			t.Fatal(err)
		}
		if tables := rows(t, db, "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1"); !slices.Equal(tables, slices.Sorted(maps.Keys(want.Tables))) {
			t.Errorf("tables %v, snapshot %v", tables, slices.Sorted(maps.Keys(want.Tables)))
		}
		for name, table := range want.Tables {
			var columns, indexes, foreign, key []string
			for c, v := range table.Columns {
				columns = append(columns, fmt.Sprint(c, " ", strings.ToLower(v.Type), " ", v.NotNull))
				if v.PrimaryKey {
					key = append(key, c)
				}
			}
			for i, v := range table.Indexes {
				indexes = append(indexes, fmt.Sprint(i, " ", v.Columns, " ", v.IsUnique, " ", v.Where != ""))
			}
			for _, v := range table.ForeignKeys {
				foreign = append(foreign, fmt.Sprint(v.ColumnsFrom[0], " ", v.TableTo, " ", v.ColumnsTo[0], " ", v.OnDelete))
			}
			for _, v := range table.CompositePrimaryKeys {
				key = v.Columns
			}
			compare(t, name+" columns", columns, rows(t, db, `select name || ' ' || lower(type) || ' ' || iif("notnull", 'true', 'false') from pragma_table_xinfo('`+name+`')`))
			compare(t, name+" key", key, rows(t, db, `select name from pragma_table_info('`+name+`') where pk > 0 order by pk`))
			compare(t, name+" foreign keys", foreign, rows(t, db, `select "from" || ' ' || "table" || ' ' || "to" || ' ' || lower(on_delete) from pragma_foreign_key_list('`+name+`')`))
			compare(t, name+" indexes", indexes, rows(t, db, `select i.name || ' [' || (select group_concat(c.name, ' ') from pragma_index_info(i.name) c) || '] ' || iif(i."unique", 'true', 'false') || ' ' || iif(i.partial, 'true', 'false') from pragma_index_list('`+name+`') i where i.origin = 'c'`))
		}
	}
}

// TestDeletedRowsFreeTheirUniqueValues: the reason for partial indexes.
func TestDeletedRowsFreeTheirUniqueValues(t *testing.T) {
	files := emitted(t, snapshotOf(t, filepath.Join("testdata", "things")))
	db := open(t)
	if _, err := db.Exec(files[migrate.Folder+"/0000_initial.sql"]); err != nil {
		t.Fatal(err)
	}
	insert := func(id string) error {
		_, err := db.Exec("insert into things (id, organization_id, name, slug) values (?, 'o', 'n', 's')", id)
		return err
	}
	if err := insert("1"); err != nil {
		t.Fatal(err)
	}
	if err := insert("2"); err == nil {
		t.Error("two living rows share a unique value")
	}
	if _, err := db.Exec("update things set deleted_at = 'now' where id = '1'"); err != nil {
		t.Fatal(err)
	}
	if err := insert("3"); err != nil {
		t.Errorf("a deleted row blocks its successor: %v", err)
	}
}

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func rows(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	found, err := db.Query(query)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer func() { _ = found.Close() }()
	var out []string
	for found.Next() {
		var s string
		if err := found.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func compare(t *testing.T, what string, want, got []string) {
	t.Helper()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("%s: the snapshot says %v, the database %v", what, want, got)
	}
}
