package promises

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestBodiesOfFeatures shows that a resource written with q, beside a table of Drizzle in the same feature, reads its bodies strictly.
func TestBodiesOfFeatures(t *testing.T) {
	b := workshop(t)
	boss := b.home.as("owner")
	id := boss.repair(t)
	at := `"bookedAt":"2030-01-02T03:04:05.000Z"`
	for _, c := range []struct{ method, path, body, want, field string }{
		{"POST", "/repairs", `{"reference":`, "400 INVALID_JSON", ""},
		{"POST", "/repairs", `[]`, "400 INVALID_JSON", ""},
		{"PATCH", "/repairs/" + id, `nonsense`, "400 INVALID_JSON", ""},
		{"POST", "/repairs", `{}`, "400 VALIDATION_FAILED", "bookedAt"},
		{"POST", "/repairs", `{"reference":"r",` + at + `}`, "400 VALIDATION_FAILED", "reference"},
		{"POST", "/repairs", `{"reference":"` + strings.Repeat("r", 13) + `",` + at + `}`, "400 VALIDATION_FAILED", "reference"},
		{"POST", "/repairs", `{"reference":"rrr","bookedAt":"soon"}`, "400 VALIDATION_FAILED", "bookedAt"},
		{"POST", "/repairs", `{"reference":"rrr",` + at + `,"hours":-1}`, "400 VALIDATION_FAILED", "hours"},
		{"PATCH", "/repairs/" + id, `{"remark":"` + strings.Repeat("x", 41) + `"}`, "400 VALIDATION_FAILED", "remark"},
		{"PATCH", "/repairs/" + id, `{"hours":"many"}`, "400 VALIDATION_FAILED", "hours"},
		{"PATCH", "/repairs/" + id, `{"hours":null}`, "400 VALIDATION_FAILED", "hours"},
		{"PATCH", "/repairs/" + id, `{}`, "400 VALIDATION_FAILED", ""},
		{"PATCH", "/repairs/" + id, `{"colour":"red"}`, "400 GUARD_FIELD_NOT_UPDATABLE", "colour"},
		{"POST", "/repairs", `{"reference":"rrr",` + at + `,"colour":"red"}`, "400 GUARD_FIELD_NOT_CREATEABLE", "colour"},
		{"POST", "/repairs", `{"reference":"rrr",` + at + `,"status":"done"}`, "400 GUARD_FIELD_PROTECTED", "status"},
		{"POST", "/machines", `{"name":"n","ownerId":"o","state":"flying"}`, "400 VALIDATION_FAILED", "state"},
	} {
		got := boss.call(t, c.method, c.path, c.body).want(t, c.want)
		if c.field != "" && !strings.Contains(text(t, got.at("details", "fields")), `"`+c.field+`"`) {
			t.Errorf("%s is not named: %v", c.field, got)
		}
	}
}

// TestTooLarge shows that every kind of write has the same limit and says so alike.
func TestTooLarge(t *testing.T) {
	b := workshop(t)
	boss := b.home.as("owner")
	id, large := boss.machine(t), `{"name":"`+strings.Repeat("x", 1<<20)+`"}`
	for method, path := range map[string]string{"POST": "/machines", "PATCH": "/machines/" + id} {
		boss.call(t, method, path, large).want(t, "413 PAYLOAD_TOO_LARGE")
	}
	for _, path := range []string{"/readings/batch", "/machines/" + id + "/set", "/machines/found"} {
		boss.call(t, http.MethodPost, path, large).want(t, "413 PAYLOAD_TOO_LARGE")
	}
}

// TestDatabaseHoldsValues shows that the database itself refuses what no body could say, but code of the project can.
func TestDatabaseHoldsValues(t *testing.T) {
	onEach(t, func(t *testing.T, b *backend) {
		boss := b.home.as("owner")
		id := boss.machine(t)
		boss.call(t, http.MethodPost, "/machines/"+id+"/set", object{"column": "name", "value": nil}).want(t, "400 NOT_NULL_VIOLATION")
		equal(t, "name", boss.get(t, "/machines/"+id).want(t, "200").at("name") != nil, true)
		if schema := b.file(t, "src/features/repairs/schema.ts"); !strings.Contains(schema, "check('repairs_status_check'") {
			t.Errorf("no CHECK of the enum:\n%s", schema)
		}
		repair := boss.repair(t)
		refused := boss.call(t, http.MethodPost, "/machines/force-status", object{"id": repair, "status": "flying"}).want(t, "400 CHECK_VIOLATION")
		equal(t, "layer", refused.at("layer"), "database")
		equal(t, "status", boss.get(t, "/repairs/"+repair).want(t, "200").at("status"), "waiting")
	})
}

// TestNullClears shows that what may be null is emptied by null, and only that.
func TestNullClears(t *testing.T) {
	b := workshop(t)
	boss := b.home.as("owner")
	id := boss.repair(t, object{"remark": "squeaks", "promisedOn": "2030-01-02T03:04:05.000Z"})
	changed := boss.call(t, http.MethodPatch, "/repairs/"+id, object{"remark": nil, "promisedOn": nil}).want(t, "200")
	equal(t, "cleared", []any{changed.at("data", "remark"), changed.at("data", "promisedOn")}, []any{nil, nil})
	boss.get(t, "/repairs?createdAt.lt=2000-01-01T00:00:00.000Z").want(t, "200")
}

// TestUniqueAfterSoftDelete shows that a deleted row gives its value back, that a conflict names all columns as the definition does, and
// that another organization's value is none of ours.
func TestUniqueAfterSoftDelete(t *testing.T) {
	onEach(t, func(t *testing.T, b *backend) {
		home := newTenant(t, b)
		boss := home.as("owner")
		order := object{"reference": "the-one", "bookedAt": "2030-01-02T03:04:05.000Z"}
		first := boss.create(t, "/repairs", order)
		conflict := boss.call(t, http.MethodPost, "/repairs", order).want(t, "409 UNIQUE_VIOLATION")
		if said := text(t, conflict.at("details")); !strings.Contains(said, `"organizationId"`) || !strings.Contains(said, `"reference"`) || strings.Contains(conflict.raw, "organization_id") {
			t.Errorf("the columns by their names in the definition: %v", conflict)
		}
		home.people["manager"] = home.join(t, "manager")
		home.as("manager").call(t, http.MethodDelete, "/repairs/"+first, nil).want(t, "200")
		boss.create(t, "/repairs", order)
		boss.call(t, http.MethodPost, "/repairs", order).want(t, "409 UNIQUE_VIOLATION")
		newTenant(t, b).as("owner").create(t, "/repairs", order)
	})
}

// TestSystemColumnsAreColumns shows times and authors in filters, sorts, fields and views, and the order that holds without any.
func TestSystemColumnsAreColumns(t *testing.T) {
	b := workshop(t)
	home := newTenant(t, b)
	boss := home.as("owner")
	var ids []string
	for range 3 {
		ids = append(ids, boss.machine(t))
	}
	newest := slices.Clone(ids)
	slices.Reverse(newest)
	times := boss.get(t, "/machines?sort=createdAt,id").want(t, "200").column(t, "createdAt")
	sorted := slices.Clone(times)
	slices.Sort(sorted)
	equal(t, "ascending", times, sorted)
	equal(t, "the newest first", boss.get(t, "/machines").want(t, "200").column(t, "createdAt"), []string{times[2], times[1], times[0]})
	equal(t, "each once over pages", pages(t, boss, "/machines?limit=1", 3), 3)
	equal(t, "filter", len(boss.get(t, "/machines?createdAt.gte="+url.QueryEscape(times[0])).want(t, "200").column(t, "id")), 3)
	equal(t, "none before", boss.get(t, "/machines?createdAt.lt="+url.QueryEscape(times[0])).want(t, "200").column(t, "id"), []string{})
	equal(t, "author", len(boss.get(t, "/machines?createdBy="+boss.id).want(t, "200").column(t, "id")), 3)
	equal(t, "fields", keys(boss.get(t, "/machines?fields=createdAt,createdBy").want(t, "200").at("data", 0).(object)), []string{"createdAt", "createdBy"})
	equal(t, "null", len(boss.get(t, "/machines?approvedBy.isNull=true").want(t, "200").column(t, "id")), 3)
	equal(t, "not null", boss.get(t, "/machines?approvedBy.isNull=false").want(t, "200").column(t, "id"), []string{})
	// A resource's own default order is the API's too.
	for _, a := range []int{3, 1, 2} {
		boss.create(t, "/readings", object{"machineId": ids[0], "sensor": "s", "a": a})
	}
	equal(t, "defaultSort", boss.get(t, "/readings").want(t, "200").column(t, "a"), []string{"1", "2", "3"})
}

// pages walks over n pages and counts the different rows.
func pages(t *testing.T, who *caller, path string, n int) int {
	t.Helper()
	seen := map[string]bool{}
	for offset := range n {
		seen[who.get(t, fmt.Sprintf("%s&offset=%d", path, offset)).want(t, "200").column(t, "id")[0]] = true
	}
	return len(seen)
}

// TestOptInsAreTheLimit shows that a column's .filterable('eq') holds for lists and for views without a query of their own: that column,
// that operator, and the times that every table has.
func TestOptInsAreTheLimit(t *testing.T) {
	b := workshop(t)
	boss := b.home.as("owner")
	reference := unique("r")
	id := boss.create(t, "/repairs", object{"reference": reference, "bookedAt": "2030-01-02T03:04:05.000Z"})
	equal(t, "eq", boss.get(t, "/repairs?reference="+reference).want(t, "200").column(t, "id"), []string{id})
	for _, query := range []string{"reference.like=r", "reference.in=a,b", "hours=1", "status=waiting", "mechanicId=x"} {
		name, _, _ := strings.Cut(query, "=")
		refused := boss.get(t, "/repairs?"+query).want(t, "400 QUERY_INVALID")
		if !strings.Contains(refused.raw, strings.Split(name, ".")[0]) {
			t.Errorf("%s is not named: %v", name, refused)
		}
	}
}

// TestViewsBindWhatMayBeAsked shows that a view answers its fields of its rows, and can be asked for nothing outside of them.
func TestViewsBindWhatMayBeAsked(t *testing.T) {
	b := workshop(t)
	home := newTenant(t, b, "mechanic")
	boss := home.as("owner")
	open := boss.repair(t, object{"remark": "needle"})
	done := boss.repair(t)
	boss.call(t, http.MethodPost, "/repairs/"+done+"/begin", object{}).want(t, "200")
	boss.call(t, http.MethodPost, "/repairs/"+done+"/finish", object{}).want(t, "200")
	for _, path := range []string{"/repairs/views/board?", "/repairs?view=board&"} {
		got := boss.get(t, path+"total=true").want(t, "200")
		equal(t, "rows of the view", got.column(t, "id"), []string{open})
		equal(t, "total", got.at("pagination", "total"), 1)
		equal(t, "its columns", keys(got.at("data", 0).(object)), []string{"id", "reference", "status"})
		equal(t, "search", boss.get(t, path+"search=needle").want(t, "200").column(t, "id"), []string{})
		boss.get(t, path+"status=waiting&sort=reference").want(t, "200")
		for _, query := range []string{"remark.like=needle", "hours=1", "sort=hours", "reference=" + open} {
			boss.get(t, path+query).want(t, "400 QUERY_INVALID")
		}
		home.as("mechanic").get(t, path).want(t, "403 ACCESS_ROLE_REQUIRED")
	}
}

// TestTyposAreRefused shows that a mistyped parameter is named and returns nothing.
func TestTyposAreRefused(t *testing.T) {
	b := workshop(t)
	b.home.as("owner").machine(t)
	for query, named := range map[string]string{
		"nmae=x": "nmae", "name.lik=x": "lik", "sort=nmae": "nmae", "sort=-nmae": "nmae", "limt=1": "limt", "pin=abc": "pin", "state=ilde": "state", "limit=x": "limit", "serch=x": "serch",
	} {
		refused := b.home.as("owner").get(t, "/machines?"+query).want(t, "400 QUERY_INVALID")
		if !strings.Contains(text(t, refused.at("details")), named) || refused.at("data") != nil {
			t.Errorf("%s is not named: %v", named, refused)
		}
	}
}

// TestTimesAreEverywhere shows a column of q.timestamp in answers, and in the documents that describe them.
func TestTimesAreEverywhere(t *testing.T) {
	b := workshop(t)
	boss := b.home.as("owner")
	id := boss.repair(t, object{"bookedAt": "2030-01-02T04:04:05+01:00"})
	equal(t, "in UTC with milliseconds", boss.get(t, "/repairs/"+id).want(t, "200").at("bookedAt"), "2030-01-02T03:04:05.000Z")
	for _, path := range []string{"openapi.json", "schema-registry.json"} {
		content := b.file(t, path)
		for _, column := range []string{"bookedAt", "promisedOn", "deliveredAt"} {
			if !strings.Contains(content, `"`+column+`"`) {
				t.Errorf("%s has no %s", path, column)
			}
		}
	}
}

// TestNamesInSQL shows that tables and columns of q are named in the database as the registry says: in snake case.
func TestNamesInSQL(t *testing.T) {
	b := workshop(t)
	schema := b.file(t, "src/features/orders/schema.ts")
	for _, want := range []string{"sqliteTable('spare_part_orders'", "text('part_number')", "uniqueIndex('spare_part_orders_part_number_unique')"} {
		if !strings.Contains(schema, want) {
			t.Errorf("the schema has no %s:\n%s", want, schema)
		}
	}
	if found := regexp.MustCompile(`(sqliteTable|uniqueIndex|index|text|integer)\('[^']*[A-Z][^']*'`).FindString(schema); found != "" {
		t.Errorf("a name of SQL with capitals: %s", found)
	}
	if registry := b.file(t, "schema-registry.json"); !strings.Contains(registry, `"dbName": "spare_part_orders"`) {
		t.Error("the registry does not name the table as the database does")
	}
	equal(t, "and the API by its file", b.home.as("owner").call(t, http.MethodPost, "/spare-part-orders", object{"partNumber": unique("p")}).want(t, "201").at("data", "organizationId"), b.home.id)
}

// TestOrganizationByName shows that organizationId written as an ordinary required column is the scope: nobody sends it, it is stamped.
func TestOrganizationByName(t *testing.T) {
	b := workshop(t)
	boss := b.home.as("owner")
	equal(t, "stamped", boss.call(t, http.MethodPost, "/notices", object{"title": "Closed"}).want(t, "201").at("data", "organizationId"), b.home.id)
	boss.call(t, http.MethodPost, "/notices", object{"title": "Closed", "organizationId": b.home.id}).want(t, "400 GUARD_SYSTEM_MANAGED")
}
