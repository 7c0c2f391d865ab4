package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

const crowd = 100 // requests at once

// rush sends a request for each of n callers at once, and returns their answers in that order.
func rush(n int, ask func(i int) answer) []answer {
	got := make([]answer, n)
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			<-start
			got[i] = ask(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return got
}

// oneWins checks that one answer is a success and all others are refused with one of the codes, written "409 CODE". It returns who won.
func oneWins(t *testing.T, got []answer, refusals ...string) int {
	t.Helper()
	winner := -1
	for i, a := range got {
		switch said := fmt.Sprintf("%d %s", a.status, a.code()); {
		case a.status == http.StatusOK && winner < 0:
			winner = i
		case a.status == http.StatusOK:
			t.Errorf("both won: %v\n%v", got[winner], a)
		case !slices.Contains(refusals, said):
			t.Errorf("want one of %v: %v", refusals, a)
		default:
			a.wellFormed(t)
		}
	}
	if winner < 0 {
		t.Fatalf("nobody won: %v", got[0])
	}
	return winner
}

// lost counts the answers with a code.
func lost(got []answer, code string) (n int) {
	for _, a := range got {
		if a.code() == code {
			n++
		}
	}
	return n
}

// until repeats a race until somebody lost it at the very end: when all came one after the other it showed nothing.
func until(t *testing.T, what string, race func() int) {
	t.Helper()
	for range 200 {
		if race() > 0 {
			return
		}
	}
	t.Errorf("%s: in two hundred rushes no two met", what)
}

const (
	lostAtTheEnd = "409 ACCESS_TRANSITION_LOST"
	cameLater    = "409 ACCESS_ACTION_NOT_ALLOWED_FOR_STATE"
)

// TestOneTransitionWins sends a hundred conflicting transitions of one record at once: exactly one happens, whole, and all others hear of
// the conflict in the API's own form. It holds for a state that access asks for, for state machines with a fixed and with a given target,
// and for a handler that writes with whereTransition().
func TestOneTransitionWins(t *testing.T) {
	boss := newTenant(t, startProject(t, "workflow")).as(owner)
	for _, c := range []struct {
		name, path, create, lost string
		body                     object
		state                    string
	}{
		{name: "a state that access asks for", path: "/tickets/%s/claim", state: "claimed"},
		{name: "a machine with a target of the input", path: "/tickets/%s/move", body: object{"to": "claimed"}, state: "claimed"},
		{name: "a machine with one target", path: "/tickets/%s/close", state: "closed"},
		{name: "a handler that writes itself", path: "/rooms/%s/book", create: "/rooms", state: "booked", lost: "409 ROOM_TAKEN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			column, holder, collection, late := "status", "holder", "/tickets", lostAtTheEnd
			if c.create != "" {
				column, holder, collection, late = "state", "guest", c.create, c.lost
			}
			until(t, c.name, func() int {
				id := boss.create(t, collection, map[string]object{"/tickets": {"title": "Broken lamp"}, "/rooms": {}}[collection])
				got := rush(crowd, func(i int) answer {
					return boss.call(t, http.MethodPost, fmt.Sprintf(c.path, id), with(c.body, object{"by": fmt.Sprint("nr ", i)}))
				})
				who := fmt.Sprint("nr ", oneWins(t, got, late, cameLater))
				stored := boss.get(t, collection+"/"+id).want(t, "200")
				equal(t, "what is stored is the winner's", []any{stored.at(column), stored.at(holder)}, []any{c.state, who})
				_, code, _ := strings.Cut(late, " ")
				return lost(got, code)
			})
		})
	}
}

// TestOppositeTransitions sends a hundred transitions of one record to two different states at once. Each step that the machine knows is
// taken at most once: nobody closes what somebody else is still claiming.
func TestOppositeTransitions(t *testing.T) {
	boss := newTenant(t, startProject(t, "workflow")).as(owner)
	until(t, "claim against close", func() int {
		id := boss.create(t, "/tickets", object{"title": "Broken lamp"})
		got := rush(crowd, func(i int) answer {
			return boss.call(t, http.MethodPost, "/tickets/"+id+"/move", object{"to": []string{"claimed", "closed"}[i%2], "by": fmt.Sprint(i)})
		})
		won := map[string]int{}
		for _, a := range got {
			if a.status == http.StatusOK {
				won[fmt.Sprint(a.at("data", "status"))]++
			} else if said := fmt.Sprintf("%d %s", a.status, a.code()); said != lostAtTheEnd && said != cameLater {
				t.Errorf("neither done nor refused as a conflict: %v", a)
			}
		}
		// open → closed, or open → claimed → closed, or open → claimed: each step once.
		if won["claimed"] > 1 || won["closed"] > 1 || won["claimed"]+won["closed"] == 0 {
			t.Errorf("steps taken: %v", won)
		}
		want := map[bool]string{true: "closed", false: "claimed"}[won["closed"] == 1]
		equal(t, "the state is that of the last step", boss.get(t, "/tickets/"+id).want(t, "200").at("status"), want)
		return lost(got, "ACCESS_TRANSITION_LOST")
	})
}

// TestOneSeat lets a hundred different records take the same unique value at once, each by a transition of its own: one has it, the others
// hear of the value and have not changed at all.
func TestOneSeat(t *testing.T) {
	boss := newTenant(t, startProject(t, "workflow")).as(owner)
	ids := make([]string, crowd)
	for i := range ids {
		ids[i] = boss.create(t, "/tickets", object{"title": "Broken lamp"})
	}
	got := rush(crowd, func(i int) answer {
		return boss.call(t, http.MethodPost, "/tickets/"+ids[i]+"/sit", object{"by": fmt.Sprint(i), "seat": "12A"})
	})
	who := oneWins(t, got, "409 UNIQUE_VIOLATION")
	equal(t, "the columns by their names", got[(who+1)%crowd].at("details", "fields"), list{"organizationId", "seat"})
	count := func(query string) any {
		t.Helper()
		return boss.get(t, "/tickets?total=true&limit=1&"+query).want(t, "200").at("pagination", "total")
	}
	equal(t, "claimed", count("status=claimed"), 1)
	equal(t, "with the seat", count("seat=12A&id="+ids[who]), 1)
	equal(t, "as they were", count("status=open&holder.isNull=true&seat.isNull=true"), crowd-1)
}

// TestOneUpdateWins shows the same of PATCH, alone and in batches, whose access asks for a state that the update ends: of two updates the
// second finds the row taken. An atomic batch takes all of its rows or none.
func TestOneUpdateWins(t *testing.T) {
	boss := newTenant(t, startProject(t, "workflow")).as(owner)
	room := boss.create(t, "/rooms", object{})
	got := rush(crowd, func(i int) answer {
		return boss.call(t, http.MethodPatch, "/rooms/"+room, object{"state": "booked", "guest": fmt.Sprint("nr ", i)})
	})
	who := fmt.Sprint("nr ", oneWins(t, got, "403 ACCESS_CONDITION_FAILED"))
	equal(t, "guest", boss.get(t, "/rooms/"+room).want(t, "200").at("guest"), who)

	for _, atomic := range []bool{false, true} {
		t.Run(fmt.Sprint("batches, atomic ", atomic), func(t *testing.T) {
			made := boss.call(t, http.MethodPost, "/rooms/batch", object{"records": list{object{}, object{}, object{}, object{}, object{}}}).want(t, "201")
			got := rush(crowd/2, func(i int) answer {
				records := list{}
				for _, row := range made.objects(t, "success") {
					records = append(records, object{"id": row["id"], "state": "booked", "guest": fmt.Sprint("nr ", i)})
				}
				return boss.call(t, http.MethodPatch, "/rooms/batch", object{"records": records, "options": object{"atomic": atomic}})
			})
			taken := map[any]any{} // room → guest, as the answers say
			for i, a := range got {
				if atomic && a.status != http.StatusOK {
					a.want(t, "400 BATCH_ATOMIC_FAILED")
					continue
				}
				equal(t, "every row is accounted for", len(a.objects(t, "success"))+len(a.objects(t, "errors")), 5)
				for _, row := range a.objects(t, "success") {
					if before, twice := taken[row["id"]]; twice {
						t.Errorf("%v has both %v and nr %d", row["id"], before, i)
					}
					taken[row["id"]] = row["guest"]
				}
			}
			equal(t, "rooms that somebody has", len(taken), 5)
			guests := map[any]bool{}
			for id, guest := range taken {
				equal(t, "stored", boss.get(t, fmt.Sprint("/rooms/", id)).want(t, "200").at("guest"), guest)
				guests[guest] = true
			}
			if atomic {
				equal(t, "guests of an atomic batch", len(guests), 1)
			}
		})
	}
}

// TestWhereRecord shows that the condition of a record picks that record, whatever its state.
func TestWhereRecord(t *testing.T) {
	boss := newTenant(t, startProject(t, "workflow")).as(owner)
	first, second := boss.create(t, "/rooms", object{"guest": "Ann"}), boss.create(t, "/rooms", object{"guest": "Ben"})
	boss.call(t, http.MethodPost, "/rooms/"+first+"/book", object{"by": "Cid"}).want(t, "200")
	equal(t, "renamed", boss.call(t, http.MethodPost, "/rooms/"+first+"/rename", object{"by": "Dan"}).want(t, "200").at("data", "guest"), "Dan")
	equal(t, "the other one", boss.get(t, "/rooms/"+second).want(t, "200").at("guest"), "Ben")
	refused := boss.call(t, http.MethodPost, "/rooms/"+first+"/book", object{"by": "Eve"}).want(t, "409 ACCESS_ACTION_NOT_ALLOWED_FOR_STATE")
	equal(t, "why", refused.at("details"), object{"action": "book", "field": "state", "current": "booked", "target": "booked", "allowedTargets": list{}})
}
