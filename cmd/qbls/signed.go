package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// reportPaths are where a report and what signs it lie below an output.
func reportPaths(s contract.Settings) []text.Path {
	return []text.Path{reportPath(s.Path), reportPath(s.SignaturePath), reportPath(contract.EnvelopePath(s.Path))}
}

// signed says whether a signature was made with a key; of what is none, not.
func signed(content []byte) bool {
	var s contract.Signature
	return json.Unmarshal(content, &s) == nil && s.Signed
}

// unsignedOver says whether a result without a signature would take the place of a signed report, by what is on the disk.
func unsignedOver(t output.Tree, s contract.Settings, r *compiler.Result) (bool, error) {
	i := slices.IndexFunc(r.Files, func(f output.File) bool { return f.Path == reportPath(s.SignaturePath) })
	if i < 0 || signed(r.Files[i].Content) {
		return false, nil
	}
	was, err := t.Read(reportPath(s.SignaturePath))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return signed(was), err
}

// keepSigned keeps a signed report as it is where there is no key to sign a new one: whoever saves in an editor must not take away what was
// signed for others. It returns what to say about that, "" when the report still is that of the output. Where a signature is required and there
// is none, no report is written.
func keepSigned(t output.Tree, s contract.Settings, r *compiler.Result) (string, error) {
	paths := reportPaths(s)
	over, err := unsignedOver(t, s, r)
	if err != nil {
		return "", err
	}
	unsigned := slices.ContainsFunc(r.Files, func(f output.File) bool { return f.Path == paths[1] && !signed(f.Content) })
	if !unsigned || !over && !s.Required {
		return "", nil
	}
	note := fmt.Sprintf("No report is written: it must be signed, and %s holds no key here.", s.KeyEnv)
	var made []byte
	r.Files = slices.DeleteFunc(r.Files, func(f output.File) bool {
		if f.Path == paths[0] {
			made = f.Content
		}
		return slices.Contains(paths, f.Path)
	})
	if !over {
		return note, nil
	}
	note = fmt.Sprintf("The signed report is that of an earlier output: %s holds no key here, so it was left as it is. Run qbls compile where the key is.", s.KeyEnv)
	for _, p := range paths {
		content, err := t.Read(p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		if p == paths[0] && bytes.Equal(content, made) {
			note = ""
		}
		r.Files = append(r.Files, output.File{Path: p, Content: content})
	}
	slices.SortFunc(r.Files, func(a, b output.File) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return note, nil
}
