package main

import "testing"

// readOnly cannot be had on Windows, where the attribute of a folder does not keep anybody from writing in it.
func readOnly(t *testing.T, _ string) { t.Skip("folders cannot be made read-only by their attributes") }
