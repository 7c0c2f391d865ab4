package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/emit/registry"
	"github.com/qbls/qbls/compiler/output"
)

// stamped is how the registry writes its time.
const stamped = "2006-01-02T15:04:05.000Z"

// writtenAt is the time that the registry of an output has, else now. A compilation on save keeps it as long as the registry says the
// same: a file that only its clock changes would be written on every save.
func writtenAt(t output.Tree) time.Time {
	content, err := t.Read(registry.Path)
	if err != nil || fixedTime() {
		return generatedAt()
	}
	var old struct {
		GeneratedAt time.Time `json:"generatedAt"`
	}
	if json.Unmarshal(content, &old) != nil || old.GeneratedAt.IsZero() {
		return generatedAt()
	}
	return old.GeneratedAt
}

// stamp gives a registry that has changed the time of now.
func stamp(t output.Tree, r *compiler.Result) error {
	if fixedTime() {
		return nil
	}
	for i, f := range r.Files {
		if f.Path != registry.Path {
			continue
		}
		old, err := t.Read(registry.Path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && !bytes.Equal(old, f.Content) {
			before, now := writtenAt(t).UTC().Format(stamped), generatedAt().Format(stamped)
			r.Files[i].Content = bytes.Replace(f.Content, []byte(`"`+before+`"`), []byte(`"`+now+`"`), 1)
		}
	}
	return nil
}
