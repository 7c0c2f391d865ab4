package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"go.lsp.dev/jsonrpc2"

	"github.com/qbls/qbls/analysis/grant"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// Change is one file that compiling would write or remove.
type Change struct {
	Path          text.Path // relative to the folder of output
	Action        string    // create, replace, remove, conflict
	Before, After string    // "" when there is no such file
	Reason        string    // of a conflict
}

// changes is what compiling now would change on the disk, as a unified diff, with the migration that it would add.
func (s *server) changes(ctx context.Context, p session.Seen) (string, error) {
	list, err := s.changed(ctx, p)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "# The output is up to date: saving changes nothing.\n", nil
	}
	return diffOf(list), nil
}

// written is what compiling in the editor changes: a new migration is kept apart, so it is not among it.
func (s *server) written(ctx context.Context, p session.Seen) (string, error) {
	list, err := s.changed(ctx, p)
	if err != nil {
		return "", err
	}
	list = slices.DeleteFunc(list, isMigration)
	if len(list) == 0 {
		return "# Nothing has changed.\n", nil
	}
	return diffOf(list), nil
}

func (s *server) changed(ctx context.Context, p session.Seen) ([]Change, error) {
	if s.config.Changes == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "this server does not compile")
	}
	list, err := s.config.Changes(ctx, jobOf(p))
	return list, refusal(err)
}

func isMigration(c Change) bool { return strings.HasPrefix(string(c.Path), migrate.Folder+"/") }

func diffOf(list []Change) string {
	var b strings.Builder
	if slices.ContainsFunc(list, isMigration) {
		b.WriteString("# What is below " + migrate.Folder + " waits in .qbls/pending until `qbls compile` or `qbls migrate plan` adds it.\n")
	}
	for _, c := range list {
		from, to := "a/"+string(c.Path), "b/"+string(c.Path)
		switch c.Action {
		case "conflict":
			fmt.Fprintf(&b, "# %s: %s\n", c.Path, c.Reason)
			continue
		case "create":
			from = "/dev/null"
		case "remove":
			to = "/dev/null"
		}
		b.WriteString(udiff.Unified(from, to, c.Before, c.After))
	}
	return b.String()
}

// policyChanges is what the definitions, as they are typed, change in what people can do, since the last commit.
func (s *server) policyChanges(ctx context.Context, p session.Seen) (string, error) {
	switch {
	case s.config.Policy == nil:
		return "", jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "this server does not compare policies")
	case !s.settings.trusted:
		return "", jsonrpc2.Errorf(requestFailed, "git runs what a repository configures, so it is not asked in a workspace that you do not trust")
	}
	list, err := s.config.Policy(ctx, jobOf(p))
	if err != nil {
		return "", refusal(err)
	}
	return "Compared with the last commit.\n\n" + grant.Markdown(list), nil
}
