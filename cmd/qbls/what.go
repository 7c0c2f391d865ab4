package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
)

func whatCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "what can <role> do [dir]",
		Short: "Say what a role may do, and which lines grant it",
		Long: "Answers from the policy that would be compiled: every operation, view and action that a member with exactly this role may\n" +
			"use, and which columns it sees masked. Several roles of one member are joined by commas. anonymous is a caller without\n" +
			"a session, AUTHENTICATED one without a role.\n\n" +
			"Exit codes: 0 answered (of definitions with errors, too, which is said), 2 usage or a role that no definition names, 3 qbls itself failed.",
		Example: "  qbls what can member do\n  qbls what can recruiter,interviewer do\n  qbls what can anonymous do --json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 3 || len(args) > 4 || args[0] != "can" || args[2] != "do" {
				return errors.New("name a role between can and do")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openPolicies(cmd.Context(), args[3:], cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			answer, err := p.what(args[1])
			if err != nil {
				return err
			}
			return answer.print(cmd.OutOrStdout(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a document for scripts")
	return cmd
}

// asker reads roles as they are asked about.
func (p *policies) asker(written string) (asker, error) {
	known := p.roles()
	var names []string
	for _, c := range known {
		names = append(names, strings.TrimPrefix(c.shown, "user role "))
	}
	names = append(names[:len(names)-2], policy.Authenticated, policy.Public, "anonymous")
	out := asker{shown: written}
	for _, name := range strings.Split(written, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(names, name) {
			return out, unreadable("no definition names the role %q. %sKnown: %s", name, hint(name, names), strings.Join(names, ", "))
		}
		if name == "anonymous" {
			name = policy.Public
		}
		i := slices.IndexFunc(known, func(c asker) bool { return c.shown == name || c.shown == "user role "+name })
		if i < 0 {
			out.set = append(out.set, name)
			continue
		}
		out.set = append(out.set, known[i].set...)
	}
	return out, nil
}

// what answers for every resource with routes.
func (p *policies) what(role string) (*answer, error) {
	who, err := p.asker(role)
	if err != nil {
		return nil, err
	}
	out := &answer{Question: fmt.Sprintf("what can %s do", role), Complete: p.complete, Answers: []row{}}
	touched := map[string]bool{}
	for _, r := range p.project.Resources {
		if !reachable(r) {
			continue
		}
		e := p.w.Current().Effective(p.project.Root, r.ID)
		for _, w := range abilities(r, e) {
			d := w.ask(who.set)
			if d.verdict == policy.No {
				continue
			}
			touched[shownAs(r)] = true
			out.Answers = append(out.Answers, p.row(r, who.shown, shownAs(r), w.by, d))
		}
		if touched[shownAs(r)] {
			out.Notes = append(out.Notes, masked(r, e, who.set)...)
		}
	}
	out.Words = []string{"Nothing."}
	if len(touched) > 0 {
		out.Words = whatInWords(out.Answers)
	}
	return out, nil
}

// abilities are all ways to use a resource.
func abilities(r *model.Resource, e *policy.Effective) (out []way) {
	for _, op := range model.Ops {
		if r.Operation(op) != nil {
			out = append(out, way{string(op), func(roles []string) decision { return decided(e.Can(roles, op)) }})
		}
	}
	for _, v := range r.Views {
		out = append(out, way{"view " + v.Name, func(roles []string) decision { return decided(e.CanView(roles, v.Name)) }})
	}
	for _, a := range r.Actions {
		out = append(out, way{"action " + a.Name, func(roles []string) decision { return decided(e.Acts(roles, a.Name)) }})
	}
	return out
}

// masked says which columns the caller does not see as they are.
func masked(r *model.Resource, e *policy.Effective, roles []string) (out []string) {
	for _, m := range r.Masks {
		for _, op := range []model.Op{model.List, model.Get} {
			d := e.Reads(roles, op, m.Column)
			if d.Masked == "" {
				continue
			}
			note := fmt.Sprintf("%s.%s is masked as %s", r.Segment, m.Column, d.Masked)
			if d.Verdict == policy.IfRow {
				note += ", except on their own rows"
			}
			out = append(out, note+".")
			break
		}
	}
	return out
}

// whatInWords is one line for each resource.
func whatInWords(rows []row) (out []string) {
	for start := 0; start < len(rows); {
		end := start
		var always, sometimes []string
		for ; end < len(rows) && rows[end].Resource == rows[start].Resource; end++ {
			if rows[end].May == mayYes {
				always = append(always, rows[end].By)
			} else {
				sometimes = append(sometimes, rows[end].By+" ("+rows[end].May+")")
			}
		}
		out = append(out, rows[start].Resource+": "+strings.Join(append(always, sometimes...), ", ")+".")
		start = end
	}
	return out
}
