package compiler

import (
	"regexp"
	"strings"
	"testing"
)

// The whole backend of the sample is to be read in one go: what is emitted and the library with it, without the author's own modules. These
// are ceilings: whatever is added to the library has to be worth its lines, or to be left out where nobody needs it.
const (
	codeCeiling = 3185 // lines that are neither blank nor comment
	lineCeiling = 4000 // all of them
)

var remark = regexp.MustCompile(`^\s*(//|/\*|\*)`)

func TestTheSampleIsShort(t *testing.T) {
	lines, code := 0, 0
	for p, content := range emitted(t, recruiting(t)) {
		path := string(p)
		if !strings.HasPrefix(path, "src/") || !strings.HasSuffix(path, ".ts") || strings.HasPrefix(path, "src/definitions/") {
			continue
		}
		for _, line := range strings.Split(strings.TrimSuffix(content, "\n"), "\n") {
			lines++
			if strings.TrimSpace(line) != "" && !remark.MatchString(line) {
				code++
			}
		}
	}
	t.Logf("%d lines, %d of them code", lines, code)
	if lines < 1000 {
		t.Fatalf("only %d lines: the sample was not read", lines)
	}
	if code >= codeCeiling || lines >= lineCeiling {
		t.Errorf("%d lines, %d of them code: more than %d and %d", lines, code, lineCeiling, codeCeiling)
	}
}
