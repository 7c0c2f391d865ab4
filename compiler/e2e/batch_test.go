package e2e

import (
	"fmt"
	"net/http"
	"testing"
)

// skills are n bodies for candidate-skills.
func skills(candidate string, n int) list {
	records := list{}
	for i := range n {
		records = append(records, object{"candidateId": candidate, "name": fmt.Sprintf("Skill %03d", i), "years": i % 50})
	}
	return records
}

// TestBatchCreate writes a full batch, then one in which some rows are bad: those are reported, the others stay.
func TestBatchCreate(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	full := boss.call(t, http.MethodPost, "/candidate-skills/batch", object{"records": skills(boss.candidate(t), 100)}).want(t, "201")
	equal(t, "meta", full.at("meta"), object{"total": 100, "succeeded": 100, "failed": 0, "atomic": false})
	equal(t, "errors", full.at("errors"), list{})
	equal(t, "stored", boss.get(t, "/candidate-skills?total=true&limit=1").want(t, "200").at("pagination", "total"), 100)
	equal(t, "defaults", full.at("success", 0, "level"), "working")

	other := boss.candidate(t)
	good := object{"candidateId": other, "name": "Go"}
	mixed := boss.call(t, http.MethodPost, "/candidate-skills/batch", object{"records": list{
		good,
		object{"candidateId": other, "name": "Go"},                             // twice the same
		object{"candidateId": other, "name": "C", "level": "guru"},             // not of the enum
		object{"candidateId": "cnd_0", "name": "C"},                            // nobody
		object{"candidateId": other, "name": "D", "organizationId": "another"}, // the server's
		object{"name": "E"},
		object{"candidateId": other, "name": "SQL"},
	}}).want(t, "207")
	equal(t, "meta", mixed.at("meta"), object{"total": 7, "succeeded": 2, "failed": 5, "atomic": false})
	for i, want := range []struct {
		index int
		code  string
	}{{1, "UNIQUE_VIOLATION"}, {2, "VALIDATION_FAILED"}, {3, "FK_NOT_FOUND"}, {4, "GUARD_SYSTEM_MANAGED"}, {5, "VALIDATION_FAILED"}} {
		equal(t, "index", mixed.at("errors", i, "index"), want.index)
		equal(t, "code", mixed.at("errors", i, "error", "code"), want.code)
	}
	equal(t, "the record is given back", mixed.at("errors", 1, "record", "level"), "guru")
	equal(t, "first success", mixed.at("success", 0, "name"), "Go")
	equal(t, "second success", mixed.at("success", 1, "name"), "SQL")
}

// TestBatchUpdateAndDelete shows per-row refusals of writes to rows.
func TestBatchUpdateAndDelete(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	made := boss.call(t, http.MethodPost, "/candidate-skills/batch", object{"records": skills(boss.candidate(t), 3)}).want(t, "201")
	id := func(i int) string { return made.at("success", i, "id").(string) }

	changed := boss.call(t, http.MethodPatch, "/candidate-skills/batch", object{"records": list{
		object{"id": id(0), "years": 9, "level": "expert"},
		object{"id": id(1), "name": "renamed"},
		object{"id": "cas_0", "years": 9},
	}}).want(t, "207")
	equal(t, "succeeded", changed.at("success", 0, "years"), 9)
	equal(t, "immutable", changed.at("errors", 0, "error", "code"), "GUARD_FIELD_IMMUTABLE")
	equal(t, "absent", changed.at("errors", 1, "error"), object{
		"error": "Not found", "layer": "firewall", "code": "NOT_FOUND", "details": object{"id": "cas_0"},
	})

	deleted := boss.call(t, http.MethodDelete, "/candidate-skills/batch", object{"ids": list{id(0), "cas_0", id(2)}}).want(t, "207")
	equal(t, "meta", deleted.at("meta"), object{"total": 3, "succeeded": 2, "failed": 1, "atomic": false})
	equal(t, "which failed", deleted.at("errors", 0, "id"), "cas_0")
	equal(t, "its index", deleted.at("errors", 0, "index"), 1)
	equal(t, "what is left", boss.get(t, "/candidate-skills").want(t, "200").column(t, "id"), []string{id(1)})
}

// TestAtomicBatches shows that all rows are written or none, whatever is wrong with one of them.
func TestAtomicBatches(t *testing.T) {
	b := start(t)
	boss := newTenant(t, b).as(owner)
	foreign := newTenant(t, b).as(owner).skill(t)
	candidate := boss.candidate(t)
	skill := boss.create(t, "/candidate-skills", object{"candidateId": candidate, "name": "Go", "years": 1})
	before := boss.get(t, "/candidate-skills?sort=id").want(t, "200")
	fine := object{"candidateId": candidate, "name": "SQL"}
	for name, c := range map[string]struct {
		method string
		body   object
		at     int
	}{
		"invalid":      {"POST", object{"records": list{fine, object{"candidateId": candidate, "name": ""}}}, 1},
		"twice":        {"POST", object{"records": list{fine, fine}}, 1},
		"no candidate": {"POST", object{"records": list{object{"candidateId": "cnd_0", "name": "C"}, fine}}, 0},
		"immutable":    {"PATCH", object{"records": list{object{"id": skill, "years": 2}, object{"id": skill, "name": "C"}}}, 1},
		"foreign":      {"PATCH", object{"records": list{object{"id": skill, "years": 2}, object{"id": foreign, "years": 2}}}, 1},
		"foreign gone": {"DELETE", object{"ids": list{skill, foreign}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			refused := boss.call(t, c.method, "/candidate-skills/batch", with(c.body, object{"options": object{"atomic": true}}))
			equal(t, "failed at", refused.want(t, "400 BATCH_ATOMIC_FAILED").at("details", "failedAt"), c.at)
			equal(t, "nothing was written", boss.get(t, "/candidate-skills?sort=id").want(t, "200").json, before.json)
		})
	}
	written := boss.call(t, http.MethodPost, "/candidate-skills/batch", object{"records": list{fine}, "options": object{"atomic": true}}).want(t, "201")
	equal(t, "meta", written.at("meta"), object{"total": 1, "succeeded": 1, "failed": 0, "atomic": true})
}

// TestBatchesThatAreRefused shows refusals of a batch as a whole.
func TestBatchesThatAreRefused(t *testing.T) {
	boss := newTenant(t, start(t)).as(owner)
	candidate := boss.candidate(t)
	skill := boss.create(t, "/candidate-skills", object{"candidateId": candidate, "name": "Go"})
	many := list{}
	for i := range 26 {
		many = append(many, fmt.Sprintf("cas_%d", i))
	}
	for _, c := range []struct {
		method, path string
		body         any
		want         string
		details      object
	}{
		{"POST", "/candidate-skills/batch", object{"records": skills(candidate, 101)}, "400 BATCH_SIZE_EXCEEDED", object{"max": 100, "actual": 101}},
		{"DELETE", "/candidate-skills/batch", object{"ids": many}, "400 BATCH_SIZE_EXCEEDED", object{"max": 25, "actual": 26}},
		{"PATCH", "/candidate-skills/batch", object{"records": list{object{"years": 1}, object{"id": skill, "years": 1}, object{"years": 2}}}, "400 BATCH_MISSING_IDS", object{"indices": list{0, 2}}},
		{"POST", "/candidate-skills/batch", object{"records": "all"}, "400 VALIDATION_FAILED", nil},
		{"POST", "/candidate-skills/batch", `[`, "400 INVALID_JSON", nil},
		{"POST", "/candidate-skills/batch", object{}, "400 VALIDATION_FAILED", nil},
		{"DELETE", "/candidate-skills/batch", object{"ids": list{skill, nil}}, "400 BATCH_MISSING_IDS", object{"indices": list{1}}},
	} {
		t.Run(c.method+" "+c.want, func(t *testing.T) {
			refused := boss.call(t, c.method, c.path, c.body).want(t, c.want)
			if c.details != nil {
				equal(t, "details", refused.at("details"), c.details)
			}
		})
	}
	equal(t, "nothing was written", boss.get(t, "/candidate-skills").want(t, "200").column(t, "id"), []string{skill})
	boss.call(t, http.MethodDelete, "/departments/batch", object{"ids": list{boss.department(t)}}).want(t, "405 METHOD_NOT_ALLOWED")
}
