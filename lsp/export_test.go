package lsp

import (
	"context"

	"github.com/fsnotify/fsnotify"
)

// Intercepting returns the configuration with a function that runs before each request.
func (c Config) Intercepting(f func(ctx context.Context, method string) error) Config {
	c.intercept = f
	return c
}

// WatchDisk is what watches the disk of the operating system.
var WatchDisk Watch = watchDisk

// Burst is how long the events of one change may last, and Gather makes one word of them.
const Burst = burst

// Gather is what watchDisk does with the events of the system.
func Gather(ctx context.Context, events <-chan fsnotify.Event, lost <-chan error, follow func(string), changed func([]string)) {
	gather(ctx, events, lost, follow, map[string]bool{}, changed)
}
