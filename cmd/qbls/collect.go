package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
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

// collectWithin keeps a server that lives for days within what editors are asked to spare, 200 MiB with the program itself: the collector
// works as usual below 172, and more often beyond, where half of what is needed is left above it, so that its work pays. What the user says in
// GOGC or GOMEMLIMIT counts.
func collectWithin(getenv func(string) string) {
	const most = 172 << 20
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	limit := int64(most)
	debug.SetMemoryLimit(limit)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var adapt func()
	adapt = func() {
		metrics.Read(live)
		n := int64(live[0].Value.Uint64())
		if next := max(most, n+n/2); next != limit {
			limit = next
			debug.SetMemoryLimit(limit)
		}
		afterCollection(adapt)
	}
	afterCollection(adapt)
}

// afterCollection calls f once, after the next garbage collection: nobody holds what it makes.
func afterCollection(f func()) {
	runtime.AddCleanup(new([16]byte), func(f func()) { f() }, f)
}
