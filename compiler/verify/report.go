package verify

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Report is what became of a suite. It says nothing of time and place, so that runs on different runtimes can be compared.
type Report struct {
	Project   string     `json:"project"`
	Probes    int        `json:"probes"`
	Open      int        `json:"inconclusive"` // a function of the project decides
	Faults    []Fault    `json:"faults"`
	Resources []Resource `json:"resources"`
}

// Resource counts what was asked of one resource.
type Resource struct {
	Name       string      `json:"name"`
	Operations []Operation `json:"operations"`
}

// Operation counts the probes of one operation.
type Operation struct {
	Name   string `json:"name"`
	Probes int    `json:"probes"`
	Open   int    `json:"inconclusive"`
	Faults int    `json:"faults"`
}

// Fault is a wrong answer.
type Fault struct {
	Resource  string `json:"resource"`
	Operation string `json:"operation"`
	Caller    string `json:"caller"`
	Request   string `json:"request"`
	Tried     string `json:"tried"`
	Fault     string `json:"fault"`
}

// NewReport counts results, in the order of the suite.
func NewReport(project string, results []Result) *Report {
	r := &Report{Project: project, Probes: len(results), Faults: []Fault{}, Resources: []Resource{}}
	for _, result := range results {
		p := result.Probe
		o := r.operation(p.Resource, p.Operation)
		o.Probes++
		if p.Want.Open {
			o.Open++
			r.Open++
		}
		if result.Fault != "" {
			o.Faults++
			r.Faults = append(r.Faults, Fault{p.Resource, p.Operation, p.Caller.Name, p.Method + " " + p.Path, p.About, result.Fault})
		}
	}
	slices.SortFunc(r.Resources, func(a, b Resource) int { return strings.Compare(a.Name, b.Name) })
	return r
}

func (r *Report) operation(resource, name string) *Operation {
	i := slices.IndexFunc(r.Resources, func(x Resource) bool { return x.Name == resource })
	if i < 0 {
		i = len(r.Resources)
		r.Resources = append(r.Resources, Resource{Name: resource})
	}
	list := &r.Resources[i].Operations
	for j := range *list {
		if (*list)[j].Name == name {
			return &(*list)[j]
		}
	}
	*list = append(*list, Operation{Name: name})
	return &(*list)[len(*list)-1]
}

// JSON writes the report for scripts.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// shown is how many wrong answers a person is told of.
const shown = 20

// Table writes the report for a person.
func (r *Report) Table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "resource\toperation\tprobes\tinconclusive\twrong")
	for _, x := range r.Resources {
		for _, o := range x.Operations {
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\n", x.Name, o.Name, o.Probes, o.Open, o.Faults)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, f := range r.Faults {
		if i == shown {
			fmt.Fprintf(w, "\n… and %d more; --format json lists all.\n", len(r.Faults)-shown)
			break
		}
		fmt.Fprintf(w, "\n%s %s: %s\n  %s (%s)\n", f.Resource, f.Operation, f.Fault, f.Request, f.Caller+", "+f.Tried)
	}
	_, err := fmt.Fprintf(w, "\n%s\n", r.Summary())
	return err
}

// Summary is the outcome in a sentence.
func (r *Report) Summary() string {
	open := ""
	if r.Open > 0 {
		open = fmt.Sprintf(", %d of them decided by functions of the project", r.Open)
	}
	if len(r.Faults) == 0 {
		return fmt.Sprintf("%d requests answered as declared%s.", r.Probes, open)
	}
	return fmt.Sprintf("%d of %d requests were not answered as declared%s.", len(r.Faults), r.Probes, open)
}

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Name    string       `xml:"name,attr"`
	Tests   int          `xml:"tests,attr"`
	Failed  int          `xml:"failures,attr"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name   string      `xml:"name,attr"`
	Tests  int         `xml:"tests,attr"`
	Failed int         `xml:"failures,attr"`
	Cases  []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
}

// JUnit writes one test case a request, in the format that CI servers read.
func JUnit(w io.Writer, project string, results []Result) error {
	all := junitSuites{Name: project}
	for _, r := range results {
		i := slices.IndexFunc(all.Suites, func(s junitSuite) bool { return s.Name == r.Probe.Resource })
		if i < 0 {
			i = len(all.Suites)
			all.Suites = append(all.Suites, junitSuite{Name: r.Probe.Resource})
		}
		s, c := &all.Suites[i], junitCase{Class: r.Probe.Resource + "." + r.Probe.Operation, Name: r.Probe.Name()}
		s.Tests++
		all.Tests++
		if r.Fault != "" {
			s.Failed++
			all.Failed++
			c.Failure = &junitFailure{r.Fault}
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
