package lsp

import (
	"context"
	"errors"
	"time"
)

// errParentGone ends the server: an editor that crashed closes nothing.
var errParentGone = errors.New("the process that started the server is gone")

// poll is how often the process of the client is looked for.
const poll = 5 * time.Second

// watchParent ends the server when the process that the client named has ended (LSP 3.17, InitializeParams.processId).
func (s *server) watchParent(pid int) {
	s.run(func(ctx context.Context) {
		tick := time.NewTicker(poll)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if !s.config.Alive(pid) {
					s.leave(errParentGone)
					return
				}
			}
		}
	})
}
