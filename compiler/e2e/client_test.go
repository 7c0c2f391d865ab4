package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// object is a JSON object of an answer or a body.
type object = map[string]any

// list is a JSON array of a body.
type list = []any

// caller is somebody who calls the API: a signed-in user, or nobody when the token is empty.
type caller struct {
	b     *backend
	token string
	id    string // user id

	client *http.Client // nil: the one that all share
}

// answer is what came back.
type answer struct {
	method, path string
	status       int
	header       http.Header
	raw          string
	json         any // nil when the body is not JSON
}

// call sends a request to the API; path starts behind /api/v1. A string body is sent as it is, nil as none, all else as JSON.
func (c *caller) call(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return c.send(t, method, "/api/v1"+path, body, nil)
}

func (c *caller) get(t *testing.T, path string) answer {
	t.Helper()
	return c.call(t, http.MethodGet, path, nil)
}

// send is call with the whole path and extra headers.
func (c *caller) send(t *testing.T, method, path string, body any, header http.Header) answer {
	t.Helper()
	request, err := http.NewRequest(method, c.b.url+path, encode(t, body))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header["X-Idempotency-Key"] = nil // not sent; a connection that was closed while idle, just when it is used again, is replaced
	client := c.client
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", method, path, err, c.b.output)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{method: method, path: path, status: response.StatusCode, header: response.Header, raw: string(raw)}
	if a.status >= http.StatusInternalServerError || strings.Contains(a.raw, secret) {
		t.Errorf("nothing that a caller sends may end so: %v\n%s", a, c.b.output.last()) // whatever else the test expects
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &a.json); err != nil {
			t.Errorf("%s %s: said JSON, is not: %v\n%s", method, path, err, raw)
		}
	}
	return a
}

func encode(t *testing.T, body any) io.Reader {
	t.Helper()
	switch body := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(text)
	}
}

func (a answer) String() string {
	return fmt.Sprintf("%s %s → %d %s", a.method, a.path, a.status, a.raw)
}

// want checks status and error code, written "200" or "403 ACCESS_ROLE_REQUIRED", and that an error has the shape of one.
func (a answer) want(t *testing.T, expected string) answer {
	t.Helper()
	status, code, _ := strings.Cut(expected, " ")
	if got := strconv.Itoa(a.status); got != status || a.code() != code {
		t.Fatalf("want %s, got %v", expected, a)
	}
	a.wellFormed(t)
	return a
}

// code is the error code of the answer, "" of a success.
func (a answer) code() string {
	if a.status < 400 {
		return ""
	}
	code, _ := a.at("code").(string)
	return code
}

// at walks into the JSON of the answer by keys and indexes; nil when there is nothing.
func (a answer) at(path ...any) any {
	return walk(a.json, path...)
}

func walk(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			fields, _ := value.(object)
			value = fields[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				return nil
			}
			value = items[step]
		}
	}
	return value
}

// rows are the objects under data of a list.
func (a answer) rows(t *testing.T) []object {
	t.Helper()
	return a.objects(t, "data")
}

// objects are the objects of the array at the path.
func (a answer) objects(t *testing.T, path ...any) []object {
	t.Helper()
	items, ok := a.at(path...).([]any)
	if !ok {
		t.Fatalf("no array at %v: %v", path, a)
	}
	found := make([]object, len(items))
	for i, item := range items {
		if found[i], ok = item.(object); !ok {
			t.Fatalf("no object at %v[%d]: %v", path, i, a)
		}
	}
	return found
}

// record is the object of a create, an update or an action (under data), or of a get (bare).
func (a answer) record(t *testing.T) object {
	t.Helper()
	found, ok := a.at("data").(object)
	if !ok {
		if found, ok = a.json.(object); !ok {
			t.Fatalf("no record: %v", a)
		}
	}
	return found
}

// column is one field of each row of a list.
func (a answer) column(t *testing.T, name string) []string {
	t.Helper()
	var values []string
	for _, row := range a.rows(t) {
		values = append(values, fmt.Sprint(row[name]))
	}
	return values
}

// keys are the sorted names of an object's fields, labels of foreign keys left out.
func keys(of object) []string {
	names := []string{}
	for name := range of {
		if !strings.HasSuffix(name, "_label") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func sorted(names ...string) []string {
	slices.Sort(names)
	return names
}

// equal reports a difference of two values as they read in JSON.
func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	left, right := text(t, got), text(t, want)
	if left != right {
		t.Errorf("%s: got %s, want %s", what, left, right)
	}
}

func text(t *testing.T, value any) string {
	t.Helper()
	written, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}
