package e2e

import (
	"strings"
	"testing"
)

// requestFor makes what a line of accessTable asks for: rows of the home organization, and a body that would be accepted.
// Each call makes new rows, because many of the requests use them up.
func requestFor(t *testing.T, home *tenant, c accessCase) (path string, body any) {
	t.Helper()
	id := ""
	if strings.Contains(c.path, "{id}") || c.path == collection(c.path)+"/batch" && c.method != "POST" {
		id = target(t, home, collection(c.path), c.variant)
	}
	path = strings.ReplaceAll(c.path, "{id}", id)
	switch {
	case c.method == "GET":
		return path, nil
	case strings.HasSuffix(path, "/batch") && c.method == "DELETE":
		return path, object{"ids": list{id}}
	case strings.HasSuffix(path, "/batch") && c.method == "PATCH":
		return path, object{"records": list{with(patchBody(collection(path)), object{"id": id})}}
	case strings.HasSuffix(path, "/batch"):
		return path, object{"records": list{createBody(t, home, collection(path))}}
	case c.method == "DELETE":
		return path, nil
	case c.method == "PATCH":
		return path, patchBody(collection(path))
	case path == collection(path):
		return path, createBody(t, home, path)
	default:
		return path, actionBody(path[strings.LastIndex(path, "/")+1:], c.variant)
	}
}

// collection is the first segment of a path, with its slash.
func collection(path string) string {
	if slash := strings.Index(path[1:], "/"); slash >= 0 {
		return path[:slash+1]
	}
	return path
}

// target is a new row of the collection, in the state that the variant names.
func target(t *testing.T, home *tenant, collection, variant string) string {
	t.Helper()
	boss := home.as(owner)
	switch collection {
	case "/departments":
		return boss.department(t)
	case "/jobs":
		return jobIn(t, boss, variant)
	case "/candidates":
		return boss.candidate(t)
	case "/candidate-skills":
		return boss.skill(t)
	case "/applications":
		if variant != "rejected" {
			return boss.application(t, variant)
		}
		id := boss.application(t, "applied")
		boss.call(t, "POST", "/applications/"+id+"/reject", object{"reason": "withdrew"}).want(t, "200")
		return id
	case "/interview-notes":
		return home.as(strings.TrimSuffix(variant, "'s")).note(t, boss.application(t, "applied"))
	}
	t.Fatalf("no rows in %s", collection)
	return ""
}

func jobIn(t *testing.T, boss *caller, status string) string {
	t.Helper()
	if status == "draft" {
		return boss.job(t)
	}
	id := boss.openJob(t)
	if status == "closed" {
		boss.call(t, "POST", "/jobs/"+id+"/close", object{}).want(t, "200")
	}
	return id
}

// createBody is an acceptable row of the collection, which refers to rows of the home organization.
func createBody(t *testing.T, home *tenant, collection string) object {
	t.Helper()
	boss := home.as(owner)
	switch collection {
	case "/departments":
		return departmentFields()
	case "/jobs":
		return object{"title": unique("Job"), "departmentId": boss.department(t)}
	case "/candidates":
		return candidateFields()
	case "/candidate-skills":
		return object{"candidateId": boss.candidate(t), "name": unique("Skill")}
	case "/applications":
		return object{"jobId": boss.job(t), "candidateId": boss.candidate(t)}
	case "/interview-notes":
		return object{"applicationId": boss.application(t, "applied"), "content": unique("Content")}
	}
	t.Fatalf("nothing is created in %s", collection)
	return nil
}

func patchBody(collection string) object {
	return map[string]object{
		"/departments":      {"name": "Renamed"},
		"/jobs":             {"title": "Renamed"},
		"/candidates":       {"name": "Renamed"},
		"/candidate-skills": {"years": 7},
		"/applications":     {"notes": "Rewritten"},
		"/interview-notes":  {"content": "Rewritten"},
	}[collection]
}

// actionBody is an acceptable input of the action for a row in the state that the variant names.
func actionBody(action, variant string) object {
	switch action {
	case "advance-stage":
		if variant == "interview" {
			return object{"stage": "offer"}
		}
		return object{"stage": "screening", "note": "promising"}
	case "reject":
		return object{"reason": "withdrew"}
	case "add-impression":
		return object{"line": "friendly"}
	case "import":
		return object{"candidates": list{object{"name": "Imported", "email": unique("import") + "@agency.example"}}}
	}
	return object{}
}
