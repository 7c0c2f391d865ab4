package compiler

import (
	"context"
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/compiler/evaluate"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// rounds is how often a project is evaluated: what a round settles may lead to expressions that nobody had seen.
const rounds = 4

// Settle evaluates what static reading could not tell of a project, and returns the snapshot that knows it. With All, everything that
// declares something is evaluated, and what static reading claims is compared with it. What is wrong is in the diagnostics; an
// error among them forbids to emit. The error is the evaluator's or the context's.
func Settle(ctx context.Context, w *analysis.Workspace, root text.Path, e *evaluate.Evaluator, o evaluate.Options) (*analysis.Snapshot, []diagnostics.Diagnostic, error) {
	for round := 1; ; round++ {
		s := w.Current()
		if err := ctx.Err(); err != nil {
			return s, nil, err
		}
		if o.LookupEnv != nil {
			o.Env, o.Unset = environment(s, root, o.LookupEnv)
		}
		facts, found, err := e.Run(ctx, s, root, o)
		if err != nil {
			return s, nil, fmt.Errorf("evaluating %s: %w", root, err)
		}
		next := s
		if len(facts.Values) > 0 {
			next = w.Settle(root, &facts)
		}
		if round < rounds && len(found) == 0 && next != s && !slices.Equal(unknown(s, root), unknown(next, root)) && len(unknown(next, root)) > 0 {
			continue
		}
		if o.All && len(found) == 0 {
			found = evaluate.Check(next, facts)
		}
		return next, found, nil
	}
}

// environment finds the variables that the configuration of a project declares (compiler.env), and those of them that are not set.
func environment(s *analysis.Snapshot, root text.Path, lookup func(string) (string, bool)) (env map[string]string, unset []string) {
	p := s.Project(root)
	if p == nil {
		return nil, nil
	}
	env = map[string]string{}
	for _, name := range p.Config.Env {
		if value, ok := lookup(name); ok {
			env[name] = value
		} else if !slices.Contains(unset, name) {
			unset = append(unset, name)
		}
	}
	// Providers' ids and secrets are named where they are configured. The backend reads them; here they have no value.
	for _, social := range p.Config.Social {
		for _, name := range []string{social.ID, social.Secret} {
			if !slices.Contains(p.Config.Env, name) {
				env[name] = ""
			}
		}
	}
	slices.Sort(unset)
	return env, unset
}

// unknown are the places that static reading could not settle.
func unknown(s *analysis.Snapshot, root text.Path) []text.Place {
	var out []text.Place
	for path := range s.Files.Under(root) {
		if d := s.Definition(path); d != nil {
			for _, g := range d.Gaps {
				out = append(out, d.Place(g.At))
			}
		}
	}
	return out
}
