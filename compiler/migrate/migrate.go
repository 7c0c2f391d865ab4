package migrate

import (
	"github.com/qbls/qbls/compiler/emit/ordered"
	"github.com/qbls/qbls/compiler/emit/storage"
	"github.com/qbls/qbls/compiler/output"
)

// Folder holds the migrations, relative to the output.
const Folder = "quickback/drizzle"

// Initial returns the first migration: the statements, the journal and the snapshot. The journal's "when" counts migrations: nothing
// but their order is read from it, and a clock would make the output differ from day to day.
func Initial(d *storage.Database) []output.File {
	const tag = "0000_initial"
	entry := ordered.New().Set("idx", 0).Set("version", "6").Set("when", 1).Set("tag", tag).Set("breakpoints", true)
	journal := ordered.New().Set("version", "7").Set("dialect", "sqlite").Set("entries", []any{entry})
	return []output.File{
		{Path: Folder + "/" + tag + ".sql", Content: []byte(SQL(d))},
		{Path: Folder + "/meta/_journal.json", Content: ordered.JSON(journal)},
		{Path: Folder + "/meta/0000_snapshot.json", Content: ordered.JSON(Snapshot(d, Origin))},
	}
}
