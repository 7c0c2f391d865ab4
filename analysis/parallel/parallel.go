// Package parallel does work on all processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// For calls f for every number below n, on as many goroutines as there are processors, and waits for all. A panic in one of
// them comes out of For, as it would out of a loop.
func For(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	var once sync.Once
	var failure any
	for range workers {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					once.Do(func() { failure = r })
					next.Store(int64(n))
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	group.Wait()
	if failure != nil {
		panic(failure)
	}
}
