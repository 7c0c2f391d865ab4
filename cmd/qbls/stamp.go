package main

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/qbls/qbls/compiler/emit/registry"
	"github.com/qbls/qbls/compiler/output"
)

// stampOf is the time that the registry of an output says it was made at, which is the first thing that it says; zero when it does not.
func stampOf(t output.Tree) time.Time {
	content, err := t.Read(registry.Path)
	if err != nil {
		return time.Time{}
	}
	d := json.NewDecoder(bytes.NewReader(content))
	for _, want := range []json.Token{json.Delim('{'), "generatedAt"} {
		if token, err := d.Token(); err != nil || token != want {
			return time.Time{}
		}
	}
	var at time.Time
	if d.Decode(&at) != nil {
		return time.Time{}
	}
	return at
}
