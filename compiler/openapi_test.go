package compiler

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/compiler/emit/openapi"
	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/diagnostics/text"
)

func document(t *testing.T, files map[text.Path]string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(files["openapi.json"]))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestOpenAPIIsValid(t *testing.T) {
	for name, s := range map[string]*analysis.Snapshot{"recruiting": recruiting(t), "wide": snapshot(t, wide(t))} {
		if err := document(t, emitted(t, s)).Validate(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// listing prints the routes that an emitted backend builds of its policies.
const listing = `import { app } from './src/app.ts';
import { createRuntime } from './src/lib/routes.ts';
const runtime = { ...createRuntime({ db: undefined, resources: app.resources }), scoped: () => undefined };
for (const [segment, routes] of app.routes) for (const { method, path, bind } of routes) {
  bind(runtime);
  console.log(method, ('/api/v1/' + segment + path).replace(/\/$/, '').replace(':id', '{id}'));
}
`

// TestOpenAPIHasTheRoutesAndNoOthers compares the document with the routes of the emitted backend.
func TestOpenAPIHasTheRoutesAndNoOthers(t *testing.T) {
	files := emitted(t, recruiting(t))
	dir := onDisk(t, files)
	if err := os.WriteFile(filepath.Join(dir, "routes.mjs"), []byte(listing), 0o644); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(workspace.Bun(t), "routes.mjs")
	run.Dir = dir
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := strings.Split(strings.TrimSpace(string(out)), "\n")
	var got []string
	for path, item := range document(t, files).Paths.Map() {
		if strings.HasPrefix(path, "/api/v1/") {
			for method := range item.Operations() {
				got = append(got, method+" "+path)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 50 || !slices.Equal(got, want) {
		t.Errorf("documented:\n%s\nserved:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestOpenAPIKnowsTheLibrarysErrors compares the closed list of codes with lib/errors.ts.
func TestOpenAPIKnowsTheLibrarysErrors(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("runtime", "lib", "errors.ts"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z_]+): \[\d+, '`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, m[1])
	}
	slices.Sort(want)
	got := slices.Sorted(slices.Values(openapi.Codes))
	if !slices.Equal(got, want) {
		t.Errorf("documented %v\nlibrary %v", got, want)
	}
}

func TestOpenAPISaysWhatAClientReliesOn(t *testing.T) {
	doc := document(t, emitted(t, recruiting(t)))
	create := doc.Components.Schemas["JobsCreate"].Value
	if !slices.Equal(create.Required, []string{"departmentId", "title"}) {
		t.Errorf("a job requires %v", create.Required)
	}
	if create.Properties["status"] != nil || create.Properties["organizationId"] != nil {
		t.Error("a protected or stamped column is in the body of create")
	}
	job := doc.Components.Schemas["Jobs"].Value
	if got := job.Properties["status"].Value.Enum; !slices.Equal(got, []any{"draft", "open", "closed"}) {
		t.Errorf("the states of a job: %v", got)
	}
	if got := job.Properties["salaryMin"].Value.Type.Slice(); !slices.Contains(got, "string") || !slices.Contains(got, "integer") {
		t.Errorf("a masked salary is %v: masks make text of it", got)
	}
	if job.Properties["department_label"] == nil {
		t.Error("the label of the department is missing")
	}
	batch := doc.Paths.Find("/api/v1/candidate-skills/batch").Delete.RequestBody.Value.Content["application/json"].Schema.Value
	if got := batch.Properties["ids"].Value.MaxItems; got == nil || *got != 25 {
		t.Errorf("a batch of deletions takes %v", got)
	}
	list := doc.Paths.Find("/api/v1/jobs").Get
	if list.Extensions["x-quickback-access"] == nil || list.Parameters.GetByInAndName("query", "salaryMin.gte") == nil {
		t.Error("a list without its access or its filters")
	}
}

// TestOpenAPIMarksPublicRoutes: a generated client must neither demand a session where none is needed nor leave it out elsewhere.
func TestOpenAPIMarksPublicRoutes(t *testing.T) {
	doc := document(t, emitted(t, snapshot(t, wide(t))))
	create, list := doc.Paths.Find("/api/v1/every").Post, doc.Paths.Find("/api/v1/every").Get
	if create.Security == nil || len(*create.Security) != 3 || len((*create.Security)[0]) != 0 || create.Parameters.GetByInAndName("query", "organizationId") == nil {
		t.Errorf("creating is open to everybody, and the organization must be named: %v %v", create.Security, create.Parameters)
	}
	if list.Security != nil || list.Parameters.GetByInAndName("query", "organizationId") != nil {
		t.Errorf("listing needs a session: %v", list.Security)
	}
	if create.Responses.Value("401") != nil {
		t.Error("a public route does not ask for a session")
	}
}

// TestOpenAPIOfActionsThatChangeTheRecord: an action of feature() that visibly returns what it changes answers the record, others anything.
func TestOpenAPIOfActionsThatChangeTheRecord(t *testing.T) {
	const orders = `import { feature, q } from '@quickback/compiler';

export default feature('orders', {
  columns: { id: q.id(), state: q.enum(['open', 'sent']).default('open').protected(), organizationId: q.scope('organization') },
  read: { access: { roles: ['member'] } },
  actions: {
    send: { description: 'Send it', access: { roles: ['member'] }, execute: async () => ({ state: 'sent' }) },
    count: { description: 'Count them', standalone: true, access: { roles: ['member'] }, execute: async () => ({ n: 1 }) },
  },
});
`
	doc := document(t, emitted(t, snapshot(t, fstest.MapFS{
		"quickback/quickback.config.ts": {Data: []byte(config)}, "quickback/features/orders/orders.ts": {Data: []byte(orders)},
	})))
	answer := func(path string) *openapi3.SchemaRef {
		t.Helper()
		return doc.Paths.Find(path).Post.Responses.Value("200").Value.Content["application/json"].Schema.Value.Properties["data"]
	}
	if got := answer("/api/v1/orders/{id}/send"); got.Ref != "#/components/schemas/Order" && got.Ref != "#/components/schemas/Orders" {
		t.Errorf("send answers %q", got.Ref)
	}
	if got := answer("/api/v1/orders/count"); got.Ref != "" {
		t.Errorf("count answers %q", got.Ref)
	}
}

// TestOpenAPISaysACommonThingOnce: the filters of columns that every table has, and the refusals, are components that operations refer to.
func TestOpenAPISaysACommonThingOnce(t *testing.T) {
	doc := document(t, emitted(t, recruiting(t)))
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			for status, r := range operation.Responses.Map() {
				if status >= "4" && strings.HasPrefix(path, "/api/v1/") && r.Ref == "" {
					t.Errorf("%s %s says %s by itself", method, path, status)
				}
			}
		}
	}
	for _, path := range []string{"/api/v1/jobs", "/api/v1/candidates"} {
		found := false
		for _, p := range doc.Paths.Find(path).Get.Parameters {
			if p.Value.Name == "createdAt.gte" {
				found = p.Ref == "#/components/parameters/createdAt.gte.date-time"
			}
		}
		if !found {
			t.Errorf("%s filters createdAt by a parameter of its own", path)
		}
	}
}
