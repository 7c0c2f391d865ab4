package e2e

import (
	"slices"
	"testing"
)

// layers is the closed list of the API's own codes: which layer says it, with which statuses.
var layers = map[string]struct {
	layer    string
	statuses []int
}{
	"AUTH_MISSING":                        {"authentication", []int{401}},
	"AUTH_INVALID_TOKEN":                  {"authentication", []int{401}},
	"AUTH_EXPIRED":                        {"authentication", []int{401}},
	"AUTH_RATE_LIMITED":                   {"authentication", []int{429}},
	"FIREWALL_NOT_FOUND":                  {"firewall", []int{403}},
	"ACCESS_ROLE_REQUIRED":                {"access", []int{403}},
	"ACCESS_CONDITION_FAILED":             {"access", []int{403}},
	"ACCESS_NO_ORG":                       {"access", []int{403}},
	"ACCESS_ADMIN_REQUIRED":               {"access", []int{403}},
	"ACCESS_ACTION_NOT_ALLOWED_FOR_STATE": {"access", []int{409}},
	"ACCESS_TRANSITION_LOST":              {"access", []int{409}},
	"GUARD_SYSTEM_MANAGED":                {"guards", []int{400}},
	"GUARD_FIELD_IMMUTABLE":               {"guards", []int{400}},
	"GUARD_FIELD_PROTECTED":               {"guards", []int{400}},
	"GUARD_FIELD_NOT_CREATEABLE":          {"guards", []int{400}},
	"GUARD_FIELD_NOT_UPDATABLE":           {"guards", []int{400}},
	"VALIDATION_FAILED":                   {"validation", []int{400}},
	"INVALID_JSON":                        {"validation", []int{400}},
	"QUERY_INVALID":                       {"validation", []int{400}},
	"BATCH_SIZE_EXCEEDED":                 {"validation", []int{400}},
	"BATCH_MISSING_IDS":                   {"validation", []int{400}},
	"BATCH_ATOMIC_FAILED":                 {"validation", []int{400}},
	"PAYLOAD_TOO_LARGE":                   {"validation", []int{413}},
	"FK_NOT_FOUND":                        {"database", []int{400, 409}},
	"NOT_NULL_VIOLATION":                  {"database", []int{400, 409}},
	"CHECK_VIOLATION":                     {"database", []int{400, 409}},
	"UNIQUE_VIOLATION":                    {"database", []int{409}},
	"METHOD_NOT_ALLOWED":                  {"routing", []int{405}},
	"INTERNAL_ERROR":                      {"internal", []int{500}},
	"MISSING_ENV":                         {"internal", []int{503}},
}

// wellFormed checks the shape of an error: `{ error, layer, code, details?, hint? }` and nothing else. A code that is not the
// API's own belongs to an action. NOT_FOUND has the layer routing, and none where a hidden row is denied.
func (a answer) wellFormed(t *testing.T) {
	t.Helper()
	if a.status < 400 {
		return
	}
	fields, ok := a.json.(object)
	if !ok {
		t.Fatalf("an error is a JSON object: %v", a)
	}
	for name := range fields {
		if !slices.Contains([]string{"error", "layer", "code", "details", "hint"}, name) {
			t.Errorf("unknown field %q in an error: %v", name, a)
		}
	}
	if message, _ := fields["error"].(string); message == "" {
		t.Errorf("an error without a message: %v", a)
	}
	layer, _ := fields["layer"].(string)
	known, ours := layers[a.code()]
	switch {
	case a.code() == "NOT_FOUND" && a.status == 404:
		if _, written := fields["layer"]; written && layer != "routing" {
			t.Errorf("a hidden row has no layer, a missing route has routing: %v", a)
		}
	case ours:
		if layer != known.layer || !slices.Contains(known.statuses, a.status) {
			t.Errorf("%s belongs to layer %s with %v: %v", a.code(), known.layer, known.statuses, a)
		}
	case a.code() == "" || layer != "action":
		t.Errorf("unknown code: %v", a)
	}
}
