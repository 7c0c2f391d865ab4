package promises

import (
	"net/http"
	"strings"
	"testing"
)

// TestMissingContextRefuses shows that code without a table, and every other code and route, refuses a caller whose session has no
// organization: nothing is answered from everybody's rows.
func TestMissingContextRefuses(t *testing.T) {
	b := workshop(t)
	b.home.as("owner").machine(t)
	person, _ := signUp(t, b)
	person.auth(t, "/organization/set-active", object{"organizationId": nil})
	id := b.home.as("owner").repair(t)
	for _, route := range []struct {
		method, path string
		body         any
	}{
		{"GET", "/repairs", nil}, {"GET", "/repairs/" + id, nil}, {"PATCH", "/repairs/" + id, object{"hours": 2}}, {"DELETE", "/repairs/" + id, nil},
		{"GET", "/repairs/views/board", nil}, {"POST", "/repairs/" + id + "/begin", object{}},
		{"POST", "/readings/batch", object{"records": list{object{}}}}, {"PATCH", "/readings/batch", object{"records": list{object{"id": "x"}}}}, {"DELETE", "/readings/batch", object{"ids": list{"x"}}},
		{"GET", "/machines/everything", nil}, {"POST", "/machines/rename", object{"name": "x"}},
		{"GET", "/reports/inventory.csv", nil}, // of a feature without tables, open to any session
	} {
		person.call(t, route.method, route.path, route.body).want(t, "403 ACCESS_NO_ORG")
	}
}

// TestHandlersSeeTheirOwnOrganization shows every way of reading and writing that Drizzle has, without any condition: joined tables,
// relational queries, .all(), .get() and .run() stay inside.
func TestHandlersSeeTheirOwnOrganization(t *testing.T) {
	onEach(t, func(t *testing.T, b *backend) {
		foreign := newTenant(t, b)
		theirs, repair := foreign.as("owner").machine(t, object{"name": "Theirs"}), foreign.as("owner").repair(t)
		home := newTenant(t, b)
		got := home.as("owner").get(t, "/machines/everything").want(t, "200")
		equal(t, "nothing there yet", got.at("data"), object{"all": list{}, "one": nil, "relational": list{}, "first": nil, "joined": list{}, "left": list{}, "count": 0})

		machine := home.as("owner").machine(t)
		mine := home.as("owner").repair(t)
		got = home.as("owner").get(t, "/machines/everything").want(t, "200")
		equal(t, "own rows", got.at("data"), object{
			"all": list{machine}, "one": machine, "relational": list{machine}, "first": machine, "joined": list{machine, mine}, "left": list{machine, mine}, "count": 1,
		})
		if strings.Contains(got.raw, theirs) || strings.Contains(got.raw, repair) {
			t.Errorf("rows of another organization: %v", got)
		}
		home.as("owner").call(t, http.MethodPost, "/machines/rename", object{"name": "Renamed"}).want(t, "200")
		equal(t, "own machine", home.as("owner").get(t, "/machines/"+machine).want(t, "200").at("name"), "Renamed")
		equal(t, "their machine", foreign.as("owner").get(t, "/machines/"+theirs).want(t, "200").at("name"), "Theirs")
		file := home.as("owner").get(t, "/reports/inventory.csv").want(t, "200")
		equal(t, "a file of own rows", []string{file.raw, file.header.Get("Content-Type")}, []string{"Renamed", "text/csv"})
		equal(t, "its name", strings.HasPrefix(file.header.Get("Content-Disposition"), `attachment; filename="inventory.csv"`), true)
	})
}

// TestHandlersClaimNothing shows what a handler inserts under columns of the system: the caller's session decides, and the id is made.
func TestHandlersClaimNothing(t *testing.T) {
	b := workshop(t)
	member := b.home.as("member")
	made := member.call(t, http.MethodPost, "/machines/found", object{"name": "Press", "ownerId": "o", "claim": object{
		"organizationId": "another", "createdBy": "mallory", "modifiedBy": "mallory", "deletedAt": "2030-01-01T00:00:00.000Z", "createdAt": "1999-01-01T00:00:00.000Z",
	}}).want(t, "200").record(t)
	equal(t, "organization", made["organizationId"], b.home.id)
	equal(t, "createdBy", made["createdBy"], member.id)
	equal(t, "modifiedBy", made["modifiedBy"], member.id)
	equal(t, "not deleted", made["deletedAt"], nil)
	if at, _ := made["createdAt"].(string); !strings.HasPrefix(at, "20") {
		t.Errorf("createdAt is the server's: %v", made)
	}
}

// TestIdsOfHandlers shows that rows which handlers insert get ids like all others, and that no two tables share a prefix.
func TestIdsOfHandlers(t *testing.T) {
	b := workshop(t)
	member := b.home.as("member")
	byRoute := member.machine(t)
	byCode, _ := member.call(t, http.MethodPost, "/machines/found", object{"name": "Saw", "ownerId": "o", "claim": object{}}).want(t, "200").at("data", "id").(string)
	prefix := func(id string) string {
		t.Helper()
		name, rest, found := strings.Cut(id, "_")
		if !found || len(name) != 3 || len(rest) != 32 || name != strings.ToLower(name) {
			t.Errorf("an id is three small letters, _ and 32 digits: %s", id)
		}
		return name
	}
	equal(t, "prefix", prefix(byCode), prefix(byRoute))
	repair := b.home.as("owner").repair(t)
	step := b.home.as("owner").create(t, "/steps", object{"repairId": repair, "title": "t"})
	photo := b.home.as("owner").call(t, http.MethodPost, "/machines/photograph", object{"stepId": step}).want(t, "200")
	seen := map[string]string{}
	for table, id := range map[string]string{
		"machines": byRoute, "repairs": repair, "steps": step,
		"photos": photo.at("data", "photo", "id").(string), "thumbnails": photo.at("data", "thumbnail", "id").(string),
		"orders": member.create(t, "/spare-part-orders", object{"partNumber": unique("p")}),
	} {
		if other := seen[prefix(id)]; other != "" {
			t.Errorf("%s and %s share a prefix: %s", table, other, id)
		}
		seen[prefix(id)] = table
	}
}

// TestProtectedFieldsInHandlers shows that code of an action that is not named for a protected column cannot write it, nor columns of the
// system, and that the log says which action tried.
func TestProtectedFieldsInHandlers(t *testing.T) {
	b := workshop(t)
	manager := b.home.as("manager")
	id := manager.machine(t)
	set := func(column string, value any) answer {
		t.Helper()
		return manager.call(t, http.MethodPost, "/machines/"+id+"/set", object{"column": column, "value": value})
	}
	set("approvedBy", "me").want(t, "500 INTERNAL_ERROR")
	b.output.await(t, "which action tried to write what", func(said string) bool {
		return strings.Contains(said, "GUARD_FIELD_PROTECTED: column approvedBy of machines") && strings.Contains(said, "set may not")
	})
	for column, value := range map[string]any{"organizationId": "another", "createdBy": "mallory", "deletedAt": nil, "id": "mac_1"} {
		set(column, value).want(t, "500 INTERNAL_ERROR")
	}
	equal(t, "unchanged", manager.get(t, "/machines/"+id).want(t, "200").at("approvedBy"), nil)
	equal(t, "the named action may", manager.call(t, http.MethodPost, "/machines/"+id+"/approve", object{}).want(t, "200").at("data", "approvedBy"), manager.id)
	set("name", "Drill").want(t, "200")
}

// TestHandlersNameColumns shows that a handler which writes what is no column fails, that the log names it, and that nothing of its row is
// written.
func TestHandlersNameColumns(t *testing.T) {
	onEach(t, func(t *testing.T, b *backend) {
		member := newTenant(t, b, "member").as("member")
		id := member.machine(t, object{"name": "Drill"})
		member.call(t, http.MethodPost, "/machines/"+id+"/set", object{"column": "nmae", "value": "Saw"}).want(t, "500 INTERNAL_ERROR")
		b.output.await(t, "what is no column", func(said string) bool { return strings.Contains(said, "machines has no column nmae") })
		member.call(t, http.MethodPost, "/machines/found", object{"name": "Press", "ownerId": "o", "claim": object{"nmae": "Saw"}}).want(t, "500 INTERNAL_ERROR")
		member.call(t, http.MethodPost, "/machines/found", object{"name": "Press", "ownerId": "o", "claim": object{"organization_id": "another"}}).want(t, "500 INTERNAL_ERROR")
		rows := member.get(t, "/machines").want(t, "200")
		equal(t, "rows", rows.column(t, "name"), []string{"Drill"})
		equal(t, "not even touched", rows.at("data", 0, "modifiedAt"), rows.at("data", 0, "createdAt"))
	})
}

// TestActionAnswersAreMasked shows the masks of a table in what code answers with its rows.
func TestActionAnswersAreMasked(t *testing.T) {
	b := workshop(t)
	id := b.home.as("owner").machine(t, object{"serviceEmail": "john@yourdomain.com", "secretNote": "under the mat"})
	said := b.home.as("member").call(t, http.MethodPost, "/machines/"+id+"/set", object{"column": "name", "value": "Drill"}).want(t, "200")
	equal(t, "email", said.at("data", "serviceEmail"), "j***@y*********.com")
	equal(t, "note", said.at("data", "secretNote"), "[REDACTED]")
}

// TestOddValuesAreMasked shows values that do not fit the type of their mask: nothing of them leaves.
func TestOddValuesAreMasked(t *testing.T) {
	b := workshop(t)
	id := b.home.as("owner").machine(t, object{"serviceEmail": "not an address", "servicePhone": "911", "pin": 7})
	seen := b.home.as("member").get(t, "/machines/"+id).want(t, "200")
	equal(t, "no address", seen.at("serviceEmail"), strings.Repeat("*", len("not an address")))
	equal(t, "under four digits", seen.at("servicePhone"), "***")
	equal(t, "a number", seen.at("pin"), "*")
	b.home.as("owner").call(t, http.MethodPatch, "/machines/"+id, object{"serviceEmail": nil, "servicePhone": "call Jim 555-1234"}).want(t, "200")
	seen = b.home.as("member").get(t, "/machines/"+id).want(t, "200")
	equal(t, "null", seen.at("serviceEmail"), nil)
	equal(t, "words among digits", seen.at("servicePhone"), strings.Repeat("*", len("call Jim 555-1234")))
}
