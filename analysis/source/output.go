package source

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// manifestName is what the compiler leaves in a folder that it writes, relative to that folder.
const manifestName = ".qbls/manifest.json"

// generatedFolder is generated as a whole, also what a manifest does not name: the copies of definitions of a compile that
// was killed must not be read as definitions either.
const generatedFolder = "src"

// outputs are the folders that the compiler writes to, and the files that it owns there.
type outputs map[text.Path]output

type output map[text.Path]bool

func (o output) equal(other output) bool { return maps.Equal(o, other) }

// outputOf returns the folder of output whose manifest a path is.
func outputOf(p text.Path) (text.Path, bool) {
	if p == manifestName {
		return ".", true
	}
	dir, ok := strings.CutSuffix(string(p), "/"+manifestName)
	return text.Path(dir), ok
}

// parseOutput reads which files a manifest owns. A manifest that cannot be read owns nothing by name; its src folder is
// still generated.
func parseOutput(manifest string) output {
	var m struct {
		Owned   map[text.Path]string `json:"owned"`
		Pending map[text.Path]string `json:"pending"`
	}
	if json.Unmarshal([]byte(manifest), &m) != nil {
		return output{}
	}
	owned := output{}
	for _, p := range slices.Concat(slices.Collect(maps.Keys(m.Owned)), slices.Collect(maps.Keys(m.Pending))) {
		if strings.HasSuffix(string(p), ".ts") {
			owned[p] = true
		}
	}
	return owned
}

// owns says whether a manifest, in the form that the compiler writes, owns these very files: every save changes some of its hashes, and nearly
// none another thing. False says nothing: the manifest has to be read.
func (o output) owns(manifest string) bool {
	rest, ok := strings.CutPrefix(manifest, "{\n  \"version\": 1,\n  \"owned\": {\n")
	if !ok || !strings.HasSuffix(rest, "\n}\n") {
		return false
	}
	n, pending := 0, false
	for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n}\n"), "\n") {
		switch p, hash, entry := strings.Cut(line, `": "`); {
		case !pending && line == `  },`: // what is pending follows
			pending = true
		case line == `  "pending": {`, line == `  }`:
		case !entry || !strings.HasPrefix(p, `    "`) || strings.ContainsRune(p, '\\') || len(strings.TrimRight(hash, `",`)) != 2*sha256.Size:
			return false
		case strings.HasSuffix(p, ".ts"):
			if !o[text.Path(p[len(`    "`):])] {
				return false
			}
			if !pending {
				n++
			}
		}
	}
	return n == len(o)
}

// with returns the outputs after a change of a manifest; nil when nothing changes.
func (o outputs) with(dir text.Path, manifest *text.File) outputs {
	was, known := o[dir]
	if manifest == nil {
		if !known {
			return nil
		}
		next := maps.Clone(o)
		delete(next, dir)
		return next
	}
	if known && was.owns(manifest.Text) {
		return nil
	}
	now := parseOutput(manifest.Text)
	if known && now.equal(was) {
		return nil
	}
	next := outputs{}
	maps.Copy(next, o)
	next[dir] = now
	return next
}

// generated says whether the compiler wrote a path.
func (o outputs) generated(p text.Path) bool {
	if len(o) == 0 {
		return false
	}
	for dir := path.Dir(string(p)); ; dir = path.Dir(dir) {
		if owned, ok := o[text.Path(dir)]; ok {
			inside := strings.TrimPrefix(string(p), string(prefixOf(text.Path(dir))))
			if owned[text.Path(inside)] || strings.HasPrefix(inside, generatedFolder+"/") {
				return true
			}
		}
		if dir == "." {
			return false
		}
	}
}
