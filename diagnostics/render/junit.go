package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// The document of the junit format, with the elements and attributes that the readers of CI systems share (the JUnit schema
// of Jenkins' xUnit plugin): testsuites, testsuite, testcase, failure, system-out.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a suite for each file with findings, with a test for each finding. Findings that fail the command are failed
// tests; others are passed ones with an output. A project without findings is one passed test.
func JUnit(w io.Writer, in Input) error {
	doc := junitSuites{Name: "qbls"}
	for _, p := range ordered(in.Projects) {
		var suites []junitSuite
		for _, d := range p.Diagnostics {
			name := printable(p.shown(d.At.Path))
			if n := len(suites); n == 0 || suites[n-1].Name != name {
				suites = append(suites, junitSuite{Name: name, Time: "0"})
			}
			suites[len(suites)-1].add(junitCaseOf(p, d, in.Strict))
		}
		if len(suites) == 0 {
			s := junitSuite{Name: printable(p.Root), Time: "0"}
			s.add(junitCase{Name: "no problems", Class: printable(p.Root), Time: "0"})
			suites = append(suites, s)
		}
		for _, s := range suites {
			doc.Tests += s.Tests
			doc.Failures += s.Failures
			doc.Suites = append(doc.Suites, s)
		}
	}
	body, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(body)+"\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	s.Cases = append(s.Cases, c)
}

func junitCaseOf(p Project, d diagnostics.Diagnostic, strict bool) junitCase {
	code, severity := codeOf(d)
	title := ""
	if d.Rule != nil {
		title = strings.TrimRight(" "+d.Rule.Title, " ")
	}
	line := ""
	if file := p.file(d.At.Path); file != nil {
		at := file.Position(int(d.At.Span.Start), text.UTF16)
		line = fmt.Sprintf(" (%d:%d)", at.Line+1, at.Character+1)
	}
	c := junitCase{Name: string(code) + title + line, Class: strings.TrimSuffix(printable(p.shown(d.At.Path)), ".ts"), Time: "0"}
	told := printable(where(p, d.At) + " " + severity.String() + "[" + string(code) + "] " + messageOf(d))
	if severity == diagnostics.Error || strict && severity == diagnostics.Warning {
		c.Failure = &junitFailure{Message: printable(d.Message), Type: severity.String(), Text: told}
	} else {
		c.Out = told
	}
	return c
}
