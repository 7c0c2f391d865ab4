package output

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"github.com/qbls/qbls/diagnostics/text"
)

// manifestVersion is the version of the manifest's form.
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

func (m Manifest) equal(other Manifest) bool {
	return maps.Equal(m.Owned, other.Owned) && maps.Equal(m.Pending, other.Pending)
}

type manifestJSON struct {
	Version int                  `json:"version"`
	Owned   map[text.Path]string `json:"owned"`
	Pending map[text.Path]string `json:"pending,omitempty"`
}

// MarshalJSON writes paths in order and hashes in hex.
func (m Manifest) MarshalJSON() ([]byte, error) {
	return json.Marshal(manifestJSON{manifestVersion, toHex(m.Owned), toHex(m.Pending)})
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

func toHex(hashes map[text.Path]text.Hash) map[text.Path]string {
	out := make(map[text.Path]string, len(hashes))
	for p, h := range hashes {
		out[p] = hex.EncodeToString(h[:])
	}
	return out
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

func writeManifest(t Tree, m Manifest) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return fmt.Errorf("output: encode the manifest: %w", err)
	}
	if err := t.Stage(ManifestPath, b.Bytes()); err != nil {
		return fmt.Errorf("output: write %s: %w", ManifestPath, err)
	}
	if err := t.Commit(ManifestPath); err != nil {
		return fmt.Errorf("output: rename %s: %w", ManifestPath, err)
	}
	return nil
}
