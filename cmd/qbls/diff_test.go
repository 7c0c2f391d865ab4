package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	folder := copyOf(t, recruiting)
	repository(t, folder, "init", "-q")
	repository(t, folder, "add", ".")
	repository(t, folder, "commit", "-qm", "first")
	if out, errs, code := qbls(t, "diff", "HEAD", "--dir", folder, "--fail-on", "widened,narrowed,neutral"); code != exitOK || !strings.Contains(out, "Nobody can do more or less") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	edit(t, filepath.Join(folder, jobsFile), "delete: { access: { roles: ['owner'] } }", "delete: { access: { roles: ['owner', 'recruiter'] } }")
	edit(t, filepath.Join(folder, "quickback/features/candidates/candidates.ts"), "pageSize: 25,\n      maxPageSize: 50", "pageSize: 25,\n      maxPageSize: 60")

	out, errs, code := qbls(t, "diff", "HEAD", "--dir", folder, "--fail-on", "widened")
	if code != exitErrors {
		t.Errorf("exit %d for a widened policy\n%s", code, errs)
	}
	for _, part := range []string{"+ jobs: recruiter may now delete and batchDelete", "quickback/features/jobs/jobs.ts:69:", "1 widened, 0 narrowed, 1 neither"} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	if _, _, code := qbls(t, "diff", "HEAD", "--dir", folder, "--fail-on", "narrowed"); code != exitOK {
		t.Errorf("exit %d: nothing was narrowed", code)
	}
	// The other way round, and between two folders.
	if out, _, _ := qbls(t, "diff", folder, recruiting); !strings.Contains(out, "- jobs: recruiter may no longer delete and batchDelete") {
		t.Errorf("between folders:\n%s", out)
	}
	out, _, _ = qbls(t, "diff", "HEAD", "--dir", folder, "--format", "sarif")
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string `json:"ruleId"`
				Locations []struct {
					PhysicalLocation struct {
						Region struct {
							StartLine int `json:"startLine"`
						} `json:"region"`
					} `json:"physicalLocation"`
				} `json:"locations"`
			} `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal([]byte(out), &log); err != nil || len(log.Runs) != 1 || len(log.Runs[0].Results) != 2 {
		t.Fatalf("%v\n%s", err, out)
	}
	if r := log.Runs[0].Results; r[0].RuleID == "QB9301" && r[0].Locations[0].PhysicalLocation.Region.StartLine != 69 {
		t.Errorf("the finding stands at line %d", r[0].Locations[0].PhysicalLocation.Region.StartLine)
	}
	if out, _, _ := qbls(t, "diff", "HEAD", "--dir", folder, "--format", "markdown"); !strings.Contains(out, "| **widened** | jobs: recruiter may now delete and batchDelete") {
		t.Errorf("markdown:\n%s", out)
	}
}

func TestDiffOfWhatIsNot(t *testing.T) {
	folder := copyOf(t, recruiting)
	for name, args := range map[string][]string{
		"is no folder, no report and no revision": {"diff", "nonesuch", "--dir", folder},
		"--fail-on takes":                         {"diff", folder, "--dir", folder, "--fail-on", "wider"},
		"--format takes":                          {"diff", folder, "--dir", folder, "--format", "xml"},
		"is no security report":                   {"diff", filepath.Join(folder, "quickback", "quickback.config.ts"), "--dir", folder},
	} {
		if _, errs, code := qbls(t, args...); code != exitUsage || !strings.Contains(errs, name) {
			t.Errorf("exit %d, expected %q:\n%s", code, name, errs)
		}
	}
}
