package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/render"
	"github.com/qbls/qbls/diagnostics/text"
)

// lines are ranges of lines of a file, one-based; a file that is new has all of them.
type lines struct {
	all    bool
	ranges [][2]int
}

func (l lines) touch(first, last int) bool {
	if l.all {
		return true
	}
	for _, r := range l.ranges {
		if first <= r[1] && r[0] <= last {
			return true
		}
	}
	return false
}

// since keeps the findings on lines that have changed since a revision of git (committed, staged, and not yet), and those that
// were not there then, wherever they stand: a deleted line, or one of another file, has caused them.
func (w *workspace) since(ctx context.Context, revision string, in render.Input) (render.Input, error) {
	changed, base, err := changedLines(ctx, w.folder, revision)
	if err != nil || countFindings(in) == 0 {
		return in, err
	}
	old, err := w.findingsAt(ctx, base)
	if err != nil {
		return in, err
	}
	files := w.Current()
	return keep(in, func(d diagnostics.Diagnostic) bool {
		file := files.File(d.At.Path)
		if file == nil {
			return true // what stands nowhere is nobody's old finding
		}
		first, last := file.Position(int(d.At.Span.Start), text.UTF8).Line, file.Position(int(d.At.Span.End), text.UTF8).Line
		return changed[string(d.At.Path)].touch(int(first)+1, int(last)+1) || !old.had(d)
	}), nil
}

func countFindings(in render.Input) (n int) {
	each(in, func(diagnostics.Diagnostic) { n++ })
	return n
}

// changedLines asks git which lines of a folder differ from where its history left a revision. Paths are
// relative to the folder; the commit is where the two parted.
func changedLines(ctx context.Context, folder, revision string) (map[string]lines, string, error) {
	if _, err := git(ctx, folder, "rev-parse", "--is-inside-work-tree"); err != nil {
		return nil, "", unreadable("--since needs git: %s is not in a repository, or git cannot be run (%w)", folder, err)
	}
	commit, err := git(ctx, folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return nil, "", unreadable("--since: git knows no revision %q", revision)
	}
	base := strings.TrimSpace(commit)
	if fork, err := git(ctx, folder, "merge-base", base, "HEAD"); err == nil { // what the other branch did since is not ours
		base = strings.TrimSpace(fork)
	}
	diff, err := git(ctx, folder, "-c", "core.quotePath=false", "diff", "--relative", "--unified=0", "--no-color", "--no-ext-diff", "--no-renames", "--no-prefix", base, "--")
	if err != nil {
		return nil, "", unreadable("git diff: %w", err)
	}
	out := parseDiff(diff)
	fresh, err := git(ctx, folder, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, "", unreadable("git ls-files: %w", err)
	}
	for _, name := range strings.Split(fresh, "\x00") {
		out[name] = lines{all: true}
	}
	return out, base, nil
}

var hunk = regexp.MustCompile(`^@@ -\S+ \+(\d+)(?:,(\d+))? @@`)

// parseDiff reads which lines a unified diff adds or changes.
func parseDiff(diff string) map[string]lines {
	out := map[string]lines{}
	name, body := "", 0 // body: lines of the current hunk that are still to come
	for row := range strings.Lines(diff) {
		row = strings.TrimRight(row, "\r\n")
		if body > 0 && (strings.HasPrefix(row, "+") || strings.HasPrefix(row, "-")) {
			body--
			continue
		}
		if rest, ok := strings.CutPrefix(row, "+++ "); ok {
			name = strings.TrimSuffix(rest, "\t")
			if unquoted, err := strconv.Unquote(name); err == nil {
				name = unquoted
			}
			continue
		}
		if m := hunk.FindStringSubmatch(row); m != nil {
			first, count := number(m[1]), 1
			if m[2] != "" {
				count = number(m[2])
			}
			body = count + removed(row)
			if count > 0 {
				l := out[name]
				l.ranges = append(l.ranges, [2]int{first, first + count - 1})
				out[name] = l
			}
		}
	}
	return out
}

var removal = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? `)

func removed(row string) int {
	if m := removal.FindStringSubmatch(row); m != nil && m[1] != "" {
		return number(m[1])
	}
	return 1
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// git runs a command of git in a folder and returns what it printed.
func git(ctx context.Context, folder string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = folder
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if told := strings.TrimSpace(errs.String()); told != "" {
			return "", errors.New(told)
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return out.String(), nil
}
