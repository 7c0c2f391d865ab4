package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/qbls/qbls/compiler/catalogue"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/render"
	"github.com/qbls/qbls/diagnostics/text"
)

// only is a choice of codes and families; the empty one is everything.
type only map[string]bool

// parseOnly reads codes and families. One that does not exist is a mistake of usage: it would show nothing, which looks like
// "nothing is wrong".
func parseOnly(list []string) (only, error) {
	all, err := catalogue.All()
	if err != nil {
		return nil, failed(err)
	}
	out := only{}
	for _, name := range list {
		name = strings.TrimSpace(name)
		if slices.Contains(diagnostics.FamilyKeys(), strings.ToLower(name)) {
			out[strings.ToLower(name)] = true
			continue
		}
		if _, ok := all.ByCode(diagnostics.Code(strings.ToUpper(name))); !ok {
			return nil, unreadable("--only: there is no code and no family %q. Families: %s. qbls explain lists the codes", name, strings.Join(diagnostics.FamilyKeys(), ", "))
		}
		out[strings.ToUpper(name)] = true
	}
	return out, nil
}

func (o only) has(d diagnostics.Diagnostic) bool {
	return len(o) == 0 || d.Rule == nil || o[string(d.Rule.Code)] || o[diagnostics.FamilyKey(d.Rule.Code)]
}

// filter keeps the chosen findings.
func (o only) filter(in render.Input) render.Input {
	if len(o) == 0 {
		return in
	}
	return keep(in, o.has)
}

// keep returns the input with the findings that pass.
func keep(in render.Input, pass func(diagnostics.Diagnostic) bool) render.Input {
	in.Projects = slices.Clone(in.Projects)
	for i := range in.Projects {
		p := &in.Projects[i]
		p.Diagnostics = slices.DeleteFunc(slices.Clone(p.Diagnostics), func(d diagnostics.Diagnostic) bool { return !pass(d) })
		p.Suppressed = slices.DeleteFunc(slices.Clone(p.Suppressed), func(s diagnostics.Suppressed) bool { return !pass(s.Diagnostic) })
	}
	return in
}

// suppression is one finding that a comment suppresses, for people and scripts.
type suppression struct {
	Code   string `json:"code"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	What   string `json:"message"`
}

// listSuppressions says what comments suppress, and why.
func listSuppressions(out io.Writer, in render.Input, format string) error {
	list := []suppression{}
	for _, p := range in.Projects {
		for _, s := range p.Suppressed {
			line := 1 + int(p.Files(s.By.Path).Position(int(s.By.Span.Start), text.UTF8).Line)
			list = append(list, suppression{string(s.Rule.Code), string(s.By.Path), line, s.Reason, s.Message})
		}
	}
	switch format {
	case "json":
		if err := writeJSON(out, list); err != nil {
			return failed(err)
		}
		return nil
	case "pretty":
	default:
		return unreadable("--suppressions prints pretty or json. The sarif of all findings holds what is suppressed, too")
	}
	for _, s := range list {
		fmt.Fprintf(out, "%s:%d %s: %s\n  suppressed: %s\n", s.File, s.Line, s.Code, s.Reason, s.What)
	}
	fmt.Fprintf(out, "%s suppressed\n", plural(len(list), "finding"))
	return nil
}
