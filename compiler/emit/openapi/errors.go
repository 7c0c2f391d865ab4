package openapi

import (
	"maps"
	"slices"
	"sort"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
)

// Codes is the closed list of error codes, in the order of lib/errors.ts (a test compares the two).
var Codes = []string{
	"AUTH_MISSING", "AUTH_INVALID_TOKEN", "AUTH_EXPIRED", "AUTH_RATE_LIMITED",
	"FIREWALL_NOT_FOUND",
	"ACCESS_ROLE_REQUIRED", "ACCESS_CONDITION_FAILED", "ACCESS_NO_ORG", "ACCESS_ADMIN_REQUIRED",
	"ACCESS_ACTION_NOT_ALLOWED_FOR_STATE", "ACCESS_TRANSITION_LOST",
	"GUARD_SYSTEM_MANAGED", "GUARD_FIELD_IMMUTABLE", "GUARD_FIELD_PROTECTED", "GUARD_FIELD_NOT_CREATEABLE", "GUARD_FIELD_NOT_UPDATABLE",
	"VALIDATION_FAILED", "INVALID_JSON", "QUERY_INVALID", "PAYLOAD_TOO_LARGE", "BATCH_SIZE_EXCEEDED", "BATCH_MISSING_IDS", "BATCH_ATOMIC_FAILED",
	"FK_NOT_FOUND", "NOT_NULL_VIOLATION", "CHECK_VIOLATION", "UNIQUE_VIOLATION",
	"NOT_FOUND", "METHOD_NOT_ALLOWED", "INTERNAL_ERROR", "MISSING_ENV",
}

var layers = []string{"authentication", "firewall", "access", "guards", "validation", "database", "routing", "internal"}

// shared are the schemas that every document has.
func shared() *ordered.Map {
	fault := func(layer, code *ordered.Map, required ...string) *ordered.Map {
		return object(ordered.New().Set("error", typed("string")).Set("layer", layer).Set("code", code).
			Set("details", typed("object")).Set("hint", typed("string")), required...)
	}
	count := typed("integer").Set("minimum", 0)
	return ordered.New().
		Set("Error", fault(typed("string").Set("enum", layers), typed("string").Set("enum", Codes), "error", "code")).
		Set("ActionError", fault(ordered.New().Set("const", "action"), typed("string"), "error", "layer", "code")).
		Set("Pagination", object(ordered.New().Set("limit", count).Set("offset", count).Set("count", count).
			Set("total", count), "limit", "offset", "count")).
		Set("BatchMeta", object(ordered.New().Set("total", count).Set("succeeded", count).Set("failed", count).
			Set("atomic", typed("boolean")), "total", "succeeded", "failed", "atomic"))
}

// statuses are the answers that any route can give, by status: the name that the document has them under, and what they say.
var statuses = map[string][2]string{
	"304": {"NotModified", "Not modified"}, "400": {"BadRequest", "Bad request"}, "401": {"NotSignedIn", "Not signed in"},
	"403": {"NotAllowed", "Not allowed"}, "404": {"NotFound", "Not found"}, "409": {"Conflict", "Conflict"},
	"413": {"BodyTooLarge", "Body too large"}, "500": {"InternalError", "Internal error"},
}

// answers are the responses that every document has.
func answers() *ordered.Map {
	out := ordered.New()
	for _, status := range slices.Sorted(maps.Keys(statuses)) {
		schema := ref("Error")
		if status == "304" {
			schema = nil
		}
		out.Set(statuses[status][0], response(statuses[status][1], schema))
	}
	return out.Set("ActionError", response("The action's own error", ref("ActionError")))
}

func (s *subject) answer(status, description string, schema *ordered.Map) *ordered.Map {
	return ordered.New().Set(status, response(description, schema))
}

// failures are the given statuses, and those that every route of the resource can answer with.
func (s *subject) failures(access *model.Access, more ...string) *ordered.Map {
	all := append([]string{"401", "403", "500"}, more...)
	if onlyPublic(access) {
		all = append([]string{"403", "500"}, more...)
	}
	if s.r.Firewall.Hide {
		all = append(all, "404")
	}
	sort.Strings(all)
	out := ordered.New()
	for _, status := range all {
		out.Set(status, component("responses", statuses[status][0]))
	}
	return out
}

func onlyPublic(a *model.Access) bool {
	return a != nil && a.Kind == model.AccessRoles && public(a)
}
