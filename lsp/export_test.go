package lsp

import "context"

// Intercepting returns the configuration with a function that runs before each request.
func (c Config) Intercepting(f func(ctx context.Context, method string) error) Config {
	c.intercept = f
	return c
}

// WatchDisk is what watches the disk of the operating system.
var WatchDisk Watch = watchDisk
