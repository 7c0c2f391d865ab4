package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// collectLate keeps the garbage collector away until the program has taken 120 MiB, for commands that answer and end: most projects
// never get there. Of those that do, most of what was allocated until then is of no use any more; so the heap may grow back once
// before the collector works as usual. What the user says in GOGC or GOMEMLIMIT counts.
func collectLate(getenv func(string) string) {
	const start = 120 << 20
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	usual := debug.SetGCPercent(-1)
	debug.SetMemoryLimit(start)
	afterCollection(func() {
		debug.SetGCPercent(2 * usual)
		debug.SetMemoryLimit(math.MaxInt64)
		afterCollection(func() { debug.SetGCPercent(usual) })
	})
}

// afterCollection calls f once, after the next garbage collection: nobody holds what it makes.
func afterCollection(f func()) {
	runtime.AddCleanup(new([16]byte), func(f func()) { f() }, f)
}
