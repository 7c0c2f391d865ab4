package promises

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestOneListOfCodes shows that the document of the API names the codes of the library, all of them and no other, and that whoever is not
// signed in hears the same one everywhere.
func TestOneListOfCodes(t *testing.T) {
	b := workshop(t)
	source := b.file(t, "src/lib/errors.ts")
	_, list, _ := strings.Cut(source, "export const ERRORS = {")
	list, _, _ = strings.Cut(list, "} as const")
	var codes []string
	for _, found := range regexp.MustCompile(`(?m)^  ([A-Z_]+): \[`).FindAllStringSubmatch(list, -1) {
		codes = append(codes, found[1])
	}
	var document struct {
		Paths      map[string]map[string]any
		Components struct {
			Schemas map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(b.file(t, "openapi.json")), &document); err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`"([A-Z]+_[A-Z_]+)"`).FindAllStringSubmatch(string(document.Components.Schemas["Error"]), -1)
	var documented []string
	for _, found := range said {
		documented = append(documented, found[1])
	}
	slices.Sort(codes)
	slices.Sort(documented)
	if len(codes) < 25 {
		t.Fatalf("the list is not where it was: %v", codes)
	}
	equal(t, "documented codes", documented, codes)

	asked := 0
	for path, operations := range document.Paths {
		for method := range operations {
			if path = strings.ReplaceAll(path, "{id}", "xyz_1"); !strings.HasPrefix(path, "/api/v1/") || strings.HasPrefix(path, "/api/v1/notices") {
				continue
			}
			refused := nobody(b).send(t, strings.ToUpper(method), path, nil).want(t, "401 AUTH_MISSING")
			equal(t, "layer", refused.at("layer"), "authentication")
			asked++
		}
	}
	if asked < 30 {
		t.Errorf("only %d routes were asked", asked)
	}
	if got := (&caller{b: b, token: "nonsense"}).get(t, "/machines"); got.status != http.StatusUnauthorized || got.at("code") != "AUTH_INVALID_TOKEN" {
		t.Errorf("a token that nobody gave: %v", got)
	}
}
