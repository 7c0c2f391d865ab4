package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// document loads the OpenAPI file as it is served, to anybody, and checks that it is valid.
func document(t *testing.T, b *backend) *openapi3.T {
	t.Helper()
	served := nobody(b).send(t, http.MethodGet, "/openapi.json", nil, nil).want(t, "200")
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData([]byte(served.raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version %s", doc.OpenAPI)
	}
	return doc
}

// routes are the documented operations below /api/v1, as "GET /jobs/{id}".
func routes(t *testing.T, doc *openapi3.T) map[string]*openapi3.Operation {
	t.Helper()
	base := ""
	if len(doc.Servers) > 0 {
		var err error
		if base, err = doc.Servers[0].BasePath(); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		inside, api := strings.CutPrefix(strings.TrimSuffix(base, "/")+path, "/api/v1")
		for method, operation := range item.Operations() {
			if api {
				found[method+" "+inside] = operation
			}
		}
	}
	return found
}

// TestDocumentedRoutes shows that openapi.json has exactly the routes of the sample: those of accessTable.
func TestDocumentedRoutes(t *testing.T) {
	b := start(t)
	documented, expected := []string{}, []string{}
	for route := range routes(t, document(t, b)) {
		documented = append(documented, route)
	}
	for _, c := range accessCases(t) {
		expected = append(expected, c.method+" "+c.path)
	}
	slices.Sort(documented)
	slices.Sort(expected)
	expected = slices.Compact(expected)
	for _, route := range documented {
		if !slices.Contains(expected, route) {
			t.Errorf("documented, not declared: %s", route)
		}
	}
	for _, route := range expected {
		if !slices.Contains(documented, route) {
			t.Errorf("declared, not documented: %s", route)
		}
	}
}

// TestDocumentedAnswers shows that what the backend answers is what the document says it answers: status, media type, body.
func TestDocumentedAnswers(t *testing.T) {
	b := start(t)
	home := newTenant(t, b, manager, recruiter, interviewer)
	away := newTenant(t, b)
	operations := routes(t, document(t, b))
	for _, c := range accessCases(t) {
		operation := operations[c.method+" "+c.path]
		if operation == nil {
			t.Errorf("%s is not documented", c)
			continue
		}
		for _, asking := range []*caller{home.as(owner), home.as(interviewer), away.as(owner), nobody(b)} {
			path, body := requestFor(t, home, c)
			documented(t, operation, asking.call(t, c.method, path, body))
		}
	}
}

func documented(t *testing.T, operation *openapi3.Operation, got answer) {
	t.Helper()
	response := operation.Responses.Status(got.status)
	if response == nil || response.Value == nil {
		t.Errorf("status %d is not documented: %v", got.status, got)
		return
	}
	media := response.Value.Content.Get(got.header.Get("Content-Type"))
	if media == nil || media.Schema == nil || media.Schema.Value == nil {
		t.Errorf("the body of %d is not documented: %v", got.status, got)
		return
	}
	if err := media.Schema.Value.VisitJSON(got.json, openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("the document says otherwise: %v\n%v", err, got)
	}
}

// TestRoutesThatAreNot shows the answers to methods and paths that nobody declared.
func TestRoutesThatAreNot(t *testing.T) {
	home := newTenant(t, start(t))
	boss := home.as(owner)
	skill := boss.skill(t)
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/application-events", "404 NOT_FOUND"}, // an internal table
		{"GET", "/application_events", "404 NOT_FOUND"},
		{"GET", "/applicationEvents", "404 NOT_FOUND"},
		{"GET", "/applications/events", "403 FIREWALL_NOT_FOUND"}, // an id like any other
		{"GET", "/nothing", "404 NOT_FOUND"},
		{"GET", "/nothing/at/all", "404 NOT_FOUND"},
		{"GET", "/jobs/job_1/nothing/at/all", "404 NOT_FOUND"},
		{"GET", "/candidate-skills/" + skill, "405 METHOD_NOT_ALLOWED"}, // no get was declared
		{"PUT", "/candidates/cnd_1", "405 METHOD_NOT_ALLOWED"},
		{"PUT", "/candidates/batch", "405 METHOD_NOT_ALLOWED"},
		{"DELETE", "/departments/batch", "405 METHOD_NOT_ALLOWED"},
		{"DELETE", "/jobs", "405 METHOD_NOT_ALLOWED"},
		{"PATCH", "/jobs", "405 METHOD_NOT_ALLOWED"},
		{"POST", "/jobs/views/board", "405 METHOD_NOT_ALLOWED"},
		{"POST", "/reports/pipeline", "405 METHOD_NOT_ALLOWED"},
		{"GET", "/applications/app_1/advance-stage", "405 METHOD_NOT_ALLOWED"},
		{"POST", "/applications/app_1/history", "405 METHOD_NOT_ALLOWED"},
	} {
		t.Run(fmt.Sprint(c.method, strings.ReplaceAll(c.path, "/", " ")), func(t *testing.T) {
			var body any
			if c.method != "GET" {
				body = object{}
			}
			got := boss.call(t, c.method, c.path, body).want(t, c.want)
			if got.status == http.StatusMethodNotAllowed && got.header.Get("Allow") == "" {
				t.Errorf("405 says what is allowed: %v", got.header)
			}
		})
	}
	nobody(home.b).send(t, http.MethodGet, "/nothing", nil, nil).want(t, "404 NOT_FOUND")
	nobody(home.b).send(t, http.MethodPost, "/health", object{}, nil).want(t, "405 METHOD_NOT_ALLOWED")
}

// TestUndeclaredMethods asks each documented path with each method that it does not have.
func TestUndeclaredMethods(t *testing.T) {
	b := start(t)
	boss := newTenant(t, b).as(owner)
	operations := routes(t, document(t, b))
	paths := map[string]bool{}
	for route := range operations {
		_, path, _ := strings.Cut(route, " ")
		paths[path] = true
	}
	for path := range paths {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if operations[method+" "+path] == nil {
				boss.call(t, method, strings.ReplaceAll(path, "{id}", "xyz_1"), nil).want(t, "405 METHOD_NOT_ALLOWED")
			}
		}
	}
}

// TestResponseHeaders shows what goes along with every answer, refusals included.
func TestResponseHeaders(t *testing.T) {
	b := start(t)
	for _, path := range []string{"/health", "/openapi.json", "/api/v1/jobs", "/api/v1/nothing", "/api/auth/get-session"} {
		got := nobody(b).send(t, http.MethodGet, path, nil, nil)
		for _, name := range []string{"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"} {
			if got.header.Get(name) == "" {
				t.Errorf("%s has no %s", path, name)
			}
		}
		foreign := nobody(b).send(t, http.MethodGet, path, nil, http.Header{"Origin": {"https://elsewhere.example"}})
		if allowed := foreign.header.Get("Access-Control-Allow-Origin"); allowed != "" {
			t.Errorf("%s may be read from elsewhere: %s", path, allowed)
		}
	}
}
