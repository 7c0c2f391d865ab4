package analysis_test

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
)

var update = flag.Bool("update", false, "rewrite the table of verdicts on the pages' blocks")

const verdicts = "testdata/seeds.tsv"

const verdictsHead = `# Every block of code of the original documentation: which page, which block, which project when a block prints several, the start of
# its SHA-256, what it is, what was done to it so that it stands alone, what the reader finds (e error, w warning, i information),
# what it reads (see meaning in seeds_test.go), and for errors why they are right. Rewritten by: go test ./analysis -run Seeds -update
# page	block	project	sha256	class	done	found	means	why
`

// seedsDir holds the original documentation. It lives beside the repository, not in it.
func seedsDir() string { return filepath.Join("..", "..", "shared", "seeds") }

// preparedSeeds are the blocks of all pages as projects, or nil where the pages are not there.
func preparedSeeds(t *testing.T) []prepared {
	t.Helper()
	if _, err := os.Stat(seedsDir()); errors.Is(err, fs.ErrNotExist) {
		t.Run("not run", func(t *testing.T) {
			t.Logf("The original documentation is not at %s: only the fixtures of this repository were read.", seedsDir())
		})
		return nil
	}
	var out []prepared
	for _, b := range pages(t, os.DirFS(seedsDir())) {
		out = append(out, prepare(b)...)
	}
	if len(out) < 300 {
		t.Fatalf("only %d blocks were found in %s", len(out), seedsDir())
	}
	return out
}

// TestSeeds reads every definition and configuration of the original documentation. None may have a syntax complaint, and each
// means and is told exactly what the table says.
func TestSeeds(t *testing.T) {
	all := preparedSeeds(t)
	if all == nil {
		return
	}
	known := readVerdicts(t)
	var lines []string
	for _, p := range all {
		v := verdictOf(t, p)
		before := known[v.key()]
		if v.found == before.found {
			v.why = before.why
		}
		if v.why == "" {
			v.why = later(v.found)
		}
		if strings.Contains(v.found, "e") && v.why == "" {
			t.Errorf("%s has errors and nobody has written why: %s", v.key(), v.found)
		}
		if !*update && v.line() != before.line() {
			t.Errorf("%s\n got %s\nwant %s", v.key(), v.line(), before.line())
		}
		lines = append(lines, v.line())
		delete(known, v.key())
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if !*update {
			t.Errorf("%s is in the table and not in the pages", key)
		}
	}
	if t.Failed() && !*update {
		t.Log("When the new verdicts are right: go test ./analysis -run Seeds -update, and read the difference.")
	}
	if *update {
		if err := os.WriteFile(verdicts, []byte(verdictsHead+strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// later explains verdicts whose only errors are that something is declared which this version does not emit.
func later(found string) string {
	for _, code := range strings.Fields(found) {
		if code, _, _ = strings.Cut(code, "×"); strings.HasSuffix(code, "e") && !slices.Contains([]string{"QB1104e", "QB4005e", "QB6004e", "QB7011e"}, code) {
			return ""
		}
	}
	if !strings.Contains(found, "e") {
		return ""
	}
	return "declared, and not emitted by this version"
}

type verdict struct{ page, block, project, sum, class, done, found, means, why string }

func (v verdict) key() string { return v.page + "#" + v.block + "." + v.project }

func (v verdict) line() string {
	return strings.Join([]string{v.page, v.block, v.project, v.sum, v.class, v.done, v.found, v.means, v.why}, "\t")
}

func readVerdicts(t *testing.T) map[string]verdict {
	t.Helper()
	data, err := os.ReadFile(verdicts)
	if err != nil && !*update {
		t.Fatal(err)
	}
	out := map[string]verdict{}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 9 {
			t.Fatalf("%s: a line with %d columns: %s", verdicts, len(f), line)
		}
		v := verdict{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]}
		out[v.key()] = v
	}
	return out
}

func verdictOf(t *testing.T, p prepared) verdict {
	t.Helper()
	v := verdict{
		page: p.page, block: fmt.Sprint(p.number), project: fmt.Sprint(p.variant), class: p.class,
		sum: fmt.Sprintf("%x", sha256.Sum256([]byte(p.text)))[:12], done: strings.Join(p.done, ", "),
	}
	if p.files == nil {
		return v
	}
	files := fstest.MapFS{}
	for name, text := range p.files {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	set, problems := source.Load(files)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", v.key(), problems)
	}
	s := analysis.NewWorkspace(set).Current()
	found, err := s.Diagnose(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, list := range found {
		for _, d := range list {
			counts[string(d.Rule.Code)+severity(d.Rule.Severity)]++
			if strings.HasPrefix(string(d.Rule.Code), "QB100") {
				t.Errorf("%s: %s: %s\n%s", v.key(), d.At.Path, d.Message, p.files[string(d.At.Path)])
			}
			if testing.Verbose() {
				f := s.File(d.At.Path)
				t.Logf("%s %s%s %s %q: %s", v.key(), d.Rule.Code, severity(d.Rule.Severity), d.At.Path, short(f.Slice(d.At.Span)), d.Message)
			}
		}
	}
	var codes []string
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		if codes = append(codes, code); counts[code] > 1 {
			codes[len(codes)-1] += fmt.Sprintf("×%d", counts[code])
		}
	}
	v.found = strings.Join(codes, " ")
	v.means = meaning(s.Project("."), p)
	return v
}

func short(s string) string { return s[:min(len(s), 60)] }

func severity(s diagnostics.Severity) string {
	return map[diagnostics.Severity]string{diagnostics.Error: "e", diagnostics.Warning: "w", diagnostics.Info: "i"}[s]
}

// meaning counts what was read of the block: a page that shows two masks and is read with one is noticed here.
func meaning(p *model.Project, of prepared) string {
	if p == nil {
		return "no project"
	}
	if c := p.Config; of.class == "config" {
		return fmt.Sprintf("%s %s %s ids=%s organizations=%t audit=%t origins=%d dependencies=%d", c.Runtime, c.Database, c.Auth, c.GenerateID,
			c.Organizations, c.AuditFields, len(c.Origins), len(c.Dependencies))
	}
	var out []string
	for _, r := range p.Resources {
		own := string(r.File) == of.main
		if !own && string(r.ActionsFile) != of.main {
			continue
		}
		if r.Table != nil && own {
			declared := 0
			for _, c := range r.Table.Columns {
				if !c.Injected {
					declared++
				}
			}
			out = append(out, fmt.Sprintf("columns=%d", declared))
		}
		if !r.Internal && own {
			out = append(out, policyOf(r)...)
		}
		if standalone := 0; len(r.Actions) > 0 {
			for _, a := range r.Actions {
				if a.Standalone {
					standalone++
				}
			}
			out = append(out, fmt.Sprintf("actions=%d standalone=%d", len(r.Actions), standalone))
		}
	}
	return strings.Join(out, " ")
}

func policyOf(r *model.Resource) []string {
	var out, rows, ops []string
	for _, row := range r.Firewall.Rows {
		rows = append(rows, row.Kind)
	}
	if r.Firewall.Exception {
		rows = append(rows, "exception")
	}
	for _, o := range r.Operations {
		if !o.Derived {
			ops = append(ops, string(o.Op))
		}
	}
	out = append(out, "rows="+strings.Join(rows, ","), "operations="+strings.Join(ops, ","))
	g := r.Guards
	if n := len(g.Create) + len(g.Update) + len(g.Immutable) + len(g.Protected); n > 0 || g.Open {
		out = append(out, fmt.Sprintf("guards=%d/%d/%d/%d", len(g.Create), len(g.Update), len(g.Immutable), len(g.Protected)))
	}
	for _, part := range []struct {
		name string
		n    int
	}{{"masks", len(r.Masks)}, {"views", len(r.Views)}, {"references", len(r.Foreign)}, {"hints", len(r.Hints)}} {
		if part.n > 0 {
			out = append(out, fmt.Sprintf("%s=%d", part.name, part.n))
		}
	}
	if r.Display != "" {
		out = append(out, "display")
	}
	return out
}
