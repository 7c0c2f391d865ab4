package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/catalogue"
)

func TestExplainShowsEveryCode(t *testing.T) {
	list, _, code := qbls(t, "explain")
	if code != exitOK {
		t.Fatalf("exit %d", code)
	}
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	out, _, _ := qbls(t, "explain", "--format", "json")
	var pages []struct{ Code, Title, Why, Fix, URL, Silence string }
	if err := json.Unmarshal([]byte(out), &pages); err != nil {
		t.Fatal(err)
	}
	i := 0
	for r := range all.All() {
		if !strings.Contains(list, string(r.Code)) || !strings.Contains(list, r.Title) {
			t.Errorf("the list lacks %s", r.Code)
		}
		if p := pages[i]; p.Code != string(r.Code) || p.Title != r.Title || p.Why == "" || p.Fix == "" || p.Silence == "" || !strings.HasSuffix(p.URL, p.Code+".md") {
			t.Errorf("%s in JSON: %+v", r.Code, p)
		}
		i++
	}
	if i != len(pages) {
		t.Errorf("%d pages for %d rules", len(pages), i)
	}
}

func TestExplainOneCode(t *testing.T) {
	for _, written := range []string{"QB5003", "qb5003", "5003"} {
		out, errs, code := qbls(t, "explain", written)
		if code != exitOK {
			t.Fatalf("exit %d: %s", code, errs)
		}
		for _, want := range []string{"QB5003: Field is updatable and protected", "error, guards", "What to do", "Reported", "Not reported", "// qbls-ignore QB5003: the reason", "CWE-915", "QB5004"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s lacks %q:\n%s", written, want, out)
			}
		}
	}
	out, _, _ := qbls(t, "explain", "QB5003", "--format", "markdown")
	page, err := os.ReadFile("../../docs/rules/QB5003.md")
	if err != nil || out != string(page) {
		t.Errorf("markdown differs from docs/rules (%v):\n%s", err, out)
	}
	if out, _, _ := qbls(t, "explain", "QB5003", "--format", "html"); !strings.Contains(out, "<h1>QB5003: Field is updatable and protected</h1>") {
		t.Error(out)
	}
}

func TestExplainSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"explain", "QB5033"}, `Did you mean "QB50`},
		{[]string{"explain", "nothing"}, "there is no code QBNOTHING"},
		{[]string{"explain", "QB5003", "--format", "pdf"}, "markdown"},
		{[]string{"explain", "QB5003", "QB5004"}, "qbls explain takes 1 argument at most"},
	} {
		if _, errs, code := qbls(t, test.args...); code != exitUsage || !strings.Contains(errs, test.says) {
			t.Errorf("%v: exit %d, %s", test.args, code, errs)
		}
	}
}

func TestTheEditorLinksToThePage(t *testing.T) {
	folder, _ := plant(t, few()...)
	c := connect(t, folder)
	for {
		m := c.receive()
		if m.Method != "textDocument/publishDiagnostics" {
			continue
		}
		var p struct {
			Diagnostics []struct {
				Code            string
				CodeDescription struct{ Href string }
			}
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			t.Fatal(err)
		}
		for _, d := range p.Diagnostics {
			if d.CodeDescription.Href != "https://github.com/qbls/qbls/blob/main/docs/rules/"+d.Code+".md" {
				t.Errorf("%s links to %q", d.Code, d.CodeDescription.Href)
			}
		}
		if len(p.Diagnostics) > 0 {
			return
		}
	}
}
