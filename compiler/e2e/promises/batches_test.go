package promises

import (
	"net/http"
	"testing"
)

// readings are n rows of a wide table.
func readings(machine string, n int) list {
	out := list{}
	for i := range n {
		out = append(out, object{"machineId": machine, "sensor": unique("s"), "a": i, "c": 1, "d": 2, "e": 3, "f": 4, "g": 5, "h": 6, "i": 7, "j": 8})
	}
	return out
}

// TestWideBatches writes, changes and deletes a hundred rows of sixteen columns at once, in one unit and row by row: far more values than
// the smallest database binds in one statement.
func TestWideBatches(t *testing.T) {
	onEach(t, func(t *testing.T, b *backend) {
		boss := newTenant(t, b).as("owner")
		for _, atomic := range []bool{true, false} {
			options := object{"atomic": atomic}
			made := boss.call(t, http.MethodPost, "/readings/batch", object{"records": readings(boss.machine(t), 100), "options": options}).want(t, "201")
			equal(t, "made", made.at("meta"), object{"total": 100, "succeeded": 100, "failed": 0, "atomic": atomic})
			ids, changes := list{}, list{}
			for i := range 100 {
				id := made.at("success", i, "id")
				ids, changes = append(ids, id), append(changes, object{"id": id, "a": i + 1, "c": 2, "d": 3, "e": 4, "f": 5, "g": 6, "h": 7, "i": 8, "j": 9})
			}
			changed := boss.call(t, http.MethodPatch, "/readings/batch", object{"records": changes, "options": options}).want(t, "200")
			equal(t, "changed", changed.at("success", 99, "a"), 100)
			gone := boss.call(t, http.MethodDelete, "/readings/batch", object{"ids": ids, "options": options}).want(t, "200")
			equal(t, "deleted", gone.at("meta", "succeeded"), 100)
			equal(t, "left", boss.get(t, "/readings?total=true").want(t, "200").at("pagination", "total"), 0)
		}
	})
}

// TestBadRowsOfBatches shows that a bad row is blamed alone, for what is wrong with it, and that an atomic batch then writes nothing.
func TestBadRowsOfBatches(t *testing.T) {
	onEach(t, func(t *testing.T, b *backend) {
		boss := newTenant(t, b).as("owner")
		machine := boss.machine(t)
		records := readings(machine, 4)
		records[1].(object)["a"] = "many"
		records[2].(object)["machineId"] = "mch_0"
		refused := boss.call(t, http.MethodPost, "/readings/batch", object{"records": records, "options": object{"atomic": true}}).want(t, "400 BATCH_ATOMIC_FAILED")
		equal(t, "which", refused.at("details", "failedAt"), 1)
		equal(t, "nothing", boss.get(t, "/readings").want(t, "200").column(t, "id"), []string{})

		mixed := boss.call(t, http.MethodPost, "/readings/batch", object{"records": records}).want(t, "207")
		equal(t, "meta", mixed.at("meta"), object{"total": 4, "succeeded": 2, "failed": 2, "atomic": false})
		equal(t, "first", []any{mixed.at("errors", 0, "index"), mixed.at("errors", 0, "error", "code")}, []any{1, "VALIDATION_FAILED"})
		equal(t, "second", []any{mixed.at("errors", 1, "index"), mixed.at("errors", 1, "error", "code")}, []any{2, "FK_NOT_FOUND"})

		// Every row is in one of the two lists, also one whose condition fails and one that is not there.
		shut := boss.create(t, "/readings", object{"machineId": machine, "sensor": "s", "a": 1, "b": 6})
		patched := boss.call(t, http.MethodPatch, "/readings/batch", object{"records": list{
			object{"id": mixed.at("success", 0, "id"), "a": 9}, object{"id": shut, "a": 9}, object{"id": "rdn_0", "a": 9},
		}}).want(t, "207")
		equal(t, "meta", patched.at("meta"), object{"total": 3, "succeeded": 1, "failed": 2, "atomic": false})
		equal(t, "condition", patched.at("errors", 0, "error", "code"), "ACCESS_CONDITION_FAILED")
		equal(t, "missing", patched.at("errors", 1, "error", "code"), "NOT_FOUND")
		atomic := boss.call(t, http.MethodPatch, "/readings/batch", object{"records": list{
			object{"id": mixed.at("success", 0, "id"), "a": 10}, object{"id": shut, "a": 10},
		}, "options": object{"atomic": true}}).want(t, "400 BATCH_ATOMIC_FAILED")
		equal(t, "why", atomic.at("details", "failedAt"), 1)
		equal(t, "unchanged", boss.get(t, "/readings/"+mixed.at("success", 0, "id").(string)).want(t, "200").at("a"), 9)
	})
}

// TestCascadesGoAllTheWay deletes a row whose children, grandchildren and their children have no routes of their own.
func TestCascadesGoAllTheWay(t *testing.T) {
	onEach(t, func(t *testing.T, b *backend) {
		home := newTenant(t, b, "manager")
		boss := home.as("manager")
		repair, kept := boss.repair(t), boss.repair(t)
		for _, of := range []string{repair, kept} {
			step := boss.create(t, "/steps", object{"repairId": of, "title": "t"})
			boss.call(t, http.MethodPost, "/machines/photograph", object{"stepId": step}).want(t, "200")
		}
		left := func() any { return boss.get(t, "/machines/pictures").want(t, "200").at("data") }
		equal(t, "before", left(), object{"steps": 2, "photos": 2, "thumbnails": 2})
		boss.call(t, http.MethodDelete, "/repairs/"+repair, nil).want(t, "200")
		equal(t, "after", left(), object{"steps": 1, "photos": 1, "thumbnails": 1})
	})
}

// TestNamesOfForeignKeys shows the label of a foreign key into another feature: in lists, in single rows, in answers to writes.
func TestNamesOfForeignKeys(t *testing.T) {
	b := workshop(t)
	boss := b.home.as("owner")
	made := boss.call(t, http.MethodPost, "/readings", object{"machineId": boss.machine(t, object{"name": "Lathe"}), "sensor": "s", "a": 1}).want(t, "201")
	id := made.at("data", "id").(string)
	equal(t, "create", made.at("data", "machine_label"), "Lathe")
	equal(t, "get", boss.get(t, "/readings/"+id).want(t, "200").at("machine_label"), "Lathe")
	equal(t, "list", boss.get(t, "/readings?id="+id).want(t, "200").at("data", 0, "machine_label"), "Lathe")
}
