package compiler

import (
	"bytes"
	"testing"

	"github.com/qbls/qbls/compiler/contract"
)

// TestTheReportIsCanonicalAsAWhole: a report that is written piece by piece is what it is when it is written at once, and making a value of
// what was written and writing that gives the same.
func TestTheReportIsCanonicalAsAWhole(t *testing.T) {
	s := recruiting(t)
	p := s.Project(s.Projects()[0])
	b := newBuild(s, p, Options{Version: "0.0.0-test", GeneratedAt: epoch})
	files, _, err := b.code(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report := contract.Verify(b.verification(files, nil, contract.SettingsOf(p.Config.Source)))
	if report.Grants, err = b.grants(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := contract.Canonical(report)
	if err != nil {
		t.Fatal(err)
	}
	want, err := contract.Canonical(*report)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the pieces are\n%.2000s\nand the whole is\n%.2000s", got, want)
	}
}
