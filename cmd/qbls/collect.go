package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// collectLate keeps the garbage collector away until the program has taken 96 MiB, for commands that answer and end: most projects
// never get there, and those that do go on as usual after the first collection. What the user says in GOGC or GOMEMLIMIT counts.
func collectLate(getenv func(string) string) {
	const start = 96 << 20
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	before := debug.SetGCPercent(-1)
	debug.SetMemoryLimit(start)
	first := new([16]byte)
	runtime.AddCleanup(first, func(before int) { // nobody holds it, so that it goes with the first collection
		debug.SetGCPercent(before)
		debug.SetMemoryLimit(math.MaxInt64)
	}, before)
}
