package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/render"
)

// known counts the findings of an earlier state of a folder, by what stays the same when lines move. What is deleted stands on no
// line, so a finding that a deletion has caused is recognised by its being new: an action that a guard names, a column, a file.
type known map[subject]int

// subject is what a finding is about, wherever it stands.
type subject struct {
	code                     diagnostics.Code
	file, key, message, help string
}

func subjectOf(d diagnostics.Diagnostic) subject {
	s := subject{file: string(d.At.Path), key: d.Key, message: d.Message, help: d.Help}
	if d.Rule != nil {
		s.code = d.Rule.Code
	}
	return s
}

// had says whether a finding was there, too. Of equal ones as many are old as there were.
func (k known) had(d diagnostics.Diagnostic) bool {
	s := subjectOf(d)
	if k[s] == 0 {
		return false
	}
	k[s]--
	return true
}

// findingsAt checks the folder as it was at a commit, from a copy of its definitions. Where there was no project yet there were no
// findings.
func (w *workspace) findingsAt(ctx context.Context, commit string) (known, error) {
	folder, err := os.MkdirTemp("", "qbls-since-")
	if err != nil {
		return nil, failed(err)
	}
	defer os.RemoveAll(folder)
	if err := export(ctx, w.folder, commit, folder); err != nil {
		return nil, unreadable("--since: the definitions at %s cannot be read: %w", commit, err)
	}
	disk := source.OS(folder)
	files, _ := source.Load(disk) // what could not be read then is no reason to hide anything now
	past := &workspace{folder: folder, disk: disk, Workspace: analysis.NewWorkspace(files)}
	s := past.Current()
	in, err := past.input(ctx, s, s.Projects()...)
	if err != nil {
		return nil, err
	}
	out := known{}
	each(in, func(d diagnostics.Diagnostic) { out[subjectOf(d)]++ })
	return out, nil
}

func each(in render.Input, f func(diagnostics.Diagnostic)) {
	for _, p := range in.Projects {
		for _, d := range p.Diagnostics {
			f(d)
		}
		for _, s := range p.Suppressed {
			f(s.Diagnostic)
		}
	}
}

// export writes the .ts files that a folder had at a commit.
func export(ctx context.Context, folder, commit, to string) error {
	list, err := git(ctx, folder, "ls-tree", "-r", "-z", commit, "--", ".")
	if err != nil {
		return err
	}
	var names []string
	var wanted strings.Builder
	for _, entry := range strings.Split(list, "\x00") { // mode, type and hash, then a tab and the name
		head, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		if !ok || len(fields) != 3 || fields[0] == "120000" || fields[1] != "blob" || !strings.HasSuffix(name, ".ts") || strings.HasPrefix(name, "../") {
			continue
		}
		names = append(names, name)
		wanted.WriteString(fields[2] + "\n")
	}
	if len(names) == 0 {
		return nil
	}
	cmd := exec.CommandContext(ctx, "git", "cat-file", "--batch")
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(wanted.String())
	blobs, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	for _, name := range names {
		head, rest, ok := bytes.Cut(blobs, []byte("\n")) // hash, type and size, then the content and a newline
		fields := strings.Fields(string(head))
		if !ok || len(fields) != 3 {
			return fmt.Errorf("git cat-file says %q of %s", head, name)
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil || size >= len(rest) {
			return fmt.Errorf("git cat-file says %q of %s", head, name)
		}
		target := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(target, rest[:size], 0o600); err != nil {
			return err
		}
		blobs = rest[size+1:]
	}
	return nil
}
