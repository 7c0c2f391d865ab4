package dev

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// disk is what a loop reads: it says what the test wants it to.
type disk struct {
	sync.Mutex
	changed bool
	emptied []string
	read    int
}

func (d *disk) set(changed bool, emptied ...string) {
	d.Lock()
	defer d.Unlock()
	d.changed, d.emptied = changed, emptied
}

func (d *disk) reload(patient bool) (bool, []string, error) {
	d.Lock()
	defer d.Unlock()
	d.read++
	if patient && len(d.emptied) > 0 {
		return false, d.emptied, nil
	}
	return d.changed || len(d.emptied) > 0, d.emptied, nil
}

// begin makes a loop that has compiled once.
func begin(t *testing.T, d *disk) (*loop, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	l := &loop{Options: Options{Reload: d.reload, Print: said}}
	if more, err := l.saved(t.Context(), nil); !more || err != nil {
		t.Fatal(more, err)
	}
	return l, said
}

// A file that is emptied and written again a second later is compiled once, as it was written.
func TestAnEmptiedFileWaitsForWhatIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		l, said := begin(t, d)
		changes, started := make(chan struct{}), time.Now()
		go func() {
			d.set(false, "features/jobs/jobs.ts")
			changes <- struct{}{}
			time.Sleep(time.Second) // of the bubble's clock
			d.set(true)
			changes <- struct{}{}
		}()
		if more, err := l.saved(t.Context(), changes); !more || err != nil {
			t.Fatal(more, err)
		}
		if took := time.Since(started); took != time.Second {
			t.Errorf("compiled after %s", took)
		}
		if strings.Contains(said.String(), "Empty") || !strings.Contains(said.String(), "Saved: compiling again") {
			t.Errorf("it said %q", said)
		}
	})
}

// A file that stays empty counts after a while, also when other files are saved all the time, and that is told.
func TestWhatStaysEmptyCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		l, said := begin(t, d)
		changes, started := make(chan struct{}), time.Now()
		d.set(false, "features/jobs/jobs.ts")
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			for {
				select {
				case changes <- struct{}{}:
					time.Sleep(100 * time.Millisecond)
				case <-stop:
					return
				}
			}
		}()
		if more, err := l.saved(t.Context(), changes); !more || err != nil {
			t.Fatal(more, err)
		}
		if took := time.Since(started); took != emptyFor {
			t.Errorf("compiled after %s, want %s", took, emptyFor)
		}
		if d.read < 3 || !strings.Contains(said.String(), "Empty now: features/jobs/jobs.ts.") {
			t.Errorf("read %d times, said %q", d.read, said)
		}
		if l.doubt != nil {
			t.Error("the next one that is emptied has no time of its own")
		}
	})
}
