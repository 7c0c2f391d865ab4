// Package output writes what the compiler emits. It is the only writer of generated files.
//
// The user's files are the user's. A folder of output holds a manifest of the files that qbls wrote and of their hashes;
// whatever is not in it, or no longer has its hash, was made by somebody else and is a conflict instead of being replaced.
// A Plan says beforehand what a write would do.
//
// A write can be killed at any moment. Every file is written beside its target and renamed over it, so no file is ever half
// written, and before the first rename the manifest names the hashes that are about to appear (Manifest.Pending). What a
// killed write left is therefore recognised as ours, and the next compile finishes the work. A write that fails before the
// first rename leaves the old output as it was. Files are not flushed to the device one by one: after a power cut an owned
// file may be empty, which is no conflict, since an empty file holds nobody's work.
package output

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// File is one emitted file. Its path is relative to the folder of output.
type File struct {
	Path    text.Path
	Content []byte
	From    *text.Hash // of the content that this one continues: on disk it may be replaced, whoever wrote it

	sum text.Hash // of Content; zero when nobody has asked for it yet
}

// Summed returns the file with the hash of its content, for those who keep it: whoever asks for it later, of any copy, need not read the
// content again.
func (f File) Summed() File {
	f.sum = f.Hash()
	return f
}

// Hash is the SHA-256 of the content.
func (f File) Hash() text.Hash {
	if f.sum != (text.Hash{}) {
		return f.sum
	}
	return hashOf(f.Content)
}

// stateDir is where qbls keeps what it knows of a folder of output; nothing is emitted into it.
const stateDir = ".qbls"

// ManifestPath is where the manifest lies in a folder of output.
const ManifestPath text.Path = stateDir + "/manifest.json"

func hashOf(content []byte) text.Hash { return sha256.Sum256(content) }

var emptyHash = hashOf(nil)

// checkPath refuses a path that could reach outside of the folder of output, on any system, or into qbls' own folder.
func checkPath(p text.Path) error {
	s := string(p)
	switch {
	case !fs.ValidPath(s) || s == ".":
		return fmt.Errorf("output: %q is not a path within the folder of output", s)
	case strings.ContainsAny(s, "\\:\x00"):
		return fmt.Errorf("output: %q is not a path on every system: it holds a backslash, a colon or a zero byte", s)
	case strings.EqualFold(strings.SplitN(s, "/", 2)[0], stateDir):
		return fmt.Errorf("output: %q lies in %s, which holds no emitted files", s, stateDir)
	}
	return nil
}

// checkFiles refuses files that cannot all exist: twice the same path (also when only case differs, for disks that do not
// tell case), or a file that is a folder of another one.
func checkFiles(files []File) error {
	seen := map[string]text.Path{}
	for _, f := range files {
		if err := checkPath(f.Path); err != nil {
			return err
		}
		folded := strings.ToLower(string(f.Path))
		if other, taken := seen[folded]; taken {
			return fmt.Errorf("output: %s and %s are the same file on some disks", other, f.Path)
		}
		seen[folded] = f.Path
	}
	for folded, p := range seen {
		for dir := path.Dir(folded); dir != "."; dir = path.Dir(dir) {
			if other, taken := seen[dir]; taken {
				return fmt.Errorf("output: %s is emitted as a file, and as a folder for %s", other, p)
			}
		}
	}
	return nil
}
