package session

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// quiet is how long nothing has changed before what the next question needs is made: nobody waits for it while they type.
const quiet = 150 * time.Millisecond

// Run publishes until the context ends. It is called once. When nothing has changed for a while, it makes the index of names, which
// the first question after opening a project would otherwise wait for; a change before that puts it off.
func (s *Session) Run(ctx context.Context) {
	idle := time.NewTimer(quiet)
	defer idle.Stop()
	defer s.warmers.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.kick:
			s.round(ctx)
			idle.Reset(quiet)
		case <-idle.C:
			s.warmers.Go(func() { s.warm(ctx, s.View()) })
		}
	}
}

// warm makes the indexes of names of all projects. A newer state ends it between two projects; what is made for one version is most of
// what the next one needs.
func (s *Session) warm(ctx context.Context, v *View) {
	defer func() {
		if r := recover(); r != nil { // the question that needs it will say so
			s.opts.Log.Error("index of names panicked", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	for _, f := range v.folders {
		for _, root := range f.snapshot.Projects() {
			if ctx.Err() != nil || len(s.kick) > 0 {
				return
			}
			f.snapshot.Names(root)
		}
	}
}
