package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
)

func whoCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "who can <verb> <resource>[.<column>] [unmasked] [dir]",
		Short: "Say who may do something, and which line grants it",
		Long: "Answers from the policy that would be compiled, role by role: what a member with exactly that role may do.\n\n" +
			"A verb is read, list, get, create, update, delete, put, a batch operation as it is called in crud, or the name of an action of the\n" +
			"resource. read means every way to see it, views among them. With a column, read and list say who sees it, and create and update\n" +
			"who may write it; unmasked asks for those who see it clear.\n\n" +
			"Exit codes: 0 answered (of definitions with errors, too, which is said), 2 usage or a name that does not exist, 3 qbls itself failed.",
		Example: "  qbls who can read candidates.email unmasked\n  qbls who can delete jobs\n  qbls who can update applications.stage\n  qbls who can advance-stage applications",
		Args:    whoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			q, dir := parseWho(args)
			p, err := openPolicies(cmd.Context(), dir, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			answer, err := p.who(q)
			if err != nil {
				return err
			}
			return answer.print(cmd.OutOrStdout(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a document for scripts")
	return cmd
}

func whoArgs(_ *cobra.Command, args []string) error {
	if len(args) < 3 || args[0] != "can" || len(args) > 5 || len(args) == 5 && args[3] != "unmasked" {
		return errors.New("say what may be done with which resource: read, list, get, create, update, delete or the name of an action")
	}
	if dir := args[3:]; len(dir) > 0 && dir[0] != "unmasked" {
		if _, err := os.Stat(dir[0]); err != nil {
			return fmt.Errorf("after the resource stands unmasked, or the folder of the project; there is no folder %q", dir[0])
		}
	}
	return nil
}

// question is one `who can`.
type question struct {
	verb, resource, column string
	unmasked               bool
}

func (q question) target() string {
	if q.column == "" {
		return q.resource
	}
	return q.resource + "." + q.column
}

func parseWho(args []string) (q question, dir []string) {
	q.verb = args[1]
	q.resource, q.column, _ = strings.Cut(args[2], ".")
	rest := args[3:]
	if len(rest) > 0 && rest[0] == "unmasked" {
		q.unmasked, rest = true, rest[1:]
	}
	return q, rest
}

// way is one way to do what is asked about: an operation, a view or an action, for one set of roles.
type way struct {
	by  string
	ask func(roles []string) decision
}

// decision is a policy.Decision, or a FieldDecision in the same words.
type decision struct {
	verdict policy.Verdict
	masked  string // type of the mask that is seen instead
	rows    string
	because []policy.Because
}

func decided(d policy.Decision) decision {
	out := decision{verdict: d.Verdict, because: d.Because}
	if !d.Rows.IsAlways() {
		out.rows = d.Rows.SQL()
	}
	return out
}

// seen joins reaching an answer with what it shows of a column.
func seen(reach policy.Decision, field policy.FieldDecision) decision {
	out := decided(reach)
	if reach.Verdict == policy.No {
		return out
	}
	out.because = append(slices.Clone(reach.Because), field.Because...)
	switch {
	case field.Verdict == policy.IfRow:
		out.masked = field.Masked
		if reach.Verdict == policy.Yes {
			out.verdict = policy.IfRow
		}
	case field.Verdict == policy.No && field.Masked == "":
		return decision{verdict: policy.No, because: field.Because}
	case field.Verdict == policy.No:
		out.verdict, out.masked = policy.No, field.Masked
	}
	return out
}

var verbs = map[string][]model.Op{
	"list": {model.List}, "get": {model.Get}, "delete": {model.Delete, model.BatchDelete},
	"create": {model.Create, model.BatchCreate, model.Put, model.BatchUpsert}, "update": {model.Update, model.BatchUpdate, model.Put, model.BatchUpsert},
	"put": {model.Put}, "batchCreate": {model.BatchCreate}, "batchUpdate": {model.BatchUpdate}, "batchDelete": {model.BatchDelete}, "batchUpsert": {model.BatchUpsert},
}

// ways are the ways to do what is asked.
func (q question) ways(r *model.Resource, e *policy.Effective) ([]way, error) {
	switch {
	case q.verb == "read":
		return q.reading(r, e, []model.Op{model.List, model.Get}, true), nil
	case q.verb == "list" || q.verb == "get":
		return q.reading(r, e, verbs[q.verb], false), nil
	case verbs[q.verb] != nil:
		return q.writing(r, e), nil
	}
	if a := r.Action(q.verb); a != nil && q.column == "" {
		return []way{{"action " + a.Name, func(roles []string) decision { return decided(e.Acts(roles, a.Name)) }}}, nil
	}
	for _, v := range r.Views {
		if v.Name == q.verb {
			return []way{q.viewing(e, v)}, nil
		}
	}
	known := []string{"read", "list", "get", "create", "update", "delete"}
	for _, a := range r.Actions {
		known = append(known, a.Name)
	}
	for _, v := range r.Views {
		known = append(known, v.Name)
	}
	return nil, unreadable("%s cannot be asked of %s. %sKnown: %s", q.verb, q.target(), hint(q.verb, known), strings.Join(known, ", "))
}

func hint(word string, known []string) string {
	near := diagnostics.DidYouMean(word, slices.Values(known))
	if near == "" {
		return ""
	}
	return strings.ToUpper(near[:1]) + near[1:] + " "
}

func (q question) reading(r *model.Resource, e *policy.Effective, ops []model.Op, views bool) (out []way) {
	for _, op := range ops {
		if r.Operation(op) == nil {
			continue
		}
		out = append(out, way{string(op), func(roles []string) decision {
			if q.column == "" {
				return decided(e.Can(roles, op))
			}
			return seen(e.Can(roles, op), e.Reads(roles, op, q.column))
		}})
	}
	if views {
		for _, v := range r.Views {
			out = append(out, q.viewing(e, v))
		}
	}
	return out
}

func (q question) viewing(e *policy.Effective, v *model.View) way {
	return way{"view " + v.Name, func(roles []string) decision {
		if q.column == "" {
			return decided(e.CanView(roles, v.Name))
		}
		return seen(e.CanView(roles, v.Name), e.ReadsView(roles, v.Name, q.column))
	}}
}

func (q question) writing(r *model.Resource, e *policy.Effective) (out []way) {
	for _, op := range verbs[q.verb] {
		if r.Operation(op) == nil {
			continue
		}
		out = append(out, way{string(op), func(roles []string) decision {
			if q.column == "" {
				return decided(e.Can(roles, op))
			}
			return decided(e.Writes(roles, op, q.column))
		}})
	}
	for _, p := range r.Guards.Protected {
		if p.Column != q.column || q.verb != "update" {
			continue
		}
		for _, name := range p.Actions {
			out = append(out, way{"action " + name, func(roles []string) decision { return decided(e.Acts(roles, name)) }})
		}
	}
	return out
}

// who answers for every role of the project by itself.
func (p *policies) who(q question) (*answer, error) {
	r, e, err := p.resource(q.resource)
	if err != nil {
		return nil, err
	}
	if q.column != "" && r.Table == nil {
		return nil, unreadable("%s has no table, and so no column %q", q.resource, q.column)
	}
	if q.column != "" && r.Table.Column(q.column) == nil {
		var columns []string
		for _, c := range r.Table.Columns {
			columns = append(columns, c.Key)
		}
		return nil, unreadable("%s has no column %q. %sKnown: %s", q.resource, q.column, hint(q.column, columns), strings.Join(columns, ", "))
	}
	ways, err := q.ways(r, e)
	if err != nil {
		return nil, err
	}
	out := &answer{Question: strings.TrimSpace(fmt.Sprintf("who can %s %s%s", q.verb, q.target(), map[bool]string{true: " unmasked"}[q.unmasked])), Complete: p.complete, Answers: []row{}}
	for _, role := range p.roles() {
		for _, w := range ways {
			d := w.ask(role.set)
			if d.verdict == policy.No && (d.masked == "" || q.unmasked) {
				continue
			}
			out.Answers = append(out.Answers, p.row(r, role.shown, shownAs(r), w.by, d))
		}
	}
	out.Words = whoInWords(q, out.Answers)
	if q.verb == "update" && len(r.Actions) > 0 {
		out.Notes = append(out.Notes, "Actions also write what their code says. Only the actions that guards name are listed here.")
	}
	if q.verb == "read" && q.column != "" {
		out.Notes = append(out.Notes, unmaskedByCode(r)...)
	}
	return out, nil
}

// unmaskedByCode names the actions whose answers the masks do not touch.
func unmaskedByCode(r *model.Resource) (out []string) {
	for _, a := range r.Actions {
		if form := a.Source.ResponseType.V; form == "stream" || form == "file" {
			out = append(out, fmt.Sprintf("The action %s sends a %s that its own code makes: what it holds is not masked.", a.Name, form))
		}
	}
	return out
}

// reachable says whether any request can be about a resource: a table with routes, or actions without a table.
func reachable(r *model.Resource) bool { return !r.Internal && r.Table != nil || len(r.Actions) > 0 }

// shownAs is the name of a resource in answers: its URL segment, or the feature whose actions have no table.
func shownAs(r *model.Resource) string {
	if r.Segment == "" {
		return r.Feature
	}
	return r.Segment
}

// whoInWords is the answer as a sentence for each answer that roles share.
func whoInWords(q question, rows []row) []string {
	best := map[string]string{}
	var order []string
	rank := map[string]int{mayYes: 4, mayRows: 3, mayRuntime: 2}
	for _, r := range rows {
		if best[r.Who] == "" {
			order = append(order, r.Who)
		}
		if best[r.Who] == "" || rank[r.May] > rank[best[r.Who]] {
			best[r.Who] = r.May
		}
	}
	if len(order) == 0 {
		return []string{"Nobody."}
	}
	groups := map[string][]string{}
	var kinds []string
	for _, who := range order {
		if groups[best[who]] == nil {
			kinds = append(kinds, best[who])
		}
		groups[best[who]] = append(groups[best[who]], who)
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return rank[b] - rank[a] })
	var out []string
	for _, kind := range kinds {
		out = append(out, fmt.Sprintf("%s: %s.", kind, strings.Join(groups[kind], ", ")))
	}
	return append(out, "Nobody else.")
}

// policies is one project to ask about.
type policies struct {
	w        *workspace
	project  *model.Project
	complete bool
}

// openPolicies loads a project. It says so when its definitions have errors: what is asked about is then not what is enforced.
func openPolicies(ctx context.Context, dir []string, errs io.Writer) (*policies, error) {
	w, err := open(dir)
	if err != nil {
		return nil, err
	}
	roots := w.Current().Projects()
	if len(roots) != 1 {
		return nil, unreadable("%s holds %d projects. Name the folder of one of them", w.folder, len(roots))
	}
	in, err := w.input(ctx, w.Current(), roots...)
	if err != nil {
		return nil, err
	}
	p := &policies{w: w, project: w.Current().Project(roots[0])}
	p.complete = p.project.Complete && countErrors(in) == 0
	if !p.complete {
		fmt.Fprintln(errs, "qbls: the definitions have errors, so this policy is not enforced anywhere yet. qbls check says what is wrong")
	}
	return p, nil
}

// resource finds a resource by its URL segment, its SQL name, its constant or its id.
func (p *policies) resource(name string) (*model.Resource, *policy.Effective, error) {
	var found []*model.Resource
	var names []string
	for _, r := range p.project.Resources {
		if !reachable(r) {
			continue
		}
		names = append(names, shownAs(r))
		if shownAs(r) == name || string(r.ID) == name || r.Table != nil && (r.Binding == name || r.Table.Name == name) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 1:
		return found[0], p.w.Current().Effective(p.project.Root, found[0].ID), nil
	case 0:
		return nil, nil, unreadable("there is no resource %q. %sKnown: %s", name, hint(name, names), strings.Join(names, ", "))
	}
	return nil, nil, unreadable("%q means %d resources. Name one of them by its id: %s and %s", name, len(found), found[0].ID, found[1].ID)
}
