package verify

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/app"
	"github.com/qbls/qbls/compiler/emit/authschema"
	"github.com/qbls/qbls/compiler/launch"
)

// Rows writes the world down, for a fresh database, past the API and in SQLite's language.
func (w *World) Rows() *launch.Rows {
	var s launch.Rows
	s.Auth = w.accounts()
	done := map[model.ID]bool{}
	var fill func(r *model.Resource)
	fill = func(r *model.Resource) {
		t := w.tables[r.ID]
		if t == nil || done[r.ID] {
			return
		}
		done[r.ID] = true
		for _, f := range r.Foreign {
			if target := w.project.Resource(f.Target); target != nil {
				fill(target)
			}
		}
		for _, row := range append(t.list, t.extra...) {
			s.Features = append(s.Features, insertion(r.Table, row))
		}
	}
	for _, r := range w.project.Resources {
		fill(r)
	}
	return &s
}

func insertion(t *model.Table, row *Row) string {
	var names, values []string
	for _, c := range t.Columns {
		if c.Generated == nil { // the database computes the others
			names, values = append(names, quoted(c.Name)), append(values, literal(c, row.Values[c.Key]))
		}
	}
	return "insert into " + quoted(t.Name) + " (" + strings.Join(names, ", ") + ") values (" + strings.Join(values, ", ") + ")"
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func textual(s string) string   { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// literal is a value as SQLite stores it for a column.
func literal(c *model.Column, value any) string {
	if value == nil {
		return "null"
	}
	switch v := value.(type) {
	case bool:
		if v {
			return "1"
		}
		return "0"
	case float64:
		number := strconv.FormatFloat(v, 'f', -1, 64)
		if c.Builder == "text" {
			return textual(number)
		}
		return number
	case string:
		if at, err := time.Parse(moment, v); err == nil && c.Builder == "integer" {
			if c.Mode == "timestamp" {
				return strconv.FormatInt(at.Unix(), 10)
			}
			return strconv.FormatInt(at.UnixMilli(), 10)
		}
		if c.Builder == "blob" {
			return "x'" + hex.EncodeToString([]byte(v)) + "'"
		}
		return textual(v)
	}
	text, _ := json.Marshal(value)
	if c.Builder == "blob" {
		return "x'" + hex.EncodeToString(text) + "'"
	}
	return textual(string(text))
}

// accounts writes the organizations, the people, their sessions and their memberships.
func (w *World) accounts() []string {
	tables := map[string]authschema.Table{}
	for _, t := range authschema.Tables(app.AuthOptions(w.project)) {
		tables[t.Key] = t
	}
	var out []string
	add := func(key string, values map[string]any) { out = append(out, record(tables[key], values)) }
	if w.project.Config.Organizations {
		add("organization", map[string]any{"id": w.Home, "name": "Home", "slug": "verify-home"})
		add("organization", map[string]any{"id": w.Away, "name": "Away", "slug": "verify-away"})
	}
	for i, c := range w.Callers {
		id, ok := c.ctx[userID].(string)
		if !ok {
			continue
		}
		add("user", map[string]any{"id": id, "name": c.Name, "email": c.ctx[userEmail], "emailVerified": true, "role": c.user})
		session := map[string]any{"id": fmt.Sprintf("ses_verify_%d", i), "userId": id, "token": c.Token}
		if c.org != "" {
			session["activeOrganizationId"] = c.org
			add("member", map[string]any{"id": fmt.Sprintf("mem_verify_%d", i), "organizationId": c.org, "userId": id, "role": strings.Join(c.member, ",")})
		}
		add("session", session)
	}
	return out
}

// distant is when sessions of the suite end, so that none is about to be renewed.
var distant = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// record is a row of a table of Better Auth. Times that are not given are the beginning of 2026.
func record(t authschema.Table, values map[string]any) string {
	var names, list []string
	for _, c := range t.Columns {
		value, given := values[c.Key]
		if !given && c.Type == "timestamp_ms" && c.NotNull {
			at := epoch
			if c.Key == "expiresAt" {
				at = distant
			}
			value, given = float64(at.UnixMilli()), true
		}
		if !given || value == "" {
			continue
		}
		text := fmt.Sprint(value)
		switch v := value.(type) {
		case string:
			text = textual(v)
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			text = map[bool]string{true: "1", false: "0"}[v]
		}
		names, list = append(names, quoted(c.Name)), append(list, text)
	}
	return "insert into " + quoted(t.Name) + " (" + strings.Join(names, ", ") + ") values (" + strings.Join(list, ", ") + ")"
}
