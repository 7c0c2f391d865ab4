//go:build unix && !linux

package main

// fullDisk is tried on Linux, where a small disk can be mounted.
func (s *shop) fullDisk(func()) {}
