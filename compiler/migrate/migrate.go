// Package migrate writes the migrations of a project: SQL files with a journal and snapshots in the layout of drizzle-kit 0.31, so
// that its tools read them, though it is not needed to make them.
//
// A migration is a pure function of what is committed (Committed) and of the tables now (Set). What is committed is never written
// again: a migration adds files, and its entry at the end of the journal.
//
// The snapshots say what drizzle-kit compares with the model, which is the model. A database may hold more: what the model has lost
// stays in it (Retained). That is recorded in qbls.json beside the migrations, with the prefixes of ids, and every migration starts
// from both.
package migrate

import (
	"path"

	"github.com/qbls/qbls/compiler/migrate/schema"
	"github.com/qbls/qbls/diagnostics/text"
)

// Folder holds the migrations, relative to the output. A project with several databases has a folder for each in it.
const Folder = "quickback/drizzle"

// legacyFolder is where older projects have them (seeds: compiler__config__output).
const legacyFolder = "drizzle"

// StatePath is the file of what snapshots cannot hold.
const StatePath text.Path = Folder + "/qbls.json"

// Set is one database of a project: its migrations are its own.
type Set struct {
	Name   string // auth, features, audit, files, webhooks; "" for the only database
	Schema *schema.Schema
}

// Path is a file of the set, relative to the output.
func (s Set) Path(name string) text.Path { return text.Path(path.Join(Folder, s.Name, name)) }
