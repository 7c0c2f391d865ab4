package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// asked runs a question and returns its answers as "who by may masked".
func asked(t *testing.T, args ...string) (out []string, a answer) {
	t.Helper()
	text, errs, code := qbls(t, append(args, "--json")...)
	if code != exitOK {
		t.Fatalf("%v: exit %d, %s", args, code, errs)
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	for _, r := range a.Answers {
		out = append(out, strings.TrimSpace(strings.Join([]string{r.Who, r.By, r.May, r.Masked}, " ")))
	}
	return out, a
}

func TestWhoCan(t *testing.T) {
	for _, test := range []struct {
		ask  string
		want []string
	}{
		{"delete jobs", []string{"owner delete yes", "owner batchDelete yes"}},
		{"delete departments", []string{"owner delete yes"}},
		{"pipeline candidates", []string{"interviewer view pipeline yes", "recruiter view pipeline yes", "hiring-manager view pipeline yes", "owner view pipeline yes"}},
		{"list jobs", []string{"interviewer list on some rows", "recruiter list yes", "hiring-manager list yes", "owner list yes"}},
		{"list candidates.email", []string{"interviewer list masked email", "recruiter list yes", "hiring-manager list yes", "owner list yes"}},
		{"list candidates.email unmasked", []string{"recruiter list yes", "hiring-manager list yes", "owner list yes"}},
		{"list jobs.salaryMin unmasked", []string{"hiring-manager list yes", "owner list yes"}},
		{"get candidates.ssn unmasked", []string{"interviewer get on some rows ssn", "recruiter get on some rows ssn", "hiring-manager get on some rows ssn", "owner get yes"}},
		{"update applications.rejectionReason", []string{"recruiter action reject on some rows", "hiring-manager action reject on some rows", "owner action reject on some rows"}},
		{"update candidates.email", nil}, // immutable
		{"advance-stage applications", []string{"recruiter action advance-stage on some rows", "hiring-manager action advance-stage on some rows", "owner action advance-stage on some rows"}},
		{"pipeline-report applications", []string{"hiring-manager action pipeline-report yes", "owner action pipeline-report yes"}},
	} {
		got, a := asked(t, append(append([]string{"who", "can"}, strings.Fields(test.ask)...), recruiting)...)
		if !slices.Equal(got, test.want) {
			t.Errorf("who can %s: %q, want %q", test.ask, got, test.want)
		}
		if !a.Complete || a.Question != "who can "+test.ask {
			t.Errorf("%+v", a)
		}
	}
}

// Every answer names a line of the definitions, and the role is on it.
func TestAnswersNameTheLineThatGrants(t *testing.T) {
	_, a := asked(t, "who", "can", "read", "candidates.email", recruiting)
	lists := regexp.MustCompile(`roles: \[.*'(owner|hiring-manager|recruiter|interviewer)'`)
	if len(a.Answers) == 0 {
		t.Fatal("nobody")
	}
	for _, r := range a.Answers {
		content, err := os.ReadFile(filepath.Join(recruiting, r.Because[0].File))
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Split(string(content), "\n")[r.Because[0].Line-1]
		if !lists.MatchString(line) || !strings.Contains(line, r.Who) {
			t.Errorf("%s %s because of %q", r.Who, r.By, line)
		}
	}
}

func TestWhoInWords(t *testing.T) {
	out, _, _ := qbls(t, "who", "can", "read", "candidates.email", recruiting)
	for _, want := range []string{
		"who can read candidates.email?\n  yes: recruiter, hiring-manager, owner.\n  masked: interviewer.\n  Nobody else.\n",
		"sees it masked as email", "quickback/features/candidates/candidates.ts:52 :37",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if out, _, _ := qbls(t, "who", "can", "update", "candidates.email", recruiting); !strings.HasPrefix(out, "who can update candidates.email?\n  Nobody.\n") {
		t.Error(out)
	}
}

func TestWhatCan(t *testing.T) {
	got, a := asked(t, "what", "can", "interviewer", "do", recruiting)
	for _, want := range []string{"interviewer list on some rows", "interviewer view pipeline yes", "interviewer create yes"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	for _, r := range a.Answers {
		if r.Resource == "jobs" && r.By != "list" && r.By != "get" && r.By != "view board" {
			t.Errorf("an interviewer may %s jobs", r.By)
		}
	}
	if !slices.Contains(a.Notes, "candidates.email is masked as email.") || !slices.Contains(a.Notes, "candidates.ssn is masked as ssn, except on their own rows.") {
		t.Errorf("notes %q", a.Notes)
	}
	for _, role := range []string{"anonymous", "PUBLIC", "AUTHENTICATED"} {
		if got, _ := asked(t, "what", "can", role, "do", recruiting); len(got) > 0 {
			t.Errorf("%s may %q", role, got)
		}
	}
	both, _ := asked(t, "what", "can", "interviewer,owner", "do", recruiting)
	owner, _ := asked(t, "what", "can", "owner", "do", recruiting)
	if len(both) < len(owner) {
		t.Errorf("with another role an owner may less: %q", both)
	}
}

func TestQuestionsThatHaveNoAnswer(t *testing.T) {
	for _, test := range []struct{ ask, says string }{
		{"who can read candidate", `Did you mean "candidates"?`},
		{"who can read candidates.emial", `Did you mean "email"?`},
		{"who can reed candidates", `Did you mean "read"?`},
		{"who may read candidates", "qbls who can read candidates.email unmasked"},
		{"who can read", "read, list, get, create, update, delete or the name of an action"},
		{"what can recruter do", `Did you mean "recruiter"?`},
		{"what can recruiter", "qbls what can member do"},
	} {
		args := strings.Fields(test.ask)
		if len(args) >= 4 || args[0] == "who" && len(args) == 4 {
			args = append(args, recruiting)
		}
		if _, errs, code := qbls(t, args...); code != exitUsage || !strings.Contains(errs, test.says) {
			t.Errorf("%s: exit %d, %s", test.ask, code, errs)
		}
	}
}

func TestAPolicyWithErrorsIsSaidToBeOne(t *testing.T) {
	folder, _ := plant(t, few()...)
	out, errs, code := qbls(t, "who", "can", "delete", "jobs", folder, "--json")
	if code != exitOK || !strings.Contains(errs, "have errors") || !strings.Contains(out, `"complete": false`) {
		t.Errorf("exit %d\n%s%s", code, errs, out)
	}
}
