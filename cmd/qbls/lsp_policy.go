package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/grant"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
)

// committedGrants remembers what the last commit of each project grants, for as long as it is the last.
type committedGrants struct {
	mu sync.Mutex
	of map[string]commitGrants // by folder of the project
}

type commitGrants struct {
	commit string
	grants *grant.List
}

// changes is what a project as it is typed changes in what its last commit grants. Neither is evaluated: what only running it tells of a
// commit makes it incomplete, and that is said.
func (c *committedGrants) changes(ctx context.Context, job lsp.Job) ([]grant.Change, error) {
	if ok, err := sound(ctx, job.Snapshot, job.Root); err != nil {
		return nil, err
	} else if !ok {
		return nil, lsp.ErrRefused
	}
	before, err := c.at(ctx, filepath.Join(job.Folder, string(job.Root)))
	if err != nil {
		return nil, err
	}
	return grant.Compare(before, compiler.Grants(job.Snapshot, job.Root)), nil
}

// at returns what the last commit of a project grants.
func (c *committedGrants) at(ctx context.Context, folder string) (*grant.List, error) {
	head, err := git(ctx, folder, "rev-parse", "--verify", "HEAD^{commit}")
	if err != nil {
		return nil, fmt.Errorf("there is no commit to compare with: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.of[folder]; ok && known.commit == head {
		return known.grants, nil
	}
	grants, err := staticGrants(ctx, folder, strings.TrimSpace(head))
	if err != nil {
		return nil, err
	}
	if c.of == nil {
		c.of = map[string]commitGrants{}
	}
	c.of[folder] = commitGrants{head, grants}
	return grants, nil
}

// staticGrants reads a commit of the project in a folder, without running anything of it.
func staticGrants(ctx context.Context, folder, commit string) (_ *grant.List, err error) {
	archive, err := git(ctx, folder, "archive", "--format=tar", commit, ".")
	if err != nil {
		return nil, fmt.Errorf("git archive %s: %w", commit, err)
	}
	copied, err := os.MkdirTemp("", "qbls-commit-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(copied) }()
	if err := unpack(strings.NewReader(archive), copied); err != nil {
		return nil, err
	}
	w, root, err := openProject([]string{copied})
	if err != nil {
		return nil, fmt.Errorf("the last commit holds no project here: %s", strings.ReplaceAll(err.Error(), copied, folder))
	}
	s := w.Current()
	if ok, err := sound(ctx, s, root); err != nil {
		return nil, err
	} else if !ok {
		return nil, fmt.Errorf("the last commit cannot be read without running it, or has errors: qbls diff compares with it")
	}
	return compiler.Grants(s, root), nil
}

// sound says whether the definitions of a project have no errors: of a project that has some, nothing is granted.
func sound(ctx context.Context, s *analysis.Snapshot, root text.Path) (bool, error) {
	if p := s.Project(root); p == nil || !p.Complete {
		return false, nil
	}
	found, err := s.Diagnose(ctx, root)
	for _, list := range found {
		for _, d := range list {
			if d.Rule.Severity == diagnostics.Error {
				return false, err
			}
		}
	}
	return true, err
}
