//go:build unix

package main

import "github.com/qbls/qbls/compiler/migrate/pgtest"

// stopServers ends what tests share.
func stopServers() { pgtest.Stop() }
