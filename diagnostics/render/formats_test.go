package render

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// full input: every kind of finding, fixes in two files, related places, suppressions, and a catalogue.
func everything(t *testing.T) Input {
	t.Helper()
	unknown := &diagnostics.Rule{Code: "QB5001", Title: "Guarded field, does: not exist", Why: "100% harm", Fix: "Mend it", Since: "0.1.0", CWE: []int{79, 915}, Waivable: true}
	all, err := diagnostics.NewCatalogue([]*diagnostics.Rule{unknown, {Code: "QB6003", Title: "Other", Why: "w", Fix: "f", Since: "1", Severity: diagnostics.Info}})
	if err != nil {
		t.Fatal(err)
	}
	titel := diagnostics.Diagnostic{
		Rule: unknown, At: find(jobs, `"titel"`), Message: "100% wrong: a, b\r\nsecond line", Help: "help", Key: "jobs.titel",
		Related: []diagnostics.Related{{At: find(jobs, "jobs, {"), Message: "declared here"}},
		Fixes: []diagnostics.Fix{{Title: "Change", Edits: map[text.Path][]text.Edit{
			jobs: {{Span: find(jobs, "titel").Span, New: "title"}, {Span: find(jobs, `, "salary"`).Span}}, long: {{Span: text.Span{}, New: "// x\n"}},
		}}},
	}
	p := recruiting()
	p.Root = "a b/100%"
	p.Diagnostics = append(p.Diagnostics, titel)
	p.Suppressed = []diagnostics.Suppressed{{Diagnostic: titel, Reason: "on purpose", By: find(jobs, "crud")}}
	return Input{Projects: []Project{p, odd(), {Root: "/absolute", Files: files, Diagnostics: []diagnostics.Diagnostic{titel}}, {Root: "empty"}}, Catalogue: all, Version: "1.2.3", RuleURL: func(c diagnostics.Code) string { return "https://example.org/" + string(c) }}
}

// The official schema is not part of the project; testdata has the part of the standard that is written, with nothing beside.
func TestSARIFIsWhatTheStandardSays(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("testdata/sarif.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]Input{"none": {}, "everything": everything(t), "recruiting": {Projects: []Project{recruiting()}}} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(written(t, "sarif", in)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func log(t *testing.T, in Input) sarifLog {
	t.Helper()
	var out sarifLog
	if err := json.Unmarshal([]byte(written(t, "sarif", in)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSARIFPointsAtWhatItMeans(t *testing.T) {
	run := log(t, everything(t)).Runs[0]
	ids := map[string]bool{}
	suppressed := 0
	for _, r := range run.Results {
		if r.RuleIndex != nil && run.Tool.Driver.Rules[*r.RuleIndex].ID != r.RuleID {
			t.Errorf("ruleIndex %d is not %s", *r.RuleIndex, r.RuleID)
		}
		suppressed += len(r.Suppressions)
		for _, l := range r.Locations {
			if id := r.RuleID + r.Fingerprints["qbls/v1"]; ids[id] {
				t.Errorf("two results have the fingerprint %s", id)
			} else {
				ids[id] = true
			}
			if strings.Contains(l.Physical.Artifact.URI, " ") {
				t.Errorf("%q is no URI", l.Physical.Artifact.URI)
			}
		}
	}
	if suppressed != 1 {
		t.Errorf("%d suppressions", suppressed)
	}
	last := run.Results[slices.IndexFunc(run.Results, func(r sarifResult) bool { return r.Locations[0].Physical.Artifact.URI == "file:///absolute/"+jobs })]
	if got := *last.Locations[0].Physical.Region; got != (sarifRegion{4, 15, 4, 22}) {
		t.Errorf("region %+v", got)
	}
	if len(last.Fixes) != 1 || len(last.Fixes[0].Changes) != 2 || last.Fixes[0].Changes[0].Replacements[1].Inserted != nil {
		t.Errorf("fixes %+v", last.Fixes)
	}
	if tags := run.Tool.Driver.Rules[0].Properties.Tags; !slices.Equal(tags, []string{"guards", "security", "external/cwe/cwe-079", "external/cwe/cwe-915"}) {
		t.Errorf("tags %v", tags)
	}
}

// A finding keeps its fingerprint when its line moves or is indented, and has another one when what is found changes.
func TestFingerprintsSurviveMovedLines(t *testing.T) {
	fingerprint := func(src, word, key string) string {
		file := text.NewFile("a.ts", src)
		i := strings.Index(src, word)
		d := diagnostics.Diagnostic{Rule: unknownColumn, At: text.Place{Path: "a.ts", Span: text.Span{Start: int32(i), End: int32(i + len(word))}}, Key: key}
		in := Input{Projects: []Project{{Files: func(text.Path) *text.File { return file }, Diagnostics: []diagnostics.Diagnostic{d}}}}
		return log(t, in).Runs[0].Results[0].Fingerprints["qbls/v1"]
	}
	first := fingerprint("x\n  guards: ['titel'],\n", "titel", "jobs")
	if moved := fingerprint("x\n\n// more\n\tguards:  ['titel'],\r\n", "titel", "jobs"); moved != first {
		t.Error("a moved line has another fingerprint")
	}
	for what, other := range map[string]string{
		"another line":    fingerprint("x\n  guards: ['titel', 'b'],\n", "titel", "jobs"),
		"another subject": fingerprint("x\n  guards: ['titel'],\n", "titel", "things"),
	} {
		if other == first {
			t.Errorf("%s has the same fingerprint", what)
		}
	}
}

// command is one workflow command: `::name key=value,key=value::data`, with % \r \n escaped, and : and , in values too.
var command = regexp.MustCompile(`^::(error|warning|notice) ([a-zA-Z]+=[^:,\r\n]*(?:,[a-zA-Z]+=[^:,\r\n]*)*)::([^\r\n]*)$`)

func TestGitHubCommandsKeepTheGrammar(t *testing.T) {
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	in := everything(t)
	count, found := 0, false
	for row := range strings.Lines(written(t, "github", in)) {
		m := command.FindStringSubmatch(strings.TrimSuffix(row, "\n"))
		if m == nil {
			t.Errorf("%q is no command", row)
			continue
		}
		count++
		values := map[string]string{}
		for _, p := range strings.Split(m[2], ",") {
			key, value, _ := strings.Cut(p, "=")
			values[key] = unescape.Replace(value)
		}
		for key := range values {
			if !slices.Contains([]string{"file", "line", "endLine", "col", "endColumn", "title"}, key) {
				t.Errorf("%s is no property of an annotation", key)
			}
		}
		if values["line"] != values["endLine"] && values["col"] != "" {
			t.Errorf("columns over several lines: %s", row)
		}
		if values["file"] == "/absolute/"+jobs {
			found = true
			if values["title"] != "QB5001 Guarded field, does: not exist" || unescape.Replace(m[3]) != "100% wrong: a, b\r\nsecond line\nhelp" || values["line"] != "4" || values["col"] != "15" || values["endColumn"] != "22" {
				t.Errorf("%q, %q", values, m[3])
			}
		}
	}
	want := 0
	for _, p := range in.Projects {
		want += len(p.Diagnostics)
	}
	if count != want || !found {
		t.Errorf("%d commands, want %d", count, want)
	}
}

func TestJUnitCountsWhatItLists(t *testing.T) {
	for _, strict := range []bool{false, true} {
		in := everything(t)
		in.Strict = strict
		var doc junitSuites
		d := xml.NewDecoder(strings.NewReader(written(t, "junit", in)))
		if err := d.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		if rest := written(t, "junit", in)[d.InputOffset():]; rest != "\n" {
			t.Errorf("behind the document: %q", rest)
		}
		tests, failures, want := 0, 0, 0
		for _, s := range doc.Suites {
			failed := 0
			for _, c := range s.Cases {
				if c.Name == "" || c.Class == "" || (c.Failure != nil) == (c.Out != "") && c.Name != "no problems" {
					t.Errorf("%+v", c)
				}
				if c.Failure != nil {
					failed++
				}
			}
			if s.Tests != len(s.Cases) || s.Failures != failed || s.Tests == 0 {
				t.Errorf("%s: %d tests, %d failures; it lists %d and %d", s.Name, s.Tests, s.Failures, len(s.Cases), failed)
			}
			tests, failures = tests+s.Tests, failures+failed
		}
		for _, p := range in.Projects {
			for _, d := range p.Diagnostics {
				if d.Rule.Severity == diagnostics.Error || strict && d.Rule.Severity == diagnostics.Warning {
					want++
				}
			}
		}
		if doc.Tests != tests || doc.Failures != failures || failures != want {
			t.Errorf("strict %v: %d tests and %d failures, listed %d and %d, want %d failures", strict, doc.Tests, doc.Failures, tests, failures, want)
		}
	}
}

// junit is what readers of JUnit files accept: elements, in their order, with their attributes.
var junit = map[string]struct{ attributes, children []string }{
	"testsuites": {[]string{"name", "tests", "failures", "errors"}, []string{"testsuite"}},
	"testsuite":  {[]string{"name", "tests", "failures", "errors", "skipped", "time"}, []string{"testcase"}},
	"testcase":   {[]string{"name", "classname", "time"}, []string{"failure", "system-out"}},
	"failure":    {[]string{"message", "type"}, nil},
	"system-out": {},
}

func TestJUnitHasTheElementsThatReadersKnow(t *testing.T) {
	d := xml.NewDecoder(strings.NewReader(written(t, "junit", everything(t))))
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			known, ok := junit[e.Name.Local]
			if !ok || len(open) > 0 && !slices.Contains(junit[open[len(open)-1]].children, e.Name.Local) {
				t.Errorf("%s in %v", e.Name.Local, open)
			}
			var attributes []string
			for _, a := range e.Attr {
				attributes = append(attributes, a.Name.Local)
				if slices.Contains([]string{"tests", "failures", "errors", "skipped", "time"}, a.Name.Local) {
					if _, err := strconv.ParseFloat(a.Value, 64); err != nil {
						t.Errorf("%s=%q", a.Name.Local, a.Value)
					}
				}
			}
			if !slices.Equal(attributes, known.attributes) {
				t.Errorf("%s has %v", e.Name.Local, attributes)
			}
			open = append(open, e.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func TestMarkdownStaysATable(t *testing.T) {
	in := everything(t)
	in.Projects[0].Diagnostics[0].Message = "a | b\n<b>*c*</b> `d` [e](f)"
	_, table, _ := strings.Cut(written(t, "markdown", in), "\n\n")
	for row := range strings.Lines(table) {
		if n := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"); n != 5 || strings.Contains(row, "<b>") {
			t.Errorf("%q has %d bars", row, n)
		}
	}
	if !strings.Contains(table, "[QB5001](https://example.org/QB5001)") {
		t.Error("codes are not linked")
	}
}

func TestTimeIsSaidToPeople(t *testing.T) {
	in := Input{Projects: []Project{recruiting()}, Elapsed: 12345678 * time.Nanosecond}
	for _, format := range []string{"pretty", "markdown"} {
		if got := written(t, format, in); !strings.Contains(got, "2 errors, 2 warnings, 1 info in 7 files, 12ms\n") {
			t.Errorf("%s: %s", format, got)
		}
	}
	in2 := in
	in2.Elapsed = 0
	for _, format := range slices.Sorted(maps.Keys(formats)) {
		if format != "pretty" && format != "markdown" && written(t, format, in) != written(t, format, in2) {
			t.Errorf("%s depends on the time it took", format)
		}
	}
}
