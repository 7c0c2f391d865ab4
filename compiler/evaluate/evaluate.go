// Package evaluate will settle what static reading cannot know, by running the project's definitions in a sandbox: bundled whole, in a
// child process with a time and a memory limit, after a save and never on a keystroke, and only in workspaces that are trusted.
//
// What it finds enters a snapshot as facts, keyed by everything that was read. A fact that contradicts what static reading knows is an
// internal error, and nothing is emitted. Until it exists, a leaf that cannot be read is an error at its place: compilation fails closed.
package evaluate

import "time"

// Limits bound one evaluation. What exceeds them is killed and reported at the file.
type Limits struct {
	Time      time.Duration
	MemoryMiB int
}

// DefaultLimits fit definitions: a bundle of a thousand files takes a second and a half.
func DefaultLimits() Limits { return Limits{Time: 10 * time.Second, MemoryMiB: 512} }
