package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// head are the headers of an answer, by name.
func head(got answer, names ...string) object {
	out := object{}
	for _, name := range names {
		out[name] = got.header.Get(name)
	}
	return out
}

// The headers that every answer has, whatever its body is: nobody guesses its type, runs it, frames it or keeps it for others.
var guarded = object{
	"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer",
	"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

// TestFiles shows the headers and the bytes of a file: its own type, and a name that says to store it and that no name breaks out of.
func TestFiles(t *testing.T) {
	boss := newTenant(t, startProject(t, "files")).as(owner)
	for _, line := range []string{"a,1", "b,2"} {
		boss.create(t, "/notes", object{"line": line})
	}
	for name, disposition := range map[string]string{
		"notes.csv":                    `attachment; filename="notes.csv"; filename*=UTF-8''notes.csv`,
		"r%C3%A9sum%C3%A9.csv":         `attachment; filename="r_sum_.csv"; filename*=UTF-8''r%C3%A9sum%C3%A9.csv`,
		"a%22b%3B%20c%0D%0Ax%3A%20y":   `attachment; filename="a_b_ c__x_ y"; filename*=UTF-8''a%22b%3B%20c%0D%0Ax%3A%20y`,
		"..%2F..%2Fetc%2Fpasswd":       `attachment; filename=".._.._etc_passwd"; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd`,
		"it's%20(new)*.csv":            `attachment; filename="it_s _new__.csv"; filename*=UTF-8''it%27s%20%28new%29%2A.csv`,
		"%F0%9F%92%A9%E2%80%AEgpj.csv": `attachment; filename="___gpj.csv"; filename*=UTF-8''%F0%9F%92%A9%E2%80%AEgpj.csv`,
	} {
		got := boss.get(t, "/exports/csv?name="+name).want(t, "200")
		equal(t, "disposition of "+name, got.header.Values("Content-Disposition"), []string{disposition})
		equal(t, "type", got.header.Get("Content-Type"), "text/csv; charset=utf-8")
		equal(t, "body", got.raw, "a,1\nb,2\n")
		equal(t, "guarded", head(got, "X-Content-Type-Options", "X-Frame-Options", "Cache-Control", "Referrer-Policy", "Content-Security-Policy"), guarded)
		if got.header.Get("X-Request-Id") == "" {
			t.Errorf("a file has a request id like every answer: %v", got.header)
		}
	}
	page := boss.get(t, "/exports/bytes").want(t, "200")
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	equal(t, "every byte as it is", []byte(page.raw), bytes)
	equal(t, "a page is stored, not shown", head(page, "Content-Type", "Content-Disposition", "X-Content-Type-Options"), object{
		"Content-Type": "text/html", "Content-Disposition": `attachment; filename="page.html"; filename*=UTF-8''page.html`, "X-Content-Type-Options": "nosniff",
	})
	nobody(boss.b).get(t, "/exports/csv?name=x").want(t, "401 AUTH_MISSING")
	boss.get(t, "/exports/csv").want(t, "400 VALIDATION_FAILED")
}

// TestFilesForPagesOfOtherOrigins shows that a trusted page may read the name of a file that it asked for.
func TestFilesForPagesOfOtherOrigins(t *testing.T) {
	boss := newTenant(t, startProject(t, "files")).as(owner)
	got := boss.send(t, http.MethodGet, "/api/v1/exports/csv?name=notes.csv", nil, http.Header{"Origin": {boss.b.url}}).want(t, "200")
	if exposed := got.header.Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "Content-Disposition") {
		t.Errorf("exposed: %s", exposed)
	}
}

// TestStreams shows a stream that goes on reading inside the caller's organization after its head was sent, and one that has to refuse before.
func TestStreams(t *testing.T) {
	b := startProject(t, "files")
	newTenant(t, b).as(owner).create(t, "/notes", object{"line": "another organization's"})
	boss := newTenant(t, b).as(owner)
	boss.create(t, "/notes", object{"line": "first"})
	boss.create(t, "/notes", object{"line": "second"})
	got := boss.get(t, "/exports/events").want(t, "200")
	equal(t, "events", got.raw, "data: first\n\ndata: second\n\n")
	equal(t, "type", head(got, "Content-Type", "Cache-Control", "X-Content-Type-Options", "Content-Disposition"), object{
		"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Content-Disposition": "",
	})
	refused := boss.get(t, "/exports/refuses").want(t, "410 NOTHING_TO_SEND")
	if said := refused.header.Get("Content-Type"); !strings.HasPrefix(said, "application/json") {
		t.Errorf("an error is JSON, also of a stream: %s", said)
	}
}

// TestBrokenStream shows a stream whose source fails after the head was sent: what was sent arrives, and the answer does not end as if it were
// whole. On Bun and Node the connection breaks; workerd ends the chunks of a failed stream properly, and there the last event tells it, which
// comes everywhere that the connection lets it. Nothing of the error is told but the id under which it is logged, and the backend serves on.
func TestBrokenStream(t *testing.T) {
	boss := newTenant(t, startProject(t, "files")).as(owner)
	for range 3 {
		request, err := http.NewRequest(http.MethodGet, boss.b.url+"/api/v1/exports/broken", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+boss.token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue // the connection ended before its head arrived: nothing that a client could take for an answer
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		said, id := string(body), response.Header.Get("X-Request-Id")
		whole := "data: the first\n\ndata: the sec\nevent: error\ndata: {\"error\":\"Internal error\",\"layer\":\"internal\",\"code\":\"INTERNAL_ERROR\",\"details\":{\"requestId\":\"" + id + "\"}}\n\n"
		if !strings.HasPrefix(whole, said) {
			t.Errorf("it says %q", said)
		}
		if err == nil && said != whole {
			t.Errorf("it ends as if it were whole: %d %q", response.StatusCode, body)
		}
		if err == nil && on.runtime != "cloudflare" {
			t.Errorf("the connection does not break: %q", body)
		}
	}
	boss.get(t, "/notes").want(t, "200")
}

// TestOwnResponses shows that what an action writes itself stays as it wrote it, and has what it left out.
func TestOwnResponses(t *testing.T) {
	boss := newTenant(t, startProject(t, "files")).as(owner)
	got := boss.get(t, "/exports/own")
	equal(t, "status and body", []any{got.status, got.raw}, []any{203, "<p>hello</p>"})
	equal(t, "its own headers", head(got, "Content-Type", "Cache-Control", "Content-Security-Policy", "X-Own"), object{
		"Content-Type": "text/html", "Cache-Control": "public, max-age=60", "Content-Security-Policy": "default-src 'self'", "X-Own": "yes",
	})
	equal(t, "what it left out", head(got, "X-Content-Type-Options", "X-Frame-Options"), object{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"})
}

// TestFieldsOfOperations shows that the columns which list and get name are the only ones that leave, by a row's id and in answers to writes
// as in lists, whatever is asked for.
func TestFieldsOfOperations(t *testing.T) {
	boss := newTenant(t, startProject(t, "files")).as(owner)
	made := boss.call(t, http.MethodPost, "/notes", object{"line": "a", "draft": "not for others"}).want(t, "201")
	id, _ := made.at("data", "id").(string)
	changed := boss.call(t, http.MethodPatch, "/notes/"+id, object{"line": "b"}).want(t, "200")
	byID := []string{"createdAt", "id", "line"}
	equal(t, "created", keys(made.record(t)), byID)
	equal(t, "changed", keys(changed.record(t)), byID)
	equal(t, "by its id", keys(boss.get(t, "/notes/"+id).want(t, "200").record(t)), byID)
	equal(t, "more by its id", keys(boss.get(t, "/notes/"+id+"?fields=line,draft,createdBy").want(t, "200").record(t)), []string{"line"})
	equal(t, "listed", keys(boss.get(t, "/notes").want(t, "200").rows(t)[0]), []string{"id", "line"})
	equal(t, "more of a list", keys(boss.get(t, "/notes?fields=line,draft,createdAt").want(t, "200").rows(t)[0]), []string{"line"})
	for _, query := range []string{"draft=x", "draft.like=not", "sort=draft"} {
		boss.get(t, "/notes?"+query).want(t, "400 QUERY_INVALID")
	}
}
