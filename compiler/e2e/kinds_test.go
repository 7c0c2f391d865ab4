package e2e

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
)

// parcel is a value for every column, as it is sent and as it is answered.
var parcel = object{
	"label": "first", "tracking": "1234567890123456789", "customs": "77", "weight": "12.5", "stamp": "AAEC/w==", "sentAt": "2026-03-01T10:00:00.000Z",
}

func parcels(t *testing.T) *caller {
	t.Helper()
	boss := newTenant(t, startProject(t, "kinds")).as(owner)
	sent := maps.Clone(parcel)
	sent["id"] = "p/" + boss.id
	boss.call(t, http.MethodPost, "/parcels", sent).want(t, "201")
	return boss
}

// TestActionsAnswerWhatJSONCannotSay shows that large integers and bytes leave an action as they leave a list: as text and base64. An action
// that has written must not fail for the form of its answer.
func TestActionsAnswerWhatJSONCannotSay(t *testing.T) {
	boss := parcels(t)
	path := "/parcels/p%2F" + boss.id
	read := boss.get(t, path).want(t, "200")
	for column, value := range parcel {
		equal(t, column, read.at(column), value)
	}
	got := boss.call(t, http.MethodPost, path+"/relabel", object{"label": "second"}).want(t, "200")
	equal(t, "label", got.at("data", "parcel", "label"), "second")
	for _, column := range []string{"tracking", "customs", "weight", "stamp", "sentAt"} {
		equal(t, column+" of a returned row", got.at("data", "parcel", column), read.at(column))
		equal(t, column+" of the record", got.at("data", "was", column), read.at(column))
	}
	equal(t, "a number of its own", got.at("data", "sum"), "18446744073709551616")
	equal(t, "values without their row", got.at("data", "parts"), list{"1234567890123456789", "AAEC/w=="})
	refused := boss.call(t, http.MethodPost, path+"/refuse", object{}).want(t, "409 NO")
	equal(t, "tracking in details", refused.at("details", "parcel", "tracking"), "1234567890123456789")
}

// TestFiltersOfOddKinds shows that a column whose stored form has no order is refused by name, as one of JSON is: it must neither match nothing
// nor everything; and that a number which is kept as text is compared as a number.
func TestFiltersOfOddKinds(t *testing.T) {
	boss := parcels(t)
	for _, query := range []string{"tracking=1", "tracking.gt=1", "tracking.in=1,2", "stamp=AAEC", "weight=heavy", "weight.gt=", "customs=x", "customs.lt=1.5"} {
		boss.get(t, "/parcels?"+query).want(t, "400 QUERY_INVALID")
	}
	for query, count := range map[string]int{
		"tracking.isNull=false": 1, "weight=12.50": 1, "weight.gt=9": 1, "weight.gt=100": 0, "weight.in=1,12.5": 1,
		"customs=77": 1, "customs.gt=8": 1, "customs.in=7,8": 0, "customs.in=77,8": 1, "customs.ne=77": 0,
	} {
		equal(t, query, len(boss.get(t, "/parcels?"+query).want(t, "200").rows(t)), count)
	}
}

// TestYearsOfFourDigits shows that a time which would not sort among others is refused: microseconds where milliseconds are meant.
func TestYearsOfFourDigits(t *testing.T) {
	boss := parcels(t)
	path := "/parcels/p%2F" + boss.id
	for value, want := range map[string]string{
		"1772359200000000": "400 VALIDATION_FAILED", "253402300800000": "400 VALIDATION_FAILED", "-62167219200001": "400 VALIDATION_FAILED",
		`"9999-12-31T23:59:59-01:00"`: "400 VALIDATION_FAILED", `"0000-01-01T00:00:00+01:00"`: "400 VALIDATION_FAILED",
		"253402300799000": "200", "-62167219200000": "200", `"9999-12-31T23:59:59Z"`: "200",
	} {
		boss.call(t, http.MethodPatch, path, `{"sentAt":`+value+`}`).want(t, want)
	}
	boss.get(t, "/parcels?sentAt.lt=1772359200000000").want(t, "400 QUERY_INVALID")
}

// TestRequestsWithoutHost shows that a health check by HTTP/1.0, which names no host, is answered or refused, and fails nothing.
func TestRequestsWithoutHost(t *testing.T) {
	b := startProject(t, "kinds")
	for _, head := range []string{"GET /health HTTP/1.0\r\n\r\n", "GET /api/v1/parcels HTTP/1.0\r\nOrigin: https://elsewhere.example\r\n\r\n"} {
		connection, err := net.Dial("tcp", strings.TrimPrefix(b.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(connection, head); err != nil {
			t.Fatal(err)
		}
		said, err := bufio.NewReader(connection).ReadString('\n')
		_ = connection.Close()
		status := strings.Fields(said)
		if err != nil || len(status) < 2 {
			t.Fatalf("%q: %q, %v", head, said, err)
		}
		switch {
		case status[1] == "400" && on.runtime != "bun": // a server of HTTP/1.1 may insist on a host
		case strings.HasPrefix(head, "GET /health") && status[1] == "200", strings.HasPrefix(head, "GET /api") && status[1] == "401":
		default:
			t.Errorf("%q: %s", head, said)
		}
	}
}

// TestTextsThatNoDatabaseKeeps shows that half a character is refused rather than stored as something else, and so is an id that no path can name.
func TestTextsThatNoDatabaseKeeps(t *testing.T) {
	boss := parcels(t)
	path := "/parcels/p%2F" + boss.id
	for body, field := range map[string]string{
		`{"id":"a","label":"\ud800"}`: "label", `{"id":"a","label":"x\udc00y"}`: "label", `{"id":"\ud83d"}`: "id",
		`{"id":"a","label":"x\u0000y"}`: "label", `{"id":"a\u0000b"}`: "id",
		`{"id":""}`: "id", `{"id":"."}`: "id", `{"id":".."}`: "id", `{"id":"a","weight":"heavy"}`: "weight", `{"id":"a","weight":""}`: "weight",
	} {
		got := boss.call(t, http.MethodPost, "/parcels", body).want(t, "400 VALIDATION_FAILED")
		if _, named := got.at("details", "fields").(object)[field]; !named {
			t.Errorf("%s: %s", body, got.raw)
		}
	}
	boss.call(t, http.MethodPatch, path, `{"label":"\ud83d"}`).want(t, "400 VALIDATION_FAILED")
	equal(t, "a whole character", boss.call(t, http.MethodPatch, path, `{"label":"\ud83d\ude00 e\u0301"}`).want(t, "200").at("data", "label"), "😀 e\u0301")
	for _, path := range []string{path + "%00", path + "%00x", "/parcels/%00"} {
		boss.get(t, path).want(t, "403 FIREWALL_NOT_FOUND")
	}
	for _, query := range []string{"label=%00", "search=%00", "label.like=%00", "label.in=a,%00"} {
		boss.get(t, "/parcels?"+query).want(t, "400 QUERY_INVALID")
	}
}
