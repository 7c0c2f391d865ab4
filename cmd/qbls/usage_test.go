package main

import (
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"testing"
)

// Whoever uses a command wrongly is told what is wrong and how it is used, on standard error, with an exit of 2.
func TestWrongUses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	for _, c := range []struct {
		args string
		says []string
	}{
		{"check a b", []string{"qbls check takes 1 argument at most, and was given 2: a b", "Usage:\n  qbls check [dir] [flags]"}},
		{"check --nope", []string{"unknown flag: --nope", "qbls check --help says more"}},
		{"chek", []string{`unknown command "chek"`, "check"}},
		{"diff", []string{"qbls diff needs at least 1 argument", "qbls diff main --fail-on widened"}},
		{"version x", []string{"qbls version takes no arguments, and was given x"}},
		{"lsp x", []string{"qbls lsp takes no arguments"}},
		{"migrate aply", []string{`there is no "aply"`, "qbls migrate apply"}},
		{"help nope", []string{`there is no command "nope"`}},
		{"who", []string{"say what may be done with which resource", "qbls who can delete jobs"}},
		{"who can read candidates maksed", []string{`there is no folder "maksed"`, "unmasked"}},
		{"what can", []string{"name a role between can and do", "qbls what can member do"}},
		{"explain --json --format html", []string{"--json and --format html contradict each other"}},
		{"dev --port x", []string{`invalid argument "x" for "--port" flag`, "qbls dev [dir]"}},
		{"dev --port 99999", []string{"a number from 1 to 65535, not 99999"}},
		{"dev --port " + taken, []string{"port " + taken + " is taken"}},
	} {
		out, errs, code := qbls(t, strings.Fields(c.args)...)
		if code != exitUsage || out != "" {
			t.Errorf("qbls %s: exit %d, want %d; standard output %q", c.args, code, exitUsage, out)
		}
		for _, said := range c.says {
			if !strings.Contains(errs, said) {
				t.Errorf("qbls %s does not say %q:\n%s", c.args, said, errs)
			}
		}
		if strings.Contains(errs, "strconv") || strings.Contains(errs, "arg(s)") {
			t.Errorf("qbls %s speaks of how it is made:\n%s", c.args, errs)
		}
	}
}

// --json is the same everywhere: what --format json prints, where there are formats.
func TestJSONEverywhere(t *testing.T) {
	for _, command := range []string{"check " + recruiting, "explain QB3001", "explain", "diff " + recruiting + " " + recruiting} {
		args := strings.Fields(command)
		short, errs, code := qbls(t, append(args, "--json")...)
		long, _, other := qbls(t, append(args, "--format", "json")...)
		if code != exitOK || other != exitOK || !json.Valid([]byte(short)) || len(short) != len(long) && args[0] != "check" {
			t.Errorf("%s --json: exit %d and %d\n%s%s\n%s", command, code, other, errs, short, long)
		}
	}
	if out, _, code := qbls(t, "--version"); code != exitOK || !strings.HasPrefix(out, "qbls ") {
		t.Errorf("--version: exit %d, %q", code, out)
	}
	if out, _, code := qbls(t, "help", "who"); code != exitOK || !strings.Contains(out, "Exit codes: ") || !strings.Contains(out, "Examples:") {
		t.Errorf("help who: exit %d, %s", code, out)
	}
}
