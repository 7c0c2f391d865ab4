package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/compiler/launch"
)

// Result is what became of one probe.
type Result struct {
	Probe  Probe
	Status int
	Code   string // of an error
	Fault  string // "" when the answer is right
}

// Prove starts a compiled backend on empty databases, writes the world into them, asks everything, and ends it. o.Data must be an empty
// folder. each is called with every result, and ends the work by returning false; nil goes on to the end. The error says why it could not
// be asked: wrong answers are results.
func (s *Suite) Prove(ctx context.Context, o launch.Options, each func(Result) bool) ([]Result, error) {
	if o.Vars == nil {
		o.Vars = map[string]string{"BETTER_AUTH_SECRET": "of a backend that lives for one proof only"}
	}
	if err := s.World.learnMasks(ctx, o); err != nil {
		return nil, err
	}
	o.Rows = s.World.Rows()
	server, err := launch.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Stop() }() // its databases are nobody's
	client := &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Second}}
	defer client.CloseIdleConnections()
	out := make([]Result, 0, len(s.Probes))
	for _, p := range s.Probes {
		a, err := s.ask(ctx, client, server.URL+"/api/v1", p)
		if err != nil {
			return out, fmt.Errorf("%s: %w", p.Name(), err)
		}
		fault := p.Want.fault(a)
		if fault == "" && !p.Want.Past {
			fault = s.World.leak(p.Caller, a.Body)
		}
		out = append(out, Result{Probe: p, Status: a.Status, Code: a.Code(), Fault: fault})
		if each != nil && !each(out[len(out)-1]) {
			break
		}
	}
	return out, nil
}

// ask sends a probe, and asks for all pages of a list.
func (s *Suite) ask(ctx context.Context, client *http.Client, base string, p Probe) (Answer, error) {
	first, err := send(ctx, client, base, p, p.Path)
	data, paged := field(first.Body, "data").([]any)
	if err != nil || !p.Want.Pages || !paged {
		return first, err
	}
	limit, _ := field(first.Body, "pagination", "limit").(float64)
	for page := data; limit > 0 && len(page) == int(limit); {
		next, err := send(ctx, client, base, p, p.Path+fmt.Sprintf("&offset=%d", len(data)))
		if err != nil || next.Status != http.StatusOK {
			return next, err
		}
		page, _ = field(next.Body, "data").([]any)
		data = append(data, page...)
	}
	return Answer{Status: first.Status, Body: map[string]any{"data": data}}, nil
}

func send(ctx context.Context, client *http.Client, base string, p Probe, path string) (Answer, error) {
	var body io.Reader
	if p.Body != nil {
		text, err := json.Marshal(p.Body)
		if err != nil {
			return Answer{}, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, p.Method, base+path, body)
	if err != nil {
		return Answer{}, err
	}
	if body != nil {
		request.Header.Set("content-type", "application/json")
	}
	if p.Caller.Token != "" {
		request.Header.Set("authorization", "Bearer "+p.Caller.Token)
	}
	request.Header["X-Idempotency-Key"] = nil // not sent; a connection that was closed while idle, just when it is used again, is replaced
	response, err := client.Do(request)
	if err != nil && serves(ctx, client, base) {
		return Answer{Broken: true}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	a := Answer{Status: response.StatusCode}
	text, err := io.ReadAll(response.Body)
	if err != nil && serves(ctx, client, base) {
		a.Broken = true
		return a, nil
	}
	if err != nil {
		return Answer{}, err
	}
	if strings.Contains(response.Header.Get("content-type"), "json") {
		_ = json.Unmarshal(text, &a.Body) // what is no JSON has no code and no rows, and is told by that
	}
	return a, nil
}

// serves says whether the backend is still there, so that only the answer was lost.
func serves(ctx context.Context, client *http.Client, base string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/api/v1")+"/health", nil)
	if err != nil {
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// leak looks through a whole answer for a value that only one row has, and says when the caller may not see it. The firewall and the masks
// bind every answer, those of actions too.
func (w *World) leak(c *Caller, body any) string {
	switch v := body.(type) {
	case map[string]any:
		for _, item := range v {
			if found := w.leak(c, item); found != "" {
				return found
			}
		}
	case []any:
		for _, item := range v {
			if found := w.leak(c, item); found != "" {
				return found
			}
		}
	case string, float64:
		at, known := w.cells[leaf(v)]
		if !known || at.row == nil || w.sees(c, at) {
			return ""
		}
		return fmt.Sprintf("the answer contains %s of %s %s, which this caller may not see", at.column, at.resource.Segment, at.row.ID)
	}
	return ""
}

func (w *World) sees(c *Caller, at cell) bool {
	e := policy.FromModel(w.project.Config, at.resource)
	if !e.Rows(c.roles()).Holds(at.row.Values, c.context) {
		return false
	}
	for _, m := range at.resource.Masks {
		if m.Column == at.column {
			return m.All || w.open[at] || hasAny(c, m.Roles) || (&planner{world: w, resource: at.resource}).owns(c, at.row, at.column)
		}
	}
	return true
}

// Size counts what the suite has written, for people: tables and rows.
func (w *World) Size() (tables, rows int) {
	for _, t := range w.tables {
		tables++
		rows += len(t.list) + len(t.extra)
	}
	return tables, rows
}
