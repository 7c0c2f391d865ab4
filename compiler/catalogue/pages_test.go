package catalogue_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/catalogue"
	"github.com/qbls/qbls/diagnostics"
)

const folder = "../../docs/rules"

// TestPagesSayWhatCanBeSilenced: a page that tells how to suppress or configure a rule is right only for what reading the definitions
// reports. Comments and levels do not reach what evaluating and compiling find.
func TestPagesSayWhatCanBeSilenced(t *testing.T) {
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	set, _ := source.Load(source.OS(t.TempDir()))
	checked := analysis.NewWorkspace(set).Current()
	pages := catalogue.Pages(all)
	for r := range all.All() {
		page := pages[string(r.Code)+".md"]
		tells := strings.Contains(page, "// qbls-ignore "+string(r.Code)+":")
		if tells && !checked.Checks(r.Code) {
			t.Errorf("%s tells of a comment that would suppress nothing", r.Code)
		}
		if !tells && checked.Checks(r.Code) && r.Suppressible() && !strings.HasPrefix(string(r.Code), "QB12") {
			t.Errorf("%s does not tell how it is suppressed", r.Code)
		}
	}
}

// The pages in docs/rules are those of the rules: none is stale, missing or left over.
func TestPagesAreUpToDate(t *testing.T) {
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	pages := catalogue.Pages(all)
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || strings.ReplaceAll(string(got), "\r\n", "\n") != want {
			t.Errorf("docs/rules/%s is stale: run go generate ./compiler/catalogue (%v)", name, err)
		}
	}
	there, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if _, ok := pages[f.Name()]; !ok {
			t.Errorf("docs/rules/%s belongs to no rule", f.Name())
		}
	}
}

var link = regexp.MustCompile(`\]\((QB\d{4}\.md)\)`)

// Links between pages lead somewhere, and the index has every rule.
func TestLinks(t *testing.T) {
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	pages := catalogue.Pages(all)
	for name, content := range pages {
		for _, m := range link.FindAllStringSubmatch(content, -1) {
			if _, ok := pages[m[1]]; !ok {
				t.Errorf("%s links to %s", name, m[1])
			}
		}
	}
	for _, r := range rules(t) {
		if !strings.Contains(pages["README.md"], "["+string(r.Code)+"]("+string(r.Code)+".md)") {
			t.Errorf("the index lacks %s", r.Code)
		}
	}
}

// Every layout of a page says all there is to say.
func TestLayouts(t *testing.T) {
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules(t) {
		p, ok := catalogue.PageOf(all, r.Code)
		if !ok {
			t.Fatal(r.Code)
		}
		text := p.Text(catalogue.Style{Width: 72})
		for _, want := range []string{string(r.Code), r.Title, r.Severity.String(), r.Since, p.URL, "What to do", "Suppressing it"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the text lacks %q", r.Code, want)
			}
		}
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s is coloured without being asked", r.Code)
		}
		page, err := p.HTML()
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, string(r.Code), page)
	}
	index, err := catalogue.IndexHTML(all)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, "index", index)
	if _, ok := catalogue.PageOf(all, diagnostics.Code("QB0000")); ok {
		t.Error("a code that does not exist has a page")
	}
}

// wellFormed reads a page as HTML: every element is closed in order.
func wellFormed(t *testing.T, name, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(page, "<!doctype html>")))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}
