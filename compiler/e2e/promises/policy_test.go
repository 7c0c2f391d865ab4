package promises

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestAlternativesOfActionAccess shows that each arm of an action's `or` stands for itself: who is let in by one needs nothing of another.
func TestAlternativesOfActionAccess(t *testing.T) {
	b := workshop(t)
	boss, mechanic, member := b.home.as("owner"), b.home.as("mechanic"), b.home.as("member")
	begin := func(who *caller, id string) answer {
		t.Helper()
		return who.call(t, http.MethodPost, "/repairs/"+id+"/begin", object{})
	}
	theirs := mechanic.repair(t)
	begin(member, theirs).want(t, "409 ACCESS_ACTION_NOT_ALLOWED_FOR_STATE")
	equal(t, "status", mechanic.get(t, "/repairs/"+theirs).want(t, "200").at("status"), "waiting")
	equal(t, "a manager begins anybody's", begin(b.home.as("manager"), theirs).want(t, "200").at("data", "status"), "working")
	equal(t, "an owner too", begin(boss, member.repair(t)).want(t, "200").at("data", "status"), "working")
	equal(t, "a mechanic their own", begin(mechanic, mechanic.repair(t)).want(t, "200").at("data", "status"), "working")
	equal(t, "and so does a member", begin(member, member.repair(t)).want(t, "200").at("data", "status"), "working")
	begin(nobody(b), theirs).want(t, "401 AUTH_MISSING")
}

// TestOwnRowsById shows that a condition with $ctx.userId holds for the caller's own row, read by its id, and for no other.
func TestOwnRowsById(t *testing.T) {
	b := workshop(t)
	id := b.home.as("mechanic").repair(t)
	b.home.as("mechanic").get(t, "/repairs/"+id).want(t, "200")
	b.home.as("member").get(t, "/repairs/"+id).want(t, "403 ACCESS_CONDITION_FAILED")
}

// TestTextsOfCodeStayTexts shows that what reads like a value of the context inside of a text is not touched.
func TestTextsOfCodeStayTexts(t *testing.T) {
	b := workshop(t)
	id := b.home.as("member").machine(t)
	said := b.home.as("member").call(t, http.MethodPost, "/machines/"+id+"/literal", object{}).want(t, "200")
	equal(t, "texts", said.at("data", "texts"), list{"$ctx.userId", "ctx.userId isn't a value", "the ctx.userId"})
}

// TestConditionsFilterListsOfOwnRows shows that members whose access depends on the row get their rows, not a refusal.
func TestConditionsFilterListsOfOwnRows(t *testing.T) {
	b := workshop(t)
	home := newTenant(t, b, "mechanic", "member", "manager")
	mine, other := home.as("mechanic").repair(t), home.as("manager").repair(t)
	equal(t, "mechanic", home.as("mechanic").get(t, "/repairs?total=true").want(t, "200").column(t, "id"), []string{mine})
	equal(t, "member", home.as("member").get(t, "/repairs?total=true").want(t, "200").at("pagination", "total"), 0)
	all := home.as("manager").get(t, "/repairs?total=true").want(t, "200")
	if ids := all.column(t, "id"); !slices.Contains(ids, mine) || !slices.Contains(ids, other) || len(ids) != 2 {
		t.Errorf("a manager sees both: %v", all)
	}
}

// TestScopeColumnOfAnyName shows a column that q.scope declares the owner's, under another name and beside another wall: it is stamped,
// nobody sends it, and it opens the owner's masks.
func TestScopeColumnOfAnyName(t *testing.T) {
	b := workshop(t)
	mechanic := b.home.as("mechanic")
	made := mechanic.call(t, http.MethodPost, "/repairs", object{"reference": unique("r"), "bookedAt": "2030-01-02T03:04:05.000Z", "phone": "555-123-4567"}).want(t, "201").record(t)
	equal(t, "stamped", made["mechanicId"], mechanic.id)
	id, _ := made["id"].(string)
	for method, path := range map[string]string{http.MethodPost: "/repairs", http.MethodPatch: "/repairs/" + id} {
		refused := b.home.as("owner").call(t, method, path, object{"mechanicId": "somebody"}).want(t, "400 GUARD_SYSTEM_MANAGED")
		equal(t, "fields", refused.at("details", "fields"), list{"mechanicId"})
	}
	equal(t, "the mechanic reads the number", mechanic.get(t, "/repairs/"+id).want(t, "200").at("phone"), "555-123-4567")
	equal(t, "the manager does not", b.home.as("manager").get(t, "/repairs/"+id).want(t, "200").at("phone"), "******4567")
	// It hides no row: the wall is the workshop's alone.
	b.home.as("manager").call(t, http.MethodPatch, "/repairs/"+id, object{"hours": 2}).want(t, "200")
	equal(t, "and stays", b.home.as("manager").get(t, "/repairs/"+id).want(t, "200").at("mechanicId"), mechanic.id)
}

// TestOwnerColumnOfBusiness shows that a column named ownerId, which the firewall does not use, is an ordinary one: in bodies, in lists
// and in what handlers insert.
func TestOwnerColumnOfBusiness(t *testing.T) {
	b := workshop(t)
	boss, member := b.home.as("owner"), b.home.as("member")
	id := boss.machine(t, object{"ownerId": "a customer"})
	equal(t, "as sent", member.get(t, "/machines/"+id).want(t, "200").at("ownerId"), "a customer")
	equal(t, "listed to others", member.get(t, "/machines?id="+id).want(t, "200").column(t, "ownerId"), []string{"a customer"})
	found := member.call(t, http.MethodPost, "/machines/found", object{"name": "Lathe", "ownerId": "another", "claim": object{}}).want(t, "200")
	equal(t, "from a handler", found.at("data", "ownerId"), "another")
}

// TestOwnerOfAMaskIsWhoCreated shows the owner of a row without an owner column, and that nobody owns nothing.
func TestOwnerOfAMaskIsWhoCreated(t *testing.T) {
	b := workshop(t)
	id := b.home.as("member").machine(t, object{"secretNote": "under the mat"})
	equal(t, "who created", b.home.as("member").get(t, "/machines/"+id).want(t, "200").at("secretNote"), "under the mat")
	equal(t, "somebody else", b.home.as("owner").get(t, "/machines/"+id).want(t, "200").at("secretNote"), "[REDACTED]")

	left := nobody(b).call(t, http.MethodPost, "/notices?organizationId="+b.home.id, object{"title": "Found a key", "contact": "john@yourdomain.com"}).want(t, "201")
	for _, who := range []*caller{nobody(b), b.home.as("owner")} { // createdBy is null: as undefined as the stranger's own id
		got := who.get(t, "/notices?organizationId="+b.home.id+"&id="+left.at("data", "id").(string)).want(t, "200")
		equal(t, "contact", got.column(t, "contact"), []string{"j***@y*********.com"})
	}
}

// TestCodeInFeatures shows access functions, custom masks and inline actions of a file that is one feature() call.
func TestCodeInFeatures(t *testing.T) {
	b := workshop(t)
	mechanic, member, manager := b.home.as("mechanic"), b.home.as("member"), b.home.as("manager")
	waiting, begun := mechanic.repair(t, object{"plate": "AB-123"}), mechanic.repair(t)
	mechanic.call(t, http.MethodPost, "/repairs/"+begun+"/begin", object{}).want(t, "200")

	equal(t, "custom mask", mechanic.get(t, "/repairs/"+waiting).want(t, "200").at("plate"), "AB (hidden)")
	equal(t, "who sees the value", manager.get(t, "/repairs/"+waiting).want(t, "200").at("plate"), "AB-123")

	member.call(t, http.MethodDelete, "/repairs/"+waiting, nil).want(t, "403 ACCESS_CONDITION_FAILED")
	mechanic.call(t, http.MethodDelete, "/repairs/"+begun, nil).want(t, "403 ACCESS_CONDITION_FAILED")
	mechanic.call(t, http.MethodDelete, "/repairs/"+waiting, nil).want(t, "200")

	done := mechanic.call(t, http.MethodPost, "/repairs/"+begun+"/finish", object{"remark": "new belt"}).want(t, "200").record(t)
	equal(t, "the patch that execute returns", []any{done["status"], done["remark"]}, []any{"done", "new belt"})
	manager.call(t, http.MethodDelete, "/repairs/"+begun, nil).want(t, "200")
}

// TestPlatformRolesOpenNothing shows that roles of the platform pass no rule that does not name them: a member who is an administrator of
// the platform is a member.
func TestPlatformRolesOpenNothing(t *testing.T) {
	b := workshop(t)
	member := b.home.as("member")
	for _, role := range []string{"admin", "owner"} { // nobody makes themselves one
		member.send(t, http.MethodPost, "/api/auth/update-user", object{"name": "x", "role": role})
	}
	id := b.home.as("owner").repair(t)
	member.get(t, "/repairs/"+id).want(t, "403 ACCESS_CONDITION_FAILED")
	member.call(t, http.MethodPatch, "/machines/"+b.home.as("owner").machine(t), object{"name": "x"}).want(t, "403 ACCESS_ROLE_REQUIRED")
	for _, path := range []string{"/admin/list-users", "/admin/set-role", "/admin/impersonate-user", "/api-key/create", "/api-key/list"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			got := b.home.as("owner").send(t, method, "/api/auth"+path, nil)
			if got.status != http.StatusNotFound {
				t.Errorf("a plugin that nobody asked for answers: %v", got)
			}
		}
	}
}

// TestOrderingOperatorsInAccess shows comparisons of a row in access rules.
func TestOrderingOperatorsInAccess(t *testing.T) {
	b := workshop(t)
	mechanic := b.home.as("mechanic")
	id := mechanic.repair(t, object{"hours": 9})
	mechanic.call(t, http.MethodPatch, "/repairs/"+id, object{"hours": 10}).want(t, "200")
	mechanic.call(t, http.MethodPatch, "/repairs/"+id, object{"hours": 9}).want(t, "403 ACCESS_CONDITION_FAILED") // lessThan: 10
	reading := mechanic.create(t, "/readings", object{"machineId": mechanic.machine(t), "sensor": "s", "a": 1, "b": 5})
	mechanic.call(t, http.MethodPatch, "/readings/"+reading, object{"b": 6}).want(t, "200") // lessThanOrEqual: 5
	mechanic.call(t, http.MethodPatch, "/readings/"+reading, object{"b": 5}).want(t, "403 ACCESS_CONDITION_FAILED")
}

// TestProjectionComesLast shows that ?fields= leaves neither a condition without its column nor a mask without its owner.
func TestProjectionComesLast(t *testing.T) {
	b := workshop(t)
	member := b.home.as("member")
	broken := member.machine(t, object{"state": "broken"})
	member.get(t, "/machines/"+broken+"?fields=id,name").want(t, "403 ACCESS_CONDITION_FAILED")
	id := member.machine(t, object{"secretNote": "under the mat"})
	for path, what := range map[string][]any{"/machines/" + id + "?fields=secretNote": {}, "/machines?fields=secretNote&id=" + id: {"data", 0}} {
		mine, other := member.get(t, path).want(t, "200"), b.home.as("manager").get(t, path).want(t, "200")
		equal(t, "mine", mine.at(what...), object{"secretNote": "under the mat"})
		equal(t, "another's", other.at(what...), object{"secretNote": "[REDACTED]"})
	}
}

// TestRoleComesBeforeTheRow shows that without the role an id that exists and one that does not answer alike.
func TestRoleComesBeforeTheRow(t *testing.T) {
	b := workshop(t)
	id := b.home.as("owner").machine(t)
	for _, path := range []string{"/machines/" + id, "/machines/mac_0"} {
		b.home.as("member").call(t, http.MethodPatch, path, "{").want(t, "403 ACCESS_ROLE_REQUIRED")
		b.home.as("member").call(t, http.MethodPost, path+"/approve", "{").want(t, "403 ACCESS_ROLE_REQUIRED")
		nobody(b).get(t, path).want(t, "401 AUTH_MISSING")
	}
}

// TestApostrophes shows that descriptions with apostrophes and quotes arrive whole in what is emitted.
func TestApostrophes(t *testing.T) {
	b := workshop(t)
	for _, path := range []string{"openapi.json", "schema-registry.json"} {
		content := b.file(t, path)
		for _, said := range []string{"Take it up: a manager anybody's, the others their own", `Says '$ctx.userId' and \"ctx.userId\" as they stand`} {
			if !strings.Contains(content, said) {
				t.Errorf("%s does not say %s", path, said)
			}
		}
	}
}
