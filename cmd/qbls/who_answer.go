package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// answer is what is said to a question about a policy. Its field names in JSON are a promise to scripts.
type answer struct {
	Question string   `json:"question"`
	Complete bool     `json:"complete"` // the definitions have no errors
	Words    []string `json:"-"`
	Answers  []row    `json:"answers"`
	Notes    []string `json:"notes,omitempty"`
}

// row is one way in which somebody may do something.
type row struct {
	Who      string   `json:"who"`
	Resource string   `json:"resource"`
	By       string   `json:"by"`
	May      string   `json:"may"`
	Rows     string   `json:"rows,omitempty"`   // condition on the rows
	Masked   string   `json:"masked,omitempty"` // type of the mask
	Because  []reason `json:"because"`
}

type reason struct {
	Text string `json:"text"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// What somebody may do.
const (
	mayYes     = "yes"
	mayRows    = "on some rows"
	mayRuntime = "decided at run time"
	mayMasked  = "masked"
)

// asker is a set of roles to ask about, and what it is called.
type asker struct {
	shown string
	set   []string
}

// roles are the callers of a project: each role by itself, lowest first where roles are ranked, then users' own roles, then
// callers without a role.
func (p *policies) roles() []asker {
	var names, own []string
	add := func(list []string) {
		for _, name := range list {
			if name != policy.Public && name != policy.Authenticated && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	add(p.project.Config.Hierarchy)
	for _, r := range p.project.Globals.Roles {
		add([]string{r.Name})
	}
	for _, r := range p.project.Resources {
		for _, a := range accessOf(r) {
			if a.Kind == model.AccessUserRole {
				own = append(own, a.Roles...)
			}
		}
	}
	var out []asker
	for _, name := range names {
		out = append(out, asker{name, []string{name}})
	}
	slices.Sort(own)
	for _, name := range slices.Compact(own) {
		out = append(out, asker{"user role " + name, []string{policy.UserRole(name), policy.Authenticated}})
	}
	return append(out, asker{"signed in, no role", []string{policy.Authenticated}}, asker{"anonymous", []string{policy.Public}})
}

// accessOf lists every access rule of a resource, nested ones too.
func accessOf(r *model.Resource) (out []*model.Access) {
	r.EachAccess(func(a *model.Access) { out = append(out, a) })
	return out
}

// row puts a decision into words, with the lines that say so.
func (p *policies) row(r *model.Resource, who, resource, by string, d decision) row {
	out := row{Who: who, Resource: resource, By: by, Rows: d.rows, Masked: d.masked, Because: []reason{}}
	switch {
	case d.verdict == policy.No:
		out.May = mayMasked
	case d.verdict == policy.Undecided:
		out.May = mayRuntime
	case d.verdict == policy.IfRow:
		out.May = mayRows
	default:
		out.May = mayYes
	}
	for _, b := range d.because {
		out.Because = append(out.Because, p.reason(r, b))
	}
	return out
}

func (p *policies) reason(r *model.Resource, b policy.Because) reason {
	out := reason{Text: b.Text}
	if b.At == (text.Anchor{}) {
		return out
	}
	at := r.Place(b.At)
	if file := p.w.Current().File(at.Path); file != nil {
		out.File, out.Line = string(at.Path), int(file.Position(int(at.Span.Start), text.UTF8).Line)+1
	}
	return out
}

// granted is where the lines stand that grant it: of the access rule, and of the mask that shows a column. The firewall grants
// nothing; it is in Rows.
func (r row) granted() string {
	var out []string
	file := ""
	for _, b := range r.Because {
		at := fmt.Sprintf(":%d", b.Line)
		if b.File == "" || strings.HasPrefix(b.Text, "only rows where ") || slices.Contains(out, at) || slices.Contains(out, b.File+at) {
			continue
		}
		if b.File != file {
			file, at = b.File, b.File+at
		}
		out = append(out, at)
	}
	return strings.Join(out, " ")
}

func (r row) detail() string {
	switch {
	case r.Masked != "" && r.May == mayMasked:
		return "sees it masked as " + r.Masked
	case r.Masked != "":
		return "clear on their own rows, masked as " + r.Masked + " elsewhere"
	}
	return ""
}

// print writes the answer in words, then as a table.
func (a *answer) print(out io.Writer, asJSON bool) error {
	if asJSON {
		if err := writeJSON(out, a); err != nil {
			return failed(err)
		}
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s?\n", a.Question)
	for _, w := range a.Words {
		fmt.Fprintf(&b, "  %s\n", w)
	}
	if len(a.Answers) > 0 {
		b.WriteByte('\n')
		t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "WHO\tBY\tMAY\tGRANTED AT\tROWS")
		for _, r := range a.Answers {
			may := r.May
			if d := r.detail(); d != "" {
				may = d
			}
			by := r.By
			if len(a.Answers) > 0 && strings.HasPrefix(a.Question, "what") {
				by = r.Resource + " " + r.By
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", r.Who, by, may, r.granted(), r.Rows)
		}
		t.Flush()
	}
	for _, n := range a.Notes {
		fmt.Fprintf(&b, "\n%s\n", n)
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if _, err := io.WriteString(out, strings.Join(lines, "\n")); err != nil {
		return failed(err)
	}
	return nil
}
