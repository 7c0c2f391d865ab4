package evaluate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"github.com/qbls/qbls/diagnostics/text"
)

// version is part of every key: a change of what evaluation does makes old results strangers.
const version = "1"

// keep is how many results are kept in memory; a project has one that counts, and those around an undo.
const keep = 8

// maxCached bounds the file on disk.
const maxCached = 4 << 20

// cacheFile is the one file that a project's cache has: the newest result.
const cacheFile = "evaluate.json"

// cache holds outcomes by everything they were made of. What was stopped is not in it: it may have been the machine's fault.
type cache struct {
	order    []text.Hash
	outcomes map[text.Hash]*outcome
}

// stored is the file on disk. Sum is the hash of the outcome, so that a torn or edited file counts as none.
type stored struct {
	Version string          `json:"version"`
	Key     text.Hash       `json:"key"`
	Sum     text.Hash       `json:"sum"`
	Outcome json.RawMessage `json:"outcome"`
}

// key is the hash of everything that an outcome depends on.
func (p *plan) key(o Options) text.Hash {
	h := sha256.New()
	add := func(parts ...string) {
		for _, part := range parts {
			var size [8]byte
			binary.LittleEndian.PutUint64(size[:], uint64(len(part)))
			h.Write(size[:])
			h.Write([]byte(part))
		}
	}
	add(version, sandbox)
	if o.All {
		add("all")
	}
	for _, name := range sortedKeys(o.Env) {
		add("env", name, o.Env[name])
	}
	add(append([]string{"unset"}, o.Unset...)...)
	for _, f := range p.files {
		add("file", string(f.tree.File().Path), f.marked)
		for _, name := range sortedKeys(specifiers(f)) {
			add("import", name, string(f.imports[name]))
		}
	}
	return text.Hash(h.Sum(nil))
}

func specifiers(f *file) map[string]string {
	out := make(map[string]string, len(f.imports))
	for name, target := range f.imports {
		out[name] = string(target)
	}
	return out
}

func (c *cache) get(key text.Hash, p *plan, o Options) (*outcome, bool) {
	if out, ok := c.outcomes[key]; ok {
		return out, true
	}
	if o.CacheDir == "" || o.All { // what is emitted is never taken from a file
		return nil, false
	}
	out, ok := read(filepath.Join(o.CacheDir, cacheFile), key)
	if ok && out.fits(p) {
		c.remember(key, out)
		return out, true
	}
	return nil, false
}

func read(name string, key text.Hash) (*outcome, bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxCached {
		return nil, false
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, false
	}
	var s stored
	out := &outcome{}
	if json.Unmarshal(content, &s) != nil || s.Version != version || s.Key != key || sha256.Sum256(s.Outcome) != s.Sum || json.Unmarshal(s.Outcome, out) != nil {
		return nil, false
	}
	return out, true
}

// fits says whether an outcome speaks of the plan's modules and sites only.
func (o *outcome) fits(p *plan) bool {
	outside := func(f failure) bool { return f.Module < -1 || f.Module >= len(p.files) }
	return !slices.ContainsFunc(o.Sites, func(s siteValue) bool { return s.Site < 0 || s.Site >= len(p.sites) }) &&
		!slices.ContainsFunc(o.Modules, func(m moduleValue) bool { return m.Module < 0 || m.Module >= len(p.files) }) &&
		!slices.ContainsFunc(o.Failures, outside) && !slices.ContainsFunc(o.Unread, outside)
}

func (c *cache) remember(key text.Hash, out *outcome) {
	if c.outcomes == nil {
		c.outcomes = map[text.Hash]*outcome{}
	}
	c.outcomes[key] = out
	c.order = append(c.order, key)
	if len(c.order) > keep {
		delete(c.outcomes, c.order[0])
		c.order = c.order[1:]
	}
}

// put keeps an outcome. That it cannot be written to the disk is no error: the next run evaluates again.
func (c *cache) put(key text.Hash, out *outcome, o Options) {
	if slices.ContainsFunc(out.Failures, func(f failure) bool { return f.Kind != "" }) {
		return
	}
	c.remember(key, out)
	if o.CacheDir == "" || o.All {
		return
	}
	body, err := json.Marshal(out)
	if err != nil || len(body) > maxCached/2 {
		return
	}
	content, err := json.Marshal(stored{version, key, sha256.Sum256(body), body})
	if err != nil || os.MkdirAll(o.CacheDir, 0o700) != nil {
		return
	}
	temp, err := os.CreateTemp(o.CacheDir, cacheFile+".*")
	if err != nil {
		return
	}
	_, err = temp.Write(content)
	if closed := temp.Close(); err != nil || closed != nil || os.Rename(temp.Name(), filepath.Join(o.CacheDir, cacheFile)) != nil {
		_ = os.Remove(temp.Name())
	}
}
