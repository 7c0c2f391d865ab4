package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// example is one request of the README and what it says the answer looks like.
type example struct{ line, answer string }

func readmeExamples(t *testing.T) (out []example) {
	t.Helper()
	content, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^(curl .*)\n# (.*)$`).FindAllStringSubmatch(string(content), -1) {
		out = append(out, example{m[1], m[2]})
	}
	if len(out) < 5 {
		t.Fatalf("the README has only %d requests", len(out))
	}
	return out
}

// tryReadme runs the README's requests in order, as printed but for the port.
func tryReadme(t *testing.T, port string) {
	t.Helper()
	folder := t.TempDir() // of the cookies
	for _, e := range readmeExamples(t) {
		cmd := exec.Command("bash", "-c", strings.ReplaceAll(e.line, ":3000", ":"+port))
		cmd.Dir = folder
		answer, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s\n%v\n%s", e.line, err, answer)
			continue
		}
		rest := string(answer)
		for _, part := range strings.Split(e.answer, "…") {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Errorf("%s\nanswers %s\nwhere the README says %s", e.line, answer, e.answer)
				break
			}
			rest = after
		}
	}
}
