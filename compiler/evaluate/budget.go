package evaluate

import (
	"os"
	"sync"
	"time"
)

// exitTime is the exit code of a child that has used more processor time than it may.
const exitTime = 79

// budget is the processor time of one phase of a job. The clock on the wall is no measure: on a busy machine a definition that takes
// milliseconds may wait for seconds.
type budget struct {
	mu    sync.Mutex
	from  time.Duration // processor time of the process when the phase began
	limit time.Duration // 0: nothing runs
	soft  func()        // interrupts from inside, while that is still possible; nil when it was called
}

// begin starts a phase; soft is called once when four fifths of the limit are used.
func (b *budget) begin(limit time.Duration, soft func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.from, b.limit, b.soft = processorTime(), limit, soft
}

// end ends the phase: what the process does between jobs is nobody's.
func (b *budget) end() { b.begin(0, nil) }

// look is called every few milliseconds. It ends the process when the phase has used all it may.
func (b *budget) look() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limit == 0 {
		return
	}
	used := processorTime() - b.from
	if used > b.limit {
		os.Exit(exitTime)
	}
	if b.soft != nil && used > b.limit*8/10 {
		b.soft()
		b.soft = nil
	}
}
