package check_test

import (
	"testing"

	"github.com/qbls/qbls/analysis/check"
)

func TestSlip(t *testing.T) {
	for _, pair := range [][2]string{
		{"recruter", "recruiter"}, {"recruiterr", "recruiter"}, {"recriuter", "recruiter"}, {"recruitor", "recruiter"},
		{"hiring_manager", "hiring-manager"}, {"Owner", "owner"}, {"public", "PUBLIC"}, {"editors", "editor"},
	} {
		if !check.Slip(pair[0], pair[1]) || !check.Slip(pair[1], pair[0]) {
			t.Errorf("%s and %s are not seen as one word", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{
		{"viewer", "reviewer"}, {"dev", "dea"}, {"hr", "pr"}, {"owner", "member"}, {"", "owner"}, {"manager", "hiring-manager"}, {"admin", "org-admin"},
	} {
		if check.Slip(pair[0], pair[1]) || check.Slip(pair[1], pair[0]) {
			t.Errorf("%s and %s are two words", pair[0], pair[1])
		}
	}
}
