package output

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// manifestVersion is the version of the manifest's form, which manifestHead names, too.
const manifestVersion = 1

// Manifest is what qbls owns in a folder of output. The zero Manifest owns nothing.
type Manifest struct {
	Version int
	Owned   map[text.Path]text.Hash // what was written last
	Pending map[text.Path]text.Hash // what a write that has not finished is about to write; empty otherwise
}

// ours says whether a content on disk is one that qbls wrote.
func (m Manifest) ours(p text.Path, disk text.Hash) bool {
	owned, isOwned := m.Owned[p]
	pending, isPending := m.Pending[p]
	return isOwned && disk == owned || isPending && disk == pending || (isOwned || isPending) && disk == emptyHash
}

// leave takes over what another manifest knows of a path.
func (m Manifest) leave(old Manifest, p text.Path) {
	if h, ok := old.Owned[p]; ok {
		m.Owned[p] = h
	}
	if h, ok := old.Pending[p]; ok {
		m.Pending[p] = h
	}
}

func (m Manifest) equal(other Manifest) bool {
	return maps.Equal(m.Owned, other.Owned) && maps.Equal(m.Pending, other.Pending)
}

type manifestJSON struct {
	Version int                  `json:"version"`
	Owned   map[text.Path]string `json:"owned"`
	Pending map[text.Path]string `json:"pending,omitempty"`
}

// MarshalJSON writes paths in order and hashes in hex.
func (m Manifest) MarshalJSON() ([]byte, error) { return m.encode(), nil }

// encode writes the manifest as indented JSON, paths in order and hashes in hex. It is written twice at every save, and by hand because
// that takes a tenth of what reflection takes.
func (m Manifest) encode() []byte {
	b := make([]byte, 0, 128*(len(m.Owned)+len(m.Pending)+1))
	b = appendPending(appendHashes(append(b, manifestHead...), m.Owned), m.Pending)
	return append(b, manifestTail...)
}

// Parts of the form.
const (
	manifestHead = "{\n  \"version\": 1,\n  \"owned\": "
	manifestTail = "\n}\n"
	lineStart    = "\n    "
	lineMiddle   = ": \""
	lineEnd      = "\""
)

func appendPending(b []byte, pending map[text.Path]text.Hash) []byte {
	if len(pending) == 0 {
		return b
	}
	return appendHashes(append(b, ",\n  \"pending\": "...), pending)
}

func appendHashes(b []byte, hashes map[text.Path]text.Hash) []byte {
	b = append(b, '{')
	for i, p := range slices.Sorted(maps.Keys(hashes)) {
		if i > 0 {
			b = append(b, ',')
		}
		h := hashes[p]
		b = append(appendPath(append(b, lineStart...), p), lineMiddle...)
		b = append(hex.AppendEncode(b, h[:]), lineEnd...)
	}
	if len(hashes) > 0 {
		b = append(b, "\n  "...)
	}
	return append(b, '}')
}

// appendPath quotes a path.
func appendPath(b []byte, p text.Path) []byte {
	for i := range len(p) {
		if c := p[i]; c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			quoted, _ := json.Marshal(p) // a string always can be
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), p...), '"')
}

// UnmarshalJSON reads a manifest. It refuses another version, and paths that leave the folder: a manifest comes with a
// repository, and what it owns is removed one day.
func (m *Manifest) UnmarshalJSON(b []byte) error {
	var raw manifestJSON
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if raw.Version != manifestVersion {
		return fmt.Errorf("version %d is not %d", raw.Version, manifestVersion)
	}
	owned, err := fromHex(raw.Owned)
	if err != nil {
		return err
	}
	pending, err := fromHex(raw.Pending)
	if err != nil {
		return err
	}
	*m = Manifest{Version: manifestVersion, Owned: owned, Pending: pending}
	return nil
}

func fromHex(hashes map[text.Path]string) (map[text.Path]text.Hash, error) {
	out := make(map[text.Path]text.Hash, len(hashes))
	for p, s := range hashes {
		if err := checkPath(p); err != nil {
			return nil, err
		}
		b, err := hex.DecodeString(s)
		var h text.Hash
		if err != nil || len(b) != len(h) {
			return nil, fmt.Errorf("%s: %q is not a hash", p, s)
		}
		copy(h[:], b)
		out[p] = h
	}
	return out, nil
}

// ReadManifest returns the manifest of a tree; the zero one when there is none yet.
func ReadManifest(t Tree) (Manifest, error) {
	content, err := t.Read(ManifestPath)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, nil
	}
	var m Manifest
	if err == nil {
		err = json.Unmarshal(content, &m)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("output: read %s: %w (when it is removed, files that differ from what is emitted become conflicts)", ManifestPath, err)
	}
	return m, nil
}

func writeManifest(t Tree, content []byte) error {
	if err := t.Stage(ManifestPath, content); err != nil {
		return fmt.Errorf("output: write %s: %w", ManifestPath, err)
	}
	if err := t.Commit(ManifestPath); err != nil {
		return fmt.Errorf("output: rename %s: %w", ManifestPath, err)
	}
	return nil
}
